package party

import (
	"testing"
	"time"
)

// Who signs on a day follows the last word about it; a word that ends a mandate leaves the days before as they were.
func TestWhoSignsForTheOfficeOnADay(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	all := Signatories{
		{Name: "A", From: day(2), Until: day(20)}, {Name: "B", From: day(5), Until: day(6)}, {From: day(10)},
		{Name: "C", From: day(15), Until: day(16)},
	}
	for n, want := range map[int]string{1: "", 2: "A", 4: "A", 5: "B", 6: "B", 7: "A", 9: "A", 10: "", 14: "", 15: "C", 16: "C", 17: ""} {
		got := ""
		if s := all.On(day(n)); s != nil {
			got = s.Name
		}
		if got != want {
			t.Errorf("on %d: %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]bool{1: true, 9: true, 11: true, 16: true, 17: false} {
		if all.Ahead(day(n)) != want {
			t.Errorf("ahead of %d: %v", n, !want)
		}
	}
	if Signatories(nil).On(day(1)) != nil || all[:1].On(day(21)) != nil {
		t.Error("somebody signs without a mandate")
	}
}
