package abuse

import "fmt"

// Three NIKs in equal steps do not come about by chance: the step must fit in region, birth date and serial at once. Enumeration is full of them,
// forwards, backwards, with any step, over serials, dates or regions, shuffled, and with honest lookups between.

// progressions counts the pairs of r that make three in equal steps with p, and returns one of them.
func (r *recent) progressions(p point) (count float64, first, second point) {
	for i := range r.inputs {
		q := r.inputs[i].point
		if r.inputs[i].malformed || q.female != p.female || q == p {
			continue
		}
		// q in the middle and p at the end; or p in the middle.
		for _, c := range [...][2]point{{p, q}, {q, p}} {
			from, middle := c[0], c[1]
			to, ok := from.mirrored(middle)
			if !ok || to == p {
				continue
			}
			if r.has(to) {
				if from == q { // p is in the middle: q and its mirror are met twice
					count += 0.5
				} else {
					count++
				}
				first, second = q, to
			}
		}
	}
	return count, first, second
}

// mirrored is the point as far beyond middle as p is before it, in days or, when both have one day of the month, in months.
func (p point) mirrored(middle point) (point, bool) {
	to := middle
	serial, region := 2*int(middle.serial)-int(p.serial), 2*int(middle.region)-int(p.region)
	if serial < 1 || serial > 9999 || region < 0 || region > 999999 {
		return to, false
	}
	to.serial, to.region, to.day = uint16(serial), uint32(region), 2*middle.day-p.day
	return to, true
}

// inMonths is mirrored for steps of whole months: the same day of the month. Elder dates are in equal steps of years by nature.
func (p point) inMonths(middle point) (point, bool) {
	return p, false
}

func progression(s *scene) verdict {
	if s.NIK.IsZero() {
		return verdict{}
	}
	own, a, b := s.user.recent.progressions(s.here)
	all, c, d := s.agency.recent.progressions(s.here)
	if all > own {
		a, b = c, d
	}
	count := max(own, all)
	adds := 0.0
	switch {
	case count >= 3:
		adds = 25
	case count >= 2:
		adds = 12
	case count >= 1:
		adds = 4
	}
	if adds == 0 {
		return verdict{}
	}
	return verdict{adds: adds, reason: func() string {
		return fmt.Sprintf("%s, %s, dan %s berjarak sama; sudah ada %.0f susunan demikian di antara pencarian terakhir.", s.NIK.Masked(), a.masked(), b.masked(), count)
	}}
}

// masked shows a point as nik.NIK.Masked does.
func (p point) masked() string {
	return fmt.Sprintf("%06d••••••••%02d", p.region, p.serial%100)
}
