package access

import (
	"sync"

	"gapura/internal/told"
)

// ErrBusy says that as many lookups as may be are under way: this one was not begun, and nothing of it is recorded or charged.
var ErrBusy = &told.Error{Kind: told.Busy, After: 1, Text: "Layanan sedang menerima terlalu banyak pencarian. Silakan coba lagi beberapa " +
	"saat lagi."}

// What is under way in the own registry is as much as two cores answer in some 30 ms, so that nobody waits for long: whoever comes beyond
// it is told at once. Another service may take a second, and waiting for it costs nothing here.
const (
	MostOwn      = 160
	MostUpstream = 2048
)

// A Limiter bounds the lookups that are under way, so that a flood is turned away early and cheaply instead of making everybody wait. Each
// caller, an agency by one method, may have its equal share of the places: alone all of them, beside another half, whoever came first. So
// who floods is turned away, and who does not is let in at once. Safe for concurrent use.
type Limiter struct {
	most int

	mu     sync.Mutex
	places map[caller]int    // guarded by mu; those that a caller has, never 0
	turned map[string]uint64 // guarded by mu; away, by method
}

// A caller is who shares with others: people at the portal do not wait for the programs of their agency.
type caller struct {
	agency int64
	method string
}

// NewLimiter bounds lookups to most at once, which is MostOwn or MostUpstream.
func NewLimiter(most int) *Limiter {
	return &Limiter{most: most, places: map[caller]int{}, turned: map[string]uint64{}}
}

// full reports whether a caller has its share.
func (l *Limiter) full(c caller) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.over(c)
}

// over is full, and counts who is turned away. mu is held.
func (l *Limiter) over(c caller) bool {
	mine := l.places[c]
	if mine == 0 || mine < l.most/len(l.places) {
		return false
	}
	l.turned[c.method]++
	return true
}

// enter takes a place, which leave gives back; false when the caller has its share.
func (l *Limiter) enter(c caller) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over(c) {
		return false
	}
	l.places[c]++
	return true
}

func (l *Limiter) leave(c caller) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.places[c]--; l.places[c] == 0 {
		delete(l.places, c)
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
