package procedure

import (
	"maps"
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
	"penyedia":  func(x Facts) string { return x.Connection.Provider },
	"bandwidth": func(x Facts) string { return x.Connection.Bandwidth },
	"wilayah":   func(x Facts) string { return x.Region },
	// An agreement is for two years, unless another day is agreed (PKS 4).
	"dua_tahun": func(x Facts) string { return x.Today.AddDate(2, 0, 0).Format(time.DateOnly) },
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

// derived are the words of a field's default that are no other field.
var derived = map[string]func(in Input, x Facts) string{
	"tanggal_surat": func(in Input, _ Facts) string {
		if in.LetterDay.IsZero() {
			return ""
		}
		return in.LetterDay.Format(time.DateOnly)
	},
	// The next number of the register of letters, which whoever writes the step takes once it is sure that it can be written.
	"nomor_register": func(in Input, _ Facts) string { return in.Register },
	"kode_instansi":  func(_ Input, x Facts) string { return x.Institution.Code },
	"singkatan":      func(in Input, _ Facts) string { return shortened(clean(in.Values["nama_instansi"])) },
	// What the role says of a person whose position nobody gave.
	"jabatan_peran": func(in Input, x Facts) string {
		switch role := party.Role(in.Values["peran"]); {
		case role == party.HeadOfAgency:
			return x.Head().Office()
		case role != "" && x.Institution.Name != "":
			return role.Label() + " " + x.Institution.Name
		}
		return ""
	},
	// The given name and the agency's code: siti.dinpertan.
	"login": func(in Input, x Facts) string {
		given, _, _ := strings.Cut(clean(in.Values["nama"]), " ")
		if given = latin(given); given == "" || x.Institution.Code == "" {
			return ""
		}
		return given + "." + x.Institution.Code
	},
}

// latin is a word in small letters a to z, without all others.
func latin(word string) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(word))
}

// joining are the words of an institution's name that no short form shows.
var joining = []string{"dan", "serta", "di", "pada", "untuk", "dengan", "kabupaten", "kota", "provinsi"}

// shortened is an institution's name as offices shorten it, three letters of each word that says something: "Dinas Perikanan dan
// Peternakan" is dinperpet. Empty: too little is left.
func shortened(institution string) string {
	short := ""
	for _, w := range strings.Fields(institution) {
		if w = latin(w); !slices.Contains(joining, w) && len(short) < 15 {
			short += w[:min(len(w), 3)]
		}
	}
	if len(short) < 3 {
		return ""
	}
	return short
}

// Filled is the form with the defaults of the step's fields in the place of what was left empty; a default stays empty while a word of it
// does.
func (s *Step) Filled(in Input, x Facts) Input {
	values := map[string]string{}
	maps.Copy(values, in.Values)
	for _, f := range s.each(s.listed(in.Values)) {
		if f.Default == "" || strings.TrimSpace(in.Values[f.Key]) != "" {
			continue
		}
		in := in
		if f.Person > 1 {
			in.Values = (&Procedure{Steps: []Step{*s}}).person(in.Values, f.Person)
		}
		whole := true
		text := presetWord.ReplaceAllStringFunc(f.Default, func(w string) string {
			w = strings.Trim(w, "{}")
			v := clean(in.Values[w])
			if fn := derived[w]; fn != nil {
				v = fn(in, x)
			}
			whole = whole && v != ""
			return v
		})
		if whole {
			values[f.Key] = text
		}
	}
	in.Values = values
	return in
}

// Numbers reports whether a field that was left empty takes a number of the register of letters.
func (s *Step) Numbers(in Input) bool {
	return slices.ContainsFunc(s.Fields, func(f Field) bool {
		return f.Default == "{nomor_register}" && strings.TrimSpace(in.Values[f.Key]) == ""
	})
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
	Procedure string   // key of the case that reaches it; empty: another's act
	Within    []string // other cases that reach it, while they are open
	Who       string   // whom the case is about; may be empty
}

// Path is the way of an agency to its first lookup, in the order of the guideline (Juknis II.A, VI.D, VI.E).
func Path(x Facts) []Stage {
	users := agencyUsers(x)
	nda := Stage{Name: "NDA", Procedure: "nda", Within: []string{"user-id", "admin-instansi"}, Done: len(users) > 0}
	if missing := withoutNDA(x); len(missing) > 0 {
		nda.Done, nda.Who = false, missing[0].Name
	}
	return []Stage{
		{Name: "Pendaftaran", Done: true, Procedure: "instansi"},
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

// Onward is the stage that an agency needs after the case's next step, when that step, a decision, reaches the case's own stage and leaves
// nothing else to do.
func (c *Case) Onward(x Facts) (Stage, bool) {
	s := c.Next()
	if s == nil || !s.Decision || s != &c.Procedure.Steps[len(c.Procedure.Steps)-1] || effects[s.Effect].user {
		return Stage{}, false
	}
	path := Path(x)
	i := slices.IndexFunc(path, func(s Stage) bool { return s.Procedure == c.Procedure.Key })
	if i < 0 {
		return Stage{}, false
	}
	path[i].Done = true
	return NextStage(path)
}

func agencyUsers(x Facts) []party.User {
	return slices.DeleteFunc(slices.Clone(x.Users), func(u party.User) bool { return !u.Deactivated.IsZero() || u.Role.OfProvider() })
}

func withoutNDA(x Facts) []party.User {
	return slices.DeleteFunc(agencyUsers(x), func(u party.User) bool { return !u.NDASigned.IsZero() })
}
