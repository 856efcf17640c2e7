package procedure

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
)

// three is a request for three people in one letter: an officer, a program, and a colleague of the officer who is asked for like the first.
// The place of a fourth between them was left empty.
func three() map[string]string {
	return map[string]string{
		"nik": "3303014507900002", "nama": "Rekaan Tiga", "nip": "11", "status_kepegawaian": "pns", "jabatan": "Petugas",
		"peran":        "officer",
		"kode_wilayah": "33.03", "kantor": "Kantor Rekaan", "surel": "tiga@rekaan.example", "user_id": "tiga.rekaan",
		"metode_pengguna": agreement.Portal, "hak_data": MatchOnly, "tujuan_pengguna": "bantuan", "masa_berlaku": "90",
		"nik-2": "", "nama-2": "  ", "status_kepegawaian-2": "pns", "peran-2": "officer",
		"nik-3": "3303014812880001", "nama-3": "Rekaan Empat", "nip-3": "12", "status_kepegawaian-3": "pppk", "jabatan-3": "Pranata",
		"peran-3": "application", "user_id-3": "empat.rekaan", "metode_pengguna-3": agreement.API, "hak_data-3": "full",
		"token-3": string(party.APIToken), "aplikasi-3": "Aplikasi Empat", "kegunaan-3": "antrean",
		"nik-4": "3303010203700003", "nama-4": "Rekaan Lima", "nip-4": "13", "status_kepegawaian-4": "pns", "jabatan-4": "Petugas",
		"peran-4": "officer", "user_id-4": "lima.rekaan", "surel-4": "lima@rekaan.example",
	}
}

func listing(values map[string]string) Input {
	return Input{By: 9, Role: party.AgencyAdmin, At: day, Letter: "470/1/2026", LetterDay: day, Scans: 1, Values: values}
}

// requested is a request for three after its first step.
func requested(t *testing.T, values map[string]string) Case {
	t.Helper()
	c := asked(t, "user-id")
	r, err := c.Take(listing(values), facts())
	if err != nil {
		t.Fatal(err)
	}
	c.Taken = append(c.Taken, r.Taken)
	return c
}

