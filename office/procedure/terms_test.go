package procedure

import (
	"encoding/json"
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/person/population"
)

// withTerm adds a term to the table for the length of the test.
func withTerm(t *testing.T) *agreement.Term {
	days := agreement.Define(agreement.Term{Key: "grace_days", Name: "tenggang pejabat", Title: "Tenggang pejabat baru",
		Fields: []agreement.Field{{
			Key: "hari_tenggang", Kind: "number", Name: "Hari tenggang pejabat baru", NewName: "Hari tenggang yang baru",
		}}}, func(n int) string { return strconv.Itoa(n) + " hari" }, func(filled func(string) string, _ int) (*int, error) {
		v := filled("hari_tenggang")
		if v == "" {
			return nil, nil
		}
		n, err := strconv.Atoi(v)
		return &n, err
	})
	before := agreement.Table
	agreement.Table = append(slices.Clone(before), days)
	t.Cleanup(func() { agreement.Table = before })
	return days
}

// run takes all steps of a procedure and returns the last step's effects.
func run(t *testing.T, p *Procedure, x Facts, fill func(in Input)) []Effect {
	t.Helper()
	c := Case{ID: 1, Agency: x.Institution.ID, Procedure: p, State: Open}
	for {
		in := input(c.Next(), int64(len(c.Taken)+1), party.Administrator)
		fill(in)
		r, err := c.Take(in, x)
		if err != nil {
			t.Fatalf("%s: %v", c.Next().Key, err)
		}
		c.Taken, c.State = append(c.Taken, r.Taken), r.State
		if c.Next() == nil {
			return r.Effects
		}
	}
}

// stored writes a value as the database keeps it and reads it back.
func stored[T any](t *testing.T, v T) (back T) {
	t.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &back)
	}
	if err != nil || !reflect.DeepEqual(back, v) {
		t.Fatalf("%s: %v", b, err)
	}
	return back
}

// A new term is one entry of the table: forms ask for it, the agreement settles it, an addendum changes it and it alone, and it is kept and
// told in words.
func TestANewTermIsOneEntryOfTheTable(t *testing.T) {
	days := withTerm(t)
	x := facts()
	signed := run(t, find(t, "pks"), x, func(in Input) {
		if _, asked := in.Values["hari_tenggang"]; asked {
			in.Values["hari_tenggang"] = "14"
		}
	})
	sign := signed[0].(SignAgreement)
	if _, _, after := sign.Words(); !strings.Contains(after, "; tenggang pejabat: 14 hari") {
		t.Errorf("the agreement is recorded as %q", after)
	}
	a := sign.Agreement
	a.Terms = stored(t, a.Terms)
	g := a.At(day.Add(time.Hour), day)
	if agreement.In[int](g, days) != 14 {
		t.Fatalf("granted: %+v", g.More)
	}
	if rows := g.Rows(); !slices.Contains(rows, [2]string{"Tenggang pejabat baru", "14 hari"}) {
		t.Errorf("the page says %v", rows)
	}

	x.Agreement, x.Grant = &a, &g
	change := find(t, "perubahan")
	changed := run(t, change, x, func(in Input) {
		for key := range in.Values {
			if s := change.Steps[0]; slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Key == key }) {
				in.Values[key] = ""
			}
		}
		if _, asked := in.Values["hari_tenggang"]; asked {
			in.Values["hari_tenggang"] = "30"
		}
		if _, asked := in.Values["mulai"]; asked {
			in.Values["mulai"] = day.AddDate(0, 0, 1).Format(time.DateOnly)
		}
	})
	add := changed[0].(AddAddendum)
	subject, was, after := add.Words()
	if subject == "" || was != "tenggang pejabat: 14 hari" || after != "tenggang pejabat: 30 hari; mulai 17 September 2026" {
		t.Errorf("the addendum is recorded as %q, %q", was, after)
	}
	if rows := add.Changes(); !reflect.DeepEqual(rows, [][3]string{{"Tenggang pejabat", "14 hari", "30 hari"}}) {
		t.Errorf("the letter's table: %v", rows)
	}
	add.Addendum.Change = stored(t, add.Addendum.Change)
	a.Addenda = append(a.Addenda, add.Addendum)
	for on, want := range map[time.Time]int{day: 14, day.AddDate(0, 0, 1): 30} {
		g := a.At(on.Add(time.Hour), on)
		if agreement.In[int](g, days) != want || g.Quota != 200 || g.Elements != sign.Agreement.Terms.Elements {
			t.Errorf("%s: %+v", on, g)
		}
	}
}

