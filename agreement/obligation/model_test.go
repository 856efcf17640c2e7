package obligation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A story is an agency's agreements with all that was ever delivered; what is known of it on a day is cut from it.
type story struct {
	agreements []Facts
	forwards   []Forward
}

// on is what is known on a day: evidence of later days is not there yet, and only the agreement that decides works.
func (s story) on(day time.Time) []Facts {
	var out []Facts
	for _, f := range s.agreements {
		if f.SignedOn.After(day) {
			continue
		}
		f.Evidence = slices.DeleteFunc(slices.Clone(f.Evidence), func(e Evidence) bool { return e.On.After(day) })
		f.Forwards = slices.DeleteFunc(slices.Clone(s.forwards), func(x Forward) bool { return x.On.After(day) })
		f.Works = false
		out = append(out, f)
	}
	for i := range slices.Backward(out) {
		if !day.After(out[i].EndsOn) {
			out[i].Works = true
			break
		}
	}
	return out
}

// naive is a second model of what is owed, written from the guideline alone and as plainly as it goes: key → due date and state.
func (s story) naive(day time.Time) map[string]string {
	out, due := map[string]string{}, map[string]time.Time{}
	put := func(key string, last, from time.Time, met, waits bool) {
		if old, ok := due[key]; ok && !last.Before(old) {
			return
		}
		state := "open"
		switch left := int(last.Sub(day).Hours() / 24); {
		case met:
			state = "met"
		case waits:
			state = "waiting"
		case day.Before(from):
			state = "not_yet"
		case left < 0:
			state = "overdue"
		case left <= 30:
			state = "soon"
		}
		due[key], out[key] = last, last.Format(time.DateOnly)+" "+state
	}
	known := s.on(day)
	// brought looks for evidence among the agreements from the n-th on.
	brought := func(n int, rule, period string) (met, waits bool) {
		for _, f := range known[n:] {
			for _, e := range f.Evidence {
				if e.Rule == rule && e.Period == period {
					met, waits = met || e.Accepted, waits || !e.Accepted
				}
			}
		}
		return met, waits
	}
	for n, f := range known {
		var name = func(rule string) string { return fmt.Sprintf("%s #%d", rule, f.Agreement) }
		for rule, months := range map[string]int{"tenaga-teknis": 3, "iso27001": 6} {
			last := f.SignedOn.AddDate(0, months, 0) // no story signs on the 29th or later
			if f.Works || !last.After(f.EndsOn) {
				met, waits := brought(n, rule, "")
				put(name(rule), last, f.SignedOn, met, waits)
			}
		}
		if f.Works {
			put(name("pembaca"), f.SignedOn.AddDate(1, 0, 0), f.SignedOn, f.ReadersActive > 0, false)
			if f.Users == 0 {
				put(name("nda"), f.SignedOn.AddDate(0, 1, 0), f.SignedOn, false, false)
			} else {
				put(name("nda"), f.SignedOn, f.SignedOn, f.UsersWithoutNDA == 0, false)
			}
			put(name("perpanjangan")+f.EndsOn.Format(" 2006-01"), f.EndsOn.AddDate(0, -2, 0), f.EndsOn.AddDate(0, -6, 0),
				!f.ExtensionAsked.IsZero(), false)
			sptjm, signed := f.SignedOn, !f.SPTJMSigned.IsZero()
			if signed && !f.SPTJMUntil.IsZero() && f.SPTJMUntil.Sub(day).Hours()/24 <= 30 {
				sptjm, signed = f.SPTJMUntil, false
			}
			put(name("sptjm"), sptjm, f.SignedOn, signed, false)
		}
		// Month by month: the years and the semesters that the agreement has lived in.
		for x := f.SignedOn; !x.After(day) && !x.After(f.EndsOn); x = x.AddDate(0, 1, 1-x.Day()) {
			year := x.Format("2006")
			last, _ := time.Parse(time.DateOnly, year+"-12-31")
			if f.EndsOn.Before(last) {
				last = f.EndsOn
			}
			met, waits := brought(0, "sosialisasi", year)
			put("sosialisasi "+year, last, x, met, waits)
			semester, ends := year+"-1", year+"-06-30"
			if x.Month() > time.June {
				semester, ends = year+"-2", year+"-12-31"
			}
			end, _ := time.Parse(time.DateOnly, ends)
			for rule, n := range map[string]int{"laporan-semester": 10, "evaluasi": 30} {
				met, waits := brought(0, rule, semester)
				put(rule+" "+semester, naiveWorkdays(end, n), end, met, waits)
			}
		}
		for of, rule := range map[string]string{"laporan-semester": "penerusan-laporan", "evaluasi": "penerusan-evaluasi"} {
			for _, e := range f.Evidence {
				met := false
				for _, x := range f.Forwards {
					met = met || x.Rule == of && x.Period == e.Period && !x.On.Before(e.On)
				}
				if e.Rule == of {
					put(rule+" "+e.Period, naiveWorkdays(e.On, 10), e.On, met, false)
				}
			}
		}
	}
	return out
}