// One letter asks for several: the decision makes every user id with its own rights, and the signed BAST issues every one's slip, with the
// NDA of those who signed it.
func TestOneRequestMakesAUserIDOfEachWhomItLists(t *testing.T) {
	c, x := requested(t, three()), facts()
	if got := c.Persons(); !slices.Equal(got, []int{1, 3, 4}) {
		t.Fatalf("persons %v", got)
	}
	if got := c.About(); !slices.Equal(got, []string{"tiga.rekaan", "empat.rekaan", "lima.rekaan"}) {
		t.Errorf("about %v", got)
	}
	if p, err := c.Preview(x); err != nil || len(p.Changes) != 5 {
		t.Errorf("who decides sees %v %v", p, err)
	}
	r, err := c.Take(Input{By: 2, Role: party.Administrator, At: day, Verdict: Approve}, x)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]party.User{}
	var tokens []PrepareToken
	for _, e := range r.Effects {
		switch e := e.(type) {
		case CreateUser:
			made[e.User.Login] = e.User
		case PrepareToken:
			tokens = append(tokens, e)
		}
	}
	for login, want := range map[string]party.User{
		"tiga.rekaan": {Name: "Rekaan Tiga", Role: party.Officer, Methods: []string{agreement.Portal}, MatchOnly: true,
			Purposes: []string{"bantuan"}, Email: "tiga@rekaan.example"},
		"empat.rekaan": {Name: "Rekaan Empat", Role: party.Application, Methods: []string{agreement.API}, Purposes: []string{"bantuan"}},
		"lima.rekaan": {Name: "Rekaan Lima", Role: party.Officer, Methods: []string{agreement.Portal}, MatchOnly: true,
			Purposes: []string{"bantuan"}, Email: "lima@rekaan.example"}, // as the first
	} {
		got := made[login]
		if got.Name != want.Name || got.Role != want.Role || !slices.Equal(got.Methods, want.Methods) || got.MatchOnly != want.MatchOnly ||
			!slices.Equal(got.Purposes, want.Purposes) || got.Email != want.Email || !got.Identity.Known() {
			t.Errorf("%s is %+v", login, got)
		}
	}
	if len(made) != 3 || len(tokens) != 1 || tokens[0].User.Login != "empat.rekaan" || tokens[0].Application != "Aplikasi Empat" {
		t.Errorf("%d user ids, tokens %+v", len(made), tokens)
	}
	c.Taken = append(c.Taken, r.Taken, Taken{Step: "bast", By: 2})
	x.Users = slices.Concat(x.Users, slices.Collect(maps.Values(made)))
	names := func() (list []string) {
		for _, f := range c.Form(nil) {
			list = append(list, f.Name)
		}
		return list
	}()
	want := []string{"NDA ditandatangani pada, Rekaan Tiga", "NDA ditandatangani pada, Rekaan Empat",
		"NDA ditandatangani pada, Rekaan Lima",
		"Nomor formulir NDA"}
	if !slices.Equal(names, want) {
		t.Errorf("the table asks for %v", names)
	}
	in := Input{By: 5, Role: party.Operator, At: day, Scans: 1, Values: map[string]string{"nda_ditandatangani": "2026-09-16",
		"nda_ditandatangani-4": "2026-09-15", "nda_formulir": "FR.01"}}
	for key, field := range map[string]string{"2026-09-17": "nda_ditandatangani-4", "x": "nda_ditandatangani-4"} {
		bad := in.with("nda_ditandatangani-4", key)
		if _, err := c.Take(bad, x); told.Invalids(err).Of(field) == "" {
			t.Errorf("%s: %v", key, err)
		}
	}
	if r, err = c.Take(in, x); err != nil {
		t.Fatal(err)
	}
	c.Taken = append(c.Taken, r.Taken)
	if r, err = c.Take(Input{By: 2, Role: party.Administrator, At: day, Verdict: Approve}, x); err != nil {
		t.Fatal(err)
	}
	var slips, signed []string
	for _, e := range r.Effects {
		switch e := e.(type) {
		case IssueLink:
			slips = append(slips, e.User.Login)
			if e.Life.Hours() != 90*24 {
				t.Errorf("the token of %s is for %s", e.User.Login, e.Life)
			}
		case SignNDA:
			signed = append(signed, e.User.Login+" "+e.On.Format("02"))
		}
	}
	if !slices.Equal(slips, []string{"tiga.rekaan", "empat.rekaan", "lima.rekaan"}) ||
		!slices.Equal(signed, []string{"tiga.rekaan 16", "lima.rekaan 15"}) || r.State != Done {
		t.Errorf("slips %v, signed %v, %s", slips, signed, r.State)
	}
}

