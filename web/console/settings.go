package console

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/document"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/office/report"
	"gapura/web/site"
)

func (c *Cases) procedures(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.Show(w, r, http.StatusOK, "prosedur", c.Page(r, v, "Prosedur", procedure.Groups(c.Office.Procedures)))
}

type calendarPage struct {
	Decreed       bool
	Decree        decreePage // the form of a decree
	Preview       bool       // what the decree would change is shown
	Year          int
	Before, After int
	Rows          []obligation.Holiday
	Covered, May  bool
	Error         string
}

func (c *Settings) calendar(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeCalendar(w, r, v, http.StatusOK, int(site.Number(r.URL.Query().Get("tahun"))), "")
}

func (c *Settings) writeCalendar(w http.ResponseWriter, r *http.Request, v *site.Visitor, status, year int, wrong string) error {
	return c.writeYear(w, r, v, status, year, calendarPage{Error: wrong})
}

// writeYear says whether a year's holidays are decreed or estimated: due dates of an estimated year are told as uncertain.
func (c *Settings) writeYear(w http.ResponseWriter, r *http.Request, v *site.Visitor, status, year int, p calendarPage) error {
	if year < 2000 || year > 2100 {
		year = v.Today().Year()
	}
	all, err := c.Store.Holidays(r.Context())
	if err != nil {
		return err
	}
	known := obligation.NewCalendar(all)
	p.Year, p.Before, p.After, p.May = year, year-1, year+1, v.May(access.ToSet)
	p.Covered, p.Decreed = known.Covers(year), known.Decreed(year)
	if p.Decree.Year == 0 {
		p.Decree.Year = year
	}
	for _, h := range all {
		if h.Day.Year() == year {
			p.Rows = append(p.Rows, h)
		}
	}
	return c.Show(w, r, status, "kalender", c.Page(r, v, "Kalender hari kerja", p))
}

// setHoliday adds a day without work, or makes one a working day again.
func (c *Settings) setHoliday(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "hari", "jenis", "nama", "dasar", "hapus", "alasan")
	if err != nil {
		return err
	}
	day, err := time.Parse(time.DateOnly, f["hari"])
	h := obligation.Holiday{Day: day, Kind: f["jenis"], Name: strings.TrimSpace(f["nama"]), Source: strings.TrimSpace(f["dasar"])}
	remove, why := f["hapus"] != "", strings.TrimSpace(f["alasan"])
	switch {
	case err != nil || day.Year() < 2000 || day.Year() > 2100:
		return c.writeCalendar(w, r, v, http.StatusUnprocessableEntity, 0, "Tanggal harus diisi dengan benar.")
	case h.Kind != "libur" && h.Kind != "cuti":
		return c.writeCalendar(w, r, v, http.StatusUnprocessableEntity, day.Year(), "Jenis harus hari libur atau cuti bersama.")
	case !remove && (h.Name == "" || h.Source == "" || len(h.Name) > 200 || len(h.Source) > 200):
		return c.writeCalendar(w, r, v, http.StatusUnprocessableEntity, day.Year(),
			"Nama hari dan dasar hukumnya harus diisi, paling panjang 200 karakter.")
	case remove && (why == "" || len(why) > 200):
		return c.writeCalendar(w, r, v, http.StatusUnprocessableEntity, day.Year(),
			"Alasan menghapus hari libur harus diisi, paling panjang 200 karakter.")
	}
	set := office.Setting{Agency: party.Provider, Kind: procedure.SettingCalendar, Subject: "Kalender " + f["hari"], After: h.Name + " (" +
		h.Source + ")", Value: office.HolidayChange{Holiday: h, Drop: remove}}
	reason := "Perubahan kalender: " + h.Source
	if remove {
		set.Before, set.After, reason = cmp.Or(h.Name, "hari libur"), "hari kerja", "Penghapusan dari kalender: "+why
	}
	return propose(c.Site, c.Office, w, r, v, set, reason)
}

// propose begins the case of a setting and leads to it: the change holds once another administrator has approved it.
func propose(s *site.Site, o *office.Office, w http.ResponseWriter, r *http.Request, v *site.Visitor, set office.Setting,
	reason string) error {
	id, err := o.ProposeSetting(r.Context(), v.Actor(), set, reason)
	if err != nil {
		return err
	}
	return s.Redirect(w, r, "/konsol/berkas/"+site.ID(id))
}

// templates lists letters and the settings that are texts too; a change of either is a case of two.
func (c *Settings) templates(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.Show(w, r, http.StatusOK, "surat-semua", c.Page(r, v, "Templat surat", struct{ Settings, Letters []document.Template }{
		office.Settings(), document.Defaults()}))
}

type templatePage struct {
	Key, Name, Text string
	Version         int
	Fields          []string
	Setting         bool
	May             bool
	Error           string
}

// template shows the newest version with its number, which the form sends back: of two changes made at once the second is refused.
func (c *Settings) template(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	t, version, err := c.readTemplate(r)
	if err != nil {
		return err
	}
	return c.writeTemplate(w, r, v, http.StatusOK, t, version, "")
}

// readTemplate finds the template of the path, with its version.
func (c *Settings) readTemplate(r *http.Request) (document.Template, int, error) {
	if _, ok := document.Default(r.PathValue("key")); !ok && !office.IsSetting(r.PathValue("key")) {
		return document.Template{}, 0, site.ErrNotFound
	}
	return c.Office.Text(r.Context(), r.PathValue("key"))
}

