package abuse

import "fmt"

// twins sees that a user's latest NIKs come in pairs and threes of one region, birth date and sex. A counter meets twins, and serials that
// were mistyped, but no more than one or two in a day. Who knows birth dates and tries serials, or walks through many dates at once, meets
// little else.
func twins(s *scene) verdict {
	if s.NIK.IsZero() {
		return verdict{}
	}
	n, in := 0, s.user.recent.inputs
	for i := range in {
		if in[i].twin && s.At.Sub(in[i].at) < fading {
			n++
		}
	}
	if !in[len(in)-1].twin {
		return verdict{}
	}
	const usually = 2 // in userRecent inputs
	return verdict{level: between(0, (crowd(float64(n), usually)-3)*15, 150), reason: func() string {
		return fmt.Sprintf("%d NIK terakhir masing-masing sewilayah, setanggal lahir, dan sejenis kelamin dengan NIK sebelumnya.", n)
	}}
}

// hasTwin reports whether there is another of p's region, birth date and sex. Elder dates are shared by many.
func (r *recent) hasTwin(p point) bool {
	if elder(p.monthDay) {
		return false
	}
	for i := range r.inputs {
		if q := &r.inputs[i].point; *q != p && q.day == p.day && q.region == p.region && q.female == p.female {
			return true
		}
	}
	return false
}
