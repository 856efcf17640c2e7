package abuse

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"gapura/nik"
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

// A plan is how an attack enters its NIKs.
type plan struct {
	users   int     // that share the work
	lo, hi  float64 // pause in seconds
	perDay  int     // 0: all on one day
	padding float64 // share of honest-looking lookups between
	hour    int     // 0: office hours
	scatter bool    // each user at their own time, instead of taking turns
}

// An attack makes the i-th of hits numbers.
type attack struct {
	name string
	plan plan
	make func(d dice, hits int) []string
}

// run enters the numbers by the plan.
func (a attack) run(d dice, days int, users int64, hits int) (out []line) {
	numbers := a.make(d, hits)
	p := a.plan
	if p.lo == 0 && p.hi == 0 {
		p.lo, p.hi = 4, 25
	}
	who := d.Perm(int(users))[:max(1, p.users)]
	perDay := p.perDay
	if perDay == 0 {
		perDay = len(numbers)
	}
	n := d.IntN(max(1, days-(len(numbers)-1)/perDay))
	var t time.Time
	for i, s := range numbers {
		if i%perDay == 0 {
			t = day(min(n, days-1)).Add(d.seconds(300, 7200))
			if p.hour != 0 {
				t = t.Add(time.Duration(p.hour)*time.Hour - 450*time.Minute)
			}
			n++
		}
		user := int64(who[i%len(who)] + 1)
		for d.Float64() < p.padding {
			out = append(out, line{t, user, d.person(d.home()), "padding"})
			t = t.Add(d.seconds(p.lo, p.hi))
		}
		out = append(out, line{t, user, s, a.name})
		t = t.Add(d.seconds(p.lo, p.hi))
		if p.scatter {
			t = t.Add(d.after(600))
		}
	}
	return out
}

// A walk makes numbers from one random start.
func walk(f func(d dice, i int, start time.Time, region int) string) func(dice, int) []string {
	return func(d dice, hits int) (out []string) {
		start, region := time.Date(d.in(1955, 2005), time.Month(d.in(1, 12)), d.in(1, 28), 0, 0, 0, 0, time.UTC), 330300+d.in(1, 18)
		for i := range hits {
			out = append(out, f(d, i, start, region))
		}
		return out
	}
}

func dated(region int, t time.Time, serial int, female bool) string {
	return digits(region, t.Day(), int(t.Month()), t.Year(), serial, female)
}

func serials(step int) func(dice, int) []string {
	return walk(func(d dice, i int, t time.Time, r int) string { return dated(r, t, 1+i*step, false) })
}

func dates(step int) func(dice, int) []string {
	return walk(func(d dice, i int, t time.Time, r int) string { return dated(r, t.AddDate(0, 0, i*step), 1, false) })
}

func shuffled(f func(dice, int) []string, of int) func(dice, int) []string {
	return func(d dice, hits int) []string {
		out := f(d, hits*of)
		d.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		return out[:hits]
	}
}

func descending(f func(dice, int) []string) func(dice, int) []string {
	return func(d dice, hits int) []string { out := f(d, hits); slices.Reverse(out); return out }
}

func list(d dice, hits int) (out []string) {
	for range hits {
		out = append(out, d.person(d.home()))
	}
	return out
}

