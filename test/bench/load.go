package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
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

// get is what wrk's scripts are told under a name.
func (b *bench) get(name string) string {
	i := slices.IndexFunc(b.env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
	return strings.TrimPrefix(b.env[i], name+"=")
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

// openLoop asks at a fixed rate, whether answers come or not: each lookup's time counts from when it was due. A caller has so many
// connections; what is due while all of them wait is kept back, and counted. Above what the service can do it must say so early (503 with
// Retry-After), and never leave a lookup unanswered. Meanwhile a lone caller of another agency asks one
// lookup after the other, and must not be held up.
func (b *bench) openLoop(name string, rate float64, d time.Duration) error {
	ask, err := b.asker("TOKEN", "PURPOSE")
	if err != nil {
		return err
	}
	lone, err := b.asker("OTHER_TOKEN", "OTHER_PURPOSE")
	if err != nil {
		return err
	}
	var flood, alone tally
	var wg, beside sync.WaitGroup
	begun := time.Now()
	beside.Go(func() {
		for n := 0; time.Since(begun) < d; n++ {
			alone.note(lone, n, time.Now())
		}
	})
	const bundle = 10 * time.Millisecond // what is due within it starts together
	for n, due := 0, begun; due.Before(begun.Add(d)); due = due.Add(bundle) {
		time.Sleep(time.Until(due))
		for ; float64(n) < rate*due.Sub(begun).Seconds(); n++ {
			wg.Go(func() { flood.note(ask, n, due) })
		}
	}
	wg.Wait()
	beside.Wait()
	if len(flood.took) == 0 {
		return fmt.Errorf("%s: no lookup was answered", name)
	}
	b.answered += int64(len(flood.took) + len(alone.took))
	behind, err := b.probe.caughtUp()
	fmt.Printf("%s, %.0f/s for %v: answered %.0f/s, %s; caught up %.1f s later\n  meanwhile a lone caller of another agency: %s\n", name,
		rate, d, float64(len(flood.took))/d.Seconds(), &flood, behind.Seconds(), &alone)
	return err
}

// A tally is what became of lookups. Safe for concurrent use.
type tally struct {
	mu         sync.Mutex
	took       []time.Duration // of those that were answered
	refused    []time.Duration // as busy
	unanswered int
	kept       int // back, because all of the caller's connections waited
}

func (t *tally) note(ask func(n int) (int, error), n int, due time.Time) {
	status, err := ask(n)
	took := time.Since(due)
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case errors.Is(err, errAllWait):
		t.kept++
	case err != nil:
		t.unanswered++
	case status == http.StatusServiceUnavailable:
		t.refused = append(t.refused, took)
	default:
		t.took = append(t.took, took)
	}
}

func (t *tally) String() string {
	slices.Sort(t.took)
	slices.Sort(t.refused)
	return fmt.Sprintf("p50 %v p99 %v; refused as busy %d, p99 %v; unanswered %d, kept back by the caller %d", part(t.took, 50),
		part(t.took, 99), len(t.refused), part(t.refused, 99), t.unanswered, t.kept)
}

// part is the time that so many of a hundred took at most.
func part(sorted []time.Duration, of100 int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)*of100/100].Round(100 * time.Microsecond)
}

// mostLines are the connections of an open loop.
const mostLines = 1024

// errAllWait says that nothing was sent, because all connections wait for an answer.
var errAllWait = errors.New("all connections wait")

// lineTimeout is how long an answer may take; it is set anew now and then, because each time costs as much as a tenth of a lookup.
const lineTimeout = time.Minute

// asker returns a function that sends the n-th lookup of a caller over one of its connections. It takes as little processor time as can be,
// because the service runs on the same machine.
func (b *bench) asker(token, purpose string) (func(n int) (status int, err error), error) {
	raw, err := os.ReadFile(b.get("NIKS"))
	if err != nil {
		return nil, err
	}
	type line struct {
		net.Conn
		in    *bufio.Reader
		until time.Time // the deadline
	}
	why := b.get(purpose)
	niks, host, lines := strings.Fields(string(raw)), strings.TrimPrefix(b.url, "http://"), make(chan *line, mostLines)
	for range mostLines {
		lines <- nil // connected when it is needed
	}
	head := "POST /api/v1/lookups HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer " + b.get(token) +
		"\r\nContent-Type: application/json\r\nContent-Length: "
	return func(n int) (status int, err error) {
		var l *line
		select {
		case l = <-lines:
		default:
			return 0, errAllWait
		}
		defer func() {
			if err != nil && l != nil {
				l.Close()
				l = nil
			}
			lines <- l
		}()
		if l == nil {
			conn, err := net.Dial("tcp", host)
			if err != nil {
				return 0, err
			}
			l = &line{Conn: conn, in: bufio.NewReader(conn)}
		}
		body := `{"nik":"` + niks[n*7919%len(niks)] + `","purpose":"` + why + `","reference":"O-` + strconv.Itoa(n) + `"}`
		if now := time.Now(); l.until.Sub(now) < lineTimeout/2 {
			l.until = now.Add(lineTimeout)
			if err := l.SetDeadline(l.until); err != nil {
				return 0, err
			}
		}
		if _, err := l.Write([]byte(head + strconv.Itoa(len(body)) + "\r\n\r\n" + body)); err != nil {
			return 0, err
		}
		return answer(l.in)
	}, nil
}

// answer reads an answer whose length is told, and returns its status.
func answer(in *bufio.Reader) (status int, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return 0, fmt.Errorf("no answer of HTTP: %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, err
	}
	length := 0
	for {
		if line, err = in.ReadSlice('\n'); err != nil {
			return 0, err
		}
		name, value, ok := bytes.Cut(bytes.TrimSpace(line), []byte(": "))
		if !ok {
			break
		}
		if string(name) == "Content-Length" {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		}
	}
	_, err = in.Discard(length)
	return status, err
}
