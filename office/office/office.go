// Package office does what the provider's office does with a case: it reads the facts, asks the procedure's engine, numbers and renders the
// letter, and has everything written in one transaction. It also looks after what is due: reminders, and readers whose agreement has ended.
// The console decodes a form and calls it; nothing else takes a step.
package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"gapura/agreement/party"
	"gapura/internal/document"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/office/procedure"
)

// ErrMoved means that somebody else has taken the step meanwhile.
var ErrMoved = &told.Error{Kind: told.Moved, Field: "Berkas",
	Text: "Orang lain telah mengisi langkah ini. Silakan buka kembali berkasnya dan periksa keadaannya."}

// A Step is what taking a step writes.
type Step struct {
	Case    *procedure.Case
	Result  procedure.Result
	Files   []procedure.File // scans first, then the letter that was made
	Notices []procedure.Notice
	Mails   []notify.Mail
}

// Applied is what came of an effect.
type Applied struct {
	ID   int64 // of the institution, agreement or user that was made
	Slip int64 // that was issued and waits to be printed
}

// Details are the provider's own, from the configuration.
type Details struct {
	Government, Name, Address, Place       string
	Official, OfficialPosition, OfficialID string // who signs letters
	LetterClass                            string // classification code in letter numbers, for instance 400.12
	Email                                  string // of the office, for reports of agencies; may be empty
	URL                                    string // of this service, for links in e-mails; may be empty
	Ministry                               string // e-mail address of the Director General's office; empty: letters go on paper only
}

// An Office takes steps. Safe for concurrent use.
type Office struct {
	Store      Store
	Procedures []*procedure.Procedure
	Details    Details
	Now        func() time.Time
	Wake       func() // called after mails were queued; may be nil
	// Tell reads who asked for a resident's data, for letters to the resident; nil where no letters are made (commands).
	Tell Teller
	// Stamp is a keyed hash of a text, 16 bytes or more, under a key outside the database: it makes the codes by which letters are checked.
	Stamp func(text string) []byte
}

// An Actor is who acts; the zero Actor is the program itself.
type Actor struct {
	User   int64
	Role   party.Role
	Agency int64 // whose person it is; party.Provider: of the office
	// Address is where they sit, for the record of what they read; the zero one when nobody sits there.
	Address netip.Addr
}

// strange reports whether a case or user is another agency's than the actor's own; the office's people reach all.
func (a Actor) strange(agency int64) bool { return a.Role == party.AgencyAdmin && a.Agency != agency }

var errNoCase = &told.Error{Kind: told.Missing, Text: "Berkas tidak ditemukan."}

// Open begins a case of an agency; a *told.Error when the procedure does not fit.
func (o *Office) Open(ctx context.Context, who Actor, agency int64, key string) (int64, error) {
	p, ok := procedure.Find(o.Procedures, key)
	if !ok {
		return 0, told.Refuse("Prosedur tidak dikenal.")
	}
	if who.Role != party.Administrator && who.Role != party.Operator {
		return 0, procedure.ErrReadOnly
	}
	now := o.Now()
	switch {
	case (p.Needs == "provider") != (agency == party.Provider):
		return 0, told.Refuse("Prosedur ini tidak sesuai dengan instansi yang dipilih.")
	case p.Needs == "agreement":
		x, err := o.Store.Cases.Facts(ctx, agency, now)
		if err != nil {
			return 0, err
		}
		if x.Agreement == nil {
			return 0, told.Refuse("Prosedur ini memerlukan perjanjian yang sudah ditandatangani.")
		}
	}
	return o.Store.Cases.OpenCase(ctx, agency, p, nil, now)
}

// Follow begins the case that leads on from where an agency is, and takes its first step at once when that asks for nothing that is not
// known: then its form is there to be signed.
func (o *Office) Follow(ctx context.Context, who Actor, agency int64, key string) (int64, error) {
	id, err := o.Open(ctx, who, agency, key)
	if err != nil {
		return 0, err
	}
	c, found, err := o.Store.Cases.Case(ctx, id, o.Procedures)
	if err != nil || !found {
		return id, err
	}
	x, err := o.Store.Cases.Facts(ctx, agency, o.Now())
	if err != nil {
		return id, err
	}
	in, ready := c.Procedure.Steps[0].Untouched(x)
	if !ready {
		return id, nil
	}
	_, err = o.take(ctx, who, &c, in, nil)
	return id, err
}

// An Outcome is a case after a step.
type Outcome struct {
	Case  int64
	State procedure.State
	Slip  int64 // that was issued and waits to be printed; mostly 0
}

