package agency

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

// Requests are the pages on which an agency asks the provider for something and follows what comes of it.
type Requests struct{ *Agency }

func (c Requests) routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /instansi/permohonan", Act: access.ToOversee, Handle: c.requests},
		{Pattern: "POST /instansi/permohonan", Act: access.ToManage, Handle: c.ask},
		{Pattern: "GET /instansi/permohonan/baru", Act: access.ToManage, Handle: c.newRequest},
		{Pattern: "GET /instansi/permohonan/{id}", Act: access.ToOversee, Handle: c.request},
		{Pattern: "POST /instansi/permohonan/{id}", Act: access.ToManage, Handle: c.askAnew},
		{Pattern: "GET /instansi/permohonan/{id}/formulir", Act: access.ToOversee, Handle: c.requestForm},
		{Pattern: "POST /instansi/permohonan/{id}/kirim", Act: access.ToManage, Handle: c.send},
		{Pattern: "POST /instansi/permohonan/{id}/jawab", Act: access.ToManage, Handle: c.answer},
		{Pattern: "POST /instansi/permohonan/{id}/tarik", Act: access.ToManage, Handle: c.withdraw},
	}
}

// What an agency asks the office for (B10; Juknis II.A.3.a): its administrator fills in a form, prints it, has it signed, sends it with the
// head's letter, and follows the case that it has become.

type ownCase struct {
	ID                  int64
	Name, Next, Changed string
	State               site.Tag
	Mine                bool   // the next step is the agency's
	Asks                bool   // which its administrator takes by themselves
	Answers             bool   // which the office asks of it
	Until               string // ", paling lambat …"; empty: no clock runs
}

// ownCases are those of the visitor's agency that its people see, newest first, and the id before which there are more (0: none).
func (c Requests) ownCases(ctx context.Context, v *site.Visitor, state procedure.State, before int64) (out []ownCase, older int64,
	err error) {
	list, err := c.Store.Cases(ctx, v.Institution.ID, state, before, site.PerPage+1)
	if err != nil {
		return nil, 0, err
	}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		older = list[site.PerPage-1].ID
	}
	for _, x := range list {
		p, ok := procedure.Find(c.Office.Procedures, x.Procedure)
		if !ok || !p.SeenByAgency(x.State) {
			continue
		}
		row := ownCase{ID: x.ID, Name: p.Name, Changed: site.Clock(x.Changed, v), State: site.Tag{Label: x.State.Label(),
			Kind: CaseTags[x.State]}}
		if x.State == procedure.Open && x.Steps < len(p.Steps) {
			row.Next, row.Mine = p.Steps[x.Steps].Name, p.Steps[x.Steps].By == "agency"
			row.Asks = p.AgencyAsks && x.Steps == 0
			if s := p.Steps[x.Steps]; s.AgencyTakes {
				row.Answers = true
				if due, ok := p.StepDue(x.Opened, x.Steps); ok {
					row.Until = ", paling lambat " + site.Clock(due, v)
				}
			}
		}
		out = append(out, row)
	}
	return out, older, nil
}

type requestsPage struct {
	Here  string
	Rows  []ownCase
	Older string
	Asks  []*procedure.Procedure // that the visitor may begin
}

// requests lists the agency's cases and offers what its administrator may ask for.
func (c Requests) requests(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := requestsPage{Here: "permohonan"}
	var older int64
	var err error
	if p.Rows, older, err = c.ownCases(r.Context(), v, "", site.Number(r.URL.Query().Get("sebelum"))); err != nil {
		return err
	}
	if older != 0 {
		p.Older = site.Link("/instansi/permohonan", "sebelum", site.ID(older))
	}
	if v.May(access.ToManage) {
		p.Asks = slices.DeleteFunc(slices.Clone(c.Office.Procedures), func(p *procedure.Procedure) bool { return !p.AgencyAsks })
	}
	return c.Show(w, r, http.StatusOK, "permohonan-semua", c.Page(r, v, "Permohonan", p))
}

type requestPage struct {
	Here            string
	ID              int64 // 0: a new one
	Saw             int   // steps taken, when the page was made
	Procedure       *procedure.Procedure
	State           site.Tag
	Steps           []Step
	Fields          []site.FieldView // to be filled in by the visitor
	Saved           bool             // they are saved
	Filling         bool             // they are being filled in
	Missing         []string         // what is to be filled in before they can be sent
	Choose          []site.Option    // of user ids, one of which comes first
	Letter, Letter2 string           // number and date as typed
	Reason          string           // of a withdrawal, as typed
	Faults          told.Errors
	MayTakeBack     bool
	Answers         bool   // the form is a step of the agency's own in a case of the office
	Due             string // until when
	Waits           string // for whom the case waits; empty: for nobody
}

// newRequest shows the form of a new request. One that changes a user id starts from what that has now.
func (c Requests) newRequest(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	key := r.URL.Query().Get("prosedur")
	if key == "" {
		return c.requests(w, r, v)
	}
	return c.writeNew(w, r, v, http.StatusOK, key, nil, nil)
}

