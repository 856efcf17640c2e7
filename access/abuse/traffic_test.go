package abuse

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"gapura/person/nik"
)

// Invented traffic of one agency: what counters do, and what those do who collect. A line belongs to a kind, "" for honest work.
type line struct {
	at   time.Time
	user int64
	text string // as typed; not always a NIK
	kind string
}

type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 7))} }

func (d dice) in(lo, hi int) int { return lo + d.IntN(hi-lo+1) }
func (d dice) seconds(lo, hi float64) time.Duration {
	return time.Duration((lo + d.Float64()*(hi-lo)) * float64(time.Second))
}
func (d dice) after(mean float64) time.Duration {
	return time.Duration(d.ExpFloat64() * mean * float64(time.Second))
}

var elderDates = [][2]int{{1, 1}, {1, 7}, {31, 12}}

// home is a region of the agency's own regency, now and then of a neighbour's.
func (d dice) home() int {
	if d.IntN(15) == 0 {
		return []int{330401, 330402, 330210, 327305, 317107, 330115}[d.IntN(6)]
	}
	return 330300 + d.in(1, 18)
}

func digits(region, day, month, year, serial int, female bool) string {
	if female {
		day += 40
	}
	return fmt.Sprintf("%06d%02d%02d%02d%04d", region, day, month, year%100, serial)
}

// person is a NIK as the population has them.
func (d dice) person(region int) string {
	return d.born(region, 1945+int(62*(d.Float64()+d.Float64())/2))
}

func (d dice) born(region, year int) string {
	day, month := d.in(1, 28), d.in(1, 12)
	serial := min(1+int(d.ExpFloat64()/0.7), 9999)
	if year < 1962 && d.IntN(5) < 2 { // villages write more serials on these dates
		e := elderDates[d.IntN(3)]
		day, month, serial = e[0], e[1], serial+d.IntN(6)
	}
	return digits(region, day, month, year, serial, d.IntN(2) == 0)
}

func (d dice) mistyped(s string) string {
	b, i := []byte(s), d.in(6, 14)
	if d.IntN(2) == 0 {
		b[i], b[i+1] = b[i+1], b[i]
	} else {
		b[i] = byte('0' + d.IntN(10))
	}
	return string(b)
}

func day(n int) time.Time { // the n-th working day
	return time.Date(2026, 1, 5+n/5*7+n%5, 7, 30, 0, 0, WIB)
}

// counter is a user's honest day.
func (d dice) counter(n int, user int64, mean float64) (out []line) {
	t := day(n)
	end := t.Add(8 * time.Hour)
	if t.Weekday() == time.Friday {
		end = t.Add(3*time.Hour + 30*time.Minute)
	}
	for {
		if t = t.Add(d.after(mean)); t.After(end) {
			return out
		}
		var batch []string
		region, lo, hi := d.home(), 15.0, 70.0
		switch k := d.IntN(100); {
		case k < 4: // a farmers' group of one village
			for range d.in(8, 30) {
				batch = append(batch, d.person(region))
			}
			lo, hi = 18, 55
		case k == 4: // a class of pupils
			year := d.in(2008, 2018)
			for range d.in(15, 30) {
				batch = append(batch, d.born(region, year))
			}
			lo, hi = 18, 55
		case k < 17: // a family, now and then with twins or triplets
			for range d.in(2, 5) {
				batch = append(batch, d.person(region))
			}
			if d.IntN(6) == 0 {
				dd, mm, yy, f := d.in(1, 28), d.in(1, 12), d.in(1995, 2015), d.IntN(2) == 0
				for s := range d.in(2, 2+d.IntN(10)/9) {
					batch = append(batch, digits(region, dd, mm, yy, s+1, f))
				}
			}
		default:
			batch = []string{d.person(region)}
		}
		for _, s := range batch {
			for d.IntN(25) == 0 {
				out = append(out, line{t, user, d.mistyped(s), ""})
				t = t.Add(d.seconds(6, 20))
			}
			out = append(out, line{t, user, s, ""})
			if d.IntN(20) == 0 {
				t = t.Add(d.seconds(3, 200))
				out = append(out, line{t, user, s, ""})
			}
			t = t.Add(d.seconds(lo, hi))
		}
	}
}

// honest is a month of an agency.
func (d dice) honest(days int, users int64) (out []line) {
	for n := range days {
		for u := range users {
			out = append(out, d.counter(n, u+1, 60*(3+9*d.Float64()))...)
		}
	}
	return out
}

// tally is what became of a traffic.
type tally struct {
	answered            map[string]int
	days, warned, ended int // honest user-days
	why                 map[string]int
}

// replay judges lines as the command does: a suspension ends at midnight.
func replay(lines []line, s Settings, watch func(line, Judgement)) tally {
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	type userDay struct {
		user int64
		day  int
	}
	w := New(nil, func(int64) Settings { return s })
	t := tally{answered: map[string]int{}, why: map[string]int{}}
	until, guilty, worst := map[int64]int{}, map[userDay]bool{}, map[userDay]Judgement{}
	for _, l := range lines {
		today := l.at.In(WIB).YearDay()
		if d, ok := until[l.user]; ok && today > d {
			w.Lapse(1, l.user)
			delete(until, l.user)
		}
		n, _ := nik.Parse(l.text)
		j := w.Observe(Lookup{At: l.at, Agency: 1, User: l.user, NIK: n})
		if watch != nil {
			watch(l, j)
		}
		if j.Action == Suspend {
			until[l.user] = today
		}
		k := userDay{l.user, today}
		if l.kind != "" {
			guilty[k] = true
			if j.Action < Suspend {
				t.answered[l.kind]++
			} else {
				t.answered[l.kind] += 0
			}
		} else if old, ok := worst[k]; !ok || j.Action > old.Action {
			worst[k] = j
		}
	}
	for k, j := range worst {
		if guilty[k] {
			continue
		}
		t.days++
		if j.Action >= Warn {
			t.warned++
			t.why[j.Action.String()+" "+j.Rule.String()]++
		}
		if j.Action >= Suspend {
			t.ended++
		}
	}
	return t
}

func percent(n, of int) float64 { return math.Round(1e4*float64(n)/float64(max(1, of))) / 100 }
