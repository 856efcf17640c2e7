package population

import (
	"bytes"
	"errors"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gapura/person/nik"
	"gapura/person/region"
)

func take(n int, seed uint64) []Person { return slices.Collect(Generate(n, seed, "3303")) }

func TestGenerateIsDeterministicAndWhole(t *testing.T) {
	a, b, c := take(20_000, 1), take(20_000, 1), take(20_000, 2)
	if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, c) {
		t.Fatal("the seed does not decide alone")
	}
	seen, status, homes, foreign, old := map[nik.NIK]bool{}, map[LifeStatus]int{}, map[string]string{}, 0, 0
	for _, p := range a {
		if seen[p.NIK] {
			t.Fatal("a NIK twice")
		}
		seen[p.NIK] = true
		status[p.Status]++
		if p.NIK.Female() != (p.Sex == Female) || !slices.ContainsFunc(p.NIK.BirthDates(), p.BirthDate.Equal) {
			t.Fatal("NIK and person differ")
		}
		home := p.Address + p.RT + p.RW + p.Village
		if was, ok := homes[p.FamilyNo]; ok && was != home {
			t.Fatal("a family with two addresses")
		}
		homes[p.FamilyNo] = home
		if p.NIK.Region()[:4] != "3303" {
			foreign++
		}
		if _, known := region.Name(p.NIK.Region()); !known {
			old++
		}
	}
	for s := Alive; s <= Inactive; s++ {
		if status[s] < 100 {
			t.Errorf("%d of status %d", status[s], s)
		}
	}
	if foreign < 500 || old < 50 || len(homes) < 5_000 {
		t.Errorf("%d from elsewhere, %d with an old code, %d families", foreign, old, len(homes))
	}
	for s := range LifeStatus(4) {
		if !slices.ContainsFunc(a[:100], func(p Person) bool { return p.Status == s }) {
			t.Errorf("status %d is not among the first hundred", s)
		}
	}
}

func TestCSVReadsWhatItWrote(t *testing.T) {
	want := take(3000, 7)
	var file bytes.Buffer
	if err := WriteCSV(&file, slices.Values(want)); err != nil {
		t.Fatal(err)
	}
	i := 0
	for p, err := range ReadCSV(&file) {
		if err != nil || p != want[i] {
			t.Fatalf("row %d: %v", i, err)
		}
		i++
	}
	if i != len(want) {
		t.Fatal(i)
	}
}

const header = "NIK,NO_KK,NAMA_LGKP,JENIS_KLMIN,TMPT_LHR,TGL_LHR,STAT_KWN,JENIS_PKRJN," +
	"ALAMAT,NO_RT,NO_RW,NO_PROP,NO_KAB,NO_KEC,NO_KEL,FLAG_STATUS\n"

func TestCSVTakesSIAKsSpellings(t *testing.T) {
	in := "\ufeffflag_status;NO_KEL;NO_KEC;NO_KAB;NO_PROP;NO_RW;NO_RT;" +
		"ALAMAT;JENIS_PKRJN;STAT_KWN;TGL_LHR;TMPT_LHR;JENIS_KLMIN;NAMA_LGKP;NO_KK;NIK;lain\n" +
		"1;2001;1;3;33;2;001;DUSUN KRAJAN;9;2;01/02/1980;PURBALINGGA;2;SRI RAHAYU;3303010101010001;3303014102800001;x\n"
	for p, err := range ReadCSV(strings.NewReader(in)) {
		if err != nil {
			t.Fatal(err)
		}
		want := Person{NIK: p.NIK, FamilyNo: "3303010101010001", Name: "SRI RAHAYU", Sex: Female, BirthPlace: "PURBALINGGA",
			BirthDate: time.Date(1980, 2, 1, 0, 0, 0, 0, time.UTC), Marital: "KAWIN", Occupation: "PETANI/PEKEBUN", Address: "DUSUN KRAJAN",
			RT: "001", RW: "002", Village: "3303012001", Status: Deceased}
		if p != want {
			t.Fatalf("%+v", p)
		}
	}
}