func (c Requests) writeNew(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, key string, typed map[string]string,
	faults told.Errors) error {
	pr, ok := procedure.Find(c.Office.Procedures, key)
	if !ok || !pr.AgencyAsks {
		return site.ErrNotFound
	}
	x, err := c.Store.Facts(r.Context(), v.Institution.ID, v.Now)
	if err != nil {
		return err
	}
	cs := procedure.Case{Agency: v.Institution.ID, Procedure: pr, State: procedure.Open,
		Draft: RightsNow(x, r.URL.Query().Get("pengguna"))}
	p := requestPage{Here: "permohonan", Procedure: pr, Faults: faults}
	if p.Fields = site.Fields(&cs, typed, faults, x); typed == nil && cs.Draft == nil {
		p.Choose = ChooseFirst(p.Fields)
	}
	return c.Show(w, r, status, "permohonan", c.Page(r, v, pr.Name, p))
}

// RightsNow is what a form about a user id starts from; nil when the agency has no such user id.
func RightsNow(x procedure.Facts, login string) map[string]string {
	i := slices.IndexFunc(x.Users, func(u party.User) bool { return u.Login == login && login != "" })
	if i < 0 {
		return nil
	}
	u := x.Users[i]
	return map[string]string{"pengguna": u.Login, "metode_pengguna": strings.Join(u.Methods, "\n"),
		"hak_data":        map[bool]string{true: "match", false: "full"}[u.MatchOnly],
		"tujuan_pengguna": strings.Join(u.Purposes, "\n")}
}

// ChooseFirst are the user ids of a form that starts from what the chosen one has now; nil for any other form.
func ChooseFirst(fields []site.FieldView) []site.Option {
	has := func(key string) int {
		return slices.IndexFunc(fields, func(f site.FieldView) bool { return f.Key == key })
	}
	if n := has("pengguna"); n >= 0 && has("metode_pengguna") >= 0 {
		return fields[n].Many
	}
	return nil
}

// ask saves a new request.
func (c Requests) ask(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	form, _, err := c.Upload(w, r)
	if form == nil {
		return err
	}
	in, key := site.Typed(form), site.One(form, "prosedur")
	if more, ok, err := c.more(r, v, form, key, in); ok || err != nil {
		if err != nil {
			return err
		}
		return c.writeNew(w, r, v, http.StatusOK, key, more.Values, nil)
	}
	var id int64
	if err == nil {
		id, err = office.RequestsOf(c.Office).Ask(r.Context(), v.Actor(), key, in)
	}
	if faults := site.Mendable(err); faults != nil {
		return c.writeNew(w, r, v, site.Status(err), key, in.Values, faults)
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, requestPath(id))
}

// more is the form of a new request with room for more persons, when its button asked for it.
func (c Requests) more(r *http.Request, v *site.Visitor, form *site.Sent, key string, in procedure.Input) (procedure.Input, bool, error) {
	pr, ok := procedure.Find(c.Office.Procedures, key)
	if !ok || !pr.AgencyAsks {
		return in, false, nil
	}
	x, err := c.Store.Facts(r.Context(), v.Institution.ID, v.Now)
	if err != nil {
		return in, false, err
	}
	in, ok = site.More(form, &procedure.Case{Agency: v.Institution.ID, Procedure: pr, State: procedure.Open}, in, x)
	return in, ok, nil
}

func requestPath(id int64) string { return "/instansi/permohonan/" + site.ID(id) }

// ownCase finds the case of the path, the visitor's own agency's only.
func (c Requests) ownCase(r *http.Request, v *site.Visitor, act access.Act) (procedure.Case, error) {
	cs, found, err := c.Store.Case(r.Context(), site.Number(r.PathValue("id")), c.Office.Procedures)
	if err == nil && found {
		err = c.Allow(r, v, act, cs.Agency)
	}
	if err == nil && (!found || !cs.Procedure.SeenByAgency(cs.State)) {
		err = site.ErrNotFound
	}
	return cs, err
}

func (c Requests) request(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	cs, err := c.ownCase(r, v, access.ToOversee)
	if err != nil {
		return err
	}
	return c.writeRequest(w, r, v, http.StatusOK, &cs, procedure.Input{}, nil)
}

