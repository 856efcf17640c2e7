package procedure

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
)

func newcomer() Facts {
	return Facts{
		Today: time.Date(2026, 9, 16, 0, 0, 0, 0, time.UTC),
		Institution: party.Institution{ID: 7, Name: "Dinas Perikanan", Address: "Jalan Rekaan 9", Zone: party.WITA,
			Heads: party.Heads{{Name: "Gandaruwa", Since: time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC)}}},
	}
}

func TestAFieldBeginsWithWhatIsKnown(t *testing.T) {
	x := newcomer()
	x.Grant = &agreement.Grant{Methods: []string{"portal"}}
	x.Users = []party.User{{Login: "satu", Role: party.Officer, NDASigned: x.Today}, {Login: "dua", Role: party.Officer},
		{Login: "tiga", Role: party.Officer, Deactivated: x.Today}}
	for preset, want := range map[string]string{
		"": "", "200": "200", "{hari_ini}": "2026-09-16", "{nama}, {alamat}": "Dinas Perikanan, Jalan Rekaan 9", "{zona}": "WITA",
		"{metode}": "portal", "{tanpa_nda}": "dua",
	} {
		if got := (Field{Preset: preset}).Initially(x); got != want {
			t.Errorf("%q: %q, want %q", preset, got, want)
		}
	}
	x.Institution.Address = ""
	for want, methods := range map[string][]string{"portal": {"api", "portal"}, "api": {"api"}} {
		if x.Grant.Methods = methods; (Field{Preset: "{metode}"}).Initially(x) != want {
			t.Errorf("of %q not %s", methods, want)
		}
	}
	x.Grant.Methods = []string{"api", "legacy"}
	x.Users[0].NDASigned = time.Time{}
	for _, preset := range []string{"{nama}, {alamat}", "{metode}", "{tanpa_nda}"} {
		if got := (Field{Preset: preset}).Initially(x); got != "" {
			t.Errorf("%q: %q, though it is not known", preset, got)
		}
	}
}

func TestAPresetThatStandsForNothingIsRefused(t *testing.T) {
	text := "key = \"a\"\nname = \"A\"\nclause = \"-\"\nneeds = \"agency\"\n[[step]]\nkey = \"s\"\nname = \"S\"\nby = " +
		"\"agency\"\n[[step.field]]\nkey = \"f\"\nname = \"F\"\nkind = \"text\"\npreset = \"{cuaca}\"\n"
	if _, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(text)}}, "p"); err == nil {
		t.Error("taken")
	}
}

func TestOnlyAStepThatAsksForNothingIsTakenUntouched(t *testing.T) {
	x := newcomer()
	for key, want := range map[string]bool{"nda": false, "sptjm": true, "instansi": false, "pks": false} {
		p, _ := Find(Defaults(), key)
		if _, ready := p.Steps[0].Untouched(x); ready != want {
			t.Errorf("%s with nobody to sign: %v", key, ready)
		}
	}
	x.Users = []party.User{{Login: "dua", Role: party.Officer}}
	p, _ := Find(Defaults(), "nda")
	if in, ready := p.Steps[0].Untouched(x); !ready || in.Values["pengguna"] != "dua" {
		t.Error("nda of the only one", in, ready)
	}
	for _, p := range Defaults() {
		for _, s := range p.Steps {
			if _, ready := s.Untouched(x); ready && (s.Decision || s.Scan != "" || s.Letter) {
				t.Errorf("%s, %s: somebody has to decide, sign or write", p.Key, s.Key)
			}
		}
	}
}

// TestAnAgreementIsForTwoYearsUnlessAnotherDayIsAgreed (PKS 4).
func TestAnAgreementIsForTwoYearsUnlessAnotherDayIsAgreed(t *testing.T) {
	if got := presets["dua_tahun"](newcomer()); got != "2028-09-16" {
		t.Error(got)
	}
}

// TestTheRegisterNumbersWhatWasLeftEmpty, if it is asked to.
func TestTheRegisterNumbersWhatWasLeftEmpty(t *testing.T) {
	s := Step{Fields: []Field{{Key: "nomor", Default: "{nomor_register}"}, {Key: "lain", Default: "x"}}}
	for typed, want := range map[string]bool{"": true, " ": true, "400/1": false} {
		if s.Numbers(Input{Values: map[string]string{"nomor": typed}}) != want {
			t.Errorf("%q: numbered %v", typed, !want)
		}
	}
}

