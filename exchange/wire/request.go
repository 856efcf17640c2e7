package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gapura/access/access"
	"gapura/person/population"
	"gapura/person/value"
)

// MaxBody bounds a request, in bytes.
const MaxBody = 64 << 10

// maxValue is the longest text of a field that is looked at, in bytes.
const maxValue = 400

// Fields are what a client sent, by key in lower case without underscores. Numbers are texts as they were written.
type Fields map[string]string

// ErrBody says that a body cannot be read in any of the forms.
var ErrBody = errors.New("body is not JSON, a form or multipart")

// Read reads a body, whatever its Content-Type says: JSON when it begins with a brace or bracket, multipart when it begins with two dashes,
// else a form. Errors repeat nothing of it.
func Read(body []byte) (Fields, error) {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\ufeff")), " \t\r\n")
	if len(body) > MaxBody || !utf8.Valid(body) {
		return nil, ErrBody
	}
	switch {
	case len(trimmed) == 0:
		return Fields{}, nil
	case trimmed[0] == '{' || trimmed[0] == '[':
		return readJSON(trimmed)
	}
	values, err := Form(trimmed)
	return fields(values), err
}

// Form reads the fields of a body that is no JSON: multipart, whose boundary is taken from the body itself, or else a form.
func Form(body []byte) (url.Values, error) {
	if !bytes.HasPrefix(body, []byte("--")) {
		values, err := url.ParseQuery(strings.TrimSpace(string(body)))
		if err != nil {
			return nil, ErrBody
		}
		return values, nil
	}
	line, _, _ := bytes.Cut(body, []byte("\n"))
	boundary := strings.TrimSpace(strings.TrimPrefix(string(line), "--"))
	if boundary == "" || len(boundary) > 200 {
		return nil, ErrBody
	}
	values := url.Values{}
	for r := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := r.NextPart()
		if err == io.EOF {
			return values, nil
		}
		if err != nil {
			return nil, ErrBody
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, ErrBody
		}
		if name := part.FormName(); name != "" {
			values.Set(name, string(value))
		}
	}
}

func fields(values url.Values) Fields {
	f := Fields{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		list := values[key]
		f.put(key, list[len(list)-1])
	}
	return f
}

// put keeps a value; what is too long or holds control characters counts as not sent. Of two spellings of one key the first that says
// something counts, so that callers that put keys in their order always read the same.
func (f Fields) put(key, value string) {
	value = strings.TrimSpace(value)
	if len(value) > maxValue || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }) {
		return
	}
	if key = Key(key); f[key] == "" {
		f[key] = value
	}
}

// Key folds a key: without case and underscores.
func Key(key string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(key)), "_", "")
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
			f.put(key, v)
		case json.Number:
			f.put(key, v.String())
		case bool:
			f.put(key, strconv.FormatBool(v))
		}
	}
	return f, nil
}

// Query reads credentials from a query string, for profiles that allow it; what the body says counts more.
func (f Fields) Query(q url.Values) {
	for key, value := range fields(q) {
		if f[key] == "" {
			f[key] = value
		}
	}
}

// User, Password and NIK as sent.
func (f Fields) User() string     { return f["userid"] }
func (f Fields) Password() string { return f["password"] }
func (f Fields) NIK() string      { return f["nik"] }

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
	if text == "" {
		text = f["threshold"]
	}
	if text == "" {
		return 100, true
	}
	n, err := strconv.Atoi(strings.TrimSuffix(text, ".0"))
	return n, err == nil && n >= 0 && n <= 100
}

// A column is a key of the wire with the element, or the part of the address, that it stands for.
type column struct {
	key     string
	element population.Element
	part    string // of the address
	fuzzy   bool
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
	{key: "PROP_NAME", element: population.ElAddress, part: "provinsi"},
	{key: "KAB_NAME", element: population.ElAddress, part: "kabupaten"},
	{key: "NO_KEC", element: population.ElAddress, part: "nomor_kecamatan"},
	{key: "KEC_NAME", element: population.ElAddress, part: "kecamatan"},
	{key: "KEL_NAME", element: population.ElAddress, part: "kelurahan"},
	{key: "NO_RT", element: population.ElAddress, part: "rt"},
	{key: "NO_RW", element: population.ElAddress, part: "rw"},
	{key: "DUSUN", element: population.ElHamlet, fuzzy: true},
	{key: "KODE_POS", element: population.ElPostCode},
	{key: "AGAMA", element: population.ElReligion},
	{key: "GOL_DARAH", element: population.ElBlood},
	{key: "PDDK_AKH", element: population.ElEducation},
	{key: "STAT_HBKEL", element: population.ElRelation},
	{key: "NAMA_LGKP_AYAH", element: population.ElFather, fuzzy: true},
	{key: "NAMA_LGKP_IBU", element: population.ElMother, fuzzy: true},
}

// Claims are the elements that a client brings for verification; whatever stands for no value means "not sent". False when one cannot be
// read: that is never a difference. today bounds birth dates.
func (f Fields) Claims(today time.Time) (list []population.Claim, ok bool) {
	for _, c := range columns {
		v := f[Key(c.key)]
		if value.None(v) || c.element == population.ElNIK { // the NIK is the question itself
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
