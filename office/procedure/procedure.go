// Package procedure runs the agreement's procedures: a procedure is data (procedures/*.toml) that says which steps follow each other, what
// each asks for, which letter it makes, who may decide it, and which change of rights it brings about. The engine is pure: Case.Take checks
// a step against facts that were read before and returns what is to be written and changed; the store writes both in one transaction.
// Adding a procedure means adding a file.
package procedure

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"github.com/BurntSushi/toml"

	"gapura/agreement/agreement"
)

// A Procedure is one way of the guideline from a letter to its effect.
type Procedure struct {
	Key    string `toml:"key"`
	Name   string `toml:"name"`
	Clause string `toml:"clause"`
	About  string `toml:"about"` // one sentence: when to use it
	Group  string `toml:"group"` // heading in the list
	// Needs says what must exist before: "provider" (runs at the office itself), "agency", "agreement" (one that is signed).
	Needs string `toml:"needs"`
	// OwnPage leaves the procedure out of the list of those that can be begun: a page of its own begins it with what it has worked out.
	OwnPage bool `toml:"own_page"`
	// AgencyAsks lets the agency's administrator begin it and take its first step, the request (Juknis II.A.3.a).
	AgencyAsks bool `toml:"agency_asks"`
	// AgencySees says when the agency's own people see the case and its documents: "" always, "closed" once it is over (a proposal of the
	// office's), "never" (what somebody outside has ordered to be kept from it).
	AgencySees string `toml:"agency_sees"`
	Form       string `toml:"form"`      // template of the form that goes with the request, filled in, to be signed; empty: none
	Hours      int    `toml:"hours"`     // from the opening on, until the case must be over; 0: no clock runs
	Withdrawn  string `toml:"withdrawn"` // change of rights when a case that was begun is withdrawn; must need no field
	Steps      []Step `toml:"step"`
}

// A Step is taken once, in order.
type Step struct {
	Key      string `toml:"key"`
	Name     string `toml:"name"`
	By       string `toml:"by"`       // whose act it is: "agency" or "provider"
	Letter   bool   `toml:"letter"`   // number and date of a letter are asked for
	Scan     string `toml:"scan"`     // "", "may" or "must": signed scans
	Scans    string `toml:"scans"`    // what those are, in words; empty: signed documents
	Decision bool   `toml:"decision"` // approved or refused by somebody who took no other step (four eyes)
	Document string `toml:"document"` // template of the letter that is made; its number is the step's letter
	// Letterhead "agency" says that the document is the agency's own, drafted for it: its letterhead, and a number that it gives itself.
	Letterhead string   `toml:"letterhead"`
	Enclosed   []string `toml:"enclosed"`     // templates of what is made with the document, to be signed too
	Refused    bool     `toml:"also_refused"` // the letter is made for a refusal too
	Effect     string   `toml:"effect"`       // change of rights when taken (and approved)
	Otherwise  string   `toml:"otherwise"`    // change of rights when refused
	// AgencyTakes lets the agency's administrator take the step on their own pages; the office may take it too, from paper or when it
	// stays out.
	AgencyTakes bool `toml:"agency_takes"`
	Hours       int  `toml:"hours"` // from the opening of the case on, until this one is due; 0: no clock runs
	// OwnFiles keeps the scans and the letter of the step to the office: the agency has no part in them.
	OwnFiles bool    `toml:"own_files"`
	Persons  int     `toml:"persons"` // most persons that the step lists, each with the fields that say so; 0: it is no list
	Fields   []Field `toml:"field"`
}

// OfAgency is the letterhead of a document that the agency signs alone.
const OfAgency = "agency"

// MakesDocument reports whether taking the step with the verdict makes its letter.
func (s *Step) MakesDocument(verdict string) bool {
	return s.Document != "" && (verdict != Refuse || s.Refused)
}

// AsksNothing reports whether the step only makes a letter: whoever took the step before need not take it by hand.
func (s *Step) AsksNothing() bool {
	return s.By == "provider" && s.Document != "" && s.Effect == "" && !s.Letter && !s.Decision && s.Scan == "" && len(s.Fields) == 0
}

