package console

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

// Incidents is what the pages of incidents need of the store besides the office's own.
type Incidents interface {
	office.Incidents
	FindUses(ctx context.Context, q incident.Query) ([]incident.Use, error)
}

var incidentTags = map[incident.State]string{incident.Reported: "bad", incident.Handled: "mid", incident.Notified: "ok", incident.Closed: ""}

type incidentsPage struct {
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
	State        tag
	Clock        tag
	Due          string
	People       int
}

// clockTag is the clock of an incident in words.
func clockTag(i *incident.Incident, now time.Time) tag {
	c := i.Clock(now)
	hours := int(c.Left.Abs() / time.Hour)
	switch {
	case c.Stopped && c.Late():
		return tag{fmt.Sprintf("Terlambat %s jam", bahasa.Number(hours)), "bad"}
	case c.Stopped:
		return tag{"Tepat waktu", "ok"}
	case i.State == incident.Closed:
		return tag{"Ditutup", ""}
	case c.Late():
		return tag{fmt.Sprintf("Lewat %s jam", bahasa.Number(hours)), "bad"}
	case c.Left <= 24*time.Hour:
		return tag{fmt.Sprintf("Sisa %d jam", hours), "bad"}
	}
	return tag{fmt.Sprintf("Sisa %d jam", hours), "mid"}
}

func (c *Records) incidents(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.Agency.listIncidents(w, r, v, -1, incidentsPage{Base: "/konsol/insiden", May: v.May(access.ToFile)})
}

// ownIncidents shows an agency's head the agency's incidents.
func (c *Agency) ownIncidents(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.listIncidents(w, r, v, v.Institution.ID, incidentsPage{Base: "/insiden", Own: true, May: true})
}

func (c *Agency) listIncidents(w http.ResponseWriter, r *http.Request, v *site.Visitor, agency int64, p incidentsPage) error {
	p.Open = r.URL.Query().Get("terbuka") != ""
	list, err := c.Incidents.Incidents(r.Context(), agency, p.Open, number(r.URL.Query().Get("sebelum")), perPage+1)
	if err != nil {
		return err
	}
	if len(list) > perPage {
		list = list[:perPage]
		p.Older = link(p.Base, "terbuka", r.URL.Query().Get("terbuka"), "sebelum", text(list[perPage-1].ID))
	}
	for _, i := range list {
		p.Rows = append(p.Rows, incidentRow{
			i.ID, i.AgencyName, incident.KindLabel(i.Kind), clock(i.Known, v), tag{i.State.Label(), incidentTags[i.State]}, clockTag(&i, v.Now), clock(i.Due(), v), i.People,
		})
	}
	return c.Show(w, r, http.StatusOK, "insiden-semua", c.Page(r, v, "Insiden", p))
}

type incidentFormPage struct {
	Own, Back string // Own: where the head's form goes; empty for the provider
	Action    string
	Agencies  []stateOption
	Kinds     []stateOption
	Values    map[string]string
	Error     string
}

// newIncident shows the form, filled in as far as an alert says.
func (c *Agency) newIncident(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	q := r.URL.Query()
	values := map[string]string{"instansi": q.Get("instansi"), "user": q.Get("user"), "dari": q.Get("hari"), "sampai": q.Get("hari")}
	if values["user"] != "" {
		values["jenis"] = "penyalahgunaan"
	}
	return c.writeIncidentForm(w, r, v, http.StatusOK, values, "")
}

func (c *Agency) writeIncidentForm(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, values map[string]string, problem string) error {
	p := incidentFormPage{Action: "/konsol/insiden", Back: "/konsol/insiden", Values: values, Error: problem}
	if !v.OfProvider() {
		p.Own, p.Action, p.Back = "ya", "/insiden", "/insiden"
	}
	if values["tanggal_diketahui"] == "" {
		local := v.Now.In(v.Zone().Location())
		values["tanggal_diketahui"], values["jam_diketahui"] = local.Format(time.DateOnly), local.Format("15:04")
	}
	for _, k := range incident.Kinds {
		p.Kinds = append(p.Kinds, stateOption{k.Key, k.Label, values["jenis"] == k.Key})
	}
	if v.OfProvider() {
		all, err := c.Store.Everyone(r.Context())
		if err != nil {
			return err
		}
		for _, st := range all {
			p.Agencies = append(p.Agencies, stateOption{st.Institution.Code, st.Institution.Name, st.Institution.Code == values["instansi"]})
		}
	}
	return c.Show(w, r, status, "insiden-baru", c.Page(r, v, "Laporkan insiden", p))
}

