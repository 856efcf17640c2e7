package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// soakRate is how many lookups a second a soak asks: a large province's busiest hour.
const soakRate = 1000

// A stretch is one minute of a soak, or a tenth of a short one.
type stretch struct {
	tally tally
	sight sight
	begun time.Time
}

// soakFor asks at a steady rate for as long as one likes and prints what each stretch was like. It fails when the worst stretch answered
// less than nine tenths of the median, or when memory or the write-ahead log go on growing.
func (b *bench) soakFor(d time.Duration) error {
	ask, err := b.asker("TOKEN", "PURPOSE")
	if err != nil {
		return err
	}
	every := min(time.Minute, d/10)
	var all []*stretch
	for n, begun := 0, time.Now(); time.Since(begun) < d; {
		s := &stretch{begun: time.Now()}
		var wg sync.WaitGroup
		const bundle = 10 * time.Millisecond
		for due := s.begun; due.Before(s.begun.Add(every)); due = due.Add(bundle) {
			time.Sleep(time.Until(due))
			for range int(soakRate * bundle / time.Second) {
				n++
				wg.Go(func() { s.tally.note(ask, n, due) })
			}
		}
		wg.Wait()
		if s.sight, err = b.probe.look(); err != nil {
			return err
		}
		all = append(all, s)
		fmt.Printf("%6v: answered %.0f/s, %s; memory %d MB, write-ahead log %d MB, %.0f records behind\n",
			time.Since(begun).Round(time.Second), s.rate(), &s.tally, s.sight.memory>>20, s.sight.log>>20, s.sight.behind)
	}
	return steady(all)
}

func (s *stretch) rate() float64 {
	return float64(len(s.tally.took)) / s.sight.at.Sub(s.begun).Seconds()
}

// steady holds the stretches of a soak against each other.
func steady(all []*stretch) error {
	rates := make([]float64, len(all))
	for i, s := range all {
		if rates[i] = s.rate(); s.tally.unanswered+s.tally.kept > 0 || len(s.tally.took) == 0 {
			return fmt.Errorf("%d lookups were not answered, %d were", s.tally.unanswered, len(s.tally.took))
		}
	}
	slices.Sort(rates)
	worst, median := rates[0], rates[len(rates)/2]
	third := max(1, len(all)/3)
	grown := func(of func(sight) int64) int64 {
		most := func(part []*stretch) (n int64) {
			for _, s := range part {
				n = max(n, of(s.sight))
			}
			return n
		}
		return most(all[len(all)-third:]) - most(all[:len(all)-third])
	}
	memory, log := grown(func(s sight) int64 { return s.memory }), grown(func(s sight) int64 { return s.log })
	fmt.Printf("worst stretch %.0f/s, %.2f of the median (goal 0.90); in the last third memory grew by %d MB, "+
		"the write-ahead log by %d MB\n", worst, worst/median, memory>>20, log>>20)
	const margin = 32 << 20 // the collector's and the log's own breathing
	if worst < 0.9*median || memory > margin || log > margin {
		return fmt.Errorf("not steady")
	}
	return nil
}

// firstLookup ends the service as a crash does, starts it again and tells how long its first lookup takes, and how long until each of many
// callers of the old wire, whose password is to be hashed anew, has its first answer.
func (b *bench) firstLookup(restart func() (url string, err error)) error {
	begun := time.Now()
	url, err := restart()
	if err != nil {
		return err
	}
	listens := time.Since(begun)
	b.url, b.probe.url = url, url
	ask, err := b.asker("TOKEN", "PURPOSE")
	if err != nil {
		return err
	}
	begun = time.Now()
	status, err := ask(0)
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("first lookup after a crash: %d %w", status, err)
	}
	b.answered++
	fmt.Printf("after a crash under load: listens in %.2f s, first lookup %.0f ms (goal 50)\n", listens.Seconds(),
		float64(time.Since(begun).Microseconds())/1000)
	return b.wireAfterStart()
}

func (b *bench) wireAfterStart() error {
	const callers = 64
	niks, err := os.ReadFile(b.get("NIKS"))
	if err != nil {
		return err
	}
	numbers := strings.Fields(string(niks))
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
	failed, found := make(chan error, callers), atomic.Int64{}
	begun := time.Now()
	for c := range callers {
		go func() {
			body := fmt.Sprintf(`{"nik":"%s","user_id":"%s","password":"%s","ip_user":"10.1.1.1"}`, numbers[c%len(numbers)],
				b.get("USER_ID"), b.get("PASSWORD"))
			r, err := client.Post(b.url+b.get("LEGACY_PATH"), "application/json", strings.NewReader(body))
			if err == nil {
				var said []byte
				said, err = io.ReadAll(r.Body)
				r.Body.Close()
				if bytes.Contains(said, []byte("NAMA_LGKP")) { // the others are of people who died or moved
					found.Add(1)
				}
				if r.StatusCode != http.StatusOK {
					err = fmt.Errorf("a caller of the old wire after a start: %s", r.Status)
				}
			}
			failed <- err
		}()
	}
	for range callers {
		if err := <-failed; err != nil {
			return err
		}
	}
	if b.answered += callers; found.Load() < callers/2 {
		return fmt.Errorf("%d of %d callers of the old wire after a start were told of nobody", callers-found.Load(), callers)
	}
	fmt.Printf("  then %d callers of the old wire at once: all answered after %.0f ms (goal 2000)\n", callers,
		float64(time.Since(begun).Microseconds())/1000)
	return nil
}
