package abuse

import "fmt"

// What honest users ask about lies thinly in the space of region × birth date: a farmers' group of thirty spreads over forty years. Enumeration lies
// thickly somewhere, in whatever order and pace it goes, and whoever of the agency takes part. The detector counts, around each new NIK, the earlier
// ones within several spans, and measures how surprising so many are.

// spans are the distances in days between birth dates within which neighbours are counted; the last is the surroundings against which the others are
// held, so that a class of pupils of one year is no pattern, but one within it is.
var spans = [...]int32{0, 3, 15, 45, 730}

const surroundings = len(spans) - 1

// A crop are the counts of one kind of neighbours.
type crop struct {
	all      float64             // in the region
	within   [len(spans)]float64 // by birth date; within[0] has the same sex too
	monthDay float64             // the same day and month, whatever the year
}

// The kinds: the user's own or everybody's, of today or of the whole Memory.
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
	crops   [crops]crop
	again   bool // the user has asked for this very NIK
	nearest seen // the neighbour next to it, for the reason
}

// look goes through the region's lookups once.
func (s *scene) look() {
	n, now := &s.seen, s.At.Unix()
	best := int32(1 << 30)
	s.agency.window.of(s.here.region, now-int64(Memory.Seconds()), func(e *seen) {
		if e.point == s.here {
			n.again = n.again || e.user == s.User
			return
		}
		distance := e.point.day - s.here.day
		if distance < 0 {
			distance = -distance
		}
		if distance < best {
			best, n.nearest = distance, *e
		}
		own, recent := e.user == s.User, e.at > now-today
		for k := range ownAnywhere {
			if (own || k&1 == 1) && (recent || k >= ownMonth) {
				n.crops[k].count(s.here, e.point, distance)
			}
		}
	})
	for i := range s.user.recent.inputs {
		if in := &s.user.recent.inputs[i]; !in.malformed && in.point.region != s.here.region {
			distance := in.point.day - s.here.day
			if distance < 0 {
				distance = -distance
			}
			n.crops[ownAnywhere].count(s.here, in.point, distance)
		}
	}
}

func (c *crop) count(here, there point, distance int32) {
	c.all++
	if distance != 0 && here.monthDay() == there.monthDay() {
		c.monthDay++
	}
	for i := len(spans) - 1; i >= 0 && distance <= spans[i]; i-- {
		if i > 0 || here.female == there.female {
			c.within[i]++
		}
	}
}

const (
	// Two neighbours are free: a twin, and a typing error.
	free = 2
	// Never expect fewer than this, because what is rare happens in so many lookups.
	atLeast = 0.05
)

// surprise is the strongest of a crop's spans, in decimal digits.
func (c *crop) surprise(p point) (bits float64, span int32, count float64) {
	for i, w := range spans[:surroundings] {
		k := c.within[i] - free
		if k < 1 {
			continue
		}
		days, elders := float64(2*w+1), p.elderWithin(w)
		near := c.within[surroundings] * min(1, days/float64(2*spans[surroundings]+1)+elders*0.3)
		far := c.all * (days/12000 + elders*0.01)
		if b := crowd(k, max(near, far, atLeast)); b > bits {
			bits, span, count = b, w, c.within[i]
		}
	}
	if k := c.monthDay - free; k >= 1 {
		expected := c.all / 180
		if elder(p.monthDay()) {
			expected = c.all * 0.2
		}
		if b := crowd(k, max(expected, atLeast)); b > bits {
			bits, span, count = b, -1, c.monthDay
		}
	}
	return bits, span, count
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
		case -1:
			what = "dengan hari dan bulan lahir yang sama"
		}
		return fmt.Sprintf("%s telah mencari %.0f NIK lain %s%s di sekitar %s; jumlah itu jauh di atas yang wajar.", who, count, where, what, s.NIK.Masked())
	}}
}
