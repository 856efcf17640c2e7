package population

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gapura/person/nik"
)

func TestNamesThatAreOneName(t *testing.T) {
	for _, same := range [][]string{
		{"MUHAMMAD SUPARDI", "muhamad supardi", "MOHAMMAD  SUPARDI", "Moch. Supardi", "MUH SUPARDI", "M. Supardi", "Mohd Soepardi",
			"H. M. Supardi"},
		{"AHMAD SUPARDI", "H. Ahmad Supardi", "H.AHMAD SUPARDI, S.Pd.", "Dr. Ir. H. Ahmad Supardi, S. Pd., M.M.", "AHMAD SUPARDI SH",
			"DRS AHMAD SUPARDI", "Ahmad Supardi A.Md.Keb"},
		{"JOKO SUCIPTO", "DJOKO SOETJIPTO", "Djoko Sucipto", "R. Joko Soecipto"},
		{"NUR'AINI", "NUR AINI", "Noer-Aini"},
		{"SITI AMINAH", "St. Aminah", "Hj. Siti Aminah"},
		{"ABDUL ROHMAN", "Abd. Rohman"},
	} {
		for _, claim := range same {
			if v := Compare(Person{Name: same[0]}, ElName, claim, 100); !v.Match || v.Score != 100 || !v.Fuzzy {
				t.Errorf("%s, %s: %+v", same[0], claim, v)
			}
		}
	}
}

func TestNamesThatAreTwoNames(t *testing.T) {
	for _, c := range [][2]string{
		{"AHMAD SUPARDI", "AHMAD SUPARDJO"}, {"AHMAD R", "AHMAD"}, {"SRI", "SRI RAHAYU"}, {"SUPARDI", "M. SUPARDI"},
		{"AHMAD M SUPARDI", "AHMAD MUHAMMAD SUPARDI"}, {"SUPARDI", "..."},
	} {
		if v := Compare(Person{Name: c[0]}, ElName, c[1], 100); v.Match || v.Score == 100 {
			t.Errorf("%v: %+v", c, v)
		}
	}
	// A name that is nothing but a title is still a name.
	if v := Compare(Person{Name: "IR"}, ElName, "ir", 100); !v.Match {
		t.Errorf("%+v", v)
	}
}

func TestStreetsKeepTheirLetters(t *testing.T) {
	p := Person{Address: "PERUM GRIYA BLOK H NO. 3"}
	for claim, match := range map[string]bool{
		"perum griya blok h no 3": true, "PERUM GRIYA BLOK H NOMOR 3": true, "PERUM GRIYA BLOK NO 3": false,
		"PERUM GRIYA BLOK H NO 4": false,
	} {
		if v := Compare(p, ElAddress, claim, 100); v.Match != match {
			t.Errorf("%s: %+v", claim, v)
		}
	}
	if v := Compare(Person{Address: "JL. DR. SOETOMO GG. 2"}, ElAddress, "Jalan Sutomo Gang 2", 100); !v.Match {
		t.Errorf("%+v", v)
	}
}

func TestExactElementsTakeNoNearValue(t *testing.T) {
	n, err := nik.Parse("3303010102800001")
	if err != nil {
		t.Fatal(err)
	}
	p := Person{NIK: n, FamilyNo: "3303010101010001", Village: "3303012001", RT: "003"}
	for _, c := range []struct {
		el    Element
		claim string
		match bool
	}{
		{ElNIK, "3303 0101 0280 0001", true}, {ElNIK, "33.03.01.010280-0001", true}, {ElNIK, "3303010102800002", false},
		{ElNIK, "x3303010102800001", false},
		{ElFamilyNo, "3303-0101-0101-0001", true}, {ElFamilyNo, "3303010101010001x", false},
		// What is not registered matches nothing.
		{ElSex, "L", false}, {ElBirthDate, "0001-01-01", false}, {ElMarital, "1", false}, {ElOccupation, "1", false}, {ElName, "X", false},
		{Element(200), "X", false},
	} {
		if v := Compare(p, c.el, c.claim, 0); v.Match != c.match {
			t.Errorf("%s %q: %+v", c.el, c.claim, v)
		}
	}
	for part, claim := range map[string]string{"rw": "0", "rt": "03x", "kode_kecamatan": "a330301", "desa": "X",
		"kabupaten": "PURBALINGGA"} {
		if CompareAddressPart(p, part, claim, 0).Match {
			t.Errorf("%s %s matches", part, claim)
		}
	}
	for _, claim := range []string{"KAB. PURBALINGGA", "Kabupaten Purbalingga", "kab purbalingga"} {
		if !CompareAddressPart(p, "kabupaten", claim, 0).Match {
			t.Errorf("%s does not match", claim)
		}
	}
	if CompareAddressPart(Person{}, "kode_kecamatan", ".", 0).Match {
		t.Error("nothing matches nothing")
	}
}

// TestScoresAreALaw: any two texts give a score of 0 to 100, the same from both sides of case and blanks; 100 only for texts that are equal
// after the rules.
func TestScoresAreALaw(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Z .]{0,30}`), rapid.SampledFrom([]string{"M. SUPARDI", "MUHAMMAD SUPARDI",
		"H", "S.PD."}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		el := rapid.SampledFrom([]Element{ElName, ElBirthPlace, ElAddress}).Draw(t, "element")
		threshold := rapid.IntRange(0, 100).Draw(t, "threshold")
		p := Person{Name: a, BirthPlace: a, Address: a}
		v := Compare(p, el, b, threshold)
		if v.Score < 0 || v.Score > 100 || !v.Fuzzy || v.Match && v.Score < threshold || !v.Match && v.Score > 0 && v.Score >= threshold {
			t.Fatalf("%+v", v)
		}
		if again := Compare(p, el, "  "+strings.ToUpper(b)+" ", threshold); again != v {
			t.Fatalf("%+v, %+v", v, again)
		}
		fold := foldName
		if el == ElAddress {
			fold = foldStreet
		}
		if (v.Score == 100) != (fold(a) == fold(b) && fold(a) != "" && strings.TrimSpace(b) != "") {
			t.Fatalf("%q %q: %+v", fold(a), fold(b), v)
		}
	})
}

func TestALongClaimIsNotCompared(t *testing.T) {
	p := Person{Name: strings.Repeat("A", maxText)}
	if v := Compare(p, ElName, strings.Repeat("A", maxText), 100); !v.Match {
		t.Errorf("%+v", v)
	}
	began := time.Now()
	if v := Compare(p, ElName, strings.Repeat("A ", 1<<20), 0); v.Match || v.Score != 0 {
		t.Errorf("%+v", v)
	}
	if d := time.Since(began); d > 2*time.Second {
		t.Errorf("took %s", d)
	}
}
