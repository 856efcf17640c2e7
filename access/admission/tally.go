package admission

import (
	"net/netip"
	"sync"
	"time"

	"gapura/access/access"
)

// MostSources is how many doors and sources are told apart in a minute; the failures of all others are one sum. So a minute adds at most 2
// × (MostSources + 1) records, whatever comes from wherever.
const MostSources = 64

// mostSums bounds what waits while records cannot be written; what comes on top is added to the last sum.
const mostSums = 1024

// A Tally sums failed sign-ins by door, source and minute: the first is recorded at once, those that follow become one record when the
// minute is over. After a crash the sums of its last minute are lost, their first failures are not. It implements access.Strangers. Safe
// for concurrent use.
type Tally struct {
	mu     sync.Mutex
	minute time.Time        // guarded by mu
	counts map[tallyKey]int // guarded by mu; of minute, beyond each first
	sums   []access.Sum     // guarded by mu; of minutes that are over, without their record yet
}

// A zero tallyKey stands for all others.
type tallyKey struct {
	method string
	source netip.Addr
}

// First implements access.Strangers.
func (t *Tally) First(method string, source netip.Addr, at time.Time) bool {
	return t.count(method, source, at, true)
}

// Add counts a failure that never has a record of its own.
func (t *Tally) Add(method string, source netip.Addr, at time.Time) {
	t.count(method, source, at, false)
}

func (t *Tally) count(method string, source netip.Addr, at time.Time, recorded bool) (first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn(at)
	k := tallyKey{method, source.Unmap()}
	n, seen := t.counts[k]
	if !seen && len(t.counts) >= MostSources {
		k = tallyKey{}
		n, seen = t.counts[k]
	}
	if first = recorded && !seen; !first {
		n++
	}
	t.counts[k] = n
	return first
}

// turn ends a minute that is over. The caller holds mu.
func (t *Tally) turn(at time.Time) {
	m := at.Truncate(time.Minute)
	if t.counts != nil && m.Equal(t.minute) {
		return
	}
	for k, n := range t.counts {
		switch {
		case n == 0:
		case len(t.sums) < mostSums:
			t.sums = append(t.sums, access.Sum{Method: k.method, Source: k.source, Minute: t.minute, Count: n})
		default:
			last := &t.sums[len(t.sums)-1]
			last.Method, last.Source, last.Count = "", netip.Addr{}, last.Count+n
		}
	}
	t.minute, t.counts = m, map[tallyKey]int{}
}

// Over implements access.Strangers.
func (t *Tally) Over(at time.Time) []access.Sum {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn(at)
	out := t.sums
	t.sums = nil
	return out
}

// Keep implements access.Strangers.
func (t *Tally) Keep(sums []access.Sum) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sums = append(sums, t.sums...)
}
