package obligation

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gapura/agreement/agreement"
)

func d(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestHolidaysAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	last := time.Time{}
	for _, h := range DefaultHolidays() {
		key := h.Day.Format(time.DateOnly) + h.Kind
		if seen[key] || h.Day.Before(last) || h.Name == "" || h.Source == "" || (h.Kind != "libur" && h.Kind != "cuti") {
			t.Errorf("%+v", h)
		}
		seen[key], last = true, h.Day
	}
	c := NewCalendar(DefaultHolidays())
	for year, want := range map[int]bool{2024: false, 2025: true, 2026: true, 2027: true, 2028: false} {
		if c.Covers(year) != want {
			t.Errorf("covers %d: %v", year, !want)
		}
	}
}

func TestWorkdays(t *testing.T) {
	c := NewCalendar(DefaultHolidays())
	for day, want := range map[string]bool{
		"2026-03-17": true, "2026-03-18": false, "2026-03-20": false, "2026-03-21": false, "2026-03-24": false, "2026-03-25": true,
		"2025-08-18": false, "2026-11-23": true, "2026-11-22": false, "2025-12-26": false, "2026-12-24": false, "2026-12-28": true,
	} {
		if c.IsWorkday(d(day)) != want {
			t.Errorf("%s is a working day: %v", day, !want)
		}
	}
	// Ten working days after the semesters' ends; the second passes New Year's Day and the Isra Mikraj of 2026.
	for from, want := range map[string]string{"2026-06-30": "2026-07-14", "2025-12-31": "2026-01-15", "2025-03-27": "2025-04-22"} {
		n := 10
		if got := c.AddWorkdays(d(from), n); !got.Equal(d(want)) {
			t.Errorf("%d working days after %s: %s, want %s", n, from, got.Format(time.DateOnly), want)
		}
	}
}

func TestAddingAndCountingWorkdaysAgree(t *testing.T) {
	c := NewCalendar(DefaultHolidays())
	rapid.Check(t, func(t *rapid.T) {
		from := d("2025-01-01").AddDate(0, 0, rapid.IntRange(0, 1000).Draw(t, "day"))
		n := rapid.IntRange(1, 60).Draw(t, "n")
		to := c.AddWorkdays(from, n)
		if !c.IsWorkday(to) || c.Workdays(from, to) != n || !c.AddWorkdays(from, n+1).After(to) {
			t.Fatalf("%s + %d = %s", from, n, to)
		}
	})
}

func TestMonthsEndWithTheirLastDay(t *testing.T) {
	for _, c := range []struct {
		day  string
		n    int
		want string
	}{{"2025-08-31", 6, "2026-02-28"}, {"2023-08-31", 6, "2024-02-29"}, {"2026-04-30", -2, "2026-02-28"}, {"2026-12-15", 1, "2027-01-15"},
		{"2026-01-31", -11, "2025-02-28"}} {
		if got := agreement.AddMonths(d(c.day), c.n); !got.Equal(d(c.want)) {
			t.Errorf("%s and %d months: %s", c.day, c.n, got.Format(time.DateOnly))
		}
	}
}

func agreementFacts() Facts {
	return Facts{Agency: 1, Agreement: 1, SignedOn: d("2025-09-16"), EndsOn: d("2027-09-16"), Works: true, HeadSince: d("2024-01-02")}
}

func find(t *testing.T, f Facts, today, rule, period string) Duty {
	t.Helper()
	all := Duties([]Facts{f}, NewCalendar(DefaultHolidays()), d(today))
	i := slices.IndexFunc(all, func(x Duty) bool { return x.Rule.Key == rule && x.Period == period })
	if i < 0 {
		t.Fatalf("no duty %s %s on %s", rule, period, today)
	}
	return all[i]
}