// TestTheNextStageIsTheFirstThatIsMissing; another's act is waited for.
func TestTheNextStageIsTheFirstThatIsMissing(t *testing.T) {
	done, ours, theirs := Stage{Name: "1", Done: true}, Stage{Name: "2", Procedure: "nda"}, Stage{Name: "3"}
	for name, c := range map[string]struct {
		path []Stage
		want string
	}{"first": {[]Stage{ours, done}, "2"}, "later": {[]Stage{done, ours}, "2"}, "another's": {[]Stage{done, theirs, ours}, ""},
		"none": {[]Stage{done}, ""}, "no path": {nil, ""}} {
		if s, ok := NextStage(c.path); s.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s: %+v, %v", name, s, ok)
		}
	}
}

func TestThePathOfAnAgencyNamesWhatIsMissing(t *testing.T) {
	x := newcomer()
	next := func() string {
		s, ok := NextStage(Path(x))
		if !ok {
			return ""
		}
		return s.Procedure + " " + s.Who
	}
	expect := func(want string) {
		t.Helper()
		if got := next(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	expect("pks ")
	x.Agreement = &agreement.Agreement{}
	expect("user-id ")
	x.Users = []party.User{{Login: "satu", Name: "Puspita", Role: party.Officer}}
	expect("nda Puspita")
	x.Users[0].NDASigned = x.Today
	expect("sptjm Gandaruwa")
	x.Grant = &agreement.Grant{Responsible: true}
	expect("")
	if path := Path(x); slices.IndexFunc(path, func(s Stage) bool { return !s.Done }) != len(path)-1 {
		t.Errorf("%+v", path)
	}
	x.Users[0].Deactivated = x.Today
	expect("user-id ")
}

func TestWhatIsLeftEmptyBecomesWhatFollowsFromTheRest(t *testing.T) {
	x := newcomer()
	x.Institution.Code, x.Institution.Heads[0].Position = "dinper", "Kepala Dinas Perikanan"
	for _, c := range []struct{ text, key, value, want string }{
		{"{singkatan}", "nama_instansi", "Dinas Perikanan dan Peternakan", "dinperpet"},
		{"{singkatan}", "nama_instansi", "RSUD Kabupaten Rekaan", "rsurek"},
		{"{singkatan}", "nama_instansi", "12", ""},
		{"{jabatan_peran}", "peran", "officer", "Petugas Dinas Perikanan"},
		{"{jabatan_peran}", "peran", "head", "Kepala Dinas Perikanan"},
		{"admin.{kode_instansi}", "", "", "admin.dinper"},
	} {
		s := Step{Fields: []Field{{Key: "f", Default: c.text}}}
		if got := s.Filled(Input{Values: map[string]string{c.key: c.value}}, x).Values["f"]; got != c.want {
			t.Errorf("%s of %q: %q, want %q", c.text, c.value, got, c.want)
		}
		if got := s.Filled(Input{Values: map[string]string{c.key: c.value, "f": "typed"}}, x).Values["f"]; got != "typed" {
			t.Errorf("%s takes the place of what was typed: %q", c.text, got)
		}
	}
}

// The head may sign the SPTJM at the same table as the agreement (B5): it is in the same decision, and in its record.
func TestAnAgreementComesWithTheSPTJMThatWasSignedWithIt(t *testing.T) {
	x := newcomer()
	x.Institution.Heads[0].ID = 9
	values := map[string]string{"nomor_dinas": "P/1", "nomor_instansi": "A/1", "tentang": "layanan", "ditandatangani": "2026-09-16",
		"berlaku_sampai": "2028-09-16", "elemen": "nik", "metode": "portal", "kuota": "200", "jaringan": "10.1.0.0/16", "tujuan": "bantuan"}
	sign := func(on string) ([]Effect, error) {
		values["sptjm_ditandatangani"] = on
		p, _ := Find(Defaults(), "pks")
		return signAgreement(&Case{Agency: 7, Procedure: p, State: Open, Taken: []Taken{{Step: "penandatanganan", Values: values}}}, x)
	}
	list, err := sign("2026-09-16")
	if err != nil {
		t.Fatal(err)
	}
	signed := list[0].(SignAgreement)
	if s := signed.Agreement.SPTJM; len(s) != 1 || s[0].Head != 9 || !s[0].SignedOn.Equal(x.Today) {
		t.Errorf("%+v", s)
	}
	if _, _, words := signed.Words(); !strings.HasSuffix(words, "; SPTJM Gandaruwa ditandatangani 16 September 2026") {
		t.Errorf("recorded as %q", words)
	}
	if list, err = sign(""); err != nil || len(list[0].(SignAgreement).Agreement.SPTJM) != 0 {
		t.Error("one that follows later is taken as signed", err)
	}
	if _, err = sign("2026-09-15"); told.Invalids(err).Of("sptjm_ditandatangani") == "" {
		t.Error("signed before the agreement that it speaks of:", err)
	}
	x.Institution.Heads = nil
	if _, err = sign("2026-09-16"); err == nil {
		t.Error("signed by nobody")
	}
}
