package procedure

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
)

// The request of a case is its first letter, of those procedures that begin with one.
func TestARequestIsTheFirstLetterOfItsCase(t *testing.T) {
	for key, want := range map[string]bool{"pks": true, "perpanjangan": true, "user-id": false} {
		if got := find(t, key).Requests(); got != want {
			t.Errorf("%s begins with a request: %v", key, got)
		}
	}
	c := Case{Procedure: find(t, "perpanjangan"), State: Open, Taken: []Taken{{Letter: "470/1", LetterDay: day}, {Letter: "470/2",
		LetterDay: day.AddDate(0, 0, 1)}}}
	if r := c.Request(); r != (Request{Letter: "470/1", Day: day, Extension: true, Open: true}) {
		t.Errorf("%+v", r)
	}
	c.State, c.Taken = Done, nil
	if r := c.Request(); r != (Request{Extension: true}) {
		t.Errorf("without a letter: %+v", r)
	}
}

// A letter's number that holds a NIK is refused beside its field.
func TestALettersNumberHoldsNoNIK(t *testing.T) {
	c := asked(t, "token")
	in := input(c.Next(), 9, party.AgencyAdmin)
	in.Letter = "470/3303014507900002"
	_, err := c.Take(in, facts())
	if wrong := told.Invalids(err).Of("surat"); !strings.HasPrefix(wrong, "Nomor surat ") || strings.Contains(wrong, "3303014507900002") {
		t.Errorf("%q, %v", wrong, err)
	}
}

// A line of the specification that is none is told by its number, the first as 1.
func TestAWrongPointIsToldByItsLine(t *testing.T) {
	x := facts()
	good := x.Reader[0].Name
	for text, want := range map[string]string{"rekaan": "baris 1 ", good + "\nrekaan": "baris 2 ", good: ""} {
		_, wrong := kinds["points"](Field{}, text, x)
		if !strings.HasPrefix(wrong, want) || want == "" && wrong != "" {
			t.Errorf("%q: %q", text, wrong)
		}
	}
}

// After the last step nothing is due; a step without hours is due at no time.
func TestNoStepIsDueAfterTheLast(t *testing.T) {
	p := &Procedure{Steps: []Step{{Hours: 48}, {}}}
	if due, ok := p.StepDue(day, 0); !ok || !due.Equal(day.AddDate(0, 0, 2)) {
		t.Error(due, ok)
	}
	for _, taken := range []int{1, 2, 3} {
		if due, ok := p.StepDue(day, taken); ok {
			t.Errorf("after %d: %s", taken, due)
		}
	}
}

// The role of an agency's user is not the office's to change, nor does one of the office's become an agency's or a citizen.
func TestARoleIsChangedWithinTheOffice(t *testing.T) {
	x := facts()
	for _, c := range []struct {
		from, to party.Role
		fine     bool
	}{
		{party.Operator, party.Auditor, true}, {party.Operator, party.Operator, false}, {party.Operator, party.Officer, false},
		{party.Officer, party.Auditor, false}, {party.Operator, party.CitizenPortal, false}, {party.CitizenPortal, party.Operator, false},
	} {
		file := Case{Procedure: &Procedure{}, Taken: []Taken{{Values: map[string]string{"peran": string(c.to)}}}}
		got, err := changeRole(&file, x, party.User{ID: 99, Role: c.from})
		if (err == nil) != c.fine || c.fine && got[0].(ChangeUser).New.Role != c.to {
			t.Errorf("%s to %s: %v, %v", c.from, c.to, got, err)
		}
	}
}

// A refusal about one of several persons names the person, and the field of that person where each is asked for it.
func TestARefusalNamesThePerson(t *testing.T) {
	c := Case{Procedure: find(t, "user-id")}
	for field, want := range map[string]string{"nik": "nik-2", "alasan": "alasan"} {
		var e *told.Error
		if err := c.whose(told.Wrong(field, "Salah."), 2, 3); !errors.As(err, &e) || e.Field != want || e.Text != "Pengguna 2: Salah." {
			t.Errorf("%s: %+v", field, e)
		}
	}
	plain := told.Wrong("nik", "Salah.")
	if err := c.whose(plain, 1, 1); err != plain {
		t.Error("of the only person:", err)
	}
	if got := c.FieldsOf(Taken{Step: "tidak-ada"}); got != nil {
		t.Error("of a step that is none:", got)
	}
}

// A program is registered with the methods of its user id, a desk with those of a desk.
func TestAnApplicationOfARequestIsWhatItsUserIs(t *testing.T) {
	program := NewApp(party.User{Institution: 7, Role: party.Application, Methods: []string{agreement.API}}, "Antrean")
	if program.Kind != party.ProgramApp || !slices.Equal(program.Methods, []string{agreement.API}) || program.Agency != 7 {
		t.Errorf("%+v", program)
	}
	desk := NewApp(party.User{Role: party.Officer, Methods: []string{agreement.Portal}}, "Loket")
	if desk.Kind != party.DeskApp || !slices.Equal(desk.Methods, []string{agreement.API, agreement.Reader}) || desk.Name != "Loket" {
		t.Errorf("%+v", desk)
	}
}

