package agreement

import (
	"testing"
	"time"

	"gapura/agreement/party"
)

// TestWhatEachStateMeans: what works, what only owes, and that nothing opens without somebody who answers.
func TestWhatEachStateMeans(t *testing.T) {
	for state, want := range map[State][2]bool{Draft: {false, false}, InForce: {true, false}, Expiring: {true, false}, Extending: {true,
		false},
		Ended: {false, true}, Terminated: {false, true}, Suspended: {false, true}} {
		if state.Works() != want[0] || state.Owes() != want[1] {
			t.Errorf("%s: works %v, owes %v", state, state.Works(), state.Owes())
		}
		for _, responsible := range []bool{false, true} {
			if g := (Grant{State: state, Responsible: responsible}); g.Opens() != (want[0] && responsible) {
				t.Errorf("%s, somebody answers %v: opens %v", state, responsible, g.Opens())
			}
		}
	}
	if (*Grant)(nil).Opens() {
		t.Error("nothing opens")
	}
}

// TestTheLastDayToAsk is two months before the end, at short months their last day (Juknis VI.F).
func TestTheLastDayToAsk(t *testing.T) {
	for end, want := range map[string]string{"2027-09-16": "2027-07-16", "2027-04-30": "2027-02-28", "2028-04-30": "2028-02-29",
		"2027-08-31": "2027-06-30", "2028-01-01": "2027-11-01", "2027-02-28": "2026-12-28"} {
		if got := AskBy(date(end)); !got.Equal(date(want)) {
			t.Errorf("%s: %s", end, got)
		}
	}
}

// TestTheLastDayIsTheEarlierOfEndAndDecision: what pages and duties call the agreement's last day (PKS 5 a, 9(1)), as it was known.
func TestTheLastDayIsTheEarlierOfEndAndDecision(t *testing.T) {
	agreed := Decision{Kind: Terminate, From: party.WIB.Begin(date("2026-07-01")), Known: date("2026-03-01")}
	for name, c := range map[string]struct {
		decisions []Decision
		now, want string
	}{
		"nothing was decided":         {nil, "2026-04-01", "2027-09-16"},
		"a last day that was agreed":  {[]Decision{agreed}, "2026-04-01", "2026-06-30"},
		"that day is past":            {[]Decision{agreed}, "2026-08-01", "2026-06-30"},
		"known from that instant on":  {[]Decision{agreed}, "2026-03-01", "2026-06-30"},
		"not known yet":               {[]Decision{agreed}, "2026-02-28", "2027-09-16"},
		"the earlier of two, first":   {[]Decision{agreed, {Kind: Terminate, From: date("2026-09-01")}}, "2026-04-01", "2026-06-30"},
		"the earlier of two, second":  {[]Decision{{Kind: Terminate, From: date("2026-09-01")}, agreed}, "2026-04-01", "2026-06-30"},
		"within a day, by a decision": {[]Decision{{Kind: Terminate, From: date("2026-05-05").Add(9)}}, "2026-06-01", "2026-05-05"},
		"a suspension ends nothing":   {[]Decision{{Kind: Suspend, From: date("2026-01-05")}}, "2026-04-01", "2027-09-16"},
		"a successor may still come":  {[]Decision{{Kind: Renew, From: date("2026-05-01")}}, "2026-04-01", "2027-09-16"},
		"no successor came":           {[]Decision{{Kind: Renew, From: date("2026-05-01")}}, "2026-05-01", "2026-05-01"},
		"decided after the end":       {[]Decision{{Kind: Terminate, From: date("2027-12-01")}}, "2027-12-02", "2027-09-16"},
	} {
		a := Agreement{SignedOn: date("2025-09-16"), EndsOn: date("2027-09-16"), Decisions: c.decisions}
		g := a.At(date(c.now), date(c.now))
		if last := g.LastDay(party.WIB); !last.Equal(date(c.want)) || !g.EndsOn.Equal(date("2027-09-16")) {
			t.Errorf("%s: %s, the end is %s", name, last.Format("2006-01-02"), g.EndsOn.Format("2006-01-02"))
		}
	}
}

