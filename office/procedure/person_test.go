package procedure

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/person/nik"
)

// until walks a case to its next decision, everything before it taken by one person.
func until(t *testing.T, p *Procedure, x *Facts, by int64) Case {
	t.Helper()
	if p.Needs == "provider" {
		x.Institution = party.Institution{ID: party.Provider, Zone: party.WIB}
		x.Users[0].Institution, x.Users[0].Role = party.Provider, party.Auditor
	}
	c := Case{ID: 1, Agency: x.Institution.ID, Procedure: p, State: Open}
	for c.Next() != nil && !c.Next().Decision {
		prepare(x, c.Next())
		r, err := c.Take(input(c.Next(), by, party.Administrator), *x)
		if err != nil {
			t.Fatalf("%s: %v", p.Key, err)
		}
		c.Taken, c.State = append(c.Taken, r.Taken), r.State
	}
	return c
}

// One person with two user ids decides nothing that the other asked for, in any procedure.
func TestOnePersonWithTwoUserIDsDecidesNothingThatTheOtherAskedFor(t *testing.T) {
	one, err := nik.Parse("3303014101800001")
	if err != nil {
		t.Fatal(err)
	}
	decisions := 0
	for _, p := range Defaults() {
		for name, mark := range map[string]func(a, b *party.Identity){
			"NIK": func(a, b *party.Identity) { a.NIK, b.NIK = one, one },
			"NIP": func(a, b *party.Identity) { b.NIP = " " + a.NIP + "-" },
		} {
			x := facts()
			c := until(t, p, &x, 1)
			if c.Next() == nil {
				continue
			}
			decisions++
			if err := c.MayTake(2, party.Administrator, x); err != nil {
				t.Errorf("%s by another person: %v", p.Key, err)
			}
			mark(&x.Staff[0].Identity, &x.Staff[1].Identity)
			if _, err := c.Take(input(c.Next(), 2, party.Administrator), x); !errors.Is(err, ErrFourEyes) {
				t.Errorf("%s by the other user id with one %s: %v", p.Key, name, err)
			}
		}
	}
	if decisions < 30 {
		t.Errorf("%d decisions", decisions)
	}
}

