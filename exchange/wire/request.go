package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gapura/access/access"
	"gapura/internal/quote"
	"gapura/person/population"
	"gapura/person/value"
)

// MaxBody bounds a request, in bytes.
const MaxBody = 64 << 10

// maxValue is the longest text of a field that is looked at, in bytes.
const maxValue = 400

// Fields are what a client sent, by key in lower case without underscores. Numbers are texts as they were written.
type Fields map[string]string

// unreadable stands for a value that was sent and that nothing can be made of: no reader takes it.
const unreadable = "\x00"

// Read reads a body, whatever its Content-Type says: JSON when it begins with a brace or bracket, multipart when it begins with two dashes,
// else a form. Errors repeat nothing of it.
func Read(body []byte) (Fields, error) {
	if len(body) > MaxBody {
		return nil, ErrBody
	}
	body = Bare(body)
	switch {
	case len(body) == 0:
		return Fields{}, nil
	case body[0] == '{' || body[0] == '[':
		if f, ok := readPlain(body); ok {
			return f, nil
		}
		return readJSON(Mended(body))
	}
	pairs, err := Form(body)
	return fields(pairs), err
}

// fields takes of each key what was sent last. What stands in a nested form counts less than what does not.
func fields(pairs []Pair) Fields {
	f, plain, nested := Fields{}, map[string]string{}, map[string]string{}
	for _, p := range pairs {
		if key := leaf(p.Key); key != p.Key {
			nested[key] = p.Value
		} else {
			plain[key] = p.Value
		}
	}
	for _, m := range []map[string]string{plain, nested} {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			f.put(key, m[key])
		}
	}
	return f
}

// leaf is the last name in a key of a nested form, as PHP builds it: nik of data[nik], of nik[0] and of 0[nik].
func leaf(key string) string {
	last, rest, nested := strings.Cut(key, "[")
	if !nested {
		return key
	}
	for name := range strings.SplitSeq(strings.ReplaceAll(rest, "]", ""), "[") {
		if strings.Trim(name, "0123456789") != "" {
			last = name
		}
	}
	return last
}

// put keeps a value. Of two spellings of one key the first that says something counts, so that callers that put keys in their order always
// read the same.
func (f Fields) put(key, value string) {
	if value = strings.TrimSpace(value); len(value) > maxValue {
		value = unreadable
	}
	if key = Key(key); f[key] == "" {
		f[key] = value
	}
}

// Key folds a key: without case and underscores.
func Key(key string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(key)), "_", "")
}

// readPlain reads an object as nearly every program sends it, without reflection: texts without escapes, each key once. Any other is left
// to readJSON.
func readPlain(body []byte) (Fields, bool) {
	if !utf8.Valid(body) || bytes.ContainsRune(body, utf8.RuneError) {
		return nil, false
	}
	f, rest, sep := make(Fields, 8), body, byte('{')
	for {
		key, value, after, ok := quote.Member(rest, sep)
		if !ok {
			return nil, false
		}
		if _, twice := f[Key(key)]; twice {
			return nil, false
		}
		f.put(key, value)
		if rest, sep = after, ','; string(rest) == "}" {
			return f, true
		}
	}
}

// readJSON reads an object, or the only object of an array.
func readJSON(body []byte) (Fields, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var object map[string]any
	if body[0] == '[' {
		var list []map[string]any
		if err := dec.Decode(&list); err != nil || len(list) != 1 {
			return nil, ErrBody
		}
		object = list[0]
	} else if err := dec.Decode(&object); err != nil {
		return nil, ErrBody
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, ErrBody
	}
	f := Fields{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		switch v := object[key].(type) {
		case string:
			f.put(key, readable(v))
		case json.Number:
			f.put(key, number(v.String()))
		case bool:
			f.put(key, strconv.FormatBool(v))
		case nil:
			f.put(key, "")
		default:
			f.put(key, unreadable)
		}
	}
	return f, nil
}

// Query reads credentials from a query string, for profiles that allow it; what the body says counts more.
func (f Fields) Query(raw string) {
	sent := fields(urlencoded(raw))
	for _, key := range append([]string{"userid", "password"}, addresses...) {
		if f[key] == "" {
			f[key] = sent[key]
		}
	}
}

