package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/person/value"
)

// A Question asks about one person for a purpose of the agreement and an application.
type Question struct{ NIK, Purpose, Reference string }

// An Answer is what the provider tells. Outcome is "found" or a notice with its Message.
type Answer struct {
	Record  string
	Outcome string
	Message string
	Warning string    // why the lookups draw attention
	Left    *int      // hits left today; nil: no quota
	AsOf    time.Time // day of the data, UTC midnight; zero: not known
	Person  Person    // of Lookup, when found
	// Verdicts are of Match, when found: by element, parts of the address as "alamat.rt".
	Verdicts   map[string]Verdict
	NotGranted []string
}

// Found reports whether the person was found and shown.
func (a Answer) Found() bool { return a.Outcome == "found" }

// A Verdict tells whether a claimed value is right, never the stored one.
type Verdict struct {
	Match  bool
	Reason value.Reason // why nothing was compared; empty: it was
	Score  *int         // 0 to 100 where compared by likeness
}

type answer struct {
	Record     string                     `json:"record"`
	Outcome    string                     `json:"outcome"`
	Message    string                     `json:"message"`
	Warning    string                     `json:"warning"`
	Left       *int                       `json:"quota_left"`
	AsOf       string                     `json:"data_as_of"`
	Person     map[string]json.RawMessage `json:"person"`
	Verdicts   map[string]json.RawMessage `json:"verdicts"`
	NotGranted []string                   `json:"not_granted"`
}

// Lookup asks for the granted elements of one person.
func (c *Client) Lookup(ctx context.Context, token string, q Question) (Answer, error) {
	return c.ask(ctx, "/api/v1/lookups", token, map[string]any{"nik": q.NIK, "purpose": q.Purpose, "reference": q.Reference})
}

// Match asks whether claimed values are right: by element, parts of the address as "alamat.rt"; alamat by itself is the street. Names match
// from the threshold on.
func (c *Client) Match(ctx context.Context, token string, q Question, claims map[string]string, threshold int) (Answer, error) {
	nested := map[string]any{}
	parts := map[string]string{}
	for key, value := range claims {
		if part, ok := strings.CutPrefix(key, "alamat."); ok {
			parts[part] = value
		} else {
			nested[key] = value
		}
	}
	if len(parts) > 0 {
		if street, ok := nested["alamat"].(string); ok {
			parts["alamat"] = street
		}
		nested["alamat"] = parts
	}
	return c.ask(ctx, "/api/v1/matches", token, map[string]any{"nik": q.NIK, "purpose": q.Purpose, "reference": q.Reference,
		"claims": nested, "threshold": threshold})
}

func (c *Client) ask(ctx context.Context, path, token string, body any) (Answer, error) {
	var got answer
	if err := c.call(ctx, http.MethodPost, path, token, body, &got); err != nil {
		return Answer{}, err
	}
	a := Answer{Record: got.Record, Outcome: got.Outcome, Message: got.Message, Warning: got.Warning, Left: got.Left,
		NotGranted: got.NotGranted}
	if got.AsOf != "" {
		var err error
		if a.AsOf, err = time.Parse(time.DateOnly, got.AsOf); err != nil {
			return Answer{}, fmt.Errorf("%w: the day of its data cannot be read", ErrDown)
		}
	}
	if a.Outcome == "" || a.Record == "" {
		return Answer{}, fmt.Errorf("%w: an answer without outcome or record", ErrDown)
	}
	if got.Person != nil {
		values := map[string]string{}
		flatten(values, "", got.Person)
		a.Person = Person{func() map[string]string { return values }}
	}
	if got.Verdicts != nil {
		a.Verdicts = map[string]Verdict{}
		verdicts(a.Verdicts, "", got.Verdicts)
	}
	return a, nil
}

// flatten reads texts, and objects of texts with their key before them; null is an empty value that was granted.
func flatten(into map[string]string, prefix string, from map[string]json.RawMessage) {
	for key, raw := range from {
		var text string
		var parts map[string]json.RawMessage
		if json.Unmarshal(raw, &text) == nil {
			into[prefix+key] = text
		} else if json.Unmarshal(raw, &parts) == nil {
			flatten(into, key+".", parts)
		}
		clear(raw)
	}
}

func verdicts(into map[string]Verdict, prefix string, from map[string]json.RawMessage) {
	for key, raw := range from {
		var one struct {
			Verdict string       `json:"verdict"`
			Reason  value.Reason `json:"reason"`
			Score   *int         `json:"score"`
		}
		if json.Unmarshal(raw, &one) == nil && one.Verdict != "" {
			into[prefix+key] = Verdict{Match: one.Verdict == "match", Reason: one.Reason, Score: one.Score}
			continue
		}
		var parts map[string]json.RawMessage
		if json.Unmarshal(raw, &parts) == nil {
			verdicts(into, key+".", parts)
		}
	}
}

// A Person is the granted elements of one person. The values lie behind a function, because package fmt prints unexported fields but never
// looks into a function.
type Person struct{ values func() map[string]string }

// Get is a value by its key, parts of the address as "alamat.rt"; ok is false when it was not granted.
func (p Person) Get(key string) (value string, ok bool) {
	if p.values == nil {
		return "", false
	}
	value, ok = p.values()[key]
	return value, ok
}

// Keys are the keys that were granted, sorted.
func (p Person) Keys() []string {
	if p.values == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(p.values()))
}

// Forget drops the values.
func (p Person) Forget() {
	if p.values != nil {
		clear(p.values())
	}
}

// String tells how much is known, no value.
func (p Person) String() string { return "penduduk (" + strconv.Itoa(len(p.Keys())) + " isian)" }

// Format is String under every verb.
func (p Person) Format(s fmt.State, _ rune) { io.WriteString(s, p.String()) }

// MarshalText is String, for every encoding.
func (p Person) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
