package console

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/told"
	"gapura/office/procedure"
	"gapura/web/site"
)

var dutyTags = map[obligation.State]tag{
	obligation.Met:     {"Terpenuhi", "ok"},
	obligation.Waiting: {"Bukti diperiksa", "mid"},
	obligation.Open:    {"Berjalan", ""},
	obligation.Soon:    {"Segera", "mid"},
	obligation.Overdue: {"Terlambat", "bad"},
	obligation.NotYet:  {"Belum", ""},
}

type boardPage struct {
	Day          time.Time
	Rules        []obligation.Rule
	Rows         []boardRow
	Total, First int
	Newer, Older string
	Overdue      int // agencies with an overdue duty
}

type boardRow struct {
	Code, Name string
	Cells      []boardCell
}

type boardCell struct {
	Rule  string
	State tag
	Due   time.Time
	Count int // duties of this rule in this state
}

// worse orders states for one cell: the one that needs most attention is shown.
var worse = []obligation.State{obligation.Overdue, obligation.Soon, obligation.Waiting, obligation.Open, obligation.Met, obligation.NotYet}

// board is agencies × duties at a glance (J5).
func (c *Cases) board(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	facts, calendar, err := dutyFacts(r, v, c.Store)
	if err != nil {
		return err
	}
	all, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	p := boardPage{Day: v.Today(), Rules: obligation.Rules()}
	var rows []boardRow
	for _, st := range all {
		f, ok := facts[st.Institution.ID]
		if !ok {
			continue
		}
		row := boardRow{Code: st.Institution.Code, Name: st.Institution.Name}
		duties := obligation.Duties(f, calendar, p.Day)
		if slices.ContainsFunc(duties, func(d obligation.Duty) bool { return d.State == obligation.Overdue }) {
			p.Overdue++
		}
		for _, rule := range p.Rules {
			row.Cells = append(row.Cells, cellOf(rule, duties))
		}
		rows = append(rows, row)
	}
	p.Total = len(rows)
	first := min(int(number(r.URL.Query().Get("mulai"))), p.Total)
	p.Rows, p.First = rows[first:min(first+perPage, p.Total)], first+1
	if first > 0 {
		p.Newer = link("/konsol/kepatuhan", "mulai", fmt.Sprint(max(0, first-perPage)))
	}
	if first+perPage < p.Total {
		p.Older = link("/konsol/kepatuhan", "mulai", fmt.Sprint(first+perPage))
	}
	return c.Show(w, r, http.StatusOK, "kepatuhan", c.Page(r, v, "Papan kepatuhan", p))
}

func cellOf(rule obligation.Rule, duties []obligation.Duty) boardCell {
	cell := boardCell{Rule: rule.Name, State: tag{"-", ""}}
	rank := len(worse)
	for _, d := range duties {
		if d.Rule.Key != rule.Key {
			continue
		}
		n := slices.Index(worse, d.State)
		switch {
		case n < rank:
			rank, cell.State, cell.Due, cell.Count = n, dutyTags[d.State], d.Due, 1
		case n == rank:
			cell.Count++
		}
	}
	return cell
}

type dutiesPage struct {
	tabs
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
	State                             tag
	Open                              bool
}

type evidenceRow struct {
	ID, File         int64
	Name, On, By, At string
	Note             string
	State            tag
	Waits            bool
}

func (c *Cases) duties(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	return c.Agency.showDuties(w, r, v, i, false)
}

// ownDuties shows an agency's head the agency's duties (J1).
func (c *Agency) ownDuties(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.showDuties(w, r, v, v.Institution, true)
}

func (c *Agency) showDuties(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, own bool) error {
	p := dutiesPage{tabs: tabs{i.Code, i.Name, "kewajiban"}, Own: own, Day: i.Zone.Day(v.Now), May: own || v.May(access.ToFile), MayJudge: v.May(access.ToJudge), Action: "/konsol/kewajiban/" + i.Code}
	if own {
		p.Action = "/kewajiban"
	}
	facts, calendar, err := dutyFacts(r, v, c.Store)
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
			p.Rows = append(p.Rows, dutyRow{d.Rule.Key, d.Period, d.Rule.Name, d.Rule.Clause, who, d.Due, dutyTags[d.State], d.State != obligation.Met && mayDeliver(d, own)})
		}
	}
	list, err := c.Store.EvidenceOf(r.Context(), i.ID)
	if err != nil {
		return err
	}
	for _, e := range list[:min(len(list), perPage)] {
		row := evidenceRow{ID: e.ID, File: e.File, Name: strings.TrimSpace(names[e.Rule] + " " + e.Period), On: e.On.Format(time.DateOnly), By: e.ByName, At: clock(e.At, v), Note: e.Note, State: tag{"Menunggu pemeriksaan", "mid"}, Waits: e.Judged.IsZero() && e.By != v.User.ID}
		if !e.Judged.IsZero() {
			row.State = tag{"Ditolak", "bad"}
			if e.Accepted {
				row.State = tag{"Diterima", "ok"}
			}
		}
		p.Evidence = append(p.Evidence, row)
	}
	return c.Show(w, r, http.StatusOK, "kewajiban", c.Page(r, v, "Kewajiban "+i.Name, p))
}