func TestDutiesOverTheLifeOfAnAgreement(t *testing.T) {
	plain := agreementFacts()
	signed := plain
	signed.SPTJMSigned, signed.Users, signed.ReadersActive, signed.ExtensionAsked = d("2025-09-16"), 2, 1, d("2027-05-01")
	expired := signed
	expired.SPTJMUntil = d("2026-01-31")
	newHead := plain
	newHead.HeadSince = d("2026-05-01")
	without := signed
	without.UsersWithoutNDA = 1
	evidence := plain
	evidence.Evidence = []Evidence{{"iso27001", "", d("2026-03-01"), true}, {"laporan-semester", "2025-2", d("2026-01-10"), false}}
	for _, c := range []struct {
		name         string
		f            Facts
		today        string
		rule, period string
		due          string
		want         State
	}{
		{"certificate, far", plain, "2025-10-01", "iso27001", "", "2026-03-16", Open},
		{"certificate, 30 days", plain, "2026-02-14", "iso27001", "", "2026-03-16", Soon},
		{"certificate, last day", plain, "2026-03-16", "iso27001", "", "2026-03-16", Soon},
		{"certificate, late", plain, "2026-03-17", "iso27001", "", "2026-03-16", Overdue},
		{"certificate, delivered", evidence, "2026-04-01", "iso27001", "", "2026-03-16", Met},
		{"report, before the semester ends", plain, "2025-12-30", "laporan-semester", "2025-2", "2026-01-15", NotYet},
		{"report, on its last day", plain, "2025-12-31", "laporan-semester", "2025-2", "2026-01-15", Soon},
		{"report, late", plain, "2026-01-16", "laporan-semester", "2025-2", "2026-01-15", Overdue},
		{"report, delivered", evidence, "2026-01-16", "laporan-semester", "2025-2", "2026-01-15", Waiting},
		{"evaluation is the provider's", plain, "2026-02-01", "evaluasi", "2025-2", "2026-02-13", Soon},
		{"extension, too early", plain, "2027-03-15", "perpanjangan", "2027-09", "2027-07-16", NotYet},
		{"extension, six months", plain, "2027-03-16", "perpanjangan", "2027-09", "2027-07-16", Open},
		{"extension, late", plain, "2027-07-17", "perpanjangan", "2027-09", "2027-07-16", Overdue},
		{"extension, asked", signed, "2027-07-17", "perpanjangan", "2027-09", "2027-07-16", Met},
		{"SPTJM missing", plain, "2025-09-17", "sptjm", "", "2025-09-16", Overdue},
		{"SPTJM signed", signed, "2025-09-17", "sptjm", "", "2025-09-16", Met},
		{"SPTJM expired", expired, "2026-02-01", "sptjm", "", "2026-01-31", Overdue},
		{"new head has two weeks", newHead, "2026-05-10", "sptjm", "", "2026-05-15", Soon},
		{"NDA of one is missing", without, "2025-10-01", "nda", "", "2025-09-16", Overdue},
		{"NDA of all", signed, "2025-10-01", "nda", "", "2025-09-16", Met},
		{"reader", signed, "2026-10-01", "pembaca", "", "2026-09-16", Met},
		{"no reader", plain, "2026-10-01", "pembaca", "", "2026-09-16", Overdue},
		{"outreach of the first year", plain, "2026-01-01", "sosialisasi", "2025", "2025-12-31", Overdue},
		{"outreach of the last year ends with the agreement", plain, "2027-09-01", "sosialisasi", "2027", "2027-09-16", Soon},
	} {
		got := find(t, c.f, c.today, c.rule, c.period)
		if got.State != c.want || !got.Due.Equal(d(c.due)) {
			t.Errorf("%s: %s, due %s; want %s, due %s", c.name, got.State, got.Due.Format(time.DateOnly), c.want, c.due)
		}
	}
}

