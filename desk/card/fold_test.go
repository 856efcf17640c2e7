package card

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The four spellings of the vendors, in the order of sari.
var dialects = map[string][]string{
	"camel": {"nik", "namaLengkap", "tempatLahir", "tanggalLahir", "jenisKelamin", "golonganDarah", "alamat", "rt", "rw", "kelurahan",
		"kecamatan", "kabupaten", "provinsi",
		"agama", "statusPerkawinan", "pekerjaan", "kewarganegaraan", "berlakuHingga"},
	"siak": {"NIK", "NAMA_LGKP", "TMPT_LHR", "TGL_LHR", "JENIS_KLMIN", "GOL_DARAH", "ALAMAT", "NO_RT", "NO_RW", "KEL_NAME", "KEC_NAME",
		"KAB_NAME", "PROP_NAME",
		"AGAMA", "STAT_KWN", "JENIS_PKRJN", "KEWARGANEGARAAN", "BERLAKU_HINGGA"},
	"english": {"id_number", "full_name", "place_of_birth", "date_of_birth", "gender", "blood_type", "address", "rt", "rw", "village",
		"district", "city", "province",
		"religion", "marital_status", "occupation", "nationality", "valid_until"},
	"short": {"Nik", "Nama", "TempatLahir", "TglLahir", "JnsKelamin", "GolDarah", "Alamat", "Rt", "Rw", "Desa", "Kecamatan", "KabKota",
		"Propinsi",
		"Agama", "StatusKawin", "JnsPekerjaan", "WargaNegara", "MasaBerlaku"},
}

// spell writes the person in a dialect.
func spell(dialect string) []pair {
	out := slices.Clone(sari)
	for i, name := range dialects[dialect] {
		out[i].name = name
	}
	return out
}

func asJSON(pairs []pair) string {
	m := map[string]string{}
	for _, p := range pairs {
		m[p.name] = p.value
	}
	b, _ := json.Marshal(map[string]any{"status": "success", "data": m})
	return string(b)
}

func asForm(pairs []pair) string {
	v := url.Values{}
	for _, p := range pairs {
		v.Set(p.name, p.value)
	}
	return v.Encode()
}

