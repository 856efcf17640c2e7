package agency

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/internal/bahasa"
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

// A Dashboard is the provider's, an agency's or an officer's own figures of a period; the tiles are today's and keep themselves fresh.
type Dashboard struct {
	Heading, About string
	Back           string // to the provider's
	Path           string
	Agency         string // code, when the provider looks at one
	Live           tiles
	Periods        []site.Option
	Span           string
	Chart          ui.Chart
	CSV            string
	Outcomes       []ShareRow
	Agencies       []agencyShareRow
	Newer, Older   string
	Users          []ShareRow
	Purposes       []ShareRow
	Duties         []dutyRow
	DutiesPath     string
	Alerts         []AlertRow
	WithAlerts     bool
}

// A shares is a table of shares under its title.
type shares struct {
	Title string
	Rows  []ShareRow
}

// ShareOutcomes, ShareUsers and SharePurposes are the tables of shares.
func (d *Dashboard) ShareOutcomes() shares { return shares{"Hasil", d.Outcomes} }

func (d *Dashboard) ShareUsers() shares { return shares{"Pengguna terbanyak", d.Users} }

func (d *Dashboard) SharePurposes() shares { return shares{"Tujuan", d.Purposes} }

type tiles struct {
	List  []tile
	Taken string
}

type tile struct{ Label, Value, Note, Kind, Link string }

// A ShareRow is one line of a table of shares.
type ShareRow struct {
	Label, Link string
	N           int
	Share       ui.Share
}

type agencyShareRow struct {
	Code, Name, Link     string
	Lookups, Hits, Found int
	Share                ui.Share
	Refused              string
	Balikan              site.Tag
	Quota                string
	Warn                 bool
	Overdue              int
}

// ShowDashboard writes the page, or only its tiles when the page asks for fresh ones.
func ShowDashboard(on *site.Site, w http.ResponseWriter, r *http.Request, v *site.Visitor, d *Dashboard, s span, rest func() error) error {
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
	d.CSV = site.Link(d.Path, append(s.pairs(), "instansi", d.Agency, "bentuk", "csv")...)
	page := on.Page(r, v, d.Heading, d)
	page.Script = "live.js"
	return on.Show(w, r, http.StatusOK, "dasbor", page)
}

// sendChart sends a chart's figures as a table, every day or week of the span.
func sendChart(w http.ResponseWriter, chart ui.Chart) error {
	head := []string{strings.ToLower(chart.Axis)}
	for _, s := range chart.Series {
		head = append(head, strings.ToLower(s.Name))
	}
	out := site.Table(w, "dasbor.csv", head...)
	for _, x := range chart.Columns {
		row := []any{x.Label}
		for _, n := range x.Values {
			row = append(row, n)
		}
		out.Row(row...)
	}
	return out.End()
}

// AddRates sums two rates.
func AddRates(a, b balikan.Rate) balikan.Rate {
	return balikan.Rate{Opened: a.Opened + b.Opened, Met: a.Met + b.Met, Late: a.Late + b.Late, Excused: a.Excused + b.Excused}
}

// FillAgencies fills the table of all agencies, those with most lookups first.
func (d *Dashboard) FillAgencies(r *http.Request, v *site.Visitor, s span, quotas []access.QuotaRow, sums map[int64]evaluation.Totals,
	rates map[int64]balikan.Rate, overdue map[int64]int) {
	most := 0
	for _, t := range sums {
		most = max(most, t.Lookups)
	}
	var rows []agencyShareRow
	for _, q := range quotas {
		i := q.Standing.Institution
		x, a := sums[i.ID], AgencyRowOf(q, v.Now)
		row := agencyShareRow{
			Code: i.Code, Name: i.Name, Link: site.Link("/konsol/dasbor", append([]string{"instansi", i.Code}, s.pairs()...)...),
			Lookups: x.Lookups, Hits: x.Hits, Found: x.Found,
			Share: ui.Share{Part: x.Lookups, Whole: most, Class: "blue"}, Refused: Percent(x.Refused(), x.Lookups),
			Balikan: rateTag(rates[i.ID]), Quota: site.Quota(q.Left, !a.EndsOn.IsZero()), Warn: a.Warn, Overdue: overdue[i.ID],
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b agencyShareRow) int { return cmp.Compare(b.Lookups, a.Lookups) })
	d.Agencies, d.Newer, d.Older = site.Part(r, rows, dashboardRows, "/konsol/dasbor", s.pairs()...)
}

// dashboardRows is how many agencies a dashboard shows at once; fewer than other tables, because a drawing stands above them.
const dashboardRows = 20

