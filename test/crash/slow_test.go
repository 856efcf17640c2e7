package crash

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Callers who never finish their request, 100 of each kind by the status that they get in the end; 0: none.
var slowRequests = map[string]struct {
	path   string
	length int
	begin  string // of the body
	drip   bool   // one more byte each second
}{
	"stops in its head":              {"/api/v1/lookups", -1, "", false},
	"stops in a lookup":              {"/api/v1/lookups", 90, `{"nik":"`, false},
	"sends a byte of 4 MB at a time": {"/api/v1/balikan", 4<<20 - 1, `{"key":"`, true},
}

// Beside 500 connections that say nothing, and 300 callers who never finish their request, everybody else is answered as ever; memory stays
// bounded, because large bodies have one budget, and the slow are sent away by a deadline with nothing recorded of them.
func TestIdleConnectionsAndSlowCallers(t *testing.T) {
	d := setUp(t, "")
	l := d.api["dinpertan"]
	url, process := d.serve(t)
	alone, took := normal(t, url, l, d.found, func(n int) bool { return n < 50 })
	quiet, before := p99(took), memory(t, process)
	for range 500 {
		sit(t, url)
	}
	began, done := time.Now(), make(chan struct{})
	var slow, drips sync.WaitGroup
	var mu sync.Mutex
	told, longest := map[string]int{}, map[string]time.Duration{}
	for kind, s := range slowRequests {
		for range 100 {
			c := sit(t, url)
			head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: gapura\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\n",
				s.path, l.Token)
			if s.length >= 0 {
				head += fmt.Sprintf("Content-Length: %d\r\n\r\n%s", s.length, s.begin)
			}
			if _, err := io.WriteString(c.conn, head); err != nil {
				t.Fatal(err)
			}
			if s.drip {
				drips.Go(func() { drip(c.conn, done) })
			}
			slow.Go(func() {
				c.conn.SetReadDeadline(time.Now().Add(30 * time.Second))
				got, err := readReply(http.ReadResponse(c.in, nil))
				mu.Lock()
				defer mu.Unlock()
				if late, ok := err.(net.Error); ok && late.Timeout() {
					t.Errorf("%s: is not sent away", kind)
				}
				told[fmt.Sprintf("%s: %d %s", kind, got.status, got.text)]++
				longest[kind] = max(longest[kind], time.Since(began))
			})
		}
	}
	beside, took := normal(t, url, l, d.found, func(int) bool { return time.Since(began) < 4*time.Second })
	t.Logf("figure: lookups alone: p99 %v; beside 500 idle connections and 300 slow callers: p99 of %d lookups %v, memory %d MB (%d MB "+
		"before)", quiet, len(took), p99(took), memory(t, process), before)
	slow.Wait()
	close(done)
	drips.Wait()
	for said, n := range told {
		t.Logf("figure: %d × %s", n, said)
		if strings.HasPrefix(said, "stops in a lookup") && !strings.Contains(said, "tidak terbaca sampai selesai") {
			t.Error("who stopped in the body was told something else")
		}
	}
	for kind, took := range longest {
		t.Logf("figure: who %s is sent away within %v", kind, took.Round(100*time.Millisecond))
		if took > 25*time.Second {
			t.Errorf("%s: read for %v", kind, took)
		}
	}
	if got := memory(t, process); got > 400 {
		t.Errorf("%d MB of memory", got)
	}
	answers := append(alone, beside...)
	if records := check(t, d, answers); len(records) != len(answers) {
		t.Errorf("%d records for %d finished lookups", len(records), len(answers))
	}
}

// drip writes a byte each second.
func drip(c net.Conn, done chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-time.After(time.Second):
			if _, err := c.Write([]byte("x")); err != nil {
				return
			}
		}
	}
}
