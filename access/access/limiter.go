package access

import (
	"context"
	"slices"
	"sync"
	"time"

	"gapura/internal/told"
)

// ErrBusy says that as many lookups as may be are under way: this one was not begun, and nothing of it is recorded or charged.
var ErrBusy = &told.Error{Kind: told.Busy, After: 1, Text: "Layanan sedang menerima terlalu banyak pencarian. Silakan coba lagi beberapa " +
	"saat lagi."}

// What is under way in the own registry is as much as two cores answer in some 15 ms, and so is what one commit holds: a lone caller waits
// for one of the flood's at most. Whoever comes beyond it is told soon. Another service may take a second, and waiting for it costs nothing
// here.
const (
	MostOwn      = 128
	MostUpstream = 2048
)

// Who finds no place may wait for one in a line, which is short too: so a burst is answered, and only what goes on is turned away.
const (
	LineOwn  = 320
	patience = 250 * time.Millisecond
)

// turnedAfter is when who is turned away is told. A program that asks again at once on each of its connections, whatever it is told, so
// costs little of what it takes to answer others: waiting takes no processor.
const turnedAfter = 100 * time.Millisecond

// turnAway waits a little and says ErrBusy.
func turnAway(ctx context.Context) error {
	t := time.NewTimer(turnedAfter)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
	return ErrBusy
}

// A Limiter bounds the lookups that are under way, so that a flood is turned away early and cheaply instead of making everybody wait. Each
// caller, an agency by one method, may have its equal share of the places and of the line for them: alone all of them, beside another half,
// whoever came first. So who floods waits and is turned away, and who does not is let in at once. Safe for concurrent use.
type Limiter struct {
	most, line int

	mu      sync.Mutex
	places  map[caller]int    // guarded by mu; those that a caller has, never 0
	waiting []*waiter         // guarded by mu; in the order in which they came
	lined   map[caller]int    // guarded by mu; how many of a caller wait, never 0
	turned  map[string]uint64 // guarded by mu; away, by method
}

type waiter struct {
	caller caller
	let    chan struct{} // closed when it has its place
}

// A caller is who shares with others: people at the portal do not wait for the programs of their agency.
type caller struct {
	agency int64
	method string
}

// NewLimiter bounds lookups to most at once, which is MostOwn or MostUpstream, and to so many in line for a place.
func NewLimiter(most, line int) *Limiter {
	return &Limiter{most: most, line: line, places: map[caller]int{}, lined: map[caller]int{}, turned: map[string]uint64{}}
}

// pressed reports whether anybody may be turned away.
func (l *Limiter) pressed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting) > 0 || l.line == 0
}

// full reports whether a caller has its share of the places and of the line; who finds that is turned away.
func (l *Limiter) full(c caller) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.over(c) && l.beyond(c)
}

// over reports whether a caller has its share of the places. mu is held.
func (l *Limiter) over(c caller) bool {
	mine := l.places[c]
	return mine != 0 && mine >= l.most/len(l.places)
}

// beyond reports whether a caller that is over has its share of the line too, and counts it as turned away. mu is held.
func (l *Limiter) beyond(c caller) bool {
	if l.lined[c] < l.line/len(l.places) {
		return false
	}
	l.turned[c.method]++
	return true
}

// enter takes a place, which leave gives back, and waits a little for it in the line; false when there is none for the caller.
func (l *Limiter) enter(ctx context.Context, c caller) bool {
	l.mu.Lock()
	if !l.over(c) {
		l.places[c]++
		l.mu.Unlock()
		return true
	}
	if l.beyond(c) {
		l.mu.Unlock()
		return false
	}
	w := &waiter{c, make(chan struct{})}
	l.waiting = append(l.waiting, w)
	l.lined[c]++
	l.mu.Unlock()
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	select {
	case <-w.let:
		return true
	case <-ctx.Done():
		return !l.giveUp(w)
	}
}

// giveUp takes one that waits out of the line; false when it has got its place meanwhile.
func (l *Limiter) giveUp(w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.waiting, w)
	if i < 0 {
		return false
	}
	l.waiting = slices.Delete(l.waiting, i, i+1)
	l.unline(w.caller)
	l.turned[w.caller.method]++
	return true
}

// leave gives a place back; the first in line whose caller is below its share gets it.
func (l *Limiter) leave(c caller) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.places[c]--; l.places[c] == 0 {
		delete(l.places, c)
	}
	next := false
	for c := range l.lined {
		next = next || !l.over(c)
	}
	if !next {
		return
	}
	l.waiting = slices.DeleteFunc(l.waiting, func(w *waiter) bool {
		if l.over(w.caller) {
			return false
		}
		l.places[w.caller]++
		l.unline(w.caller)
		close(w.let)
		return true
	})
}

// unline counts one of a caller out of the line. mu is held.
func (l *Limiter) unline(c caller) {
	if l.lined[c]--; l.lined[c] == 0 {
		delete(l.lined, c)
	}
}

// UnderWay is how many lookups are.
func (l *Limiter) UnderWay() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, mine := range l.places {
		n += mine
	}
	return n
}

// TurnedAway is how many lookups were not begun by a method.
func (l *Limiter) TurnedAway(method string) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.turned[method]
}
