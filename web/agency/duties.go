package agency

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/procedure"
	"gapura/web/site"
)

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
	Evidence  []evidenceRow
	May       bool // deliver evidence
	MayJudge  bool
	Uncertain string // what the calendar does not know
	Action    string // where evidence is posted
}

type dutyRow struct {
	Rule, Period, Name, Clause, Party string
	Due                               time.Time
	State                             site.Tag
	Open                              bool
}

type evidenceRow struct {
	ID, File         int64
	Name, On, By, At string
	Note             string
	State            site.Tag
	Waits            bool
}

// ownDuties shows an agency's head the agency's duties (J1).
func (c *Agency) ownDuties(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.ShowDuties(w, r, v, v.Institution, true)
}

// ShowDuties shows an agency's duties with the evidence delivered.
func (c *Agency) ShowDuties(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, own bool) error {
	p := dutiesPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "kewajiban"}, Own: own, Day: i.Zone.Day(v.Now), May: own ||
		v.May(access.ToFile), MayJudge: v.May(access.ToJudge), Action: "/konsol/kewajiban/" + i.Code}
	if own {
		p.Action = "/kewajiban"
	}
	facts, calendar, err := DutyFacts(r, v, c.Store)
	if err != nil {
		return err
	}
	if y := p.Day.Year(); !calendar.Covers(y) {
		p.Uncertain = fmt.Sprint(y)
	}
	names := map[string]string{}
	for _, rule := range obligation.Rules() {
		names[rule.Key] = rule.Name
	}
	if f, ok := facts[i.ID]; ok {
		for _, d := range obligation.Duties(f, calendar, p.Day) {
			if d.State == obligation.NotYet {
				continue
			}
			who := "Instansi"
			if d.Rule.Party == "provider" {
				who = "Dinas Dukcapil"
			}
			p.Rows = append(p.Rows, dutyRow{d.Rule.Key, d.Period, d.Rule.Name, d.Rule.Clause, who, d.Due, DutyTags[d.State],
				d.State != obligation.Met && mayDeliver(d, own)})
		}
	}
	list, err := c.Store.EvidenceOf(r.Context(), i.ID)
	if err != nil {
		return err
	}
	for _, e := range list[:min(len(list), site.PerPage)] {
		row := evidenceRow{ID: e.ID, File: e.File, Name: strings.TrimSpace(names[e.Rule] + " " + e.Period), On: e.On.Format(time.DateOnly),
			By: e.ByName, At: site.Clock(e.At, v), Note: e.Note, State: site.Tag{Label: "Menunggu pemeriksaan", Kind: "mid"},
			Waits: e.Judged.IsZero() && e.By != v.User.ID}
		if !e.Judged.IsZero() {
			row.State = site.Tag{Label: "Ditolak", Kind: "bad"}
			if e.Accepted {
				row.State = site.Tag{Label: "Diterima", Kind: "ok"}
			}
		}
		p.Evidence = append(p.Evidence, row)
	}
	return c.Show(w, r, http.StatusOK, "kewajiban", c.Page(r, v, "Kewajiban "+i.Name, p))
}

func (c *Agency) deliverOwn(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.TakeEvidence(w, r, v, v.Institution, "/kewajiban")
}

// mayDeliver reports whether evidence can be delivered: an agency delivers for its own duties only.
func mayDeliver(d obligation.Duty, own bool) bool {
	return d.Rule.ByEvidence() && (!own || d.Rule.Party != "provider")
}

// TakeEvidence keeps what was delivered for a duty that is owed.
func (c *Agency) TakeEvidence(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, back string) error {
	form, scans, err := c.Upload(w, r)
	if err != nil {
		return err
	}
	defer form.RemoveAll()
	facts, calendar, err := DutyFacts(r, v, c.Store)
	if err != nil {
		return err
	}
	rule, period, _ := strings.Cut(site.One(form, "kewajiban"), "|")
	f, ok := facts[i.ID]
	day := i.Zone.Day(v.Now)
	duties := obligation.Duties(f, calendar, day)
	n := slices.IndexFunc(duties, func(d obligation.Duty) bool {
		return d.Rule.Key == rule && d.Period == period && mayDeliver(d, !v.OfProvider())
	})
	on, dateErr := time.Parse(time.DateOnly, site.One(form, "tanggal"))
	note := strings.TrimSpace(site.One(form, "keterangan"))
	switch {
	case !ok || n < 0:
		return told.Refuse("Kewajiban tersebut tidak ada pada perjanjian ini.")
	case dateErr != nil || on.After(day):
		return told.Refuse("Tanggal bukti harus diisi dan tidak boleh di masa depan.")
	case len(scans) != 1:
		return told.Refuse("Unggah satu berkas bukti.")
	case len([]rune(note)) > 500:
		return told.Refuse("Keterangan paling panjang 500 karakter.")
	}
	scan := scans[0]
	scan.Agency, scan.Agreement, scan.Kind, scan.By, scan.At = i.ID, f.Agreement, "scan", v.User.ID, v.Now
	scan.Title = "Bukti " + duties[n].Rule.Name
	e := procedure.Evidence{Agency: i.ID, Agreement: f.Agreement, Rule: rule, Period: period, On: on, Note: note, By: v.User.ID, At: v.Now}
	notice := procedure.Notice{Agency: party.Provider, At: v.Now, Text: "Bukti kewajiban menunggu pemeriksaan: " + duties[n].Rule.Name +
		", " + i.Name, Path: "/konsol/kewajiban/" + i.Code}
	if _, err := c.Store.Deliver(r.Context(), e, &scan, notice); err != nil {
		return err
	}
	return c.Redirect(w, r, back)
}
