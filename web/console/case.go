package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

type casePage struct {
	ID              int64
	Saw             int // steps taken, when the page was made
	Procedure       *procedure.Procedure
	Agency, Code    string
	State           site.Tag
	Open            bool
	Due             string // until when it must be over; empty: no clock runs
	Late            bool
	Steps           []agency.Step
	Next            *procedure.Step
	NotMine         string // why this person may not take the next step
	Fields          []site.FieldView
	Letter, Letter2 string // number and date as typed
	Carried         bool   // they are those of the letter that led here
	Reason          string
	Verdict         string
	Faults          told.Errors
	MayFile         bool
	Choose          []site.Option  // user ids whose rights the form can begin with; none when one is chosen, or the form asks for none
	Asked           bool           // the agency has filled in the first step and not sent it
	Danger          bool           // the next step takes something away that cannot be given back
	Onward          string         // name of what the agency needs after this decision, to be begun with it
	Waiting         *waiting       // for the visitor; nil: nobody's
	Slips           []site.SlipRow // open ones of the user ids that the case is about
	Then            *nextStep      // what the agency needs next; nil: nothing, or this case goes on
	Correcting      bool           // the form is that of the step taken last, filled in anew
	Coming          *procedure.Preview
	Hindered        string // why the effect would be refused as the case stands
	Said            string // why the step taken last cannot be corrected
	Typed           string // when what the form holds was typed, not saved; empty: it was not
}

func (c *Cases) showCase(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeCase(w, r, v, http.StatusOK, site.Number(r.PathValue("id")), procedure.Input{}, nil)
}

// correctForm shows a case with the form of the step taken last, for its author.
func (c *Cases) correctForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeForm(w, r, v, http.StatusOK, site.Number(r.PathValue("id")), procedure.Input{}, nil, true)
}

// writeCase shows a case; after a form that was not complete with what was typed and what is wrong.
func (c *Cases) writeCase(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, id int64, typed procedure.Input,
	faults told.Errors) error {
	return c.writeForm(w, r, v, status, id, typed, faults, false)
}

func (c *Cases) writeForm(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, id int64, typed procedure.Input,
	faults told.Errors, correct bool) error {
	cs, found, err := c.Store.Case(r.Context(), id, c.Office.Procedures)
	if err != nil {
		return err
	}
	if !found {
		return site.ErrNotFound
	}
	stored, err := c.Store.FilesOfCase(r.Context(), id)
	if err != nil {
		return err
	}
	x, err := c.Store.Facts(r.Context(), cs.Agency, v.Now)
	if err != nil {
		return err
	}
	p := casePage{
		ID: id, Saw: len(cs.Taken), Procedure: cs.Procedure, Agency: x.Institution.Name, Code: x.Institution.Code,
		Open:  cs.State == procedure.Open,
		State: site.Tag{Label: cs.State.Label(), Kind: agency.CaseTags[cs.State]}, Faults: faults, MayFile: v.May(access.ToFile),
		Letter: typed.Letter, Reason: typed.Reason, Verdict: typed.Verdict, Asked: cs.Asked(), Correcting: correct,
	}
	if cs.Agency == party.Provider {
		p.Code = ""
	}
	if due, runs := cs.Procedure.Due(cs.Opened); runs && p.Open {
		p.Due, p.Late = site.Clock(due, v), v.Now.After(due)
	}
	form, own := &cs, false
	if before, err := cs.Correcting(v.User.ID, v.User.Role, x); err == nil {
		if own = true; correct {
			form = before
		}
	} else if correct {
		p.Correcting, p.Said = false, err.Error()
	}
	p.steps(&cs, stored, own && !correct, v)
	if typed.Values == nil && p.Letter == "" { // the letter that led here: an agency may ask in one letter for all that it needs at first
		if day, err := time.Parse(time.DateOnly, r.URL.Query().Get("tanggal")); err == nil {
			typed.Letter, typed.LetterDay, p.Carried = r.URL.Query().Get("surat"), day, true
		}
	}
	if typed.Values == nil && !correct && p.MayFile {
		kept, at, found, err := c.Store.Typed(r.Context(), id, v.User.ID, p.Saw, v.Now)
		if err != nil {
			return err
		}
		if found {
			typed, p.Letter, p.Reason, p.Carried, p.Typed = kept, kept.Letter, kept.Reason, false, site.Clock(at, v)
		}
	}
	p.form(&cs, form, typed, v, x)
	if typed.Values == nil && !correct {
		p.begin(r, &cs, x)
	}
	if stage, ok := cs.Onward(x); ok && !correct {
		p.Onward = c.procedureName(stage.Procedure)
	}
	if about := cs.About(); len(about) > 0 {
		w.Header().Set("Cache-Control", "no-store")
		mine := func(s party.Slip) bool { return slices.Contains(about, s.OwnerLogin) }
		if p.Slips, err = slipRows(r, c.Slips, v, cs.Agency, mine); err != nil {
			return err
		}
	}
	if !p.Open && p.MayFile {
		if p.Then, err = c.after(r, v, &cs, x); err != nil {
			return err
		}
	}
	page := c.Page(r, v, cs.Procedure.Name, &p)
	if p.MayFile {
		list, err := waitingFor(r, v, c.Office, c.Store, c.Slips, false)
		if err != nil {
			return err
		}
		p.Waiting, page.Script = &list, liveScript
	}
	return c.Show(w, r, status, "berkas", page)
}