func (c *Cases) deliver(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	return c.Agency.takeEvidence(w, r, v, i, "/konsol/kewajiban/"+i.Code)
}

func (c *Agency) deliverOwn(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.takeEvidence(w, r, v, v.Institution, "/kewajiban")
}

// mayDeliver reports whether evidence can be delivered: an agency delivers for its own duties only.
func mayDeliver(d obligation.Duty, own bool) bool {
	return d.Rule.ByEvidence() && (!own || d.Rule.Party != "provider")
}

// takeEvidence keeps what was delivered for a duty that is owed.
func (c *Agency) takeEvidence(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, back string) error {
	form, scans, err := upload(c.Site, w, r)
	if err != nil {
		return err
	}
	defer form.RemoveAll()
	facts, calendar, err := dutyFacts(r, v, c.Store)
	if err != nil {
		return err
	}
	rule, period, _ := strings.Cut(one(form, "kewajiban"), "|")
	f, ok := facts[i.ID]
	day := i.Zone.Day(v.Now)
	duties := obligation.Duties(f, calendar, day)
	n := slices.IndexFunc(duties, func(d obligation.Duty) bool {
		return d.Rule.Key == rule && d.Period == period && mayDeliver(d, !v.OfProvider())
	})
	on, dateErr := time.Parse(time.DateOnly, one(form, "tanggal"))
	note := strings.TrimSpace(one(form, "keterangan"))
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
	notice := procedure.Notice{Agency: party.Provider, At: v.Now, Text: "Bukti kewajiban menunggu pemeriksaan: " + duties[n].Rule.Name + ", " + i.Name, Path: "/konsol/kewajiban/" + i.Code}
	if _, err := c.Store.Deliver(r.Context(), e, &scan, notice); err != nil {
		return err
	}
	return c.Redirect(w, r, back)
}

// judge accepts or refuses evidence; nobody judges what they delivered.
func (c *Cases) judge(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "keputusan", "kode", "alasan")
	if err != nil {
		return err
	}
	e, found, err := c.Store.Evidence(r.Context(), number(r.PathValue("id")))
	if err != nil {
		return err
	}
	if !found || (f["keputusan"] != "terima" && f["keputusan"] != "tolak") {
		return site.ErrNotFound
	}
	why := strings.TrimSpace(f["alasan"])
	if len([]rune(why)) > 500 {
		return told.Refuse("Alasan paling panjang 500 karakter.")
	}
	accept := f["keputusan"] == "terima"
	name, back := e.Rule, "/konsol/kewajiban/"+f["kode"]
	for _, rule := range obligation.Rules() {
		if rule.Key == e.Rule {
			name = strings.TrimSpace(rule.Name + " " + e.Period)
		}
	}
	n := procedure.Notice{Agency: e.Agency, At: v.Now, Text: "Bukti kewajiban ditolak, silakan disampaikan kembali: " + name, Path: "/kewajiban"}
	if accept {
		n.Text = "Bukti kewajiban diterima: " + name
	}
	if e.Rule == "laporan-semester" {
		n.Path, back = "/laporan/"+e.Period, "/konsol/laporan/"+f["kode"]+"/"+e.Period
	}
	if why != "" {
		n.Text += ". Catatan pemeriksa: " + why
	}
	done, err := c.Store.Judge(r.Context(), e.ID, v.User.ID, v.Now, accept, n)
	if err != nil {
		return err
	}
	if !done {
		return told.Refuse("Bukti ini sudah diperiksa, atau Anda sendiri yang menyampaikannya.")
	}
	return c.Redirect(w, r, back)
}

type readersPage struct {
	State  string
	States []stateOption
	Rows   []readerRow
	Older  string
}

type readerRow struct {
	Serial, Model, SAM, Agency, Code, Since string
	State                                   tag
	Works                                   bool
}

var readerTags = map[reader.State]string{reader.Requested: "mid", reader.Personalised: "mid", reader.Active: "ok", reader.Deactivated: "bad", reader.Returned: ""}

func (c *Agencies) readers(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := readersPage{State: r.URL.Query().Get("keadaan")}
	p.States = append(p.States, stateOption{"", "Semua", p.State == ""})
	for _, s := range reader.States {
		p.States = append(p.States, stateOption{string(s), s.Label(), string(s) == p.State})
	}
	list, err := c.Store.Readers(r.Context(), reader.State(p.State), number(r.URL.Query().Get("setelah")), perPage+1)
	if err != nil {
		return err
	}
	all, err := c.Store.Quotas(r.Context(), v.Now)
	if err != nil {
		return err
	}
	inForce := map[int64]bool{}
	for _, q := range all {
		inForce[q.Standing.Institution.ID] = agencyRowOf(q, v.Now).Why == ""
	}
	if len(list) > perPage {
		list = list[:perPage]
		p.Older = link("/konsol/pembaca", "keadaan", p.State, "setelah", text(list[perPage-1].ID))
	}
	for _, x := range list {
		p.Rows = append(p.Rows, readerRow{x.Serial, x.Model, x.SAM, x.AgencyName, x.AgencyCode, clock(x.Since, v), tag{x.State.Label(), readerTags[x.State]}, x.Works(inForce[x.Agency])})
	}
	return c.Show(w, r, http.StatusOK, "pembaca", c.Page(r, v, "Pembaca KTP-el", p))
}
