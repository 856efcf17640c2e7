package console

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/internal/bahasa"
	"gapura/journal/journal"
	"gapura/office/evaluation"
	"gapura/office/report"
	"gapura/web/site"
	"gapura/web/ui"
)

// Sums are what dashboards show; nothing in them scans the journal.
type Sums interface {
	report.Sums
	DayTotals(ctx context.Context, from, to time.Time) ([]evaluation.DayTotals, error)
	AgencyTotals(ctx context.Context, from, to time.Time) (map[int64]evaluation.Totals, error)
	Counts(ctx context.Context, from, to, now time.Time) (map[int64]evaluation.Counts, error)
}

// A dashboard is the provider's, an agency's or an officer's own figures of a period; the tiles are today's and keep themselves fresh.
type dashboard struct {
	Heading, About string
	Back           string // to the provider's
	Path           string
	Agency         string // code, when the provider looks at one
	Live           tiles
	Periods        []stateOption
	Span           string
	Chart          ui.Chart
	CSV            string
	Outcomes       []shareRow
	Agencies       []agencyShareRow
	Newer, Older   string
	Users          []shareRow
	Purposes       []shareRow
	Duties         []dutyRow
	DutiesPath     string
	Alerts         []alertRow
	WithAlerts     bool
}

// A shares is a table of shares under its title.
type shares struct {
	Title string
	Rows  []shareRow
}

// ShareOutcomes, ShareUsers and SharePurposes are the tables of shares.
func (d *dashboard) ShareOutcomes() shares { return shares{"Hasil", d.Outcomes} }
func (d *dashboard) ShareUsers() shares    { return shares{"Pengguna terbanyak", d.Users} }
func (d *dashboard) SharePurposes() shares { return shares{"Tujuan", d.Purposes} }

type tiles struct {
	List  []tile
	Taken string
}

type tile struct{ Label, Value, Note, Kind, Link string }

type shareRow struct {
	Label, Link string
	N           int
	Share       ui.Share
}

type agencyShareRow struct {
	Code, Name, Link     string
	Lookups, Hits, Found int
	Share                ui.Share
	Refused              string
	Balikan              tag
	Quota                string
	Warn                 bool
	Overdue              int
}

// dashboardPeriods are the periods that can be chosen, in days; 0 is the half-year.
var dashboardPeriods = []struct {
	key, label string
	days       int
}{{"7", "7 hari", 7}, {"30", "30 hari", 30}, {"90", "90 hari", 90}, {"semester", "Semester ini", 0}}

// A span is days of a dashboard: from is included, to is not.
type span struct {
	key      string // of the period; empty: a day or days of one's own
	from, to time.Time
}

// pairs are the query that chooses the span again.
func (s span) pairs() []string {
	if s.key != "" {
		return []string{"periode", s.key}
	}
	return []string{"dari", s.from.Format(time.DateOnly), "sampai", s.to.AddDate(0, 0, -1).Format(time.DateOnly)}
}

func semesterBegin(day time.Time) time.Time {
	return time.Date(day.Year(), time.January+6*((day.Month()-1)/6), 1, 0, 0, 0, 0, time.UTC)
}

// spanOf reads the period of the query; without one, or with one that cannot be read, it is 30 days.
func spanOf(r *http.Request, today time.Time) span {
	q, end := r.URL.Query(), today.AddDate(0, 0, 1)
	from, err1 := time.Parse(time.DateOnly, q.Get("dari"))
	to, err2 := time.Parse(time.DateOnly, q.Get("sampai"))
	if err1 == nil && err2 == nil && !to.Before(from) && to.Sub(from) <= 366*24*time.Hour {
		return span{"", from, to.AddDate(0, 0, 1)}
	}
	for _, p := range dashboardPeriods {
		if p.key == q.Get("periode") && p.days > 0 {
			return span{p.key, end.AddDate(0, 0, -p.days), end}
		} else if p.key == q.Get("periode") {
			return span{p.key, semesterBegin(today), end}
		}
	}
	return span{"30", end.AddDate(0, 0, -30), end}
}

func (s span) options() (out []stateOption) {
	for _, p := range dashboardPeriods {
		out = append(out, stateOption{p.key, p.label, p.key == s.key})
	}
	return out
}

func (s span) words() string {
	last := s.to.AddDate(0, 0, -1)
	if s.from.Equal(last) {
		return bahasa.Date(last)
	}
	return bahasa.Date(s.from) + " sampai " + bahasa.Date(last)
}

