package procedure

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/person/freetext"
)

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
	// what the agency has filled in for the first step and not sent yet; kept sealed, gone once the step is taken
	Draft map[string]string
	kept  map[string]string // of the entry that is corrected, see Correcting
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
	Scans     []string          // SHA-256 of each file that came with it, in hex, in their order
}

// Next is the step that comes now; nil when the case is over.
func (c *Case) Next() *Step {
	if c.State != Open {
		return nil
	}
	for i := range c.Procedure.Steps {
		if s := &c.Procedure.Steps[i]; !slices.ContainsFunc(c.Taken, func(t Taken) bool { return t.Step == s.Key }) {
			return s
		}
	}
	return nil
}

// Later are the steps after the next one.
func (c *Case) Later() []Step {
	next := c.Next()
	if next == nil {
		return nil
	}
	return c.Procedure.Steps[1+slices.IndexFunc(c.Procedure.Steps, func(s Step) bool { return s.Key == next.Key }):]
}

// Asked reports whether the agency has begun the case and not sent its request yet.
func (c *Case) Asked() bool { return c.State == Open && len(c.Taken) == 0 && c.Draft != nil }

// Waits reports whether the next step is the agency's.
func (c *Case) Waits() bool { s := c.Next(); return s != nil && s.By == "agency" }

// Value is what was last filled in for a field, be it in the draft.
func (c *Case) Value(key string) string {
	for _, t := range slices.Backward(c.Standing()) {
		if v, ok := t.Values[key]; ok {
			return v
		}
	}
	return c.Draft[key]
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
	Number    string   // of the letter that the step makes, from the register
	Register  string   // of the register too, for a field that is to be numbered (Step.Numbers)
	Scans     int      // number of files that come with the step
	Hashes    []string // SHA-256 of each of them, in hex
}

// TypedLife is how long what somebody typed for a step and did not save is kept for them.
const TypedLife = 7 * 24 * time.Hour

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
	ErrFourEyes = told.Refuse("Keputusan harus diambil oleh orang lain: Anda telah mengisi langkah sebelumnya pada berkas ini, atau " +
		"berkas ini tentang Anda sendiri.")
	ErrDecide   = told.Refuse("Keputusan hanya dapat diambil oleh administrator.")
	errOutgrown = told.Refuse("Prosedur ini diubah setelah berkasnya dimulai, sehingga isiannya tidak lengkap lagi. Tarik berkas ini dan " +
		"mulai yang baru.")
)

// MayTake reports why the person may not take the next step; nil when they may. Persons are compared, not user ids: the facts say whose
// those are.
func (c *Case) MayTake(by int64, role party.Role, x Facts) error {
	s := c.Next()
	switch {
	case s == nil:
		return ErrOver
	case role == party.AgencyAdmin && (c.Procedure.AgencyAsks && len(c.Taken) == 0 || s.AgencyTakes):
		return nil
	case role != party.Administrator && role != party.Operator:
		return ErrReadOnly
	case s.Decision && role != party.Administrator:
		return ErrDecide
	case s.Decision && c.own(by, x):
		return ErrFourEyes
	case c.Procedure.ofStaff() && !x.byID(by).Identity.Known():
		return ErrUnknownPerson
	}
	return nil
}

// Take checks the next step and says what it writes. The error is a *told.Error, or told.Errors of the form; any other is a fault.
func (c *Case) Take(in Input, f Facts) (Result, error) {
	if err := c.MayTake(in.By, in.Role, f); err != nil {
		return Result{}, err
	}
	t, faults := c.read(in, f)
	if err := faults.Err(); err != nil {
		return Result{}, err
	}
	s := c.Next()
	r := Result{Taken: t, State: Open}
	switch {
	case t.Verdict == Refuse:
		r.State = Refused
	case s.Key == c.Procedure.Steps[len(c.Procedure.Steps)-1].Key:
		r.State = Done
	}
	effect := s.Effect
	if t.Verdict == Refuse {
		effect = s.Otherwise
	}
	if effect != "" {
		after := *c
		after.Taken = append(slices.Clip(c.Taken), t)
		if !after.filled(effects[effect]) {
			return Result{}, errOutgrown
		}
		var err error
		if r.Effects, err = effects[effect].build(&after, f); err != nil {
			return Result{}, err
		}
	}
	return r, nil
}