// User and Password as sent.
func (f Fields) User() string     { return f["userid"] }
func (f Fields) Password() string { return f["password"] }

// NIK as sent; empty when nothing was, or what stands for nothing. A number in floating point notation is read as the number that it is.
func (f Fields) NIK() string {
	text := f["nik"]
	if value.None(text) {
		return ""
	}
	if strings.ContainsAny(text, ".eE") {
		if digits, ok := Whole(text); ok {
			return digits
		}
	}
	return text
}

// addresses are the keys, folded, under which clients claim an address.
var addresses = []string{"ipuser", "ipusers", "ipaddress"}

// Empty reports whether user or password is empty. Clients send an address, an empty one or none, and none of that proves anything.
func (f Fields) Empty() bool { return f.User() == "" || f.Password() == "" }

// Claimed is the address that a client claims. It proves nothing and is only recorded: as the reference when it is fit for one.
func (f Fields) Claimed() string {
	for _, key := range addresses {
		if v := f[key]; access.ValidReference(v) {
			return v
		}
	}
	return "-"
}

// Threshold is the score from which a name is the same; false when it is no number from 0 to 100. The real wire spells it wrong.
func (f Fields) Threshold() (int, bool) {
	text := f["treshold"]
	if value.None(text) {
		text = f["threshold"]
	}
	if value.None(text) {
		return 100, true
	}
	digits, ok := Whole(text)
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n <= 100
}

// A column is a key of the wire with the element, or the part of the address, that it stands for.
type column struct {
	key     string
	element population.Element
	part    string // of the address
	fuzzy   bool   // its verdict tells the score
	code    bool   // a number of the region's code, which comes where a profile asks for it
}

// columns are the wire's keys of the elements, in the order of an answer.
var columns = []column{
	{key: "NIK", element: population.ElNIK},
	{key: "NO_KK", element: population.ElFamilyNo},
	{key: "NAMA_LGKP", element: population.ElName, fuzzy: true},
	{key: "JENIS_KLMIN", element: population.ElSex},
	{key: "TMPT_LHR", element: population.ElBirthPlace, fuzzy: true},
	{key: "TGL_LHR", element: population.ElBirthDate},
	{key: "STATUS_KAWIN", element: population.ElMarital},
	{key: "JENIS_PKRJN", element: population.ElOccupation},
	{key: "ALAMAT", element: population.ElAddress, part: "alamat", fuzzy: true},
	{key: "NO_PROP", element: population.ElAddress, code: true},
	{key: "PROP_NAME", element: population.ElAddress, part: "provinsi"},
	{key: "NO_KAB", element: population.ElAddress, code: true},
	{key: "KAB_NAME", element: population.ElAddress, part: "kabupaten"},
	{key: "NO_KEC", element: population.ElAddress, part: "nomor_kecamatan"},
	{key: "KEC_NAME", element: population.ElAddress, part: "kecamatan"},
	{key: "NO_KEL", element: population.ElAddress, code: true},
	{key: "KEL_NAME", element: population.ElAddress, part: "kelurahan"},
	{key: "NO_RT", element: population.ElAddress, part: "rt"},
	{key: "NO_RW", element: population.ElAddress, part: "rw"},
	{key: "DUSUN", element: population.ElHamlet},
	{key: "KODE_POS", element: population.ElPostCode},
	{key: "AGAMA", element: population.ElReligion},
	{key: "GOL_DARAH", element: population.ElBlood},
	{key: "PDDK_AKH", element: population.ElEducation},
	{key: "STAT_HBKEL", element: population.ElRelation},
	{key: "NAMA_LGKP_AYAH", element: population.ElFather},
	{key: "NAMA_LGKP_IBU", element: population.ElMother, fuzzy: true},
}

// Claims are the elements that a client brings for verification; whatever stands for no value means "not sent". False when one cannot be
// read: that is never a difference. today bounds birth dates.
func (f Fields) Claims(today time.Time) (list []population.Claim, ok bool) {
	for _, c := range columns {
		v := f[Key(c.key)]
		if value.None(v) || c.code || c.element == population.ElNIK { // the NIK is the question itself
			continue
		}
		claim, err := population.ReadClaim(c.element, c.part, v, today)
		if err != nil {
			return nil, false
		}
		list = append(list, claim)
	}
	return list, true
}
