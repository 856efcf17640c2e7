package agreement

import (
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"
)

// TestAnAddendumChangesWhatItNamesAndNothingElse, one term at a time, from its day on (E2).
func TestAnAddendumChangesWhatItNamesAndNothingElse(t *testing.T) {
	plain := pks
	plain.Addenda, plain.PoC, plain.Decisions = nil, nil, nil
	network := []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
	for name, c := range map[string]struct {
		change Change
		expect func(*Grant)
	}{
		"methods":  {Change{Methods: []string{API}}, func(g *Grant) { g.Methods = []string{API} }},
		"quota":    {Change{Quota: ptr(7)}, func(g *Grant) { g.Quota = 7 }},
		"networks": {Change{Networks: network}, func(g *Grant) { g.Networks = network }},
		"purposes": {Change{Purposes: []string{"lain"}}, func(g *Grant) { g.Purposes = []string{"lain"} }},
		"balikan": {Change{Balikan: &Balikan{Fields: []string{"A"}, Days: 9}}, func(g *Grant) {
			g.Balikan = Balikan{Fields: []string{"A"},
				Days: 9}
		}},
		"end":     {Change{EndsOn: ptr(date("2029-01-01"))}, func(g *Grant) { g.EndsOn = date("2029-01-01") }},
		"nothing": {Change{}, func(*Grant) {}},
	} {
		a := plain
		a.Addenda = []Addendum{{Number: "A/9", EffectiveOn: date("2026-02-01"), Change: c.change}}
		before, was := a.At(date("2026-01-31"), date("2026-01-31")), plain.At(date("2026-01-31"), date("2026-01-31"))
		if !reflect.DeepEqual(before, was) {
			t.Errorf("%s: changed before its day: %+v", name, before)
		}
		want := was
		want.Basis, want.day = want.Basis+"; Adendum A/9", date("2026-02-01")
		c.expect(&want)
		if got := a.At(date("2026-02-01"), date("2026-02-01")); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// TestDataBalikanIsDueInThirtyDays unless the agreement says otherwise (F3).
func TestDataBalikanIsDueAsTheAgreementSays(t *testing.T) {
	day := date("2026-01-01")
	if g := pks.At(day, day); g.Balikan.Days != 30 || len(g.Balikan.Fields) == 0 || !reflect.DeepEqual(g.Balikan, DefaultBalikan) {
		t.Errorf("%+v", g.Balikan)
	}
	own := pks
	own.Terms.Balikan = &Balikan{Fields: []string{"NOMOR"}, Days: 14}
	if g := own.At(day, day); !reflect.DeepEqual(g.Balikan, *own.Terms.Balikan) {
		t.Errorf("%+v", g.Balikan)
	}
}

// TestThePoCIsPassedOnce: a second letter adds nothing to what the grant rests on.
func TestThePoCIsPassedOnce(t *testing.T) {
	a := pks
	a.Addenda, a.PoC = nil, []PoCLetter{{Letter: "P/1", On: date("2026-03-01"), Passed: true}, {Letter: "P/2", On: date("2026-04-01"),
		Passed: true}}
	if g := a.At(date("2026-05-01"), date("2026-05-01")); !g.Unlimited(PortalApplication) ||
		g.BasisOf(PortalApplication) != "PKS 400/1; PoC P/1" {
		t.Errorf("%+v", g)
	}
}

// TestTerminatedTellsSinceWhen: the earliest decision counts, from its instant on; a suspension is none.
func TestTerminatedTellsSinceWhen(t *testing.T) {
	first, second := date("2026-03-01"), date("2026-05-01")
	a := Agreement{Decisions: []Decision{{Kind: Suspend, From: date("2026-01-01")}, {Kind: Terminate, From: second},
		{Kind: Terminate, From: first}}}
	if from, ok := a.Terminated(first.Add(-1)); ok || !from.IsZero() {
		t.Error("terminated before the decision's instant:", from)
	}
	for _, now := range []string{"2026-03-01", "2026-06-01"} {
		if from, ok := a.Terminated(date(now)); !ok || !from.Equal(first) {
			t.Errorf("%s: %v %v", now, from, ok)
		}
	}
	a.Decisions[1], a.Decisions[2] = a.Decisions[2], a.Decisions[1]
	if from, _ := a.Terminated(second); !from.Equal(first) {
		t.Error("a later decision moves the first:", from)
	}
}

// TestASuccessorIsAskedForByTheFirstSuchDecision; another end asks for none.
func TestASuccessorIsAskedForByTheFirstSuchDecision(t *testing.T) {
	first, second := date("2026-03-01"), date("2026-05-01")
	a := Agreement{Decisions: []Decision{{Kind: Terminate, From: date("2026-01-01")}, {Kind: Suspend, From: date("2026-01-02")}}}
	if by, ok := a.RenewBy(); ok || !by.IsZero() {
		t.Errorf("nobody asked: %v", by)
	}
	for _, order := range [][]time.Time{{first}, {first, second}, {second, first}} {
		b := a
		for _, from := range order {
			b.Decisions = append(slices.Clone(b.Decisions), Decision{Kind: Renew, From: from})
		}
		if by, ok := b.RenewBy(); !ok || !by.Equal(first) {
			t.Errorf("%v: by %v, %v", order, by, ok)
		}
	}
}

// TestWhatALookupOwesIsTheCurrentAgreements, or what every agreement has.
func TestWhatALookupOwesIsTheCurrentAgreements(t *testing.T) {
	a := pks
	a.Terms.Balikan = &Balikan{Fields: []string{"HASIL"}}
	day := date("2026-03-01")
	if got := Owed([]Agreement{a}, day, day); !slices.Equal(got.Fields, a.Terms.Balikan.Fields) {
		t.Errorf("owes %v", got.Fields)
	}
	if got := Owed(nil, day, day); !slices.Equal(got.Fields, DefaultBalikan.Fields) {
		t.Errorf("outside an agreement: owes %v", got.Fields)
	}
}

// TestWhatWasNotKnownIsNotBelieved: agreements that the records did not know yet are not there.
func TestWhatWasNotKnownIsNotBelieved(t *testing.T) {
	early, late := pks, pks
	early.ID, early.Known = 1, date("2026-01-01")
	late.ID, late.Known = 2, date("2026-02-01")
	for at, want := range map[string][]int64{"2025-12-31": nil, "2026-01-01": {1}, "2026-01-31": {1}, "2026-02-01": {1, 2}} {
		var got []int64
		for _, a := range Believed([]Agreement{early, late}, date(at)) {
			got = append(got, a.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
}

func TestGrantTellsMethodsAndPurposes(t *testing.T) {
	g := pks.At(date("2025-12-01"), date("2025-12-01"))
	if !g.Allows(Portal) || g.Allows(API) || !g.Serves("bantuan") || g.Serves("") || g.Serves("lain") {
		t.Errorf("%+v", g)
	}
	unsigned := Agreement{EndsOn: date("2030-01-01")}
	if s := unsigned.At(date("2026-01-01"), date("2026-01-01")).State; s != Draft || s.Works() {
		t.Error(s)
	}
}
