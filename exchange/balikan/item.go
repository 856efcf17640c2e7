package balikan

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gapura/agreement/agreement"
	"gapura/internal/told"
	"gapura/person/freetext"
	"gapura/person/nik"
	"gapura/person/value"
)

// An Item is data balikan for one person: one object of values for each aid, by the agreement's keys.
type Item struct {
	NIK        nik.NIK
	Params     []map[string]string
	Incomplete bool // no values: kept, and flagged
	// Reason is the key of one of Reasons instead of values: no service was given, and what lookups of this person expect is answered by
	// that.
	Reason string
	// Reading is the reference of the reading of a card that the item answers too, because the chip gave no NIK; empty: none.
	Reading string
	digest  [32]byte // once it was computed for a delivery, which needs it several times; zero: not yet
}

// MaxItems bounds a batch.
const MaxItems = 10_000

// maxValue is the longest value, in bytes; maxParams how many aids one person's item names.
const (
	maxValue  = 300
	maxParams = 50
	// maxReading is the longest reference of a reading, in bytes.
	maxReading = 100
)

// Digest recognises a repeat: the same person with the same values. It is only kept keyed (see store).
func (i Item) Digest() [32]byte {
	if i.digest != [32]byte{} {
		return i.digest
	}
	text, err := json.Marshal(i.Params) // keys come sorted
	if err != nil {
		panic(err) // texts always encode
	}
	return sha256.Sum256(append([]byte(i.NIK.Digits()+"\n"), text...))
}

// Key folds a field's key: without case, underscores, dashes and blanks, as headings of tables have them.
func Key(key string) string {
	apart := func(r rune) bool { return r == '_' || r == '-' || unicode.IsSpace(r) }
	return strings.ToLower(strings.Join(strings.FieldsFunc(key, apart), ""))
}

// unfit says what is wrong with an item, by its number from 1 (0: it stands alone) and its field; it repeats no value.
func unfit(item int, field, text string) *told.Error {
	where := ""
	if item > 0 {
		where = fmt.Sprintf("data ke-%d", item)
	}
	if field != "" {
		where = strings.TrimPrefix(where+", field "+field, ", ")
	}
	return told.Wrong(field, strings.TrimPrefix(where+": "+text, ": "))
}

// NewReason is the item of a person who was given no service. n is the item's number for problems.
func NewReason(n int, digits, reason string) (Item, error) {
	i := Item{Reason: reason}
	var err error
	if i.NIK, err = nik.Parse(digits); err != nil {
		return i, unfit(n, "nik", "tidak sesuai format")
	}
	if _, known := ReasonLabel(reason); !known {
		return i, unfit(n, "reason", "tidak dikenal")
	}
	return i, nil
}

// NewItem checks the values of one person against the agreement's fields. Keys are compared without case and underscores. Only what the
// agreement names may be kept, so that a value under another key is refused, by its name. A person without any key is taken as incomplete;
// whoever names one must name all: no value is dropped in silence. n is the item's number for problems.
func NewItem(n int, digits string, params []map[string]string, spec agreement.Balikan) (Item, error) {
	i := Item{Incomplete: true}
	var err error
	if i.NIK, err = nik.Parse(digits); err != nil {
		return i, unfit(n, "nik", "tidak sesuai format")
	}
	if len(params) > maxParams {
		return i, unfit(n, "param", fmt.Sprintf("lebih dari %d", maxParams))
	}
	if !slices.ContainsFunc(params, func(p map[string]string) bool { return len(p) > 0 }) {
		return i, nil
	}
	for _, given := range params {
		values, err := readParam(n, given, spec)
		if err != nil {
			return i, err
		}
		i.Params, i.Incomplete = append(i.Params, values), false
	}
	return i, nil
}

// readParam reads the values of one aid.
func readParam(n int, given map[string]string, spec agreement.Balikan) (map[string]string, error) {
	values := map[string]string{}
	var others []string
	for key, said := range given {
		folded := Key(key)
		if at := slices.IndexFunc(spec.Fields, func(f string) bool { return Key(f) == folded }); at >= 0 {
			values[spec.Fields[at]] = strings.TrimSpace(said)
		} else if !value.None(said) {
			others = append(others, key)
		}
	}
	if len(values) == 0 {
		return nil, unfit(n, "param", "tidak memuat "+strings.Join(spec.Fields, ", ")+" yang diminta perjanjian")
	}
	for _, f := range spec.Fields {
		switch v := values[f]; {
		case v == "":
			return nil, unfit(n, f, "harus diisi")
		case len(v) > maxValue || strings.ContainsFunc(v, unreadableRune):
			return nil, unfit(n, f, fmt.Sprintf("harus teks sampai %d byte tanpa karakter kendali", maxValue))
		case Filler(v):
			return nil, unfit(n, f, "harus diisi dengan keterangan yang sebenarnya, bukan pengganti kosong")
		}
	}
	if len(others) > 0 {
		return nil, further(n, slices.Min(others))
	}
	return values, nil
}

