package abuse

import (
	"slices"
	"time"
)

// A recent holds the latest different inputs of a user, or of an agency, and finds them by their place.
type recent struct {
	inputs []input // the oldest first
	size   int
	places map[uint64]struct{}
	filter [1 << 10]uint8 // how many places have a key with this hash: most searches find nothing, and end here
}

type input struct {
	at        time.Time
	point     point // zero if malformed
	malformed bool
	unknown   bool // the source knew nobody of this number
	answered  bool // the source was asked
	twin      bool // there was one of the same region, birth date and sex among those before
	far       bool // of a region that the agency had not asked about
}

func newRecent(size int) *recent { return &recent{size: size, places: map[uint64]struct{}{}} }

func (r *recent) has(p point) bool {
	k := p.key()
	if r.filter[hash(k)] == 0 {
		return false
	}
	_, ok := r.places[k]
	return ok
}

// hash spreads keys over the filter (Fibonacci hashing).
func hash(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 >> 54 }

// forget drops what is beyond the horizon.
func (r *recent) forget(now time.Time) {
	for len(r.inputs) > 0 && now.Sub(r.inputs[0].at) > horizon {
		r.drop()
	}
}

func (r *recent) drop() {
	if in := &r.inputs[0]; !in.malformed {
		k := in.point.key()
		delete(r.places, k)
		r.filter[hash(k)]--
	}
	r.inputs = r.inputs[:copy(r.inputs, r.inputs[1:])]
}

// find returns the input of a place, nil if there is none.
func (r *recent) find(p point) *input {
	if r.has(p) {
		for i := range r.inputs {
			if in := &r.inputs[i]; in.point == p {
				return in
			}
		}
	}
	return nil
}

// add takes an input in. A place that is there already moves to the end.
func (r *recent) add(in input) {
	if !in.malformed {
		k := in.point.key()
		if r.has(in.point) {
			i := slices.IndexFunc(r.inputs, func(old input) bool { return old.point == in.point })
			r.inputs = slices.Delete(r.inputs, i, i+1)
		} else {
			r.places[k] = struct{}{}
			r.filter[hash(k)]++
		}
	}
	r.inputs = append(r.inputs, in)
	if len(r.inputs) > r.size {
		r.drop()
	}
}

// last are the latest n inputs, or all if there are fewer.
func (r *recent) last(n int) []input { return r.inputs[max(0, len(r.inputs)-n):] }
