package card

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gapura/person/nik"
	"gapura/person/value"
)

// spellings are the names under which the vendors' services tell a field, as plain writes them. Names that also mean other things in such
// answers ("name" of a reader, "status") are left out; a configuration adds them for the service that needs them.
var spellings = [fields][]string{
	NIK:         {"nik", "nonik", "nomornik", "idnumber", "nomorindukkependudukan"},
	Name:        {"nama", "namalengkap", "namalgkp", "nmlgkp", "fullname"},
	BirthPlace:  {"tempatlahir", "tmptlhr", "tmplhr", "tmptlahir", "placeofbirth", "birthplace"},
	BirthDate:   {"tanggallahir", "tgllhr", "tgllahir", "dateofbirth", "birthdate", "dob"},
	Sex:         {"jeniskelamin", "jnskelamin", "jenisklmin", "jnsklmin", "jeniskelaminket", "gender", "sex"},
	Blood:       {"golongandarah", "goldarah", "goldrh", "bloodtype"},
	Address:     {"alamat", "address", "streetaddress"},
	RT:          {"rt", "nort"},
	RW:          {"rw", "norw"},
	Village:     {"kelurahan", "desa", "keldesa", "kelurahandesa", "desakelurahan", "kelname", "namakel", "namakelurahan", "village"},
	District:    {"kecamatan", "kecname", "namakec", "namakecamatan", "district", "subdistrict"},
	Regency:     {"kabupaten", "kota", "kabupatenkota", "kabkota", "kabname", "namakab", "namakabupaten", "regency", "city"},
	Province:    {"provinsi", "propinsi", "propname", "namaprop", "namaprovinsi", "province"},
	Religion:    {"agama", "religion"},
	Marital:     {"statusperkawinan", "statuskawin", "stskawin", "statkwn", "statkawin", "maritalstatus"},
	Occupation:  {"pekerjaan", "jenispekerjaan", "jenispkrjn", "jnspekerjaan", "jnspkrjn", "occupation"},
	Citizenship: {"kewarganegaraan", "wargenegara", "warganegara", "nationality", "citizenship"},
	ValidUntil:  {"berlakuhingga", "berlakusampai", "masaberlaku", "validuntil", "expirydate"},
}

// Names of what is not a field of the card: RT and RW in one, the service's SAM, and whether the read succeeded.
var (
	rtrwNames    = set("rtrw")
	samNames     = set("sam", "samused", "usesam", "samstatus", "statussam", "pakaisam", "withsam")
	outcomeNames = set("status", "success", "sukses", "berhasil", "ok", "result", "hasil")
	yesWords     = set("true", "1", "yes", "y", "ya", "ok", "used", "active", "aktif", "success", "sukses", "dipakai")
	noWords      = set("false", "0", "no", "n", "tidak", "unused", "inactive", "nonaktif", "none", "tidakdipakai", "tidakaktif")
	failWords    = set("false", "error", "fail", "failed", "failure", "gagal", "nok", "ng", "nocard", "tidakadakartu")
)

func set(words ...string) map[string]bool {
	out := make(map[string]bool, len(words))
	for _, w := range words {
		out[w] = true
	}
	return out
}

// A pair is a leaf of an answer: the innermost name and its text.
type pair struct{ name, value string }

// plain is a name or a word as tables hold it: small letters and digits alone, so that NAMA_LGKP, namaLgkp and nama-lgkp are one.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// A table says which field a plain name means; ignored names are there with the value fields.
type table map[string]Field

// newTable is the built-in spellings with a configuration's own over them: name → key of a field, or empty for a name that is to be passed
// over.
func newTable(own map[string]string) (table, error) {
	t := table{}
	for f, names := range spellings {
		for _, n := range names {
			t[n] = Field(f)
		}
	}
	for name, key := range own {
		f := fields
		if key != "" {
			for f = 0; f < fields && f.String() != key; f++ {
			}
			if f == fields {
				return nil, fmt.Errorf("%w: field %q is unknown", ErrConfig, key)
			}
		}
		if plain(name) == "" {
			return nil, fmt.Errorf("%w: name %q of a field", ErrConfig, name)
		}
		t[plain(name)] = f
	}
	return t, nil
}

