package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

type agreementPage struct {
	site.Tabs
	Agreement agreement.Agreement
	State     site.Tag
	Grant     agreement.Grant // today
	Ends      time.Time       // the last day on which it works
	Asked     asked
	Timeline  []agency.Event
	Papers    []agency.PaperView
	Fault     string // why a paper was not confirmed
}

// asked is what the records say of a day: what was in effect on Day, by what was recorded until Known.
type asked struct {
	Day, Known         time.Time
	DayText, KnownText string
	Wrong              string // what is wrong with the days
	There              bool   // the agreement was known
	Grant              agreement.Grant
	Head               party.Head
	Particulars        party.Particulars
	Contacts           []party.Contact // of both sides
	Connection         party.Connection
	Users              []userRow
	Readers            []askedReader
	Apps               []askedApp
}

// An askedReader is a reader as it stood then.
type askedReader struct {
	reader.Reader
	Since string
	Tag   site.Tag
	Idle  bool // it was active, but the agreement did not let it read
}

// An askedApp is an application as it stood then with its PoC.
type askedApp struct {
	Name, Kind, Methods, Letter, Quota string
	State                              site.Tag
}

// agreement shows one agreement: what is or was granted on a day, what was believed of it on a day, and all that changed it (E2).
func (c *Agencies) agreement(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeAgreement(w, r, v, "")
}

// confirmPaper takes an administrator's confirmation of what was signed.
func (c *Agencies) confirmPaper(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	fault, err := agency.ConfirmPaper(c.Site, c.Office, w, r, v, i.ID)
	if err != nil {
		return err
	}
	if fault != "" {
		return c.writeAgreement(w, r, v, fault)
	}
	return c.Redirect(w, r, "/konsol/perjanjian/"+i.Code+"/"+r.PathValue("id")+"#konfirmasi")
}

func (c *Agencies) writeAgreement(w http.ResponseWriter, r *http.Request, v *site.Visitor, fault string) error {
	i, all, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	id := site.Number(r.PathValue("id"))
	n := slices.IndexFunc(all, func(a agreement.Agreement) bool { return a.ID == id })
	if n < 0 {
		return site.ErrNotFound
	}
	a := all[n]
	today := i.Zone.Day(v.Now)
	apps, err := c.Store.Applications(r.Context(), i.ID)
	if err != nil {
		return err
	}
	p := agreementPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: ""}, Agreement: a, Grant: a.At(v.Now, today),
		Timeline: agency.Timeline(a, apps, v.Now, today)}
	p.State, p.Ends = agency.AgreementTags[p.Grant.State], p.Grant.LastDay(i.Zone)
	if p.Asked, err = c.asked(r, v, i, all, n); err != nil {
		return err
	}
	papers, err := office.PapersOf(c.Office).List(r.Context(), i.ID)
	if err != nil {
		return err
	}
	papers = slices.DeleteFunc(papers, func(x office.Paper) bool { return x.Agreement != id })
	var script string
	p.Papers, script, err = agency.PaperViews(c.Site, r, papers, v, "/konsol/perjanjian/"+i.Code+"/"+site.ID(id)+"/konfirmasi")
	if err != nil {
		return err
	}
	p.Fault = fault
	status := http.StatusOK
	switch {
	case p.Asked.Wrong != "":
		status = http.StatusBadRequest
	case fault != "":
		status = http.StatusUnprocessableEntity
	}
	page := c.Page(r, v, "Perjanjian "+a.ProviderNumber, p)
	page.Script = script
	return c.Show(w, r, status, "perjanjian", page)
}

// asked answers the two questions. Records and decisions have an instant: a day that is not today is asked for as it ends.
func (c *Agencies) asked(r *http.Request, v *site.Visitor, i party.Institution, all []agreement.Agreement, n int) (asked, error) {
	a, today := all[n], i.Zone.Day(v.Now)
	q := asked{Day: today, Known: today}
	at, known := v.Now, v.Now
	for _, x := range []struct {
		field string
		day   *time.Time
		at    *time.Time
	}{{"tanggal", &q.Day, &at}, {"catatan", &q.Known, &known}} {
		typed := r.URL.Query().Get(x.field)
		if typed == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, typed)
		switch {
		case err != nil || day.Year() < 2000 || day.Year() > 2100:
			q.Wrong = "Tanggal tidak dapat dibaca. Silakan isi kembali."
		case !day.Equal(today):
			*x.day, *x.at = day, i.Zone.Begin(day.AddDate(0, 0, 1)).Add(-time.Second)
		}
	}
	q.DayText, q.KnownText = q.Day.Format(time.DateOnly), q.Known.Format(time.DateOnly)
	b, there := a.Believed(known)
	q.There, q.Grant, q.Head = there, b.At(at, q.Day), party.Institution{Heads: b.Heads}.Head(q.Day)
	// One that followed another goes on with what passed its PoC there.
	if g, ok := agreement.Current(agreement.Believed(all, known), at, q.Day); ok && g.Agreement == a.ID {
		q.Grant = *g
	}
	past, err := c.Store.Past(r.Context(), i.ID)
	if err != nil {
		return q, err
	}
	q.Particulars, _ = party.AsOf(past.Particulars, q.Day, known)
	q.Connection, _ = party.AsOf(past.Connections, q.Day, known)
	for _, side := range []string{"provider", "agency"} {
		list, _ := party.AsOf(past.Contacts[side], q.Day, known)
		q.Contacts = append(q.Contacts, list...)
	}
	devices, err := c.Store.Devices(r.Context(), i.ID)
	if err != nil {
		return q, err
	}
	for _, d := range reader.At(devices, at, known) {
		q.Readers = append(q.Readers, askedReader{d, site.Clock(d.Since, v),
			site.Tag{Label: d.State.Label(), Kind: agency.ReaderTags[d.State]},
			d.State == reader.Active && (!q.Grant.Opens() || !q.Grant.Allows(agreement.Reader))})
	}
	apps, err := c.Store.Applications(r.Context(), i.ID)
	if err != nil {
		return q, err
	}
	if q.There && q.Grant.State.Works() {
		q.Apps = appsAt(&q.Grant, party.AppsAt(apps, at, known), i.ID)
	}
	users, err := c.Store.Histories(r.Context(), i.ID)
	for _, h := range users {
		if u, ok := h.At(at, known); ok {
			q.Users = append(q.Users, userRowAt(u, at, q.Day))
		}
	}
	return q, err
}

