package procedure

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/told"
	"gapura/person/population"
)

var day = time.Date(2026, 9, 16, 0, 0, 0, 0, time.UTC)

func facts() Facts {
	head := party.Head{ID: 4, Name: "Rekaan Satu", Position: "Kepala", Since: day.AddDate(-2, 0, 0)}
	a := agreement.Agreement{
		ID: 3, Agency: 7, ProviderNumber: "400.12/1/2026", SignedOn: day.AddDate(-1, 0, 0), EndsOn: day.AddDate(1, 0, 0),
		Terms: agreement.Terms{Elements: population.PKSElements, Methods: []string{agreement.Portal}, Quota: 200,
			Purposes: []string{"bantuan"}},
	}
	g := a.At(day.Add(time.Hour), day)
	return Facts{
		Now: day.Add(2 * time.Hour), Today: day, Agreement: &a, Grant: &g,
		Institution: party.Institution{ID: 7, Code: "dinrekaan", Name: "Dinas Rekaan", Zone: party.WIB, Heads: party.Heads{head}},
		Users: []party.User{{ID: 11, Institution: 7, Login: "petugas.rekaan", Name: "Rekaan Dua", Role: party.Officer, Stopped: day,
			Methods: []string{agreement.API}}},
		Staff: []party.User{
			{ID: 1, Login: "satu", Role: party.Administrator, HasPassword: true, Identity: party.Identity{NIP: "101"}},
			{ID: 2, Login: "dua", Role: party.Administrator, HasPassword: true, Identity: party.Identity{NIP: "102"}},
			{ID: 5, Login: "lima", Role: party.Administrator, HasPassword: true, Identity: party.Identity{NIP: "105"}},
			{ID: 6, Login: "enam", Role: party.Administrator, HasPassword: true, Identity: party.Identity{NIP: "106"}},
		},
		Apps:   []party.App{{ID: 4, Agency: 7, Name: "Aplikasi Ternak", Kind: party.ProgramApp, Methods: []string{agreement.API}}},
		Tokens: []party.Credential{{ID: 5, Kind: party.APIToken, Fingerprint: "3FA09-77C1E", Issued: day}},
		Reader: reader.DefaultSpecification, Readers: []reader.Reader{{Serial: "R-1", Model: "A", SAM: "S-1", State: reader.Active}},
		Signatories: party.Signatories{{Name: "Rekaan Sekretaris", From: day.AddDate(-1, 0, 0)}},
		InUse:       Names{Records: []string{"7-12"}},
	}
}

// sample is a good value of each kind.
func sample(f Field) string {
	if v, ok := map[string]string{"masa_peralihan": "14", "metode_aplikasi": agreement.API, "poc_mulai": day.Format(time.DateOnly),
		"poc_sampai": day.AddDate(0, 0, 14).Format(time.DateOnly)}[f.Key]; ok {
		return v
	}
	switch f.Kind {
	case "record":
		return "7-12"
	case "choice":
		if f.Key == "kepala_status" {
			return "plt" // the one that may have a last day
		}
		return f.Options[0].Value
	case "date":
		if f.Key == "tenggat" {
			return day.AddDate(0, 0, 14).Format(time.DateOnly)
		}
		if f.Key == "ditahan_sampai" {
			return day.AddDate(1, 0, 0).Format(time.DateOnly)
		}
		if strings.HasSuffix(f.Key, "_sampai") || f.Key == "kepala_hingga" {
			return day.AddDate(2, 0, 0).Format(time.DateOnly)
		}
		return day.Format(time.DateOnly)
	case "former-user":
		return "lama.rekaan"
	}
	if f.Key == "menggantikan" {
		return "admin.rekaan"
	}
	return map[string]string{
		"text": "teks", "long": "baris satu\nbaris dua", "number": "200", "nik": "3303 0145 0790 0002", "email": "kantor@rekaan.example",
		"code":  "dinbaru",
		"login": "petugas.baru", "user": "petugas.rekaan", "zone": "WITA", "elements": "nik\nnama_lengkap", "methods": "portal\napi",
		"token": "3fa0977c1e", "tokens": "desk", "purposes": "bantuan", "granted-purposes": "bantuan",
		"application": "Aplikasi Ternak", "networks": "10.1.2.0/24\n10.9.9.9", "readers": "R-1; Model A; S-1", "serials": "R-1",
		"points":  strings.Join(reader.DefaultSpecification.Missing(nil), "\n"),
		"setting": "{}", "script": "naskah",
	}[f.Kind]
}