func TestCSVNamesTheBadPlaceAndNoValue(t *testing.T) {
	good := "3303010101800001,3303010101010001,BUDI,1,X,1980-01-01,1,1,JL,1,1,33,3,1,2001,0"
	spoil := func(column int, value string) string {
		f := strings.Split(good, ",")
		f[column] = value
		return strings.Join(f, ",")
	}
	rows := []struct{ row, column string }{
		{spoil(0, "RAHASIA"), "NIK"}, {spoil(1, "RAHASIA"), "NO_KK"}, {spoil(2, ""), "NAMA_LGKP"}, {spoil(2, "RAHASIA\x00"), "NAMA_LGKP"},
		{spoil(2, "RAHASIA\xff"), "NAMA_LGKP"}, {spoil(2, strings.Repeat("RAHASIA", 40)), "NAMA_LGKP"},
		{spoil(3, "RAHASIA"), "JENIS_KLMIN"},
		{spoil(5, "RAHASIA"), "TGL_LHR"}, {spoil(5, "1980-02-30"), "TGL_LHR"}, {spoil(9, "RAHASIA"), "NO_RT"}, {spoil(13, "123"), "NO_KEC"},
		{spoil(14, ""), "NO_KEL"}, {spoil(15, "7"), "FLAG_STATUS"}, {"RAHASIA,1", "?"}, {`3,"RAHASIA"x,1`, "?"},
	}
	for _, c := range rows {
		in, bad, fine := header+good+"\n"+c.row+"\n"+good+"\n", 0, 0
		for _, err := range ReadCSV(strings.NewReader(in)) {
			var row *RowError
			switch {
			case err == nil:
				fine++
			case errors.As(err, &row) && row.Line == 3 && row.Column == c.column && !strings.Contains(err.Error(), "RAHASIA"):
				bad++
			default:
				t.Errorf("%s: %v", c.column, err)
			}
		}
		if bad != 1 || fine != 2 {
			t.Errorf("%s: %d bad rows, %d good ones", c.column, bad, fine)
		}
	}
	for _, err := range ReadCSV(strings.NewReader(strings.Replace(header, "NO_KEC,", "", 1) + good)) {
		if err == nil || !strings.Contains(err.Error(), "NO_KEC") {
			t.Errorf("missing column: %v", err)
		}
	}
}

func drawPerson(t *rapid.T) Person {
	list := take(200, rapid.Uint64Range(1, 50).Draw(t, "seed"))
	p := list[rapid.IntRange(0, len(list)-1).Draw(t, "which")]
	p.Name, p.Address = rapid.String().Draw(t, "name"), rapid.String().Draw(t, "address")
	if rapid.Bool().Draw(t, "undated") {
		p.BirthDate = time.Time{}
	}
	return p
}

func TestCodecReadsWhatItWrote(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPerson(t)
		b, err := p.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		var q Person
		if err := q.UnmarshalBinary(b); err != nil || p != q {
			t.Fatalf("%v", err)
		}
		cut := rapid.IntRange(0, len(b)-1).Draw(t, "cut")
		if q.UnmarshalBinary(b[:cut]) == nil || q.UnmarshalBinary(append(b, 0)) == nil {
			t.Fatal("took a broken encoding")
		}
	})
}

