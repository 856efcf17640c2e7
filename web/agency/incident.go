package agency

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/person/population"
	"gapura/web/site"
)

// Events are the pages of an agency's incidents, for its own people and for the provider's staff.
type Events struct{ *Agency }

func (c Events) routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /insiden", Act: access.ToOwn, Handle: c.ownIncidents},
		{Pattern: "GET /insiden/baru", Act: access.ToOwn, Handle: c.NewIncident},
		{Pattern: "POST /insiden", Act: access.ToOwn, Handle: c.ReportIncident},
		{Pattern: "GET /insiden/{id}", Act: access.ToOwn, Handle: c.Incident},
		{Pattern: "POST /insiden/{id}", Act: access.ToOwn, Handle: c.StepIncident},
	}
}

// Incidents is what the pages of incidents need of the store besides the office's own.
type Incidents interface {
	office.Incidents
	FindUses(ctx context.Context, q incident.Query) ([]incident.Use, error)
}

var incidentTags = map[incident.State]string{incident.Reported: "bad", incident.Handled: "mid", incident.Notified: "ok",
	incident.Closed: ""}

// An IncidentsPage lists incidents.
type IncidentsPage struct {
	Own, Open bool
	Base      string
	Rows      []incidentRow
	Older     string
	May       bool
}

type incidentRow struct {
	ID           int64
	Agency, Kind string
	Known        string
	State        site.Tag
	Clock        site.Tag
	Due          string
	People       int
}

// ClockTag is the clock of an incident in words.
func ClockTag(i *incident.Incident, now time.Time) site.Tag {
	c := i.Clock(now)
	hours := int(c.Left.Abs() / time.Hour)
	switch {
	case c.Stopped && c.Late():
		return site.Tag{Label: fmt.Sprintf("Terlambat %s jam", bahasa.Number(hours)), Kind: "bad"}
	case c.Stopped:
		return site.Tag{Label: "Tepat waktu", Kind: "ok"}
	case i.State == incident.Closed:
		return site.Tag{Label: "Ditutup", Kind: ""}
	case c.Late():
		return site.Tag{Label: fmt.Sprintf("Lewat %s jam", bahasa.Number(hours)), Kind: "bad"}
	case c.Left <= 24*time.Hour:
		return site.Tag{Label: fmt.Sprintf("Sisa %d jam", hours), Kind: "bad"}
	}
	return site.Tag{Label: fmt.Sprintf("Sisa %d jam", hours), Kind: "mid"}
}

// ownIncidents shows an agency's head the agency's incidents.
func (c Events) ownIncidents(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.ListIncidents(w, r, v, v.Institution.ID, IncidentsPage{Base: "/insiden", Own: true, May: true})
}

// ListIncidents lists the incidents of an agency, or of all when it is below zero.
func (c Events) ListIncidents(w http.ResponseWriter, r *http.Request, v *site.Visitor, agency int64, p IncidentsPage) error {
	p.Open = r.URL.Query().Get("terbuka") != ""
	list, err := c.Incidents.Incidents(r.Context(), agency, p.Open, site.Number(r.URL.Query().Get("sebelum")), site.PerPage+1)
	if err != nil {
		return err
	}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link(p.Base, "terbuka", r.URL.Query().Get("terbuka"), "sebelum", site.ID(list[site.PerPage-1].ID))
	}
	for _, i := range list {
		p.Rows = append(p.Rows, incidentRow{
			i.ID, i.AgencyName, incident.KindLabel(i.Kind), site.Clock(i.Known, v), site.Tag{Label: i.State.Label(),
				Kind: incidentTags[i.State]}, ClockTag(&i, v.Now), site.Clock(i.Due(), v), i.People,
		})
	}
	return c.Show(w, r, http.StatusOK, "insiden-semua", c.Page(r, v, "Insiden", p))
}

func incidentPath(v *site.Visitor) string {
	if v.OfProvider() {
		return "/konsol/insiden/"
	}
	return "/insiden/"
}

type incidentPage struct {
	Own              bool
	ID               int64
	Path             string
	Agency, Code     string
	Kind, Login      string
	State, Clock     site.Tag
	Known, Due       string
	Period, Reporter string
	Reported         string
	Told             string
	Steps            []incidentStepRow
	Entries          []entryRow
	Letters          []noticeLetterRow
	Makes            [][2]string // kinds of letters that can be made
	Ways             [][2]string
	Missing          []string
	People           []personRow
	PeopleCount      int
	UsesCount        int
	Older            string
	Saw              int
	Open, May        bool
	MayNotify        bool
	MayClose         bool
	MaySearch        bool
	Agencies         []site.Option
	Search           *UsesPage
	Typed            Typed
}

