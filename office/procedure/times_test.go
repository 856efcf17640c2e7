package procedure

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/told"
)

// TestDaysOfEffectsHaveTheirBounds: every day that an effect carries lies within its bounds, at the first and the last of them (E2, B5,
// B7).
// met are all points of the specification that the program comes with.
var met = strings.Join(reader.DefaultSpecification.Missing(nil), "\n")

func TestDaysOfEffectsHaveTheirBounds(t *testing.T) {
	// Today is 16 September 2026; the agreement is in force from 16 September 2025 to 16 September 2027, its head in office since 2024.
	asked := func(x *Facts) {
		x.Now, x.Today = time.Date(2027, 7, 20, 3, 0, 0, 0, time.UTC), time.Date(2027, 7, 20, 0, 0, 0, 0, time.UTC)
		x.Agreement.Extensions = []agreement.ExtensionStep{{Case: 8, Kind: agreement.ExtensionAsked, On: time.Date(2027, 7, 10, 0, 0, 0,
			0, time.UTC),
			Ends: x.Agreement.EndsOn}}
	}
	over := func(state agreement.State) func(*Facts) { return func(x *Facts) { x.Grant.State = state } }
	closing := func(x *Facts) {
		x.Grant.Closes = x.Institution.Zone.Begin(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
	}
	for _, c := range []struct {
		effect string
		given  func(*Facts)
		values []string
		want   string // in the refusal; empty: it is taken
	}{
		{"add-addendum", nil, []string{"kuota", "7", "ditandatangani", "2026-09-16", "mulai", "2026-09-16"}, ""},
		{"add-addendum", nil, []string{"kuota", "7", "ditandatangani", "2026-09-17", "mulai", "2026-09-20"}, "masa depan"},
		{"add-addendum", nil, []string{"kuota", "7", "ditandatangani", "2026-09-10", "mulai", "2026-09-15"}, "sudah lewat"},
		{"add-addendum", nil, []string{"kuota", "7", "ditandatangani", "2025-09-16", "mulai", "2026-09-16"}, ""},
		{"add-addendum", nil, []string{"kuota", "7", "ditandatangani", "2025-09-15", "mulai", "2026-09-16"}, "sebelum perjanjiannya"},
		{"add-addendum", nil, []string{"kuota", "7", "ditandatangani", "2026-09-16", "mulai", "2027-09-16"}, ""},
		{"add-addendum", nil, []string{"kuota", "7", "ditandatangani", "2026-09-16", "mulai", "2027-09-17"}, "sebelum perjanjian berakhir"},
		{"add-addendum", closing, []string{"kuota", "7", "ditandatangani", "2026-09-16", "mulai", "2026-11-30"}, ""},
		{"add-addendum", closing, []string{"kuota", "7", "ditandatangani", "2026-09-16", "mulai", "2026-12-01"},
			"sebelum perjanjian berakhir"},
		{"extend", closing, []string{"berlaku_sampai", "2029-09-16", "ditandatangani", "2026-09-16", "mulai", "2027-09-17"},
			"hari terakhirnya 30 November 2026"},
		{"add-addendum", over(agreement.Ended), []string{"kuota", "7", "ditandatangani", "2026-09-16", "mulai", "2026-09-16"},
			"tidak berlaku lagi"},
		{"add-addendum", over(agreement.Suspended), []string{"kuota", "7", "ditandatangani", "2026-09-16", "mulai", "2026-09-16"}, ""},
		{"extend", nil, []string{"berlaku_sampai", "2029-09-16", "ditandatangani", "2026-09-16", "mulai", "2027-09-17"}, ""},
		{"extend", over(agreement.Extending), []string{"berlaku_sampai", "2029-09-16", "ditandatangani", "2026-09-16", "mulai",
			"2026-09-16"}, ""},
		{"extend", nil, []string{"berlaku_sampai", "2029-09-16", "ditandatangani", "2026-09-16", "mulai", "2029-09-17"},
			"sebelum perjanjian berakhir"},
		{"sign-sptjm", nil, []string{"ditandatangani", "2025-09-16"}, ""},
		{"sign-sptjm", nil, []string{"ditandatangani", "2025-09-15"}, "sebelum 16 September 2025"},
		{"sign-sptjm", nil, []string{"ditandatangani", "2026-09-17"}, "masa depan"},
		{"sign-sptjm", nil, []string{"ditandatangani", "2026-09-16", "berlaku_sampai", "2026-09-16"}, ""},
		{"sign-sptjm", nil, []string{"ditandatangani", "2026-09-16", "berlaku_sampai", "2026-09-15"}, "setelah tanggal penandatanganannya"},
		{"sign-sptjm", func(x *Facts) { x.Institution.Heads[0].Since = day }, []string{"ditandatangani", "2026-09-15"},
			"sebelum 16 September 2026"},
		{"sign-sptjm", asked, []string{"ditandatangani", "2027-07-10"}, ""},
		{"sign-sptjm", asked, []string{"ditandatangani", "2027-07-09"}, "sebelum 10 Juli 2027"},
		{"sign-sptjm", func(x *Facts) {
			end := time.Date(2029, 9, 16, 0, 0, 0, 0, time.UTC)
			x.Agreement.Addenda = []agreement.Addendum{{Number: "X", SignedOn: day, EffectiveOn: day,
				Change: agreement.Change{EndsOn: &end}}}
		}, []string{"ditandatangani", "2026-09-15"}, "sebelum 16 September 2026"},
		{"sign-sptjm", over(agreement.Ended), []string{"ditandatangani", "2026-09-16"}, "sudah berakhir"},
		{"sign-sptjm", over(agreement.Terminated), []string{"ditandatangani", "2026-09-16"}, "sudah berakhir"},
		{"sign-sptjm", func(x *Facts) { x.Agreement = nil }, []string{"ditandatangani", "2026-09-16"}, "belum mempunyai perjanjian"},
		{"change-head", nil, []string{"kepala", "B", "kepala_sejak", "2027-01-01"}, ""},
		{"change-head", nil, []string{"kepala", "B", "kepala_sejak", "2024-09-16"}, "setelah tanggal pejabat sebelumnya"},
		{"change-head", nil, []string{"kepala", "B", "kepala_sejak", "2026-10-01", "kepala_status", "definitif", "kepala_hingga",
			"2026-10-02"},
			"hanya untuk pelaksana"},
		{"change-head", nil, []string{"kepala", "B", "kepala_sejak", "2026-10-01", "kepala_status", "plh"}, "isi tanggal terakhirnya"},
		{"change-head", nil, []string{"kepala", "B", "kepala_sejak", "2026-10-01", "kepala_status", "plh", "kepala_hingga",
			"2026-10-01"}, ""},
		{"change-head", nil, []string{"kepala", "B", "kepala_sejak", "2026-10-01", "kepala_status", "plt"}, ""},
		{"change-head", nil, []string{"kepala", "B", "kepala_sejak", "2026-10-01", "kepala_status", "plt", "kepala_hingga", "2026-09-30"},
			"sama dengan atau setelah"},
		{"register-readers", nil, []string{"perangkat", "R-1; B; S-2", "butir_dipenuhi", met}, "sudah terdaftar dan aktif"},
		{"register-readers", func(x *Facts) { x.Readers[0].State = reader.Deactivated }, []string{"perangkat", "R-1; B; S-2\nR-2; B",
			"butir_dipenuhi", met}, ""},
		// A model that misses a point of the specification needs an exception, before anything is decided (H2).
		{"register-readers", nil, []string{"perangkat", "R-2; B", "butir_dipenuhi", reader.DefaultSpecification[0].Name},
			"tidak memenuhi butir spesifikasi: " + reader.DefaultSpecification[1].Name + ", "},
		{"register-readers", nil, []string{"perangkat", "R-2; B"}, "hanya dapat didaftarkan dengan pengecualian"},
		{"register-readers", nil, []string{"perangkat", "R-2; B", "butir_dipenuhi", reader.DefaultSpecification[0].Name, "pengecualian",
			"surat 1"}, ""},
		{"register-readers", func(x *Facts) { x.Reader = append(x.Reader[:len(x.Reader):len(x.Reader)], reader.Point{Name: "Baru"}) },
			[]string{"perangkat", "R-2; B", "butir_dipenuhi", met}, "tidak memenuhi butir spesifikasi: Baru."},
	} {
		x := facts()
		if c.given != nil {
			c.given(&x)
		}
		got, err := made(t, c.effect, x, c.values...)
		text, refused := told.Text(err)
		for _, f := range told.Invalids(err) {
			text, refused = f.Text, true
		}
		if c.want == "" && (err != nil || len(got) == 0) || c.want != "" && (got != nil || !refused || !strings.Contains(text, c.want)) {
			t.Errorf("%s %q: %v, %q (%v); want %q", c.effect, c.values, got, text, err, c.want)
		}
	}
}

// TestWhatAnSPTJMIsBoundTo: the agreement and its state, or the extension that is being decided.
func TestWhatAnSPTJMIsBoundTo(t *testing.T) {
	x := facts()
	x.Now, x.Today = time.Date(2027, 7, 20, 3, 0, 0, 0, time.UTC), time.Date(2027, 7, 20, 0, 0, 0, 0, time.UTC)
	signed := func() agreement.SPTJM {
		t.Helper()
		list, err := made(t, "sign-sptjm", x, "ditandatangani", "2027-07-20")
		if err != nil {
			t.Fatal(err)
		}
		return list[0].(SignSPTJM).SPTJM
	}
	want := agreement.SPTJM{Head: 4, SignedOn: x.Today, Letter: "S/1"}
	if s := signed(); !reflect.DeepEqual(s, want) {
		t.Errorf("%+v", s)
	}
	end := x.Agreement.EndsOn
	x.Agreement.Extensions = []agreement.ExtensionStep{{Case: 8, Kind: agreement.ExtensionAsked, On: day, Ends: end}}
	want.Extension = 8
	if s := signed(); !reflect.DeepEqual(s, want) {
		t.Errorf("for the extension: %+v", s)
	}
	later := end.AddDate(2, 0, 0)
	x.Agreement.Addenda = []agreement.Addendum{{Number: "X", SignedOn: day, EffectiveOn: day, Change: agreement.Change{EndsOn: &later}}}
	x.Grant.EndsOn = later
	want.Extension, want.State = 0, 1
	if s := signed(); !reflect.DeepEqual(s, want) {
		t.Errorf("after the extension: %+v", s)
	}
}

// TestStepsOfAnExtension: the request with its letter and the end that it asks to put off; a decision with its instant and day.
func TestStepsOfAnExtension(t *testing.T) {
	x := facts()
	c := Case{ID: 9, Agency: 7, Procedure: find(t, "perpanjangan"), State: Open, Taken: []Taken{{Letter: "S/1", LetterDay: day,
		Values: map[string]string{"akses_sampai": "2027-10-01"}}}}
	for kind, want := range map[string]agreement.ExtensionStep{
		agreement.ExtensionAsked:     {On: day, Ends: x.Grant.EndsOn},
		agreement.ExtensionGranted:   {From: x.Now, Until: time.Date(2027, 10, 1, 0, 0, 0, 0, time.UTC)},
		agreement.ExtensionRefused:   {From: x.Now},
		agreement.ExtensionWithdrawn: {From: x.Now},
	} {
		want.Case, want.Kind, want.Letter = 9, kind, "S/1"
		got, err := extension(kind)(&c, x)
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], StepExtension{*x.Agreement, want}) {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
		if subject, _, after := got[0].Words(); subject != "Perjanjian 400.12/1/2026" || after == "" {
			t.Errorf("%s: %q %q", kind, subject, after)
		}
	}
	late := StepExtension{*x.Agreement, agreement.ExtensionStep{Kind: agreement.ExtensionAsked, Letter: "S/1", On: x.Grant.EndsOn,
		Ends: x.Grant.EndsOn}}
	if _, _, after := late.Words(); !strings.Contains(after, "lewat batas 16 Juli 2027") {
		t.Errorf("%q", after)
	}
	r, err := c.TakeBack(Input{By: 1, Role: party.Operator, At: day, Reason: "tidak jadi"}, x)
	if err != nil || len(r.Effects) != 1 || r.Effects[0].(StepExtension).Step.Kind != agreement.ExtensionWithdrawn {
		t.Errorf("withdrawn: %+v, %v", r.Effects, err)
	}
}