var naiveOff = func() string {
	var b strings.Builder
	for _, h := range DefaultHolidays() {
		b.WriteString(h.Day.Format(time.DateOnly) + " ")
	}
	return b.String()
}()

func naiveWorkdays(day time.Time, n int) time.Time {
	for n > 0 {
		day = day.Add(24 * time.Hour)
		if w := day.Format("Mon"); w != "Sat" && w != "Sun" && !strings.Contains(naiveOff, day.Format(time.DateOnly)) {
			n--
		}
	}
	return day
}

// modelKey names a duty as the naive model does: by agreement when it is one agreement's, by period when it is the agency's.
func modelKey(x Duty) string {
	switch {
	case x.Rule.Key == "perpanjangan":
		return fmt.Sprintf("perpanjangan #%d %s", x.Agreement, x.Period)
	case x.Period == "":
		return fmt.Sprintf("%s #%d", x.Rule.Key, x.Agreement)
	}
	return x.Rule.Key + " " + x.Period
}

// oneStory: the first agreement ends in September 2026, its successor is signed six days before. A report comes late, one is brought under
// the successor, the SPTJM of the second year ends, the certificate of the first agreement is made up for under the second.
func oneStory() story {
	return story{
		agreements: []Facts{
			{Agency: 1, Agreement: 1, Number: "1", SignedOn: d("2025-09-16"), EndsOn: d("2026-09-15"), HeadSince: d("2024-01-02"), Users: 2,
				UsersWithoutNDA: 1, SPTJMSigned: d("2025-09-16"), Evidence: []Evidence{
					{"laporan-semester", "2025-2", d("2026-02-02"), true}, {"evaluasi", "2025-2", d("2026-02-10"), true},
					{"tenaga-teknis", "", d("2025-10-01"), true}, {"laporan-semester", "2026-1", d("2026-07-08"), false}}},
			{Agency: 1, Agreement: 2, Number: "2", SignedOn: d("2026-09-10"), EndsOn: d("2028-09-10"), HeadSince: d("2024-01-02"), Users: 3,
				ReadersActive: 1, SPTJMSigned: d("2026-09-10"), SPTJMUntil: d("2027-09-10"), Evidence: []Evidence{
					{"laporan-semester", "2026-2", d("2027-01-11"), true}, {"iso27001", "", d("2027-02-01"), true},
					{"sosialisasi", "2026", d("2026-11-02"), true}}},
		},
		forwards: []Forward{{"laporan-semester", "2025-2", d("2026-02-12")}},
	}
}

// On every day of two years and more: what is owed, until when and how it stands is what the second model says.
func TestDutiesAreThoseOfASecondModelOnEveryDay(t *testing.T) {
	s, c := oneStory(), NewCalendar(DefaultHolidays())
	for day := d("2025-09-16"); day.Before(d("2027-12-01")); day = day.AddDate(0, 0, 1) {
		compare(t, s, c, day)
	}
}

func compare(t interface{ Fatalf(string, ...any) }, s story, c *Calendar, day time.Time) {
	got := map[string]string{}
	for _, x := range Duties(s.on(day), c, day) {
		key := modelKey(x)
		if old, ok := got[key]; ok {
			t.Fatalf("%s: %s twice: %s", day.Format(time.DateOnly), key, old)
		}
		got[key] = x.Due.Format(time.DateOnly) + " " + string(x.State)
	}
	want := s.naive(day)
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] != want[key] {
			t.Fatalf("%s: %s is %q, want %q", day.Format(time.DateOnly), key, got[key], want[key])
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Fatalf("%s: not owed: %v", day.Format(time.DateOnly), got)
	}
}

// Any agreements that follow each other with gaps and overlaps, with any evidence, on any day.
func TestDutiesOfAnyStoryAreThoseOfTheSecondModel(t *testing.T) {
	c := NewCalendar(DefaultHolidays())
	rapid.Check(t, func(t *rapid.T) {
		n := func(most int, what string) int { return rapid.IntRange(0, most).Draw(t, what) }
		var s story
		signed := d("2025-01-05").AddDate(0, 0, n(200, "first"))
		for id := range 1 + n(2, "agreements") {
			signed = signed.AddDate(0, 0, min(0, 28-signed.Day()))
			f := Facts{Agency: 1, Agreement: int64(id + 1), SignedOn: signed, EndsOn: signed.AddDate(0, 0, 28-signed.Day()).AddDate(0,
				1+n(20, "months"), 0), Users: n(2, "users"), UsersWithoutNDA: n(1, "without"), ReadersActive: n(1, "readers")}
			if n(1, "sptjm") == 1 {
				f.SPTJMSigned, f.SPTJMUntil = signed, f.EndsOn.AddDate(0, 0, -n(100, "until"))
			}
			for range n(5, "evidence") {
				on := signed.AddDate(0, 0, n(900, "on"))
				e := Evidence{"", "", on, n(1, "accepted") == 1}
				e.Rule = rapid.SampledFrom([]string{"iso27001", "tenaga-teknis", "sosialisasi", "laporan-semester", "evaluasi"}).Draw(t,
					"rule")
				switch e.Rule {
				case "sosialisasi":
					e.Period = on.Format("2006")
				case "laporan-semester", "evaluasi":
					e.Period = SemesterOf(on).Previous().String()
				}
				// One paper for a period, as the office keeps one that is neither refused nor replaced.
				if !slices.ContainsFunc(f.Evidence, func(o Evidence) bool { return o.Rule == e.Rule && o.Period == e.Period }) {
					f.Evidence = append(f.Evidence, e)
				}
				if n(2, "forwarded") == 0 {
					s.forwards = append(s.forwards, Forward{e.Rule, e.Period, on.AddDate(0, 0, n(40, "later")-5)})
				}
			}
			s.agreements = append(s.agreements, f)
			signed = f.EndsOn.AddDate(0, 0, n(80, "gap")-40)
			if signed.Before(f.SignedOn) {
				signed = f.SignedOn
			}
			signed = signed.AddDate(0, 0, -max(0, signed.Day()-28))
		}
		compare(t, s, c, d("2025-01-05").AddDate(0, 0, n(1200, "today")))
	})
}

