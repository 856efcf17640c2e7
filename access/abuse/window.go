package abuse

import (
	"slices"
	"sort"
	"time"
)

const (
	windowSize = 1 << 14 // lookups that an agency's window holds: a month of eight busy counters, 1 MB
	regionMost = 800     // of one region, no more than so many latest count
)

// A window holds the latest lookups of one agency, and finds those of one region by their birth dates.
type window struct {
	seen    []seen // ring; grows up to windowSize
	next    uint32 // number of the next lookup, from 1; number n lies at (n-1) % windowSize
	oldest  uint32 // number of the oldest within the horizon; next if there is none
	regions map[uint32]*found
	own     map[whose][]uint32 // a user's of a region, as found.all
	serials histogram          // of those from oldest on
}

type whose struct {
	region uint32
	user   int64
}

type seen struct {
	point point
	user  int64
	at    uint32 // Unix seconds
}

// found are a region's latest lookups by their numbers. A region without any has none.
type found struct {
	all   []uint32 // ascending
	days  places   // by birth date
	dates places   // by its month and day
}

// places are the numbers of lookups under a value each, ascending by both.
type places []uint64

func place(value int32, number uint32) uint64 {
	return uint64(uint32(value)^1<<31)<<32 | uint64(number)
}

func (p *places) add(value int32, number uint32) {
	at, _ := slices.BinarySearch(*p, place(value, number))
	*p = slices.Insert(*p, at, place(value, number))
}

func (p *places) drop(value int32, number uint32) {
	at, _ := slices.BinarySearch(*p, place(value, number))
	*p = slices.Delete(*p, at, at+1)
}

// between are the places of the values from one to another, both included.
func (p places) between(from, to int32) places {
	first, _ := slices.BinarySearch(p, place(from, 0))
	last, _ := slices.BinarySearch(p[first:], place(to+1, 0))
	return p[first : first+last]
}

func newWindow() *window {
	return &window{next: 1, oldest: 1, regions: map[uint32]*found{}, own: map[whose][]uint32{}}
}

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
	s := w.number(w.oldest)
	w.serials[size(s.point.serial)]--
	if f := w.regions[s.point.region]; f.all[0] == w.oldest { // else more than regionMost came after it
		w.dropFirst(f)
		if len(f.all) == 0 {
			delete(w.regions, s.point.region)
		}
	}
	w.oldest++
}

// dropFirst takes a region's oldest lookup out.
func (w *window) dropFirst(f *found) {
	n := f.all[0]
	s := w.number(n)
	f.all = slices.Delete(f.all, 0, 1)
	k := whose{s.point.region, s.user}
	if own := w.own[k]; len(own) == 1 {
		delete(w.own, k)
	} else {
		w.own[k] = slices.Delete(own, 0, 1)
	}
	f.days.drop(s.point.day, n)
	f.dates.drop(int32(s.point.monthDay), n)
}

func (w *window) add(at time.Time, user int64, p point) {
	if w.size() == windowSize {
		w.drop()
	}
	if len(w.seen) < windowSize {
		w.seen = append(w.seen, seen{})
	}
	*w.number(w.next) = seen{p, user, uint32(at.Unix())}
	w.serials[size(p.serial)]++
	f := w.regions[p.region]
	if f == nil {
		f = &found{}
		w.regions[p.region] = f
	}
	if len(f.all) == regionMost {
		w.dropFirst(f)
	}
	f.all = append(f.all, w.next)
	k := whose{p.region, user}
	w.own[k] = append(w.own[k], w.next)
	f.days.add(p.day, w.next)
	f.dates.add(int32(p.monthDay), w.next)
	w.next++
}

// knows reports whether a region was asked about.
func (w *window) knows(region uint32) bool { return w.regions[region] != nil }

// since counts the lookups after an instant; numbers ascend with time.
func (w *window) since(numbers []uint32, at uint32) int {
	return len(numbers) - sort.Search(len(numbers), func(i int) bool { return w.number(numbers[i]).at > at })
}

// near calls f with those of a region's lookups that have more to count than that they exist: those born within the surroundings of p, and
// those of the same day and month.
func (w *window) near(p point, f func(*seen)) {
	r := w.regions[p.region]
	if r == nil {
		return
	}
	for _, at := range r.days.between(p.day-surroundings, p.day+surroundings) {
		f(w.number(uint32(at)))
	}
	for _, at := range r.dates.between(int32(p.monthDay), int32(p.monthDay)) {
		if s := w.number(uint32(at)); s.point.day < p.day-surroundings || s.point.day > p.day+surroundings {
			f(s)
		}
	}
}