// isLookup leaves out sign-ins and what the office itself did.
func isLookup(act string) bool { return act == journal.ActLookup || act == journal.ActMatch }

// group is the series of an outcome: answered, notice, refused.
func group(outcome string) int {
	switch c := access.Code(outcome); {
	case c == access.Found:
		return 0
	case c.Notice():
		return 1
	}
	return 2
}

var groups = []ui.Series{{Name: "Ditemukan", Class: "ok"}, {Name: "Pemberitahuan", Class: "mid"}, {Name: "Ditolak", Class: "bad"}}

// mostColumns is how many days are drawn one by one; a longer span is drawn by weeks.
const mostColumns = 45

// byDay draws sums by day, every day of the span a column, or every week of it.
func byDay(s span, rows []evaluation.DayTotals, where func(from, to time.Time, outcome string) string) ui.Chart {
	c := ui.Chart{Title: "Pencarian setiap hari", Unit: "pencarian", Axis: "Hari", Series: groups}
	wide, days := 1, int(s.to.Sub(s.from)/(24*time.Hour))
	if days > mostColumns {
		wide, c.Title, c.Axis = 7, "Pencarian setiap minggu", "Minggu"
	}
	columns := (days + wide - 1) / wide
	for n := range columns {
		first := s.from.AddDate(0, 0, n*wide)
		last := first.AddDate(0, 0, min(wide, days-n*wide)-1)
		col := ui.Column{Label: span{from: first, to: last.AddDate(0, 0, 1)}.words(), Link: where(first, last, ""), Values: make([]int, len(groups))}
		if every := max(1, columns/6); n%every == 0 && n+every/2 < columns || columns <= 7 {
			col.Tick = first.Format("2/1")
		}
		c.Columns = append(c.Columns, col)
	}
	for _, u := range rows {
		if n := int(u.Day.Sub(s.from) / (24 * time.Hour)); n >= 0 && n < days {
			v := c.Columns[n/wide].Values
			v[0], v[1], v[2] = v[0]+u.Found, v[1]+u.Notices, v[2]+u.Refused()
		}
	}
	return c
}

// totals are an agency's or a user's sums by day.
func totals(rows []report.DayUsage) (out []evaluation.DayTotals) {
	for _, u := range rows {
		if !isLookup(u.Act) {
			continue
		}
		t := evaluation.DayTotals{Day: u.Day, Lookups: u.Lookups, Hits: u.Hits}
		switch group(u.Outcome) {
		case 0:
			t.Found = u.Lookups
		case 1:
			t.Notices = u.Lookups
		}
		out = append(out, t)
	}
	return out
}

// byOutcome are the outcomes of the span, most first.
func byOutcome(s span, rows []report.DayUsage, where func(from, to time.Time, outcome string) string) []shareRow {
	n, total := map[string]int{}, 0
	for _, u := range rows {
		if isLookup(u.Act) {
			n[u.Outcome] += u.Lookups
			total += u.Lookups
		}
	}
	var out []shareRow
	for code, count := range n {
		label := access.Code(code).Text()
		if access.Code(code) == access.Found {
			label = "Data ditemukan"
		}
		out = append(out, shareRow{label, where(s.from, s.to.AddDate(0, 0, -1), code), count, ui.Share{Part: count, Whole: total, Class: groups[group(code)].Class}})
	}
	return sorted(out)
}

// sorted orders rows by figure, then by name, and keeps the first ten.
func sorted(rows []shareRow) []shareRow {
	slices.SortFunc(rows, func(a, b shareRow) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Label, b.Label)) })
	return rows[:min(len(rows), 10)]
}

// today are sums of one day as tiles.
type today struct{ lookups, hits, refused int }

func (t *today) add(act, outcome string, lookups, hits int) {
	if isLookup(act) {
		t.lookups, t.hits = t.lookups+lookups, t.hits+hits
		if group(outcome) == 2 {
			t.refused += lookups
		}
	}
}

func (t today) tiles() []tile {
	refused := tile{Label: "Ditolak hari ini", Value: bahasa.Number(t.refused)}
	if t.refused > 0 {
		refused.Kind = "mid"
	}
	return []tile{{Label: "Pencarian hari ini", Value: bahasa.Number(t.lookups)}, {Label: "Hit hari ini", Value: bahasa.Number(t.hits)}, refused}
}

// counted is a tile that is fine at zero.
func counted(label string, n int, kind, link string) tile {
	t := tile{Label: label, Value: bahasa.Number(n), Link: link}
	if n > 0 {
		t.Kind = kind
	}
	return t
}