func TestAfterTheEndNothingNewIsOwed(t *testing.T) {
	f := agreementFacts()
	c := NewCalendar(DefaultHolidays())
	end, later := Duties([]Facts{f}, c, f.EndsOn), Duties([]Facts{f}, c, f.EndsOn.AddDate(3, 0, 0))
	f.Works = false
	for _, x := range Duties([]Facts{f}, c, f.EndsOn.AddDate(0, 0, 1)) {
		if x.Rule.Key == "nda" || x.Rule.Key == "sptjm" || x.Rule.Key == "pembaca" || x.Rule.Key == "perpanjangan" {
			t.Errorf("%s is owed after the end", x.Rule.Key)
		}
	}
	if len(end) != len(later) {
		t.Errorf("%d duties on the last day, %d three years after", len(end), len(later))
	}
	keys := map[string]bool{}
	for _, x := range later {
		if key := x.Rule.Key + x.Period; keys[key] {
			t.Errorf("%s twice", key)
		} else {
			keys[key] = true
		}
	}
	if !slices.IsSortedFunc(later, func(a, b Duty) int { return a.Due.Compare(b.Due) }) {
		t.Error("not by due date")
	}
}

func TestRemindersStandAt30And14And7And1DaysAndOverdue(t *testing.T) {
	f := agreementFacts()
	for today, want := range map[string]int{
		"2026-02-13": 0, "2026-02-14": 30, "2026-02-28": 30, "2026-03-02": 14, "2026-03-08": 14, "2026-03-09": 7, "2026-03-14": 7,
		"2026-03-15": 1, "2026-03-16": 1, "2026-03-17": -1, "2026-03-23": -1, "2026-03-24": -2, "2026-06-01": -11,
	} {
		got, due := find(t, f, today, "iso27001", "").Threshold(d(today))
		if got != want || due != (want != 0) {
			t.Errorf("%s: %d %v, want %d", today, got, due, want)
		}
	}
	for today, want := range map[string]int{"2027-03-15": 0, "2027-03-16": 180, "2027-06-16": 30, "2027-07-17": -1, "2027-07-24": -2} {
		if got, _ := find(t, f, today, "perpanjangan", "2027-09").Threshold(d(today)); got != want {
			t.Errorf("extension on %s: %d, want %d", today, got, want)
		}
	}
	for _, r := range Rules() {
		if r.Key == "" || r.Name == "" || r.Clause == "" || (r.Party != "agency" && r.Party != "provider") {
			t.Errorf("%+v", r)
		}
	}
}

