package obligation

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Semester is half a year: 1 ends in June, 2 in December (PKS 8(1)).
type Semester struct{ Year, Half int }

// SemesterOf is the semester that a day lies in.
func SemesterOf(day time.Time) Semester {
	if day.Month() <= time.June {
		return Semester{day.Year(), 1}
	}
	return Semester{day.Year(), 2}
}

// ParseSemester reads "2026-1".
func ParseSemester(text string) (Semester, error) {
	year, half, ok := strings.Cut(text, "-")
	y, err := strconv.Atoi(year)
	if !ok || err != nil || y < 2000 || y > 9999 || half != "1" && half != "2" {
		return Semester{}, errors.New(`semester: want a year and 1 or 2, for instance "2026-1"`)
	}
	return Semester{y, int(half[0] - '0')}, nil
}

// Next is the semester after.
func (s Semester) Next() Semester {
	if s.Half == 1 {
		return Semester{s.Year, 2}
	}
	return Semester{s.Year + 1, 1}
}

// Previous is the semester before.
func (s Semester) Previous() Semester {
	if s.Half == 2 {
		return Semester{s.Year, 1}
	}
	return Semester{s.Year - 1, 2}
}

// Back is the semester n semesters ago.
func (s Semester) Back(n int) Semester { return SemesterOf(s.Begins().AddDate(0, -6*n, 0)) }

// Begins is the first day, as UTC midnight.
func (s Semester) Begins() time.Time {
	return time.Date(s.Year, time.Month(s.Half*6-5), 1, 0, 0, 0, 0, time.UTC)
}

// Ends is the last day, as UTC midnight.
func (s Semester) Ends() time.Time { return s.Next().Begins().AddDate(0, 0, -1) }

// String is "2026-1".
func (s Semester) String() string { return strconv.Itoa(s.Year) + "-" + strconv.Itoa(s.Half) }

// Words are "Semester 1 Tahun 2026".
func (s Semester) Words() string { return fmt.Sprintf("Semester %d Tahun %d", s.Half, s.Year) }
