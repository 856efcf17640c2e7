package procedure

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gapura/internal/document"
)

// A reading is what is known of a procedure while its steps are read in order.
type reading struct {
	procedure *Procedure
	steps     map[string]bool
	fields    map[string]string // kinds of the fields that were asked for so far
	fixed     map[string]bool   // those that stood before the last decision
	decided   bool
	listed    bool            // a step has listed the persons of the case
	each      map[string]bool // fields that are asked for of each of them
}

// check says why the procedure does not load; nil when it does. It holds for the program's own procedures and for an office's alike.
func (p *Procedure) check() error {
	if err := p.checkHead(); err != nil {
		return err
	}
	r := reading{procedure: p, steps: map[string]bool{}, fields: map[string]string{}, fixed: map[string]bool{},
		each: map[string]bool{}}
	for i := range p.Steps {
		s := &p.Steps[i]
		if err := r.step(s); err != nil {
			return fmt.Errorf("step %q: %w", s.Key, err)
		}
	}
	return nil
}

func (p *Procedure) checkHead() error {
	if p.Key == "" || p.Name == "" || p.Clause == "" || len(p.Steps) == 0 {
		return errors.New("key, name, clause and a step are needed")
	}
	if !slices.Contains([]string{"provider", "agency", "agreement"}, p.Needs) {
		return fmt.Errorf("needs %q is not known", p.Needs)
	}
	if !slices.Contains([]string{"", "closed", "never"}, p.AgencySees) || p.AgencyAsks && p.AgencySees != "" {
		return fmt.Errorf("agency_sees %q is not known, or hides what the agency asks for", p.AgencySees)
	}
	if s := p.Steps[0]; p.AgencyAsks && (s.By != "agency" || s.Decision || s.Document != "" || s.Effect != "" || p.Needs == "provider") {
		return errors.New("agency_asks: the first step must be the agency's request, without decision, letter of the office and effect")
	}
	if b, ok := effects[p.Withdrawn]; p.Withdrawn != "" && (!ok || len(b.asks()) > 0 || b.widens()) {
		return fmt.Errorf("withdrawn: effect %q is not known, opens a right, or needs more than a withdrawal", p.Withdrawn)
	}
	if _, ok := document.Default(p.Form); p.Form != "" && (!ok || !p.AgencyAsks) {
		return fmt.Errorf("form %q is no document, or nobody asks for it", p.Form)
	}
	return nil
}