// Take takes the next step of a case. The caller says how many steps it saw, so that two people cannot take the same one: ErrMoved. Other
// errors that the user must see are *told.Error and told.Errors.
func (o *Office) Take(ctx context.Context, who Actor, id int64, saw int, in procedure.Input, scans []procedure.File) (Outcome, error) {
	c, err := o.seen(ctx, who, id, saw)
	if err != nil {
		return Outcome{}, err
	}
	out, err := o.take(ctx, who, c, in, scans)
	if err != nil {
		return out, err
	}
	return out, o.letters(ctx, who, id)
}

// letters takes the steps that follow and only make a letter. When one cannot be made now, its step stays to be taken by hand.
func (o *Office) letters(ctx context.Context, who Actor, id int64) error {
	for {
		c, _, err := o.Store.Cases.Case(ctx, id, o.Procedures)
		if s := c.Next(); err != nil || s == nil || !s.AsksNothing() {
			return err
		}
		if _, err = o.take(ctx, who, &c, procedure.Input{}, nil); err != nil {
			if _, shown := told.Text(err); shown {
				return nil
			}
			return err
		}
	}
}

// Correct fills in the step anew that was taken last, by its author; errors are those of Take.
func (o *Office) Correct(ctx context.Context, who Actor, id int64, saw int, in procedure.Input, scans []procedure.File) (Outcome, error) {
	c, err := o.seen(ctx, who, id, saw)
	if err != nil {
		return Outcome{}, err
	}
	x, err := o.Store.Cases.Facts(ctx, c.Agency, o.Now())
	if err != nil {
		return Outcome{}, err
	}
	before, err := c.Correcting(who.User, who.Role, x)
	if err != nil {
		return Outcome{}, err
	}
	in = before.Next().Filled(in, x)
	return o.write(ctx, who, x, filling{c, before.Next(), before.Names(in), c.Correct}, in, scans)
}

// seen is a case as its caller saw it.
func (o *Office) seen(ctx context.Context, who Actor, id int64, saw int) (*procedure.Case, error) {
	c, found, err := o.Store.Cases.Case(ctx, id, o.Procedures)
	switch {
	case err != nil:
		return nil, err
	case !found || who.strange(c.Agency):
		return nil, errNoCase
	case len(c.Taken) != saw:
		return nil, ErrMoved
	}
	return &c, nil
}

func (o *Office) take(ctx context.Context, who Actor, c *procedure.Case, in procedure.Input, scans []procedure.File) (Outcome, error) {
	x, err := o.Store.Cases.Facts(ctx, c.Agency, o.Now())
	if err != nil {
		return Outcome{}, err
	}
	if err := c.MayTake(who.User, who.Role, x); err != nil {
		return Outcome{}, err
	}
	in = c.Next().Filled(in, x)
	return o.write(ctx, who, x, filling{c, c.Next(), c.Names(in), c.Take}, in, scans)
}

// A filling is a step that is filled in, for the first time or anew.
type filling struct {
	of    *procedure.Case
	step  *procedure.Step
	names procedure.Names // that it would give
	take  func(procedure.Input, procedure.Facts) (procedure.Result, error)
}

// write has the engine judge what was filled in, makes the step's letter, and writes all of it.
func (o *Office) write(ctx context.Context, who Actor, x procedure.Facts, a filling, in procedure.Input, scans []procedure.File) (Outcome,
	error) {
	in.By, in.Role, in.At, in.Scans = who.User, who.Role, x.Now, len(scans)
	for _, f := range scans {
		in.Hashes = append(in.Hashes, fmt.Sprintf("%x", sha256.Sum256(f.Content)))
	}
	var err error
	if x.InUse, err = o.Store.Cases.InUse(ctx, a.names); err != nil {
		return Outcome{}, err
	}
	c := a.of
	if a.step.Numbers(in) {
		if in, err = o.registered(ctx, a, in, x); err != nil {
			return Outcome{}, err
		}
	}
	var made []procedure.File
	documented := a.step.MakesDocument(in.Verdict)
	var more map[string]string
	if documented {
		if more, err = o.told(ctx, who, a, in, x); err != nil {
			return Outcome{}, err
		}
		if in.Number, err = o.number(ctx, a, in, x, more); err != nil {
			return Outcome{}, err
		}
	}
	r, err := a.take(in, x)
	if err != nil {
		return Outcome{}, err
	}
	if documented {
		for _, key := range append([]string{a.step.Document}, a.step.Enclosed...) {
			f, err := o.letter(ctx, c, r, key, in.Number, x, more)
			if err != nil {
				return Outcome{}, err
			}
			made = append(made, f)
		}
	}
	n := Step{Case: c, Result: r}
	var agreement int64
	if x.Agreement != nil {
		agreement = x.Agreement.ID
	}
	for _, f := range append(scans, made...) {
		if f.Agency, f.Agreement, f.By, f.At = c.Agency, agreement, who.User, x.Now; a.step.OwnFiles {
			f.Agency, f.Agreement = party.Provider, 0
		}
		if f.Kind == "" {
			f.Kind, f.Number = "scan", r.Taken.Letter
		}
		n.Files = append(n.Files, f)
	}
	after := *c
	after.State = r.State
	after.Taken = append(append([]procedure.Taken(nil), c.Taken...), r.Taken)
	if err := o.tell(ctx, &n, &after, x); err != nil {
		return Outcome{}, err
	}
	applied, err := o.Store.Cases.TakeStep(ctx, n)
	if err != nil {
		return Outcome{}, err
	}
	o.wake(len(n.Mails) > 0)
	out := Outcome{Case: c.ID, State: r.State}
	for _, a := range applied {
		out.Slip = max(out.Slip, a.Slip)
	}
	return out, ManuscriptsOf(o).registeredApp(ctx, c, r, applied, x)
}

