package party

import (
	"slices"
	"testing"
	"time"
)

// TestAnAccessIsOfTheApplicationThatIsNamedOrElseOfTheDeskInUse: a person's user id at a program's door names none.
func TestAnAccessIsOfTheApplicationThatIsNamedOrElseOfTheDeskInUse(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	program := App{ID: 4, Kind: ProgramApp, Methods: []string{"api"}}
	gone := App{ID: 5, Kind: DeskApp, Methods: []string{"api"}, Ended: now}
	desk := App{ID: 6, Kind: DeskApp, Methods: []string{"api"}}
	for name, c := range map[string]struct {
		apps   []App
		id     int64
		method string
		want   int64 // 0: none
	}{
		"by its number":         {[]App{program, desk}, 4, "api", 4},
		"by the desk's number":  {[]App{program, desk}, 6, "legacy", 6},
		"one that has ended":    {[]App{program, gone}, 5, "api", 5},
		"a number that is not":  {[]App{program, desk}, 7, "api", 0},
		"the desk":              {[]App{program, gone, desk}, 0, "api", 6},
		"by another method":     {[]App{program, gone, desk}, 0, "legacy", 0},
		"a desk that has ended": {[]App{program, gone}, 0, "api", 0},
		"no desk":               {[]App{program}, 0, "api", 0},
		"no application":        {nil, 0, "api", 0},
	} {
		got, ok := Find(c.apps, c.id, c.method, now)
		if got.ID != c.want || ok != (c.want != 0) {
			t.Errorf("%s: %d, %v", name, got.ID, ok)
		}
	}
	if !desk.InUse(now) || gone.InUse(now) || !gone.InUse(now.Add(-1)) {
		t.Error("an application is in use until the instant at which it ended")
	}
}

// TestApplicationsAreAnsweredForAnyDayByWhatWasKnown: what was registered later was not there, and an end that was not recorded yet had not
// come (E2, E11).
func TestApplicationsAreAnsweredForAnyDayByWhatWasKnown(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 9, n, 0, 0, 0, 0, time.UTC) }
	apps := []App{{ID: 1, Since: day(5), Ended: day(20)}, {ID: 2}}
	for _, c := range []struct {
		at, known int
		there     bool
	}{{4, 4, false}, {4, 30, false}, {30, 4, false}, {5, 5, true}, {19, 30, true}, {20, 20, false}, {25, 19, true}, {25, 20, false},
		{20, 30, false}} {
		got := AppsAt(apps, day(c.at), day(c.known))
		if there := len(got) == 2; there != c.there || got[len(got)-1].ID != 2 {
			t.Errorf("at %d, known %d: %+v", c.at, c.known, got)
		}
	}
}

// TestRightsAreThoseThatUserAndApplicationBothHave: verdicts only when either has no more, and the purposes of both; nobody's rights become
// all of the agreement's because nothing is left of them.
func TestRightsAreThoseThatUserAndApplicationBothHave(t *testing.T) {
	for _, of := range []struct{ user, app bool }{{}, {true, false}, {false, true}, {true, true}} {
		if got := (&User{MatchOnly: of.user}).Through(&App{MatchOnly: of.app}).MatchOnly; got != (of.user || of.app) {
			t.Errorf("%+v: verdicts only %v", of, got)
		}
	}
	agreed := []string{"bantuan", "pupuk"}
	for name, c := range map[string]struct{ user, app, want []string }{
		"all":                                  {nil, nil, agreed},
		"the user's":                           {[]string{"pupuk"}, nil, []string{"pupuk"}},
		"the application's":                    {nil, []string{"pupuk"}, []string{"pupuk"}},
		"both the same":                        {[]string{"pupuk"}, []string{"pupuk"}, []string{"pupuk"}},
		"the application's are more":           {[]string{"pupuk"}, agreed, []string{"pupuk"}},
		"the user's are more":                  {agreed, []string{"pupuk"}, []string{"pupuk"}},
		"none in common":                       {[]string{"bantuan"}, []string{"pupuk"}, nil},
		"what is not agreed any more":          {[]string{"pupuk", "benih"}, nil, []string{"pupuk"}},
		"the application's that is not agreed": {nil, []string{"benih"}, nil},
		"the user's that is not agreed":        {[]string{"benih"}, nil, nil},
	} {
		got := (&User{Purposes: c.user}).Through(&App{Purposes: c.app}).Serves(agreed)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if !slices.Equal(agreed, []string{"bantuan", "pupuk"}) {
		t.Error("the agreement's purposes were written to")
	}
}
