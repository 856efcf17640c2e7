package agency

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/office/procedure"
	"gapura/web/site"
)

// Duties are the pages of how an agency meets its duties, for its own people and for the provider's staff.
type Duties struct{ *Agency }

func (c Duties) routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /evaluasi", Act: access.ToOversee, Handle: c.ownEvaluations},
		{Pattern: "GET /dasbor", Act: access.ToFigures, Handle: c.ownDashboard},
		{Pattern: "GET /laporan", Act: access.ToOwn, Handle: c.ownReports},
		{Pattern: "GET /laporan/{period}", Act: access.ToOwn, Handle: c.ownReport},
		{Pattern: "POST /laporan/{period}", Act: access.ToOwn, Handle: c.writeReport},
		{Pattern: "GET /laporan/{period}/{form}", Act: access.ToOwn, Handle: c.ownReportFile},
		{Pattern: "GET /kewajiban", Act: access.ToOwn, Handle: c.ownDuties},
		{Pattern: "POST /kewajiban", Act: access.ToOwn, Handle: c.deliverOwn},
		{Pattern: "GET /kewajiban/dokumen/{id}", Act: access.ToOwn, Handle: c.ownDownload},
	}
}

// DutyTags are the states of a duty with their colours.
var DutyTags = map[obligation.State]site.Tag{
	obligation.Met:     {Label: "Terpenuhi", Kind: "ok"},
	obligation.Waiting: {Label: "Bukti diperiksa", Kind: "mid"},
	obligation.Open:    {Label: "Berjalan", Kind: ""},
	obligation.Soon:    {Label: "Segera", Kind: "mid"},
	obligation.Overdue: {Label: "Terlambat", Kind: "bad"},
	obligation.NotYet:  {Label: "Belum", Kind: ""},
}

type dutiesPage struct {
	site.Tabs
	Own       bool // seen by the agency itself
	Day       time.Time
	Rows      []dutyRow
	Owed      []dutyRow // for which evidence can be delivered, also those that another part of the table shows
	Newer     string
	Older     string
	Evidence  []evidenceRow
	May       bool // deliver evidence
	MayJudge  bool
	Uncertain string // years of due dates that rest on an estimate
	Action    string // where evidence is posted
	ByMail    bool   // the Director General's address is known
	Form      evidenceForm
}

// An evidenceForm is what was typed into the form of evidence when it is shown again, and what is wrong with it.
type evidenceForm struct {
	Duty, On, Note string
	Faults         told.Errors
}

type dutyRow struct {
	Key, Period, Name, Clause, Party string
	Earlier                          string // number of the agreement, when it is not the one that decides
	Due                              time.Time
	Estimated                        bool
	State                            site.Tag
	Forward                          string // what is to be passed on to the Director General; empty: nothing
	Open, Chosen                     bool
}

// rank puts what is still owed before what is met: agreements of many years leave a long list of those.
func (d dutyRow) rank() int {
	if d.State == DutyTags[obligation.Met] {
		return 1
	}
	return 0
}

type evidenceRow struct {
	ID, File         int64
	Name, On, By, At string
	Note             string
	State            site.Tag
	Judged           string // when, with what the judge noted; empty: it waits
	Waits            bool
}

// ownDuties shows an agency's head the agency's duties (J1).
func (c Duties) ownDuties(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.ShowDuties(w, r, v, v.Institution, true)
}

// ShowDuties shows an agency's duties with the evidence delivered.
func (c Duties) ShowDuties(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, own bool) error {
	return c.writeDuties(w, r, v, http.StatusOK, i, own, evidenceForm{})
}

