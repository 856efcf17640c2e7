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
	newest  map[uint32]uint32 // region → number of its latest lookup
	serials histogram         // of those in the ring
}

type seen struct { // 32 bytes, two to a cache line
	point  point
	user   int64
	at     uint32 // Unix seconds
	before uint32 // number of the region's lookup before this; 0 for none
}

func newWindow() *window { return &window{next: 1, newest: map[uint32]uint32{}} }

// oldest is the lowest number that the ring still holds.
func (w *window) oldest() uint32 {
	if w.next <= windowSize {
		return 1
	}
	return w.next - windowSize
}

func (w *window) add(at time.Time, user int64, p point) {
	s := seen{p, user, uint32(at.Unix()), w.newest[p.region]}
	i := (w.next - 1) % windowSize
	if int(i) == len(w.seen) {
		w.seen = append(w.seen, s)
	} else {
		w.serials[size(w.seen[i].point.serial)]--
		w.seen[i] = s
	}
	w.serials[size(p.serial)]++
	w.newest[p.region] = w.next
	w.next++
	if w.next%windowSize == 0 { // regions whose lookups have all left the ring
		for r, n := range w.newest {
			if n < w.oldest() {
				delete(w.newest, r)
			}
		}
	}
}

// knows reports whether a region was asked about since a time (Unix seconds).
func (w *window) knows(region uint32, since uint32) bool {
	n := w.newest[region]
	return n >= w.oldest() && n > 0 && w.seen[(n-1)%windowSize].at >= since
}

// of calls f with a region's lookups, the newest first, back to a time (Unix seconds).
func (w *window) of(region uint32, since uint32, f func(*seen)) {
	oldest := w.oldest()
	for n, i := w.newest[region], 0; n >= oldest && n > 0 && i < regionScan; i++ {
		s := &w.seen[(n-1)%windowSize]
		if s.at < since {
			return
		}
		f(s)
		n = s.before
	}
}