// What is wrong with one of several is told beside that one's field, and nothing is taken of the others.
func TestEachOfSeveralIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		key, value, field, says string
	}{
		"no name":              {"nama-3", "", "nama-3", "pengguna 3 harus diisi"},
		"a malformed NIK":      {"nik-4", "123", "nik-4", "tidak sesuai format"},
		"a login in use":       {"user_id-4", "petugas.rekaan", "user_id-4", "sudah dipakai"},
		"one login for two":    {"user_id-4", "TIGA.rekaan", "user_id-4", "sudah diminta untuk pengguna 1"},
		"one person twice":     {"nik-4", "3303014507900002", "nik-4", "sudah tercantum sebagai pengguna 1"},
		"one of the office's":  {"peran-4", string(party.Administrator), "peran-4", "harus dipilih dari daftar"},
		"an agency's keeper":   {"peran-4", string(party.AgencyAdmin), "peran-4", "harus dipilih dari daftar"},
		"a desk without name":  {"token-4", string(party.DeskToken), "aplikasi-4", "token loket"},
		"one name in a place":  {"nama-2", "Rekaan Enam", "nik-2", "harus diisi"},
		"a purpose of nobody":  {"tujuan_pengguna-3", "lain", "tujuan_pengguna-3", "tidak ada dalam perjanjian"},
		"the first has no NIK": {"nik", "", "nik", "harus diisi"},
	} {
		x, of := facts(), asked(t, "user-id")
		x.InUse.Logins = []string{"petugas.rekaan"}
		values := three()
		values[c.key] = c.value
		_, err := of.Take(listing(values), x)
		if got := told.Invalids(err).Of(c.field); !strings.Contains(got, c.says) {
			t.Errorf("%s: %q of %v", name, got, err)
		}
	}
	// The same person may look after a program too.
	values := three()
	values["nik-3"] = values["nik"]
	c := asked(t, "user-id")
	if _, err := c.Take(listing(values), facts()); err != nil {
		t.Error("an officer who looks after a program:", err)
	}
	// What can only be told when it is decided names whom it is about.
	values = three()
	values["metode_pengguna-3"] = agreement.Portal
	c = requested(t, values)
	_, err := c.Take(Input{By: 2, Role: party.Administrator, At: day, Verdict: Approve}, facts())
	if text, _ := told.Text(err); !strings.HasPrefix(text, "Pengguna 3: Token ini memerlukan metode") {
		t.Error(text, err)
	}
	// Nor is a login given twice when it was free while both asked.
	c = requested(t, three())
	c.Taken[0].Values["user_id-4"] = "tiga.rekaan"
	if _, err := c.Take(Input{By: 2, Role: party.Administrator, At: day, Verdict: Approve}, facts()); err == nil {
		t.Error("one login is given to two")
	}
	// A case of before its procedure asked for what an effect needs says so of each.
	c = requested(t, three())
	delete(c.Taken[0].Values, "jabatan-4")
	if _, err := c.Take(Input{By: 2, Role: party.Administrator, At: day, Verdict: Approve}, facts()); !errors.Is(err, errOutgrown) {
		t.Error("an effect without what it needs of the third:", err)
	}
}

// Nobody decides a list on which they stand, wherever they stand on it.
func TestNobodyDecidesAListOnWhichTheyStand(t *testing.T) {
	c := requested(t, three())
	for _, n := range c.Persons() {
		x := facts()
		if err := c.MayTake(2, party.Administrator, x); err != nil {
			t.Fatal(err)
		}
		x.Staff[1].Identity = c.Person(n).identity()
		if err := c.MayTake(2, party.Administrator, x); !errors.Is(err, ErrFourEyes) {
			t.Errorf("person %d decides: %v", n, err)
		}
	}
}

// A draft keeps every person's NIK until all else of them is emptied, says what each still lacks, and gives those a name who have none.
func TestADraftOfSeveralIsKeptByPerson(t *testing.T) {
	c, x := asked(t, "user-id"), facts()
	in := listing(three())
	in.Values["nip-3"] = ""
	draft, err := c.Fill(in, x)
	if err != nil {
		t.Fatal(err)
	}
	c.Draft = draft
	if got := c.Missing(); !slices.Equal(got, []string{"NIP atau nomor pegawai, pengguna 3"}) {
		t.Errorf("missing %v", got)
	}
	again := listing(three())
	for _, key := range []string{"nik", "nik-3", "nik-4", "nama-4", "nip-4", "jabatan-4", "user_id-4", "surel-4"} {
		again.Values[key] = "" // the NIK is not shown again
	}
	if c.Draft, err = c.Fill(again, x); err != nil || c.Draft["nik-3"] != three()["nik-3"] || c.Draft["nik-4"] != "" ||
		len(c.Missing()) != 0 {
		t.Errorf("%v %v", err, c.Missing())
	}
	if got := c.Persons(); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("persons %v", got)
	}
	part := listing(map[string]string{"jabatan-3": "Kepala Seksi"})
	if c.Draft, err = c.Fill(part, x); err != nil || c.Draft["jabatan-3"] != "Kepala Seksi" || c.Draft["nik-3"] != three()["nik-3"] ||
		c.Draft["nama"] != "Rekaan Tiga" {
		t.Errorf("%v", err)
	}
	for _, key := range []string{"user_id-3", "jabatan-3"} {
		part.Values[key] = ""
	}
	part.Values["nama-3"], part.Values["peran-3"] = "Melati Rekaan", "officer"
	if filled := c.Next().Filled(part, x); filled.Values["user_id-3"] != "melati.dinrekaan" ||
		filled.Values["jabatan-3"] != "Petugas Dinas Rekaan" {
		t.Errorf("derived %v", filled.Values)
	}
}

