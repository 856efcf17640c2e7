package value

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// TestNamesAreOneInEveryUnicodeForm: composed and decomposed, case, and whatever stands for an apostrophe make no other
// name.
func TestNamesAreOneInEveryUnicodeForm(t *testing.T) {
	var names []string
	for _, p := range pairs(t) {
		if p.kind == Name {
			names = append(names, p.stored)
		}
	}
	names = append(names, "RENÉ D'ÂÇO", "MA'RUFAH NÛR", "ʿĀ'ISYAH")
	marks := strings.Split("' ’ ‘ ` ´ ʼ ʻ ʾ ′ ‛ ＇", " ")
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "name")
		want, err := Name.Read(name, now)
		if err != nil {
			t.Fatal(err)
		}
		form := rapid.SampledFrom([]norm.Form{norm.NFC, norm.NFD}).Draw(t, "form")
		other := form.String(strings.ReplaceAll(name, "'", rapid.SampledFrom(marks).Draw(t, "mark")))
		if rapid.Bool().Draw(t, "lower") {
			other = strings.ToLower(other)
		}
		got, err := Name.Read(other, now)
		if err != nil || got != want {
			t.Fatalf("%q: %q, %q: %q, %v", name, want, other, got, err)
		}
	})
}

// TestEachRuleOfTheReading holds one or more examples of each rule: the texts of a line are one value; another is what is none of them.
func TestEachRuleOfTheReading(t *testing.T) {
	for rule, c := range map[string]struct {
		kind    Kind
		same    []string
		another []string
		errors  []string
	}{
		"dates": {BirthDate, []string{"1985-03-05", "05-03-1985", "5/3/1985", "05.03.1985", "05031985", "5 Maret 1985", "5 Mar 1985",
			"1985-03-05T00:00:00Z", "1985-03-05 00:00:00"}, []string{"1985-05-03"}, []string{"31-02-1985", "2030-01-01", "5-3-85"}},
		"man": {Sex, []string{"L", "LK", "LAKI-LAKI", "LAKI - LAKI", "PRIA", "M", "1"}, []string{"P"},
			[]string{"X", "LAKI LAKI P", "3"}},
		"woman": {Sex, []string{"P", "PR", "PEREMPUAN", "WANITA", "F", "2"}, []string{"L"}, []string{"W?"}},
		"RT":    {RT, []string{"1", "01", "001", "RT 01", "RT.001"}, []string{"10", "11"}, []string{"RT satu", "1234"}},
		"married": {Marital, []string{"KAWIN", "KAWIN TERCATAT", "KAWIN BELUM TERCATAT"},
			[]string{"BELUM KAWIN", "CERAI HIDUP", "CERAI MATI"},
			[]string{"JOMBLO"}},
		"divorced": {Marital, []string{"CERAI HIDUP", "CERAI HIDUP TERCATAT", "CERAI HIDUP BELUM TERCATAT"},
			[]string{"CERAI MATI"}, nil},
		"jobs": {Occupation, []string{"PEGAWAI NEGERI SIPIL (PNS)", "PEGAWAI NEGERI SIPIL", "PNS"},
			[]string{"PENSIUNAN"}, nil},
		"a job with a stroke": {Occupation, []string{"PETANI/PEKEBUN", "PETANI / PEKEBUN"}, []string{"PETERNAK"}, nil},
		"regencies": {Regency, []string{"PURBALINGGA", "KAB. PURBALINGGA", "KABUPATEN PURBALINGGA"},
			[]string{"KOTA PURBALINGGA"}, nil},
		"districts": {District, []string{"KALIMANAH", "KEC. KALIMANAH", "KECAMATAN KALIMANAH"},
			[]string{"KALIGONDANG"}, nil},
		"villages": {Village, []string{"SELABAYA", "DESA SELABAYA", "KEL. SELABAYA", "KELURAHAN SELABAYA"},
			[]string{"SELAGANGGENG"}, nil},
		"provinces": {Province, []string{"JAWA TENGAH", "PROV. JAWA TENGAH", "PROVINSI JAWA TENGAH"},
			[]string{"JAWA TIMUR"}, nil},
		"apostrophes":               {Name, []string{"MA'RUFAH", "MARUFAH", "MA RUFAH", "MA’RUFAH"}, []string{"MAK'RUFAH"}, nil},
		"points":                    {Name, []string{"M. NUR HADI", "M NUR HADI"}, []string{"M NUR HADIR"}, nil},
		"titles":                    {Name, []string{"SUPARDI", "DR. H. SUPARDI, S.PD.", "Drs Supardi"}, []string{"SUPARDA"}, nil},
		"dj":                        {Name, []string{"DJOKO", "JOKO"}, []string{"YOKO"}, nil},
		"j":                         {Name, []string{"SOENARJO", "SUNARYO"}, []string{"SUNARJA"}, nil},
		"tj":                        {Name, []string{"TJAHJA", "CAHYA"}, []string{"CAHAYA"}, nil},
		"oe":                        {Name, []string{"SOEDIRMAN", "SUDIRMAN"}, []string{"SODIRMAN"}, nil},
		"nj":                        {Name, []string{"NJOMAN", "NYOMAN"}, []string{"NOMAN"}, nil},
		"sj":                        {Name, []string{"SJARIF", "SYARIF"}, []string{"SARIF"}, nil},
		"ch":                        {Name, []string{"ACHMAD", "AKHMAD"}, []string{"ASMAD"}, nil},
		"a word is in one spelling": {Name, []string{"JONI"}, []string{"YONI"}, nil},
		"short forms":               {Name, []string{"MUHAMMAD ALI", "MOH. ALI", "MUH ALI", "MUHAMAD ALI"}, []string{"MAHMUD ALI"}, nil},
		"Abdul":                     {Name, []string{"ABDUL KARIM", "ABD. KARIM"}, []string{"ABU KARIM"}, nil},
		"Siti":                      {Name, []string{"SITI AMINAH", "ST. AMINAH"}, []string{"SRI AMINAH"}, nil},
		"bin":                       {Name, []string{"KARIM", "KARIM BIN SALEH"}, []string{"SALEH"}, nil},
		"binti":                     {Name, []string{"AMINAH", "AMINAH BINTI SALEH"}, []string{"AMINA SALEH"}, nil},
		"late":                      {Name, []string{"KARIM", "ALM. KARIM", "KARIM (ALM)"}, []string{"KARIMA"}, nil},
		"alias":                     {Name, []string{"KARIM", "KARIM ALIAS KANCIL"}, []string{"KANCIL"}, nil},
		"NIK": {NIK,
			[]string{"3303010101800001", "3303 0101 0180 0001", "3303.0101.0180.0001", "3303-0101-0180-0001", "'3303010101800001",
				`="3303010101800001"`, "\u200b3303010101800001", "3303010101800001\u202c", "3303\u00a0010101800001"},
			[]string{"3303010101800002"}, []string{"330301010180000", "33030101018000011", "٣٣٠٣٠١٠١٠١٨٠٠٠٠١"}},
	} {
		form := func(text string) string {
			t.Helper()
			f, err := c.kind.Read(text, now)
			if err != nil {
				t.Errorf("%s: %q: %v", rule, text, err)
			}
			return f
		}
		for _, text := range c.same {
			if v := c.kind.Compare(form(c.same[0]), form(text), 100); !v.Match {
				t.Errorf("%s: %q is not %q", rule, text, c.same[0])
			}
		}
		for _, text := range c.another {
			if v := c.kind.Compare(form(c.same[0]), form(text), 100); v.Match || v.Score == 100 {
				t.Errorf("%s: %q is %q", rule, text, c.same[0])
			}
		}
		if i := slices.IndexFunc(c.errors, func(text string) bool { _, err := c.kind.Read(text, now); return err == nil }); i >= 0 {
			t.Errorf("%s: %q can be read", rule, c.errors[i])
		}
	}
}

