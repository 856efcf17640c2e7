package wire

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// A Call is what a path was called with while no profile was configured for it: names of keys as they were spelt, never a value.
type Call struct {
	Agency int64 // whose user asked; 0: nobody's that is known
	Path   string
	Keys   []string // of the body
	Query  []string // of the query string
	Count  int64
	Last   time.Time
}

// maxNamed bounds the keys of a call.
const maxNamed = 30

// Named are the names of a body's keys and of a query's, as they were spelt.
func Named(body []byte, query string) (keys, inQuery []string) {
	if body = Bare(body); len(body) > 0 && len(body) <= MaxBody {
		if body[0] == '{' || body[0] == '[' {
			keys = jsonNames(Mended(body))
		} else if pairs, err := Form(body); err == nil {
			keys = names(pairs)
		}
	}
	return keys, names(urlencoded(query))
}

func jsonNames(body []byte) (list []string) {
	object := map[string]json.RawMessage{}
	if body[0] == '[' {
		var all []map[string]json.RawMessage
		if json.Unmarshal(body, &all) == nil && len(all) == 1 {
			object = all[0]
		}
	} else if json.Unmarshal(body, &object) != nil {
		return nil
	}
	for k := range object {
		list = append(list, k)
	}
	return shown(list)
}

func names(pairs []Pair) (list []string) {
	for _, p := range pairs {
		list = append(list, p.Key)
	}
	return shown(list)
}

// IsName reports whether a key is surely a name and no value in its place: that has blanks, many digits or other marks, or is long.
func IsName(key string) bool {
	digits := 0
	for _, r := range key {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_', r == '-', r == '[', r == ']':
		default:
			return false
		}
	}
	return key != "" && len(key) <= 40 && digits <= 3
}

// shown are the keys that may be shown, in their order.
func shown(list []string) []string {
	list = slices.DeleteFunc(list, func(k string) bool { return !IsName(k) })
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), maxNamed)]
}

// Profile is a profile that fits what the call brought: where its credentials stood, and whether it asked for data or brought some.
func (c Call) Profile() Profile {
	p := Default(c.Path)
	for _, k := range c.Query {
		p.Query = p.Query || Key(k) == "userid" || Key(k) == "password"
	}
	for _, k := range c.Keys {
		if brings(Key(leaf(k))) && !p.Verify {
			p.Verify, p.Dialect = true, D3
		}
	}
	return p
}

// brings reports whether a folded key is one of a verification alone.
func brings(key string) bool {
	return key == "treshold" || key == "threshold" || slices.ContainsFunc(columns, func(c column) bool {
		return Key(c.key) == key && c.key != "NIK"
	})
}

// Institution is the segment of a path that names the institution, in lower case.
func Institution(path string) string {
	parts := strings.Split(path, "/")
	return parts[max(0, len(parts)-2)]
}