// fold makes one record of the leaves of an answer. It is pure. An answer that says it failed is ErrNoRecord even if it holds a person,
// because services have been seen to repeat the last one; so is an answer without NIK. Two different values of one field are ErrAmbiguous:
// nobody is guessed.
func (t table) fold(service string, pairs []pair) (Record, error) {
	if failed(pairs) {
		return Record{}, ErrNoRecord
	}
	c, origin := new(content), Origin{Service: service}
	for _, p := range pairs {
		name, known := plain(p.name), false
		if f, own := t[name]; own {
			if f == fields {
				continue
			}
			if known = true; p.value != "" {
				if err := c.put(f, p.value); err != nil {
					return Record{}, err
				}
			}
		}
		word := plain(p.value)
		switch {
		case known:
		case rtrwNames[name]:
			rt, rw, _ := strings.Cut(p.value, "/")
			for f, v := range map[Field]string{RT: rt, RW: rw} {
				if err := c.put(f, v); err != nil {
					return Record{}, err
				}
			}
		case samNames[name] && yesWords[word] && origin.SAM != ClaimUnused:
			origin.SAM = ClaimUsed
		case samNames[name] && noWords[word]:
			origin.SAM = ClaimUnused // of two statements the lesser counts
		}
	}
	if c.nik.IsZero() {
		return Record{}, ErrNoRecord
	}
	return newRecord(origin, c), nil
}

// failed reports whether an answer says that nothing was read.
func failed(pairs []pair) bool {
	return slices.ContainsFunc(pairs, func(p pair) bool { return outcomeNames[plain(p.name)] && failWords[plain(p.value)] })
}

// put sets a field that is not yet set, or is set to the same.
func (c *content) put(f Field, text string) error {
	v, err := clean(f, text)
	if err != nil || v == "" {
		return err
	}
	if f == NIK {
		n, err := nik.Parse(v)
		if err != nil {
			return malformed(f)
		}
		if !c.nik.IsZero() && c.nik != n {
			return ErrAmbiguous
		}
		c.nik = n
		return nil
	}
	if c.values[f] != "" && !same(f, c.values[f], v) {
		return ErrAmbiguous
	}
	c.values[f] = v
	return nil
}

// kinds are how the values of fields are read.
var kinds = map[Field]value.Kind{Name: value.Name, BirthPlace: value.BirthPlace, Blood: value.Blood, Address: value.Street, RT: value.RT,
	RW: value.RW, Village: value.Village, District: value.District, Regency: value.Regency, Province: value.Province,
	Religion: value.Religion, Marital: value.Marital, Occupation: value.Occupation}

// same reports whether two texts are one value of a field (PNS, PEGAWAI NEGERI SIPIL).
func same(f Field, a, b string) bool {
	k, known := kinds[f]
	if a == b || !known {
		return a == b
	}
	x, err := k.Read(a, value.Ever)
	y, err2 := k.Read(b, value.Ever)
	return err == nil && err2 == nil && k.Compare(x, y, 100).Match
}

func malformed(f Field) error { return fmt.Errorf("%w: field %s", ErrAnswer, f) }

const maxValue = 200 // characters; the longest field, the address, has at most 120 in SIAK

// clean brings a value into its form: no padding, dates as 2006-01-02, sex and marital status as lists have them, words for SIAK's numbers.
func clean(f Field, text string) (string, error) {
	v := strings.TrimFunc(text, func(r rune) bool { return r == 0 || r == 0xFF || unicode.IsSpace(r) })
	if value.None(v) {
		return "", nil
	}
	if !utf8.ValidString(v) || utf8.RuneCountInString(v) > maxValue || strings.ContainsFunc(v, unicode.IsControl) {
		return "", malformed(f)
	}
	switch f {
	case BirthDate:
		if v, err := value.BirthDate.Read(v, value.Ever); err == nil { // the form says whether that day has come
			return v, nil
		}
		return "", malformed(f)
	case Sex:
		if n, err := value.Sex.Read(v, value.Ever); err == nil {
			return value.Sexes()[n[0]-'1'], nil
		}
	case Marital:
		return maritalWord(v), nil
	}
	if k, ok := kinds[f]; ok {
		v = k.Word(v)
	}
	return v, nil
}

// maritalWord is a status as the desk's list has it; what cannot be read stays.
func maritalWord(v string) string {
	word := strings.ToUpper(strings.Join(strings.Fields(value.Marital.Word(v)), " "))
	if slices.Contains(value.Maritals(), word) {
		return word
	}
	if form, err := value.Marital.Read(v, value.Ever); err == nil && form != "" {
		return form
	}
	return v
}