type incidentStepRow struct {
	Label      string
	Done, Here bool
}

type entryRow struct{ At, By, Act, Text string }

type noticeLetterRow struct {
	File               int64
	Name, Number, Made string
	Sent               string
}

type personRow struct {
	NIK, First, Last string
	Uses             int
	Agencies         string
	Elements         string
}

// UsesPage is what a search for affected accesses found.
type UsesPage struct {
	Values map[string]string
	Total  int
	People int
	Rows   []UsesRow
}

// A UsesRow is one access that a search found.
type UsesRow struct{ Record, At, Agency, Login, NIK, Purpose, Elements string }

var entryWords = map[string]string{
	incident.ActReport: "Laporan", incident.ActNote: "Catatan", incident.ActHandle: "Tindakan penanganan",
	incident.ActUses: "Akses terdampak", incident.ActLetter: "Surat dibuat",
	incident.ActSend: "Surat disampaikan", incident.ActNotify: "Pemberitahuan lengkap", incident.ActClose: "Penutupan",
}

// IncidentOf finds the incident of the path, for an agency's people their own only.
func (c Events) IncidentOf(r *http.Request, v *site.Visitor) (incident.Incident, error) {
	i, found, err := c.Incidents.Incident(r.Context(), site.Number(r.PathValue("id")))
	switch {
	case err != nil:
		return i, err
	case !found:
		return i, site.ErrNotFound
	case !v.OfProvider():
		return i, c.Allow(r, v, access.ToOwn, i.Agency)
	}
	return i, nil
}

// Incident shows the incident of the path.
func (c Events) Incident(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.IncidentOf(r, v)
	if err != nil {
		return err
	}
	return c.WriteIncident(w, r, v, http.StatusOK, i, Typed{})
}

// Typed is what was typed into one of an incident's forms, when it is shown again.
type Typed struct {
	Form   string // the step, the number of a letter, or "akses"
	Text   string
	Search *UsesPage // of "akses": what was searched and found; nil when there was no search
	Err    error     // a *told.Error; nil when nothing is wrong
}

// Of is what was typed into a form.
func (t Typed) Of(form string) string {
	if t.Form == form {
		return t.Text
	}
	return ""
}

// Fault is what is wrong with a field of a form.
func (t Typed) Fault(form, field string) string {
	if t.Form == form {
		return told.Invalids(t.Err).Of(field)
	}
	return ""
}

// Problem is what is wrong, in words.
func (t Typed) Problem() string {
	text, _ := told.Text(t.Err)
	return text
}

// WriteIncident shows an incident, after a form that was not taken with what was typed.
func (c Events) WriteIncident(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, i incident.Incident,
	typed Typed) error {
	p := incidentPage{
		Own: !v.OfProvider(), ID: i.ID, Path: incidentPath(v) + site.ID(i.ID), Agency: i.AgencyName, Code: i.Code,
		Kind: incident.KindLabel(i.Kind), Login: i.Login,
		State: site.Tag{Label: i.State.Label(), Kind: incidentTags[i.State]}, Clock: ClockTag(&i, v.Now), Known: site.Clock(i.Known, v),
		Due: site.Clock(i.Due(), v), Reporter: i.Reporter, Reported: site.Clock(i.Reported, v),
		PeopleCount: i.People, UsesCount: i.Uses, Saw: len(i.Entries), Open: i.State != incident.Closed, Ways: office.Ways,
		Search: typed.Search, Typed: typed,
	}
	if i.Agency == party.Provider {
		p.Code = "" // the office has no page of its own
	}
	if !i.From.IsZero() {
		p.Period = site.Clock(i.From, v)
		if !i.To.IsZero() {
			p.Period += " sampai " + site.Clock(i.To, v)
		}
	}
	if !i.NotifiedAt.IsZero() {
		p.Told = site.Clock(i.NotifiedAt, v)
	}
	order := []incident.State{incident.Reported, incident.Handled, incident.Notified, incident.Closed}
	at := slices.Index(order, i.State)
	for n, s := range order {
		p.Steps = append(p.Steps, incidentStepRow{s.Label(), n < at, n == at})
	}
	if p.Own {
		x, err := c.Store.Facts(r.Context(), i.Agency, v.Now)
		if err != nil {
			return err
		}
		i = i.ForAgency(func(user int64) bool {
			return slices.ContainsFunc(x.Users, func(u party.User) bool { return u.ID == user })
		})
	}
	for _, e := range i.Entries {
		p.Entries = append(p.Entries, entryRow{site.Clock(e.At, v), e.ByName, entryWords[e.Act], e.Text})
	}
	if p.Own {
		p.May = p.Open
	} else {
		p.May, p.MayClose = p.Open && v.May(access.ToFile), i.State == incident.Notified && v.May(access.ToJudge)
		p.MayNotify, p.MaySearch = i.State == incident.Handled && p.May, p.Open && v.May(access.ToTrace)
	}
	if p.Open && (i.State == incident.Handled || i.State == incident.Notified) {
		p.Missing = i.Missing()
	}
	for _, k := range []string{incident.LetterResident, incident.LetterAgency, incident.LetterMinistry} {
		if k == incident.LetterResident && i.People == 0 || k == incident.LetterAgency && i.Agency == party.Provider {
			continue
		}
		p.Makes = append(p.Makes, [2]string{k, letterNames[k]})
	}
	for _, l := range i.Letters {
		row := noticeLetterRow{File: l.File, Name: letterNames[l.Kind], Number: l.Number, Made: site.Clock(l.Made, v)}
		if !l.Sent.IsZero() {
			row.Sent = site.Clock(l.Sent, v)
		}
		p.Letters = append(p.Letters, row)
	}
	if !p.Own {
		if err := c.incidentPeople(r, v, i, &p); err != nil {
			return err
		}
	}
	return c.Show(w, r, status, "insiden", c.Page(r, v, fmt.Sprintf("Insiden %d", i.ID), p))
}

