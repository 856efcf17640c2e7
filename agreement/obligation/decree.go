package obligation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/internal/told"
)

var months = []string{"januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november",
	"desember"}

// ReadDecree reads the days of a year as the joint decree (SKB) lists them: one a line, its date, kind and name separated by a semicolon or
// a tab. A date is 2027-01-01, 01/01/2027 or 1 Januari 2027; the kind is libur or cuti. Faults name the line, all at once. Days are sorted.
func ReadDecree(text string, year int, source string) ([]Holiday, error) {
	var out []Holiday
	var faults told.Errors
	wrong := func(n int, format string, args ...any) {
		faults.Add("naskah", fmt.Sprintf("Baris %d: ", n+1)+fmt.Sprintf(format, args...))
	}
	for n, line := range strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") || n == 0 && strings.HasPrefix(strings.ToLower(line), "tanggal") {
			continue
		}
		cells := strings.Split(strings.ReplaceAll(line, "\t", ";"), ";")
		if len(cells) != 3 {
			wrong(n, "tulis tanggal; jenis; nama hari.")
			continue
		}
		day, ok := readDay(cells[0])
		kind := map[string]string{"libur": "libur", "libur nasional": "libur", "cuti": "cuti", "cuti bersama": "cuti"}[strings.ToLower(
			strings.TrimSpace(cells[1]))]
		name := strings.TrimSpace(cells[2])
		switch {
		case !ok:
			wrong(n, "tanggal tidak dapat dibaca.")
		case day.Year() != year:
			wrong(n, "tanggal bukan pada tahun %d.", year)
		case kind == "":
			wrong(n, "jenis harus libur atau cuti.")
		case name == "" || len([]rune(name)) > 200:
			wrong(n, "nama hari harus diisi, paling panjang 200 karakter.")
		case slices.ContainsFunc(out, func(h Holiday) bool { return h.Day.Equal(day) && h.Kind == kind }):
			wrong(n, "hari itu sudah disebut.")
		default:
			out = append(out, Holiday{Day: day, Kind: kind, Name: name, Source: source})
		}
	}
	if len(out) == 0 && faults == nil {
		faults.Add("naskah", "Tuliskan hari libur dan cuti bersama, satu hari pada setiap baris.")
	}
	slices.SortStableFunc(out, func(a, b Holiday) int { return a.Day.Compare(b.Day) })
	return out, faults.Err()
}

func readDay(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006", "02-01-2006"} {
		if day, err := time.Parse(layout, text); err == nil {
			return day, true
		}
	}
	parts := strings.Fields(strings.ToLower(text))
	if len(parts) != 3 {
		return time.Time{}, false
	}
	month := slices.Index(months, parts[1]) + 1
	day, err := time.Parse("2 1 2006", fmt.Sprintf("%s %d %s", parts[0], month, parts[2]))
	return day, err == nil
}

// A Difference is what a decree changes on one day.
type Difference struct {
	Day         time.Time
	Before, New string // names with their kinds; empty: a working day as far as holidays go
}

// Differences are the days of a year that change when the decreed ones take the place of those in the calendar, by day.
func Differences(calendar, decreed []Holiday, year int) (out []Difference) {
	on := func(list []Holiday, day time.Time) string {
		var names []string
		for _, h := range list {
			if h.Day.Equal(day) {
				names = append(names, h.Name+" ("+map[string]string{"libur": "libur", "cuti": "cuti bersama"}[h.Kind]+")")
			}
		}
		return strings.Join(names, ", ")
	}
	for day := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC); day.Year() == year; day = day.AddDate(0, 0, 1) {
		if d := (Difference{day, on(calendar, day), on(decreed, day)}); d.Before != d.New {
			out = append(out, d)
		}
	}
	return out
}

// Decreed is the calendar with the decreed days of a year in the place of its own.
func Decreed(calendar, decreed []Holiday, year int) []Holiday {
	out := slices.DeleteFunc(slices.Clone(calendar), func(h Holiday) bool { return h.Day.Year() == year })
	return append(out, decreed...)
}
