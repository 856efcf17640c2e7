package party

import (
	"testing"
	"time"
)

// The last word of the records holds from its day on, also when it was written late: it says nothing of the days before, and nothing that
// was believed before it was written.
func TestTheLastWordHoldsFromItsDayOn(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	list := []Dated[string]{
		{Value: "lama"}, {Value: "baru", On: day(10), Known: day(8)}, {Value: "susulan", On: day(5), Known: day(20)},
	}
	for _, c := range []struct {
		on, known int
		want      string
	}{
		{1, 1, "lama"}, {10, 7, "lama"}, {9, 9, "lama"}, {10, 8, "baru"}, {25, 19, "baru"}, {25, 20, "susulan"}, {5, 20, "susulan"},
		{4, 20, "lama"},
	} {
		if got, ok := AsOf(list, day(c.on), day(c.known)); !ok || got != c.want {
			t.Errorf("on %d by what was known on %d: %q, want %q", c.on, c.known, got, c.want)
		}
	}
	if got, ok := AsOf(list[1:], day(9), day(30)); !ok || got != "susulan" {
		t.Error(got, ok)
	}
	if _, ok := AsOf(list[1:], day(4), day(30)); ok {
		t.Error("something held before its first day")
	}
}
