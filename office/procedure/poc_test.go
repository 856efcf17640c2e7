package procedure

import (
	"reflect"
	"strings"
	"testing"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
)

// TestAPoCIsPassedByItsScheduleAndItsWholeChecklist (Juknis II.D.2): without a schedule that has begun, or with one point that is not as it
// should be, nobody can pass it; and what passed needs no second one.
func TestAPoCIsPassedByItsScheduleAndItsWholeChecklist(t *testing.T) {
	schedule := agreement.PoCLetter{Application: 4, Letter: "J/1", On: day, Until: day}
	for name, c := range map[string]struct {
		letters []agreement.PoCLetter
		bad     string // point of the checklist that is not as it should be
		want    string // of the refusal; empty: it is passed
	}{
		"on its day":             {[]agreement.PoCLetter{schedule}, "", ""},
		"without a schedule":     {nil, "", "belum dijadwalkan"},
		"of another application": {[]agreement.PoCLetter{{Letter: "J/2", On: day, Until: day}}, "", "belum dijadwalkan"},
		"before its first day": {[]agreement.PoCLetter{{Application: 4, On: day.AddDate(0, 0, 1), Until: day.AddDate(0, 0, 2)}}, "",
			"belum mulai"},
		"with one bad point":      {[]agreement.PoCLetter{schedule}, "periksa_simpan", "tidak disimpan"},
		"with the last point bad": {[]agreement.PoCLetter{schedule}, "periksa_balikan", "Data balikan"},
		"a second time":           {[]agreement.PoCLetter{schedule, {Application: 4, On: day, Passed: true}}, "", "sudah lulus"},
	} {
		x := facts()
		x.tried(c.letters...)
		k := Case{Agency: 7, Procedure: find(t, "poc"), State: Open}
		take := func(by int64, role party.Role, x Facts) {
			t.Helper()
			r, err := k.Take(input(k.Next(), by, role), x)
			if err != nil {
				t.Fatal(err)
			}
			k.Taken = append(k.Taken, r.Taken)
		}
		take(1, party.Operator, facts())
		take(1, party.Operator, facts())
		take(2, party.Administrator, facts())
		in := input(k.Next(), 1, party.Operator)
		if c.bad != "" {
			in.Values[c.bad] = "tidak"
		}
		r, err := k.Take(in, x)
		if err != nil {
			t.Fatal(err)
		}
		k.Taken = append(k.Taken, r.Taken)
		r, err = k.Take(input(k.Next(), 2, party.Administrator), x)
		text, refused := told.Text(err)
		switch {
		case c.want == "" && (err != nil || !reflect.DeepEqual(r.Effects, []Effect{RecordPoC{*x.Agreement, x.Apps[0],
			agreement.PoCLetter{Application: 4, Letter: "400.12/0001/2026", On: day, Passed: true}}})):
			t.Errorf("%s: %+v, %v", name, r.Effects, err)
		case c.want != "" && (!refused || !strings.Contains(text, c.want)):
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// TestApplicationsAreRegisteredWithinTheAgreement: its methods, a name of its own, and never the portal's.
func TestApplicationsAreRegisteredWithinTheAgreement(t *testing.T) {
	good := []string{"nama_aplikasi", "Aplikasi Baru", "jenis_aplikasi", "program", "metode_aplikasi", "api", "penanggung_jawab",
		"B, Kabid"}
	with := func(more ...string) []string { return append(append([]string{}, good...), more...) }
	x := facts()
	x.Grant.Methods = []string{agreement.Portal, agreement.API}
	got, err := made(t, "register-application", x, good...)
	want := []Effect{RegisterApplication{party.App{Agency: 7, Name: "Aplikasi Baru", Kind: party.ProgramApp,
		Methods: []string{agreement.API},
		Answers: "B, Kabid", Since: x.Now}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = made(t, "register-application", x, with("hak_data", MatchOnly, "tujuan_aplikasi", "bantuan")...)
	want[0] = RegisterApplication{party.App{Agency: 7, Name: "Aplikasi Baru", Kind: party.ProgramApp, Methods: []string{agreement.API},
		MatchOnly: true, Purposes: []string{"bantuan"}, Answers: "B, Kabid", Since: x.Now}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, _, words := got[0].Words(); !strings.Contains(words, "hanya pencocokan data; tujuan: bantuan; penanggung jawab") {
		t.Errorf("in words: %q", words)
	}
	for want, values := range map[string][]string{
		"sudah terdaftar": with("nama_aplikasi", "aplikasi ternak"), "bukan metode": with("metode_aplikasi", "portal"),
		"tidak memberikan metode Pembaca": with("metode_aplikasi", "api\nreader"),
	} {
		got, err := made(t, "register-application", x, values...)
		if text, refused := told.Text(err); got != nil || !refused || !strings.Contains(text, want) {
			t.Errorf("%s: %v, %v", want, got, err)
		}
	}
	x.Apps[0].Ended = x.Now // the name of an ended one is free
	if _, err := made(t, "register-application", x, with("nama_aplikasi", "Aplikasi Ternak")...); err != nil {
		t.Error(err)
	}
	if _, err := made(t, "end-application", x, "aplikasi", "Aplikasi Ternak"); err == nil {
		t.Error("an ended application was ended again")
	}
	if _, err := made(t, "end-application", x, "aplikasi", "Web portal"); err == nil {
		t.Error("the portal was ended")
	}
}

// TestATrialHasItsBounds: not backwards, not over, not longer than 90 days, not beyond the agreement, not after the PoC was passed.
func TestATrialHasItsBounds(t *testing.T) {
	for _, c := range []struct{ from, until, want string }{
		{"2026-09-16", "2026-12-15", ""}, {"2026-09-16", "2026-12-16", "90 hari"}, {"2026-09-17", "2026-09-16", "hari pertamanya"},
		{"2026-09-01", "2026-09-15", "belum lewat"}, {"2026-09-10", "2026-09-16", ""}, {"2027-09-01", "2027-09-17", "perjanjian berakhir"},
		{"2027-09-01", "2027-09-16", ""},
	} {
		got, err := made(t, "schedule-poc", facts(), "aplikasi", "Aplikasi Ternak", "poc_mulai", c.from, "poc_sampai", c.until)
		if text, refused := told.Text(err); c.want == "" && len(got) != 1 || c.want != "" && (!refused || !strings.Contains(text, c.want)) {
			t.Errorf("%s to %s: %v, %v", c.from, c.until, got, err)
		}
	}
	x := facts()
	x.tried(agreement.PoCLetter{Application: 4, On: day, Passed: true})
	if _, err := made(t, "schedule-poc", x, "aplikasi", "Aplikasi Ternak", "poc_mulai", "2026-09-16", "poc_sampai",
		"2026-09-16"); err == nil {
		t.Error("a trial after the PoC was passed")
	}
}