func rateTile(r balikan.Rate, link string) tile {
	t := tile{Label: "Data balikan semester ini", Value: "-", Link: link}
	if r.Opened > 0 {
		t.Value = bahasa.Number(r.Percent()) + " %"
		t.Note = bahasa.Number(r.Answered()) + " dari " + bahasa.Number(r.Opened) + " orang"
		t.Kind = rateTag(r).Kind
	}
	return t
}

func rateTag(r balikan.Rate) tag {
	switch p := r.Percent(); {
	case r.Opened == 0:
		return tag{"-", ""}
	case p >= 90:
		return tag{strconv.Itoa(p) + " %", "ok"}
	case p >= 70:
		return tag{strconv.Itoa(p) + " %", "mid"}
	default:
		return tag{strconv.Itoa(p) + " %", "bad"}
	}
}

// showDashboard writes the page, or only its tiles when the page asks for fresh ones.
func showDashboard(on *site.Site, w http.ResponseWriter, r *http.Request, v *site.Visitor, d *dashboard, s span, rest func() error) error {
	d.Live.Taken = ui.Clock(v.Now, v.Zone())
	if site.Fragment(r) {
		return on.ShowPart(w, r, http.StatusOK, "dasbor", "tiles", d.Live)
	}
	d.Periods, d.Span = s.options(), s.words()
	if err := rest(); err != nil {
		return err
	}
	if r.URL.Query().Get("bentuk") == "csv" {
		return sendChart(w, d.Chart)
	}
	d.CSV = link(d.Path, append(s.pairs(), "instansi", d.Agency, "bentuk", "csv")...)
	page := on.Page(r, v, d.Heading, d)
	page.Script = "live.js"
	return on.Show(w, r, http.StatusOK, "dasbor", page)
}

