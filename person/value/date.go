package value

import (
	"strconv"
	"strings"
	"time"
)

// easternmost is how much earlier than in UTC a day begins in Papua.
const easternmost = 9 * time.Hour

// firstYear bounds what a registry holds: the first people registered were born after.
const firstYear = 1800

// unknownDay is the day from which spreadsheets and older programs count: an empty date is written as it.
var unknownDay = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

var months = func() map[string]time.Month {
	out := map[string]time.Month{}
	for i, names := range []string{
		"JANUARI JAN JANUARY I", "FEBRUARI FEB FEBR PEBRUARI PEB FEBRUARY II", "MARET MAR MRT MARCH III", "APRIL APR IV", "MEI MAY V",
		"JUNI JUN JUNE VI", "JULI JUL JULY VII", "AGUSTUS AGU AGS AGT AGTS AGUST AUG AUGUST VIII", "SEPTEMBER SEP SEPT IX",
		"OKTOBER OKT OCT OCTOBER X", "NOVEMBER NOV NOPEMBER NOP XI", "DESEMBER DES DEC DECEMBER XII",
	} {
		for n := range strings.FieldsSeq(names) {
			out[n] = time.Month(i + 1)
		}
	}
	return out
}()

// Ever bounds nothing: for a door that reads a date that another one checks.
var Ever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Date reads a day as people and programs write it, the day first unless the year is: 1985-03-05, 05-03-1985, 5/3/1985, 05.03.1985,
// 05031985, 5 Maret 1985, 5 Mar 1985, with a time behind it or without. It is a UTC midnight; a day that does not exist, one after today
// and a year of two digits are errors. A text that stands for no value is the zero time; so is 1 January 1900, which programs write for it.
func Date(text string, today time.Time) (time.Time, error) {
	if None(text) {
		return time.Time{}, nil
	}
	day, later, ok := cutTime(cutZone(cutWeekday(strings.TrimSpace(plain(text)))))
	if !ok {
		return time.Time{}, ErrDate
	}
	d, err := readDay(day, today)
	if d.Equal(unknownDay) && err == nil && !later {
		return time.Time{}, nil
	}
	if err == nil && later {
		if d = d.AddDate(0, 0, 1); d.After(today.Add(easternmost)) {
			return time.Time{}, ErrFuture
		}
	}
	return d, err
}

func readDay(s string, today time.Time) (time.Time, error) {
	parts := strings.FieldsFunc(s, separates)
	if len(parts) == 1 && len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		// No eight digits are a day of these centuries both ways: a year's first two are no month.
		d, err := assemble([]string{s[:2], s[2:4], s[4:]}, today)
		if err != nil {
			if other, otherErr := assemble([]string{s[:4], s[4:6], s[6:]}, today); otherErr == nil {
				return other, nil
			}
		}
		return d, err
	}
	return assemble(parts, today)
}

// assemble makes a day of three parts: year first when it has four digits, else day first.
func assemble(parts []string, today time.Time) (time.Time, error) {
	if len(parts) != 3 {
		return time.Time{}, ErrDate
	}
	d, m, y := parts[0], parts[1], parts[2]
	if len(d) == 4 {
		d, y = y, d
	}
	month, named := months[m]
	if !named {
		n, err := strconv.Atoi(m)
		if err != nil || len(m) > 2 {
			return time.Time{}, ErrDate
		}
		month = time.Month(n)
	}
	day, err := strconv.Atoi(d)
	year, err2 := strconv.Atoi(y)
	switch {
	case err != nil || err2 != nil || len(d) > 2 || strings.ContainsAny(d+y, "+-"):
		return time.Time{}, ErrDate
	case len(y) != 4 || year < firstYear:
		return time.Time{}, ErrYear
	}
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	switch {
	case t.Day() != day || t.Month() != month:
		return time.Time{}, ErrNoDay
	case t.After(today.Add(easternmost)):
		return time.Time{}, ErrFuture
	}
	return t, nil
}

var weekdays = set("SENIN SELASA RABU KAMIS JUMAT SABTU MINGGU AHAD")

// cutWeekday leaves out the day of the week before a day: Selasa, 5 Maret 1985.
func cutWeekday(s string) string {
	if first, rest, ok := strings.Cut(s, " "); ok && weekdays[strings.TrimSuffix(first, ",")] {
		return strings.TrimSpace(rest)
	}
	return s
}

// cutZone leaves out Indonesia's own time zones, in which a day is the day that is written, and writes the clock of a text like
// 5 Maret 1985 00.00 with colons.
func cutZone(s string) string {
	for _, zone := range []string{" WIB", " WITA", " WIT"} {
		s = strings.TrimSuffix(s, zone)
	}
	day, clock, ok := cutLast(s, " ")
	digits := strings.ReplaceAll(clock, ".", "")
	if !ok || strings.Trim(digits, "0123456789") != "" || len(digits) < 3 || !strings.Contains(clock, ".") ||
		strings.IndexByte(clock, '.') > 2 || len(strings.FieldsFunc(day, separates)) < 3 {
		return s
	}
	return day + " " + strings.ReplaceAll(clock, ".", ":")
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// separates reports whether a rune stands between the parts of a day.
func separates(r rune) bool { return strings.ContainsRune("-/. ,", r) }

// cutTime parts a day from the time behind it, which is passed over. later: programs write midnight in Indonesia as 15.00 to 17.00 of the
// day before in UTC; another time of day in UTC could mean either day, and is no date.
func cutTime(s string) (day string, later, ok bool) {
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		return s, false, true
	}
	at := strings.LastIndexAny(s[:colon], "T ")
	if at < 0 {
		return s, false, false
	}
	clock := s[at+1:]
	for _, layout := range []string{"15:04", "15:04:05", "3:04:05 PM", "3:04 PM"} {
		if _, err := time.Parse(layout, clock); err == nil {
			return strings.TrimSpace(s[:at]), false, true
		}
		for _, zone := range []string{"Z07:00", "-0700", " -0700", " MST"} {
			t, err := time.Parse(layout+zone, clock)
			if err != nil {
				continue
			}
			_, offset := t.Zone()
			switch h := t.Hour(); {
			case offset != 0 || h == 0 && t.Minute() == 0:
				return strings.TrimSpace(s[:at]), false, true
			case t.Minute() == 0 && h >= 15 && h <= 17:
				return strings.TrimSpace(s[:at]), true, true
			}
			return s, false, false
		}
	}
	return s, false, false
}
