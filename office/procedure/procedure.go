// Package procedure runs the agreement's procedures: a procedure is data (procedures/*.toml) that says which steps follow each other, what each asks
// for, which letter it makes, who may decide it, and which change of rights it brings about. The engine is pure: Case.Take checks a step and returns
// what is to be written and changed; the store writes both in one transaction. Adding a procedure means adding a file.
package procedure

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"gapura/agreement/party"
	"gapura/internal/document"
	"gapura/internal/told"
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
	OwnPage bool   `toml:"own_page"`
	Steps   []Step `toml:"step"`
}

// A Step is taken once, in order.
type Step struct {
	Key       string  `toml:"key"`
	Name      string  `toml:"name"`
	By        string  `toml:"by"`           // whose act it is: "agency" or "provider"
	Letter    bool    `toml:"letter"`       // number and date of a letter are asked for
	Scan      string  `toml:"scan"`         // "", "may" or "must": signed scans
	Decision  bool    `toml:"decision"`     // approved or refused by somebody who took no other step (four eyes)
	Document  string  `toml:"document"`     // template of the letter that is made; its number is the step's letter
	Refused   bool    `toml:"also_refused"` // the letter is made for a refusal too
	Effect    string  `toml:"effect"`       // change of rights when taken (and approved)
	Otherwise string  `toml:"otherwise"`    // change of rights when refused
	Fields    []Field `toml:"field"`
}

// MakesDocument reports whether taking the step with the verdict makes its letter.
func (s *Step) MakesDocument(verdict string) bool {
	return s.Document != "" && (verdict != Refuse || s.Refused)
}

