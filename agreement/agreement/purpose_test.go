package agreement

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/person/population"
)

// TestAPurposeHasTheElementsThatItNeeds, never more than the agreement's (A11).
func TestAPurposeHasTheElementsThatItNeeds(t *testing.T) {
	two := population.Of(population.ElNIK, population.ElName)
	a := pks
	a.Addenda = append(a.Addenda[:1:1], Addendum{Number: "A/3", EffectiveOn: date("2026-02-01"),
		Change: Change{More: map[string]any{perPurpose.Key: Narrowed{"bantuan": two.With(population.ElFamilyNo)}}}})
	before, after := a.At(date("2026-01-31"), date("2026-01-31")), a.At(date("2026-02-01"), date("2026-02-01"))
	if before.ElementsOf("bantuan") != population.PKSElements {
		t.Error("narrowed before its day")
	}
	if got := after.ElementsOf("bantuan"); got != two {
		t.Errorf("%s; the agreement does not grant the family card", got)
	}
	if got := after.ElementsOf("lain"); got != population.PKSElements {
		t.Errorf("a purpose that is not narrowed: %s", got)
	}
	b, err := json.Marshal(a.Addenda[1].Change)
	var c Change
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || !reflect.DeepEqual(c, a.Addenda[1].Change) {
		t.Errorf("%s, %v", b, err)
	}
	if rows := after.Rows(); rows[5] != [2]string{"Elemen per tujuan", "bantuan (NIK, Nama Lengkap, Nomor Kartu Keluarga)"} {
		t.Errorf("%q", rows)
	}
}

// TestElementsOfPurposesAreReadLineByLine, with labels or keys; what cannot be read names its line and repeats no value.
func TestElementsOfPurposesAreReadLineByLine(t *testing.T) {
	got, err := ParseNarrowed("bantuan: nik, Nama Lengkap\n\n verifikasi: lanjut : alamat \nlama: -")
	want := Narrowed{"bantuan": population.Of(population.ElNIK, population.ElName),
		"verifikasi: lanjut": population.Of(population.ElAddress)}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for typed, says := range map[string]string{
		"bantuan": "baris 1 harus berbentuk", "a: nik\nb: RAHASIA": "baris 2 memuat elemen", "a:": "baris 1 memuat elemen",
		"a: nik\na: alamat": "baris 2 mengulang", ": nik": "baris 1 harus berbentuk",
	} {
		_, err := ParseNarrowed(typed)
		if text, refused := told.Text(err); !refused || !strings.Contains(text, says) || strings.Contains(text, "RAHASIA") {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

// TestElementsOfPurposesFitTheAgreement: a purpose that is not the agreement's would keep all elements unseen, so it is refused.
func TestElementsOfPurposesFitTheAgreement(t *testing.T) {
	before := pks.At(date("2026-01-01"), date("2026-01-01"))
	for name, c := range map[string]struct{ purposes, elements, typed, says string }{
		"as agreed":             {"", "", "bantuan: nik", ""},
		"another purpose":       {"", "", "lain: nik", "tujuan yang tidak ada"},
		"with its new purpose":  {"bantuan\nlain", "", "lain: nik", ""},
		"purpose that is going": {"lain", "", "bantuan: nik", "tujuan yang tidak ada"},
		"element not granted":   {"", "", "bantuan: no_kk", "elemen yang tidak diberikan"},
		"element that is going": {"", "nik", "bantuan: nik, alamat", "elemen yang tidak diberikan"},
	} {
		filled := func(field string) string {
			return map[string]string{"tujuan": c.purposes, "elemen": c.elements, "elemen_tujuan": c.typed}[field]
		}
		_, err := Amend(filled, before)
		if text, _ := told.Text(err); (err == nil) != (c.says == "") || !strings.Contains(text, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Propose(func(f string) string {
		return map[string]string{"tujuan": "a", "elemen": "nik", "elemen_tujuan": "b: nik"}[f]
	}); err == nil {
		t.Error("an agreement with elements for a purpose that it does not have")
	}
}

// TestThroughoutIsWhatAPurposeHadOnEveryDay: neither what came nor what went meanwhile; days without an agreement take nothing away.
func TestThroughoutIsWhatAPurposeHadOnEveryDay(t *testing.T) {
	a := pks
	a.Heads, a.SPTJM = heads("2020-01-01"), []SPTJM{{Head: 1, SignedOn: date("2025-09-16")}}
	a.Decisions = []Decision{{Kind: Suspend, From: date("2025-12-01")}, {Kind: Reinstate, From: date("2025-12-20")}}
	a.Addenda = []Addendum{
		{Number: "A/1", EffectiveOn: date("2026-01-10"), Change: Change{Purposes: []string{"bantuan", "benih"}}},
		{Number: "A/2", EffectiveOn: date("2026-02-10"), Change: Change{Elements: ptr(population.Of(population.ElNIK,
			population.ElFamilyNo))}},
	}
	for _, c := range []struct {
		from, until string
		want        map[string]population.Elements
	}{
		{"2025-09-01", "2026-01-10", map[string]population.Elements{"bantuan": population.PKSElements}},
		{"2025-09-01", "2026-01-11", map[string]population.Elements{"bantuan": population.PKSElements}},
		{"2026-01-10", "2026-02-10", map[string]population.Elements{"bantuan": population.PKSElements, "benih": population.PKSElements}},
		{"2026-01-10", "2026-02-11", map[string]population.Elements{"bantuan": population.Of(population.ElNIK),
			"benih": population.Of(population.ElNIK)}},
		{"2025-12-02", "2025-12-19", nil},
		{"2025-01-01", "2025-02-01", nil},
	} {
		if got := Throughout([]Agreement{a}, date(c.from), date(c.until), party.WIB); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s to %s: %v, want %v", c.from, c.until, got, c.want)
		}
	}
	// A day counts by its last instant, in the agency's time.
	for stop, open := range map[time.Duration]bool{0: true, -time.Microsecond: false, 12 * time.Hour: true} {
		b := a
		b.Decisions = []Decision{{Kind: Suspend, From: party.WIB.Begin(date("2025-10-11")).Add(stop)}}
		if got := Throughout([]Agreement{b}, date("2025-10-10"), date("2025-10-11"), party.WIB); (got != nil) != open {
			t.Errorf("suspended %s from the next day on: %v", stop, got)
		}
	}
}