func input(s *Step, by int64, role party.Role) Input {
	in := Input{By: by, Role: role, At: day, Letter: "470/1/2026", LetterDay: day, Verdict: Approve, Number: "400.12/0001/2026", Scans: 1,
		Values: map[string]string{}}
	for _, f := range s.Fields {
		in.Values[f.Key] = sample(f)
	}
	return in
}

// Every procedure can be walked to its end, its decisions by somebody else, and ends with the effects that it names.
func TestEveryProcedureCanBeWalkedToItsEnd(t *testing.T) {
	all := Defaults()
	if len(all) < 20 {
		t.Fatalf("%d procedures", len(all))
	}
	for _, p := range all {
		t.Run(p.Key, func(t *testing.T) {
			x := facts()
			if p.Needs == "provider" {
				x.Institution = party.Institution{ID: party.Provider, Zone: party.WIB}
				x.Users[0].Institution, x.Users[0].Role = party.Provider, party.Auditor
			}
			c := Case{ID: 1, Agency: x.Institution.ID, Procedure: p, State: Open}
			for c.Next() != nil {
				s := c.Next()
				in := input(s, 1, party.Operator)
				if s.Decision {
					if _, err := c.Take(in, x); !errors.Is(err, ErrDecide) {
						t.Fatalf("%s by an operator: %v", s.Key, err)
					}
					in.By, in.Role = 2, party.Administrator
				}
				prepare(&x, s)
				r, err := c.Take(in, x)
				if err != nil {
					t.Fatalf("%s: %v", s.Key, err)
				}
				if (s.Effect != "") != (len(r.Effects) > 0) {
					t.Fatalf("%s: effect %q brought %v", s.Key, s.Effect, r.Effects)
				}
				for _, e := range r.Effects {
					if subject, _, after := e.Words(); subject == "" || after == "" {
						t.Errorf("%s: %T has no words", s.Key, e)
					}
					if u, ok := e.(CreateUser); ok {
						u.User.ID = 12
						x.Users = append(x.Users, u.User)
					}
				}
				if s.Document != "" && s.Letterhead == "" && !s.Letter && r.Taken.Letter != in.Number {
					t.Errorf("%s: letter %q", s.Key, r.Taken.Letter)
				}
				c.Taken, c.State = append(c.Taken, r.Taken), r.State
			}
			if c.State != Done {
				t.Errorf("ends %s", c.State)
			}
		})
	}
}

// prepare brings the facts into the state that an effect starts from.
func prepare(x *Facts, s *Step) {
	from := map[string]reader.State{"register-readers": reader.Returned, "personalise-readers": reader.Requested,
		"activate-readers":   reader.Personalised,
		"deactivate-readers": reader.Active, "return-readers": reader.Deactivated}
	if st, ok := from[s.Effect]; ok {
		x.Readers[0].State = st
	}
	if s.Effect == "issue-token" {
		x.Tokens = append(x.Tokens, party.Credential{Kind: party.DeskToken, Owner: 11, Fingerprint: "00000-00000"})
	}
	x.Users = slices.DeleteFunc(x.Users, func(u party.User) bool { return u.ID == 13 || u.ID == 14 })
	x.Users = append(x.Users, party.User{ID: 13, Institution: 7, Login: "lama.rekaan", Role: party.Officer, Deactivated: day},
		party.User{ID: 14, Institution: 7, Login: "admin.rekaan", Role: party.AgencyAdmin})
	switch s.Effect {
	case "register-application":
		x.Grant.Methods = append(x.Grant.Methods, agreement.API)
	case "poc-passed":
		x.tried(agreement.PoCLetter{Application: 4, Letter: "J/1", On: day, Until: day})
	}
	if s.Effect == "reinstate" {
		x.Grant.State = agreement.Suspended
	}
}

// tried adds letters of PoCs to the agreement.
func (x *Facts) tried(letters ...agreement.PoCLetter) {
	x.Agreement.PoC = append(x.Agreement.PoC, letters...)
	g := x.Agreement.At(x.Now, x.Today)
	x.Grant = &g
}

