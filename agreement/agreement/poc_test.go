package agreement

import "testing"

// TestEachApplicationHasItsOwnTrial, day by day (Juknis II.B, II.D): 0 is the portal, 1 fails and is tried again, 2 passes, 3 only
// registers.
func TestEachApplicationHasItsOwnTrial(t *testing.T) {
	a := Agreement{ID: 1, ProviderNumber: "1", SignedOn: date("2026-01-01"), EndsOn: date("2027-12-31"), Terms: Terms{Quota: 200},
		PoC: []PoCLetter{
			{Application: 1, Letter: "J1", On: date("2026-02-01"), Until: date("2026-02-10")},
			{Application: 1, Letter: "H1", On: date("2026-02-05")},
			{Application: 2, Letter: "J2", On: date("2026-02-01"), Until: date("2026-02-10")},
			{Application: 1, Letter: "J3", On: date("2026-03-01"), Until: date("2026-03-10")},
			{Application: 2, Letter: "H2", On: date("2026-02-08"), Passed: true},
			{Application: 2, Letter: "H3", On: date("2026-04-01")}, // a later failure takes nothing back
			{Application: 0, Letter: "J0", On: date("2026-02-01"), Until: date("2026-02-10")},
			{Application: 0, Letter: "H0", On: date("2026-05-01")},
			{Application: 0, Letter: "H4", On: date("2026-06-01"), Passed: true},
		}}
	for _, c := range []struct {
		day               string
		portal, one, two  Trial
		open1, open2, un0 bool
		basis0, basis2    string
	}{
		{"2026-01-31", Untried, Untried, Untried, false, false, false, "PKS 1", "PKS 1"},
		{"2026-02-01", Trying, Trying, Trying, true, true, false, "PKS 1; PoC J0", "PKS 1; PoC J2"},
		{"2026-02-05", Trying, Failed, Trying, false, true, false, "PKS 1; PoC J0", "PKS 1; PoC J2"},
		{"2026-02-10", Trying, Failed, Passed, false, true, false, "PKS 1; PoC J0", "PKS 1; PoC H2"},
		{"2026-02-11", Untried, Failed, Passed, false, true, false, "PKS 1", "PKS 1; PoC H2"},
		{"2026-03-10", Untried, Trying, Passed, true, true, false, "PKS 1", "PKS 1; PoC H2"},
		{"2026-03-11", Untried, Failed, Passed, false, true, false, "PKS 1", "PKS 1; PoC H2"},
		{"2026-05-01", Failed, Failed, Passed, false, true, false, "PKS 1; PoC H0", "PKS 1; PoC H2"},
		{"2026-06-01", Passed, Failed, Passed, false, true, true, "PKS 1; PoC H4", "PKS 1; PoC H2"},
	} {
		g := a.At(date(c.day), date(c.day))
		t0, _ := g.Trial(PortalApplication)
		t1, _ := g.Trial(1)
		t2, _ := g.Trial(2)
		if t0 != c.portal || t1 != c.one || t2 != c.two || g.Admits(1) != c.open1 || g.Admits(2) != c.open2 || !g.Admits(0) ||
			g.Admits(3) ||
			g.Unlimited(0) != c.un0 || g.Unlimited(2) != (c.two == Passed) || g.Unlimited(1) || g.Unlimited(3) ||
			g.BasisOf(0) != c.basis0 || g.BasisOf(2) != c.basis2 {
			t.Errorf("%s: portal %s, 1 %s, 2 %s, on %q and %q", c.day, t0, t1, t2, g.BasisOf(0), g.BasisOf(2))
		}
	}
	if g := a.At(date("2026-02-01"), date("2026-02-01")); !g.Tried(1) || g.Tried(3) {
		t.Error("a schedule that has begun is a trial")
	}
	if g := a.At(date("2026-01-31"), date("2026-01-31")); g.Tried(1) {
		t.Error("a schedule that has not begun is none")
	}
}

// TestWhatPassedIsNotNewUnderTheSuccessor (Juknis II.D.1): it goes on, within the quota until it passes there too; what did not pass does
// not, and a later agreement says nothing about an earlier day.
func TestWhatPassedIsNotNewUnderTheSuccessor(t *testing.T) {
	first := Agreement{ID: 1, ProviderNumber: "1", SignedOn: date("2024-01-01"), EndsOn: date("2025-12-31"), PoC: []PoCLetter{
		{Application: 1, Letter: "H1", On: date("2024-03-01"), Passed: true}, {Application: 2, Letter: "H2", On: date("2024-03-01")},
		{Application: 0, Letter: "H0", On: date("2024-03-01"), Passed: true},
	}}
	second := Agreement{ID: 2, ProviderNumber: "2", SignedOn: date("2026-01-01"), EndsOn: date("2027-12-31"), PoC: []PoCLetter{
		{Application: 1, Letter: "H3", On: date("2026-03-01"), Passed: true}, {Application: 3, Letter: "H4", On: date("2026-03-01"),
			Passed: true}}}
	all := []Agreement{first, second}
	g, _ := Current(all, date("2026-01-01"), date("2026-01-01"))
	if s, letter := g.Trial(1); s != Renewed || letter != (PoCLetter{}) || !g.Admits(1) || g.Unlimited(1) || g.BasisOf(1) != "PKS 2" {
		t.Errorf("%s, %v", s, letter)
	}
	if g.Admits(2) || g.Admits(3) || g.Unlimited(PortalApplication) {
		t.Error("something opened that had not passed")
	}
	g, _ = Current(all, date("2026-03-01"), date("2026-03-01"))
	if !g.Unlimited(1) || g.BasisOf(1) != "PKS 2; PoC H3" {
		t.Error(g.BasisOf(1))
	}
	g, _ = Current(all, date("2025-12-31"), date("2025-12-31"))
	if !g.Unlimited(1) || g.Admits(3) || g.BasisOf(1) != "PKS 1; PoC H1" {
		t.Error(g.BasisOf(1))
	}
}