func (c Duties) writeDuties(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, i party.Institution, own bool,
	form evidenceForm) error {
	p := dutiesPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "kewajiban"}, Own: own, Day: i.Zone.Day(v.Now), May: own ||
		v.May(access.ToFile), MayJudge: v.May(access.ToJudge), Action: "/konsol/kewajiban/" + i.Code,
		ByMail: c.Office.Details.Ministry != "", Form: form}
	if own {
		p.Action = "/kewajiban"
	}
	facts, calendar, err := DutyFacts(r, v, c.Store, i.ID)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, rule := range obligation.Rules() {
		names[rule.Key] = rule.Name
	}
	var uncertain []string
	var rows []dutyRow
	for _, d := range obligation.Duties(facts[i.ID], calendar, p.Day) {
		if d.State == obligation.NotYet {
			continue
		}
		row := dutyRow{Key: d.Key(), Period: d.Period, Name: d.Rule.Name, Clause: d.Rule.Clause, Party: "Instansi", Due: d.Due,
			State: DutyTags[d.State], Open: d.State != obligation.Met && mayDeliver(d, own), Chosen: d.Key() == form.Duty}
		if d.Rule.Party == "provider" {
			row.Party = "Dinas Dukcapil"
		}
		if d.Rule.Kind == "forward" && d.State != obligation.Met && !own && v.May(access.ToFile) {
			row.Forward = d.Rule.Of
		}
		if d.Earlier {
			row.Earlier = d.Number
		}
		if d.Estimated && d.State != obligation.Met {
			row.Estimated, uncertain = true, append(uncertain, d.Due.Format("2006"))
		}
		rows = append(rows, row)
		if row.Open {
			p.Owed = append(p.Owed, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b dutyRow) int { return cmp.Compare(a.rank(), b.rank()) })
	p.Rows, p.Newer, p.Older = site.Part(r, rows, site.PerPage, p.Action)
	slices.Sort(uncertain)
	p.Uncertain = strings.Join(slices.Compact(uncertain), " dan ")
	list, err := c.Store.EvidenceOf(r.Context(), i.ID)
	if err != nil {
		return err
	}
	for _, e := range list[:min(len(list), site.PerPage)] {
		row := evidenceRow{ID: e.ID, File: e.File, Name: strings.TrimSpace(names[e.Rule] + " " + e.Period), On: bahasa.Date(e.On),
			By: e.ByName, At: site.Clock(e.At, v), Note: e.Note, State: site.Tag{Label: "Menunggu pemeriksaan", Kind: "mid"},
			Waits: e.Judged.IsZero() && e.By != v.User.ID}
		if !e.Judged.IsZero() {
			row.State = site.Tag{Label: "Ditolak", Kind: "bad"}
			if row.Judged = site.Clock(e.Judged, v); e.JudgedNote != "" {
				row.Judged += ": " + e.JudgedNote
			}
			if e.Accepted {
				row.State = site.Tag{Label: "Diterima", Kind: "ok"}
			}
		}
		p.Evidence = append(p.Evidence, row)
	}
	return c.Show(w, r, status, "kewajiban", c.Page(r, v, "Kewajiban "+i.Name, p))
}

func (c Duties) deliverOwn(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.TakeEvidence(w, r, v, v.Institution, "/kewajiban")
}

// mayDeliver reports whether evidence can be delivered: an agency delivers for its own duties only.
func mayDeliver(d obligation.Duty, own bool) bool {
	return d.Rule.ByEvidence() && (!own || d.Rule.Party != "provider")
}

// TakeEvidence keeps what was delivered for a duty that is owed. After a fault the form is shown again with what was typed; files a browser
// gives only once, so that they are chosen again.
func (c Duties) TakeEvidence(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, back string) error {
	sent, scans, err := c.Upload(w, r)
	if sent == nil {
		return err
	}
	form := evidenceForm{Duty: site.One(sent, "kewajiban"), On: site.One(sent, "tanggal"),
		Note: strings.TrimSpace(site.One(sent, "keterangan")), Faults: told.Invalids(err)}
	facts, calendar, err := DutyFacts(r, v, c.Store, i.ID)
	if err != nil {
		return err
	}
	own, day := !v.OfProvider(), i.Zone.Day(v.Now)
	duties := obligation.Duties(facts[i.ID], calendar, day)
	n := slices.IndexFunc(duties, func(d obligation.Duty) bool {
		return d.Key() == form.Duty && mayDeliver(d, own)
	})
	if n < 0 {
		form.Faults.Add("kewajiban", "Kewajiban tersebut tidak ada pada perjanjian instansi ini.")
	}
	on, err := time.Parse(time.DateOnly, form.On)
	if err != nil || on.After(day) {
		form.Faults.Add("tanggal", "Tanggal bukti harus diisi dan tidak boleh di masa depan.")
	}
	if len([]rune(form.Note)) > 500 {
		form.Faults.Add("keterangan", "Keterangan paling panjang 500 karakter.")
	}
	if len(scans) != 1 && form.Faults.Of("pindaian") == "" {
		form.Faults.Add("pindaian", "Unggah satu berkas bukti.")
	}
	if form.Faults != nil {
		return c.writeDuties(w, r, v, http.StatusUnprocessableEntity, i, own, form)
	}
	d, scan := duties[n], scans[0]
	scan.Agency, scan.Agreement, scan.Kind, scan.By, scan.At = i.ID, d.Agreement, "scan", v.User.ID, v.Now
	scan.Title = "Bukti " + d.Rule.Name
	e := procedure.Evidence{Agency: i.ID, Agreement: d.Agreement, Rule: d.Rule.Key, Period: d.Period, On: on, Note: form.Note,
		By: v.User.ID, At: v.Now}
	notice := procedure.Notice{Agency: party.Provider, At: v.Now, Text: "Bukti kewajiban menunggu pemeriksaan: " + d.Rule.Name + ", " +
		i.Name,
		Path: "/konsol/kewajiban/" + i.Code}
	if _, err := c.Store.Deliver(r.Context(), e, &scan, notice); err != nil {
		return err
	}
	return c.Redirect(w, r, back)
}
