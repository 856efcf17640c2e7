package report

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A period's key is read back as the period, and its months cover each of its days once.
func TestPeriods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 4000).Draw(t, "from"))
		p := Period{from, from.AddDate(0, 0, rapid.IntRange(0, 700).Draw(t, "days"))}
		if got, err := ParsePeriod(p.Key()); err != nil || got != p {
			t.Fatalf("%s is read as %v, %v", p.Key(), got, err)
		}
		next := p.From
		for _, m := range p.Months() {
			if !m.From.Equal(next) || m.From.Month() != m.To.Month() || m.To.Before(m.From) {
				t.Fatalf("%s has the month %s", p.Key(), m.Key())
			}
			next = m.After()
		}
		if !next.Equal(p.After()) {
			t.Fatalf("the months of %s end at %s", p.Key(), next)
		}
	})
	for key, words := range map[string]string{"2026-1": "Semester 1 Tahun 2026", "2026-07-01_2026-12-31": "Semester 2 Tahun 2026",
		"2026-03-15_2026-03-31": "15 Maret 2026 sampai 31 Maret 2026"} {
		if p, err := ParsePeriod(key); err != nil || p.Words() != words {
			t.Errorf("%s: %s, %v", key, p.Words(), err)
		}
	}
	for _, key := range []string{"", "2026", "2026-0", "2026-3", "2026-13-01_2026-12-31", "2026-02-01_2026-01-01", "2020-01-01_2023-01-01",
		"2026-01-01", "1999-01-01_1999-02-01"} {
		if _, err := ParsePeriod(key); err == nil {
			t.Errorf("%q was read", key)
		}
	}
}
