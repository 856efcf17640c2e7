package bodies_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gapura/web/bodies"
)

// Bodies that come at the same time never take more than the budget; one that finds none left is told so after a little, with nothing read,
// and what was answered gives back what it took.
func TestBodiesTogetherStayWithinTheBudget(t *testing.T) {
	const mega = 1 << 20
	b := bodies.NewBudget(10*mega, 2*time.Second)
	var held atomic.Int64
	arrived, leave := make(chan error, 9), make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := b.Take(r, 2*mega)
		if err == nil {
			_, err = io.Copy(io.Discard, r.Body)
			held.Store(max(held.Load(), b.Held()))
		}
		arrived <- err
		<-leave
	}))
	defer server.Close()
	done := make(chan error, 9)
	for range 9 {
		go func() {
			resp, err := http.Post(server.URL, "text/plain", strings.NewReader(strings.Repeat("x", mega)))
			if err == nil {
				resp.Body.Close()
			}
			done <- err
		}()
	}
	busy := 0
	for range 9 {
		if err := <-arrived; errors.Is(err, bodies.ErrBusy) {
			busy++
		} else if err != nil {
			t.Error(err)
		}
	}
	if held.Load() != 9*mega || busy != 6 || b.Busy() != 6 {
		t.Errorf("%d bytes taken of %d, %d turned away", held.Load(), 10*mega, busy)
	}
	close(leave)
	for range 9 {
		if err := <-done; err != nil && busy == 0 {
			t.Error(err)
		}
	}
	server.Close()
	whole := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 10*mega)))
	if err := b.Take(whole, 10*mega); err != nil {
		t.Error("bytes are still taken after all was answered:", b.Held())
	}
	small := httptest.NewRequest("POST", "/", strings.NewReader("x"))
	if err := bodies.NewBudget(0, 0).Take(small, mega); err != nil {
		t.Error("a small body waits for large ones:", err)
	}
}
