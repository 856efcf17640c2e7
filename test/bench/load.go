package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

type bench struct {
	env      []string
	url      string
	probe    probe
	answered int64 // lookups
}

// warmUp has each program known to the service before anything is measured.
func (b *bench) warmUp() error {
	for _, script := range []string{"lookup.lua", "legacy.lua", "match.lua"} {
		if _, err := wrk(b.env, script, b.url, 64, 2*time.Second); err != nil {
			return err
		}
	}
	_, err := b.probe.caughtUp()
	return err
}

// load puts one kind of load on the service, prints what was seen meanwhile, and waits until what is derived has caught up.
func (b *bench) load(name, script string, clients int, d time.Duration) (result, error) {
	end, seen := make(chan struct{}), make(chan error, 1)
	var c course
	go func() {
		var err error
		c, err = b.probe.follow(end)
		seen <- err
	}()
	got, err := wrk(b.env, script, b.url, clients, d)
	close(end)
	if failed := <-seen; err == nil {
		err = failed
	}
	if err != nil {
		return got, fmt.Errorf("%s: %w", name, err)
	}
	behind, err := b.probe.caughtUp()
	if err != nil {
		return got, fmt.Errorf("%s: %w", name, err)
	}
	fmt.Printf("%s, %d at once for %v: %.0f/s p50 %s p99 %s max %s; %v; caught up %.1f s later\n", name, clients, d, got.rate, got.p50,
		got.p99, got.max, c, behind.Seconds())
	return got, nil
}

type result struct {
	requests      int64
	rate          float64
	p50, p99, max string
}

var figures = regexp.MustCompile(`(?s)Latency\s+\S+\s+\S+\s+(\S+).*50%\s+(\S+).*99%\s+(\S+).*?(\d+) requests in.*Requests/sec:\s+([\d.]+)`)

// wrk asks as fast as answers come.
func wrk(env []string, script, url string, clients int, d time.Duration) (result, error) {
	c := exec.Command("wrk", "-t"+strconv.Itoa(min(clients, 2)), "-c"+strconv.Itoa(clients), "-d"+d.String(), "--timeout", "10s",
		"--latency",
		"-s", filepath.Join("test/bench", script), url)
	c.Env = env
	out, err := c.CombinedOutput()
	if err != nil {
		return result{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	m := figures.FindSubmatch(out)
	if m == nil || bytes.Contains(out, []byte("Non-2xx")) || bytes.Contains(out, []byte("Socket errors")) {
		return result{}, fmt.Errorf("wrk says:\n%s", out)
	}
	requests, _ := strconv.ParseInt(string(m[4]), 10, 64)
	rate, _ := strconv.ParseFloat(string(m[5]), 64)
	return result{requests, rate, string(m[2]), string(m[3]), string(m[1])}, nil
}

// openLoop asks at a fixed rate, whether answers come or not: each lookup's time counts from when it was due. Above what the service can
// do it must say so early (503 with Retry-After), and never leave a lookup unanswered.
func (b *bench) openLoop(name string, rate float64, d time.Duration) error {
	ask := b.asker()
	var (
		mu               sync.Mutex
		took             []time.Duration
		busy, unanswered int
		wg               sync.WaitGroup
	)
	begun := time.Now()
	const bundle = 10 * time.Millisecond // what is due within it starts together
	for n, due := 0, begun; due.Before(begun.Add(d)); due = due.Add(bundle) {
		time.Sleep(time.Until(due))
		for ; float64(n) < rate*due.Sub(begun).Seconds(); n++ {
			wg.Go(func() {
				status, err := ask(n)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					unanswered++
				case status == http.StatusServiceUnavailable:
					busy++
				default:
					took = append(took, time.Since(due))
				}
			})
		}
	}
	wg.Wait()
	if len(took) == 0 {
		return fmt.Errorf("%s: no lookup was answered", name)
	}
	slices.Sort(took)
	b.answered += int64(len(took))
	behind, err := b.probe.caughtUp()
	fmt.Printf("%s, %.0f/s for %v: answered %.0f/s, p50 %v p99 %v; refused as busy %d, unanswered %d; caught up %.1f s later\n", name, rate,
		d,
		float64(len(took))/d.Seconds(), took[len(took)/2].Round(100*time.Microsecond), took[len(took)*99/100].Round(100*time.Microsecond),
		busy,
		unanswered, behind.Seconds())
	return err
}

// asker returns a function that sends the n-th lookup of an open loop.
func (b *bench) asker() func(n int) (status int, err error) {
	get := func(name string) string {
		i := slices.IndexFunc(b.env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
		return strings.TrimPrefix(b.env[i], name+"=")
	}
	raw, err := os.ReadFile(get("NIKS"))
	if err != nil {
		return func(int) (int, error) { return 0, err }
	}
	niks, token, purpose := strings.Fields(string(raw)), get("TOKEN"), get("PURPOSE")
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 1024, MaxConnsPerHost: 1024}}
	return func(n int) (int, error) {
		body := fmt.Sprintf(`{"nik":%q,"purpose":%q,"reference":"O-%d"}`, niks[n*7919%len(niks)], purpose, n)
		r, err := http.NewRequest(http.MethodPost, b.url+"/api/v1/lookups", strings.NewReader(body))
		if err != nil {
			return 0, err
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		answer, err := client.Do(r)
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode, err
	}
}
