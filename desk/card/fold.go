package card

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gapura/person/nik"
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
	manWords     = set("l", "lk", "m", "1", "lakilaki", "pria", "male")
	womanWords   = set("p", "pr", "f", "2", "perempuan", "wanita", "female")
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
	if c.values[f] != "" && c.values[f] != v {
		return ErrAmbiguous
	}
	c.values[f] = v
	return nil
}

func malformed(f Field) error { return fmt.Errorf("%w: field %s", ErrAnswer, f) }

const maxValue = 200 // characters; the longest field, the address, has at most 120 in SIAK

// clean brings a value into its form: no padding, dates as 2006-01-02, known words of sex. A dash is how services write nothing.
func clean(f Field, text string) (string, error) {
	v := strings.TrimFunc(text, func(r rune) bool { return r == 0 || r == 0xFF || unicode.IsSpace(r) })
	if v == "-" {
		return "", nil
	}
	if !utf8.ValidString(v) || utf8.RuneCountInString(v) > maxValue || strings.ContainsFunc(v, unicode.IsControl) {
		return "", malformed(f)
	}
	if v == "" {
		return "", nil
	}
	switch f {
	case BirthDate:
		d, ok := parseDate(v)
		if !ok {
			return "", malformed(f)
		}
		return d.Format(time.DateOnly), nil
	case Sex:
		switch word := plain(v); {
		case manWords[word]:
			return "LAKI-LAKI", nil
		case womanWords[word]:
			return "PEREMPUAN", nil
		}
	}
	return v, nil
}

// months by the first three letters, with the spellings of which Indonesian has two, and the English ones that databases write.
var months = map[string]time.Month{
	"jan": 1, "feb": 2, "peb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agu": 8, "agt": 8, "ags": 8, "aug": 8,
	"sep": 9, "okt": 10, "oct": 10,
	"nov": 11, "nop": 11, "des": 12, "dec": 12,
}

// parseDate reads DD-MM-YYYY, YYYY-MM-DD, DDMMYYYY, YYYYMMDD and DD month YYYY, with any separators and a time of day after it, of the
// years 1900 to 2099. Within these years no eight digits are a date both ways.
func parseDate(s string) (time.Time, bool) {
	if day, _, timed := strings.Cut(s, "T0"); timed {
		s = day // 1980-01-31T00:00:00
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && (r < '0' || r > '9') })
	if len(parts) == 1 && len(s) == 8 && len(parts[0]) == 8 {
		if d, ok := date(s[4:], s[2:4], s[:2]); ok {
			return d, true
		}
		return date(s[:4], s[4:6], s[6:])
	}
	if len(parts) < 3 {
		return time.Time{}, false
	}
	for _, rest := range parts[3:] { // hours, minutes, seconds, all zero
		if strings.Trim(rest, "0") != "" {
			return time.Time{}, false
		}
	}
	if len(parts[0]) == 4 {
		return date(parts[0], parts[1], parts[2])
	}
	return date(parts[2], parts[1], parts[0])
}

func date(year, month, day string) (time.Time, bool) {
	y, err1 := strconv.Atoi(year)
	d, err2 := strconv.Atoi(day)
	m, err3 := strconv.Atoi(month)
	if err3 != nil && len(month) >= 3 {
		m, err3 = int(months[strings.ToLower(month[:3])]), nil
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	ok := err1 == nil && err2 == nil && err3 == nil && len(year) == 4 && len(day) <= 2 && y >= 1900 && y <= 2099 && int(t.Month()) == m &&
		t.Day() == d
	return t, ok
}
