package party

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gapura/internal/told"
)

func TestKnownWeakAndOwnPasswordsAreRefused(t *testing.T) {
	about := About{Login: "petugas.dinpertan", Name: "Ratri Wulandari",
		Office: "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Purbalingga", Agency: "Dinas Pertanian"}
	for _, bad := range []string{
		"", "pendek1!", strings.Repeat("x", MaxPassword+1), "tab\tdi dalamnya ada", "1234567890", "qwertyuiop123", "password1234",
		"P@ssw0rd2026", "aaaaaaaaaaaaaaaa", "abcabcabcabc",
		"rahasia123456", "bismillah123", "indonesia1945", "Purbalingga2026!", "dukcapil2026", "petugas.dinpertan", "Petugas.Dinpertan1",
		"ratriwulandari", "dinaspertanian", "katasandi2026", "petugas-petugas", "Petugas Petugas!", "petugas-petugas1", "admin.admin.admin",
		"petugas-dinpertan", "dinpertan-petugas-26", "rahasia-rahasia-12", "kepala dinas 2026", "xkjwq-xkjwq-xkjwq",
	} {
		var said *told.Error
		if err := (Policy{}).Check(bad, about); !errors.As(err, &said) || said.Kind != told.Invalid || said.Field != "password" {
			t.Errorf("%q: %v", bad, err)
		} else if len(bad) > 5 && strings.Contains(said.Text, bad) {
			t.Error("the text repeats the password")
		}
	}
	for _, good := range []string{"sebuah kata sandi", "kuda lumping hijau", "jK3ndalqpwxv", "sandi-yang-cukup-panjang",
		strings.Repeat("tiga jalan ke pasar ", 6)} {
		if err := (Policy{}).Check(good, about); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	if (Policy{}).Check("kuda lumping hijau", About{Agency: "Kuda Lumping Hijau"}) == nil {
		t.Error("the agency's own name is taken")
	}
}

// What BSSN 4/2021 lets an office ask for besides: length, kinds of characters, age. Nothing makes the least length less than NIST's.
func TestAPolicyAsksForLengthKindsAndAge(t *testing.T) {
	about := About{Login: "petugas.dinpertan"}
	strict := Policy{Min: 14, Kinds: 4, Days: 90}
	for _, c := range []struct {
		policy Policy
		typed  string
		ok     bool
	}{
		{Policy{Min: 3}, "kuda lump", false},
		{Policy{Min: 14}, "kuda lumping1", false},
		{Policy{Min: 14}, "kuda lumping12", true},
		{Policy{Kinds: 3}, "kuda lumping hijau", false},
		{Policy{Kinds: 3}, "Kuda lumping hijau", true},
		{strict, "Kuda lumping hijau", false},
		{strict, "Kuda lumping hijau 7", true},
	} {
		if err := c.policy.Check(c.typed, about); (err == nil) != c.ok {
			t.Errorf("%+v, %q: %v", c.policy, c.typed, err)
		}
	}
	set := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	if p := strict; p.Expired(set, set.AddDate(0, 0, 90)) || !p.Expired(set, set.AddDate(0, 0, 91)) {
		t.Error("a password ends after its 90 days, not before")
	}
	if (Policy{}).Expired(set, set.AddDate(20, 0, 0)) {
		t.Error("without a number of days a password ends")
	}
	for _, p := range []Policy{{Min: -1}, {Min: 65}, {Kinds: 5}, {Days: 29}, {Days: -1}} {
		if p.Valid() {
			t.Errorf("%+v is taken", p)
		}
	}
}
