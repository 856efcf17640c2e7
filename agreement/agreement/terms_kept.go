package agreement

import (
	"encoding/json"
	"fmt"
	"slices"
)

// The stored form is one object: fields of Terms and Change under their keys, and each of More under its own.
type (
	plainTerms  Terms
	plainChange Change
)

// MarshalJSON writes the stored form.
func (t Terms) MarshalJSON() ([]byte, error) { return encode(plainTerms(t), t.More) }

// UnmarshalJSON reads the stored form; a term that the table does not know is an error, because a right may rest on it.
func (t *Terms) UnmarshalJSON(b []byte) (err error) {
	if err := json.Unmarshal(b, (*plainTerms)(t)); err != nil {
		return err
	}
	t.More, err = more(b)
	return err
}

// MarshalJSON writes the stored form.
func (c Change) MarshalJSON() ([]byte, error) { return encode(plainChange(c), c.More) }

// UnmarshalJSON reads the stored form, as that of Terms.
func (c *Change) UnmarshalJSON(b []byte) (err error) {
	if err := json.Unmarshal(b, (*plainChange)(c)); err != nil {
		return err
	}
	c.More, err = more(b)
	return err
}

func encode(plain any, more map[string]any) ([]byte, error) {
	b, err := json.Marshal(plain)
	if err != nil || len(more) == 0 {
		return b, err
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	for key, v := range more {
		if all[key], err = json.Marshal(v); err != nil {
			return nil, err
		}
	}
	return json.Marshal(all)
}

func more(b []byte) (out map[string]any, err error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	for key, text := range all {
		i := slices.IndexFunc(Table, func(t *Term) bool { return t.Key == key })
		if i < 0 {
			return nil, fmt.Errorf("term %q is not known", key)
		}
		if Table[i].decode == nil {
			continue
		}
		v, err := Table[i].decode(text)
		if err != nil {
			return nil, fmt.Errorf("term %s: %w", key, err)
		}
		out = with(out, key, v)
	}
	return out, nil
}