// An agreement that was terminated owes what was due until then, and the report of its last semester.
func TestATerminatedAgreementOwesWhatWasDueUntilThen(t *testing.T) {
	f := agreementFacts()
	f.Works, f.EndsOn = false, d("2026-02-10")
	var got []string
	for _, x := range Duties([]Facts{f}, NewCalendar(DefaultHolidays()), d("2027-08-01")) {
		got = append(got, x.Rule.Key+" "+x.Period)
	}
	want := []string{"sosialisasi 2025", "tenaga-teknis ", "laporan-semester 2025-2", "sosialisasi 2026", "evaluasi 2025-2",
		"laporan-semester 2026-1", "evaluasi 2026-1"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What both sides agree to end on a day to come is owed by that day, from the decision on, and nobody is asked for its extension.
func TestAnAgreementThatIsBeingEndedOwesByItsLastDay(t *testing.T) {
	f := agreementFacts()
	f.Works, f.EndsOn, f.Closes = true, d("2026-03-04"), true
	if got := find(t, f, "2026-02-22", "sosialisasi", "2026"); !got.Due.Equal(d("2026-03-04")) || got.State != Soon {
		t.Errorf("outreach is due %s, %s", got.Due, got.State)
	}
	for _, x := range Duties([]Facts{f}, NewCalendar(DefaultHolidays()), d("2026-02-22")) {
		if x.Rule.Kind == "extension" {
			t.Errorf("its extension is asked for by %s", x.Due)
		}
	}
}

// A paper that was once accepted does not stand for an SPTJM that has expired, an NDA that is missing or a reader that works no more.
func TestStandingDutiesAreMetByFactsAlone(t *testing.T) {
	f := agreementFacts()
	f.SPTJMSigned, f.SPTJMUntil, f.Users, f.UsersWithoutNDA = d("2025-09-16"), d("2026-01-31"), 2, 1
	for _, rule := range []string{"sptjm", "nda", "pembaca"} {
		f.Evidence = append(f.Evidence, Evidence{rule, "", d("2025-10-01"), true}, Evidence{rule, "", d("2025-10-02"), false})
	}
	for _, rule := range []string{"sptjm", "nda", "pembaca"} {
		if got := find(t, f, "2026-10-01", rule, ""); got.State != Overdue || got.Rule.ByEvidence() {
			t.Errorf("%s: %s", rule, got.State)
		}
	}
}

// Each head's SPTJM, and each expiry, is an occasion of its own to remind of; a semester's report is one whatever the calendar says.
func TestOccasionsOfReminders(t *testing.T) {
	f := agreementFacts()
	seen := map[string]bool{}
	for _, change := range []func(){func() {}, func() { f.HeadSince = d("2026-05-01") }, func() {
		f.SPTJMSigned,
			f.SPTJMUntil = d("2026-05-02"), d("2026-06-30")
	}, func() {
		f.SPTJMUntil, f.HeadSince = time.Time{},
			d("2026-08-01")
		f.SPTJMSigned = time.Time{}
	}} {
		change()
		o := find(t, f, "2026-08-10", "sptjm", "").Occasion()
		if seen[o] {
			t.Errorf("%s twice", o)
		}
		seen[o] = true
	}
	if o := find(t, f, "2026-08-10", "laporan-semester", "2026-1").Occasion(); o != "2026-1" {
		t.Error(o)
	}
}

// Signing in the middle of a semester, on its first and on its last day: its report is owed, none of the one before.
func TestTheSemesterOfTheSigningIsReported(t *testing.T) {
	for signed, first := range map[string]string{"2026-01-01": "2026-1", "2026-03-31": "2026-1", "2026-06-30": "2026-1",
		"2026-07-01": "2026-2", "2026-12-31": "2026-2"} {
		f := agreementFacts()
		f.SignedOn, f.EndsOn = d(signed), d("2028-06-30")
		all := Duties([]Facts{f}, NewCalendar(DefaultHolidays()), d("2027-03-01"))
		i := slices.IndexFunc(all, func(x Duty) bool { return x.Rule.Key == "laporan-semester" })
		if i < 0 || all[i].Period != first || all[i].Due.Before(d(signed)) {
			t.Errorf("signed %s: %+v", signed, all[max(0, i)])
		}
	}
}

// A year's duty counts from the signing, or the year's first day; that of a renewal from a year before its day.
func TestADutyCountsFromItsDay(t *testing.T) {
	f := agreementFacts()
	f.RenewBy = d("2026-09-30")
	for rule, want := range map[[2]string]string{{"sosialisasi", "2025"}: "2025-09-16", {"sosialisasi", "2026"}: "2026-01-01",
		{"pembaruan", ""}: "2025-09-30"} {
		if x := find(t, f, "2026-08-01", rule[0], rule[1]); !x.From.Equal(d(want)) {
			t.Errorf("%s counts from %s", rule, x.From.Format(time.DateOnly))
		}
	}
}

// After a change of name the renewal is owed by the day that was set, and only while the agreement decides.
func TestRenewalIsOwedByTheDayThatWasSet(t *testing.T) {
	f := agreementFacts()
	f.RenewBy = d("2026-09-30")
	for today, want := range map[string]State{"2026-08-01": Open, "2026-09-10": Soon, "2026-09-30": Soon, "2026-10-01": Overdue} {
		if x := find(t, f, today, "pembaruan", ""); x.State != want || !x.Due.Equal(f.RenewBy) || x.Rule.ByEvidence() {
			t.Errorf("%s: %s, due %s", today, x.State, x.Due)
		}
	}
	if days, due := find(t, f, "2026-07-02", "pembaruan", "").Threshold(d("2026-07-02")); !due || days != 90 {
		t.Errorf("reminded at %d, %v", days, due)
	}
	owed := func(f Facts) bool {
		return slices.ContainsFunc(Duties([]Facts{f}, NewCalendar(DefaultHolidays()), d("2026-09-10")), func(x Duty) bool {
			return x.Rule.Key == "pembaruan"
		})
	}
	none, over := f, f
	none.RenewBy, over.Works = time.Time{}, false
	if owed(none) || owed(over) || !owed(f) {
		t.Error("owed without a change of name, or by an agreement that is over")
	}
}

// Two papers for one period: what was received first is passed on first, whichever agreement it came under.
func TestTheEarliestDueDateOfAPeriodCounts(t *testing.T) {
	c := NewCalendar(DefaultHolidays())
	one, two := agreementFacts(), agreementFacts()
	one.Works, two.Agreement = false, 2
	one.Evidence = []Evidence{{"laporan-semester", "2026-1", d("2026-07-10"), true}}
	two.Evidence = []Evidence{{"laporan-semester", "2026-1", d("2026-07-03"), true}}
	for _, x := range Duties([]Facts{one, two}, c, d("2026-07-20")) {
		if x.Rule.Key == "penerusan-laporan" && (x.Agreement != 2 || !x.Due.Equal(c.AddWorkdays(d("2026-07-03"), 10))) {
			t.Errorf("due %s by agreement %d", x.Due.Format(time.DateOnly), x.Agreement)
		}
	}
}

// An application that was in use at an upgrade owes its own PoC by the last day of its grace, as long as its agreement decides.
func TestAnApplicationInGraceOwesItsPoC(t *testing.T) {
	f := Facts{Agreement: 1, SignedOn: d("2025-01-10"), EndsOn: d("2027-01-10"), Works: true, Trials: []Trial{
		{Application: "Loket", From: d("2026-03-01"), Until: d("2026-05-30")},
		{Application: "Ternak", From: d("2026-03-01"), Until: d("2026-05-30"), Passed: d("2026-04-02")}}}
	states := func(f Facts, today string) map[string]State {
		out := map[string]State{}
		for _, x := range Duties([]Facts{f}, NewCalendar(DefaultHolidays()), d(today)) {
			if x.Rule.Key == "poc-aplikasi" {
				out[x.Period] = x.State
			}
		}
		return out
	}
	for today, want := range map[string]State{"2026-03-02": Open, "2026-05-01": Soon, "2026-05-31": Overdue} {
		if got := states(f, today); len(got) != 2 || got["Loket"] != want || got["Ternak"] != Met {
			t.Errorf("%s: %v", today, got)
		}
	}
	if f.Works = false; len(states(f, "2026-05-31")) != 0 {
		t.Error("owed under an agreement that is over")
	}
}

// TestDutiesOfOneDayStandInTheOrderOfTheBoard looks at each day of two years: by due date, and on one day as the rules are written.
func TestDutiesOfOneDayStandInTheOrderOfTheBoard(t *testing.T) {
	all := []Facts{{Agreement: 1, Works: true, SignedOn: d("2026-01-01"), EndsOn: d("2027-12-31"), Users: 2}}
	place := func(x Duty) int { return slices.IndexFunc(rules, func(r Rule) bool { return r.Key == x.Rule.Key }) }
	same := 0
	for day := d("2026-01-01"); !day.After(d("2027-12-31")); day = day.AddDate(0, 0, 1) {
		list := Duties(all, NewCalendar(DefaultHolidays()), day)
		for n := 1; n < len(list); n++ {
			before, x := list[n-1], list[n]
			switch {
			case x.Due.Before(before.Due):
				t.Fatalf("%s: %s before %s", day.Format(time.DateOnly), before.Key(), x.Key())
			case x.Due.Equal(before.Due):
				if same++; place(x) < place(before) {
					t.Fatalf("%s: %s before %s, due on one day", day.Format(time.DateOnly), before.Key(), x.Key())
				}
			}
		}
	}
	if same == 0 {
		t.Error("no two duties were due on one day")
	}
}
