package abuse

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// scan is the plain model of look: it goes through all lookups that were ever added, the newest first.
func scan(all []seen, s *scene) (n neighbourhood) {
	now, midnight, count := uint32(s.At.Unix()), uint32(s.day.Unix()), 0
	since := uint32(s.At.Add(-horizon).Unix())
	for i, e := range slices.Backward(all) {
		if e.at < since || i < len(all)-windowSize || count == regionMost {
			break
		}
		if e.point.region != s.here.region {
			continue
		}
		count++
		if e.point == s.here {
			n.again = n.again || e.user == s.User && e.at >= midnight
			continue
		}
		for k, counts := range [ownAnywhere]bool{e.user == s.User && e.at > now-today, e.at > now-today, e.user == s.User, true} {
			if counts {
				n.crops[k].count(s.here, e.point)
			}
		}
	}
	return n
}

// What look finds by birth dates is what going through all lookups finds: with regions that are full and that are nearly empty, with many
// of one date, over the horizon and over the window's size.
func TestNeighboursAreThoseOfAPlainScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 8))
	a, u := newAgency(), newUser()
	var all []seen
	at, compared, again, full := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), 0, 0, 0
	for i := range 60_000 {
		pause := time.Duration(rng.IntN(90)) * time.Second
		if i%15_000 == 14_999 {
			pause = horizon / 2
		}
		at = at.Add(pause)
		year, month, day := 1950+rng.IntN(8)*rng.IntN(8), 1+rng.IntN(12), 1+rng.IntN(28)
		p := point{region: uint32(rng.IntN(1 + rng.IntN(60))), day: dayNumber(year, month, day), year: uint16(year),
			monthDay: uint16(month*100 + day), serial: uint16(1 + rng.IntN(4)), female: rng.IntN(2) == 0}
		if len(all) > 0 && rng.IntN(10) == 0 {
			p = all[max(0, len(all)-1-rng.IntN(40))].point
		}
		s := &scene{Lookup: Lookup{At: at, User: int64(rng.IntN(3))}, agency: a, user: u, here: p, day: at.Truncate(24 * time.Hour)}
		a.window.forget(at)
		if i%7 == 0 {
			want := scan(all, s)
			if s.look(); s.seen != want {
				t.Fatalf("lookup %d: found %+v, a plain scan %+v", i, s.seen, want)
			}
			compared++
			if s.seen.again {
				again++
			}
			if r := a.window.regions[p.region]; r != nil && len(r.all) == regionMost {
				full++
			}
		}
		if known := slices.ContainsFunc(all[max(0, len(all)-a.window.size()):], func(e seen) bool {
			return e.point.region == p.region
		}); i%501 == 0 && known != a.window.knows(p.region) {
			t.Fatalf("lookup %d: region %d known %v, want %v", i, p.region, !known, known)
		}
		a.window.add(at, s.User, p)
		all = append(all, seen{p, s.User, uint32(at.Unix())})
	}
	if again < 20 || full < compared/20 || a.window.size() == 0 || len(all) <= windowSize {
		t.Errorf("%d compared, %d of them again, %d in full regions: too few to tell", compared, again, full)
	}
}
