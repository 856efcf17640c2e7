package desk

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/desk/card"
	"gapura/exchange/wire"
	"gapura/person/population"
	"gapura/person/value"
)

// A cardReader is a vendor's service that gives what a card holds, as the reader's door asks for it.
type cardReader struct {
	url  string
	said map[string]string
}

func newCardReader(t *testing.T) *cardReader {
	t.Helper()
	r := &cardReader{}
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := json.NewEncoder(w).Encode(r.said); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(vendor.Close)
	r.url = vendor.URL
	return r
}

// read is a field as a reader brings it to the desk's form.
func (r *cardReader) read(t *testing.T, f card.Field, text string) (string, error) {
	t.Helper()
	r.said = map[string]string{"nik": "3303010101800001", f.String(): text}
	record, err := card.Service{Name: "Contoh", Kind: card.JSON, URL: r.url}.Read(t.Context())
	return record.Get(f), err
}

// cardFields are the fields of a card that the corpus has pairs for.
var cardFields = map[string]card.Field{"name": card.Name, "date": card.BirthDate, "sex": card.Sex, "job": card.Occupation,
	"marital": card.Marital, "place": card.BirthPlace, "street": card.Address, "rt": card.RT, "village": card.Village,
	"district": card.District, "regency": card.Regency, "province": card.Province}

// TestEqualValuesAgreeAtEveryDoor holds the corpus of spellings (person/value) at the JSON API's matches, the legacy verification, the desk
// and the card reader: each says the same of a pair, and what cannot be read is a mismatch at none of them.
func TestEqualValuesAgreeAtEveryDoor(t *testing.T) {
	today := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	corpus, err := os.ReadFile("../../person/value/testdata/pairs.tsv")
	if err != nil {
		t.Fatal(err)
	}
	doors := map[string]struct {
		element         population.Element
		part, wire, own string // the part of the address; the key on the wire; the desk's
	}{
		"name": {population.ElName, "", "NAMA_LGKP", "nama_lengkap"}, "date": {population.ElBirthDate, "", "TGL_LHR", "tanggal_lahir"},
		"sex":     {population.ElSex, "", "JENIS_KLMIN", "jenis_kelamin"},
		"job":     {population.ElOccupation, "", "JENIS_PKRJN", "jenis_pekerjaan"},
		"marital": {population.ElMarital, "", "STATUS_KAWIN", "status_perkawinan"},
		"place":   {population.ElBirthPlace, "", "TMPT_LHR", "tempat_lahir"},
		"street":  {population.ElAddress, "alamat", "ALAMAT", "alamat"}, "rt": {population.ElAddress, "rt", "NO_RT", "alamat.rt"},
		"village":  {population.ElAddress, "kelurahan", "KEL_NAME", "alamat.kelurahan"},
		"district": {population.ElAddress, "kecamatan", "KEC_NAME", "alamat.kecamatan"},
		"regency":  {population.ElAddress, "kabupaten", "KAB_NAME", "alamat.kabupaten"},
		"province": {population.ElAddress, "provinsi", "PROP_NAME", "alamat.provinsi"},
		"religion": {population.ElReligion, "", "AGAMA", ""}, "blood": {population.ElBlood, "", "GOL_DARAH", ""},
		"education": {population.ElEducation, "", "PDDK_AKH", ""}, "relation": {population.ElRelation, "", "STAT_HBKEL", ""},
		"hamlet": {population.ElHamlet, "", "DUSUN", ""}, "postcode": {population.ElPostCode, "", "KODE_POS", ""},
	}
	held := map[string]int{}
	reader := newCardReader(t)
	for line := range strings.Lines(string(corpus)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		d, ok := doors[f[0]]
		if !ok {
			continue
		}
		stored, claimed, want := f[1], f[2], f[3]
		said := map[string]string{}
		note := func(door string, c population.Claim, readable bool) {
			said[door] = "unreadable"
			if readable {
				said[door] = "other"
				if population.CompareText(c, stored, 100).Match {
					said[door] = "same"
				}
			}
		}
		c, err := population.ReadClaim(d.element, d.part, claimed, today)
		note("matches", c, err == nil)
		body, err := json.Marshal(map[string]string{d.wire: claimed})
		if err != nil {
			t.Fatal(err)
		}
		fields, err := wire.Read(body)
		if err != nil {
			t.Fatal(err)
		}
		list, readable := fields.Claims(today)
		switch {
		case readable && len(list) == 0 && value.None(claimed): // on the wire it says "not sent"
		case readable && len(list) != 1:
			t.Errorf("%s %q: %d claims on the wire", f[0], claimed, len(list))
		case readable:
			note("wire", list[0], true)
		default:
			note("wire", c, false)
		}
		compare := func(door, text string) {
			get := func(string) (string, bool) { return stored, true }
			for _, l := range Compare(map[string]string{d.own: text}, get, 100) {
				switch v := l.Verdict; {
				case v.Match:
					said[door] = "same"
				case v.Compared():
					said[door] = "other"
				default:
					said[door] = "unreadable"
				}
			}
		}
		compare("desk", claimed)
		if field, ok := cardFields[f[0]]; ok && !value.None(claimed) { // a field without a value is not on the card
			text, err := reader.read(t, field, claimed)
			if compare("card", text); err != nil {
				said["card"] = "unreadable"
			}
		}
		for door, got := range said {
			held[door]++
			if (door == "desk" || door == "card") && want == "unreadable" && refused(t, f[0], claimed, today) {
				continue
			}
			if got != want {
				t.Errorf("%s at %s: %q, %q: %s, want %s", f[0], door, stored, claimed, got, want)
			}
		}
	}
	if held["matches"] < 800 || held["wire"] < held["matches"]-5 || held["desk"] < 700 || held["card"] < held["desk"]-20 {
		t.Errorf("held: %v", held)
	}
}