// TestReadersAreMovedFromTheirDayOn (E2, H1): what stops a reader may take effect before or after its record, what opens one never before
// it, and no state begins before the one that it follows.
func TestReadersAreMovedFromTheirDayOn(t *testing.T) {
	begin := func(day string) time.Time {
		d, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		return party.WIB.Begin(d)
	}
	text := func(n int) string { return facts().Today.AddDate(0, 0, n).Format(time.DateOnly) }
	for _, c := range []struct {
		effect, field, key string
		from               reader.State
		since              int // days before today on which the reader came into its state
		day                string
		want               time.Time // of the new state; zero: at once
		refused            string
	}{
		{"deactivate-readers", "nomor_seri", "nonaktif_sejak", reader.Active, 9, "", time.Time{}, ""},
		{"deactivate-readers", "nomor_seri", "nonaktif_sejak", reader.Active, 9, text(-5), begin(text(-5)), ""},
		{"deactivate-readers", "nomor_seri", "nonaktif_sejak", reader.Active, 9, text(20), begin(text(20)), ""},
		{"deactivate-readers", "nomor_seri", "nonaktif_sejak", reader.Active, 9, text(-9), begin(text(-9)).Add(8 * time.Hour), ""},
		{"deactivate-readers", "nomor_seri", "nonaktif_sejak", reader.Active, 9, text(-10), time.Time{}, "baru Aktif sejak"},
		{"return-readers", "nomor_seri", "diterima", reader.Deactivated, 9, text(-1), begin(text(-1)), ""},
		{"activate-readers", "perangkat", "aktif_mulai", reader.Personalised, 9, text(3), begin(text(3)), ""},
		{"activate-readers", "perangkat", "aktif_mulai", reader.Personalised, 9, text(0), time.Time{}, ""},
		{"activate-readers", "perangkat", "aktif_mulai", reader.Personalised, 9, text(-2), time.Time{}, ""}, // not before it was approved
	} {
		x := facts()
		x.Readers[0].State, x.Readers[0].Since = c.from, begin(text(-c.since)).Add(8*time.Hour)
		got, err := made(t, c.effect, x, c.field, "R-1; A", c.key, c.day)
		if c.effect != "activate-readers" {
			got, err = made(t, c.effect, x, c.field, "R-1", c.key, c.day)
		}
		if c.refused != "" {
			if all := told.Invalids(err); len(all) == 0 || !strings.Contains(all[0].Text, c.refused) || all[0].Field != c.key {
				t.Errorf("%s %s: %v, %v", c.effect, c.day, got, err)
			}
			continue
		}
		if err != nil || len(got) != 1 || !got[0].(SetReader).New.Since.Equal(c.want) {
			t.Errorf("%s %q: %+v, %v; want %s", c.effect, c.day, got, err, c.want)
			continue
		}
		_, _, after := got[0].Words()
		if dated := strings.Contains(after, "; sejak "); dated == c.want.IsZero() {
			t.Errorf("%s %q: said as %q", c.effect, c.day, after)
		}
	}
}