// attacks are the kinds; limit is how many of the collector's lookups may be answered.
var attacks = []struct {
	attack
	limit int
}{
	{attack{"sequence", plan{}, serials(1)}, 12},
	{attack{"descending", plan{}, descending(serials(1))}, 12},
	{attack{"step 3", plan{}, serials(3)}, 12},
	{attack{"step 37", plan{}, serials(37)}, 12},
	{attack{"dates", plan{}, dates(1)}, 12},
	{attack{"dates descending, step 5", plan{}, descending(dates(5))}, 12},
	{attack{"dates, step 30", plan{}, dates(30)}, 12},
	{attack{"shuffled dates", plan{}, shuffled(dates(1), 1)}, 25},
	{attack{"shuffled dates, half", plan{}, shuffled(dates(1), 2)}, 30},
	{attack{"shuffled dates, step 5", plan{}, shuffled(dates(5), 1)}, 30},
	{attack{"shuffled serials of 240", plan{}, shuffled(serials(1), 3)}, 15},
	{attack{"sequence by three", plan{users: 3}, serials(1)}, 15},
	{attack{"sequence by six, own times", plan{users: 6, scatter: true}, serials(1)}, 20},
	{attack{"dates by three", plan{users: 3}, dates(1)}, 15},
	{attack{"shuffled dates by three", plan{users: 3}, shuffled(dates(1), 1)}, 30},
	{attack{"sequence, 4 a day", plan{perDay: 4, lo: 600, hi: 3600}, serials(1)}, 15},
	{attack{"sequence by three, 5 a day", plan{users: 3, perDay: 5, lo: 600, hi: 3600}, serials(1)}, 20},
	{attack{"dates, 5 a day", plan{perDay: 5, lo: 600, hi: 3600}, dates(1)}, 25},
	{attack{"shuffled dates, 8 a day", plan{perDay: 8, lo: 300, hi: 2400}, shuffled(dates(1), 1)}, 30},
	{attack{"sequence among honest", plan{padding: 0.7}, serials(1)}, 15},
	{attack{"dates, step 2, among honest", plan{padding: 0.6}, dates(2)}, 15},
	{attack{"months", plan{}, walk(func(d dice, i int, t time.Time, r int) string { return dated(r, t.AddDate(0, i-40, 0), 1, false) })}, 15},
	{attack{"years", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return digits(r, t.Day(), int(t.Month()), 1940+i%68, 1+i/68, false)
	})}, 15},
	{attack{"regions", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return dated(330300+100*(i/18)+i%18+1, t, 1, false)
	})}, 15},
	{attack{"serials over dates", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return dated(r, t.AddDate(0, 0, i/4), 1+i%4, false)
	})}, 15},
	{attack{"both sexes", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return dated(r, t.AddDate(0, 0, i/2), 1, i%2 == 1)
	})}, 18},
	{attack{"dates, serials at will", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return dated(r, t.AddDate(0, 0, i), d.in(1, 4), d.IntN(2) == 0)
	})}, 20},
	{attack{"dates over regions", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return dated(330300+d.in(1, 18), t.AddDate(0, 0, i), 1, false)
	})}, 20},
	{attack{"two walks in turn", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return dated(r+i%2, t.AddDate(9*(i%2), 0, 0), 1+i/2, false)
	})}, 18},
	{attack{"serials by leaps", plan{}, walk(func(d dice, i int, t time.Time, r int) string { return dated(r, t, 1+i*9+d.IntN(9), false) })}, 15},
	{attack{"sequence with typing errors", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		if s := dated(r, t, 1+i, false); d.IntN(4) > 0 {
			return s
		} else {
			return d.mistyped(s)
		}
	})}, 15},
	{attack{"far sequence", plan{}, walk(func(d dice, i int, t time.Time, r int) string { return dated(737101, t, 1+i, true) })}, 12},
	{attack{"repeated digits", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return dated(r, t.AddDate(i/9, 0, 0), 1111*(1+i%9), false)
	})}, 15},
	{attack{"repeated dates", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		k := 1 + i%12
		return digits(r+i/12, k, k, k, 1, false)
	})}, 15},
	{attack{"guesses", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return digits(330300+d.in(1, 18), d.in(1, 28), d.in(1, 12), d.in(1950, 2010), d.in(1, 9999), d.IntN(2) == 0)
	})}, 15},
	{attack{"guesses, 10 a day", plan{perDay: 10, lo: 120, hi: 1800}, walk(func(d dice, i int, t time.Time, r int) string {
		return digits(330300+d.in(1, 18), d.in(1, 28), d.in(1, 12), d.in(1950, 2010), d.in(1, 9999), d.IntN(2) == 0)
	})}, 40},
	{attack{"guesses, two digits", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return digits(330300+d.in(1, 18), d.in(1, 28), d.in(1, 12), d.in(1950, 2010), d.in(1, 99), d.IntN(2) == 0)
	})}, 20},
	{attack{"guesses, anywhere", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return digits(d.in(11, 94)*10000+d.in(1, 20)*100+d.in(1, 20), d.in(1, 28), d.in(1, 12), d.in(1950, 2010), 1, d.IntN(2) == 0)
	})}, 45},
	{attack{"guesses, any digits", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return fmt.Sprintf("%06d%010d", r, d.Int64N(1e10))
	})}, 20},
	{attack{"guesses, serial 1", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return digits(r, d.in(1, 28), d.in(1, 12), d.in(1950, 2005), 1, false)
	})}, 70},
	{attack{"guesses, serials 1 to 5", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return digits(330300+d.in(1, 18), d.in(1, 28), d.in(1, 12), d.in(1950, 2005), d.in(1, 5), d.IntN(2) == 0)
	})}, 75},
	{attack{"guesses by six", plan{users: 6}, walk(func(d dice, i int, t time.Time, r int) string {
		return digits(330300+d.in(1, 18), d.in(1, 28), d.in(1, 12), d.in(1950, 2010), d.in(1, 9999), d.IntN(2) == 0)
	})}, 20},
	{attack{"list by program, six users", plan{users: 6, lo: 0.05, hi: 1.2}, list}, 40},
	{attack{"shuffled dates, step 100", plan{}, shuffled(dates(100), 1)}, 30},
	{attack{"any dates of two months", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return dated(r, t.AddDate(0, 0, d.IntN(60)), 1+int(d.ExpFloat64()/0.7), d.IntN(2) == 0)
	})}, 40},
	{attack{"serials on dates of persons", plan{}, func(d dice, hits int) (out []string) {
		for i := range hits {
			if i%5 == 0 {
				out = append(out, d.born(330305, d.in(1963, 2000)))
			} else {
				out = append(out, out[i-i%5][:12]+fmt.Sprintf("%04d", 1+i%5))
			}
		}
		return out
	}}, 40},
	{attack{"serials on twenty dates in turn", plan{}, func(d dice, hits int) (out []string) {
		for i := range hits {
			if i < 20 {
				out = append(out, d.born(330305, d.in(1963, 2000)))
			} else {
				out = append(out, out[i%20][:12]+fmt.Sprintf("%04d", 2+i/20))
			}
		}
		return out
	}}, 45},
	{attack{"serials on elder dates", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		e := elderDates[i%3]
		return digits(r, e[0], e[1], 1950, 1+i/6, i/3%2 == 0)
	})}, 40},
	{attack{"list by program", plan{lo: 0.05, hi: 1.2}, list}, 28},
	{attack{"list by patient program", plan{lo: 3, hi: 6}, list}, 40},
	{attack{"list by the clock", plan{lo: 30, hi: 31}, list}, 50},
	{attack{"list at night", plan{lo: 10, hi: 40, hour: 22}, list}, 50},
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
