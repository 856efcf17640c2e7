package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"gapura/agreement/obligation"
	"gapura/agreement/reader"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

type boardPage struct {
	Day          time.Time
	Rules        []obligation.Rule
	Rows         []boardRow
	Total        int
	Newer, Older string
	Overdue      int // agencies with an overdue duty
}

type boardRow struct {
	Code, Name string
	Cells      []boardCell
}

type boardCell struct {
	Rule  string
	State site.Tag
	Due   time.Time
	Count int // duties of this rule in this state
}

// worse orders states for one cell: the one that needs most attention is shown.
var worse = []obligation.State{obligation.Overdue, obligation.Soon, obligation.Waiting, obligation.Open, obligation.Met, obligation.NotYet}

// board is agencies × duties at a glance (J5).
func (c *Cases) board(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	facts, calendar, err := agency.DutyFacts(r, v, c.Store, 0)
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
		f := facts[st.Institution.ID]
		if len(f) == 0 {
			continue
		}
		duties := obligation.Duties(f, calendar, p.Day)
		if late, _ := agency.CountDuties(duties); late > 0 {
			p.Overdue++
		}
		rows = append(rows, boardRow{Code: st.Institution.Code, Name: st.Institution.Name, Cells: cellsOf(p.Rules, duties)})
	}
	p.Total = len(rows)
	p.Rows, p.Newer, p.Older = site.Part(r, rows, site.PerPage, "/konsol/kepatuhan")
	return c.Show(w, r, http.StatusOK, "kepatuhan", c.Page(r, v, "Papan kepatuhan", p))
}

// cellsOf is a row of the board: of each rule its worst state, since when, and how many duties are in it.
func cellsOf(rules []obligation.Rule, duties []obligation.Duty) []boardCell {
	cells, ranks := make([]boardCell, len(rules)), make([]int, len(rules))
	for i, rule := range rules {
		cells[i], ranks[i] = boardCell{Rule: rule.Name, State: site.Tag{Label: "-", Kind: ""}}, len(worse)
	}
	for n := range duties {
		d := &duties[n]
		i := slices.IndexFunc(rules, func(rule obligation.Rule) bool { return rule.Key == d.Rule.Key })
		switch rank := slices.Index(worse, d.State); {
		case rank < ranks[i]:
			ranks[i], cells[i].State, cells[i].Due, cells[i].Count = rank, agency.DutyTags[d.State], d.Due, 1
		case rank == ranks[i]:
			cells[i].Count++
		}
	}
	return cells
}

// duties is the page that the agency has too, with the judgement of its evidence, which the agency has not.
func (c *Cases) duties(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	return c.Agency.Duties().ShowDuties(w, r, v, i, false)
}

func (c *Cases) deliver(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	return c.Agency.Duties().TakeEvidence(w, r, v, i, "/konsol/kewajiban/"+i.Code)
}

// forward passes an agency's report, or its evaluation, on to the Director General, or notes that it was passed on on paper (Juknis V.E).
func (c *Cases) forward(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "bukti", "semester", "cara")
	if err != nil {
		return err
	}
	if err := office.ReportsOf(c.Office).Forward(r.Context(), v.Actor(), i, f["bukti"], f["semester"], f["cara"] == "surel"); err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/kewajiban/"+i.Code)
}

// judge accepts or refuses evidence; nobody judges what they delivered.
func (c *Cases) judge(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "keputusan", "kode", "alasan")
	if err != nil {
		return err
	}
	e, found, err := c.Store.Evidence(r.Context(), site.Number(r.PathValue("id")))
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
	if !accept && why == "" {
		return told.Refuse("Alasan penolakan harus diisi: instansi harus tahu apa yang diperbaiki.")
	}
	name, back := e.Rule, "/konsol/kewajiban/"+f["kode"]
	for _, rule := range obligation.Rules() {
		if rule.Key == e.Rule {
			name = strings.TrimSpace(rule.Name + " " + e.Period)
		}
	}
	n := procedure.Notice{Agency: e.Agency, At: v.Now, Text: "Bukti kewajiban ditolak, silakan disampaikan kembali: " + name,
		Path: "/kewajiban"}
	if accept {
		n.Text = "Bukti kewajiban diterima: " + name
	}
	if e.Rule == "laporan-semester" {
		n.Path, back = "/laporan/"+e.Period, "/konsol/laporan/"+f["kode"]+"/"+e.Period
	}
	if why != "" {
		n.Text += ". Catatan pemeriksa: " + why
	}
	done, err := c.Store.Judge(r.Context(), e.ID, v.User.ID, v.Now, accept, why, n)
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
	States []site.Option
	Rows   []readerRow
	Older  string
}

type readerRow struct {
	Serial, Model, SAM, Agency, Code, Since string
	State                                   site.Tag
	Works                                   bool
}

func (c *Agencies) readers(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := readersPage{State: r.URL.Query().Get("keadaan")}
	p.States = append(p.States, site.Option{Value: "", Label: "Semua", Chosen: p.State == ""})
	for _, s := range reader.States {
		p.States = append(p.States, site.Option{Value: string(s), Label: s.Label(), Chosen: string(s) == p.State})
	}
	list, err := c.Store.Readers(r.Context(), reader.State(p.State), v.Now, site.Number(r.URL.Query().Get("setelah")), site.PerPage+1)
	if err != nil {
		return err
	}
	all, err := c.Store.Quotas(r.Context(), v.Now)
	if err != nil {
		return err
	}
	inForce := map[int64]bool{}
	for _, q := range all {
		inForce[q.Standing.Institution.ID] = agency.AgencyRowOf(q, v.Now).Why == ""
	}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/pembaca", "keadaan", p.State, "setelah", site.ID(list[site.PerPage-1].ID))
	}
	for _, x := range list {
		p.Rows = append(p.Rows, readerRow{x.Serial, x.Model, x.SAM, x.AgencyName, x.AgencyCode, site.Clock(x.Since, v),
			site.Tag{Label: x.State.Label(), Kind: agency.ReaderTags[x.State]}, x.Works(inForce[x.Agency])})
	}
	return c.Show(w, r, http.StatusOK, "pembaca", c.Page(r, v, "Pembaca KTP-el", p))
}