// unreadableRune tells control characters, and what stands for bytes that are no text.
func unreadableRune(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }

// fillers are words that are typed where there is nothing to say, without what is neither letter nor digit.
var fillers = []string{"NA", "NULL", "NONE", "NIL", "NAN", "UNDEFINED", "UNKNOWN", "TBA", "TBD", "KOSONG", "NIHIL", "TIDAKADA", "TDKADA",
	"BELUMADA", "BLMADA", "TIDAKDIKETAHUI", "TIDAKTAHU", "TANPAKETERANGAN", "BELUMDIISI", "TIDAKDIISI", "TEST", "TES", "TESTING", "ASDF",
	"QWERTY", "DUMMY"}

// Filler reports whether a text stands for no value, although it isn't empty: dashes and other signs, zeros, a row of X, N/A and the
// like.
func Filler(text string) bool {
	if value.None(text) {
		return true
	}
	core := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, text)
	return strings.Trim(core, "0") == "" || strings.Trim(core, "X") == "" || slices.Contains(fillers, core)
}

// wholeItem is NewItem for a door that takes no empty values.
func wholeItem(n int, digits string, params []map[string]string, spec agreement.Balikan) (Item, error) {
	i, err := NewItem(n, digits, params, spec)
	if err == nil && i.Incomplete {
		err = unfit(n, spec.Fields[0], "harus diisi")
	}
	return i, err
}

// ReadOne reads one person's values, as a form has them.
func ReadOne(digits string, values map[string]string, spec agreement.Balikan) (Content, error) {
	i, err := wholeItem(0, digits, []map[string]string{values}, spec)
	return Content{Items: []Item{i}}, err
}

// A Given is an item as a program sends it: values, or a reason.
type Given struct {
	NIK    string          `json:"nik"`
	Param  json.RawMessage `json:"param"` // a list of objects, or one object
	Reason string          `json:"reason"`
	// Reading is the reference under which a desk told of the card that it had read for this person.
	Reading string `json:"reading"`
}

// FitKey reports whether a desk or program may name what it sends so.
func FitKey(key string) bool { return deliveryKey.MatchString(key) && freetext.Problem(key) == "" }

var deliveryKey = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// ReadGiven checks a program's items, under a key that must be fit.
func ReadGiven(key string, list []Given, spec agreement.Balikan) (Content, error) {
	c := Content{Key: key, Items: make([]Item, len(list))}
	switch {
	case !FitKey(key):
		return c, unfit(0, "key", "harus 8 sampai 64 huruf, angka, garis bawah, atau tanda hubung")
	case len(list) == 0:
		return c, unfit(0, "items", "harus diisi")
	case len(list) > MaxItems:
		return c, unfit(0, "items", fmt.Sprintf("lebih dari %d data dalam satu kiriman", MaxItems))
	}
	for n, g := range list {
		var err error
		if c.Items[n], err = g.item(n+1, spec); err != nil {
			return c, err
		}
		if c.Items[n].Reading = g.Reading; len(g.Reading) > maxReading || strings.ContainsFunc(g.Reading, unreadableRune) {
			return c, unfit(n+1, "reading", fmt.Sprintf("harus teks sampai %d byte tanpa karakter kendali", maxReading))
		}
	}
	return c, nil
}

func (g Given) item(n int, spec agreement.Balikan) (Item, error) {
	params, err := readParams(n, g.Param, spec)
	switch {
	case err != nil:
		return Item{}, err
	case g.Reason != "" && len(params) > 0:
		return Item{}, unfit(n, "reason", "tidak boleh bersama param")
	case g.Reason != "":
		return NewReason(n, g.NIK, g.Reason)
	}
	i, err := NewItem(n, g.NIK, params, spec)
	if err == nil && i.Incomplete {
		err = unfit(n, "param", "harus diisi, atau reason")
	}
	return i, err
}
