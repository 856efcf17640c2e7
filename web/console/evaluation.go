package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/internal/bahasa"
	"gapura/office/evaluation"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
	"gapura/web/ui"
)

// halfYear reads the half-year of the query; without one it is the last whole one, which is the one to be judged.
func halfYear(r *http.Request, v *site.Visitor) (obligation.Semester, []site.Option) {
	now := obligation.SemesterOf(v.Today())
	chosen, err := obligation.ParseSemester(r.URL.Query().Get("semester"))
	if err != nil || chosen.Begins().After(v.Today()) {
		chosen = now.Previous()
	}
	var out []site.Option
	for n := range agency.Halves {
		p := now.Back(n)
		label := p.Words()
		if n == 0 {
			label += " (berjalan)"
		}
		out = append(out, site.Option{Value: p.String(), Label: label, Chosen: p == chosen})
	}
	return chosen, out
}

type evaluationsPage struct {
	Period       string
	Label        string
	Periods      []site.Option
	Rows         []evaluationRow
	Newer, Older string
	Decided      int
	Total        int
	Reports      []ministryRow
	May          bool
	Address      string
	Done         string
}

type evaluationRow struct {
	Code, Name string
	Lookups    int
	Balikan    string
	Score      string
	Grade      site.Tag
	Trend      string
	Decision   site.Tag
}

type ministryRow struct {
	File         int64
	Number, Made string
	Sent         string
}

// last is the newest decided evaluation of each agency of a period.
func last(list []evaluation.Evaluation) map[int64]evaluation.Evaluation {
	out := map[int64]evaluation.Evaluation{}
	for _, e := range list {
		if !e.Decided.IsZero() && e.ID > out[e.Agency].ID {
			out[e.Agency] = e
		}
	}
	return out
}

// evaluations lists all agencies with their score of a half-year: the decided one, or as it stands now.
func (c *Figures) evaluations(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	ctx := r.Context()
	period, options := halfYear(r, v)
	p := evaluationsPage{Period: period.String(), Label: period.Words(), Periods: options, May: v.May(access.ToFile),
		Address: c.Office.Details.Ministry}
	p.Done = map[string]string{"terkirim": "Laporan dibuat dan masuk antrean surel.",
		"dibuat": "Laporan dibuat. Alamat surel Direktorat Jenderal belum diatur; " +
			"sampaikan di atas kertas, lalu catat di bawah."}[r.URL.Query().Get("selesai")]
	all, err := c.Store.Everyone(ctx)
	if err != nil {
		return err
	}
	figures, err := office.ReportsOf(c.Office).Figures(ctx, period)
	if err != nil {
		return err
	}
	list, err := c.Evaluations.EvaluationsOfPeriod(ctx, period)
	if err != nil {
		return err
	}
	before, err := c.Evaluations.EvaluationsOfPeriod(ctx, period.Previous())
	if err != nil {
		return err
	}
	rules, err := c.Office.Rules(ctx)
	if err != nil {
		return err
	}
	decided, earlier, open := last(list), last(before), map[int64]bool{}
	for _, e := range list {
		if e.Decided.IsZero() && e.CaseState == string(procedure.Open) {
			open[e.Agency] = true
		}
	}
	p.Decided = len(decided)
	for _, f := range figures {
		if !f.Unassessed {
			p.Total++
		}
	}
	all, p.Newer, p.Older = site.Part(r, all, site.PerPage, "/konsol/evaluasi", "semester", p.Period)
	for _, st := range all {
		i := st.Institution
		f := figures[i.ID]
		row := evaluationRow{Code: i.Code, Name: i.Name, Decision: site.Tag{Label: "Belum diusulkan", Kind: ""}}
		result := rules.Evaluate(f)
		if open[i.ID] {
			row.Decision = site.Tag{Label: "Menunggu keputusan", Kind: "mid"}
		}
		if e, ok := decided[i.ID]; ok {
			f, result, row.Decision = e.Figures, e.Result, site.Tag{Label: e.Decision.Label(), Kind: agency.DecisionTags[e.Decision]}
		}
		if f.Unassessed {
			row.Decision = site.Tag{Label: "Tidak ada perjanjian"}
		}
		row.Lookups, row.Score, row.Grade, row.Balikan = f.Lookups, result.Points(), agency.GradeTag(result),
			agency.Percent(f.Met+f.Excused, f.Opened)
		if e, ok := earlier[i.ID]; ok && result.Assessed() && e.Result.Assessed() {
			row.Trend = trend(result.Score - e.Result.Score)
		}
		p.Rows = append(p.Rows, row)
	}
	reports, err := c.Evaluations.MinistryReports(ctx, period)
	if err != nil {
		return err
	}
	for _, x := range reports {
		row := ministryRow{File: x.File, Number: x.Number, Made: site.Clock(x.Made, v)}
		if !x.Sent.IsZero() {
			row.Sent = site.Clock(x.Sent, v)
		}
		p.Reports = append(p.Reports, row)
	}
	return c.Show(w, r, http.StatusOK, "evaluasi-semua", c.Page(r, v, "Evaluasi", p))
}