// appsAt are the portal, where it is granted, and the applications with where each stood.
func appsAt(g *agreement.Grant, apps []party.App, agencyID int64) (out []askedApp) {
	if g.Allows(agreement.Portal) {
		apps = append([]party.App{party.Portal(agencyID, agreement.Portal)}, apps...)
	}
	for _, a := range apps {
		row := askedApp{Name: a.Name, Kind: a.Kind.Label(), Methods: strings.Join(agreement.MethodLabels(a.Methods), ", ") +
			procedure.Narrowing(a.MatchOnly, a.Purposes)}
		row.State, row.Letter, row.Quota = agency.TrialOf(g, a.ID)
		out = append(out, row)
	}
	return out
}

type agencyFilesPage struct {
	site.Tabs
	Rows  []agency.FileRow
	Older string
}

func (c *Agencies) agencyFiles(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	list, err := c.Store.Files(r.Context(), i.ID, site.Number(r.URL.Query().Get("sebelum")), site.PerPage+1)
	if err != nil {
		return err
	}
	p := agencyFilesPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "dokumen"}}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/instansi/"+i.Code+"/dokumen", "sebelum", site.ID(list[site.PerPage-1].ID))
	}
	for _, f := range list {
		p.Rows = append(p.Rows, agency.FileRowOf(f, v))
	}
	return c.Show(w, r, http.StatusOK, "instansi-dokumen", c.Page(r, v, "Dokumen "+i.Name, p))
}

// download sends a file. It is never shown inside a page: its name says what it is, and it opens in the reader of the user's own.
func (c *Agencies) download(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.Send(c.Store, w, r, v, access.ToLook, func(procedure.File) error { return nil })
}

type historyPage struct {
	site.Tabs
	Rows  []changeRow
	Older string
}

type changeRow struct {
	Place, At, By, Sentence, Reason, Letter string
}

// sentence is a change of a right as people say it.
func sentence(before, subject, after string) string {
	switch {
	case before == "":
		return subject + ": " + after + "."
	case after == "":
		return subject + ": " + before + " dihapus."
	}
	return subject + ": dari " + before + " menjadi " + after + "."
}

func (c *Agencies) agencyHistory(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	return c.showHistory(w, r, v, i.ID, "/konsol/instansi/"+i.Code+"/riwayat", site.Tabs{Code: i.Code, Name: i.Name, Here: "riwayat"},
		"Riwayat hak "+i.Name)
}

// providerHistory shows the provider's own log: institutions, staff, calendar, templates.
func (c *Agencies) providerHistory(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.showHistory(w, r, v, 0, "/konsol/riwayat", site.Tabs{}, "Riwayat hak Dinas Dukcapil")
}

// showHistory shows a log's changes of rights, which are its records: nothing else says what was granted when.
func (c *Agencies) showHistory(w http.ResponseWriter, r *http.Request, v *site.Visitor, log int64, path string, t site.Tabs,
	title string) error {
	list, err := c.Store.Changes(r.Context(), log, site.Number(r.URL.Query().Get("sebelum")), site.PerPage+1)
	if err != nil {
		return err
	}
	p := historyPage{Tabs: t}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link(path, "sebelum", site.ID(list[site.PerPage-1].ID.Seq))
	}
	for _, x := range list {
		by := x.ByName
		if by == "" {
			by = "Sistem"
		}
		p.Rows = append(p.Rows, changeRow{x.ID.String(), site.Clock(x.At, v), by, sentence(x.Before, x.Subject, x.After), x.Reason,
			x.Letter})
	}
	return c.Show(w, r, http.StatusOK, "riwayat-hak", c.Page(r, v, title, p))
}