// reportIncident enters an incident: the provider's staff for any agency or the office itself, a head for the own agency alone.
func (c *Agency) reportIncident(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "instansi", "user", "jenis", "tanggal_diketahui", "jam_diketahui", "dari", "sampai", "uraian", "tindakan")
	if err != nil {
		return err
	}
	again := func(problem string) error {
		f["uraian"], f["tindakan"] = "", "" // no answer repeats what may name people
		return c.writeIncidentForm(w, r, v, http.StatusUnprocessableEntity, f, problem)
	}
	agency := v.Institution
	if v.OfProvider() {
		agency = party.Institution{ID: party.Provider, Zone: v.Zone()}
		if f["instansi"] != "" {
			i, _, found, err := c.Store.InstitutionByCode(r.Context(), f["instansi"])
			if err != nil {
				return err
			}
			if !found || i.ID == party.Provider {
				return again("Instansi tidak dikenal.")
			}
			agency = i
		}
	}
	i := incident.Incident{Agency: agency.ID, Kind: f["jenis"]}
	loc := agency.Zone.Location()
	i.Known, _ = time.ParseInLocation("2006-01-02 15:04", f["tanggal_diketahui"]+" "+strings.ReplaceAll(f["jam_diketahui"], ".", ":"), loc) // zero is told as missing
	for key, day := range map[string]*time.Time{"dari": &i.From, "sampai": &i.To} {
		if f[key] == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, f[key], loc)
		if err != nil {
			return again("Periode kejadian tidak dapat dibaca.")
		}
		*day = at
	}
	if !i.To.IsZero() { // the day's end, or now when that lies ahead
		if i.To = i.To.AddDate(0, 0, 1); i.To.After(v.Now) && i.To.Sub(v.Now) <= 24*time.Hour {
			i.To = v.Now
		}
	}
	if login := strings.TrimSpace(f["user"]); login != "" {
		u, found, err := c.Store.UserByLogin(r.Context(), login)
		if err != nil {
			return err
		}
		if !found || u.Institution != agency.ID {
			return again("User ID tidak dikenal pada instansi ini.")
		}
		i.User = u.ID
	}
	id, err := c.Office.ReportIncident(r.Context(), actor(v), i, f["uraian"], f["tindakan"])
	if problem, ok := told.Text(err); ok {
		return again(problem)
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, incidentPath(v)+text(id))
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
	State, Clock     tag
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
	Agencies         []stateOption
	Search           *usesPage
	Error            string
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

// usesPage is what a search for affected accesses found.
type usesPage struct {
	Values map[string]string
	Total  int
	People int
	Rows   []usesRow
}

type usesRow struct{ Record, At, Agency, Login, NIK, Purpose, Elements string }

var entryWords = map[string]string{
	incident.ActReport: "Laporan", incident.ActNote: "Catatan", incident.ActHandle: "Tindakan penanganan", incident.ActUses: "Akses terdampak", incident.ActLetter: "Surat dibuat",
	incident.ActSend: "Surat disampaikan", incident.ActNotify: "Pemberitahuan lengkap", incident.ActClose: "Penutupan",
}