func find(t *testing.T, key string) *Procedure {
	t.Helper()
	p, ok := Find(Defaults(), key)
	if !ok {
		t.Fatal("no procedure", key)
	}
	return p
}

func TestNobodyDecidesTheirOwnRequest(t *testing.T) {
	c := Case{Agency: 7, Procedure: find(t, "user-id"), State: Open}
	r, err := c.Take(input(c.Next(), 5, party.Administrator), facts())
	if err != nil {
		t.Fatal(err)
	}
	c.Taken = append(c.Taken, r.Taken)
	if _, err := c.Take(input(c.Next(), 5, party.Administrator), facts()); !errors.Is(err, ErrFourEyes) {
		t.Errorf("own request: %v", err)
	}
	if _, err := c.Take(input(c.Next(), 6, party.Administrator), facts()); err != nil {
		t.Errorf("somebody else: %v", err)
	}
}

func TestOnlyAdministratorsAndOperatorsTakeSteps(t *testing.T) {
	for _, role := range []party.Role{party.Officer, party.Application, party.HeadOfAgency, party.Administrator, party.Operator,
		party.Auditor} {
		c := Case{Agency: 7, Procedure: find(t, "poc"), State: Open}
		_, err := c.Take(input(c.Next(), 5, role), facts())
		if may := role == party.Administrator || role == party.Operator; (err == nil) != may {
			t.Errorf("%s: %v", role, err)
		}
		if _, err := c.TakeBack(Input{By: 5, Role: role, Reason: "keliru"}, facts()); (err == nil) != (role == party.Administrator ||
			role == party.Operator) {
			t.Errorf("%s takes back: %v", role, err)
		}
	}
}