// trend is a change of the score in words.
func trend(by int) string {
	switch {
	case by > 0:
		return "naik " + strconv.Itoa(by)
	case by < 0:
		return "turun " + strconv.Itoa(-by)
	}
	return "tetap"
}

type evaluationPage struct {
	site.Tabs
	Period    string
	Label     string
	Periods   []site.Option
	Frozen    string // when the shown figures were decided; empty: they are of now
	Score     string
	Grade     site.Tag
	Parts     []agency.PartRow
	Figures   []figureRow
	Advice    []string
	Unused    []evaluation.Unused
	Trend     ui.Chart
	Past      []pastRow
	Decisions []site.Option
	Waiting   int64 // case that waits
	Decision  site.Tag
	// Unassessed: the agency had no agreement in the period.
	Unassessed bool
	FollowUp   string // procedure that carries the decision out
	FollowAs   string
	May        bool
	Error      string
}

type figureRow struct{ Label, Value, Link string }

type pastRow struct {
	Label, At, By string
	Case          int64
	Score         string
	Decision, Tag site.Tag
}

func (c *Figures) evaluation(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeEvaluation(w, r, v, http.StatusOK, "")
}

func (c *Figures) writeEvaluation(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, problem string) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	ctx := r.Context()
	period, options := halfYear(r, v)
	p := evaluationPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "evaluasi"}, Period: period.String(), Label: period.Words(),
		Periods: options, May: v.May(access.ToFile), Error: problem}
	f, err := office.ReportsOf(c.Office).FiguresOf(ctx, i.ID, period)
	if err != nil {
		return err
	}
	past, err := c.Evaluations.EvaluationsOfAgency(ctx, i.ID, site.PerPage)
	if err != nil {
		return err
	}
	rules, err := c.Office.Rules(ctx)
	if err != nil {
		return err
	}
	result := rules.Evaluate(f)
	if result.Unused, err = office.ReportsOf(c.Office).Unused(ctx, i.ID, period); err != nil {
		return err
	}
	scores := map[obligation.Semester]int{}
	for _, e := range past {
		row := pastRow{Label: e.Period.Words(), At: site.Clock(e.At, v), By: e.ByName, Case: e.Case, Score: e.Result.Words(),
			Decision: site.Tag{Label: e.Decision.Label(), Kind: agency.DecisionTags[e.Decision]},
			Tag:      site.Tag{Label: "Menunggu keputusan", Kind: "mid"}}
		if e.CaseState != string(procedure.Open) {
			row.Tag = site.Tag{Label: "Tidak disetujui", Kind: "bad"}
		}
		if !e.Decided.IsZero() {
			row.Tag = site.Tag{Label: "Diputuskan " + site.Clock(e.Decided, v), Kind: "ok"}
			if _, ok := scores[e.Period]; !ok && e.Result.Assessed() {
				scores[e.Period] = e.Result.Score
			}
		}
		p.Past = append(p.Past, row)
		switch {
		case e.Period != period:
		case e.Decided.IsZero() && e.CaseState == string(procedure.Open):
			p.Waiting = e.Case
		case !e.Decided.IsZero() && p.Frozen == "":
			f, result, p.Frozen, p.Decision = e.Figures, e.Result, site.Clock(e.Decided, v), site.Tag{Label: e.Decision.Label(),
				Kind: agency.DecisionTags[e.Decision]}
			switch e.Decision {
			case evaluation.Limit:
				p.FollowUp, p.FollowAs = "perubahan", "Buka berkas pembatasan (adendum)"
			case evaluation.End:
				p.FollowUp, p.FollowAs = "penghentian", "Buka berkas pengakhiran"
			default:
				if len(result.Unused) > 0 {
					p.FollowUp, p.FollowAs = "perubahan", "Buka berkas penghapusan elemen (adendum)"
				}
			}
		}
	}
	p.Score, p.Grade, p.Advice, p.Unused, p.Unassessed = result.Points(), agency.GradeTag(result), result.Advice, result.Unused,
		f.Unassessed
	p.Parts = agency.PartRows(result.Parts)
	p.Figures = figureRows(i.Code, period, f)
	if result.Assessed() {
		scores[period] = result.Score
	}
	p.Trend = ui.Chart{Title: "Nilai setiap semester", Unit: "poin", Axis: "Semester", Level: true,
		Series: []ui.Series{{Name: "Nilai", Class: "blue"}}}
	for n := 5; n >= 0; n-- {
		at := period.Back(n)
		column := ui.Column{Label: at.Words(), Tick: at.String(), Link: site.Link("/konsol/evaluasi/"+i.Code, "semester", at.String())}
		if score, ok := scores[at]; ok {
			column.Values = []int{score}
		}
		p.Trend.Columns = append(p.Trend.Columns, column)
	}
	for _, d := range evaluation.Decisions {
		p.Decisions = append(p.Decisions, site.Option{Value: string(d.Key), Label: d.Label, Chosen: d.Key == result.Suggest})
	}
	return c.Show(w, r, status, "evaluasi", c.Page(r, v, "Evaluasi "+i.Name, p))
}

