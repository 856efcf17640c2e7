package party

import (
	"testing"
	"time"
)

// TestAUserIDIsAsItWasOnThatDay, and as it was believed to be (E2).
func TestAUserIDIsAsItWasOnThatDay(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	at := func(n int) time.Time { return day(n).Add(9 * time.Hour) }
	h := History{
		{Login: "a", Role: Officer, Methods: []string{"portal"}, Known: at(2)},
		{Login: "a", Role: Officer, Methods: []string{"portal"}, NDASigned: day(4), Known: at(8)}, // told of late
		{Login: "a", Role: Officer, Methods: []string{"portal", "api"}, NDASigned: day(4), Known: at(12)},
		{Login: "a", Role: Officer, Methods: []string{"portal", "api"}, NDASigned: day(4), Deactivated: at(20), Known: at(20)},
	}
	for _, c := range []struct {
		on, known int // at noon
		there     bool
		methods   int
		state     UserState
	}{
		{1, 30, false, 0, ""}, {1, 1, false, 0, ""}, {2, 1, false, 0, ""},
		{3, 3, true, 1, NoNDA}, {3, 30, true, 1, NoNDA},
		{5, 5, true, 1, NoNDA}, {5, 30, true, 1, Working}, {5, 8, true, 1, Working}, {9, 9, true, 1, Working},
		{12, 30, true, 2, Working}, {15, 10, true, 1, Working},
		{20, 30, true, 2, Deactivated}, {25, 19, true, 2, Working},
	} {
		u, ok := h.At(day(c.on).Add(12*time.Hour), day(c.known).Add(12*time.Hour))
		u.HasPassword = true
		if ok != c.there || ok && (len(u.Methods) != c.methods || u.At(day(c.on).Add(12*time.Hour), day(c.on)) != c.state) {
			t.Errorf("on %d, as known on %d: %v %+v", c.on, c.known, ok, u)
		}
	}
}
