package site

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/told"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/person/population"
)

// A FieldView is a field of a procedure's step on a page (template part "fields").
type FieldView struct {
	procedure.Field
	Value string
	Kept  string   // of a NIK that is saved already: masked, and kept when the field stays empty
	Many  []Option // of kinds that are a set of boxes, and of choices
	Fault string
	First string // of a date: the first and the last day, as far as they are known
	Last  string
	Heads string // of a list of several: the heading that stands before a person's first field
	Folds string // what the fields from here on are, under a fold; empty: they stand open
	Open  bool   // the fold is open
	Ends  bool   // the fold ends with it
	Adds  int    // how many persons more can be listed; the list ends with it
}

// Fields are those of the next step of a case as its form shows them: what was typed with its faults, else (typed is nil) what the agency
// has saved already or the entry to be corrected holds, else what is known from the start.
func Fields(c *procedure.Case, typed map[string]string, faults told.Errors, x procedure.Facts) (list []FieldView) {
	next := c.Next()
	if next == nil {
		return nil
	}
	for _, f := range c.Form(typed) {
		n := FieldView{Field: f, Value: typed[f.Key], Fault: faults.Of(f.Key)}
		saved := c.Kept()[f.Key]
		switch {
		case f.Kind == "nik":
			if saved != "" {
				n.Kept = Masked(saved)
			}
		case typed == nil && c.Kept() != nil && (saved != "" || c.ID != 0): // what was emptied stays so
			n.Value = saved
		case typed == nil:
			n.Value = f.Initially(x)
		}
		if f.Kind == "date" {
			first, last := f.Span(c.Value, x)
			n.First, n.Last = isoDay(first), isoDay(last)
		}
		n.Many = options(f, n.Value, x)
		list = append(list, n)
	}
	if next.Persons > 0 {
		ranged(list, c.MayList(typed))
	}
	return list
}

// ranged has the fields of a list of persons stand by person, with those under a fold that are seldom another's than the first one's.
func ranged(list []FieldView, adds int) {
	last, rest := 0, "Hak, pengguna "
	if slices.ContainsFunc(list, func(f FieldView) bool { return f.Each == procedure.Extra }) {
		rest = "Kantor, hak, dan token, pengguna "
	}
	for i := range list {
		f := &list[i]
		if f.Each == "" {
			continue
		}
		last = i
		if f.Person == 0 {
			continue
		}
		list[0].Heads = "Pengguna 1"
		before := list[i-1]
		if f.Person != before.Person {
			f.Heads = "Pengguna " + strconv.Itoa(f.Person)
		}
		if f.Each != procedure.Own && (before.Each == procedure.Own || before.Person != f.Person) {
			f.Folds = rest + strconv.Itoa(f.Person)
		}
		if f.Folds != "" {
			for j := i; j < len(list) && list[j].Person == f.Person; j++ {
				f.Open = f.Open || list[j].Fault != "" || list[j].Value != ""
			}
		}
		f.Ends = f.Each != procedure.Own && (i+1 == len(list) || list[i+1].Person != f.Person)
	}
	list[last].Adds = adds
}

// More is the form of a case's next step with room for as many persons more as its button says; false: another button was pressed.
func More(form *Sent, c *procedure.Case, in procedure.Input, x procedure.Facts) (procedure.Input, bool) {
	n, err := strconv.Atoi(One(form, "tambah"))
	if err != nil || n < 1 {
		return in, false
	}
	in.Values = c.Listing(in.Values, n, x)
	return in, true
}

func isoDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// Masked is a NIK as pages show it.
func Masked(digits string) string {
	n, err := nik.Parse(digits)
	if err != nil {
		return "-"
	}
	return n.Masked()
}