// told is what a step's letter tells a resident of the journal, read once it is sure that the step can be taken; nil for other letters.
func (o *Office) told(ctx context.Context, who Actor, a filling, in procedure.Input, x procedure.Facts) (map[string]string, error) {
	if !tellsHistory(a.step.Document) {
		return nil, nil
	}
	if o.Tell == nil {
		return nil, errors.New("letters that tell a history are made by the running service only")
	}
	in.Number = "…"
	if _, err := a.take(in, x); err != nil {
		return nil, err
	}
	return o.history(ctx, who, a.of, x)
}

// number takes a number of the register for the letter of a step, once it is sure that the letter can be made. A form has none, and what
// the agency itself writes is numbered by the agency.
func (o *Office) number(ctx context.Context, a filling, in procedure.Input, x procedure.Facts, more map[string]string) (string,
	error) {
	in.Number = "…"
	r, err := a.take(in, x)
	if err != nil {
		return "", err
	}
	if _, err := o.letter(ctx, a.of, r, a.step.Document, in.Number, x, more); err != nil {
		return "", err
	}
	t, _ := document.Default(a.step.Document)
	series, numbered := t.Series()
	if !numbered || a.step.Letterhead == procedure.OfAgency {
		return "", nil
	}
	return o.nextNumber(ctx, a, series, x)
}

// nextNumber takes a number of the register for what the step makes.
func (o *Office) nextNumber(ctx context.Context, a filling, series string, x procedure.Facts) (string, error) {
	year := x.Today.Year()
	seq, err := o.Store.Letters.TakeLetterNumber(ctx, procedure.Letter{Series: series, Year: year, Agency: a.of.Agency, Case: a.of.ID,
		Subject: a.of.Procedure.Name + ": " + a.step.Name, At: x.Now})
	return document.LetterNumber(o.Details.LetterClass, series, seq, year), err
}

// registered is the form with a number of the register in the field that takes one, once it is sure that the step can be written.
func (o *Office) registered(ctx context.Context, a filling, in procedure.Input, x procedure.Facts) (procedure.Input, error) {
	in.Register = "…"
	if _, err := a.take(a.step.Filled(in, x), x); err != nil {
		return in, err
	}
	var err error
	in.Register, err = o.nextNumber(ctx, a, document.Letters, x)
	return a.step.Filled(in, x), err
}

// TakeBack withdraws a case.
func (o *Office) TakeBack(ctx context.Context, who Actor, id int64, saw int, reason string) error {
	c, err := o.seen(ctx, who, id, saw)
	if err != nil {
		return err
	}
	x, err := o.Store.Cases.Facts(ctx, c.Agency, o.Now())
	if err != nil {
		return err
	}
	n := Step{Case: c}
	if n.Result, err = c.TakeBack(procedure.Input{By: who.User, Role: who.Role, At: x.Now, Reason: reason}, x); err != nil {
		return err
	}
	if len(c.Taken) > 0 { // what was never sent is nobody else's
		n.Notices = withdrawn(c, who, x)
	}
	_, err = o.Store.Cases.TakeStep(ctx, n)
	return err
}

// Sent wakes the postman when something was queued beside a step.
func (o *Office) Sent(queued bool) { o.wake(queued) }

func (o *Office) wake(queued bool) {
	if queued && o.Wake != nil {
		o.Wake()
	}
}