// incidentOf finds the incident of the path, for an agency's people their own only.
func (c *Agency) incidentOf(r *http.Request, v *site.Visitor) (incident.Incident, error) {
	i, found, err := c.Incidents.Incident(r.Context(), number(r.PathValue("id")))
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

func (c *Agency) incident(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.incidentOf(r, v)
	if err != nil {
		return err
	}
	return c.writeIncident(w, r, v, http.StatusOK, i, nil, "")
}

func (c *Agency) writeIncident(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, i incident.Incident, uses *usesPage, problem string) error {
	p := incidentPage{
		Own: !v.OfProvider(), ID: i.ID, Path: incidentPath(v) + text(i.ID), Agency: i.AgencyName, Code: i.Code, Kind: incident.KindLabel(i.Kind), Login: i.Login,
		State: tag{i.State.Label(), incidentTags[i.State]}, Clock: clockTag(&i, v.Now), Known: clock(i.Known, v), Due: clock(i.Due(), v), Reporter: i.Reporter, Reported: clock(i.Reported, v),
		PeopleCount: i.People, UsesCount: i.Uses, Saw: len(i.Entries), Open: i.State != incident.Closed, Ways: office.Ways, Search: uses, Error: problem,
	}
	if i.Agency == party.Provider {
		p.Code = "" // the office has no page of its own
	}
	if !i.From.IsZero() {
		p.Period = clock(i.From, v)
		if !i.To.IsZero() {
			p.Period += " sampai " + clock(i.To, v)
		}
	}
	if !i.NotifiedAt.IsZero() {
		p.Told = clock(i.NotifiedAt, v)
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
		p.Entries = append(p.Entries, entryRow{clock(e.At, v), e.ByName, entryWords[e.Act], e.Text})
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
		row := noticeLetterRow{File: l.File, Name: letterNames[l.Kind], Number: l.Number, Made: clock(l.Made, v)}
		if !l.Sent.IsZero() {
			row.Sent = clock(l.Sent, v)
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

var letterNames = map[string]string{incident.LetterResident: "Surat kepada penduduk terdampak", incident.LetterAgency: "Surat kepada instansi", incident.LetterMinistry: "Surat kepada Direktur Jenderal"}

func (c *Agency) incidentPeople(r *http.Request, v *site.Visitor, i incident.Incident, p *incidentPage) error {
	skip := int(min(number(r.URL.Query().Get("mulai")), incident.MaxUses))
	more, err := c.Incidents.IncidentPeople(r.Context(), i.ID, skip, perPage, func(x incident.Person) error {
		var agencies []string
		for _, u := range x.Uses {
			if !slices.Contains(agencies, u.Agency) {
				agencies = append(agencies, u.Agency)
			}
		}
		p.People = append(p.People, personRow{
			x.NIK.Masked(), clock(x.First(), v), clock(x.Last(), v), len(x.Uses), strings.Join(agencies, ", "), strings.Join(population.Labels(x.Elements().Strings()), ", "),
		})
		return nil
	})
	if more {
		p.Older = link("/konsol/insiden/"+text(i.ID), "mulai", text(int64(skip+perPage)))
	}
	all, err2 := c.Store.Everyone(r.Context())
	for _, st := range all {
		chosen := st.Institution.Code == i.Code
		if p.Search != nil {
			chosen = st.Institution.Code == p.Search.Values["instansi"]
		}
		p.Agencies = append(p.Agencies, stateOption{st.Institution.Code, st.Institution.Name, chosen})
	}
	if p.Search == nil {
		p.Search = &usesPage{Total: -1, Values: map[string]string{"user": i.Login}}
		for key, day := range map[string]time.Time{"dari": i.From, "sampai": i.To.Add(-time.Second)} {
			if day.After(time.Unix(0, 0)) {
				p.Search.Values[key] = day.In(v.Zone().Location()).Format(time.DateOnly)
			}
		}
	}
	return errors.Join(err, err2)
}

// stepped answers what came of a step.
func (c *Agency) stepped(w http.ResponseWriter, r *http.Request, v *site.Visitor, i incident.Incident, err error) error {
	if problem, ok := told.Text(err); ok && !errors.Is(err, incident.ErrMoved) {
		return c.writeIncident(w, r, v, http.StatusUnprocessableEntity, i, nil, problem)
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, incidentPath(v)+text(i.ID))
}

// stepIncident takes a step that is a text.
func (c *Agency) stepIncident(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.incidentOf(r, v)
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
	return c.stepped(w, r, v, i, c.Office.TakeIncident(r.Context(), actor(v), i.ID, int(number(f["baris"])), act, f["uraian"]))
}

// incidentLetter makes a letter, or notes that it was delivered.
func (c *Records) incidentLetter(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.Agency.incidentOf(r, v)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "baris", "surat", "nomor", "cara")
	if err != nil {
		return err
	}
	saw := int(number(f["baris"]))
	if f["nomor"] != "" {
		return c.Agency.stepped(w, r, v, i, c.Office.SendIncidentLetter(r.Context(), actor(v), i.ID, saw, f["nomor"], f["cara"]))
	}
	return c.Agency.stepped(w, r, v, i, c.Office.MakeIncidentLetter(r.Context(), actor(v), i.ID, saw, f["surat"], c.Residents))
}

// incidentUses searches the journal for accesses that may be affected, and notes them when told to. It comes by POST, so that a NIK is in no address; a search
// by NIK is itself recorded in the journal, like an auditor's.
func (c *Records) incidentUses(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.Agency.incidentOf(r, v)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "baris", "instansi", "user", "dari", "sampai", "tujuan", "nik", "catat")
	if err != nil {
		return err
	}
	number16 := f["nik"]
	f["nik"] = "" // no answer repeats it
	uses, how, err := c.findUses(r, v, i, f, number16)
	if err == nil && f["catat"] != "" {
		return c.Agency.stepped(w, r, v, i, c.Office.AddUses(r.Context(), actor(v), i.ID, int(number(f["baris"])), uses, how))
	}
	if problem, ok := told.Text(err); ok {
		return c.Agency.writeIncident(w, r, v, http.StatusUnprocessableEntity, i, &usesPage{Values: f, Total: -1}, problem)
	}
	if err != nil {
		return err
	}
	p := &usesPage{Values: f, Total: len(uses)}
	people := map[string]bool{}
	for n, u := range uses {
		people[u.NIK.Digits()] = true
		if n < perPage {
			p.Rows = append(p.Rows, usesRow{u.ID.String(), clock(u.At, v), u.Agency, u.Login, u.NIK.Masked(), u.Purpose, strings.Join(population.Labels(u.Elements.Strings()), ", ")})
		}
	}
	p.People = len(people)
	return c.Agency.writeIncident(w, r, v, http.StatusOK, i, p, "")
}

// findUses runs the search of the form; how says it in words, without a NIK.
func (c *Records) findUses(r *http.Request, v *site.Visitor, i incident.Incident, f map[string]string, nik string) (uses []incident.Use, how string, err error) {
	ctx, loc := r.Context(), v.Zone().Location()
	var from, to time.Time
	for key, day := range map[string]*time.Time{"dari": &from, "sampai": &to} {
		if f[key] == "" {
			continue
		}
		if *day, err = time.ParseInLocation(time.DateOnly, f[key], loc); err != nil {
			return nil, "", told.Wrong("", "Tanggal tidak dapat dibaca. Silakan isi kembali.")
		}
	}
	if to.IsZero() {
		to = v.Now.Add(time.Second) // with what was asked this moment
	} else {
		to = to.AddDate(0, 0, 1)
	}
	if !from.Before(to) {
		return nil, "", told.Wrong("", "Tanggal akhir mendahului tanggal awal. Silakan isi kembali.")
	}
	if strings.TrimSpace(nik) != "" {
		// Who asked for one NIK is found through the blind index, whatever the agency.
		_, list, total, err := c.Tell.Tell(ctx, access.DisclosureRequest{
			User: v.User.ID, Method: "console", Address: c.Peer(r), Reference: fmt.Sprintf("INSIDEN-%d", i.ID), NIK: nik, From: from, To: to, Audit: true,
		})
		if errors.Is(err, access.ErrNIK) {
			return nil, "", told.Wrong("", "NIK tidak sesuai format.")
		}
		if err != nil {
			return nil, "", err
		}
		if total > len(list) {
			return nil, "", told.Wrong("", "Pencarian menemukan terlalu banyak akses. Persempit periodenya, dan catat bagian demi bagian.")
		}
		for _, u := range list {
			if u.Outcome == string(access.Found) && (f["instansi"] == "" || u.Code == f["instansi"]) {
				uses = append(uses, incident.Use{ID: u.ID, At: u.At, User: u.User, Agency: u.Agency, Code: u.Code, NIK: u.NIK, Purpose: u.Purpose, Reference: u.Reference, Elements: u.Elements})
			}
		}
		return uses, "menurut NIK", nil
	}
	agency, _, found, err := c.Store.InstitutionByCode(ctx, f["instansi"])
	if err != nil {
		return nil, "", err
	}
	if !found || agency.ID == party.Provider {
		return nil, "", told.Wrong("", "Pilih instansi, atau isi NIK untuk mencari pada semua instansi.")
	}
	q := incident.Query{Agency: agency.ID, From: from, To: to, Purpose: strings.TrimSpace(f["tujuan"])}
	if !from.IsZero() {
		how = agency.Name + ", " + clock(from, v) + " sampai " + clock(to, v)
	} else {
		how = agency.Name + ", sampai " + clock(to, v)
	}
	if login := strings.TrimSpace(f["user"]); login != "" {
		u, found, err := c.Store.UserByLogin(ctx, login)
		if err != nil {
			return nil, "", err
		}
		if !found || u.Institution != agency.ID {
			return nil, "", told.Wrong("", "User ID tidak dikenal pada instansi ini.")
		}
		q.User = u.ID
		how += ", User ID " + u.Login
	}
	if q.Purpose != "" {
		how += ", tujuan " + q.Purpose
	}
	uses, err = c.Incidents.FindUses(ctx, q)
	for n := range uses {
		uses[n].Agency, uses[n].Code = agency.Name, agency.Code
	}
	return uses, how, err
}