// filled reports whether everything stands in the case that its procedure asks for and the effect needs: a case may be older than its
// procedure.
func (c *Case) filled(b builder) bool {
	asks := b.asks()
	for _, n := range c.Persons() {
		one := c.Person(n)
		for _, s := range c.Procedure.Steps {
			for _, f := range s.Fields {
				if asks[f.Key] != "" && !f.Optional && one.Value(f.Key) == "" {
					return false
				}
			}
		}
	}
	return true
}

// read reads the form of the next step, with all that is wrong with it.
func (c *Case) read(in Input, f Facts) (t Taken, faults told.Errors) {
	s := c.Next()
	t = Taken{Step: s.Key, At: in.At, By: in.By, Values: map[string]string{}, Scans: in.Hashes}
	if s.Decision {
		switch t.Verdict = in.Verdict; t.Verdict {
		case Approve:
		case Refuse:
			if strings.TrimSpace(in.Reason) == "" {
				faults.Add("alasan", "Alasan penolakan harus diisi.")
			}
		default:
			faults.Add("keputusan", "Pilih setuju atau tolak.")
		}
	}
	if len(in.Reason) > 2000 {
		faults.Add("alasan", "Alasan paling panjang 2.000 karakter.")
	}
	if problem := freetext.Problem(in.Reason); problem != "" {
		faults.Add("alasan", "Alasan "+problem)
	}
	if reason := clean(in.Reason); reason != "" {
		t.Values["alasan"] = reason
	}
	if s.Letter {
		t.Letter, t.LetterDay = clean(in.Letter), in.LetterDay
		if t.Letter == "" || len(t.Letter) > 100 {
			faults.Add("surat", "Nomor surat harus diisi, paling panjang 100 karakter.")
		}
		if problem := freetext.Problem(in.Letter); problem != "" {
			faults.Add("surat", "Nomor surat "+problem)
		}
		if t.LetterDay.IsZero() || t.LetterDay.After(f.Today) {
			faults.Add("tanggal_surat", "Tanggal surat harus diisi dan tidak boleh di masa depan.")
		}
	}
	if s.MakesDocument(t.Verdict) && !s.Letter { // else the step rests on the letter that came in, whatever is written to pass it on
		if t.Letter = in.Number; in.Number != "" {
			t.LetterDay = f.Today
		}
	}
	if t.Verdict == Refuse {
		return t, faults
	}
	// What an agency sends by itself comes with its head's letter, always.
	if in.Scans == 0 && (s.Scan == "must" || s.Scan == "may" && in.Role == party.AgencyAdmin) {
		faults.Add("pindaian", "Unggah pindaian dokumen yang sudah ditandatangani.")
	}
	c.fields(s, in, f, t.Values, &faults)
	if s.By == "agency" && in.Scans == 0 && slices.ContainsFunc(c.asked(s, t.Values), func(f Field) bool {
		return f.Kind == "email" && t.Values[f.Key] != ""
	}) {
		faults.Add("pindaian", "Unggah pindaian surat yang memuat alamat surel: kode rahasia dan pemberitahuan dikirim ke alamat itu, "+
			"dan yang "+
			"memutuskan mencocokkannya.")
	}
	for _, n := range s.listed(t.Values) {
		if namesNoDesk(c.Procedure.person(t.Values, n)) {
			faults.Add(keyOf("aplikasi", n),
				"Nama aplikasi harus diisi bagi token loket: nama loket seperti pada daftar aplikasi instansi.")
		}
	}
	return t, faults
}

