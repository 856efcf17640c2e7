package agreement

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"gapura/internal/told"
	"gapura/person/population"
)

// everything fills each field of the table in.
var everything = map[string]string{
	"elemen": "nik\nnama_lengkap", "metode": "portal\napi", "kuota": "7", "jaringan": "10.1.0.0/16\n10.2.0.1/32",
	"tujuan":        "bantuan\npupuk",
	"kolom_balikan": "A\nB", "hari_balikan": "9", "berlaku_sampai": "2029-01-01",
}

func from(all map[string]string) func(string) string {
	return func(field string) string { return all[field] }
}

func settledChange() Change {
	return Change{
		Elements: ptr(population.Of(population.ElNIK, population.ElName)), Methods: []string{Portal, API}, Quota: ptr(7),
		Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("10.2.0.1/32")}, Purposes: []string{"bantuan",
			"pupuk"},
		Balikan: &Balikan{Fields: []string{"A", "B"}, Days: 9},
	}
}

// TestAnAgreementSettlesWhatIsFilledIn and asks by its name for what is missing; the end is not asked for.
func TestAnAgreementSettlesWhatIsFilledIn(t *testing.T) {
	got, err := Propose(from(everything))
	if err != nil || !reflect.DeepEqual(got, settledChange()) {
		t.Fatalf("%+v, %v", got, err)
	}
	terms, err := got.Settle()
	want := settledChange()
	if err != nil || !reflect.DeepEqual(terms, Terms{*want.Elements, want.Methods, 7, want.Networks, want.Purposes, want.Balikan, nil}) {
		t.Errorf("%+v, %v", terms, err)
	}
	for field := range everything {
		less := map[string]string{}
		for k, v := range everything {
			if k != field {
				less[k] = v
			}
		}
		c, err := Propose(from(less))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Settle()
		optional := strings.HasSuffix(field, "_balikan") || field == "berlaku_sampai"
		if (err == nil) != optional || !optional && told.Invalids(err).Of(field) == "" {
			t.Errorf("without %s: %v", field, err)
		}
	}
	// Half of what data balikan are keeps the other half of the agreement before it, of a new one the default.
	for field, want := range map[string]Balikan{"kolom_balikan": {Fields: []string{"A", "B"}, Days: DefaultBalikan.Days},
		"hari_balikan": {Fields: DefaultBalikan.Fields, Days: 9}} {
		c, err := Propose(from(map[string]string{field: everything[field]}))
		if err != nil || c.Balikan == nil || !reflect.DeepEqual(*c.Balikan, want) {
			t.Errorf("%s alone: %+v, %v", field, c.Balikan, err)
		}
	}
	for field, typed := range map[string]string{"elemen": "lain", "kuota": "x", "jaringan": "x", "hari_balikan": "x"} {
		if _, err := Propose(from(map[string]string{field: typed})); err == nil {
			t.Errorf("%s that cannot be read is taken", field)
		}
		if _, err := Amend(from(map[string]string{field: typed}), Grant{}); err == nil {
			t.Errorf("%s that cannot be read is amended", field)
		}
	}
}

