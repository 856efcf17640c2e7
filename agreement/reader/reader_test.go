package reader

import (
	"testing"
	"time"
)

func TestStatesFollowTheGuideline(t *testing.T) {
	may := map[[2]State]bool{
		{Requested, Personalised}: true, {Personalised, Active}: true, {Active, Deactivated}: true, {Deactivated, Returned}: true,
		{Requested, Deactivated}: true, {Personalised, Deactivated}: true,
		{Deactivated, Requested}: true, {Returned, Requested}: true, // under a later agreement
	}
	for _, from := range States {
		for _, to := range States {
			if got := from.May(to); got != may[[2]State{from, to}] {
				t.Errorf("%s to %s: %v", from, to, got)
			}
		}
		if from.Label() == string(from) {
			t.Errorf("%s has no label", from)
		}
	}
}

func TestReaderWorksOnlyWhenActiveAndInForce(t *testing.T) {
	for _, s := range States {
		for _, inForce := range []bool{true, false} {
			if got, want := (Reader{State: s}).Works(inForce), s == Active && inForce; got != want {
				t.Errorf("%s, in force %v: %v", s, inForce, got)
			}
		}
	}
}

// TestAReaderIsAsItWasThenByWhatWasKnown (E2): the last word that had begun counts, of those that were recorded by then; what is recorded
// later, of a day before or of one to come, changes no answer of before.
func TestAReaderIsAsItWasThenByWhatWasKnown(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 9, 0, 0, 0, time.UTC) }
	d := Device{Serial: "R", Model: "M", SAM: "S", Moves: []Move{
		{Requested, day(1), day(1)}, {Active, day(5), day(3)}, // recorded before it took effect
		{Deactivated, day(8), day(12)}, // after
		{Returned, day(20), day(20)},
	}}
	for _, c := range []struct {
		at, known int
		want      State
		since     int
	}{
		{1, 0, "", 0}, {0, 30, "", 0},
		{1, 1, Requested, 1}, {4, 4, Requested, 1}, {5, 2, Requested, 1}, {5, 3, Active, 5}, {7, 30, Active, 5},
		{8, 11, Active, 5}, {15, 11, Active, 5}, {8, 12, Deactivated, 8}, {15, 15, Deactivated, 8},
		{30, 19, Deactivated, 8}, {20, 20, Returned, 20},
	} {
		got, ok := d.At(day(c.at), day(c.known))
		if ok != (c.want != "") || got.State != c.want || ok && (!got.Since.Equal(day(c.since)) || got.Serial != "R" || got.SAM != "S") {
			t.Errorf("on %d, known %d: %+v, %v", c.at, c.known, got, ok)
		}
		if n := len(At([]Device{d, d}, day(c.at), day(c.known))); (n == 2) != ok {
			t.Errorf("on %d, known %d: %d of 2", c.at, c.known, n)
		}
	}
}
