package console

import (
	"net/http"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

type casesPage struct {
	State   string
	States  []site.Option
	Rows    []caseRow
	Older   string
	MayFile bool
}

type caseRow struct {
	ID                      int64
	Procedure, Agency, Code string
	State                   site.Tag
	Next                    string // name of the step that comes now
	Decision                bool   // which is a decision
	Opened, Changed         string
}

var caseTags = map[procedure.State]string{procedure.Open: "mid", procedure.Done: "ok", procedure.Refused: "bad", procedure.Withdrawn: "bad"}

func caseRows(all []*procedure.Procedure, list []procedure.CaseRow, v *site.Visitor) []caseRow {
	out := make([]caseRow, 0, len(list))
	for _, x := range list {
		row := caseRow{ID: x.ID, Procedure: x.Procedure, Agency: x.AgencyName, Code: x.AgencyCode, State: site.Tag{Label: x.State.Label(),
			Kind: caseTags[x.State]}, Opened: site.Clock(x.Opened, v), Changed: site.Clock(x.Changed, v)}
		if x.Agency == party.Provider {
			row.Code = ""
		}
		if p, ok := procedure.Find(all, x.Procedure); ok {
			row.Procedure = p.Name
			if x.State == procedure.Open && x.Steps < len(p.Steps) {
				row.Next, row.Decision = p.Steps[x.Steps].Name, p.Steps[x.Steps].Decision
			}
		}
		out = append(out, row)
	}
	return out
}

func (c *Cases) cases(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := casesPage{State: r.URL.Query().Get("keadaan"), MayFile: v.May(access.ToFile)}
	if r.URL.Query().Get("keadaan") == "" && !r.URL.Query().Has("keadaan") {
		p.State = string(procedure.Open)
	}
	for _, o := range []procedure.State{procedure.Open, procedure.Done, procedure.Refused, procedure.Withdrawn} {
		p.States = append(p.States, site.Option{Value: string(o), Label: o.Label(), Chosen: string(o) == p.State})
	}
	p.States = append(p.States, site.Option{Value: "semua", Label: "Semua", Chosen: p.State == "semua"})
	state := procedure.State(p.State)
	if p.State == "semua" {
		state = ""
	}
	list, err := c.Store.Cases(r.Context(), -1, state, site.Number(r.URL.Query().Get("sebelum")), site.PerPage+1)
	if err != nil {
		return err
	}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/berkas", "keadaan", p.State, "sebelum", site.ID(list[site.PerPage-1].ID))
	}
	p.Rows = caseRows(c.Office.Procedures, list, v)
	return c.Show(w, r, http.StatusOK, "berkas-semua", c.Page(r, v, "Berkas", p))
}

type newCasePage struct {
	site.Tabs
	Provider bool // for the office itself
	Agencies []site.Option
	Groups   []procedure.Group
}

// newCase offers the procedures that fit an agency, or the office itself.
func (c *Cases) newCase(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := newCasePage{Tabs: site.Tabs{Code: r.URL.Query().Get("instansi")}}
	p.Provider = p.Code == ""
	var x procedure.Facts
	if !p.Provider {
		i, _, found, err := c.Store.InstitutionByCode(r.Context(), p.Code)
		if err == nil && found {
			p.Name = i.Name
			x, err = c.Store.Facts(r.Context(), i.ID, v.Now)
		}
		if err != nil {
			return err
		}
		if !found || i.ID == party.Provider {
			return site.ErrNotFound
		}
	}
	var fit []*procedure.Procedure
	for _, pr := range c.Office.Procedures {
		if !pr.OwnPage && (pr.Needs == "provider") == p.Provider && (pr.Needs != "agreement" || x.Agreement != nil) {
			fit = append(fit, pr)
		}
	}
	p.Groups = procedure.Groups(fit)
	all, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	for _, st := range all {
		p.Agencies = append(p.Agencies, site.Option{Value: st.Institution.Code, Label: st.Institution.Name,
			Chosen: st.Institution.Code == p.Code})
	}
	return c.Show(w, r, http.StatusOK, "berkas-baru", c.Page(r, v, "Berkas baru", p))
}

// openCase begins a case; one without an agency is the office's own.
func (c *Cases) openCase(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "instansi", "prosedur", "lanjut")
	if err != nil {
		return err
	}
	about := party.Provider
	if f["instansi"] != "" {
		i, _, found, err := c.Store.InstitutionByCode(r.Context(), f["instansi"])
		if err != nil {
			return err
		}
		if !found || i.ID == party.Provider {
			return site.ErrNotFound
		}
		about = i.ID
	}
	begin := c.Office.Open
	if f["lanjut"] != "" {
		begin = c.Office.Follow
	}
	id, err := begin(r.Context(), v.Actor(), about, f["prosedur"])
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/berkas/"+site.ID(id))
}

type casePage struct {
	ID              int64
	Saw             int // steps taken, when the page was made
	Procedure       *procedure.Procedure
	Agency, Code    string
	State           site.Tag
	Open            bool
	Steps           []stepView
	Next            *procedure.Step
	NotMine         string // why this person may not take the next step
	Fields          []site.FieldView
	Letter, Letter2 string // number and date as typed
	Reason          string
	Verdict         string
	Faults          told.Errors
	MayFile         bool
	Asked           bool      // the agency has filled in the first step and not sent it
	Danger          bool      // the next step takes something away that cannot be given back
	Then            *nextStep // what the agency needs next; nil: nothing, or this case goes on
}

