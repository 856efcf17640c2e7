package admission

import (
	"context"
	"slices"
	"sync"
)

// A priority is who is served first when a place to compute a hash becomes free.
type priority int

const (
	trusted  priority = iota // an account at a source that it signed in from before
	account                  // an account elsewhere
	stranger                 // a login that nobody has, an account that is held, and whatever failed
	priorities
)

// mostWaiting is how many wait at each priority; more are told at once that it is busy. Some thirty hashes are computed in a second and
// place.
var mostWaiting = [priorities]int{trusted: 128, account: 64, stranger: 32}

// places is how many hashes are computed at once; one of them is never a stranger's, so that nobody whom we know waits for a stranger's
// hash.
const places = 2

// A queue gives out the places in which hashes are computed: the first waiting of the highest priority comes first. Safe for concurrent
// use.
type queue struct {
	mu        sync.Mutex
	free      int                         // guarded by mu
	strangers int                         // guarded by mu; places that they have
	waiting   [priorities][]chan struct{} // guarded by mu; closed when the place is theirs
}

// take waits for a place, which give returns. Errors are ErrBusy and the context's.
func (q *queue) take(ctx context.Context, p priority) error {
	q.mu.Lock()
	if len(q.waiting[p]) >= mostWaiting[p] {
		q.mu.Unlock()
		return ErrBusy
	}
	mine := make(chan struct{})
	q.waiting[p] = append(q.waiting[p], mine)
	q.next()
	q.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := slices.Index(q.waiting[p], mine); n >= 0 {
		q.waiting[p] = slices.Delete(q.waiting[p], n, n+1)
		return ctx.Err()
	}
	return nil // it was given meanwhile: the caller finds out by itself that nobody waits
}

// give returns a place that was taken at the priority.
func (q *queue) give(p priority) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.free++
	if p == stranger {
		q.strangers--
	}
	q.next()
}

// next hands out what is free. The caller holds mu.
func (q *queue) next() {
	for p := range priorities {
		for q.free > 0 && len(q.waiting[p]) > 0 && (p != stranger || q.strangers < places-1) {
			close(q.waiting[p][0])
			q.waiting[p] = q.waiting[p][1:]
			q.free--
			if p == stranger {
				q.strangers++
			}
		}
	}
}
