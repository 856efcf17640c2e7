package procedure

import (
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
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
