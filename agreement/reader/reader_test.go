package reader

import "testing"

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
