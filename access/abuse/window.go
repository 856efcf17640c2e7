package abuse

import "time"

const (
	windowSize = 1 << 14 // lookups that an agency's window holds: a month of eight busy counters, 512 kB
	regionScan = 800     // of one region, no more than so many latest are looked at: what keeps a lookup under 20 µs
)

// A window holds the latest lookups of one agency. Those of one region are chained from the newest to the oldest.
type window struct {
	seen    []seen            // ring; grows up to windowSize
	next    uint32            // number of the next lookup, from 1; number n lies at (n-1) % windowSize
	oldest  uint32            // number of the oldest within the horizon; next if there is none
	newest  map[uint32]uint32 // region → number of its latest lookup
	serials histogram         // of those from oldest on
}

type seen struct { // 32 bytes, two to a cache line
	point  point
	user   int64
	at     uint32 // Unix seconds
	before uint32 // number of the region's lookup before this; 0 for none
}

func newWindow() *window { return &window{next: 1, oldest: 1, newest: map[uint32]uint32{}} }

func (w *window) number(n uint32) *seen { return &w.seen[(n-1)%windowSize] }

// size is how many lookups count.
func (w *window) size() int { return int(w.next - w.oldest) }

// forget drops what is beyond the horizon.
func (w *window) forget(now time.Time) {
	since := uint32(now.Add(-horizon).Unix())
	for w.oldest < w.next && w.number(w.oldest).at < since {
		w.drop()
	}
}

func (w *window) drop() {
	w.serials[size(w.number(w.oldest).point.serial)]--
	w.oldest++
}

func (w *window) add(at time.Time, user int64, p point) {
	if w.size() == windowSize {
		w.drop()
	}
	if len(w.seen) < windowSize {
		w.seen = append(w.seen, seen{})
	}
	*w.number(w.next) = seen{p, user, uint32(at.Unix()), w.newest[p.region]}
	w.serials[size(p.serial)]++
	w.newest[p.region] = w.next
	w.next++
	if w.next%windowSize == 0 { // regions that nobody asks about any more
		for r, n := range w.newest {
			if n < w.oldest {
				delete(w.newest, r)
			}
		}
	}
}

// knows reports whether a region was asked about.
func (w *window) knows(region uint32) bool { return w.newest[region] >= w.oldest }

// of calls f with a region's lookups, the newest first.
func (w *window) of(region uint32, f func(*seen)) {
	for n, i := w.newest[region], 0; n >= w.oldest && i < regionScan; i++ {
		s := w.number(n)
		f(s)
		n = s.before
	}
}