// TestTheLastDayOfAnSPTJMIsForeseen: what people are reminded of (B5).
func TestTheLastDayOfAnSPTJMIsForeseen(t *testing.T) {
	a := pks
	a.Addenda, a.Decisions = nil, nil
	a.Heads = heads("2020-01-01", "2027-01-01")
	on := func(day string) (string, bool) {
		_, last, signed := a.Sworn(date(day), date(day))
		if last.IsZero() {
			return "", signed
		}
		return last.Format("2006-01-02"), signed
	}
	check := func(what, day, want string, wantSigned bool) {
		t.Helper()
		if last, signed := on(day); last != want || signed != wantSigned {
			t.Errorf("%s: %q %v", what, last, signed)
		}
	}
	check("nothing signed", "2026-03-01", "", false)
	a.SPTJM = []SPTJM{{Head: 1, SignedOn: date("2025-09-16")}}
	check("the agreement's end", "2026-03-01", "2027-09-16", true)
	check("before it was signed", "2025-09-15", "", false)
	check("another head", "2027-01-01", "", false)
	check("nobody in office", "2019-01-01", "", false)
	a.SPTJM[0].Until = date("2026-12-31")
	check("its own day", "2026-03-01", "2026-12-31", true)
	check("its own day, past", "2026-12-31", "2026-12-31", true)
	a.SPTJM = []SPTJM{{Head: 2, SignedOn: date("2027-06-20"), Extension: 8}}
	a.Extensions = []ExtensionStep{{Case: 8, Kind: ExtensionAsked, On: date("2027-06-10"), Ends: date("2027-09-16")}}
	check("for an extension", "2027-07-01", "", true)
	a.Extensions = append(a.Extensions, ExtensionStep{Case: 8, Kind: ExtensionGranted, From: date("2027-08-01"), Until: date("2027-10-31")})
	check("before the decision", "2027-07-31", "", true)
	check("to the day that the decision names", "2027-09-20", "2027-10-31", true)
	a.Addenda = []Addendum{{Number: "X", SignedOn: date("2027-09-01"), EffectiveOn: date("2027-09-02"), Known: date("2027-09-03"),
		Change: Change{EndsOn: ptr(date("2029-09-16"))}}}
	check("the addendum is not known yet", "2027-09-02", "2027-10-31", true)
	check("the addendum is signed", "2027-09-03", "2027-09-01", true)

	// Who acts for a while answers to the last day in office; nobody is warned of it when the one who comes then has signed.
	acting := party.Head{ID: 5, Acting: party.Plt, Since: date("2026-05-04"), Until: date("2026-07-31")}
	a = Agreement{SignedOn: date("2025-09-16"), EndsOn: date("2027-09-16"), Heads: party.Heads{{ID: 1, Since: date("2020-01-01")}, acting},
		SPTJM: []SPTJM{{Head: 1, SignedOn: date("2025-09-16")}, {Head: 5, SignedOn: date("2026-05-06")}}}
	check("who acts", "2026-06-01", "2026-07-31", true)
	check("the office is vacant", "2026-08-05", "2026-07-31", false)
	vacant := a
	vacant.Heads = append(vacant.Heads[:2:2], party.Head{ID: 6, Acting: party.Plt, Since: date("2026-09-01"), Until: date("2026-12-31")})
	if _, last, signed := vacant.Sworn(date("2026-08-05"), date("2026-08-05")); signed || !last.Equal(date("2026-07-31")) {
		t.Errorf("the office is vacant until somebody comes: %s %v", last, signed)
	}
	a.Heads = append(a.Heads, party.Head{ID: 6, Since: date("2026-08-01")})
	check("the next one has not signed", "2026-06-01", "2026-07-31", true)
	a.SPTJM = append(a.SPTJM, SPTJM{Head: 6, SignedOn: date("2026-08-01")})
	check("the next one has signed", "2026-06-01", "2027-09-16", true)
	for _, day := range []string{"2026-08-02", "2026-09-01", "2027-08-01"} { // the one after the next is another matter
		a.Heads = append(a.Heads[:3:3], party.Head{ID: 7, Since: date(day)})
		check("the next one has signed, and goes "+day, "2026-06-01", "2027-09-16", true)
	}
	a.Heads = a.Heads[:3]
	a.Heads[1].Acting = party.Plh
	a.Heads = a.Heads[:2]
	check("the head comes back", "2026-06-01", "2027-09-16", true)
}