func TestAnAddendumAmendsWhatIsFilledIn(t *testing.T) {
	before := Grant{EndsOn: date("2028-01-01"), Balikan: Balikan{Fields: []string{"X"}, Days: 5}}
	c, err := Amend(from(everything), before)
	want := settledChange()
	want.EndsOn = ptr(date("2029-01-01"))
	if err != nil || !reflect.DeepEqual(c, want) {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, err := Amend(from(nil), before); err != ErrNoChange {
		t.Error("nothing filled in:", err)
	}
	if _, err := Amend(from(map[string]string{"berlaku_sampai": "2028-01-01"}), before); err == nil || err == ErrNoChange {
		t.Error("an extension to the day on which it ends anyway:", err)
	}
	if c, err := Amend(from(map[string]string{"hari_balikan": "9"}), before); err != nil || !reflect.DeepEqual(*c.Balikan,
		Balikan{Fields: []string{"X"}, Days: 9}) {
		t.Errorf("%+v, %v", c.Balikan, err)
	}
}

// TestTermsInWords: what a record and a letter say, before and after.
func TestTermsInWords(t *testing.T) {
	c := settledChange()
	c.EndsOn = ptr(date("2029-01-01"))
	before := Grant{
		Elements: population.Of(population.ElNIK), Methods: []string{"lain"}, Quota: 200, Purposes: []string{"bantuan"},
		Balikan: Balikan{Fields: []string{"X"}, Days: 5}, EndsOn: date("2028-01-01"),
		Networks: []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")},
	}
	after, was := c.Words(before)
	if want := "elemen: NIK, Nama Lengkap; metode: Web portal, Web service (JSON); kuota: 7 per hari; jaringan: 10.1.0.0/16, " +
		"10.2.0.1/32; tujuan: bantuan, pupuk; " +
		"data balikan: A, B, dalam 9 hari; berlaku sampai 1 Januari 2029"; after != want {
		t.Errorf("after: %q", after)
	}
	if want := "elemen: NIK; metode: lain; kuota: 200 per hari; jaringan: 10.9.0.0/16; tujuan: bantuan; data balikan: X, dalam 5 hari; " +
		"berlaku sampai 1 Januari 2028"; was != want {
		t.Errorf("was: %q", was)
	}
	if after, was := (Change{Quota: ptr(0)}).Words(before); after != "kuota: 0 per hari" || was != "kuota: 200 per hari" {
		t.Errorf("%q, %q", after, was)
	}
	rows := c.Rows(before)
	if len(rows) != 7 || rows[2] != [3]string{"Kuota (Juknis II.B)", "200 per hari", "7 per hari"} ||
		rows[6] != [3]string{"Jangka waktu (PKS Pasal 4)",
			"sampai 1 Januari 2028", "sampai 1 Januari 2029"} {
		t.Errorf("%q", rows)
	}
	if rows := (Change{}).Rows(before); len(rows) != 0 {
		t.Errorf("%q", rows)
	}
	if rows := before.Rows(); len(rows) != 11 || rows[2] != [2]string{"Kuota harian", "200 per hari"} || rows[0][0] != "Elemen data" ||
		rows[8] != [2]string{"Pemberi izin pengungkapan", "Dinas Dukcapil"} {
		t.Errorf("%q", rows)
	}
	before.poc = []PoCLetter{{Passed: true}}
	if rows := before.Rows(); rows[2][1] != "tanpa batas" {
		t.Errorf("%q", rows)
	}
	if w := (Terms{
		Elements: population.Of(population.ElNIK), Methods: []string{Portal}, Quota: 1}).Words(); w != "elemen: NIK; "+
		"metode: Web portal; kuota: 1 per hari" {
		t.Errorf("%q", w)
	}
}

// TestUnknownTermIsAnError: a right may rest on it.
func TestUnknownTermIsAnError(t *testing.T) {
	var terms Terms
	var change Change
	for _, stored := range []string{`{"wings":2}`, `{"quota":"x"}`, `[`} {
		if json.Unmarshal([]byte(stored), &terms) == nil || json.Unmarshal([]byte(stored), &change) == nil {
			t.Errorf("%s is read", stored)
		}
	}
}

// TestAFormHoldsWhatIsGranted, one value a line; a term that no form has is empty.
func TestAFormHoldsWhatIsGranted(t *testing.T) {
	g := Grant{Elements: population.Of(population.ElNIK), Methods: []string{Portal, API}, Quota: 7, Purposes: []string{"bantuan"},
		Balikan: Balikan{Fields: []string{"X", "Y"}, Days: 5}, EndsOn: date("2028-01-01"),
		Networks: []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16"), netip.MustParsePrefix("10.1.0.1/32")}}
	for field, want := range map[string]string{"kolom_balikan": "X\nY", "hari_balikan": "5", "tujuan": "bantuan", "kuota": "7",
		"berlaku_sampai": "2028-01-01", "jaringan": "10.9.0.0/16\n10.1.0.1/32", "metode": "portal\napi", "tidak_ada": ""} {
		if got := Typed(g, field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
}

// TestDataBalikanNeedNotBeAgreedUpon: what every agreement has holds then.
func TestDataBalikanNeedNotBeAgreedUpon(t *testing.T) {
	c := settledChange()
	c.Balikan = nil
	terms, err := c.Settle()
	if err != nil || terms.Balikan != nil {
		t.Fatalf("%+v, %v", terms.Balikan, err)
	}
	a := Agreement{SignedOn: date("2026-01-01"), EndsOn: date("2028-01-01"), Terms: terms}
	if g := a.At(date("2026-02-01"), date("2026-02-01")); !reflect.DeepEqual(g.Balikan, DefaultBalikan) {
		t.Errorf("%+v", g.Balikan)
	}
}
