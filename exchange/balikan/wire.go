package balikan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gapura/agreement/agreement"
	"gapura/exchange/wire"
	"gapura/person/value"
)

// ReadWire reads a body of the data balikan service, whatever its Content-Type says: one JSON record, a JSON array of blocks of many
// records, multipart, or a form; in both of these param is JSON text or the nested fields that PHP builds. Errors are told.
func ReadWire(body []byte, from Sender, spec agreement.Balikan) ([]Item, error) {
	trimmed := wire.Bare(body)
	r := reader{from: from, spec: spec}
	var err error
	switch {
	case len(trimmed) == 0:
		return nil, unfit(0, "", "isi permintaan kosong")
	case trimmed[0] == '{':
		err = r.one(wire.Mended(trimmed))
	case trimmed[0] == '[':
		err = r.array(wire.Mended(trimmed))
	default:
		err = r.form(trimmed)
	}
	if err == nil && len(r.items) == 0 {
		err = unfit(0, "", "tidak memuat data")
	}
	return r.items, err
}

type reader struct {
	from  Sender
	spec  agreement.Balikan
	items []Item
}

var errJSON = unfit(0, "", "isi permintaan bukan JSON yang sah")

// An object is a JSON object by its folded keys.
type object map[string]member

// A member is a value with its key as it was spelt.
type member struct {
	name  string
	value json.RawMessage
}

// members reads an object, its keys folded. A key that stands twice is told when it is one that a record has, because one of its values
// would be dropped; what it is called otherwise may be anything.
func members(raw []byte, n int, known ...string) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errJSON
	}
	out := object{}
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		var said json.RawMessage
		if err != nil || !ok || dec.Decode(&said) != nil {
			return nil, errJSON
		}
		key := Key(name)
		at := slices.IndexFunc(known, func(k string) bool { return Key(k) == key })
		if before, twice := out[key]; twice && at >= 0 && !bytes.Equal(before.value, said) {
			return nil, unfit(n, known[at], "disebut dua kali dengan isi yang berbeda")
		}
		out[key] = member{name, said}
	}
	return out, nil
}

// recordKeys are those of a record, blockKeys those of an institution's block of records.
var (
	recordKeys = []string{"nik", "id_lembaga", "nama_lembaga", "param"}
	blockKeys  = []string{"id_lembaga", "nama_lembaga", "data"}
	ownKeys    = append([]string{"data"}, recordKeys...)
)

// besides are what programs send along that is no value of a record: credentials, a form's button and what frameworks put into forms.
var besides = []string{"userid", "password", "ipuser", "ipusers", "ipaddress", "token", "submit"}

// only refuses what an object says beside the keys that it has: nobody would keep it, and "Success" is never said of values that were
// dropped. What the agreement asks for stands in param.
func (o object) only(n int, keys []string, spec agreement.Balikan) error {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		known := slices.ContainsFunc(keys, func(k string) bool { return Key(k) == key })
		if v, ok := text(o[key].value); known || slices.Contains(besides, key) || ok && value.None(v) {
			continue
		}
		if at := slices.IndexFunc(spec.Fields, func(f string) bool { return Key(f) == key }); at >= 0 {
			return unfit(n, spec.Fields[at], "harus berada di dalam param")
		}
		return further(n, o[key].name)
	}
	return nil
}

// further refuses a value that the agreement has no field for. What may be a value in its name's place is not repeated.
func further(n int, name string) error {
	if !wire.IsName(name) {
		name = "param"
	}
	return unfit(n, name, "tidak termasuk data balikan menurut perjanjian, sehingga tidak akan disimpan; kirim tanpa isian ini")
}

// text is a JSON string or number as text; ok is false when it is neither, nor null.
func text(raw json.RawMessage) (s string, ok bool) {
	if len(raw) == 0 || json.Unmarshal(raw, &s) == nil { // null leaves it empty
		return s, true
	}
	var n json.Number
	if json.Unmarshal(raw, &n) != nil {
		return "", false
	}
	if digits, ok := wire.Whole(n.String()); ok {
		return digits, true
	}
	return n.String(), true
}

// said is a text, or nothing.
func said(raw json.RawMessage) string {
	s, _ := text(raw)
	return s
}

// sender checks that a block is of the institution that the token belongs to. n is the block's number in an array, 0 when it stands
// alone.
func (r *reader) sender(n int, id string) error {
	switch {
	case strings.TrimSpace(id) == "":
		return unfit(n, "id_lembaga", "harus diisi")
	case !strings.EqualFold(strings.TrimSpace(id), r.from.ID):
		return unfit(n, "id_lembaga", "bukan lembaga dari token ini")
	}
	return nil
}

func (r *reader) one(body []byte) error {
	if !json.Valid(body) {
		return errJSON
	}
	if list, ok := numbered(body); ok {
		return r.list(list)
	}
	m, err := members(body, 1, ownKeys...)
	if err != nil {
		return err
	}
	return r.block(1, m)
}

func (r *reader) array(body []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		return errJSON
	}
	return r.list(list)
}