// refused says whether a claim is a day that is still to come: the desk's comparison reads it, but its form lets none through to there.
func refused(t *testing.T, kind, claimed string, today time.Time) bool {
	t.Helper()
	day, err := value.Date(claimed, value.Ever)
	if kind != "date" || err != nil {
		return false
	}
	p := Papers{Identity: KTP, Values: map[string]string{"tanggal_lahir": day.Format(time.DateOnly)}}
	if said := CheckPapers(Service{}, &p, today).Of("tanggal_lahir"); !strings.HasSuffix(said, value.ErrFuture.Error()+".") {
		t.Errorf("the desk's form takes %s as a day of birth: %q", claimed, said)
	}
	return true
}

// TestAnImportReadsAsTheOtherDoorsDo: each pair of the corpus with its second spelling in a file of residents, and the first one claimed.
func TestAnImportReadsAsTheOtherDoorsDo(t *testing.T) {
	today := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	corpus, err := os.ReadFile("../../person/value/testdata/pairs.tsv")
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]struct {
		column  string
		element population.Element
		part    string
	}{
		"name": {"NAMA_LGKP", population.ElName, ""}, "date": {"TGL_LHR", population.ElBirthDate, ""},
		"sex": {"JENIS_KLMIN", population.ElSex, ""}, "job": {"JENIS_PKRJN", population.ElOccupation, ""},
		"marital": {"STAT_KWN", population.ElMarital, ""}, "place": {"TMPT_LHR", population.ElBirthPlace, ""},
		"street": {"ALAMAT", population.ElAddress, "alamat"}, "rt": {"NO_RT", population.ElAddress, "rt"},
		"nik": {"NIK", population.ElNIK, ""}, "religion": {"AGAMA", population.ElReligion, ""},
		"blood": {"GOL_DRH", population.ElBlood, ""}, "education": {"PDDK_AKH", population.ElEducation, ""},
		"relation": {"STAT_HBKEL", population.ElRelation, ""}, "hamlet": {"DUSUN", population.ElHamlet, ""},
		"postcode": {"KODE_POS", population.ElPostCode, ""},
	}
	heading := strings.Split(
		"NIK,NO_KK,NAMA_LGKP,JENIS_KLMIN,TMPT_LHR,TGL_LHR,STAT_KWN,JENIS_PKRJN,ALAMAT,NO_RT,NO_RW,NO_PROP,NO_KAB,NO_KEC,"+
			"NO_KEL,FLAG_STATUS,AGAMA,GOL_DRH,PDDK_AKH,STAT_HBKEL,DUSUN,KODE_POS", ",")
	held := map[string]int{}
	for line := range strings.Lines(string(corpus)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		c, ok := columns[f[0]]
		if !ok {
			continue
		}
		row := strings.Split("3303010101800001,3303010101200001,ORANG CONTOH,1,CONTOHAN,1980-01-01,KAWIN,PNS,JL CONTOH "+
			"1,1,2,33,3,1,2001,0,,,,,,",
			",")
		row[slices.Index(heading, c.column)] = f[2]
		var file strings.Builder
		w := csv.NewWriter(&file)
		if err := w.WriteAll([][]string{heading, row}); err != nil {
			t.Fatal(err)
		}
		opened, err := population.Reading{Kind: population.Full, Today: today}.Open(strings.NewReader(file.String()), int64(file.Len()))
		if err != nil {
			t.Fatal(err)
		}
		got := "unreadable"
		for r, err := range opened.Rows() {
			if err != nil {
				continue
			}
			p, err := r.Onto(nil)
			if err != nil {
				t.Fatal(err)
			}
			claim, err := population.ReadClaim(c.element, c.part, f[1], today)
			if err != nil {
				t.Fatalf("%s %q: %v", f[0], f[1], err)
			}
			switch v := population.Compare(*p, claim, 100); {
			case v.Match:
				got = "same"
			case v.Reason == "":
				got = "other"
			}
		}
		if held[f[0]]++; got != f[3] && (f[3] != "other" || got != "unreadable" || !value.None(f[2])) {
			t.Errorf("%s %q, %q: %s, want %s", f[0], f[1], f[2], got, f[3])
		}
	}
	for kind := range columns {
		if held[kind] < 10 {
			t.Errorf("%s: %d pairs", kind, held[kind])
		}
	}
}
