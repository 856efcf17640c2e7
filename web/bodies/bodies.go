// Package bodies bounds what the bodies of all requests of this process take in memory, where they are read whole: they hold personal data,
// and nothing of them may come to a disk (K3). There is one budget, because there is one memory.
package bodies

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"gapura/internal/told"
)

// Limit is the budget of a process, in bytes.
const Limit = 256 << 20

// What is small is bounded by how many requests are answered at once, and never waits. A large body is there up to three times: as it
// arrives, as its part, and sealed.
const (
	small  = 64 << 10
	copies = 3
)

// patience is how long a body waits for others to be done with.
const patience = 5 * time.Second

// ErrBusy says that the budget is used up.
var ErrBusy = &told.Error{Kind: told.Busy, After: 10,
	Text: "Layanan sedang menerima banyak berkas sekaligus. Tunggu sebentar, lalu kirim " +
		"sekali lagi."}

// A Budget is bytes that are taken and given back. Safe for concurrent use.
type Budget struct {
	free  *semaphore.Weighted
	limit int64
	wait  time.Duration
	held  atomic.Int64
	busy  atomic.Int64
}

// NewBudget is a budget of so many bytes.
func NewBudget(limit int64, wait time.Duration) *Budget {
	return &Budget{free: semaphore.NewWeighted(limit), limit: limit, wait: wait}
}

// Process is the budget of this process.
var Process = NewBudget(Limit, patience)

// Take takes what reading the request's body may need, which is most bytes long, until the request was answered. It waits a little for
// others; then it is ErrBusy, and nothing of the body was read.
func (b *Budget) Take(r *http.Request, most int64) error {
	size := r.ContentLength
	if size < 0 || size > most {
		size = most
	}
	if size <= small {
		return nil
	}
	n := min(copies*size, b.limit)
	ctx, cancel := context.WithTimeout(r.Context(), b.wait)
	defer cancel()
	if b.free.Acquire(ctx, n) != nil {
		b.busy.Add(1)
		return ErrBusy
	}
	b.held.Add(n)
	context.AfterFunc(r.Context(), func() { // which ends when the answer is complete
		b.held.Add(-n)
		b.free.Release(n)
	})
	return nil
}

// Held is how many bytes are taken now.
func (b *Budget) Held() int64 { return b.held.Load() }

// Busy is how many requests were turned away.
func (b *Budget) Busy() int64 { return b.busy.Load() }