// A Field is asked for in a step.
type Field struct {
	Key      string   `toml:"key"`
	Name     string   `toml:"name"`
	Hint     string   `toml:"hint"`
	Kind     string   `toml:"kind"` // see kinds
	Optional bool     `toml:"optional"`
	Options  []Option `toml:"option"` // of kind "choice"
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

func (p *Procedure) check() error {
	if p.Key == "" || p.Name == "" || p.Clause == "" || len(p.Steps) == 0 {
		return errors.New("key, name, clause and a step are needed")
	}
	if !slices.Contains([]string{"provider", "agency", "agreement"}, p.Needs) {
		return fmt.Errorf("needs %q is not known", p.Needs)
	}
	fields := map[string]string{}
	steps := map[string]bool{}
	for _, s := range p.Steps {
		if s.Key == "" || s.Name == "" || steps[s.Key] {
			return fmt.Errorf("step %q: a key of its own and a name are needed", s.Key)
		}
		steps[s.Key] = true
		if !slices.Contains([]string{"", "may", "must"}, s.Scan) || (s.By != "agency" && s.By != "provider") {
			return fmt.Errorf("step %s: scan or by is not known", s.Key)
		}
		for _, f := range s.Fields {
			if _, known := kinds[f.Kind]; f.Key == "" || f.Name == "" || !known || fields[f.Key] != "" || (f.Kind == "choice") != (len(f.Options) > 0) {
				return fmt.Errorf("step %s: field %q: a key of its own, a name, a known kind and options for a choice are needed", s.Key, f.Key)
			}
			fields[f.Key] = f.Kind
		}
		if s.Document != "" {
			if _, ok := document.Default(s.Document); !ok {
				return fmt.Errorf("step %s: there is no document %q", s.Key, s.Document)
			}
		}
		if s.Otherwise != "" && !s.Decision {
			return fmt.Errorf("step %s: otherwise is for decisions", s.Key)
		}
		for _, e := range []string{s.Effect, s.Otherwise} {
			if e == "" {
				continue
			}
			b, ok := effects[e]
			if !ok {
				return fmt.Errorf("step %s: there is no effect %q", s.Key, e)
			}
			for key, kind := range b.needs {
				if fields[key] != kind {
					return fmt.Errorf("step %s: effect %s needs a field %q of kind %s before", s.Key, e, key, kind)
				}
			}
		}
	}
	return nil
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

// A State of a case.
type State string

// The states.
const (
	Open      State = "open"
	Done      State = "done"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
)

// Label is the state in Indonesian.
func (s State) Label() string {
	switch s {
	case Open:
		return "Berjalan"
	case Done:
		return "Selesai"
	case Refused:
		return "Ditolak"
	case Withdrawn:
		return "Ditarik"
	}
	return string(s)
}

// Verdicts of a decision; a step that is no decision has none.
const (
	Approve  = "approve"
	Refuse   = "refuse"
	Withdraw = "withdraw"
)

// A Case is one run of a procedure.
type Case struct {
	ID        int64
	Agency    int64
	Procedure *Procedure
	State     State
	Opened    time.Time
	Taken     []Taken
}

// Taken is a step as it was taken; it never changes after.
type Taken struct {
	Step      string
	At        time.Time
	By        int64
	ByName    string
	Letter    string
	LetterDay time.Time
	Verdict   string
	Values    map[string]string // see kinds; kept sealed, because forms hold personal data
}

// Next is the step that comes now; nil when the case is over.
func (c *Case) Next() *Step {
	if c.State != Open {
		return nil
	}
	taken := 0
	for _, t := range c.Taken {
		if t.Verdict != Withdraw {
			taken++
		}
	}
	if taken >= len(c.Procedure.Steps) {
		return nil
	}
	return &c.Procedure.Steps[taken]
}

// Value is what was last filled in for a field.
func (c *Case) Value(key string) string {
	for _, t := range slices.Backward(c.Taken) {
		if v, ok := t.Values[key]; ok {
			return v
		}
	}
	return ""
}

// An Input is what somebody fills in to take the next step.
type Input struct {
	By        int64
	Role      party.Role
	At        time.Time
	Letter    string
	LetterDay time.Time
	Verdict   string
	Reason    string // of a refusal, a withdrawal; may be empty with an approval
	Values    map[string]string
	Number    string // of the letter that the step makes, from the register
	Scans     int    // number of files that come with the step
}

// A Result is what a step writes.
type Result struct {
	Taken   Taken
	State   State
	Effects []Effect
}

// The refusals.
var (
	ErrOver     = told.Refuse("Berkas ini sudah selesai.")
	ErrReadOnly = told.Refuse("Peran Anda hanya dapat membaca berkas.")
	ErrFourEyes = told.Refuse("Keputusan harus diambil oleh orang lain: Anda telah mengisi langkah sebelumnya pada berkas ini.")
	ErrDecide   = told.Refuse("Keputusan hanya dapat diambil oleh administrator.")
)

// MayTake reports why the person may not take the next step; nil when they may.
func (c *Case) MayTake(by int64, role party.Role) error {
	s := c.Next()
	switch {
	case s == nil:
		return ErrOver
	case role != party.Administrator && role != party.Operator:
		return ErrReadOnly
	case s.Decision && role != party.Administrator:
		return ErrDecide
	case s.Decision && slices.ContainsFunc(c.Taken, func(t Taken) bool { return t.By == by }):
		return ErrFourEyes
	}
	return nil
}

// Take checks the next step and says what it writes. The error is a *told.Error, or told.Errors of the form.
func (c *Case) Take(in Input, f Facts) (Result, error) {
	if err := c.MayTake(in.By, in.Role); err != nil {
		return Result{}, err
	}
	s := c.Next()
	var faults told.Errors
	add := faults.Add
	t := Taken{Step: s.Key, At: in.At, By: in.By, Verdict: in.Verdict, Values: map[string]string{}}
	r := Result{State: Open}
	if s.Key == c.Procedure.Steps[len(c.Procedure.Steps)-1].Key {
		r.State = Done
	}
	switch {
	case !s.Decision:
		t.Verdict = ""
	case in.Verdict == Refuse:
		r.State = Refused
		if strings.TrimSpace(in.Reason) == "" {
			add("alasan", "Alasan penolakan harus diisi.")
		}
	case in.Verdict != Approve:
		add("keputusan", "Pilih setuju atau tolak.")
	}
	if len(in.Reason) > 2000 {
		add("alasan", "Alasan paling panjang 2.000 karakter.")
	}
	if reason := clean(in.Reason); reason != "" {
		t.Values["alasan"] = reason
	}
	today := f.Today
	if s.Letter {
		t.Letter, t.LetterDay = clean(in.Letter), in.LetterDay
		if t.Letter == "" || len(t.Letter) > 100 {
			add("surat", "Nomor surat harus diisi, paling panjang 100 karakter.")
		}
		if t.LetterDay.IsZero() || t.LetterDay.After(today) {
			add("tanggal_surat", "Tanggal surat harus diisi dan tidak boleh di masa depan.")
		}
	}
	if s.MakesDocument(t.Verdict) {
		t.Letter, t.LetterDay = in.Number, today
	}
	if s.Scan == "must" && in.Scans == 0 && t.Verdict != Refuse {
		add("pindaian", "Unggah pindaian dokumen yang sudah ditandatangani.")
	}
	if t.Verdict != Refuse {
		for _, field := range s.Fields {
			v, problem := kinds[field.Kind](field, in.Values[field.Key], f)
			if problem == "" && v == "" && !field.Optional {
				problem = "harus diisi."
			}
			if problem != "" {
				add(field.Key, field.Name+" "+problem)
				continue
			}
			if v != "" {
				t.Values[field.Key] = v
			}
		}
	}
	if err := faults.Err(); err != nil {
		return Result{}, err
	}
	after := *c
	after.Taken = append(slices.Clip(c.Taken), t)
	effect := s.Effect
	if t.Verdict == Refuse {
		effect = s.Otherwise
	}
	if effect != "" {
		var err error
		if r.Effects, err = effects[effect].build(&after, f); err != nil {
			return Result{}, err
		}
	}
	r.Taken = t
	return r, nil
}

// TakeBack withdraws an open case: what it already changed stays.
func (c *Case) TakeBack(in Input) (Result, error) {
	switch {
	case c.State != Open:
		return Result{}, ErrOver
	case in.Role != party.Administrator && in.Role != party.Operator:
		return Result{}, ErrReadOnly
	case clean(in.Reason) == "":
		return Result{}, told.Wrong("alasan", "Alasan penarikan harus diisi.")
	}
	return Result{State: Withdrawn, Taken: Taken{Step: "penarikan", At: in.At, By: in.By, Verdict: Withdraw, Values: map[string]string{"alasan": clean(in.Reason)}}}, nil
}

// Reason is what a change of a right by this case is recorded with: the procedure, and the reason when one was given.
func (c *Case) Reason() string {
	reason := c.Procedure.Name
	if why := c.Value("alasan"); why != "" {
		reason += ": " + why
	}
	return reason
}

// Letter is the last letter of the case, the document that a change rests on.
func (c *Case) Letter() string {
	for _, t := range slices.Backward(c.Taken) {
		if t.Letter != "" {
			return t.Letter
		}
	}
	return ""
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