func asXML(pairs []pair) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><Hasil><Status kode="00"/><Penduduk>`)
	for _, p := range pairs {
		fmt.Fprintf(&b, "\n  <%s>", p.name)
		xml.EscapeText(&b, []byte(p.value))
		fmt.Fprintf(&b, "</%s>", p.name)
	}
	b.WriteString("</Penduduk></Hasil>")
	return b.String()
}

func TestDialectsFoldIntoOneRecord(t *testing.T) {
	names, want := builtIn(t), sariRecord(t)
	if want.Get(NIK) != "3303014101800001" || want.Get(BirthDate) != "1980-01-01" || want.Get(Occupation) != "PETANI/PEKEBUN" {
		t.Fatal("the record has not the person's values")
	}
	for dialect := range dialects {
		for form, decode := range map[string]func() ([]pair, error){
			"json": func() ([]pair, error) { return leavesJSON([]byte(asJSON(spell(dialect)))) },
			"form": func() ([]pair, error) { return leavesForm([]byte(asForm(spell(dialect)))) },
			"xml":  func() ([]pair, error) { return leavesXML([]byte(asXML(spell(dialect)))) },
		} {
			pairs, err := decode()
			if err != nil {
				t.Fatal(form, err)
			}
			got, err := names.fold("Contoh", pairs)
			if err != nil || !got.Same(want) || got.Count() != len(sari) {
				t.Errorf("%s as %s: %v %v", dialect, form, got, err)
			}
		}
	}
}

// However a name is cut and written large, it is the same field; in whatever order the fields come, it is the same record.
func TestSpellingDoesNotMatter(t *testing.T) {
	names, want := builtIn(t), sariRecord(t)
	rapid.Check(t, func(t *rapid.T) {
		pairs := spell(rapid.SampledFrom([]string{"camel", "siak", "english", "short"}).Draw(t, "dialect"))
		for i := range pairs {
			var b strings.Builder
			for _, r := range pairs[i].name {
				if b.WriteString(rapid.SampledFrom([]string{"", "", "", "_", "-", " ", "."}).Draw(t, "cut")); rapid.Bool().Draw(t,
					"large") {
					b.WriteString(strings.ToUpper(string(r)))
				} else {
					b.WriteString(strings.ToLower(string(r)))
				}
			}
			pairs[i].name = b.String()
			pad := rapid.SampledFrom([]string{"", " ", "  ", "\x00", "\n"})
			pairs[i].value = pad.Draw(t, "before") + pairs[i].value + pad.Draw(t, "after")
		}
		got, err := names.fold("Contoh", rapid.Permutation(pairs).Draw(t, "order"))
		if err != nil || !got.Same(want) {
			t.Fatalf("%v %v", got, err)
		}
	})
}

func TestEveryDateFormIsTheSameDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Not 1 January 1900, which stands for no date.
		day := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(1, 73048).Draw(t, "day"))
		indonesian := []string{"", "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
			"November", "Desember"}[day.Month()]
		for _, s := range []string{
			day.Format("02-01-2006"), day.Format("2-1-2006"), day.Format("02/01/2006"), day.Format("2006-01-02"), day.Format("02012006"),
			day.Format("20060102"),
			day.Format("2006-01-02T00:00:00"), day.Format("2006-01-02 00:00:00.0"), day.Format("02-01-2006 00:00:00"),
			day.Format("02-Jan-2006"),
			day.Format("02 ") + indonesian + day.Format(" 2006"), day.Format("02-") + strings.ToUpper(indonesian[:3]) + day.Format("-2006"),
			day.Format("2 ") + strings.ToLower(indonesian) + day.Format(" 2006"),
		} {
			if got, err := clean(BirthDate, s); err != nil || got != day.Format(time.DateOnly) {
				t.Fatalf("%q is %v %v", s, got, err)
			}
		}
	})
}

func TestWhatIsNoDate(t *testing.T) {
	for _, s := range []string{"1", "31-02-1980", "00-01-1980", "01-13-1980", "01-01-80", "01-01-1799", "1980", "32011980", "01 Bulan 1980",
		"1980-01-01T12:00:00Z", "001-01-1980", "0101198", "010119800"} {
		if got, err := clean(BirthDate, s); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
}

func TestFoldRefusesAndReads(t *testing.T) {
	with := func(more ...pair) []pair { return append(slices.Clone(sari), more...) }
	without := func(name string) []pair {
		return slices.DeleteFunc(slices.Clone(sari), func(p pair) bool { return p.name == name })
	}
	for name, c := range map[string]struct {
		pairs []pair
		err   error
		sam   Claim
		field Field
		value string
	}{
		"nothing":                   {nil, ErrNoRecord, 0, 0, ""},
		"no NIK":                    {without("nik"), ErrNoRecord, 0, 0, ""},
		"empty NIK":                 {append(without("nik"), pair{"nik", ""}), ErrNoRecord, 0, 0, ""},
		"a NIK that is none":        {append(without("nik"), pair{"nik", "1234567890123456"}), ErrAnswer, 0, 0, ""},
		"a date that is none":       {append(without("tanggalLahir"), pair{"dob", "31-02-1980"}), ErrAnswer, 0, 0, ""},
		"failed, with the last one": {with(pair{"status", "FAILED"}), ErrNoRecord, 0, 0, ""},
		"success false":             {with(pair{"success", "false"}), ErrNoRecord, 0, 0, ""},
		"two NIK":                   {with(pair{"NIK", "3303015508950002"}), ErrAmbiguous, 0, 0, ""},
		"two names":                 {with(pair{"full_name", "BUDI HARTONO"}), ErrAmbiguous, 0, 0, ""},
		"the same twice":            {with(pair{"full_name", "SARI WULANDARI"}), nil, ClaimNone, Name, "SARI WULANDARI"},
		"a job in two words":        {with(pair{"occupation", "Petani / Pekebun"}), nil, ClaimNone, Name, "SARI WULANDARI"},
		"two jobs":                  {with(pair{"occupation", "GURU"}), ErrAmbiguous, 0, 0, ""},
		"a status by number":        {append(without("statusPerkawinan"), pair{"stat_kwn", "3"}), nil, ClaimNone, Marital, "CERAI HIDUP"},
		"a status as it is printed": {append(without("statusPerkawinan"), pair{"stat_kwn", "Kawin  Tercatat"}), nil, ClaimNone, Marital,
			"KAWIN TERCATAT"},
		"a status in other words": {append(without("statusPerkawinan"), pair{"stat_kwn", "Sudah Menikah"}), nil, ClaimNone, Marital,
			"KAWIN"},
		"a job by number":     {append(without("pekerjaan"), pair{"jenis_pkrjn", "9"}), nil, ClaimNone, Occupation, "PETANI/PEKEBUN"},
		"a control character": {with(pair{"agama", "ISL\x1bAM"}), ErrAnswer, 0, 0, ""},
		"broken UTF-8":        {with(pair{"agama", "ISL\xc3\x28"}), ErrAnswer, 0, 0, ""},
		"a long value":        {with(pair{"agama", strings.Repeat("A", 201)}), ErrAnswer, 0, 0, ""},
		"a dash":              {append(without("golonganDarah"), pair{"gol_darah", "-"}), nil, ClaimNone, Blood, ""},
		"woman by letter":     {append(without("jenisKelamin"), pair{"sex", "P"}), nil, ClaimNone, Sex, "PEREMPUAN"},
		"man by number":       {append(without("jenisKelamin"), pair{"sex", "1"}), nil, ClaimNone, Sex, "LAKI-LAKI"},
		"unknown sex":         {append(without("jenisKelamin"), pair{"sex", "X"}), nil, ClaimNone, Sex, "X"},
		"RT and RW in one": {append(slices.DeleteFunc(without("rt"), func(p pair) bool { return p.name == "rw" }),
			pair{"RT/RW", "003/004"}), nil, ClaimNone, RW, "004"},
		"SAM used":     {with(pair{"sam_status", "ACTIVE"}), nil, ClaimUsed, NIK, "3303014101800001"},
		"SAM not used": {with(pair{"useSam", "false"}, pair{"sam", "1"}), nil, ClaimUnused, NIK, "3303014101800001"},
		"SAM unclear":  {with(pair{"sam", "7F"}), nil, ClaimNone, NIK, "3303014101800001"},
	} {
		r, err := builtIn(t).fold("Contoh", c.pairs)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: error %v, want %v", name, err, c.err)
		}
		if err != nil {
			if reveals(t, err.Error()); r.content != nil {
				t.Errorf("%s: something comes with the error", name)
			}
			continue
		}
		if r.Get(c.field) != c.value || r.Origin.SAM != c.sam {
			t.Errorf("%s: field %s is not as wanted, or claim %d", name, c.field, r.Origin.SAM)
		}
	}
}

func TestConfiguredNamesGoOverBuiltInOnes(t *testing.T) {
	names, err := newTable(map[string]string{"name": "nama_lengkap", "KTP no": "nik", "city": ""})
	if err != nil {
		t.Fatal(err)
	}
	r, err := names.fold("Contoh", []pair{{"ktp_no", "3303014101800001"}, {"Name", "SARI WULANDARI"}, {"city", "X"}, {"city", "Y"}})
	if err != nil || r.Get(Name) != "SARI WULANDARI" || r.Get(Regency) != "" {
		t.Error(r, err)
	}
	for _, wrong := range []map[string]string{{"name": "nama"}, {"_": "nik"}} {
		if _, err := newTable(wrong); !errors.Is(err, ErrConfig) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	for f, list := range spellings {
		for _, n := range list {
			if plain(n) != n {
				t.Errorf("%s: %q is not plain", Field(f), n)
			}
			for g, others := range spellings {
				if g != f && slices.Contains(others, n) {
					t.Errorf("%q means two fields", n)
				}
			}
		}
	}
}

// safe is what an error of the decoders may say, whole.
var safe = regexp.MustCompile(
	`^local service (gave an answer that cannot be read(: field [a-z_]+)?|read no card|answered with more than one person)$`)

// decodeAll sends a text through all decoders and the fold.
func decodeAll(t interface{ Fatalf(string, ...any) }, b []byte) {
	names, _ := newTable(nil)
	for _, decode := range []func([]byte) ([]pair, error){leavesJSON, leavesXML, leavesForm} {
		pairs, err := decode(b)
		var r Record
		if err == nil {
			r, err = names.fold("Contoh", pairs)
		}
		if err != nil && (!safe.MatchString(err.Error()) || r.content != nil) {
			t.Fatalf("error %q", err)
		}
		if err == nil && r.NIK().IsZero() {
			t.Fatalf("a record of nobody")
		}
	}
}

func FuzzDecoders(f *testing.F) {
	for dialect := range dialects {
		f.Add([]byte(asJSON(spell(dialect))))
		f.Add([]byte(asForm(spell(dialect))))
		f.Add([]byte(asXML(spell(dialect))))
	}
	for _, s := range []string{"", "{", "[[[[", `{"nik":3303014101800001}`, `{"nik":{"nik":["3303014101800001"]}}`, "null", "<a/>", "<a",
		"<a></b>", "a</a>",
		"<?xml version='1.0' encoding='ISO-8859-1'?><nik>3303014101800001</nik>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "%zz", ";",
		`{"a":1}{"b":2}`, "<a/><b>", "</a>",
		strings.Repeat("[", 20000), strings.Repeat("<a>", 20000), `{"nik":"3303014101800001","nama":"SA\u0000RI"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { decodeAll(t, b) })
}

// A whole answer that is cut, or in which a byte is another, is read or refused without a word of the person.
func TestDamagedAnswersRevealNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		person := spell(rapid.SampledFrom([]string{"camel", "siak", "english", "short"}).Draw(t, "dialect"))
		b := []byte(rapid.SampledFrom([]string{asJSON(person), asForm(person), asXML(person)}).Draw(t, "answer"))
		b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		if rapid.Bool().Draw(t, "cut") {
			b = b[:rapid.IntRange(0, len(b)).Draw(t, "length")]
		}
		decodeAll(t, b)
	})
}