type stepView struct {
	Name, State, By, At, Letter, LetterDay string
	Verdict                                site.Tag
	Values                                 [][2]string
	Files                                  []fileRow
	Now                                    bool
}

func (c *Cases) showCase(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeCase(w, r, v, http.StatusOK, site.Number(r.PathValue("id")), procedure.Input{}, nil)
}

// writeCase shows a case; after a form that was not complete with what was typed and what is wrong.
func (c *Cases) writeCase(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, id int64, typed procedure.Input,
	faults told.Errors) error {
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
		State: site.Tag{Label: cs.State.Label(), Kind: caseTags[cs.State]}, Next: cs.Next(), Faults: faults, MayFile: v.May(access.ToFile),
		Letter: typed.Letter, Reason: typed.Reason, Verdict: typed.Verdict, Asked: cs.Asked(),
	}
	if cs.Agency == party.Provider {
		p.Code = ""
	}
	if typed.Values == nil { // nothing was typed yet
		typed.LetterDay = x.Today
	}
	if !typed.LetterDay.IsZero() {
		p.Letter2 = typed.LetterDay.Format(time.DateOnly)
	}
	for seq, t := range cs.Taken {
		p.Steps = append(p.Steps, stepViewOf(&cs, t, seq, stored, v))
	}
	if p.Next != nil {
		p.Danger = p.Next.Effect == "terminate" || p.Next.Effect == "deactivate-user" || p.Next.Effect == "deactivate-readers"
		if err := cs.MayTake(v.User.ID, v.User.Role, x); err != nil {
			p.NotMine = err.Error()
		}
		p.Fields = site.Fields(&cs, typed.Values, faults, x)
		after := len(cs.Taken) + 1
		p.Steps = append(p.Steps, stepView{Name: p.Next.Name, State: "sekarang", Now: true})
		for _, s := range cs.Procedure.Steps[min(after, len(cs.Procedure.Steps)):] {
			p.Steps = append(p.Steps, stepView{Name: s.Name, State: "berikutnya"})
		}
	}
	if !p.Open && p.MayFile {
		if p.Then, err = c.after(r, v, &cs, x); err != nil {
			return err
		}
	}
	return c.Show(w, r, status, "berkas", c.Page(r, v, cs.Procedure.Name, p))
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

func stepViewOf(cs *procedure.Case, t procedure.Taken, seq int, stored []procedure.File, v *site.Visitor) stepView {
	s := stepView{Name: "Penarikan berkas", State: "selesai", By: t.ByName, At: site.Clock(t.At, v), Letter: t.Letter}
	if t.By == 0 {
		s.By = "Sistem"
	}
	if !t.LetterDay.IsZero() {
		s.LetterDay = t.LetterDay.Format(time.DateOnly)
	}
	switch t.Verdict {
	case procedure.Approve:
		s.Verdict = site.Tag{Label: "Disetujui", Kind: "ok"}
	case procedure.Refuse:
		s.Verdict = site.Tag{Label: "Ditolak", Kind: "bad"}
	case procedure.Withdraw:
		s.Verdict = site.Tag{Label: "Ditarik", Kind: "bad"}
	}
	if st, ok := cs.Procedure.Step(t.Step); ok {
		s.Name = st.Name
		for _, f := range st.Fields {
			if val := t.Values[f.Key]; val != "" && f.Key != "alasan" {
				if f.Kind == "nik" {
					val = site.Masked(val)
				}
				s.Values = append(s.Values, [2]string{f.Name, office.Words(f, val)})
			}
		}
	}
	if why := t.Values["alasan"]; why != "" {
		s.Values = append(s.Values, [2]string{"Alasan", why})
	}
	for _, f := range stored {
		if f.CaseSeq == seq {
			s.Files = append(s.Files, fileRowOf(f, v))
		}
	}
	return s
}

// takeStep reads the form of the next step, with its scans, and has the office take it.
func (c *Cases) takeStep(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id := site.Number(r.PathValue("id"))
	form, scans, err := c.Upload(w, r)
	if err != nil {
		return err
	}
	defer form.RemoveAll()
	in := site.Typed(form)
	out, err := c.Office.Take(r.Context(), v.Actor(), id, int(site.Number(site.One(form, "langkah"))), in, scans)
	if faults := told.Invalids(err); faults != nil {
		return c.writeCase(w, r, v, http.StatusUnprocessableEntity, id, in, faults)
	}
	if err != nil {
		return err
	}
	if out.Slip != 0 {
		return c.Redirect(w, r, "/konsol/lembar?baru="+site.ID(out.Slip)+"&berkas="+site.ID(id))
	}
	return c.Redirect(w, r, "/konsol/berkas/"+site.ID(id))
}

// base is the address of this service as people open it: the configured one, or the one that this request came to.
func base(s *site.Site, o *office.Office, r *http.Request) string {
	switch {
	case o.Details.URL != "":
		return strings.TrimSuffix(o.Details.URL, "/")
	case s.Secure(r):
		return "https://" + r.Host
	}
	return "http://" + r.Host
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
