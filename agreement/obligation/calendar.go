// Package obligation holds what an agency and the provider owe under an agreement: duties as data (rules.json), their due dates, and the
// calendar of working days that they are counted in. It is pure: what is due follows from the agreement's facts, the calendar and the day
// that is asked about, never from a tick. Dates are UTC midnights.
package obligation

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Holiday is a day without work besides Saturday and Sunday.
type Holiday struct {
	Day    time.Time
	Name   string
	Kind   string // "libur": national holiday; "cuti": collective leave (cuti bersama)
	Source string // the decree, or that it is expected only
	// Estimated: no decree has named the day yet. In a year that has such a day the whole calendar may still move: a decree also adds
	// collective leave.
	Estimated bool
}

//go:embed holidays.tsv
var holidays string

// DefaultHolidays are those of 2025 and 2026 as decreed, and of 2027 as far as they are fixed or expected.
func DefaultHolidays() []Holiday {
	var all []Holiday
	for line := range strings.Lines(holidays) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if f[0] == "day" {
			continue
		}
		d, err := time.Parse(time.DateOnly, f[0])
		if err != nil || len(f) != 5 {
			panic(fmt.Sprintf("holidays.tsv: line of %q", f[0])) // a defect of the build
		}
		all = append(all, Holiday{Day: d, Kind: f[1], Name: f[2], Source: f[3], Estimated: f[4] == "perkiraan"})
	}
	return all
}

// A Calendar tells working days. Immutable, safe for concurrent use.
type Calendar struct {
	first     int64        // number of the day that off begins with: see dayNumber
	off       []bool       // whether the day is a holiday, to the last that is known
	years     map[int]bool // that any holiday is known of
	estimated map[int]bool // of those, the years that wait for their decree
}

// NewCalendar makes a calendar of the holidays.
func NewCalendar(list []Holiday) *Calendar {
	c := &Calendar{years: map[int]bool{}, estimated: map[int]bool{}}
	if len(list) > 0 {
		byDay := func(a, b Holiday) int { return a.Day.Compare(b.Day) }
		c.first = dayNumber(slices.MinFunc(list, byDay).Day)
		c.off = make([]bool, dayNumber(slices.MaxFunc(list, byDay).Day)-c.first+1)
	}
	for _, h := range list {
		c.off[dayNumber(h.Day)-c.first] = true
		c.years[h.Day.Year()] = true
		if h.Estimated {
			c.estimated[h.Day.Year()] = true
		}
	}
	return c
}

// IsWorkday reports whether offices work on the day: Monday to Friday, neither holiday nor collective leave.
func (c *Calendar) IsWorkday(day time.Time) bool { return c.works(dayNumber(day)) }

// dayNumber counts the days since 1 January 1970, a Thursday. Boards count through the working days of all agencies' years: by numbers that
// takes a tenth of what dates do.
func dayNumber(day time.Time) int64 { return day.Unix() / secondsOfDay }

const secondsOfDay = 24 * 60 * 60

func (c *Calendar) works(n int64) bool {
	weekday := time.Weekday((n%7 + 7 + int64(time.Thursday)) % 7)
	if weekday == time.Saturday || weekday == time.Sunday {
		return false
	}
	at := n - c.first
	return at < 0 || at >= int64(len(c.off)) || !c.off[at]
}

// AddWorkdays is the n-th working day after the day; n is 1 or more.
func (c *Calendar) AddWorkdays(day time.Time, n int) time.Time {
	at := dayNumber(day)
	for n > 0 {
		if at++; c.works(at) {
			n--
		}
	}
	return time.Unix(at*secondsOfDay, 0).UTC()
}

// Workdays counts the working days after from, up to and with to.
func (c *Calendar) Workdays(from, to time.Time) int {
	n := 0
	for day := from.AddDate(0, 0, 1); !day.After(to); day = day.AddDate(0, 0, 1) {
		if c.IsWorkday(day) {
			n++
		}
	}
	return n
}

// Covers reports whether any holiday of the year is known.
func (c *Calendar) Covers(year int) bool { return c.years[year] }

// Decreed reports whether the year's holidays are known by its decree; without, due dates in working days may move.
func (c *Calendar) Decreed(year int) bool { return c.years[year] && !c.estimated[year] }

// Estimated reports whether working days counted after from, up to and with to, pass through a year that is not decreed.
func (c *Calendar) Estimated(from, to time.Time) bool {
	for y := from.AddDate(0, 0, 1).Year(); y <= to.Year(); y++ {
		if !c.Decreed(y) {
			return true
		}
	}
	return false
}
