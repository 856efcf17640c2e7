package party

import (
	"errors"
	"slices"
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
	if p := strict; p.Expired(set, set.AddDate(0, 0, 90)) || !p.Expired(set, set.AddDate(0, 0, 90).Add(1)) {
		t.Error("a password ends after its 90 days, not before")
	}
	if (Policy{}).Expired(set, set.AddDate(20, 0, 0)) {
		t.Error("without a number of days a password ends")
	}
}

func TestWhichPoliciesCanBeKept(t *testing.T) {
	for p, valid := range map[Policy]bool{
		{}: true, {Min: 64, Kinds: 4, Days: 3650}: true, {Min: 1, Kinds: 1, Days: 30}: true,
		{Min: -1}: false, {Min: 65}: false, {Kinds: -1}: false, {Kinds: 5}: false, {Days: -1}: false, {Days: 1}: false, {Days: 29}: false,
		{Days: 3651}: false,
	} {
		if p.Valid() != valid {
			t.Errorf("%+v: %v", p, p.Valid())
		}
	}
}

// The rule stands beside the field, so that nobody has to guess what a refusal asks for.
func TestThePolicyIsSaidInASentence(t *testing.T) {
	for p, want := range map[Policy]string{
		{}:                  "10 sampai 128 karakter.",
		{Min: 3, Kinds: 1}:  "10 sampai 128 karakter.",
		{Min: 14, Days: 90}: "14 sampai 128 karakter; diganti setiap 90 hari.",
		{Kinds: 3}:          "10 sampai 128 karakter, dari paling sedikit 3 jenis: huruf kecil, huruf besar, angka, tanda lain.",
		{Kinds: 4}:          "10 sampai 128 karakter, dengan huruf kecil, huruf besar, angka, dan tanda lain.",
	} {
		if got := p.Rule(); got != want {
			t.Errorf("%+v: %q", p, got)
		}
	}
}

// What is wrong is said, so that the next try is a better one.
func TestARefusedPasswordIsToldWhy(t *testing.T) {
	about := About{Login: "ani", Name: "Ratri Wulandari", Office: "Dinas Rekaan"}
	for password, why := range map[string]string{
		"kuda\x00lumping hijau": "karakter kendali", "kuda\xfflumping hijau": "karakter kendali", "kuda lump": "10 sampai 128",
		"ratri-wulandari": "user ID, nama Anda", "dinasrekaan77": "user ID, nama Anda", "qwertyuiop123": "mudah ditebak",
		"rahasia-petugas": "mudah ditebak",
	} {
		if err := (Policy{}).Check(password, about); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", password, err)
		}
	}
	for _, good := range []string{"ratri menanam kelapa", "wulandari-hujan-besok"} { // a name among other words is no harm
		if err := (Policy{}).Check(good, about); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// TestWhatAPasswordIsMadeOf at the bounds of each piece.
func TestWhatAPasswordIsMadeOf(t *testing.T) {
	for p, want := range map[string]int{"": 0, "abc": 1, "Abc": 2, "Abc1": 3, "Abc1 ": 4, "1": 1, "-": 1, "A-": 2} {
		if got := kinds(p); got != want {
			t.Errorf("%q: %d kinds", p, got)
		}
	}
	for p, want := range map[string]string{"petugas-petugas": "petugas", "aa": "a", "abab": "ab", "abcabcabc": "abc", "aab": "aab",
		"a": "a",
		"":  "", "ab-ab-a": "ab-ab-a", "Ab ab": "ab"} {
		if got := once(p); got != want {
			t.Errorf("%q is %q again and again, want %q", p, got, want)
		}
	}
	list := []string{"tugas", "petugas", "dinas", "abc"}
	for p, want := range map[string][2]bool{ // with one and with two words
		"petugas-1234": {true, true}, "petugas-12345": {false, false}, "petugas dinas": {false, true}, "dinas tugas petugas": {false,
			false},
		"abc1": {false, false}, "1234": {false, false},
	} {
		if got := [2]bool{leans(p, list, 1), leans(p, list, 2)}; got != want {
			t.Errorf("%q leans on the list: %v, want %v", p, got, want)
		}
	}
	got := About{Login: "ab.budi", Name: "Budi Asri", Agency: "Dinas"}.words()
	if want := []string{"budi", "abbudi", "ab.budi", "budi", "asri", "budiasri", "budi asri", "dinas"}; !slices.Equal(got, want) {
		t.Errorf("own words %q, want %q", got, want)
	}
	if got := (About{Name: "Abc"}).words(); !slices.Equal(got, []string{"abc"}) {
		t.Errorf("a single name: %q", got)
	}
	for n, want := range map[int]string{0: "", 1: "a", 2: "a", 3: "aé", 4: "aéb", 9: "aéb"} {
		if got := first("aéb", n); got != want {
			t.Errorf("first %d bytes: %q", n, got)
		}
	}
}

// What two people decided is never loosened by the file of a desk, only made stricter.
func TestPoliciesTogetherAskForTheMoreOfEach(t *testing.T) {
	decided := Policy{Min: 14, Kinds: 3, Days: 90}
	for _, c := range []struct{ file, want Policy }{
		{Policy{}, decided},
		{Policy{Min: 10, Kinds: 1, Days: 365}, decided},
		{Policy{Min: 20, Kinds: 4, Days: 30}, Policy{Min: 20, Kinds: 4, Days: 30}},
	} {
		if got := decided.And(c.file); got != c.want {
			t.Errorf("%v and %v: %v", decided, c.file, got)
		}
		if got := c.file.And(decided); got != c.want {
			t.Errorf("%v and %v: %v", c.file, decided, got)
		}
	}
	if got := (Policy{}).And(Policy{Days: 60}); got.Days != 60 {
		t.Errorf("an end by the file alone: %v", got)
	}
}