func TestRefusalNeedsAReasonAndEndsTheCaseWithoutEffect(t *testing.T) {
	c := Case{Agency: 7, Procedure: find(t, "penghentian"), State: Open}
	r, err := c.Take(input(c.Next(), 5, party.Operator), facts())
	if err != nil {
		t.Fatal(err)
	}
	c.Taken = append(c.Taken, r.Taken)
	in := input(c.Next(), 6, party.Administrator)
	in.Verdict = Refuse
	if _, err := c.Take(in, facts()); err == nil {
		t.Error("a refusal without a reason was taken")
	}
	in.Reason = "bukti belum cukup"
	r, err = c.Take(in, facts())
	if err != nil || r.State != Refused || len(r.Effects) > 0 || r.Taken.Letter != "" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestFailedPoCIsRecordedAndKeepsTheQuota(t *testing.T) {
	c := Case{Agency: 7, Procedure: find(t, "poc"), State: Open}
	for len(c.Taken) < 4 {
		by, role := int64(5), party.Operator
		if c.Next().Decision {
			by, role = 6, party.Administrator
		}
		r, err := c.Take(input(c.Next(), by, role), facts())
		if err != nil {
			t.Fatal(err)
		}
		c.Taken = append(c.Taken, r.Taken)
	}
	in := input(c.Next(), 6, party.Administrator)
	in.Verdict, in.Reason = Refuse, "aplikasi menyimpan data"
	r, err := c.Take(in, facts())
	if err != nil || len(r.Effects) != 1 || r.Effects[0].(RecordPoC).Letter.Passed || r.Effects[0].(RecordPoC).Letter.Letter != in.Number {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestFaultsNameTheFieldAndRepeatNoValue(t *testing.T) {
	c := Case{Agency: 7, Procedure: find(t, "user-id"), State: Open}
	in := input(c.Next(), 5, party.Operator)
	bad := map[string]string{
		"nik": "3303019945790002", "nama": strings.Repeat("RAHASIA", 60), "surel": "RAHASIA bukan surel", "user_id": "RAHASIA/../",
		"peran": "RAHASIA", "metode_pengguna": "RAHASIA", "nip": "",
	}
	maps.Copy(in.Values, bad)
	in.Letter, in.LetterDay = "", day.AddDate(0, 0, 1)
	_, err := c.Take(in, facts())
	faults, ok := errors.AsType[told.Errors](err)
	if !ok {
		t.Fatal(err)
	}
	var fields []string
	for _, f := range faults {
		fields = append(fields, f.Field)
		if strings.Contains(f.Text, "RAHASIA") || strings.Contains(f.Text, "9945") {
			t.Errorf("a value is repeated: %s", f.Text)
		}
	}
	for want := range bad {
		if !slices.Contains(fields, want) {
			t.Errorf("no fault for %s", want)
		}
	}
	if !slices.Contains(fields, "surat") || !slices.Contains(fields, "tanggal_surat") || strings.Contains(err.Error(), "RAHASIA") {
		t.Errorf("%v", err)
	}
}

func TestAddendumChangesOnlyWhatWasFilledIn(t *testing.T) {
	c := Case{Agency: 7, Procedure: find(t, "perubahan"), State: Open,
		Taken: []Taken{{Values: map[string]string{"elemen": "nik", "mulai": "2026-10-01"}}}}
	e, err := c.Addendum(facts())
	if err != nil {
		t.Fatal(err)
	}
	ch := e.Addendum.Change
	if *ch.Elements != population.Of(population.ElNIK) || ch.Methods != nil || ch.Quota != nil || ch.Networks != nil ||
		ch.Purposes != nil || ch.EndsOn != nil {
		t.Errorf("%+v", ch)
	}
	if rows := e.Changes(); len(rows) != 1 || rows[0][0] != "Elemen (PKS Pasal 2 ayat (1) huruf a dan Pasal 3 ayat (2) huruf a)" ||
		rows[0][2] != "NIK" {
		t.Errorf("%v", rows)
	}
	_, before, after := e.Words()
	if !strings.Contains(before, "Alamat") || strings.Contains(after, "Alamat") || !strings.Contains(after, "1 Oktober 2026") {
		t.Errorf("from %q to %q", before, after)
	}
	c.Taken[0].Values = map[string]string{}
	if _, err := c.Addendum(facts()); !errors.Is(err, agreement.ErrNoChange) {
		t.Errorf("nothing filled in: %v", err)
	}
}

// A name that somebody else has is told beside its field, and once more when the effect comes: somebody may have taken it meanwhile.
func TestNamesInUseAreRefused(t *testing.T) {
	c := Case{Agency: 7, Procedure: find(t, "user-id"), State: Open}
	in := input(c.Next(), 5, party.Operator)
	in.Values["user_id"] = " Petugas.Baru "
	if n := c.Names(in); !slices.Equal(n.Logins, []string{"petugas.baru"}) || n.Codes != nil {
		t.Fatalf("names asked about: %+v", n)
	}
	x := facts()
	x.InUse.Logins = []string{"petugas.baru"}
	if _, err := c.Take(in, x); told.Invalids(err).Of("user_id") == "" {
		t.Error("a user id that is taken:", err)
	}
	for c.Next().Effect != "create-user" {
		by, role := int64(5), party.Operator
		if c.Next().Decision {
			by, role = 6, party.Administrator
		}
		r, err := c.Take(input(c.Next(), by, role), facts())
		if err != nil {
			t.Fatal(err)
		}
		c.Taken = append(c.Taken, r.Taken)
	}
	last := input(c.Next(), 6, party.Administrator)
	if n := c.Names(last); !slices.Equal(n.Logins, []string{"petugas.baru"}) {
		t.Errorf("names asked about: %+v", n)
	}
	if _, err := c.Take(last, x); err == nil {
		t.Error("a user id that was taken meanwhile was given")
	} else if _, ok := told.Text(err); !ok {
		t.Error(err)
	}
	first := Case{Agency: 1, Procedure: find(t, "instansi"), State: Open}
	for i := range first.Procedure.Steps {
		if s := &first.Procedure.Steps[i]; slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Kind == "code" }) {
			first.Taken = make([]Taken, i)
			in := input(s, 5, party.Operator)
			x.InUse.Codes = first.Names(in).Codes
			if _, err := first.Take(in, x); len(x.InUse.Codes) != 1 || told.Invalids(err).Of("kode") == "" {
				t.Error("a code that is taken:", x.InUse.Codes, err)
			}
		}
	}
}

// Rights rest on dates: one in a taken step that cannot be read is a fault, never none, and never told as a refusal.
func TestAnUnreadableDateIsAFault(t *testing.T) {
	for _, p := range Defaults() {
		x := facts()
		if p.Needs == "provider" {
			x.Institution = party.Institution{ID: party.Provider, Zone: party.WIB}
			x.Users[0].Institution, x.Users[0].Role = party.Provider, party.Auditor
			for id := range int64(9) {
				x.Staff = append(x.Staff, party.User{ID: 100 + id, Identity: party.Identity{NIP: strconv.FormatInt(200+id, 10)}})
			}
		}
		c := Case{ID: 1, Agency: x.Institution.ID, Procedure: p, State: Open}
		for c.Next() != nil {
			s := c.Next()
			in := input(s, int64(len(c.Taken)+100), party.Administrator)
			prepare(&x, s)
			r, err := c.Take(in, x)
			if err != nil {
				t.Fatalf("%s: %v", p.Key, err)
			}
			for _, key := range datesOf(s, r.Effects) {
				spoiled := c
				spoiled.Taken = append(slices.Clone(c.Taken), Taken{Verdict: Withdraw, Values: map[string]string{key: "31-02-2026"}})
				if slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Key == key }) {
					continue // asked for in this very step: the form refuses it
				}
				_, err := spoiled.Take(in, x)
				if _, refused := told.Text(err); err == nil || refused {
					t.Errorf("%s, %s: %s is unreadable, and it is told as %v", p.Key, s.Key, key, err)
				}
			}
			for _, e := range r.Effects {
				if u, ok := e.(CreateUser); ok {
					u.User.ID = 12
					x.Users = append(x.Users, u.User)
				}
			}
			c.Taken, c.State = append(c.Taken, r.Taken), r.State
		}
	}
}

