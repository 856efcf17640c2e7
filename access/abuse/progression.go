package abuse

import "fmt"

// Three NIKs in equal steps do not come about by chance: the step must fit in region, birth date and serial at once. Enumeration is full of
// them, forwards, backwards, with any step, over serials, dates or regions, shuffled, and with honest lookups between.

// progressions counts the pairs of r that make three in equal steps with p, and returns one of them.
func (r *recent) progressions(p point) (count float64, first, second point) {
	for i := range r.inputs {
		q := r.inputs[i].point
		if r.inputs[i].malformed || q.female != p.female || q == p {
			continue
		}
		if to, ok := p.mirrored(q); ok && r.has(to) { // q in the middle
			count, first, second = count+1, q, to
		}
		if to, ok := q.mirrored(p); ok && r.has(to) { // p in the middle: met again from the other side
			count, first, second = count+0.5, q, to
		}
	}
	return count, first, second
}

// mirrored is the point as far beyond middle as p is before it. Dates are mirrored in days or, when both have the same day of the month, in
// months. Elder dates are in equal steps of years by nature and have no mirror in months.
func (p point) mirrored(middle point) (to point, ok bool) {
	serial, region := 2*int(middle.serial)-int(p.serial), 2*int(middle.region)-int(p.region)
	if serial < 1 || serial > 9999 || region < 0 || region > 999999 {
		return to, false
	}
	to = point{region: uint32(region), serial: uint16(serial), day: 2*middle.day - p.day, female: p.female}
	if day := p.monthDay % 100; day == middle.monthDay%100 && p.day != middle.day && !elder(p.monthDay) && !elder(middle.monthDay) {
		months := func(p point) int { return int(p.year)*12 + int(p.monthDay)/100 - 1 }
		m := 2*months(middle) - months(p)
		to.day = dayNumber(m/12, m%12+1, int(day))
	}
	return to, true
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
	if own == 0 { // others made the steps; honest work may meet one
		adds = min(adds, 10)
	}
	return verdict{adds: adds, reason: func() string {
		return fmt.Sprintf("%s, %s, dan %s berjarak sama; sudah ada %.0f susunan demikian di antara pencarian terakhir.", s.NIK.Masked(),
			a.masked(), b.masked(), count)
	}}
}

// masked shows a point as nik.NIK.Masked does.
func (p point) masked() string {
	return fmt.Sprintf("%06d••••••••%02d", p.region, p.serial%100)
}