func (r *reader) list(list []json.RawMessage) error {
	for i, raw := range list {
		m, err := members(raw, i+1, ownKeys...)
		if errors.Is(err, errJSON) {
			err = unfit(i+1, "", "bukan objek JSON")
		}
		if err == nil {
			err = r.block(i+1, m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// block reads an institution's block of records, or a record that stands by itself.
func (r *reader) block(n int, m object) error {
	data, ok := m["data"]
	if !ok {
		return r.record(m, "")
	}
	id := said(m["idlembaga"].value)
	if id != "" {
		if err := r.sender(n, id); err != nil {
			return err
		}
	}
	if err := m.only(n, blockKeys, r.spec); err != nil {
		return err
	}
	list, err := objects(data.value)
	if err != nil {
		return unfit(n, "data", "harus berupa daftar")
	}
	if len(list) == 0 && id == "" {
		return r.sender(n, id)
	}
	for _, one := range list {
		next := len(r.items) + 1
		m, err := members(one, next, ownKeys...)
		if errors.Is(err, errJSON) {
			err = unfit(next, "", "bukan objek JSON")
		}
		if err == nil {
			err = r.record(m, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// objects are those of a list, or the one that stands in its place; each may be JSON text of its own. An object whose names are all numbers
// is a list: PHP writes an array so from which something was taken.
func objects(raw json.RawMessage) (list []json.RawMessage, err error) {
	trimmed := unquoted(raw)
	switch {
	case len(trimmed) == 0:
		return nil, nil
	case trimmed[0] != '{':
		err = json.Unmarshal(trimmed, &list)
	default:
		var ok bool
		if list, ok = numbered(trimmed); !ok {
			return []json.RawMessage{trimmed}, nil
		}
	}
	for i := range list {
		list[i] = unquoted(list[i])
	}
	return list, err
}

// numbered are the values of an object whose names are all numbers, in their order.
func numbered(raw json.RawMessage) (list []json.RawMessage, ok bool) {
	byName := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &byName) != nil || len(byName) == 0 {
		return nil, false
	}
	byNumber := map[int]json.RawMessage{}
	for name, v := range byName {
		n, err := strconv.Atoi(name)
		if err != nil || name != strconv.Itoa(n) {
			return nil, false
		}
		byNumber[n] = v
	}
	for _, n := range slices.Sorted(maps.Keys(byNumber)) {
		list = append(list, byNumber[n])
	}
	return list, true
}

// unquoted is what a JSON text holds, or the value itself.
func unquoted(raw json.RawMessage) json.RawMessage {
	if inner := ""; json.Unmarshal(raw, &inner) == nil && !bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		raw = []byte(inner)
	}
	return bytes.TrimSpace(raw)
}

// record reads one record; id is the institution that its block names.
func (r *reader) record(m object, id string) error {
	if len(r.items) == MaxItems {
		return unfit(0, "", fmt.Sprintf("lebih dari %d data dalam satu kiriman", MaxItems))
	}
	n := len(r.items) + 1
	for key := range m {
		if strings.HasPrefix(key, "param[") { // a nested name that is none: what it holds would be dropped
			return unfit(n, "param", "nama isian bersarang tidak terbaca")
		}
	}
	if own := said(m["idlembaga"].value); own != "" || id == "" {
		if err := r.sender(n, own); err != nil {
			return err
		}
	}
	params, err := readParams(n, m["param"].value, r.spec)
	if err != nil {
		return err
	}
	if err := m.only(n, recordKeys, r.spec); err != nil {
		return err
	}
	i, err := NewItem(n, said(m["nik"].value), params, r.spec)
	if err != nil {
		return err
	}
	r.items = append(r.items, i)
	return nil
}

// readParams reads a list of objects, or one object, or either as JSON text; it may be missing, empty or null. Keys of the agreement are
// folded, others as they were spelt.
func readParams(n int, raw json.RawMessage, spec agreement.Balikan) ([]map[string]string, error) {
	list, err := objects(raw)
	if err != nil {
		return nil, unfit(n, "param", "harus berupa daftar objek")
	}
	out := make([]map[string]string, len(list))
	for i, raw := range list {
		m, err := members(raw, n, spec.Fields...)
		if errors.Is(err, errJSON) {
			err = unfit(n, "param", "harus berupa daftar objek")
		}
		if err != nil {
			return nil, err
		}
		out[i] = make(map[string]string, len(m))
		for _, key := range slices.Sorted(maps.Keys(m)) {
			v, ok := text(m[key].value)
			at := slices.IndexFunc(spec.Fields, func(f string) bool { return Key(f) == key })
			switch {
			case at < 0 && ok:
				out[i][m[key].name] = v
			case at < 0: // an object or a list, which is refused for its name
				out[i][m[key].name] = string(m[key].value)
			case !ok:
				return nil, unfit(n, spec.Fields[at], "harus teks atau angka")
			default:
				out[i][key] = v
			}
		}
	}
	return out, nil
}

// form reads what a JSON body would hold, param being JSON text or a nested form as PHP builds it (param[0][NOMOR]).
func (r *reader) form(body []byte) error {
	pairs, err := wire.Form(body)
	if err != nil {
		return unfit(0, "", "isi permintaan tidak terbaca")
	}
	nest := wire.Nested(pairs)
	if nest.Twice != "" && !slices.Contains([]string{"idlembaga", "namalembaga"}, Key(nest.Twice)) { // no values of a record
		name := nest.Twice
		if !wire.IsName(name) {
			name = "param"
		}
		return unfit(0, name, "disebut dua kali dengan isi yang berbeda")
	}
	form := nest.Value()
	raw, err := json.Marshal(form)
	if err != nil {
		return fmt.Errorf("write form as JSON: %w", err)
	}
	if _, list := form.([]any); list {
		return r.array(raw)
	}
	return r.one(raw)
}