func FuzzUnmarshalPerson(f *testing.F) {
	for _, p := range take(5, 1) {
		b, _ := p.AppendBinary(nil)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Person
		if p.UnmarshalBinary(b) == nil && p.NIK.IsZero() {
			t.Fatal("a person without NIK")
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add(header + "3303010101800001,3303010101010001,BUDI,1,X,1980-01-01,1,1,JL,1,1,33,3,1,2001,0\n")
	f.Fuzz(func(t *testing.T, s string) {
		for p, err := range ReadCSV(strings.NewReader(s)) {
			if err == nil && (p.NIK.IsZero() || p.Name == "") {
				t.Fatal("a person without NIK or name")
			}
		}
	})
}

func TestElementsAreASet(t *testing.T) {
	if n := len(PKSElements.Strings()); n != 8 || PKSElements.Has(ElFamilyNo) {
		t.Fatalf("%d elements of the agreement", n)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := Elements(rapid.Uint32Range(0, 1<<elements-1).Draw(t, "set"))
		back, err := ParseElements(s.Strings())
		text, err2 := s.MarshalJSON()
		var decoded Elements
		if err != nil || err2 != nil || back != s || decoded.UnmarshalJSON(text) != nil || decoded != s {
			t.Fatal(s, back, decoded)
		}
		for e := range elements {
			if s.With(e).Has(e) != true || s.Without(e).Has(e) || s.Has(e) != slices.Contains(s.Strings(), e.String()) {
				t.Fatal(s, e)
			}
		}
	})
	if _, err := ParseElement("agama"); err == nil {
		t.Fatal("took an unknown element")
	}
}

func TestCompare(t *testing.T) {
	p := Person{Name: "MUHAMMAD SUPARDI", BirthPlace: "PURBALINGGA", Sex: Male, BirthDate: time.Date(1980, 2, 1, 0, 0, 0, 0, time.UTC),
		Marital:    "KAWIN",
		Occupation: "PETANI/PEKEBUN", Address: "JL. MAWAR NO. 3", RT: "003", RW: "012", Village: "3303012001", FamilyNo: "3303010101010001"}
	for _, c := range []struct {
		el    Element
		claim string
		limit int
		match bool
		score int // -1: not looked at
	}{
		{ElName, "Muhammad Supardi", 100, true, 100}, {ElName, "H. Moch. Soepardi, S.Pd.", 100, true, 100}, {ElName, "M. Supardi", 100,
			true, 100},
		{ElName, "Muhammad Supardy", 100, false, -1}, {ElName, "Muhammad Supardy", 90, true, -1}, {ElName, "Sri Rahayu", 80, false, -1},
		{ElName, "", 0, false, 0},
		{ElBirthPlace, "purbalingga", 100, true, 100}, {ElAddress, "Jalan Mawar No 3", 100, true, 100},
		{ElSex, "L", 100, true, 0}, {ElSex, "laki-laki", 100, true, 0}, {ElSex, "P", 100, false, 0}, {ElSex, "", 100, false, 0},
		{ElBirthDate, "1980-02-01", 100, true, 0}, {ElBirthDate, "01-02-1980", 100, true, 0}, {ElBirthDate, "02-01-1980", 100, false, 0},
		{ElMarital, "kawin", 100, true, 0}, {ElMarital, "2", 100, true, 0}, {ElMarital, "", 100, false, 0},
		{ElOccupation, "petani / pekebun", 100, true, 0},
		{ElOccupation, "9", 100, true, 0}, {ElFamilyNo, "3303 0101 0101 0001", 100, true, 0}, {ElFamilyNo, "", 100, false, 0},
	} {
		v := Compare(p, c.el, c.claim, c.limit)
		if v.Match != c.match || (c.score >= 0 && v.Score != c.score) || v.Score < 0 || v.Score > 100 {
			t.Errorf("%s %q from %d: %+v", c.el, c.claim, c.limit, v)
		}
	}
	for part, claim := range map[string]string{
		"alamat": "JL MAWAR NO 3", "provinsi": "Jawa Tengah", "kabupaten": "Kab. Purbalingga", "kode_kecamatan": "33.03.01",
		"kecamatan": "kemangkon", "rt": "3", "rw": "012",
	} {
		if !CompareAddressPart(p, part, claim, 100).Match {
			t.Errorf("%s does not match", part)
		}
		if CompareAddressPart(p, part, "", 0).Match || CompareAddressPart(p, part, "BUKAN", 100).Match {
			t.Errorf("%s matches anything", part)
		}
	}
}

var sink int

func BenchmarkGenerate(b *testing.B) {
	next, stop := iter.Pull(Generate(b.N+1, 1, "3303"))
	defer stop()
	for range b.N {
		p, _ := next()
		sink += len(p.Name)
	}
}

func BenchmarkCompareName(b *testing.B) {
	p := Person{Name: "MUHAMMAD SUPARDI WIBOWO"}
	for b.Loop() {
		sink += Compare(p, ElName, "Moh. Supardi Wibowa", 90).Score
	}
}
