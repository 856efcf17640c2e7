package console

import (
	"context"
	"fmt"
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
	"gapura/web/site"
	"gapura/web/ui"
)

// Evaluations is what the pages of evaluations need of the store.
type Evaluations interface {
	office.Evaluations
	MarkMinistryReport(ctx context.Context, file int64, at time.Time) (bool, error)
	MinistryReports(ctx context.Context, p obligation.Semester) ([]evaluation.MinistryReport, error)
}

var gradeTags = map[string]string{"A": "ok", "B": "ok", "C": "mid", "D": "bad"}

var decisionTags = map[evaluation.Decision]string{evaluation.Continue: "ok", evaluation.Warn: "mid", evaluation.Limit: "bad", evaluation.End: "bad"}

// halfYear reads the half-year of the query; without one it is the last whole one, which is the one to be judged.
func halfYear(r *http.Request, v *site.Visitor) (obligation.Semester, []stateOption) {
	now := obligation.SemesterOf(v.Today())
	chosen, err := obligation.ParseSemester(r.URL.Query().Get("semester"))
	if err != nil || chosen.Begins().After(v.Today()) {
		chosen = now.Previous()
	}
	var out []stateOption
	for n := range halves {
		p := now.Back(n)
		label := p.Words()
		if n == 0 {
			label += " (berjalan)"
		}
		out = append(out, stateOption{p.String(), label, p == chosen})
	}
	return chosen, out
}