// fields reads a step's fields. A NIK that is kept is not shown again, so that an empty field keeps it, unless all else was taken from the
// form of whom it is.
func (c *Case) fields(s *Step, in Input, f Facts, values map[string]string, faults *told.Errors) {
	typed := maps.Clone(in.Values)
	if kept := c.Kept(); kept != nil {
		if typed == nil {
			typed = map[string]string{}
		}
		there := s.listed(in.Values)
		for _, field := range s.each(upTo(s.Persons)) {
			v, sent := typed[field.Key]
			if !sent || field.Kind == "nik" && v == "" && slices.Contains(there, max(1, field.Person)) {
				typed[field.Key] = kept[field.Key]
			}
		}
	}
	asked := c.asked(s, typed)
	read, wrong := ReadFields(asked, typed, f)
	maps.Copy(values, read)
	*faults = append(*faults, wrong...)
	s.twice(values, faults)
	c.within(asked, values, f, faults)
}

// ReadFields reads what was typed for fields, with all that is wrong with it.
func ReadFields(fields []Field, typed map[string]string, f Facts) (values map[string]string, faults told.Errors) {
	values = map[string]string{}
	for _, field := range fields {
		v, problem := kinds[field.Kind](field, typed[field.Key], f)
		if problem == "" && !ownForm[field.Kind] {
			problem = freetext.Problem(typed[field.Key])
		}
		if problem == "" && v == "" && !field.Optional {
			problem = "harus diisi."
		}
		switch {
		case problem != "":
			faults.Add(field.Key, field.Name+" "+problem)
		case v != "":
			values[field.Key] = v
		}
	}
	return values, faults
}

// MayTakeBack reports whether the agency's administrator may withdraw the case: what they asked for themselves, until it is decided.
func (c *Case) MayTakeBack() bool {
	return c.State == Open && c.Procedure.AgencyAsks && len(c.Taken) <= 1 && (len(c.Taken) == 1 || c.Asked())
}

// TakeBack withdraws an open case: what it already changed stays, unless the procedure names what its withdrawal changes.
func (c *Case) TakeBack(in Input, x Facts) (Result, error) {
	switch {
	case c.State != Open:
		return Result{}, ErrOver
	case in.Role == party.AgencyAdmin && c.MayTakeBack():
	case in.Role != party.Administrator && in.Role != party.Operator:
		return Result{}, ErrReadOnly
	}
	if clean(in.Reason) == "" {
		return Result{}, told.Wrong("alasan_tarik", "Alasan penarikan harus diisi.")
	}
	r := Result{State: Withdrawn, Taken: Taken{Step: "penarikan", At: in.At, By: in.By, Verdict: Withdraw,
		Values: map[string]string{"alasan": clean(in.Reason)}}}
	if c.Procedure.Withdrawn == "" || len(c.Taken) == 0 {
		return r, nil
	}
	var err error
	r.Effects, err = effects[c.Procedure.Withdrawn].build(c, x)
	return r, err
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
	for _, t := range slices.Backward(c.Standing()) {
		if t.Letter != "" {
			return t.Letter
		}
	}
	return ""
}

// Document are the hashes of what was signed: of the scans that were filed last before the decision, as agreement.Agreement keeps them.
func (c *Case) Document() string {
	for _, t := range slices.Backward(c.Taken) { // an entry that was corrected keeps its scans, unless new ones came
		if len(t.Scans) > 0 {
			return strings.Join(t.Scans, ", ")
		}
	}
	return ""
}

// days are the dates that were filled in for fields; the zero day where an optional one was left empty. Rights rest on dates: one that
// cannot be read is a fault, never none, because the form takes only such as can be read.
func (c *Case) days(keys ...string) ([]time.Time, error) {
	out := make([]time.Time, len(keys))
	for i, key := range keys {
		v := c.Value(key)
		if v == "" {
			continue
		}
		var err error
		if out[i], err = time.Parse(time.DateOnly, v); err != nil {
			return nil, fmt.Errorf("case %d: field %s holds no date", c.ID, key)
		}
	}
	return out, nil
}