// figureRows are the figures with the pages that they can be followed on.
func figureRows(code string, p obligation.Semester, f evaluation.Figures) []figureRow {
	from, to := p.Begins().Format(time.DateOnly), p.Ends().Format(time.DateOnly)
	records := func(outcome string) string {
		return site.Link("/konsol/jurnal/"+code, "dari", from, "sampai", to, "hasil", outcome)
	}
	rate := site.Link("/konsol/balikan/"+code, "semester", p.String())
	report := map[evaluation.Report]string{evaluation.NotDue: "belum jatuh tempo", evaluation.OnTime: "tepat waktu",
		evaluation.Tardy: "terlambat", evaluation.Missing: "belum diterima"}
	n := func(x int) string { return bahasa.Number(x) }
	return []figureRow{
		{"Pencarian", n(f.Lookups), site.Link("/konsol/dasbor", "instansi", code, "dari", from, "sampai", to)},
		{"Data ditemukan", n(f.Found), records("found")}, {"Hit", n(f.Hits), ""},
		{"NIK tidak terdapat di database", n(f.Unknown), records("unknown")}, {"NIK tidak sesuai format", n(f.Malformed),
			records("malformed")}, {"Ditolak", n(f.Refused), ""},
		{"Orang yang memerlukan data balikan", n(f.Opened), rate}, {"Data balikan diterima", n(f.Met) + ", " + n(f.Late) + " terlambat",
			rate}, {"Dengan alasan", n(f.Excused), rate}, {"Data balikan lewat batas", n(f.Overdue), rate},
		{"Peringatan pola pencarian", n(f.Warned) + " peringatan, " + n(f.Slowed) + " perlambatan", "/konsol/pengawasan"},
		{"Penghentian pencarian", n(f.Stops) + ", " + n(f.FalseAlarms) + " keliru", "/konsol/pengawasan"},
		{"Insiden", n(f.Incidents) + ", " + n(f.Counts.Late) + " terlambat diberitahukan", "/konsol/insiden"}, {"Kewajiban terpenuhi",
			n(f.DutiesMet) + " dari " + n(f.DutiesDue), "/konsol/kewajiban/" + code},
		{"Laporan semester", report[f.Report], "/konsol/kewajiban/" + code},
	}
}

// proposeEvaluation opens the case that decides.
func (c *Figures) proposeEvaluation(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "semester", "keputusan", "rekomendasi")
	if err != nil {
		return err
	}
	period, err := obligation.ParseSemester(f["semester"])
	if err != nil {
		return c.writeEvaluation(w, r, v, http.StatusUnprocessableEntity, "Semester tidak dapat dibaca.")
	}
	id, err := office.ReportsOf(c.Office).ProposeEvaluation(r.Context(), v.Actor(), i.ID, period, evaluation.Decision(f["keputusan"]),
		strings.ReplaceAll(f["rekomendasi"], "\r\n", "\n"))
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/berkas/"+site.ID(id))
}

// reportEvaluations makes the report to the Director General, or notes that one was delivered on paper.
func (c *Figures) reportEvaluations(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "semester", "berkas")
	if err != nil {
		return err
	}
	period, err := obligation.ParseSemester(f["semester"])
	if err != nil {
		return site.ErrNotFound
	}
	back := site.Link("/konsol/evaluasi", "semester", period.String())
	if f["berkas"] != "" {
		id := site.Number(f["berkas"])
		list, err := c.Evaluations.MinistryReports(r.Context(), period)
		if err == nil && !slices.ContainsFunc(list, func(m evaluation.MinistryReport) bool { return m.File == id }) {
			return site.ErrNotFound
		}
		if err == nil {
			_, err = c.Evaluations.MarkMinistryReport(r.Context(), id, v.Now)
		}
		if err != nil {
			return err
		}
		return c.Redirect(w, r, back)
	}
	sent, err := office.ReportsOf(c.Office).ReportEvaluations(r.Context(), v.Actor(), period)
	if err != nil {
		return err
	}
	done := "dibuat"
	if sent {
		done = "terkirim"
	}
	return c.Redirect(w, r, site.Link("/konsol/evaluasi", "semester", period.String(), "selesai", done))
}
