package party

import (
	"testing"
	"time"
)

// TestWhoIsInOfficeOnADay: a change takes effect on its day; a Plt. ends the head before, a Plh. stands in and gives the office back (B7).
func TestWhoIsInOfficeOnADay(t *testing.T) {
	day := func(month time.Month, n int) time.Time { return time.Date(2026, month, n, 0, 0, 0, 0, time.UTC) }
	all := Heads{
		{ID: 1, Name: "A", Since: day(1, 1), Known: day(1, 1)},
		{ID: 2, Name: "B", Acting: Plh, Since: day(3, 10), Until: day(3, 20), Known: day(3, 9)},
		{ID: 3, Name: "C", Acting: Plt, Since: day(5, 1), Until: day(7, 31), Known: day(4, 20)},
		{ID: 4, Name: "D", Acting: Plh, Since: day(6, 1), Until: day(6, 2), Known: day(5, 30)},
		{ID: 5, Name: "E", Acting: Plh, Since: day(8, 20), Until: day(9, 20), Known: day(8, 19)},
		{ID: 6, Name: "F", Since: day(9, 1), Known: day(8, 30)},
	}
	for _, c := range []struct {
		on   time.Time
		want string
	}{
		{time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), ""}, {day(1, 1), "A"}, {day(3, 9), "A"}, {day(3, 10), "B"}, {day(3, 20), "B"},
		{day(3, 21), "A"}, {day(4, 30), "A"}, {day(5, 1), "C"}, {day(6, 1), "D"}, {day(6, 2), "D"}, {day(6, 3), "C"}, {day(7, 31), "C"},
		{day(8, 1), ""}, {day(8, 20), "E"}, {day(8, 31), "E"}, {day(9, 1), "F"}, {day(9, 15), "F"}, {day(12, 1), "F"},
	} {
		if got := (Institution{Heads: all}).Head(c.on).Name; got != c.want {
			t.Errorf("%s: %q, want %q", c.on.Format(time.DateOnly), got, c.want)
		}
	}
	if got := all.Believed(day(4, 19)); len(got) != 2 || got.Last().Name != "B" || (Heads{}).Last() != (Head{}) {
		t.Errorf("known then: %+v", got)
	}
	if got := all[2].Office() + all[1].Office() + all[0].Office(); got != "Plt. Plh. " {
		t.Errorf("%q", got)
	}
}