// options are the choices of a field, with those that its value names; none for a kind that is typed.
func options(f procedure.Field, value string, x procedure.Facts) (out []Option) {
	has := map[string]bool{}
	for l := range strings.SplitSeq(value, "\n") {
		has[strings.TrimSpace(l)] = true
	}
	choices := f.Options
	if f.Kind != "choice" {
		choices = nil
		if of := choicesOf[f.Kind]; of != nil {
			choices = of(x)
		}
	}
	for _, o := range choices {
		out = append(out, Option{Value: o.Value, Label: o.Label, Chosen: has[o.Value]})
	}
	return out
}

// choicesOf are the choices of the kinds of fields that have some by themselves.
var choicesOf = map[string]func(procedure.Facts) []procedure.Option{
	"elements": func(procedure.Facts) []procedure.Option {
		return each(slices.Collect(population.AllElements.All()), func(e population.Element) procedure.Option {
			return procedure.Option{Value: e.String(), Label: e.Label()}
		})
	},
	"methods": func(procedure.Facts) []procedure.Option { return procedure.Methods },
	"tokens":  func(procedure.Facts) []procedure.Option { return procedure.Tokens },
	"granted-purposes": func(x procedure.Facts) []procedure.Option {
		if x.Grant == nil {
			return nil
		}
		return each(x.Grant.Purposes, func(p string) procedure.Option { return procedure.Option{Value: p, Label: p} })
	},
	"zone": func(procedure.Facts) []procedure.Option {
		return each([]party.Zone{party.WIB, party.WITA, party.WIT}, func(z party.Zone) procedure.Option {
			return procedure.Option{Value: string(z), Label: string(z)}
		})
	},
	"user":        func(x procedure.Facts) []procedure.Option { return logins(x, false) },
	"former-user": func(x procedure.Facts) []procedure.Option { return logins(x, true) },
	"token": func(x procedure.Facts) []procedure.Option {
		return each(x.Tokens, func(t party.Credential) procedure.Option {
			return procedure.Option{Value: t.Fingerprint, Label: t.Fingerprint + ", " + t.Kind.Label()}
		})
	},
	"application": func(x procedure.Facts) []procedure.Option {
		return each(x.Applications(), func(a party.App) procedure.Option { return procedure.Option{Value: a.Name, Label: a.Name} })
	},
	"points": func(x procedure.Facts) []procedure.Option {
		return each(x.Reader, func(p reader.Point) procedure.Option {
			return procedure.Option{Value: p.Name, Label: p.Name + ": " + p.Want}
		})
	},
	"serials": func(x procedure.Facts) []procedure.Option {
		return each(x.Readers, func(r reader.Reader) procedure.Option {
			return procedure.Option{Value: r.Serial, Label: r.Serial + ", " + r.Model + ", " + r.State.Label()}
		})
	},
}

func logins(x procedure.Facts, gone bool) (out []procedure.Option) {
	for _, u := range x.Users {
		if (u.At(x.Now, x.Today) == party.Deactivated) == gone {
			out = append(out, procedure.Option{Value: u.Login, Label: u.Name + " (" + u.Login + ")"})
		}
	}
	return out
}

func each[T any](list []T, option func(T) procedure.Option) []procedure.Option {
	out := make([]procedure.Option, len(list))
	for i, x := range list {
		out[i] = option(x)
	}
	return out
}

// Mendable is what a form is shown again with: its faults, or a refusal of what is right by itself and may be mended, such as a day before
// another; nil for any other error.
func Mendable(err error) told.Errors {
	if e, ok := errors.AsType[*told.Error](err); ok && e.Kind == told.Refused {
		return told.Errors{e}
	}
	return told.Invalids(err)
}

// Typed is what a posted form of a step holds; a date that cannot be read is none, which the engine tells as missing.
func Typed(form *Sent) procedure.Input {
	in := procedure.Input{Letter: One(form, "surat"), Verdict: One(form, "keputusan"), Reason: One(form, "alasan_keputusan"),
		Values: map[string]string{}}
	in.LetterDay, _ = time.Parse(time.DateOnly, One(form, "tanggal_surat"))
	for key, values := range form.Values {
		if name, ok := strings.CutPrefix(key, "f."); ok {
			in.Values[name] = strings.Join(values, "\n")
		}
	}
	return in
}