// datesOf are the fields of kind "date" that the step's effect needs.
func datesOf(s *Step, made []Effect) (keys []string) {
	if len(made) == 0 {
		return nil
	}
	for key, kind := range effects[s.Effect].needs {
		if kind == "date" {
			keys = append(keys, key)
		}
	}
	return keys
}

// A new name takes the new address and e-mail with it, also when both read the same, and keeps those that were left empty.
func TestRenamingTakesWhatWasFilledInAndKeepsTheRest(t *testing.T) {
	x := facts()
	x.Institution.Address, x.Institution.Email = "Jalan Lama 1", "lama@rekaan.example"
	for filled, want := range map[[2]string][2]string{
		{"", ""}: {"Jalan Lama 1", "lama@rekaan.example"}, {"Jalan Baru 2", ""}: {"Jalan Baru 2", "lama@rekaan.example"},
		{"", "baru@rekaan.example"}:                    {"Jalan Lama 1", "baru@rekaan.example"},
		{"baru@rekaan.example", "baru@rekaan.example"}: {"baru@rekaan.example", "baru@rekaan.example"},
	} {
		c := Case{Agency: 7, Procedure: find(t, "nomenklatur"), State: Open}
		for by, role := int64(5), party.Operator; c.Next() != nil; by, role = 6, party.Administrator {
			in := input(c.Next(), by, role)
			if _, asked := in.Values["alamat_instansi"]; asked {
				in.Values["alamat_instansi"], in.Values["surel_instansi"] = filled[0], filled[1]
			}
			r, err := c.Take(in, x)
			if err != nil {
				t.Fatal(err)
			}
			c.Taken, c.State = append(c.Taken, r.Taken), r.State
			if c.State == Done {
				if got := r.Effects[0].(RenameInstitution).New; [2]string{got.Address, got.Email} != want || got.Name != "teks" {
					t.Errorf("%q became %q, %q", filled, got.Address, got.Email)
				}
			}
		}
	}
}

func TestBrokenProceduresAreRefusedByName(t *testing.T) {
	good := "key = \"a\"\nname = \"A\"\nclause = \"B\"\nneeds = \"agency\"\n[[step]]\nkey = \"x\"\nname = \"X\"\nby = \"agency\"\n"
	for name, text := range map[string]string{
		"effect":      good + "effect = \"fly\"\n",
		"needs field": good + "effect = \"issue-link\"\n",
		"kind":        good + "[[step.field]]\nkey = \"f\"\nname = \"F\"\nkind = \"colour\"\n",
		"document":    good + "document = \"nothing\"\n",
		"unknown":     good + "wings = 2\n",
		"by":          strings.Replace(good, `by = "agency"`, `by = "nobody"`, 1),
	} {
		if _, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(text)}}, "p"); err == nil || !strings.Contains(err.Error(), "p/a.toml") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(good)}}, "p"); err != nil || len(all) != 1 {
		t.Errorf("a good one: %v", err)
	}
}