func (c *Settings) writeTemplate(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, t document.Template, version int,
	wrong string) error {
	return c.Show(w, r, status, "surat", c.Page(r, v, "Templat "+t.Name, templatePage{Key: t.Key, Name: t.Name, Text: t.Text,
		Version: version, Fields: office.Values(t.Key), Setting: office.IsSetting(t.Key), May: v.May(access.ToSet), Error: wrong}))
}

// setTemplate keeps a new version of a letter's text, when it can be printed.
func (c *Settings) setTemplate(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "teks", "versi", "alasan")
	if err != nil {
		return err
	}
	t, version, err := c.readTemplate(r)
	if err != nil {
		return err
	}
	t.Text = strings.ReplaceAll(f["teks"], "\r\n", "\n") // browsers send line ends so; versions would differ by nothing else
	saw, err := strconv.Atoi(f["versi"])
	switch wrong := c.Office.CheckText(t); {
	case wrong != nil:
		return c.writeTemplate(w, r, v, http.StatusUnprocessableEntity, t, version, wrong.Error())
	case strings.TrimSpace(f["alasan"]) == "":
		return c.writeTemplate(w, r, v, http.StatusUnprocessableEntity, t, version, "Alasan perubahan harus diisi.")
	case err != nil || saw != version:
		return c.writeTemplate(w, r, v, http.StatusConflict, t, version,
			"Orang lain telah mengubah templat ini. Periksa naskah yang baru, lalu simpan kembali.")
	}
	return propose(c.Site, c.Office, w, r, v, office.Setting{Agency: party.Provider, Kind: procedure.SettingTemplate,
		Subject: "Templat " + t.Key, Before: fmt.Sprintf("versi %d", version), After: fmt.Sprintf("versi %d", version+1), Text: t.Text,
		Value: office.TemplateText{Key: t.Key, Version: version}}, strings.TrimSpace(f["alasan"]))
}

// language is the documentation of what templates and settings are written in (I6).
func (c *Settings) language(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.Show(w, r, http.StatusOK, "bahasa-templat", c.Page(r, v, "Bahasa templat", struct {
		Values   []string
		Contents []report.Content
	}{office.Values("laporan-semester"), report.Contents}))
}

// sample prints a template with blanks.
func (c *Settings) sample(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	t, _, err := c.readTemplate(r)
	if err == nil && office.IsSetting(t.Key) {
		err = site.ErrNotFound
	}
	if err != nil {
		return err
	}
	pdf, err := c.Office.Sample(t)
	if err != nil {
		return err
	}
	return site.Download(w, "contoh-"+t.Key+".pdf", site.PDF, pdf)
}

type lettersPage struct {
	Year, Before, After int
	Series              string // "": letters sent
	Rows                []letterRow
	Older               string
}

type letterRow struct {
	Number, Subject, Agency, At string
	Case                        int64
}

// letters is the register of letters sent.
func (c *Cases) letters(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	year := int(site.Number(r.URL.Query().Get("tahun")))
	if year < 2000 || year > 2100 {
		year = v.Today().Year()
	}
	series := document.Letters
	if r.URL.Query().Get("seri") == document.Minutes {
		series = document.Minutes
	}
	list, err := c.Store.Letters(r.Context(), series, year, site.Number(r.URL.Query().Get("sebelum")), site.PerPage+1)
	if err != nil {
		return err
	}
	p := lettersPage{Year: year, Before: year - 1, After: year + 1, Series: series}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/agenda", "seri", series, "tahun", fmt.Sprint(year), "sebelum", fmt.Sprint(list[site.PerPage-1].Seq))
	}
	for _, l := range list {
		p.Rows = append(p.Rows, letterRow{document.LetterNumber(c.Office.Details.LetterClass, l.Series, l.Seq, l.Year), l.Subject,
			l.AgencyName,
			site.Clock(l.At, v), l.Case})
	}
	return c.Show(w, r, http.StatusOK, "agenda", c.Page(r, v, "Agenda surat keluar", p))
}

type mailsPage struct {
	Rows   []mailRow
	Older  string
	Failed bool // one of them
}

type mailRow struct {
	Subject, Created, Next, Failure string
	Tries                           int
	State                           site.Tag
}

// mails shows the queue, without addresses: whom a mail is for follows from its subject.
func (c *Settings) mails(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	list, err := c.Store.MailList(r.Context(), site.Number(r.URL.Query().Get("sebelum")), site.PerPage+1)
	if err != nil {
		return err
	}
	var p mailsPage
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/surel", "sebelum", site.ID(list[site.PerPage-1].ID))
	}
	for _, m := range list {
		row := mailRow{Subject: m.Subject, Created: site.Clock(m.Created, v), Failure: m.Failure, Tries: m.Tries,
			State: site.Tag{Label: "Menunggu", Kind: "mid"}}
		switch {
		case !m.Sent.IsZero():
			row.State = site.Tag{Label: "Terkirim", Kind: "ok"}
		case m.Failure != "":
			row.State, row.Next, p.Failed = site.Tag{Label: "Gagal, akan dicoba lagi", Kind: "bad"}, site.Clock(m.Next, v), true
		}
		p.Rows = append(p.Rows, row)
	}
	return c.Show(w, r, http.StatusOK, "surel", c.Page(r, v, "Antrean surel", p))
}
