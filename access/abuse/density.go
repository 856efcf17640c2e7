package abuse

import (
	"fmt"
	"math/bits"
)

// What honest users ask about lies thinly in the space of region × birth date: a farmers' group of thirty spreads over forty years.
// Enumeration lies thickly somewhere, in whatever order and pace it goes, and whoever of the agency takes part. The detector counts, around
// each new NIK, the earlier ones within several spans, and measures how surprising so many are.

// spans are the distances in days between birth dates within which neighbours are counted.
var spans = [...]int32{0, 3, 15, widest}

const (
	widest     = 45
	otherYears = -1 // in place of a span: the same day and month of another year
	// The surroundings, in days to either side, against which the spans are held, so that a class of pupils of one year is no pattern, but
	// a closer one within it is.
	surroundings = 365
)

// A crop are the counts of one kind of neighbours.
type crop struct {
	all    float64 // in the region
	around float64 // within the surroundings
	// The birth dates within the widest span, the other years of the same day and month, and the serials of the same date and sex: a bit
	// for each. What is asked again counts once, and so do NIKs of one date, so that a run of serials makes no crowd for honest neighbours
	// some days or years away.
	dates, years, serials [2]uint64
}

// within counts the neighbours within a span, or those of other years.
func (c *crop) within(span int32) float64 {
	count := func(set [2]uint64) float64 { return float64(bits.OnesCount64(set[0]) + bits.OnesCount64(set[1])) }
	switch span {
	case 0:
		return count(c.serials)
	case otherYears:
		return count(c.years)
	}
	n := 0
	for d := widest - span; d <= widest+span; d++ {
		n += int(c.dates[d>>6] >> (d & 63) & 1)
	}
	return float64(n)
}

// The kinds: the user's own or everybody's (bit 0), of today or as far as the horizon (bit 1).
const (
	ownToday = iota
	allToday
	ownMonth
	allMonth
	ownAnywhere // the user's recent ones in whatever region
	crops
)

const today = 12 * 60 * 60 // seconds

// neighbourhood is what the window holds around a lookup.
type neighbourhood struct {
	crops [crops]crop
	again bool // the user has asked for this very NIK today
}

// look finds the neighbours among the region's lookups.
func (s *scene) look() {
	n, now, midnight, w := &s.seen, uint32(s.At.Unix()), uint32(s.day.Unix()), s.agency.window
	if r := w.regions[s.here.region]; r != nil {
		own := w.own[whose{s.here.region, s.User}]
		for kind, count := range [ownAnywhere]int{ownToday: w.since(own, now-today), allToday: w.since(r.all, now-today),
			ownMonth: len(own), allMonth: len(r.all)} {
			n.crops[kind].all = float64(count)
		}
	}
	w.near(s.here, func(e *seen) {
		kind := ownMonth
		if e.at > now-today {
			kind = ownToday
		}
		if e.user != s.User {
			kind++ // everybody's
		}
		same := e.point == s.here
		n.again = n.again || same && e.user == s.User && e.at >= midnight
		for k := range ownAnywhere { // what is the user's is everybody's too, and what is of today is of the month
			if k&kind != kind {
				continue
			}
			if n.crops[k].all--; !same {
				n.crops[k].count(s.here, e.point)
			}
		}
	})
	for i := range s.user.recent.inputs {
		if in := &s.user.recent.inputs[i]; !in.malformed && in.point.region != s.here.region {
			n.crops[ownAnywhere].count(s.here, in.point)
		}
	}
}

func (c *crop) count(here, there point) {
	c.all++
	switch d := there.day - here.day; {
	case d == 0 && here.female == there.female:
		h := uint64(there.serial) * 0x9E3779B97F4A7C15 >> 57
		c.serials[h>>6] |= 1 << (h & 63)
		fallthrough
	case d >= -widest && d <= widest:
		c.dates[(d+widest)>>6] |= 1 << ((d + widest) & 63)
		fallthrough
	case d >= -surroundings && d <= surroundings:
		c.around++
	}
	if here.monthDay == there.monthDay && here.year != there.year {
		c.years[there.year>>6&1] |= 1 << (there.year & 63) // 128 years are all there are
	}
}

const (
	// Two neighbours are free: a twin, and a typing error.
	free = 2
	// Never expect fewer than this, because what is rare happens in so many lookups.
	atLeast = 0.05
)

// surprise is the strongest of a crop's spans, in decimal digits.
func (c *crop) surprise(p point) (digits float64, span int32, count float64) {
	for _, w := range spans {
		n := c.within(w)
		if n <= free {
			continue
		}
		days, elders := float64(2*w+1), p.elderWithin(w)
		expected := max(c.around*days/(2*surroundings+1), c.all*days/12000, atLeast)
		if w == 0 { // beside ten others born around, an elder date may have four; those to be judged are none of the ten
			expected += elders * max((c.around-n)*0.4, (c.all-n)*0.01)
		} else { // dates count once
			expected += elders
		}
		if b := crowd(n-free, expected); b > digits {
			digits, span, count = b, w, n
		}
	}
	if k := c.within(otherYears) - free; k >= 1 {
		expected := c.all / 180
		if elder(p.monthDay) {
			expected = (c.all - k) * 0.25
		}
		if b := crowd(k, max(expected, atLeast)); b > digits {
			digits, span, count = b, otherYears, k+free
		}
	}
	return digits, span, count
}

func density(s *scene) verdict {
	if s.NIK.IsZero() {
		return verdict{}
	}
	best, kind, span, count := 0.0, 0, int32(0), 0.0
	for k := range s.seen.crops {
		if b, w, n := s.seen.crops[k].surprise(s.here); b > best {
			best, kind, span, count = b, k, w, n
		}
	}
	adds := between(0, (best-2)*8, 40)
	if kind != ownAnywhere && s.seen.crops[ownMonth].within(span) == 0 { // others made the crowd; honest work may lie in it
		adds = min(adds, 10)
	}
	if adds == 0 {
		return verdict{}
	}
	return verdict{adds: adds, reason: func() string {
		who, where := "Pengguna ini", "pada wilayah yang sama "
		switch kind {
		case allToday, allMonth:
			who = "Para pengguna lembaga ini"
		case ownAnywhere:
			where = "pada berbagai wilayah "
		}
		what := fmt.Sprintf("dengan tanggal lahir yang berselisih paling banyak %d hari", span)
		switch span {
		case 0:
			what = "dengan tanggal lahir yang sama"
		case otherYears:
			what = "dengan hari dan bulan lahir yang sama"
		}
		return fmt.Sprintf("%s telah mencari %.0f NIK lain %s%s di sekitar %s; jumlah itu jauh di atas yang wajar.", who, count, where,
			what, s.NIK.Masked())
	}}
}
