package life

import (
	"strconv"
	"strings"
	"time"
)

// The days without work from Monday to Friday that the decrees of three ministers name for 2025 and 2026 (SKB 1017/2024 with its change of
// August 2025, SKB 1497/2025), and those that are expected for 2027.
const daysOff = `
	2025-01-01 2025-01-27 2025-01-28 2025-01-29 2025-03-28 2025-03-31 2025-04-01 2025-04-02 2025-04-03 2025-04-04 2025-04-07 2025-04-18
	2025-05-01 2025-05-12 2025-05-13 2025-05-29 2025-05-30 2025-06-06 2025-06-09 2025-06-27 2025-08-18 2025-09-05 2025-12-25 2025-12-26
	2026-01-01 2026-01-16 2026-02-16 2026-02-17 2026-03-18 2026-03-19 2026-03-20 2026-03-23 2026-03-24 2026-04-03 2026-05-01 2026-05-14
	2026-05-15 2026-05-27 2026-05-28 2026-06-01 2026-06-16 2026-08-17 2026-08-25 2026-12-24 2026-12-25
	2027-01-01 2027-01-05 2027-03-08 2027-03-09 2027-03-10 2027-03-11 2027-03-12 2027-03-15 2027-03-26`

// decreed is the last year whose holidays are decreed.
const decreed = 2026

// workdays is the n-th working day after a day.
func workdays(day time.Time, n int) time.Time {
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if !weekend && !strings.Contains(daysOff, day.Format(time.DateOnly)) {
			n--
		}
	}
	return day
}

// The half-years that are reported about (PKS 8(1)).
var semesters = []struct {
	name     string
	from, to time.Time
}{
	{"2025-1", date("2025-01-01"), date("2025-06-30")}, {"2025-2", date("2025-07-01"), date("2025-12-31")},
	{"2026-1", date("2026-01-01"), date("2026-06-30")}, {"2026-2", date("2026-07-01"), date("2026-12-31")},
	{"2027-1", date("2027-01-01"), date("2027-06-30")},
}

func itoa(n int) string { return strconv.Itoa(n) }

// monthsAfter is the same day of a later month, or that month's last.
func monthsAfter(day time.Time, n int) time.Time { return monthsBefore(day, -n) }