// steps are those that were taken, the last with its correction where the visitor may correct it.
func (p *casePage) steps(cs *procedure.Case, stored []procedure.File, own bool, v *site.Visitor) {
	for seq, t := range cs.Taken {
		p.Steps = append(p.Steps, agency.StepOf(cs, t, seq, stored, v))
	}
	if own && p.MayFile {
		p.Steps[len(p.Steps)-1].MayCorrect = true
	}
}

// begin has the first step's form begin with the user id that was chosen, or offers one.
func (p *casePage) begin(r *http.Request, cs *procedure.Case, x procedure.Facts) {
	if list, ok := chosenUser(r, cs, x); ok {
		p.Fields = list
	} else if len(cs.Taken) == 0 && cs.Draft == nil {
		p.Choose = agency.ChooseFirst(p.Fields)
	}
}

func (c *Cases) procedureName(key string) string {
	if p, ok := procedure.Find(c.Office.Procedures, key); ok {
		return p.Name
	}
	return ""
}

// form fills in the form of the step that is to be taken now, or of the one that is corrected; of is the case as the form sees it.
func (p *casePage) form(cs, of *procedure.Case, typed procedure.Input, v *site.Visitor, x procedure.Facts) {
	if p.Next = of.Next(); p.Next == nil {
		return
	}
	if typed.Values == nil { // nothing was typed yet
		p.Letter = typed.Letter
		if typed.LetterDay.IsZero() {
			typed.LetterDay = x.Today
		}
		if p.Correcting {
			last := cs.Taken[len(cs.Taken)-1]
			p.Letter, typed.LetterDay = last.Letter, last.LetterDay
		}
	}
	if !typed.LetterDay.IsZero() {
		p.Letter2 = typed.LetterDay.Format(time.DateOnly)
	}
	p.Fields = site.Fields(of, typed.Values, p.Faults, x)
	p.Steps = append(p.Steps, agency.Step{Name: p.Next.Name, State: "sekarang", Now: true})
	for _, s := range of.Later() {
		p.Steps = append(p.Steps, agency.Step{Name: s.Name, State: "berikutnya"})
	}
	if p.Correcting {
		return
	}
	p.Danger = p.Next.Effect == "terminate" || p.Next.Effect == "deactivate-user" || p.Next.Effect == "deactivate-readers"
	if err := cs.MayTake(v.User.ID, v.User.Role, x); err != nil {
		p.NotMine = err.Error()
	}
	var err error
	if p.Coming, err = cs.Preview(x); err != nil {
		p.Hindered = err.Error()
	}
}

// after is what an agency needs after a case is closed: the case's own, or the one that it registered.
func (c *Cases) after(r *http.Request, v *site.Visitor, cs *procedure.Case, x procedure.Facts) (*nextStep, error) {
	if cs.Agency == party.Provider {
		code := cs.Value("kode")
		if code == "" || cs.State != procedure.Done {
			return nil, nil
		}
		i, _, found, err := c.Store.InstitutionByCode(r.Context(), code)
		if err != nil || !found {
			return nil, err
		}
		if x, err = c.Store.Facts(r.Context(), i.ID, v.Now); err != nil {
			return nil, err
		}
	}
	return nextFor(r.Context(), c.Store, c.Office.Procedures, x)
}

// takeStep reads the form of the next step, with its scans, and has the office take it.
func (c *Cases) takeStep(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.fillIn(w, r, v, c.Office.Take, false)
}

// correctStep reads the form of the step taken last, filled in anew by its author.
func (c *Cases) correctStep(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.fillIn(w, r, v, c.Office.Correct, true)
}