// TestUndecidedAsLongAsSomebodyWaits: readers stay until it is clear that there is no extension (E8), also for a request that came late.
func TestUndecidedAsLongAsSomebodyWaits(t *testing.T) {
	a := pks
	a.Addenda, a.Decisions = nil, nil
	late := ExtensionStep{Case: 8, Kind: ExtensionAsked, On: date("2027-09-01"), Ends: a.EndsOn}
	day := date("2027-10-01")
	if a.Undecided(day, day) {
		t.Error("nobody has asked")
	}
	a.Extensions = []ExtensionStep{{Case: 7, Kind: ExtensionAsked, On: date("2026-09-01"), Ends: date("2026-09-16")}}
	if a.Undecided(day, day) {
		t.Error("asked for another end")
	}
	a.Extensions = append(a.Extensions, late)
	if !a.Undecided(day, day) || a.Asked(day, day, a.EndsOn) != nil {
		t.Error("what was asked late waits, and nothing goes on by it")
	}
	a.Extensions = append(a.Extensions, ExtensionStep{Case: 8, Kind: ExtensionWithdrawn, From: day})
	if a.Undecided(day, day) || !a.Undecided(day.Add(-1), day.AddDate(0, 0, -1)) {
		t.Error("withdrawn")
	}
}

// TestAnExtensionIsAskedForByTheLatestLetterForItsEnd: refused or late, it was asked for; withdrawn, it was not.
func TestAnExtensionIsAskedForByTheLatestLetterForItsEnd(t *testing.T) {
	a := pks
	now := date("2027-08-20")
	check := func(what, want string) {
		t.Helper()
		on := a.AskedOn(a.EndsOn, now)
		if got := on.Format(time.DateOnly); want == "" && !on.IsZero() || want != "" && got != want {
			t.Errorf("%s: %s, want %q", what, got, want)
		}
	}
	asks := func(of int64, on string, ends time.Time) {
		a.Extensions = append(a.Extensions, ExtensionStep{Case: of, Kind: ExtensionAsked, On: date(on), Ends: ends})
	}
	a.Extensions = nil
	asks(6, "2027-08-01", date("2026-09-16"))
	check("for another end", "")
	asks(7, "2027-07-20", a.EndsOn)
	a.Extensions = append(a.Extensions, ExtensionStep{Case: 7, Kind: ExtensionRefused, From: date("2027-08-01")})
	check("late and refused", "2027-07-20")
	asks(8, "2027-08-10", a.EndsOn)
	asks(9, "2027-08-05", a.EndsOn)
	check("the latest of several, in whatever order", "2027-08-10")
	a.Extensions = append(a.Extensions, ExtensionStep{Case: 8, Kind: ExtensionWithdrawn, From: now})
	check("the latest is withdrawn", "2027-08-05")
}

// TestAfterAChangeOfOfficeTheSPTJMOfTheFormerHeadHoldsForAWhile (B7): as it held on their last day, for so many days as were agreed.
func TestAfterAChangeOfOfficeTheSPTJMOfTheFormerHeadHoldsForAWhile(t *testing.T) {
	a := pks
	a.Addenda, a.Decisions = nil, nil
	a.Heads = heads("2020-01-01", "2026-02-28", "2026-03-01") // the second was in office for a day
	grace := func(days int) { a.Terms.More = with(nil, HeadGrace.Key, days) }
	check := func(what, day string, want bool) {
		t.Helper()
		if g := a.At(date(day), date(day)); g.Responsible != want {
			t.Errorf("%s, %s: somebody answers %v", what, day, g.Responsible)
		}
	}
	a.SPTJM = []SPTJM{{Head: 2, SignedOn: date("2026-02-28"), Until: date("2026-02-28")}}
	grace(10)
	check("first day", "2026-03-01", true)
	check("last day", "2026-03-10", true)
	check("the day after", "2026-03-11", false)
	grace(1)
	check("a single day", "2026-03-01", true)
	check("a single day", "2026-03-02", false)
	grace(0)
	check("none was agreed", "2026-03-01", false)
	grace(10)
	a.SPTJM[0].SignedOn = date("2026-03-01")
	check("signed after leaving", "2026-03-01", false)
	a.SPTJM[0] = SPTJM{Head: 1, SignedOn: date("2026-01-01")}
	check("of the head before", "2026-03-01", false)
}

// TestAnSPTJMIsBoundToHowOftenTheEndWasPutOff: addenda that change something else are no extensions.
func TestAnSPTJMIsBoundToHowOftenTheEndWasPutOff(t *testing.T) {
	a := Agreement{}
	for i, c := range []struct {
		add  Change
		want int
	}{{Change{Quota: ptr(7)}, 0}, {Change{EndsOn: ptr(date("2028-01-01"))}, 1}, {Change{Methods: []string{API}}, 1},
		{Change{EndsOn: ptr(date("2030-01-01")), Quota: ptr(9)}, 2}} {
		if a.Addenda = append(a.Addenda, Addendum{Change: c.add}); a.Extended() != c.want {
			t.Errorf("after %d addenda: extended %d times, want %d", i+1, a.Extended(), c.want)
		}
	}
}