// writeRequest shows a case to the agency; after a form that was not complete with what was typed and what is wrong.
func (c Requests) writeRequest(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, cs *procedure.Case,
	typed procedure.Input, faults told.Errors) error {
	stored, err := c.Store.FilesOfCase(r.Context(), cs.ID)
	if err != nil {
		return err
	}
	x, err := c.Store.Facts(r.Context(), cs.Agency, v.Now)
	if err != nil {
		return err
	}
	p := requestPage{Here: "permohonan", ID: cs.ID, Saw: len(cs.Taken), Procedure: cs.Procedure, State: site.Tag{Label: cs.State.Label(),
		Kind: CaseTags[cs.State]}, Letter: typed.Letter, Reason: typed.Reason, Faults: faults, Saved: cs.Asked(),
		Filling: typed.Values != nil, Missing: cs.Missing(),
		MayTakeBack: v.May(access.ToManage) && cs.MayTakeBack()}
	if typed.LetterDay.IsZero() && faults == nil { // nothing was typed yet
		typed.LetterDay = x.Today
	}
	if !typed.LetterDay.IsZero() {
		p.Letter2 = typed.LetterDay.Format(time.DateOnly)
	}
	if p.Saved {
		p.State.Label = "Belum dikirim"
	}
	for seq, t := range cs.Taken {
		p.Steps = append(p.Steps, StepOf(cs, t, seq, stored, v))
	}
	if next := cs.Next(); next != nil {
		p.Waits = "Dinas Dukcapil"
		if cs.Waits() {
			p.Waits = "instansi Anda"
		}
		p.Steps = append(p.Steps, Step{Name: next.Name, State: "sekarang", Now: true})
		for _, s := range cs.Later() {
			p.Steps = append(p.Steps, Step{Name: s.Name, State: "berikutnya"})
		}
		if due, ok := cs.Procedure.StepDue(cs.Opened, len(cs.Taken)); ok {
			p.Due = site.Clock(due, v)
		}
		if p.Answers = next.AgencyTakes; (p.Answers || cs.Procedure.AgencyAsks && len(cs.Taken) == 0) && v.May(access.ToManage) {
			p.Fields = site.Fields(cs, typed.Values, faults, x)
		}
	}
	return c.Show(w, r, status, "permohonan", c.Page(r, v, cs.Procedure.Name, p))
}

// askAnew saves what was changed of a request that was not sent.
func (c Requests) askAnew(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.step(w, r, v, func(cs *procedure.Case, in procedure.Input, _ int, _ []procedure.File) error {
		return office.RequestsOf(c.Office).AskAnew(r.Context(), v.Actor(), cs.ID, in)
	})
}

// send takes the first step with the head's letter: from here on it is a case of the office.
func (c Requests) send(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.step(w, r, v, func(cs *procedure.Case, in procedure.Input, saw int, scans []procedure.File) error {
		if !cs.Asked() {
			return told.Refuse("Simpan isian permohonan lebih dahulu, lalu kirimkan bersama suratnya.")
		}
		in.Values = nil // what was saved is sent, and nothing else
		_, err := c.Office.Take(r.Context(), v.Actor(), cs.ID, saw, in, scans)
		return err
	})
}

// answer takes a step that the office asked of the agency.
func (c Requests) answer(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.step(w, r, v, func(cs *procedure.Case, in procedure.Input, saw int, _ []procedure.File) error {
		if s := cs.Next(); s == nil || !s.AgencyTakes {
			return office.ErrMoved
		}
		_, err := c.Office.Take(r.Context(), v.Actor(), cs.ID, saw, in, nil)
		return err
	})
}

func (c Requests) step(w http.ResponseWriter, r *http.Request, v *site.Visitor, do func(*procedure.Case, procedure.Input, int,
	[]procedure.File) error) error {
	cs, err := c.ownCase(r, v, access.ToManage)
	if err != nil {
		return err
	}
	form, scans, err := c.Upload(w, r)
	if form == nil {
		return err
	}
	in := site.Typed(form)
	if len(cs.Taken) == 0 && err == nil {
		more, listed, err := c.more(r, v, form, cs.Procedure.Key, in)
		if listed || err != nil {
			if err != nil {
				return err
			}
			return c.writeRequest(w, r, v, http.StatusOK, &cs, more, nil)
		}
	}
	if err == nil {
		err = do(&cs, in, int(site.Number(site.One(form, "langkah"))), scans)
	}
	if faults := site.Mendable(err); faults != nil {
		if len(in.Values) == 0 {
			in.Values = nil // only the letter was typed
		}
		return c.writeRequest(w, r, v, site.Status(err), &cs, in, faults)
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, requestPath(cs.ID))
}

// requestForm sends the filled-in form to be printed and signed. It holds a NIK, so that it was opened is recorded.
func (c Requests) requestForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	cs, err := c.ownCase(r, v, access.ToOversee)
	if err != nil {
		return err
	}
	pdf, err := office.RequestsOf(c.Office).Form(r.Context(), v.Actor(), cs.ID)
	if err != nil {
		return err
	}
	if err := c.Reads(r, v, access.ToOversee, "formulir permohonan "+site.ID(cs.ID)); err != nil {
		return err
	}
	return site.Download(w, "formulir-permohonan-"+site.ID(cs.ID)+".pdf", site.PDF, pdf)
}

func (c Requests) withdraw(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	cs, err := c.ownCase(r, v, access.ToManage)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "langkah", "alasan_tarik")
	if err != nil {
		return err
	}
	err = c.Office.TakeBack(r.Context(), v.Actor(), cs.ID, int(site.Number(f["langkah"])), f["alasan_tarik"])
	if faults := site.Mendable(err); faults != nil {
		return c.writeRequest(w, r, v, site.Status(err), &cs, procedure.Input{Reason: f["alasan_tarik"]}, faults)
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, requestPath(cs.ID))
}