// Percent is a share in words; a dash of nothing.
func Percent(part, whole int) string {
	if whole == 0 {
		return "—"
	}
	return strings.ReplaceAll(strconv.FormatFloat(float64(part)*100/float64(whole), 'f', 1, 64), ".", ",") + " %"
}

// ownDashboard is an agency's figures for its head and administrator, an officer's own for the officer.
func (c Duties) ownDashboard(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if v.May(access.ToOversee) {
		return c.AgencyDashboard(w, r, v, v.Institution, v.Agreements, true)
	}
	return c.officerDashboard(w, r, v)
}

// AgencyDashboard is one agency's; own when its head looks.
func (c Duties) AgencyDashboard(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, all access.Agreements,
	own bool) error {
	ctx, day := r.Context(), i.Zone.Day(v.Now)
	s := SpanOf(r, day)
	d := &Dashboard{Heading: "Dasbor " + i.Name, Path: "/dasbor",
		About: "Pemanfaatan data oleh pengguna instansi Anda, menurut jurnal akses.", DutiesPath: "/kewajiban", WithAlerts: true}
	records, balikanPath, incidents, evaluations := "/riwayat", "/balikan", "/insiden", "/evaluasi"
	if !own {
		d.About, d.Path, d.Back, d.Agency, d.DutiesPath = "Pemanfaatan data oleh pengguna instansi ini, menurut jurnal akses.",
			"/konsol/dasbor", "/konsol/dasbor", i.Code, "/konsol/kewajiban/"+i.Code
		records, balikanPath, incidents, evaluations = "/konsol/jurnal/"+i.Code, "/konsol/balikan/"+i.Code, "/konsol/insiden",
			"/konsol/evaluasi/"+i.Code
	}
	if own && !v.May(access.ToReview) {
		records = "" // the figures are theirs to see, the records behind them are not
	}
	where := func(from, to time.Time, outcome string) string {
		if records == "" {
			return ""
		}
		return site.Link(records, "dari", from.Format(time.DateOnly), "sampai", to.Format(time.DateOnly), "hasil", outcome)
	}
	duties, err := c.dutiesOf(r, v, i, day)
	if err != nil {
		return err
	}
	if d.Live.List, err = c.agencyTiles(ctx, v, i, all, duties, agencyPaths{d.DutiesPath, balikanPath, incidents,
		evaluations}); err != nil {
		return err
	}
	return ShowDashboard(c.Site, w, r, v, d, s, func() error {
		rows, err := c.Sums.UsageByDay(ctx, i.ID, 0, s.From, s.To)
		if err != nil {
			return err
		}
		d.Chart, d.Outcomes = ByDay(s, totals(rows), where), byOutcome(s, rows, where)
		if err := c.topUsers(ctx, d, i, s, records); err != nil {
			return err
		}
		for _, x := range duties {
			if x.State == obligation.Overdue || x.State == obligation.Soon {
				d.Duties = append(d.Duties, dutyRow{Name: x.Rule.Name, Period: x.Period, Clause: x.Rule.Clause, Due: x.Due,
					State: DutyTags[x.State]})
			}
		}
		d.Duties = d.Duties[:min(len(d.Duties), 8)]
		list, err := c.Watching.Alerts(ctx, guard.AlertsQuery{Agency: i.ID, Most: 5})
		d.Alerts = AlertRows(list, v)
		if own {
			for n := range d.Alerts {
				d.Alerts[n].Path = "" // the evidence is the provider's page
			}
		}
		return err
	})
}

// agencyPaths are where an agency's tiles lead to, which differs for its own people and for the provider's staff.
type agencyPaths struct{ duties, balikan, incidents, evaluations string }