// A term that must be settled is missed beside its field, whatever procedure the office writes.
func TestAMissingTermIsToldBesideItsField(t *testing.T) {
	withTerm(t)
	proposed, err := agreement.Propose(func(field string) string {
		return map[string]string{"elemen": "nik", "metode": "portal", "kuota": "200", "jaringan": "10.0.0.0/8", "tujuan": "bantuan"}[field]
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := proposed.Settle(); told.Invalids(err).Of("hari_tenggang") == "" {
		t.Error("a term is missing:", err)
	}
	text := strings.Replace(pksWithoutTerms, "TERMS", "", 1)
	if _, err := Read(fstest.MapFS{"p/1.toml": {Data: []byte(text)}}, "p"); err == nil || !strings.Contains(err.Error(),
		"sign-agreement needs a field") {
		t.Error("a procedure that signs without asking for the terms:", err)
	}
	text = strings.Replace(pksWithoutTerms, "TERMS", "[[step.field]]\nkind = \"terms\"", 1)
	all, err := Read(fstest.MapFS{"p/1.toml": {Data: []byte(text)}}, "p")
	if err != nil || !slices.ContainsFunc(all[0].Steps[0].Fields, func(f Field) bool {
		return f.Key == "hari_tenggang" && f.Name != "" &&
			!f.Optional
	}) {
		t.Error(all, err)
	}
}

const pksWithoutTerms = `
key = "x"
name = "X"
clause = "X"
needs = "agency"
[[step]]
key = "s"
name = "S"
by = "provider"
TERMS
[[step.field]]
key = "nomor_dinas"
name = "N"
kind = "text"
[[step.field]]
key = "nomor_instansi"
name = "N"
kind = "text"
[[step.field]]
key = "tentang"
name = "N"
kind = "text"
[[step.field]]
key = "ditandatangani"
name = "N"
kind = "date"
min = ["hari_ini - 1 tahun"]
max = ["hari_ini"]
[[step.field]]
key = "berlaku_sampai"
name = "N"
kind = "date"
min = ["hari_ini"]
max = ["ditandatangani + 5 tahun"]
[[step.field]]
key = "narahubung_dinas"
name = "N"
kind = "long"
[[step.field]]
key = "narahubung_instansi"
name = "N"
kind = "long"
[[step]]
key = "d"
name = "D"
by = "provider"
decision = true
effect = "sign-agreement"
`

// Agreements and addenda that were kept before the table are read as they were meant, and written under the same keys.
func TestStoredAgreementsAreReadAsBefore(t *testing.T) {
	const terms = `{"elements":["nik","nama_lengkap"],"methods":["portal"],"quota":200,"networks":["10.1.2.0/24"],"purposes":["bantuan"],"balikan":{"days":14,"fields":["NOMOR"]}}`
	const change = `{"quota":500,"balikan":{"days":7,"fields":["NOMOR"]},"ends_on":"2028-01-01T00:00:00Z"}`
	var got agreement.Terms
	var c agreement.Change
	if err := errors.Join(json.Unmarshal([]byte(terms), &got), json.Unmarshal([]byte(change), &c)); err != nil {
		t.Fatal(err)
	}
	want := agreement.Terms{
		Elements: population.Of(population.ElNIK, population.ElName), Methods: []string{"portal"}, Quota: 200,
		Networks: []netip.Prefix{netip.MustParsePrefix("10.1.2.0/24")}, Purposes: []string{"bantuan"}, Balikan: &agreement.Balikan{Days: 14,
			Fields: []string{"NOMOR"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if b, err := json.Marshal(got); err != nil || string(b) != terms {
		t.Errorf("%s, %v", b, err)
	}
	if b, err := json.Marshal(c); err != nil || string(b) != change {
		t.Errorf("%s, %v", b, err)
	}
	var old agreement.Terms
	if err := json.Unmarshal([]byte(`{"elements":["nik"],"methods":null,"quota":0,"networks":null,"purposes":null}`), &old); err != nil ||
		old.Balikan != nil || old.Methods != nil {
		t.Errorf("%+v, %v", old, err)
	}
	if err := json.Unmarshal([]byte(`{"quota":1,"unknown_right":true}`), &old); err == nil {
		t.Error("a term that nobody knows was left out")
	}
}

// The words of every term, as they stand in records and letters.
func TestTermsInWords(t *testing.T) {
	x := facts()
	x.Grant.Networks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	values := map[string]string{
		"elemen": "nik\nnama_lengkap", "metode": "portal\napi", "kuota": "500", "jaringan": "10.1.2.0/24\n10.9.9.9/32",
		"tujuan": "bantuan\nbenih", "hari_balikan": "7",
		"berlaku_sampai": "2028-01-02", "mulai": "2026-10-01",
	}
	c := Case{ID: 1, Procedure: find(t, "perubahan"), Taken: []Taken{{Values: values}}}
	add, err := c.Addendum(x)
	if err != nil {
		t.Fatal(err)
	}
	_, was, after := add.Words()
	const wasWords = "kuota: 200 per hari; jaringan: 10.0.0.0/8; tujuan: bantuan; data balikan: NOMOR, JENIS_BANTUAN, dalam 30 hari; " +
		"berlaku sampai 16 September 2027"
	const words = "elemen: NIK, Nama Lengkap; metode: Web portal, Web service (JSON); kuota: 500 per hari; jaringan: 10.1.2.0/24, " +
		"10.9.9.9/32; tujuan: bantuan, benih; " +
		"data balikan: NOMOR, JENIS_BANTUAN, dalam 7 hari; berlaku sampai 2 Januari 2028; mulai 1 Oktober 2026"
	if after != words || !strings.HasSuffix(was, "; metode: Web portal; "+wasWords) {
		t.Errorf("was %q\nbecomes %q", was, after)
	}
	rows := add.Changes()
	if len(rows) != 7 || rows[2] != [3]string{"Kuota (Juknis II.B)", "200 per hari", "500 per hari"} ||
		rows[6] != [3]string{"Jangka waktu (PKS Pasal 4)",
			"sampai 16 September 2027", "sampai 2 Januari 2028"} {
		t.Errorf("%q", rows)
	}
	limited := *x.Grant
	x.tried(agreement.PoCLetter{On: x.Today, Passed: true})
	if !slices.Contains(x.Grant.Rows(), [2]string{"Kuota harian", "tanpa batas"}) || !slices.Contains(limited.Rows(),
		[2]string{"Kuota harian", "200 per hari"}) {
		t.Error(x.Grant.Rows())
	}
}
