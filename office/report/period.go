package report

import (
	"errors"
	"strings"
	"time"

	"gapura/agreement/obligation"
	"gapura/internal/bahasa"
)

// A Period is the days that a report is about; both are calendar days as UTC midnight.
type Period struct {
	From time.Time
	To   time.Time // the last day
}

// Semester is the period of a semester.
func Semester(s obligation.Semester) Period { return Period{s.Begins(), s.Ends()} }

// ErrPeriod is what ParsePeriod says.
var ErrPeriod = errors.New(`periode: "2026-1" untuk semester, atau "2026-03-01_2026-03-31", paling lama dua tahun`)

// ParsePeriod reads "2026-1" (a semester) or "2026-03-01_2026-03-31".
func ParsePeriod(key string) (Period, error) {
	if s, err := obligation.ParseSemester(key); err == nil {
		return Semester(s), nil
	}
	from, to, _ := strings.Cut(key, "_")
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil || b.Before(a) || b.After(a.AddDate(2, 0, 0)) || a.Year() < 2000 {
		return Period{}, ErrPeriod
	}
	return Period{a, b}, nil
}

// Key is what ParsePeriod reads.
func (p Period) Key() string {
	if s, ok := p.semester(); ok {
		return s.String()
	}
	return p.From.Format(time.DateOnly) + "_" + p.To.Format(time.DateOnly)
}

func (p Period) semester() (obligation.Semester, bool) {
	s := obligation.SemesterOf(p.From)
	return s, p == Semester(s)
}

// Words are "Semester 1 Tahun 2026" or "1 Maret 2026 sampai 31 Maret 2026".
func (p Period) Words() string {
	if s, ok := p.semester(); ok {
		return s.Words()
	}
	return bahasa.Date(p.From) + " sampai " + bahasa.Date(p.To)
}

// After is the first day after it.
func (p Period) After() time.Time { return p.To.AddDate(0, 0, 1) }

// Months are the parts of the period that lie in one calendar month each.
func (p Period) Months() []Period {
	var out []Period
	for from := p.From; !from.After(p.To); {
		next := time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		to := next.AddDate(0, 0, -1)
		if to.After(p.To) {
			to = p.To
		}
		out = append(out, Period{from, to})
		from = next
	}
	return out
}

// Month is the name of the month that the period lies in, "Maret 2026".
func (p Period) Month() string {
	_, name, _ := strings.Cut(bahasa.Date(p.From), " ")
	return name
}
