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
	for p, err := range persons(reading)(text(file.String())) {
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
	for p, err := range persons(reading)(text(in)) {
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
		{spoil(0, "RAHASIA"), "NIK"}, {spoil(2, ""), "NAMA_LGKP"}, {spoil(2, "-"), "NAMA_LGKP"}, {spoil(2, "RAHASIA\x01"), "NAMA_LGKP"},
		{spoil(2, strings.Repeat("RAHASIA", 40)), "NAMA_LGKP"},
		{spoil(5, "RAHASIA"), "TGL_LHR"}, {spoil(5, "1980-02-30"), "TGL_LHR"}, {spoil(5, "-"), "TGL_LHR"}, {spoil(15, "7"), "FLAG_STATUS"},
		{"RAHASIA,1", "?"}, {`3,"RAHASIA"x,1`, "?"},
	}
	for _, c := range rows {
		in, bad, fine := header+good+"\n"+c.row+"\n"+good+"\n", 0, 0
		for _, err := range persons(reading)(text(in)) {
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
	for _, err := range persons(reading)(text(strings.Replace(header, "NO_KEC,", "", 1) + good)) {
		if err == nil || !strings.Contains(err.Error(), "NO_KEC") {
			t.Errorf("missing column: %v", err)
		}
	}
}

// TestWhatIsNotNeededNeverCostsAPersonTheRow: an unreadable part becomes no value and is counted; dashes and zeros are no value and are
// not.
func TestWhatIsNotNeededNeverCostsAPersonTheRow(t *testing.T) {
	good := "3303010101800001,3303010101010001,BUDI,1,X,1980-01-01,1,1,JL,1,1,33,3,1,2001,0"
	get := map[int]func(Person) string{
		1: func(p Person) string { return p.FamilyNo }, 3: func(p Person) string { return p.Sex.String() },
		4: func(p Person) string { return p.BirthPlace },
		6: func(p Person) string { return p.Marital }, 7: func(p Person) string { return p.Occupation },
		8: func(p Person) string { return p.Address },
		9: func(p Person) string { return p.RT }, 10: func(p Person) string { return p.RW }, 11: func(p Person) string { return p.Village },
	}
	for _, c := range []struct {
		column int
		text   string
		told   bool
	}{
		{1, "12", true}, {1, "-", false}, {3, "X", true}, {3, "N/A", false}, {4, strings.Repeat("X", 300), true}, {4, "NULL", false},
		{6, "CERAI", true}, {6, "-", false},
		{7, "A\x01", true}, {7, "TIDAK ADA", false}, {8, "--", false}, {9, "satu", true}, {9, "000", false}, {9, "-", false},
		{10, "1234", true}, {10, "", false},
		{11, "x", true}, {11, "00", false}, {11, "", false},
	} {
		f := strings.Split(good, ",")
		f[c.column] = c.text
		told := ""
		how := reading
		how.Unread = func(column string) { told += column }
		n := 0
		for p, err := range persons(how)(text(header + strings.Join(f, ",") + "\n")) {
			if n++; err != nil || get[c.column](p) != "" {
				t.Errorf("%s %q: %q %v", columns[c.column], c.text, get[c.column](p), err)
			}
		}
		if want := map[bool]string{true: columns[c.column]}[c.told]; told != want || n != 1 {
			t.Errorf("%s %q: told of %q, %d rows", columns[c.column], c.text, told, n)
		}
	}
}

// TestNobodyIsTakenForLivingUnasked: an empty life status is refused unless the file as a whole was given a meaning for it.
func TestNobodyIsTakenForLivingUnasked(t *testing.T) {
	in := header + "3303010101800001,3303010101010001,BUDI,1,X,1980-01-01,1,1,JL,1,1,33,3,1,2001,-\n"
	unasked := reading
	unasked.EmptyStatus = nil
	for p, err := range persons(unasked)(text(in)) {
		var row *RowError
		if !errors.As(err, &row) || row.Column != "FLAG_STATUS" {
			t.Errorf("%v %v", p.Status, err)
		}
	}
	inactive := Inactive
	asked := Reading{Today: reading.Today, EmptyStatus: &inactive}
	for p, err := range persons(asked)(text(in)) {
		if err != nil || p.Status != Inactive {
			t.Errorf("%v %v", p.Status, err)
		}
	}
}

// TestFurtherElementsComeAlong: columns beyond the needed ones may stand anywhere or be missing.
func TestFurtherElementsComeAlong(t *testing.T) {
	in := "AGAMA,KODE_POS," + strings.TrimSuffix(header, "\n") + ",GOL_DRH,PDDK_AKH,STAT_HBKEL,NAMA_LGKP_AYAH,NAMA_LGKP_IBU,DUSUN\n" +
		"1,53300,3303010101800001,3303010101010001,BUDI,1,X,1980-01-01,1,1,JL,1,1,33,3,1,2001,0,13,5,1,KARTAM,SITI AMINAH,KRAJAN\n"
	for p, err := range persons(reading)(text(in)) {
		got := []string{p.Religion, p.PostCode, p.Blood, p.Education, p.Relation, p.Father, p.Mother, p.Hamlet}
		if want := []string{"ISLAM", "53300", "", "SLTA/SEDERAJAT", "KEPALA KELUARGA", "KARTAM", "SITI AMINAH", "KRAJAN"}; err != nil ||
			!slices.Equal(got, want) {
			t.Errorf("%q %v", got, err)
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
		for p, err := range persons(reading)(text(s)) {
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
	if _, err := ParseElement("sidik_jari"); err == nil {
		t.Fatal("took an unknown element")
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
