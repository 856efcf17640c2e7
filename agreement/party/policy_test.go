package party

import (
	"errors"
	"strings"
	"testing"

	"gapura/internal/told"
)

func TestKnownWeakAndOwnPasswordsAreRefused(t *testing.T) {
	about := About{Login: "petugas.dinpertan", Name: "Ratri Wulandari",
		Office: "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Purbalingga", Agency: "Dinas Pertanian"}
	for _, bad := range []string{
		"", "pendek1!", strings.Repeat("x", MaxPassword+1), "tab\tdi dalamnya ada", "1234567890", "qwertyuiop123", "password1234",
		"P@ssw0rd2026", "aaaaaaaaaaaaaaaa", "abcabcabcabc",
		"rahasia123456", "bismillah123", "indonesia1945", "Purbalingga2026!", "dukcapil2026", "petugas.dinpertan", "Petugas.Dinpertan1",
		"ratriwulandari", "dinaspertanian", "katasandi2026",
	} {
		var said *told.Error
		if err := CheckPassword(bad, about); !errors.As(err, &said) || said.Kind != told.Invalid || said.Field != "password" {
			t.Errorf("%q: %v", bad, err)
		} else if len(bad) > 5 && strings.Contains(said.Text, bad) {
			t.Error("the text repeats the password")
		}
	}
	for _, good := range []string{"sebuah kata sandi", "kuda lumping hijau", "jK3ndalqpwxv", "sandi-yang-cukup-panjang",
		strings.Repeat("tiga jalan ke pasar ", 6)} {
		if err := CheckPassword(good, about); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	if CheckPassword("kuda lumping hijau", About{Agency: "Kuda Lumping Hijau"}) == nil {
		t.Error("the agency's own name is taken")
	}
}
