package balikan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"gapura/agreement/agreement"
	"gapura/exchange/wire"
)

// ReadWire reads a body of the data balikan service, whatever its Content-Type says: one JSON record, a JSON array of blocks of many
// records, multipart with param as JSON text, or a form. Errors are told.
func ReadWire(body []byte, from Sender, spec agreement.Balikan) ([]Item, error) {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\ufeff")), " \t\r\n")
	if !utf8.Valid(body) {
		return nil, unfit(0, "", "isi permintaan harus dalam UTF-8")
	}
	r := reader{from: from, spec: spec}
	var err error
	switch {
	case len(trimmed) == 0:
		return nil, unfit(0, "", "isi permintaan kosong")
	case trimmed[0] == '{':
		err = r.object(trimmed)
	case trimmed[0] == '[':
		err = r.array(trimmed)
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

// fold reads an object's keys without case and underscores.
func fold(raw []byte) (map[string]json.RawMessage, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil || m == nil {
		return nil, errJSON
	}
	out := make(map[string]json.RawMessage, len(m))
	for k, v := range m {
		out[Key(k)] = v
	}
	return out, nil
}

// text is a JSON string or number as text; what is neither is empty.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// sender checks that a block is of the institution that the token belongs to. n is the block's number in an array, 0 when it stands alone.
func (r *reader) sender(n int, id string) error {
	switch {
	case strings.TrimSpace(id) == "":
		return unfit(n, "id_lembaga", "harus diisi")
	case !strings.EqualFold(strings.TrimSpace(id), r.from.ID):
		return unfit(n, "id_lembaga", "bukan lembaga dari token ini")
	}
	return nil
}

func (r *reader) object(body []byte) error {
	m, err := fold(body)
	if err != nil {
		return err
	}
	if _, block := m["data"]; block {
		return r.block(1, m)
	}
	if err := r.sender(1, text(m["idlembaga"])); err != nil {
		return err
	}
	params, err := r.params(1, m["param"])
	if err != nil {
		return err
	}
	return r.add(text(m["nik"]), params)
}

func (r *reader) array(body []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		return errJSON
	}
	for i, raw := range list {
		m, err := fold(raw)
		if err != nil {
			return unfit(i+1, "", "bukan objek JSON")
		}
		if err := r.block(i+1, m); err != nil {
			return err
		}
	}
	return nil
}

// block reads an institution's block of records; a record that stands in the array by itself is taken too.
func (r *reader) block(n int, m map[string]json.RawMessage) error {
	if err := r.sender(n, text(m["idlembaga"])); err != nil {
		return err
	}
	raw, ok := m["data"]
	if !ok {
		params, err := r.params(len(r.items)+1, m["param"])
		if err != nil {
			return err
		}
		return r.add(text(m["nik"]), params)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return unfit(n, "data", "harus berupa daftar")
	}
	for _, one := range list {
		m, err := fold(one)
		if err != nil {
			return unfit(len(r.items)+1, "", "bukan objek JSON")
		}
		params, err := r.params(len(r.items)+1, m["param"])
		if err != nil {
			return err
		}
		if err := r.add(text(m["nik"]), params); err != nil {
			return err
		}
	}
	return nil
}

// params reads a list of objects, or one object, as JSON or as a text that holds it; it may be missing, empty or null.
func (r *reader) params(n int, raw json.RawMessage) ([]map[string]string, error) {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) > 0 && trimmed[0] == '"' {
		trimmed = bytes.TrimSpace([]byte(text(raw)))
	}
	if len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null")) {
		return nil, nil
	}
	if trimmed[0] == '{' {
		trimmed = append(append([]byte{'['}, trimmed...), ']')
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(trimmed, &list); err != nil {
		return nil, unfit(n, "param", "harus berupa daftar objek")
	}
	out := make([]map[string]string, len(list))
	for i, m := range list {
		out[i] = map[string]string{}
		for k, v := range m {
			out[i][k] = text(v)
		}
	}
	return out, nil
}

func (r *reader) add(digits string, params []map[string]string) error {
	if len(r.items) == MaxItems {
		return unfit(0, "", fmt.Sprintf("lebih dari %d data dalam satu kiriman", MaxItems))
	}
	i, err := NewItem(len(r.items)+1, digits, params, r.spec)
	if err != nil {
		return err
	}
	r.items = append(r.items, i)
	return nil
}

// form reads what a JSON body would hold, param being JSON text or a nested form as PHP builds it (param[0][NOMOR]).
func (r *reader) form(body []byte) error {
	pairs, err := wire.Form(body)
	if err != nil {
		return unfit(0, "", "isi permintaan tidak terbaca")
	}
	value := wire.Nested(pairs).Value()
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write form as JSON: %w", err)
	}
	if _, list := value.([]any); list {
		return r.array(raw)
	}
	return r.object(raw)
}