type evaluationsPage struct {
	Period       string
	Label        string
	Periods      []stateOption
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
	Score      int
	Grade      tag
	Trend      string
	Decision   tag
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
	p := evaluationsPage{Period: period.String(), Label: period.Words(), Periods: options, May: v.May(access.ToFile), Address: c.Office.Details.Ministry}
	p.Done = map[string]string{"terkirim": "Laporan dibuat dan masuk antrean surel.", "dibuat": "Laporan dibuat. Alamat surel Direktorat Jenderal belum diatur; sampaikan di atas kertas, lalu catat di bawah."}[r.URL.Query().Get("selesai")]
	all, err := c.Store.Everyone(ctx)
	if err != nil {
		return err
	}
	figures, err := c.Office.Figures(ctx, period)
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
	decided, earlier, open := last(list), last(before), map[int64]bool{}
	for _, e := range list {
		if e.Decided.IsZero() && e.CaseState == string(procedure.Open) {
			open[e.Agency] = true
		}
	}
	p.Decided, p.Total = len(decided), len(all)
	first := min(int(number(r.URL.Query().Get("mulai"))), len(all))
	if first > 0 {
		p.Newer = link("/konsol/evaluasi", "semester", p.Period, "mulai", strconv.Itoa(max(0, first-perPage)))
	}
	if first+perPage < len(all) {
		p.Older = link("/konsol/evaluasi", "semester", p.Period, "mulai", strconv.Itoa(first+perPage))
	}
	for _, st := range all[first:min(first+perPage, len(all))] {
		i := st.Institution
		f := figures[i.ID]
		row := evaluationRow{Code: i.Code, Name: i.Name, Decision: tag{"Belum diusulkan", ""}}
		result := evaluation.DefaultRules.Evaluate(f)
		if open[i.ID] {
			row.Decision = tag{"Menunggu keputusan", "mid"}
		}
		if e, ok := decided[i.ID]; ok {
			f, result, row.Decision = e.Figures, e.Result, tag{e.Decision.Label(), decisionTags[e.Decision]}
		}
		row.Lookups, row.Score, row.Grade, row.Balikan = f.Lookups, result.Score, tag{result.Grade + ", " + result.Name, gradeTags[result.Grade]}, percent(f.Met+f.Excused, f.Opened)
		if e, ok := earlier[i.ID]; ok {
			row.Trend = trend(result.Score - e.Result.Score)
		}
		p.Rows = append(p.Rows, row)
	}
	reports, err := c.Evaluations.MinistryReports(ctx, period)
	if err != nil {
		return err
	}
	for _, x := range reports {
		row := ministryRow{File: x.File, Number: x.Number, Made: clock(x.Made, v)}
		if !x.Sent.IsZero() {
			row.Sent = clock(x.Sent, v)
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
	tabs
	Period    string
	Label     string
	Periods   []stateOption
	Frozen    string // when the shown figures were decided; empty: they are of now
	Score     int
	Grade     tag
	Parts     []partRow
	Figures   []figureRow
	Advice    []string
	Trend     ui.Chart
	Past      []pastRow
	Decisions []stateOption
	Waiting   int64 // case that waits
	Decision  tag
	FollowUp  string // procedure that carries the decision out
	FollowAs  string
	May       bool
	Error     string
}

type partRow struct {
	evaluation.Part
	Share ui.Share
}

type figureRow struct{ Label, Value, Link string }

type pastRow struct {
	Label, At, By string
	Case          int64
	Score         string
	Decision, Tag tag
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
	p := evaluationPage{tabs: tabs{i.Code, i.Name, "evaluasi"}, Period: period.String(), Label: period.Words(), Periods: options, May: v.May(access.ToFile), Error: problem}
	f, err := c.Office.FiguresOf(ctx, i.ID, period)
	if err != nil {
		return err
	}
	past, err := c.Evaluations.EvaluationsOfAgency(ctx, i.ID, perPage)
	if err != nil {
		return err
	}
	result := evaluation.DefaultRules.Evaluate(f)
	scores := map[obligation.Semester]int{}
	for _, e := range past {
		row := pastRow{Label: e.Period.Words(), At: clock(e.At, v), By: e.ByName, Case: e.Case, Score: fmt.Sprintf("%d (%s)", e.Result.Score, e.Result.Grade), Decision: tag{e.Decision.Label(), decisionTags[e.Decision]}, Tag: tag{"Menunggu keputusan", "mid"}}
		if e.CaseState != string(procedure.Open) {
			row.Tag = tag{"Tidak disetujui", "bad"}
		}
		if !e.Decided.IsZero() {
			row.Tag = tag{"Diputuskan " + clock(e.Decided, v), "ok"}
			if _, ok := scores[e.Period]; !ok {
				scores[e.Period] = e.Result.Score
			}
		}
		p.Past = append(p.Past, row)
		switch {
		case e.Period != period:
		case e.Decided.IsZero() && e.CaseState == string(procedure.Open):
			p.Waiting = e.Case
		case !e.Decided.IsZero() && p.Frozen == "":
			f, result, p.Frozen, p.Decision = e.Figures, e.Result, clock(e.Decided, v), tag{e.Decision.Label(), decisionTags[e.Decision]}
			switch e.Decision {
			case evaluation.Limit:
				p.FollowUp, p.FollowAs = "perubahan", "Buka berkas pembatasan (adendum)"
			case evaluation.End:
				p.FollowUp, p.FollowAs = "penghentian", "Buka berkas pengakhiran"
			}
		}
	}
	p.Score, p.Grade, p.Advice = result.Score, tag{result.Grade + ", " + result.Name, gradeTags[result.Grade]}, result.Advice
	p.Parts = partRows(result.Parts)
	p.Figures = figureRows(i.Code, period, f)
	scores[period] = result.Score
	p.Trend = ui.Chart{Title: "Nilai setiap semester", Unit: "poin", Axis: "Semester", Level: true, Series: []ui.Series{{Name: "Nilai", Class: "blue"}}}
	for n := 5; n >= 0; n-- {
		at := period.Back(n)
		p.Trend.Columns = append(p.Trend.Columns, ui.Column{Label: at.Words(), Tick: at.String(), Link: link("/konsol/evaluasi/"+i.Code, "semester", at.String()), Values: []int{scores[at]}})
	}
	for _, d := range evaluation.Decisions {
		p.Decisions = append(p.Decisions, stateOption{string(d.Key), d.Label, d.Key == result.Suggest})
	}
	return c.Show(w, r, status, "evaluasi", c.Page(r, v, "Evaluasi "+i.Name, p))
}

// figureRows are the figures with the pages that they can be followed on.
func figureRows(code string, p obligation.Semester, f evaluation.Figures) []figureRow {
	from, to := p.Begins().Format(time.DateOnly), p.Ends().Format(time.DateOnly)
	records := func(outcome string) string {
		return link("/konsol/jurnal/"+code, "dari", from, "sampai", to, "hasil", outcome)
	}
	rate := link("/konsol/balikan/"+code, "semester", p.String())
	report := map[evaluation.Report]string{evaluation.NotDue: "belum jatuh tempo", evaluation.OnTime: "tepat waktu", evaluation.Tardy: "terlambat", evaluation.Missing: "belum diterima"}
	n := func(x int) string { return bahasa.Number(x) }
	return []figureRow{
		{"Pencarian", n(f.Lookups), link("/konsol/dasbor", "instansi", code, "dari", from, "sampai", to)}, {"Data ditemukan", n(f.Found), records("found")}, {"Hit", n(f.Hits), ""},
		{"NIK tidak terdapat di database", n(f.Unknown), records("unknown")}, {"NIK tidak sesuai format", n(f.Malformed), records("malformed")}, {"Ditolak", n(f.Refused), ""},
		{"Orang yang memerlukan data balikan", n(f.Opened), rate}, {"Data balikan diterima", n(f.Met) + ", " + n(f.Late) + " terlambat", rate}, {"Dengan alasan", n(f.Excused), rate}, {"Data balikan lewat batas", n(f.Overdue), rate},
		{"Peringatan pola pencarian", n(f.Warned) + " peringatan, " + n(f.Slowed) + " perlambatan", "/konsol/pengawasan"}, {"Penghentian pencarian", n(f.Stops) + ", " + n(f.FalseAlarms) + " keliru", "/konsol/pengawasan"},
		{"Insiden", n(f.Incidents) + ", " + n(f.Counts.Late) + " terlambat diberitahukan", "/konsol/insiden"}, {"Kewajiban terpenuhi", n(f.DutiesMet) + " dari " + n(f.DutiesDue), "/konsol/kewajiban/" + code},
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
	id, err := c.Office.ProposeEvaluation(r.Context(), actor(v), i.ID, period, evaluation.Decision(f["keputusan"]), strings.ReplaceAll(f["rekomendasi"], "\r\n", "\n"))
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/berkas/"+text(id))
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
	back := link("/konsol/evaluasi", "semester", period.String())
	if f["berkas"] != "" {
		id := number(f["berkas"])
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
	sent, err := c.Office.ReportEvaluations(r.Context(), actor(v), period)
	if err != nil {
		return err
	}
	done := "dibuat"
	if sent {
		done = "terkirim"
	}
	return c.Redirect(w, r, link("/konsol/evaluasi", "semester", period.String(), "selesai", done))
}

type ownEvaluationsPage struct{ Rows []ownEvaluationRow }

type ownEvaluationRow struct {
	Label, Decided  string
	Score           int
	Grade, Decision tag
	Parts           []partRow
	Advice          []string
}

// ownEvaluations shows an agency's head what the agency's evaluations came to. Proposals are the provider's own until they are decided.
func (c *Agency) ownEvaluations(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	list, err := c.Evaluations.EvaluationsOfAgency(r.Context(), v.Institution.ID, perPage)
	if err != nil {
		return err
	}
	var p ownEvaluationsPage
	for _, e := range list {
		if e.Decided.IsZero() || len(p.Rows) == halves {
			continue
		}
		p.Rows = append(p.Rows, ownEvaluationRow{
			e.Period.Words(), clock(e.Decided, v), e.Result.Score, tag{e.Result.Grade + ", " + e.Result.Name, gradeTags[e.Result.Grade]}, tag{e.Decision.Label(), decisionTags[e.Decision]},
			partRows(e.Result.Parts), e.Result.Advice,
		})
	}
	return c.Show(w, r, http.StatusOK, "evaluasi-sendiri", c.Page(r, v, "Evaluasi", p))
}

// partRows are the parts of a score with their bars.
func partRows(parts []evaluation.Part) (out []partRow) {
	for _, x := range parts {
		class := "ok"
		switch {
		case x.Score < 60:
			class = "bad"
		case x.Score < 85:
			class = "mid"
		}
		out = append(out, partRow{x, ui.Share{Part: x.Score, Whole: 100, Class: class}})
	}
	return out
}