func TestAPathThatIsWalkedHasNoNextStage(t *testing.T) {
	if s, there := NextStage([]Stage{{Procedure: "pks", Done: true}}); there {
		t.Errorf("%+v", s)
	}
	if s, there := NextStage([]Stage{{Procedure: "pks", Done: true}, {Name: "Pencarian pertama"}}); there {
		t.Errorf("a stage that no case reaches: %+v", s)
	}
}

// An address is held against the letter and against those that are known; of people who have gone and of oneself nothing is said.
func TestAnAddressIsHeldAgainstWhatIsKnown(t *testing.T) {
	x := facts()
	agency := party.Institution{Email: "kantor@rekaan.example"}
	if got := addresses(CreateInstitution{Institution: agency}, x); len(got) != 1 || !strings.Contains(got[0], agency.Email) {
		t.Error(got)
	}
	if got := addresses(CreateInstitution{}, x); got != nil {
		t.Error("of no address:", got)
	}
	u := party.User{ID: 30, Institution: 7, Login: "baru", Name: "Rekaan Tiga", Role: party.Officer, Email: "tiga@rekaan.example",
		Identity: party.Identity{NIP: "303"}}
	for name, c := range map[string]struct {
		other party.User
		says  string // empty: nothing more
	}{
		"another's": {party.User{Login: "lain", Name: "Rekaan Empat", Email: u.Email, Identity: party.Identity{NIP: "404"}},
			"dipakai Rekaan Empat"},
		"the same person": {party.User{Institution: 7, Login: "lain", Email: "lain@rekaan.example", Identity: u.Identity},
			"lain@rekaan.example"},
		"gone":        {party.User{Login: "lain", Name: "Rekaan Empat", Email: u.Email, Deactivated: day}, ""},
		"without one": {party.User{Institution: 7, Login: "lain", Identity: u.Identity}, ""},
		"the own":     {party.User{Institution: 7, Login: u.Login, Email: "lain@rekaan.example", Identity: u.Identity}, ""},
	} {
		x.Users = []party.User{c.other}
		got := strings.Join(x.address(u), "")
		more := strings.Contains(got, "Orang yang sama") || strings.Contains(got, "Alamat yang sama")
		if more != (c.says != "") || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// What nobody uses is closed for nobody by name, and one element that goes is told too.
func TestTheLeastThatAnAddendumTakesIsSaid(t *testing.T) {
	x := facts()
	x.Users = nil
	x.Grant.Methods = []string{agreement.Portal, agreement.API}
	x.Grant.Networks = []netip.Prefix{}
	elements := x.Grant.Elements.Strings()
	change, err := agreement.Amend(func(field string) string {
		return map[string]string{"elemen": strings.Join(elements[1:], "\n")}[field]
	}, *x.Grant)
	if err != nil {
		t.Fatal(err)
	}
	change.Methods = []string{agreement.Portal}
	got := stops(AddAddendum{*x.Agreement, agreement.Addendum{EffectiveOn: day, Change: change}, *x.Grant}, x)
	want := []string{"Metode Web service (JSON) ditutup.", "1 elemen data tidak diberikan lagi pada semua pintu: NIK."}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Whoever comes back signs a new NDA when theirs is older than the agreement; the office's people have none.
func TestWhoComesBackWithAnOldNDASignsAnother(t *testing.T) {
	x := facts()
	for name, c := range map[string]struct {
		user party.User
		over bool
	}{
		"old": {party.User{Login: "lama", Role: party.Officer, NDASigned: x.Agreement.SignedOn.AddDate(0, 0, -1), Deactivated: day},
			true},
		"new":    {party.User{Login: "lama", Role: party.Officer, NDASigned: x.Agreement.SignedOn, Deactivated: day}, false},
		"office": {party.User{Login: "lama", Role: party.Auditor, Deactivated: day}, false},
	} {
		x.Users = []party.User{c.user}
		got, err := made(t, "restore-user", x, "pengguna", "lama")
		if err != nil || len(got) != 1 || got[0].(Restore).NewNDA != c.over {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// A protection ends on a day to come, at the earliest today.
func TestAProtectionIsNotOverBeforeItBegins(t *testing.T) {
	x := facts()
	for until, fine := range map[time.Time]bool{x.Today.AddDate(0, 0, -1): false, x.Today: true, x.Today.AddDate(0, 0, 1): true} {
		got, err := made(t, "protect-person", x, "nomor_perintah", "P/1", "pemberi_perintah", "K", "nik", "3303014507900002", "pengawas",
			x.Users[0].Login, "dilindungi_sampai", until.Format(time.DateOnly))
		if (err == nil) != fine || fine && !got[0].(ProtectPerson).Until.Equal(until) {
			t.Errorf("until %s: %+v, %v", until.Format(time.DateOnly), got, err)
		}
	}
}

// A choice is told in the words of its own field, though another field has a choice of the same value.
func TestAChoiceIsToldInItsOwnWords(t *testing.T) {
	option := func(label string) []Option {
		return []Option{{Value: "ya", Label: label}, {Value: "tidak", Label: "Bukan " + label}}
	}
	fields := []Field{{Key: "a", Options: option("Satu")}, {Key: "b", Options: option("Dua")}}
	c := Case{Procedure: &Procedure{Steps: []Step{{Fields: fields}}},
		Taken: []Taken{{Values: map[string]string{"a": "tidak", "b": "ya", "c": "bebas"}}}}
	for key, want := range map[string]string{"a": "Bukan Satu", "b": "Dua", "c": "bebas"} {
		if got := c.label(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

// What was signed are the scans that were filed last, each by its hash.
func TestWhatWasSignedAreTheLastScans(t *testing.T) {
	c := Case{Taken: []Taken{{Scans: []string{"aa"}}, {Scans: []string{"bb", "cc"}}, {}}}
	if got := c.Document(); got != "bb, cc" {
		t.Errorf("%q", got)
	}
	c.Taken = c.Taken[2:]
	if got := c.Document(); got != "" {
		t.Errorf("without scans: %q", got)
	}
}

// An agreement that is to be signed tomorrow is not signed; one of today is.
func TestAnAgreementIsNotSignedBeforeItsDay(t *testing.T) {
	x := facts()
	for signed, fine := range map[time.Time]bool{x.Today: true, x.Today.AddDate(0, 0, 1): false} {
		_, err := made(t, "sign-agreement", x, "nomor_dinas", "1", "nomor_instansi", "2", "tentang", "data", "ditandatangani",
			signed.Format(time.DateOnly), "berlaku_sampai", x.Today.AddDate(1, 0, 0).Format(time.DateOnly), "elemen", "nik",
			"metode", agreement.Portal, "kuota", "10", "tujuan", "bantuan", "jaringan", "10.1.0.0/16", "narahubung_dinas",
			"Rekaan; K; 0281; a@rekaan.example", "narahubung_instansi", "Rekaan; K; 0281; b@rekaan.example")
		if errors.Is(err, errSignedLater) == fine {
			t.Errorf("signed on %s: %v", signed.Format(time.DateOnly), err)
		}
	}
}

// Elements by purpose are at most 4,000 characters.
func TestElementsByPurposeHaveABound(t *testing.T) {
	var lines []string
	for n := range 60 {
		lines = append(lines, fmt.Sprintf("%02d %s: nik", n, strings.Repeat("b", 90)))
	}
	for n, fine := range map[int]bool{1: true, 38: true, 60: false} {
		text := strings.Join(lines[:n], "\n")
		if _, wrong := kinds["purpose-elements"](Field{}, text, facts()); (wrong == "") != fine {
			t.Errorf("%d characters: %q", len(text), wrong)
		}
	}
}

// What is asked of each person stands in a step that lists them, of 1 to 50, or after it.
func TestAListOfPersonsStandsWhereItsFieldsAre(t *testing.T) {
	file := func(first, second string) error {
		_, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte("key = \"a\"\nname = \"A\"\nclause = \"-\"\nneeds = \"agency\"\n" +
			"[[step]]\nkey = \"s\"\nname = \"S\"\nby = \"provider\"\n" + first +
			"[[step]]\nkey = \"t\"\nname = \"T\"\nby = \"provider\"\n" + second)}}, "p")
		return err
	}
	one := "[[step.field]]\nkey = \"x\"\nname = \"X\"\nkind = \"text\"\n"
	each := one + "each = \"own\"\n"
	other := strings.ReplaceAll(each, "\"x\"", "\"y\"")
	for name, c := range map[string]struct {
		first, second string
		fine          bool
	}{
		"in the list":           {"persons = 50\n" + each, "", true},
		"of one":                {"persons = 1\n" + each, "", true},
		"after the list":        {"persons = 5\n" + each, other, true},
		"too many":              {"persons = 51\n" + each, "", false},
		"less than none":        {"persons = -1\n" + each, "", false},
		"a list of nothing":     {"persons = 5\n" + one, "", false},
		"two lists":             {"persons = 5\n" + each, "persons = 5\n" + other, false},
		"before the list":       {each, "persons = 5\n" + other, false},
		"without a list":        {each, "", false},
		"nothing is listed":     {one, "", true},
		"of each in an odd way": {"persons = 5\n" + strings.Replace(each, "own", "aneh", 1), "", false},
	} {
		if err := file(c.first, c.second); (err == nil) != c.fine {
			t.Errorf("%s: %v", name, err)
		}
	}
}
