package procedure

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
)

// presets are the words in braces of a field's preset with what they stand for; empty: nothing sensible is known, and the field begins
// empty.
var presets = map[string]func(x Facts) string{
	"hari_ini": func(x Facts) string { return x.Today.Format(time.DateOnly) },
	"zona":     func(x Facts) string { return string(x.Institution.Zone) },
	"nama":     func(x Facts) string { return x.Institution.Name },
	"alamat":   func(x Facts) string { return x.Institution.Address },
	// The portal, which is what a person works with, or else the only method that the agreement grants.
	"metode": func(x Facts) string {
		switch {
		case x.Grant == nil:
			return ""
		case slices.Contains(x.Grant.Methods, agreement.Portal):
			return agreement.Portal
		case len(x.Grant.Methods) == 1:
			return x.Grant.Methods[0]
		}
		return ""
	},
	"tanpa_nda": func(x Facts) string {
		if list := withoutNDA(x); len(list) == 1 {
			return list[0].Login
		}
		return ""
	},
}

// granted begins a preset's word that stands for a term as it is granted now, by the key of its field.
const granted = "berlaku_"

// stands is what a preset's word stands for; nil when that is nothing.
func stands(word string) func(x Facts) string {
	word = strings.Trim(word, "{}")
	field, ok := strings.CutPrefix(word, granted)
	if !ok {
		return presets[word]
	}
	if !slices.ContainsFunc(agreement.Table, func(t *agreement.Term) bool {
		return slices.ContainsFunc(t.Fields, func(f agreement.Field) bool { return f.Key == field })
	}) {
		return nil
	}
	return func(x Facts) string {
		if x.Grant == nil {
			return ""
		}
		return agreement.Typed(*x.Grant, field)
	}
}

var presetWord = regexp.MustCompile(`\{[^}]*\}`)

// known reports whether every word of a preset is one that stands for something.
func (f Field) known() bool {
	return !slices.ContainsFunc(presetWord.FindAllString(f.Preset, -1),
		func(w string) bool { return stands(w) == nil })
}

// Initially is what the field holds before anybody has filled it in: its preset, or nothing when a word of it stands for nothing.
func (f Field) Initially(x Facts) string {
	whole := true
	text := presetWord.ReplaceAllStringFunc(f.Preset, func(w string) string {
		v := stands(w)(x)
		whole = whole && v != ""
		return v
	})
	if !whole {
		return ""
	}
	return text
}

// Untouched is the form of a step as it is shown first, and whether it can be saved as it is: it asks for no letter, scan or decision, and
// its presets fill in what it needs.
func (s *Step) Untouched(x Facts) (Input, bool) {
	in := Input{Values: map[string]string{}}
	ready := !s.Letter && !s.Decision && s.Scan == ""
	for _, f := range s.Fields {
		in.Values[f.Key] = f.Initially(x)
		ready = ready && (f.Optional || in.Values[f.Key] != "")
	}
	return in, ready
}

// A Stage is one of the things that stand between an agency and its first lookup.
type Stage struct {
	Name      string
	Done      bool
	Procedure string // key of the case that reaches it; empty: another's act
	Who       string // whom the case is about; may be empty
}

// Path is the way of an agency to its first lookup, in the order of the guideline (Juknis II.A, VI.D, VI.E).
func Path(x Facts) []Stage {
	users := agencyUsers(x)
	nda := Stage{Name: "NDA", Procedure: "nda", Done: len(users) > 0}
	if missing := withoutNDA(x); len(missing) > 0 {
		nda.Done, nda.Who = false, missing[0].Name
	}
	return []Stage{
		{Name: "Pendaftaran", Done: true},
		{Name: "Perjanjian", Done: x.Agreement != nil, Procedure: "pks"},
		{Name: "User ID", Done: slices.ContainsFunc(users, func(u party.User) bool { return u.Role.Asks() }), Procedure: "user-id"},
		nda,
		{Name: "SPTJM", Done: x.Grant != nil && x.Grant.Responsible, Procedure: "sptjm", Who: x.Head().Name},
		{Name: "Aktivasi", Done: slices.ContainsFunc(users, func(u party.User) bool { return u.HasPassword })},
	}
}

// NextStage is the first stage of the path that a case would reach; false: there is none.
func NextStage(path []Stage) (Stage, bool) {
	i := slices.IndexFunc(path, func(s Stage) bool { return !s.Done })
	if i < 0 || path[i].Procedure == "" {
		return Stage{}, false
	}
	return path[i], true
}

func agencyUsers(x Facts) []party.User {
	return slices.DeleteFunc(slices.Clone(x.Users), func(u party.User) bool { return !u.Deactivated.IsZero() || u.Role.OfProvider() })
}

func withoutNDA(x Facts) []party.User {
	return slices.DeleteFunc(agencyUsers(x), func(u party.User) bool { return !u.NDASigned.IsZero() })
}