func (r *reading) step(s *Step) error {
	if s.Decision {
		r.decided = true
		for key := range r.fields {
			r.fixed[key] = true
		}
	}
	if s.Key == "" || s.Name == "" || r.steps[s.Key] {
		return errors.New("a key of its own and a name are needed")
	}
	r.steps[s.Key] = true
	if !slices.Contains([]string{"", "may", "must"}, s.Scan) || (s.By != "agency" && s.By != "provider") {
		return errors.New("scan or by is not known")
	}
	if err := r.lists(s); err != nil {
		return err
	}
	for _, f := range s.Fields {
		if err := r.field(f); err != nil {
			return fmt.Errorf("field %q: %w", f.Key, err)
		}
	}
	for _, f := range s.Fields { // a day may be bound by another that stands below it in the same form
		if err := errors.Join(r.bounds(f), r.fallback(f)); err != nil {
			return fmt.Errorf("field %q: %w", f.Key, err)
		}
	}
	if len(s.Enclosed) > 0 && s.Document == "" {
		return errors.New("enclosed needs a document")
	}
	for _, d := range append(slices.Clone(s.Enclosed), s.Document) {
		if _, ok := document.Default(d); d != "" && !ok {
			return fmt.Errorf("there is no document %q", d)
		}
	}
	if !slices.Contains([]string{"", OfAgency}, s.Letterhead) || s.Letterhead != "" && s.Document == "" {
		return errors.New("letterhead is not known, or there is no document")
	}
	if s.AgencyTakes && (s.By != OfAgency || s.Decision || s.Letter || s.Scan != "" || s.Effect != "" || s.Document != "" ||
		r.procedure.AgencySees != "" || r.procedure.Needs == "provider") {
		return errors.New("agency_takes is for a step of the agency's that is told in fields alone, in a case that it sees")
	}
	if s.Otherwise != "" && !s.Decision {
		return errors.New("otherwise is for decisions")
	}
	for _, e := range []string{s.Effect, s.Otherwise} {
		if e == "" {
			continue
		}
		if err := r.effect(e, e == s.Otherwise); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) field(f Field) error {
	if _, known := kinds[f.Kind]; f.Key == "" || f.Name == "" || !known || r.fields[f.Key] != "" ||
		(f.Kind == "choice") != (len(f.Options) > 0) {
		return errors.New("a key of its own, a name, a known kind and options for a choice are needed")
	}
	if !f.known() {
		return fmt.Errorf("preset %q has a word that stands for nothing", f.Preset)
	}
	r.fields[f.Key] = f.Kind
	return nil
}

// fallback: a default is made of other fields and of what is known.
func (r *reading) fallback(f Field) error {
	for _, w := range presetWord.FindAllString(f.Default, -1) {
		if w = strings.Trim(w, "{}"); derived[w] == nil && (r.fields[w] == "" || w == f.Key) {
			return fmt.Errorf("default %q has a word that stands for nothing", f.Default)
		}
	}
	return nil
}

// bounds: a day has a first and a last one that may be filled in, so that no slip of the hand becomes a right of a hundred years.
func (r *reading) bounds(f Field) error {
	if f.Kind != "date" {
		if len(f.Min)+len(f.Max) > 0 {
			return errors.New("min and max are for dates")
		}
		return nil
	}
	if len(f.Min) == 0 || len(f.Max) == 0 {
		return errors.New("a date needs min and max")
	}
	for _, text := range slices.Concat(f.Min, f.Max) {
		b, err := parseBound(text)
		if err != nil {
			return err
		}
		of := days[b.from]
		switch {
		case of == nil && (r.fields[b.from] != "date" || b.from == f.Key):
			return fmt.Errorf("bound %q stands on no day that is known then", text)
		case of != nil && of.agreement && r.procedure.Needs != "agreement":
			return fmt.Errorf("bound %q needs an agreement", text)
		}
	}
	return nil
}

// effect: what a step brings about has what it is made from, and four eyes (E15): whoever decides about an effect that opens or widens a
// right has seen all that it takes, and a refusal opens nothing. A restriction may be one person's act.
func (r *reading) effect(name string, otherwise bool) error {
	b, ok := effects[name]
	if !ok {
		return fmt.Errorf("there is no effect %q", name)
	}
	asks := b.asks()
	for _, key := range slices.Sorted(maps.Keys(asks)) {
		if kind := asks[key]; !slices.Contains(strings.Split(kind, "|"), r.fields[key]) {
			return fmt.Errorf("effect %s needs a field %q of kind %s before", name, key, kind)
		}
	}
	for key := range r.each {
		if (asks[key] != "" || b.may[key] != "") && !b.each {
			return fmt.Errorf("effect %s takes field %q of one person, which is asked for of each", name, key)
		}
	}
	if !b.widens() {
		return nil
	}
	if !r.decided || otherwise {
		return fmt.Errorf("effect %s needs an approval by a second person before", name)
	}
	for _, taken := range []map[string]string{asks, b.may} {
		for _, key := range slices.Sorted(maps.Keys(taken)) {
			if r.fields[key] != "" && !r.fixed[key] {
				return fmt.Errorf("effect %s takes field %q, which must be asked for before the decision", name, key)
			}
		}
	}
	return nil
}

// asks are the fields that must have been asked for, with their kinds.
func (b builder) asks() map[string]string {
	if !b.terms {
		return b.needs
	}
	all := maps.Clone(b.needs)
	for _, f := range termFields(false) {
		all[f.Key] = f.Kind
	}
	return all
}

// widens reports whether the effect opens or widens a right, so that it needs two people.
func (b builder) widens() bool { return b.opens || b.user }