// agencyTiles are an agency's figures of today.
func (c Duties) agencyTiles(ctx context.Context, v *site.Visitor, i party.Institution, all access.Agreements, duties []obligation.Duty,
	p agencyPaths) ([]tile, error) {
	day := i.Zone.Day(v.Now)
	rows, err := c.Sums.UsageByDay(ctx, i.ID, 0, day, day.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	var now Today
	for _, u := range rows {
		now.add(u.Act, u.Outcome, u.Lookups, u.Hits)
	}
	hits, err := c.Store.Hits(ctx, i.ID, day)
	if err != nil {
		return nil, err
	}
	grant, known := agreement.Current(all, v.Now, day)
	left := access.Shared(grant, hits)
	users, err := c.Balikan.Rates(ctx, i.ID, SemesterBegin(day), day)
	if err != nil {
		return nil, err
	}
	var rate balikan.Rate
	for _, u := range users {
		rate = AddRates(rate, u.Rate)
	}
	outstanding, err := c.Balikan.Overdue(ctx, i.ID, v.Now)
	if err != nil {
		return nil, err
	}
	ever, err := c.Sums.Counts(ctx, time.UnixMicro(1), v.Now.AddDate(0, 0, 1), v.Now)
	if err != nil {
		return nil, err
	}
	late, soon := CountDuties(duties)
	quota := tile{Label: "Sisa kuota hari ini", Value: site.Quota(left, known)}
	if known && left.Warn() {
		quota.Kind = "mid"
	}
	duty := Counted("Kewajiban terlambat", late, "bad", p.duties)
	if soon > 0 {
		duty.Note = bahasa.Number(soon) + " segera jatuh tempo"
	}
	list := append(now.Tiles(), quota, RateTile(rate, p.balikan), Counted("Data balikan lewat batas", outstanding, "bad", p.balikan), duty,
		Counted("Insiden belum ditutup", ever[i.ID].Open, "bad", site.Link(p.incidents, "terbuka", "ya")))
	past, err := c.Evaluations.EvaluationsOfAgency(ctx, i.ID, site.PerPage)
	if err != nil {
		return nil, err
	}
	if n := slices.IndexFunc(past, func(e evaluation.Evaluation) bool { return !e.Decided.IsZero() }); n >= 0 {
		e := past[n]
		list = append(list, tile{Label: "Evaluasi " + e.Period.Words(), Value: e.Result.Words(),
			Kind: GradeTag(e.Result).Kind, Link: p.evaluations, Note: e.Decision.Label()})
	}
	return list, nil
}

func (c Duties) dutiesOf(r *http.Request, v *site.Visitor, i party.Institution, day time.Time) ([]obligation.Duty, error) {
	facts, calendar, err := DutyFacts(r, v, c.Store, i.ID)
	if err != nil {
		return nil, err
	}
	return obligation.Duties(facts[i.ID], calendar, day), nil
}

// topUsers are the users and purposes with most lookups.
func (c Duties) topUsers(ctx context.Context, d *Dashboard, i party.Institution, s span, records string) error {
	sums, err := c.Sums.Usage(ctx, i.ID, s.From, s.To)
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
	last := s.To.AddDate(0, 0, -1)
	share := func(n map[string]int, where func(string) string) (out []ShareRow) {
		most := 0
		for _, count := range n {
			most = max(most, count)
		}
		for name, count := range n {
			out = append(out, ShareRow{name, where(name), count, ui.Share{Part: count, Whole: most, Class: "blue"}})
		}
		return Sorted(out)
	}
	d.Users = share(byUser, func(name string) string {
		if records == "" {
			return ""
		}
		return site.Link(records, "user", name, "dari", s.From.Format(time.DateOnly), "sampai", last.Format(time.DateOnly))
	})
	d.Purposes = share(byPurpose, func(string) string { return "" })
	return nil
}

// officerDashboard is what an officer did.
func (c Duties) officerDashboard(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	ctx, i := r.Context(), v.Institution
	day := i.Zone.Day(v.Now)
	s := SpanOf(r, day)
	d := &Dashboard{Heading: "Dasbor saya", Path: "/dasbor", About: "Pencarian yang Anda lakukan, menurut jurnal akses."}
	where := func(from, to time.Time, outcome string) string {
		return site.Link("/riwayat", "dari", from.Format(time.DateOnly), "sampai", to.Format(time.DateOnly), "hasil", outcome)
	}
	rows, err := c.Sums.UsageByDay(ctx, i.ID, v.User.ID, day, day.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	var now Today
	for _, u := range rows {
		now.add(u.Act, u.Outcome, u.Lookups, u.Hits)
	}
	rates, err := c.Balikan.Rates(ctx, i.ID, SemesterBegin(day), day)
	if err != nil {
		return err
	}
	var rate balikan.Rate
	for _, u := range rates {
		if u.User == v.User.ID {
			rate = AddRates(rate, u.Rate)
		}
	}
	d.Live.List = append(now.Tiles(), tile{Label: "Sisa kuota instansi", Value: site.Quota(v.Left, v.Grant != nil)},
		RateTile(rate, "/balikan"))
	return ShowDashboard(c.Site, w, r, v, d, s, func() error {
		rows, err := c.Sums.UsageByDay(ctx, i.ID, v.User.ID, s.From, s.To)
		d.Chart, d.Outcomes = ByDay(s, totals(rows), where), byOutcome(s, rows, where)
		return err
	})
}