// TestARhesusOnOneSideAloneIsNoDifference: many are registered with their group alone. Who claims no more is right whatever the rhesus; of
// a rhesus that is not registered nothing is said, which least of all is a match that a hospital would believe.
func TestARhesusOnOneSideAloneIsNoDifference(t *testing.T) {
	for _, group := range []string{"A", "B", "AB", "O"} {
		for _, sign := range []string{"+", "-"} {
			if v := Blood.Compare(group+sign, group, 100); !v.Match || v.Reason != "" {
				t.Errorf("%s%s registered, %s claimed: %+v", group, sign, group, v)
			}
			if v := Blood.Compare(group, group+sign, 100); v.Match || v.Reason != NoValue {
				t.Errorf("%s registered, %s%s claimed: %+v", group, group, sign, v)
			}
			for _, other := range []string{"A", "B", "AB", "O"} {
				if v := Blood.Compare(group, other+sign, 100); other != group && (v.Match || v.Reason != "") {
					t.Errorf("%s registered, %s%s claimed: %+v", group, other, sign, v)
				}
				if v := Blood.Compare(group+sign, other, 100); other != group && (v.Match || v.Reason != "") {
					t.Errorf("%s%s registered, %s claimed: %+v", group, sign, other, v)
				}
			}
		}
		if v := Blood.Compare(group+"+", group+"-", 100); v.Match || v.Reason != "" {
			t.Errorf("%s of both rhesus: %+v", group, v)
		}
	}
}