// A form shows those whom it lists, with room for more on demand, up to the bound.
func TestAListGrowsByItsButton(t *testing.T) {
	c, x := asked(t, "user-id"), facts()
	if got := c.Form(nil); !reflect.DeepEqual(got, c.Next().Fields) || c.MayList(nil) != 19 {
		t.Errorf("a new form has %d fields, room for %d more", len(got), c.MayList(nil))
	}
	typed := c.Listing(map[string]string{"nama": "Rekaan Tiga"}, 2, x)
	last := func(typed map[string]string) (n int) {
		for _, f := range c.Form(typed) {
			n = max(n, f.Person)
		}
		return n
	}
	if last(typed) != 3 || typed["peran-3"] != "officer" || typed["nama"] != "Rekaan Tiga" || c.MayList(typed) != 17 {
		t.Errorf("%v", typed)
	}
	if typed["peran-2"] != "officer" { // the room begins with the next person
		t.Errorf("%v", typed)
	}
	if keys := c.Procedure.Each(); !slices.Contains(keys, "nama") || slices.Contains(keys, "surat") || len(keys) < 10 {
		t.Errorf("asked for of each: %v", keys)
	}
	if got := c.Next().listed(typed); !slices.Equal(got, []int{1}) {
		t.Errorf("room alone lists %v", got)
	}
	typed = c.Listing(c.Listing(typed, 5, x), 100, x)
	if last(typed) != 20 || c.MayList(typed) != 0 || last(c.Listing(typed, 1, x)) != 20 {
		t.Errorf("a list of %d", last(typed))
	}
	c.Draft = three()
	if last(nil) != 4 {
		t.Errorf("what is kept shows %d", last(nil))
	}
	sent := three()
	sent["nama-21"] = "Rekaan"
	if got := c.Next().listed(sent); !slices.Equal(got, []int{1, 3, 4}) {
		t.Errorf("beyond the bound: %v", got)
	}
	if c := asked(t, "token"); c.MayList(nil) != 0 || !slices.Equal(c.Persons(), []int{1}) {
		t.Error("a procedure about one lists several")
	}
}