// The reminders that go out over more than two years, each once, are those of dates worked out without any threshold: some days before, and
// from the first late day on each week, until it is fulfilled.
func TestRemindersOverTwoYears(t *testing.T) {
	s, c := oneStory(), NewCalendar(DefaultHolidays())
	first, last := d("2025-09-16"), d("2027-12-01")
	got, sent := map[string][]string{}, map[string]bool{}
	want, yesterday := map[string][]string{}, map[string]string{}
	for day := first; day.Before(last); day = day.AddDate(0, 0, 1) {
		for _, x := range Duties(s.on(day), c, day) {
			key := modelKey(x) + " " + x.Occasion()
			if n, due := x.Reminds(day); due && !sent[fmt.Sprint(key, n)] {
				sent[fmt.Sprint(key, n)] = true
				got[modelKey(x)] = append(got[modelKey(x)], day.Format(time.DateOnly))
			}
		}
		today := s.naive(day)
		for key, state := range today {
			due, kind, _ := strings.Cut(state, " ")
			if kind != "open" && kind != "soon" && kind != "overdue" {
				continue
			}
			left := int(d(due).Sub(day).Hours() / 24)
			days := []int{30, 14, 7, 1}
			if strings.HasPrefix(key, "perpanjangan") {
				days = []int{180, 90, 60, 30, 14, 7, 1}
			}
			// On the first day that it is owed the nearest that has gone by stands for all.
			before := yesterday[key]
			fresh := !strings.HasPrefix(before, due) || strings.HasSuffix(before, "not_yet") || strings.HasSuffix(before, "met")
			if slices.Contains(days, left) || left < 0 && (-left-1)%7 == 0 || fresh && (left < days[0] || left < 0) {
				want[key] = append(want[key], day.Format(time.DateOnly))
			}
		}
		yesterday = today
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(got[key], want[key]) {
			t.Errorf("%s: reminded on %v,\nwant %v", key, got[key], want[key])
		}
	}
	for key := range got {
		if want[key] == nil {
			t.Errorf("%s: reminded on %v", key, got[key])
		}
	}
}

func TestADueDateThatRestsOnAnEstimateSaysSo(t *testing.T) {
	f := agreementFacts()
	for period, want := range map[string]bool{"2025-2": false, "2026-1": false, "2026-2": true, "2027-1": true} {
		if got := find(t, f, "2027-08-01", "laporan-semester", period); got.Estimated != want {
			t.Errorf("report of %s, due %s: estimated %v", period, got.Due.Format(time.DateOnly), got.Estimated)
		}
	}
	if find(t, f, "2027-08-01", "iso27001", "").Estimated {
		t.Error("a due date in months rests on no calendar")
	}
	c := NewCalendar([]Holiday{{Day: d("2026-01-01")}, {Day: d("2027-01-01"), Estimated: true}, {Day: d("2027-05-01")}})
	for year, want := range map[int]bool{2025: false, 2026: true, 2027: false} {
		if c.Decreed(year) != want {
			t.Errorf("%d is decreed: %v", year, !want)
		}
	}
	for _, x := range []struct {
		from, to string
		want     bool
	}{{"2026-12-01", "2026-12-31", false}, {"2026-12-31", "2027-01-04", true}, {"2025-12-31", "2026-01-15", false},
		{"2025-12-30", "2026-01-15", true}} {
		if got := c.Estimated(d(x.from), d(x.to)); got != x.want {
			t.Errorf("%s to %s: %v", x.from, x.to, got)
		}
	}
}

func TestAnAgreementOfAPeriod(t *testing.T) {
	all := []Facts{{SignedOn: d("2026-03-01"), EndsOn: d("2026-08-31")}}
	for _, x := range []struct {
		from, to string
		want     bool
	}{{"2025-07-01", "2025-12-31", false}, {"2026-01-01", "2026-02-28", false}, {"2026-01-01", "2026-03-01", true},
		{"2026-08-31", "2026-12-31", true}, {"2026-09-01", "2026-12-31", false}} {
		if InForce(all, d(x.from), d(x.to)) != x.want {
			t.Errorf("%s to %s: %v", x.from, x.to, !x.want)
		}
	}
}