func TestNobodyDecidesAboutThemselves(t *testing.T) {
	n, err := nik.Parse(sample(Field{Kind: "nik"}))
	if err != nil {
		t.Fatal(err)
	}
	for key, spoil := range map[string]func(*Facts){
		"user-id":        func(x *Facts) { x.Staff[1].Identity.NIK = n },
		"staf":           func(x *Facts) { x.Staff[1].Identity.NIP = "teks" },
		"peran-staf":     func(x *Facts) { x.Users[0].ID = 2 },
		"perubahan-user": func(x *Facts) { x.Users[0].Identity.NIK, x.Staff[1].Identity.NIK = n, n },
	} {
		x := facts()
		c := until(t, find(t, key), &x, 1)
		spoil(&x)
		if err := c.MayTake(2, party.Administrator, x); !errors.Is(err, ErrFourEyes) {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// Persons can be compared only when they are known: who is not takes no step about staff, and goes on with all else.
func TestOnlyKnownPersonsTakeStepsAboutStaff(t *testing.T) {
	for _, p := range Defaults() {
		x := facts()
		c := until(t, p, &x, 1)
		if c.Next() == nil {
			continue
		}
		x.Staff[1].Identity = party.Identity{}
		want := p.Key == "staf" || p.Key == "peran-staf" || p.Key == "atur-ulang-staf"
		if err := c.MayTake(2, party.Administrator, x); errors.Is(err, ErrUnknownPerson) != want {
			t.Errorf("%s by somebody unknown: %v", p.Key, err)
		}
	}
}

// The second half of a slip goes to the address in the request. Who could print its first half gives no address of their own: neither for a
// user id that they invent, in whatever place of a list, nor for the agency itself.
func TestNoAddressOfTheStaffIsAnAgencys(t *testing.T) {
	x := facts()
	x.Staff[0].Email = "Satu@dinas.example"
	for _, at := range []struct{ procedure, field string }{{"user-id", "surel"}, {"user-id", "surel-4"}, {"admin-instansi", "surel"},
		{"nomenklatur", "surel_instansi"}} {
		c := asked(t, at.procedure)
		in := input(c.Next(), 5, party.Operator)
		if at.field == "surel-4" {
			in = listing(three())
		}
		for address, refused := range map[string]bool{"satu@dinas.example": true, "satu@rekaan.example": false} {
			_, err := c.Take(in.with(at.field, address), x)
			if got := told.Invalids(err).Of(at.field); strings.Contains(got, "milik staf") != refused {
				t.Errorf("%s, %s %s: %v", at.procedure, at.field, address, err)
			}
		}
	}
}

// An address of a person or an agency stands on a scan that who decides can hold it against, and is shown to them with what speaks against
// it: another domain than the agency's, another address of the same person, the same address of another person.
func TestWhoDecidesHoldsAddressesAgainstTheLetter(t *testing.T) {
	for _, at := range []struct{ procedure, field string }{{"user-id", "surel"}, {"instansi", "surel_instansi"}} {
		x := facts()
		c := asked(t, at.procedure)
		for address, scans := range map[string]int{"": 0, "saya@luar.example": 1} {
			in := input(c.Next(), 5, party.Operator).with(at.field, address)
			in.Scans = 0
			if _, err := c.Take(in, x); (told.Invalids(err).Of("pindaian") != "") != (scans > 0) {
				t.Errorf("%s, address %q without a scan: %v", at.procedure, address, err)
			}
			in.Scans = 1
			if _, err := c.Take(in, x); err != nil {
				t.Errorf("%s, address %q with a scan: %v", at.procedure, address, err)
			}
		}
	}
	x := facts()
	x.Institution.Email = "dinas@rekaan.example"
	same, err := nik.Parse(three()["nik"])
	if err != nil {
		t.Fatal(err)
	}
	x.Users[0].Identity.NIK, x.Users[0].Email = same, "lama@rekaan.example"
	x.Users = append(x.Users, party.User{ID: 12, Institution: 7, Login: "lain.rekaan", Name: "Rekaan Lain", Email: "TIGA@luar.example"})
	values := three()
	values["surel"], values["surel-3"] = "tiga@luar.example", ""
	c := requested(t, values)
	p, err := c.Preview(x)
	if err != nil || len(p.Checks) != 2 {
		t.Fatalf("%+v %v", p, err)
	}
	for _, want := range []string{"dikirim ke tiga@luar.example", "bukan alamat pada rekaan.example",
		"lama@rekaan.example (petugas.rekaan)",
		"dipakai Rekaan Lain (lain.rekaan)"} {
		if !strings.Contains(p.Checks[0], want) {
			t.Errorf("who decides is not told %q: %s", want, p.Checks[0])
		}
	}
	if strings.Contains(p.Checks[1], "bukan alamat") || strings.Contains(p.Checks[1], "Orang yang sama") {
		t.Errorf("an address that nothing speaks against: %s", p.Checks[1])
	}
}

func TestAPersonHasOneUserIDOfTheStaff(t *testing.T) {
	for name, spoil := range map[string]func(*party.User){
		"same NIP":    func(u *party.User) { u.Identity.NIP = "teks" },
		"same e-mail": func(u *party.User) { u.Email = sample(Field{Kind: "email"}) },
	} {
		x := facts()
		c := until(t, find(t, "staf"), &x, 1)
		spoil(&x.Staff[2])
		if _, err := c.Take(input(c.Next(), 2, party.Administrator), x); err == nil {
			t.Errorf("%s as another of the staff: taken", name)
		}
		x.Staff[2].Deactivated = day
		if r, err := c.Take(input(c.Next(), 2, party.Administrator), x); err != nil || len(r.Effects) != 1 {
			t.Errorf("%s as one who has left: %v", name, err)
		}
	}
}

func TestTwoAdministratorsStay(t *testing.T) {
	x := facts()
	x.Institution, x.Users = party.Institution{ID: party.Provider}, x.Staff
	for name, c := range map[string]struct {
		spoil func([]party.User)
		want  bool
	}{
		"four":                            {func([]party.User) {}, true},
		"one of the rest is deactivated":  {func(s []party.User) { s[1].Deactivated = day }, true},
		"two are deactivated":             {func(s []party.User) { s[1].Deactivated, s[2].Deactivated = day, day }, false},
		"one is an operator, one not yet": {func(s []party.User) { s[1].Role, s[2].HasPassword = party.Operator, false }, false},
		"the rest are two and one person": {func(s []party.User) { s[1].Identity, s[3].Deactivated = s[2].Identity, day }, false},
	} {
		x := x
		x.Staff = slices.Clone(x.Staff)
		c.spoil(x.Staff)
		for _, effect := range []func(*Case, Facts, party.User) ([]Effect, error){deactivate, changeRole} {
			cs := &Case{Procedure: &Procedure{}, Taken: []Taken{{Values: map[string]string{"peran": "auditor"}}}}
			if list, err := effect(cs, x, x.Users[0]); (err == nil) != c.want || (len(list) == 1) != c.want || err != nil &&
				!errors.Is(err, ErrLastTwo) {
				t.Errorf("%s: %v %v", name, list, err)
			}
		}
	}
	reset := slices.Clone(x.Staff[:2])
	reset[1].HasPassword, reset[1].Reset = false, day
	if KeepsTwo(reset, 0) || !Founded(reset) || Founded(reset[:1]) {
		t.Error("after a reset the command line opens user ids of the staff")
	}
	if active := slices.Clone(x.Staff[:2]); !KeepsTwo(active, 0) || !Founded(active) {
		t.Error("two at work are not enough")
	}
	for name, spoil := range map[string]func(u *party.User){"an operator": func(u *party.User) { u.Role = party.Operator },
		"deactivated": func(u *party.User) { u.Deactivated = day }, "who never chose a password": func(u *party.User) {
			u.HasPassword = false
		}} {
		staff := slices.Clone(x.Staff[:2])
		spoil(&staff[1])
		if KeepsTwo(staff, 0) || Founded(staff) {
			t.Errorf("%s counts as the second", name)
		}
	}
	if list, err := deactivate(nil, x, party.User{Role: party.Operator}); err != nil || len(list) != 1 {
		t.Error("an operator cannot be deactivated by one", err)
	}
}

// Every effect that makes, changes or opens a user id is marked so, and the file of a procedure is refused in which one person could bring
// it about (E15).
func TestNoProcedureLetsOnePersonMakeOrOpenAUserID(t *testing.T) {
	x := facts()
	c := &Case{Agency: 7, Procedure: &Procedure{Key: "x", Name: "P"}, State: Open, Taken: []Taken{{By: 5, Values: map[string]string{
		"user_id": "petugas.rekaan", "pengguna": "petugas.rekaan", "peran": "operator", "nama": "N", "jabatan": "J",
		"metode_pengguna": "portal",
	}}}}
	for name, b := range effects {
		for _, institution := range []int64{7, party.Provider} {
			x := x
			x.Institution.ID, x.Users[0].Institution, x.Users[0].Role = institution, institution, party.Auditor
			if institution != party.Provider {
				x.Users[0].Role = party.Officer
			}
			list, err := b.build(c, x)
			if err != nil {
				continue
			}
			for _, e := range list {
				switch e.(type) {
				case CreateUser, ChangeUser, IssueLink, Restore:
					if !b.user {
						t.Errorf("%s brings about %T and is not marked", name, e)
					}
				}
			}
		}
	}
	const head = "key = \"x\"\nname = \"X\"\nclause = \"C\"\nneeds = \"agency\"\n"
	step := func(key, more string, fields ...string) string {
		s := "[[step]]\nkey = \"" + key + "\"\nname = \"S\"\nby = \"provider\"\n" + more + "\n"
		for _, f := range fields {
			k, kind, _ := strings.Cut(f, " ")
			s += "[[step.field]]\nkey = \"" + k + "\"\nname = \"F\"\nkind = \"" + kind + "\"\n"
			if kind == "date" {
				s += "min = [\"hari_ini\"]\nmax = [\"hari_ini\"]\n"
			}
			if kind == "choice" {
				s += "[[step.field.option]]\nvalue = \"admin\"\nlabel = \"A\"\n"
			}
		}
		return s
	}
	for name, b := range effects {
		if !b.user {
			continue
		}
		var fields []string
		for _, set := range []map[string]string{b.needs, b.may} {
			for k, kind := range set {
				kind, _, _ = strings.Cut(kind, "|")
				fields = append(fields, k+" "+kind)
			}
		}
		effect := "effect = \"" + name + "\""
		read := func(text string) error {
			_, err := Read(fstest.MapFS{"p/x.toml": {Data: []byte(head + text)}}, "p")
			return err
		}
		if err := read(step("a", "", fields...) + step("b", "decision = true\n"+effect)); err != nil {
			t.Errorf("%s after a decision: %v", name, err)
		}
		for what, text := range map[string]string{
			"alone":               step("a", effect, fields...),
			"before the decision": step("a", "", fields...) + step("b", effect) + step("c", "decision = true"),
			"on refusal":          step("a", "", fields...) + step("b", "decision = true\notherwise = \""+name+"\""),
			"with a field that the decision fills in": step("a", "", fields[1:]...) + step("b", "decision = true\n"+effect, fields[0]),
			"with a field that is filled in after": step("a", "", fields[1:]...) + step("b", "decision = true") +
				step("c", effect, fields[0]),
		} {
			if err := read(text); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
	}
}

func TestAUserIDGetsTheRightsThatItsRequestNames(t *testing.T) {
	x := facts()
	got, err := made(t, "create-user", x, "user_id", "petugas.baru", "nama", "N", "jabatan", "J", "peran", "application", "metode_pengguna",
		"api", "nik", "3303014507900002", "nip", "7",
		"hak_data", MatchOnly, "tujuan_pengguna", "bantuan")
	if err != nil || len(got) != 2 || got[1].(AssignApplication).Application != "N" {
		t.Fatal(got, err)
	}
	u := got[0].(CreateUser).User
	if !u.MatchOnly || !slices.Equal(u.Purposes, []string{"bantuan"}) || u.Identity.NIP != "7" ||
		u.Identity.NIK.Digits() != "3303014507900002" {
		t.Errorf("%+v", u)
	}
	if _, _, after := got[0].Words(); !strings.Contains(after, "hanya pencocokan data; tujuan: bantuan") || strings.Contains(after,
		"3303") {
		t.Error(after)
	}
	got, err = made(t, "change-user", x, "pengguna", "petugas.rekaan", "metode_pengguna", "portal", "hak_data", "full")
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if e := got[0].(ChangeUser); e.New.MatchOnly || len(e.New.Purposes) > 0 || !slices.Equal(e.New.Methods, []string{"portal"}) ||
		e.New.Role != e.Old.Role {
		t.Errorf("%+v", e)
	}
	if _, problem := kinds["granted-purposes"](Field{}, "bantuan\nlain", x); problem == "" {
		t.Error("a purpose that the agreement does not have is taken")
	}
	if _, err := made(t, "change-user", x, "pengguna", "lima"); err == nil {
		t.Error("another institution's user id is changed")
	}
	x.Users[0].Role = party.Operator
	if _, err := made(t, "change-user", x, "pengguna", "petugas.rekaan"); !errors.As(err, new(*told.Error)) {
		t.Error("one of the staff is changed as an agency's user")
	}
}
