package console

import (
	"net/http"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

type agreementPage struct {
	site.Tabs
	Agreement agreement.Agreement
	State     site.Tag
	Day       time.Time // that is asked for
	DayText   string
	Wrong     string // what is wrong with the day
	Today     bool
	Grant     agreement.Grant
	Timeline  []agency.Event
}

// agreement shows one agreement: what is or was granted on a day, and all that changed it (E2).
func (c *Agencies) agreement(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
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
	p := agreementPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: ""}, Agreement: a, Day: today,
		State: agency.AgreementTags[a.At(v.Now, today).State], Today: true}
	at := v.Now
	if asked := r.URL.Query().Get("tanggal"); asked != "" {
		day, err := time.Parse(time.DateOnly, asked)
		switch {
		case err != nil || day.Year() < 2000 || day.Year() > 2100:
			p.Wrong = "Tanggal tidak dapat dibaca. Silakan isi kembali."
		case !day.Equal(today):
			// Decisions have an instant: a past or future day is asked for as it ends.
			p.Day, p.Today = day, false
			y, m, d := day.Date()
			at = time.Date(y, m, d, 23, 59, 59, 0, i.Zone.Location())
		}
	}
	p.DayText = p.Day.Format(time.DateOnly)
	p.Grant = a.At(at, p.Day)
	p.Timeline = agency.Timeline(a, v.Now, today)
	status := http.StatusOK
	if p.Wrong != "" {
		status = http.StatusBadRequest
	}
	return c.Show(w, r, status, "perjanjian", c.Page(r, v, "Perjanjian "+a.ProviderNumber, p))
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
