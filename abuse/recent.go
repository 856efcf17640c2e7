package abuse

import "time"

// A recent holds the latest different inputs of a user, or of an agency, and finds them by their place.
type recent struct {
	inputs []input // the oldest first
	size   int
	places map[uint64]struct{}
}

type input struct {
	at        time.Time
	point     point // zero if malformed
	malformed bool
	unknown   bool // the source knew nobody of this number
	answered  bool // the source was asked
	far       bool // of a region that the agency had not asked about
}

func newRecent(size int) *recent { return &recent{size: size, places: map[uint64]struct{}{}} }

func (r *recent) has(p point) bool { _, ok := r.places[p.key()]; return ok }

// forget drops what is older than Memory.
func (r *recent) forget(now time.Time) {
	for len(r.inputs) > 0 && now.Sub(r.inputs[0].at) > Memory {
		r.drop()
	}
}

func (r *recent) drop() {
	delete(r.places, r.inputs[0].point.key())
	r.inputs = r.inputs[:copy(r.inputs, r.inputs[1:])]
}

// add takes an input in. A place that is there already is not taken in twice.
func (r *recent) add(in input) {
	if !in.malformed {
		if r.has(in.point) {
			return
		}
		r.places[in.point.key()] = struct{}{}
	}
	r.inputs = append(r.inputs, in)
	if len(r.inputs) > r.size {
		r.drop()
	}
}

// last are the latest n inputs, or all if there are fewer.
func (r *recent) last(n int) []input { return r.inputs[max(0, len(r.inputs)-n):] }