// A Field is asked for in a step.
type Field struct {
	Key      string   `toml:"key"`
	Name     string   `toml:"name"`
	Hint     string   `toml:"hint"`
	Kind     string   `toml:"kind"` // see kinds
	Optional bool     `toml:"optional"`
	Shared   bool     `toml:"shared"` // the agency reads it though the office filled it in
	Each     string   `toml:"each"`   // how it is asked for of each person of a list: Own, Extra, AsFirst; empty: once
	Person   int      `toml:"-"`      // of a list, whom it is asked for, from the second on; 0: the first, or no list
	Preset   string   `toml:"preset"` // what it holds at first; a word in braces stands for what is known then (see presets)
	Min      []string `toml:"min"`    // of kind "date", at least one of each: the first and the last day that may be filled in (see bound)
	Max      []string `toml:"max"`
	Default  string   `toml:"default"` // what it becomes when it is left empty: words in braces are other fields, or see derived
	Options  []Option `toml:"option"`  // of kind "choice"
}

// An Option is a choice.
type Option struct {
	Value string `toml:"value"`
	Label string `toml:"label"`
}

//go:embed procedures
var files embed.FS

// Defaults returns the Juknis's procedures in the order of their files. It panics when one is not well-formed, a defect of the build.
func Defaults() []*Procedure {
	all, err := Read(files, "procedures")
	if err != nil {
		panic(err)
	}
	return all
}

// Read reads a folder of procedures; an error names the file and what is wrong.
func Read(fsys fs.FS, dir string) ([]*Procedure, error) {
	names, err := fs.Glob(fsys, dir+"/*.toml")
	if err != nil {
		return nil, err
	}
	var all []*Procedure
	for _, name := range names {
		p := new(Procedure)
		meta, err := toml.DecodeFS(fsys, name, p)
		if err != nil {
			return nil, fmt.Errorf("procedure %s: %w", name, err)
		}
		if extra := meta.Undecoded(); len(extra) > 0 {
			return nil, fmt.Errorf("procedure %s: unknown key %q", name, extra[0].String())
		}
		p.askForTerms()
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("procedure %s: %w", name, err)
		}
		if slices.ContainsFunc(all, func(q *Procedure) bool { return q.Key == p.Key }) {
			return nil, fmt.Errorf("procedure %s: key %q is taken", name, p.Key)
		}
		all = append(all, p)
	}
	return all, nil
}

// askForTerms puts the fields of an agreement's terms (agreement.Table) in the place of a field of kind "terms"; of kind "changed-terms",
// those of an addendum.
func (p *Procedure) askForTerms() {
	for i := range p.Steps {
		s := &p.Steps[i]
		for n := len(s.Fields) - 1; n >= 0; n-- {
			if kind := s.Fields[n].Kind; kind == "terms" || kind == "changed-terms" {
				s.Fields = slices.Replace(s.Fields, n, n+1, termFields(kind == "changed-terms")...)
			}
		}
	}
}

func termFields(changed bool) (fields []Field) {
	for _, t := range agreement.Table {
		for _, f := range t.Fields {
			switch {
			case t.Own:
			case changed:
				fields = append(fields, Field{Key: f.Key, Kind: f.Kind, Name: cmp.Or(f.NewName, f.Name), Hint: f.NewHint, Optional: true,
					Preset: "{" + granted + f.Key + "}"})
			default:
				fields = append(fields, Field{Key: f.Key, Kind: f.Kind, Name: f.Name, Hint: f.Hint, Optional: f.Optional, Preset: f.Preset})
			}
		}
	}
	return fields
}

// SeenByAgency reports whether the agency's own people see a case of the procedure, and its documents, in a state.
func (p *Procedure) SeenByAgency(s State) bool {
	return p.AgencySees == "" || p.AgencySees == "closed" && s != Open
}

// Makes reports whether a step of the procedure has the effect.
func (p *Procedure) Makes(effect string) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Effect == effect })
}

// Step returns a step by its key.
func (p *Procedure) Step(key string) (*Step, bool) {
	for i := range p.Steps {
		if p.Steps[i].Key == key {
			return &p.Steps[i], true
		}
	}
	return nil, false
}

// Find returns a procedure by its key.
func Find(all []*Procedure, key string) (*Procedure, bool) {
	i := slices.IndexFunc(all, func(p *Procedure) bool { return p.Key == key })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}

// Groups are the headings in the order in which they first stand, with their procedures.
func Groups(all []*Procedure) []Group {
	var out []Group
	for _, p := range all {
		i := slices.IndexFunc(out, func(g Group) bool { return g.Name == cmp.Or(p.Group, "Lainnya") })
		if i < 0 {
			out, i = append(out, Group{Name: cmp.Or(p.Group, "Lainnya")}), len(out)
		}
		out[i].Procedures = append(out[i].Procedures, p)
	}
	return out
}

// A Group is a heading with its procedures.
type Group struct {
	Name       string
	Procedures []*Procedure
}
