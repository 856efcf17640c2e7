package abuse

import (
	"fmt"
	"slices"
	"time"
)

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
	{attack{"months", plan{}, walk(func(d dice, i int, t time.Time, r int) string { return dated(r, t.AddDate(0, i-40, 0), 1, false) })},
		15},
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
	{attack{"serials by leaps", plan{}, walk(func(d dice, i int, t time.Time, r int) string {
		return dated(r, t, 1+i*9+d.IntN(9),
			false)
	})}, 15},
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