var letterNames = map[string]string{incident.LetterResident: "Surat kepada penduduk terdampak",
	incident.LetterAgency: "Surat kepada instansi", incident.LetterMinistry: "Surat kepada Direktur Jenderal"}

func (c Events) incidentPeople(r *http.Request, v *site.Visitor, i incident.Incident, p *incidentPage) error {
	skip := int(min(site.Number(r.URL.Query().Get("mulai")), incident.MaxUses))
	more, err := c.Incidents.IncidentPeople(r.Context(), i.ID, skip, site.PerPage, func(x incident.Person) error {
		var agencies []string
		for _, u := range x.Uses {
			if !slices.Contains(agencies, u.Agency) {
				agencies = append(agencies, u.Agency)
			}
		}
		p.People = append(p.People, personRow{
			x.NIK.Masked(), site.Clock(x.First(), v), site.Clock(x.Last(), v), len(x.Uses), strings.Join(agencies, ", "),
			strings.Join(population.Labels(x.Elements().Strings()), ", "),
		})
		return nil
	})
	if more {
		p.Older = site.Link("/konsol/insiden/"+site.ID(i.ID), "mulai", site.ID(int64(skip+site.PerPage)))
	}
	if len(p.People) > 0 {
		if err := c.Reads(r, v, access.ToLook, "penduduk insiden "+site.ID(i.ID)); err != nil {
			return err
		}
	}
	all, err2 := c.Store.Everyone(r.Context())
	for _, st := range all {
		chosen := st.Institution.Code == i.Code
		if p.Search != nil {
			chosen = st.Institution.Code == p.Search.Values["instansi"]
		}
		p.Agencies = append(p.Agencies, site.Option{Value: st.Institution.Code, Label: st.Institution.Name, Chosen: chosen})
	}
	if p.Search == nil {
		p.Search = &UsesPage{Total: -1, Values: map[string]string{"user": i.Login}}
		for key, day := range map[string]time.Time{"dari": i.From, "sampai": i.To.Add(-time.Second)} {
			if day.After(time.Unix(0, 0)) {
				p.Search.Values[key] = day.In(v.Zone().Location()).Format(time.DateOnly)
			}
		}
	}
	return errors.Join(err, err2)
}

// Stepped answers what came of a step.
func (c Events) Stepped(w http.ResponseWriter, r *http.Request, v *site.Visitor, i incident.Incident, typed Typed) error {
	if _, ok := told.Text(typed.Err); ok { // also when somebody else was faster: what was typed stands under what they added
		status := http.StatusUnprocessableEntity
		if errors.Is(typed.Err, incident.ErrMoved) {
			status = http.StatusConflict
		}
		return c.WriteIncident(w, r, v, status, i, typed)
	}
	if typed.Err != nil {
		return typed.Err
	}
	return c.Redirect(w, r, incidentPath(v)+site.ID(i.ID))
}

// StepIncident takes a step that is a text.
func (c Events) StepIncident(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.IncidentOf(r, v)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "langkah", "baris", "uraian")
	if err != nil {
		return err
	}
	act := f["langkah"]
	if act == incident.ActClose && v.OfProvider() {
		if err := c.Allow(r, v, access.ToJudge, i.Agency); err != nil {
			return err
		}
	}
	err = office.IncidentsOf(c.Office).Take(r.Context(), v.Actor(), i.ID, int(site.Number(f["baris"])), act, f["uraian"])
	return c.Stepped(w, r, v, i, Typed{Form: act, Text: f["uraian"], Err: err})
}