// A procedure that lists persons where its effects take one does not load.
func TestAListLoadsOnlyWithEffectsOfEach(t *testing.T) {
	for name, c := range map[string]struct {
		key   string
		spoil func(*Procedure)
		says  string
	}{
		"as it is":              {"user-id", func(*Procedure) {}, ""},
		"no step lists them":    {"user-id", func(p *Procedure) { p.Steps[0].Persons = 0 }, "a step before that lists them"},
		"too many":              {"user-id", func(p *Procedure) { p.Steps[0].Persons = mostPersons + 1 }, "up to 50"},
		"two lists":             {"user-id", func(p *Procedure) { p.Steps[3].Persons = 2 }, "one step"},
		"nothing of each":       {"token", func(p *Procedure) { p.Steps[0].Persons = 2 }, "something of each"},
		"an unknown way":        {"user-id", func(p *Procedure) { p.Steps[0].Fields[0].Each = "some" }, "is not known"},
		"a key like a person's": {"user-id", func(p *Procedure) { p.Steps[0].Fields[0].Key = "nik-2" }, "no hyphen"},
		"each before the list": {"user-id", func(p *Procedure) {
			first := p.Steps[0]
			first.Key, first.Persons, first.Fields = "awal", 0, []Field{{Key: "catatan", Kind: "text", Name: "Catatan"}}
			p.Steps = slices.Insert(p.Steps, 0, first)
			p.Steps[1].Persons = 0
		}, "a step before that lists them"},
		"an effect of one person": {"user-id", func(p *Procedure) { p.Steps[4].Effect = "issue-link" }, "of one person"},
	} {
		p := find(t, c.key).copyOf()
		c.spoil(p)
		if err := p.check(); (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One letter changes several user ids, each shown to who decides as it was and as it becomes; nobody who is one of them decides.
func TestOneLetterChangesSeveralUserIDs(t *testing.T) {
	x := facts()
	x.Users = append(x.Users, party.User{ID: 12, Institution: 7, Login: "aplikasi.rekaan", Name: "Rekaan Program", Role: party.Application,
		Methods: []string{agreement.API}, Identity: party.Identity{NIP: "198203042008012001"}})
	x.Staff[3].Identity.NIP = "19820304 200801 2 001"
	values := map[string]string{"pengguna": "petugas.rekaan", "metode_pengguna": agreement.Portal, "hak_data": MatchOnly,
		"status_kepegawaian": "pns", "kode_wilayah": "33.03", "kantor": "Kantor Rekaan", "status_kepegawaian-3": "lainnya",
		"tujuan_pengguna": "bantuan", "pengguna-3": "aplikasi.rekaan", "hak_data-3": "full"}
	for field, spoil := range map[string]map[string]string{
		"pengguna-3": {"pengguna-3": "petugas.rekaan"}, "metode_pengguna-3": {"metode_pengguna-3": "surat"},
	} {
		bad := maps.Clone(values)
		maps.Copy(bad, spoil)
		c := asked(t, "perubahan-user")
		if _, err := c.Take(listing(bad), x); told.Invalids(err).Of(field) == "" {
			t.Errorf("%v: %v", spoil, err)
		}
	}
	c := asked(t, "perubahan-user")
	r, err := c.Take(listing(values), x)
	if err != nil {
		t.Fatal(err)
	}
	c.Taken = append(c.Taken, r.Taken)
	if got := c.About(); !slices.Equal(got, []string{"petugas.rekaan", "aplikasi.rekaan"}) {
		t.Errorf("about %v", got)
	}
	p, err := c.Preview(x)
	if err != nil || p == nil || len(p.Changes) != 2 || p.Changes[1][0] != "User ID aplikasi.rekaan" || p.Changes[1][1] == "" {
		t.Errorf("who decides sees %+v %v", p, err)
	}
	if err := c.MayTake(6, party.Administrator, x); !errors.Is(err, ErrFourEyes) {
		t.Errorf("the second of them decides: %v", err)
	}
	if r, err = c.Take(Input{By: 2, Role: party.Administrator, At: day, Verdict: Approve}, x); err != nil || len(r.Effects) != 0 {
		t.Fatal(r.Effects, err)
	}
	c.Taken = append(c.Taken, r.Taken, Taken{Step: "bast", By: 2})
	if r, err = c.Take(Input{By: 5, Role: party.Operator, At: day, Scans: 1}, x); err != nil {
		t.Fatal(err)
	}
	want := []party.User{x.Users[0], x.Users[1]}
	want[0].Methods, want[0].MatchOnly, want[0].Purposes = []string{agreement.Portal}, true, []string{"bantuan"}
	want[1].Methods, want[1].MatchOnly, want[1].Purposes = []string{agreement.Portal}, false, []string{"bantuan"}
	if !reflect.DeepEqual(r.Effects, []Effect{ChangeUser{x.Users[0], want[0]}, ChangeUser{x.Users[1], want[1]}}) {
		t.Errorf("%+v", r.Effects)
	}
}