func (c *Cases) fillIn(w http.ResponseWriter, r *http.Request, v *site.Visitor, write func(context.Context, office.Actor, int64, int,
	procedure.Input, []procedure.File) (office.Outcome, error), correct bool) error {
	id := site.Number(r.PathValue("id"))
	form, scans, err := c.Upload(w, r)
	if form == nil {
		return err
	}
	in := site.Typed(form)
	onward := in.Verdict == approveNext
	if onward {
		in.Verdict = procedure.Approve
	}
	if more, listed, err := c.more(r, v, id, form, in, correct); listed || err != nil {
		if err != nil {
			return err
		}
		return c.writeForm(w, r, v, http.StatusOK, id, more, nil, correct)
	}
	var out office.Outcome
	saw := int(site.Number(site.One(form, "langkah")))
	if err == nil {
		out, err = write(r.Context(), v.Actor(), id, saw, in, scans)
	}
	if !correct {
		err = c.remember(r, v, id, saw, in, err)
	}
	if faults := site.Mendable(err); faults != nil {
		return c.writeForm(w, r, v, site.Status(err), id, in, faults, correct)
	}
	if err != nil {
		return err
	}
	if onward && out.State == procedure.Done {
		return c.goOn(w, r, v, id)
	}
	where := "/konsol/berkas/" + site.ID(id)
	if out.Slip != 0 {
		where += "#lembar" // it waits to be printed
	}
	return c.Redirect(w, r, where)
}

// more is the form of a case with room for more persons, when its button asked for it.
func (c *Cases) more(r *http.Request, v *site.Visitor, id int64, form *site.Sent, in procedure.Input, correct bool) (procedure.Input, bool,
	error) {
	cs, found, err := c.Store.Case(r.Context(), id, c.Office.Procedures)
	if err != nil || !found {
		return in, false, err
	}
	x, err := c.Store.Facts(r.Context(), cs.Agency, v.Now)
	if err != nil {
		return in, false, err
	}
	of := &cs
	if correct {
		if of, err = cs.Correcting(v.User.ID, v.User.Role, x); err != nil {
			return in, false, nil // which writing it tells
		}
	}
	in, ok := site.More(form, of, in, x)
	return in, ok, nil
}

// approveNext approves and begins what the agency needs next.
const approveNext = "approve, next"

// goOn begins what an agency needs after a case, and leads there; to the case itself when that is nothing.
func (c *Cases) goOn(w http.ResponseWriter, r *http.Request, v *site.Visitor, id int64) error {
	here := "/konsol/berkas/" + site.ID(id)
	cs, found, err := c.Store.Case(r.Context(), id, c.Office.Procedures)
	if err != nil {
		return err
	}
	if !found {
		return site.ErrNotFound
	}
	x, err := c.Store.Facts(r.Context(), cs.Agency, v.Now)
	if err != nil {
		return err
	}
	then, err := c.after(r, v, &cs, x)
	switch {
	case err != nil:
		return err
	case then == nil || then.Procedure == "":
		return c.Redirect(w, r, here)
	case then.Case != 0:
		return c.Redirect(w, r, "/konsol/berkas/"+site.ID(then.Case))
	}
	return c.follow(w, r, v, then.Code, then.Procedure, &cs)
}

// follow begins a case that leads on from another (nil: from none) and takes its first step when that asks for nothing.
func (c *Cases) follow(w http.ResponseWriter, r *http.Request, v *site.Visitor, code, key string, from *procedure.Case) error {
	i, _, found, err := c.Store.InstitutionByCode(r.Context(), code)
	if err != nil {
		return err
	}
	if !found || i.ID == party.Provider {
		return site.ErrNotFound
	}
	id, err := c.Office.Follow(r.Context(), v.Actor(), i.ID, key)
	if err != nil {
		return err
	}
	where := "/konsol/berkas/" + site.ID(id)
	if from != nil && len(from.Taken) > 0 && from.Taken[0].Letter != "" && from.Procedure.Steps[0].By == "agency" {
		where = site.Link(where, "surat", from.Taken[0].Letter, "tanggal", from.Taken[0].LetterDay.Format(time.DateOnly))
	}
	return c.Redirect(w, r, where)
}

func (c *Cases) takeBack(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "langkah", "alasan_tarik")
	if err != nil {
		return err
	}
	id := site.Number(r.PathValue("id"))
	err = c.Office.TakeBack(r.Context(), v.Actor(), id, int(site.Number(f["langkah"])), f["alasan_tarik"])
	if faults := told.Invalids(err); faults != nil {
		return c.writeCase(w, r, v, http.StatusUnprocessableEntity, id, procedure.Input{}, faults)
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/berkas/"+site.ID(id))
}