// sendChart sends a chart's figures as a table, every day or week of the span.
func sendChart(w http.ResponseWriter, chart ui.Chart) error {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	head := []string{strings.ToLower(chart.Axis)}
	for _, s := range chart.Series {
		head = append(head, strings.ToLower(s.Name))
	}
	out.Write(head)
	for _, x := range chart.Columns {
		row := []string{x.Label}
		for _, n := range x.Values {
			row = append(row, strconv.Itoa(n))
		}
		out.Write(row)
	}
	out.Flush()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="dasbor.csv"`)
	w.Write(b.Bytes())
	return nil
}

// providerDashboard is the view over all agencies, or of one when the query names it.
func (c *Figures) providerDashboard(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if code := r.URL.Query().Get("instansi"); code != "" {
		i, all, found, err := c.Store.InstitutionByCode(r.Context(), code)
		switch {
		case err != nil:
			return err
		case !found || i.ID == party.Provider:
			return site.ErrNotFound
		default:
			return c.Agency.agencyDashboard(w, r, v, i, all, false)
		}
	}
	ctx, day := r.Context(), v.Today()
	s := spanOf(r, day)
	d := &dashboard{Heading: "Dasbor", Path: "/konsol/dasbor", About: "Pemanfaatan data oleh seluruh instansi, menurut jurnal akses.", WithAlerts: true}
	var now today
	rows, err := c.Sums.DayTotals(ctx, day, day.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	for _, u := range rows {
		now.lookups, now.hits, now.refused = now.lookups+u.Lookups, now.hits+u.Hits, now.refused+u.Refused()
	}
	quotas, err := c.Store.Quotas(ctx, v.Now)
	if err != nil {
		return err
	}
	rates, err := c.Balikan.AllRates(ctx, semesterBegin(day), day)
	if err != nil {
		return err
	}
	begin := v.Zone().Begin(day)
	fresh, err := c.Sums.Counts(ctx, begin, begin.AddDate(0, 0, 1), v.Now)
	if err != nil {
		return err
	}
	ever, err := c.Sums.Counts(ctx, time.UnixMicro(1), v.Now.AddDate(0, 0, 1), v.Now)
	if err != nil {
		return err
	}
	facts, calendar, err := dutyFacts(r, v, c.Store)
	if err != nil {
		return err
	}
	var rate balikan.Rate
	for _, x := range rates {
		rate = addRates(rate, x)
	}
	var alerts, all evaluation.Counts
	for _, x := range fresh {
		alerts.Add(x)
	}
	for _, x := range ever {
		all.Add(x)
	}
	warned, late, overdue := 0, 0, map[int64]int{}
	for _, q := range quotas {
		if agencyRowOf(q, v.Now).Warn {
			warned++
		}
		if f, ok := facts[q.Standing.Institution.ID]; ok {
			if n, _ := countDuties(obligation.Duties(f, calendar, day)); n > 0 {
				overdue[q.Standing.Institution.ID] = n
				late += n
			}
		}
	}
	d.Live.List = append(now.tiles(),
		counted("Instansi di atas 80 % kuota", warned, "mid", "/konsol"), rateTile(rate, "/konsol/balikan"), counted("Peringatan hari ini", alerts.Alerts(), "mid", "/konsol/pengawasan"),
		counted("Kewajiban terlambat", late, "bad", "/konsol/kepatuhan"), counted("Insiden belum ditutup", all.Open, "bad", "/konsol/insiden?terbuka=ya"))
	return showDashboard(c.Site, w, r, v, d, s, func() error {
		// Both go over the same sums; on another core each.
		var sums map[int64]evaluation.Totals
		var failed error
		var other sync.WaitGroup
		other.Go(func() { sums, failed = c.Sums.AgencyTotals(ctx, s.from, s.to) })
		rows, err := c.Sums.DayTotals(ctx, s.from, s.to)
		other.Wait()
		if err = errors.Join(err, failed); err != nil {
			return err
		}
		// A day leads to its own dashboard; records are listed by agency.
		d.Chart = byDay(s, rows, func(from, to time.Time, _ string) string {
			return link("/konsol/dasbor", "dari", from.Format(time.DateOnly), "sampai", to.Format(time.DateOnly))
		})
		var sum evaluation.Totals
		for _, t := range sums {
			sum.Add(t)
		}
		for _, x := range []struct {
			label, class string
			n            int
		}{
			{"Data ditemukan", "ok", sum.Found}, {access.Deceased.Text(), "mid", sum.Deceased}, {access.Duplicate.Text(), "mid", sum.Duplicate}, {access.Unknown.Text(), "mid", sum.Unknown},
			{access.Inactive.Text(), "mid", sum.Inactive}, {access.Malformed.Text(), "mid", sum.Malformed}, {"Ditolak", "bad", sum.Refused()},
		} {
			if x.n > 0 {
				d.Outcomes = append(d.Outcomes, shareRow{x.label, "", x.n, ui.Share{Part: x.n, Whole: sum.Lookups, Class: x.class}})
			}
		}
		d.Outcomes = sorted(d.Outcomes)
		d.agencies(r, v, s, quotas, sums, rates, overdue)
		list, err := c.Watching.Alerts(ctx, guard.AlertsQuery{Most: 5})
		d.Alerts = alertRows(list, v)
		return err
	})
}

func addRates(a, b balikan.Rate) balikan.Rate {
	return balikan.Rate{Opened: a.Opened + b.Opened, Met: a.Met + b.Met, Late: a.Late + b.Late, Excused: a.Excused + b.Excused}
}

// agencies fills the table of all agencies, those with most lookups first.
func (d *dashboard) agencies(r *http.Request, v *site.Visitor, s span, quotas []access.QuotaRow, sums map[int64]evaluation.Totals, rates map[int64]balikan.Rate, overdue map[int64]int) {
	most := 0
	for _, t := range sums {
		most = max(most, t.Lookups)
	}
	var rows []agencyShareRow
	for _, q := range quotas {
		i := q.Standing.Institution
		x, a := sums[i.ID], agencyRowOf(q, v.Now)
		row := agencyShareRow{
			Code: i.Code, Name: i.Name, Link: link("/konsol/dasbor", append([]string{"instansi", i.Code}, s.pairs()...)...), Lookups: x.Lookups, Hits: x.Hits, Found: x.Found,
			Share: ui.Share{Part: x.Lookups, Whole: most, Class: "blue"}, Refused: percent(x.Refused(), x.Lookups), Balikan: rateTag(rates[i.ID]), Quota: site.Quota(q.Left, !a.EndsOn.IsZero()), Warn: a.Warn, Overdue: overdue[i.ID],
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b agencyShareRow) int { return cmp.Compare(b.Lookups, a.Lookups) })
	first := min(int(number(r.URL.Query().Get("mulai"))), len(rows))
	if first > 0 {
		d.Newer = link("/konsol/dasbor", append(s.pairs(), "mulai", strconv.Itoa(max(0, first-dashboardRows)))...)
	}
	if first+dashboardRows < len(rows) {
		d.Older = link("/konsol/dasbor", append(s.pairs(), "mulai", strconv.Itoa(first+dashboardRows))...)
	}
	d.Agencies = rows[first:min(first+dashboardRows, len(rows))]
}

// dashboardRows is how many agencies a dashboard shows at once; fewer than other tables, because a drawing stands above them.
const dashboardRows = 20

func percent(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return strings.ReplaceAll(strconv.FormatFloat(float64(part)*100/float64(whole), 'f', 1, 64), ".", ",") + " %"
}

// ownDashboard is an agency's figures for its head, an officer's own for the officer.
func (c *Agency) ownDashboard(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if v.User.Role == party.HeadOfAgency {
		return c.agencyDashboard(w, r, v, v.Institution, v.Agreements, true)
	}
	return c.officerDashboard(w, r, v)
}

// agencyDashboard is one agency's; own when its head looks.
func (c *Agency) agencyDashboard(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, all access.Agreements, own bool) error {
	ctx, day := r.Context(), i.Zone.Day(v.Now)
	s := spanOf(r, day)
	d := &dashboard{Heading: "Dasbor " + i.Name, Path: "/dasbor", About: "Pemanfaatan data oleh pengguna instansi Anda, menurut jurnal akses.", DutiesPath: "/kewajiban", WithAlerts: true}
	records, balikanPath, incidents, evaluations := "/riwayat", "/balikan", "/insiden", "/evaluasi"
	if !own {
		d.About, d.Path, d.Back, d.Agency, d.DutiesPath = "Pemanfaatan data oleh pengguna instansi ini, menurut jurnal akses.", "/konsol/dasbor", "/konsol/dasbor", i.Code, "/konsol/kewajiban/"+i.Code
		records, balikanPath, incidents, evaluations = "/konsol/jurnal/"+i.Code, "/konsol/balikan/"+i.Code, "/konsol/insiden", "/konsol/evaluasi/"+i.Code
	}
	where := func(from, to time.Time, outcome string) string {
		return link(records, "dari", from.Format(time.DateOnly), "sampai", to.Format(time.DateOnly), "hasil", outcome)
	}
	rows, err := c.Sums.UsageByDay(ctx, i.ID, 0, day, day.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	var now today
	for _, u := range rows {
		now.add(u.Act, u.Outcome, u.Lookups, u.Hits)
	}
	hits, err := c.Store.Hits(ctx, i.ID, day)
	if err != nil {
		return err
	}
	left := access.Left{Used: hits}
	grant, known := agreement.Current(all, v.Now, day)
	if known {
		left.Quota, left.Unlimited = grant.Quota, grant.Unlimited
	}
	users, err := c.Balikan.Rates(ctx, i.ID, semesterBegin(day), day)
	if err != nil {
		return err
	}
	var rate balikan.Rate
	for _, u := range users {
		rate = addRates(rate, u.Rate)
	}
	outstanding, err := c.Balikan.Overdue(ctx, i.ID, v.Now)
	if err != nil {
		return err
	}
	duties, err := c.dutiesOf(r, v, i, day)
	if err != nil {
		return err
	}
	ever, err := c.Sums.Counts(ctx, time.UnixMicro(1), v.Now.AddDate(0, 0, 1), v.Now)
	if err != nil {
		return err
	}
	late, soon := countDuties(duties)
	quota := tile{Label: "Sisa kuota hari ini", Value: site.Quota(left, known)}
	if known && left.Warn() {
		quota.Kind = "mid"
	}
	duty := counted("Kewajiban terlambat", late, "bad", d.DutiesPath)
	if soon > 0 {
		duty.Note = bahasa.Number(soon) + " segera jatuh tempo"
	}
	d.Live.List = append(now.tiles(), quota, rateTile(rate, balikanPath), counted("Data balikan lewat batas", outstanding, "bad", balikanPath), duty,
		counted("Insiden belum ditutup", ever[i.ID].Open, "bad", link(incidents, "terbuka", "ya")))
	past, err := c.Evaluations.EvaluationsOfAgency(ctx, i.ID, perPage)
	if err != nil {
		return err
	}
	if n := slices.IndexFunc(past, func(e evaluation.Evaluation) bool { return !e.Decided.IsZero() }); n >= 0 {
		e := past[n]
		d.Live.List = append(d.Live.List, tile{Label: "Evaluasi " + e.Period.Words(), Value: fmt.Sprintf("%d (%s)", e.Result.Score, e.Result.Grade), Kind: gradeTags[e.Result.Grade], Link: evaluations, Note: e.Decision.Label()})
	}
	return showDashboard(c.Site, w, r, v, d, s, func() error {
		rows, err := c.Sums.UsageByDay(ctx, i.ID, 0, s.from, s.to)
		if err != nil {
			return err
		}
		d.Chart, d.Outcomes = byDay(s, totals(rows), where), byOutcome(s, rows, where)
		if err := c.topUsers(ctx, d, i, s, records); err != nil {
			return err
		}
		for _, x := range duties {
			if x.State == obligation.Overdue || x.State == obligation.Soon {
				d.Duties = append(d.Duties, dutyRow{Name: x.Rule.Name, Period: x.Period, Clause: x.Rule.Clause, Due: x.Due, State: dutyTags[x.State]})
			}
		}
		d.Duties = d.Duties[:min(len(d.Duties), 8)]
		list, err := c.Watching.Alerts(ctx, guard.AlertsQuery{Agency: i.ID, Most: 5})
		d.Alerts = alertRows(list, v)
		if own {
			for n := range d.Alerts {
				d.Alerts[n].Path = "" // the evidence is the provider's page
			}
		}
		return err
	})
}

func (c *Agency) dutiesOf(r *http.Request, v *site.Visitor, i party.Institution, day time.Time) ([]obligation.Duty, error) {
	facts, calendar, err := dutyFacts(r, v, c.Store)
	if err != nil {
		return nil, err
	}
	f, ok := facts[i.ID]
	if !ok {
		return nil, nil
	}
	return obligation.Duties(f, calendar, day), nil
}

// topUsers are the users and purposes with most lookups.
func (c *Agency) topUsers(ctx context.Context, d *dashboard, i party.Institution, s span, records string) error {
	sums, err := c.Sums.Usage(ctx, i.ID, s.from, s.to)
	if err != nil {
		return err
	}
	users, err := c.Store.UsersOfAgency(ctx, i.ID, "", 1<<30)
	if err != nil {
		return err
	}
	login := map[int64]string{}
	for _, u := range users {
		login[u.ID] = u.Login
	}
	byUser, byPurpose := map[string]int{}, map[string]int{}
	for _, u := range sums {
		if isLookup(u.Act) {
			byUser[cmp.Or(login[u.User], "tidak dikenal")] += u.Lookups
			byPurpose[cmp.Or(u.Purpose, "tanpa tujuan")] += u.Lookups
		}
	}
	last := s.to.AddDate(0, 0, -1)
	share := func(n map[string]int, where func(string) string) (out []shareRow) {
		most := 0
		for _, count := range n {
			most = max(most, count)
		}
		for name, count := range n {
			out = append(out, shareRow{name, where(name), count, ui.Share{Part: count, Whole: most, Class: "blue"}})
		}
		return sorted(out)
	}
	d.Users = share(byUser, func(name string) string {
		return link(records, "user", name, "dari", s.from.Format(time.DateOnly), "sampai", last.Format(time.DateOnly))
	})
	d.Purposes = share(byPurpose, func(string) string { return "" })
	return nil
}

// officerDashboard is what an officer did.
func (c *Agency) officerDashboard(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	ctx, i := r.Context(), v.Institution
	day := i.Zone.Day(v.Now)
	s := spanOf(r, day)
	d := &dashboard{Heading: "Dasbor saya", Path: "/dasbor", About: "Pencarian yang Anda lakukan, menurut jurnal akses."}
	where := func(from, to time.Time, outcome string) string {
		return link("/riwayat", "dari", from.Format(time.DateOnly), "sampai", to.Format(time.DateOnly), "hasil", outcome)
	}
	rows, err := c.Sums.UsageByDay(ctx, i.ID, v.User.ID, day, day.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	var now today
	for _, u := range rows {
		now.add(u.Act, u.Outcome, u.Lookups, u.Hits)
	}
	rates, err := c.Balikan.Rates(ctx, i.ID, semesterBegin(day), day)
	if err != nil {
		return err
	}
	var rate balikan.Rate
	for _, u := range rates {
		if u.User == v.User.ID {
			rate = addRates(rate, u.Rate)
		}
	}
	d.Live.List = append(now.tiles(), tile{Label: "Sisa kuota instansi", Value: site.Quota(v.Left, v.Grant != nil)}, rateTile(rate, "/balikan"))
	return showDashboard(c.Site, w, r, v, d, s, func() error {
		rows, err := c.Sums.UsageByDay(ctx, i.ID, v.User.ID, s.from, s.to)
		d.Chart, d.Outcomes = byDay(s, totals(rows), where), byOutcome(s, rows, where)
		return err
	})
}
