package agency

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/exchange/balikan"
	"gapura/internal/bahasa"
	"gapura/journal/journal"
	"gapura/office/evaluation"
	"gapura/office/report"
	"gapura/web/site"
	"gapura/web/ui"
)

// dashboardPeriods are the periods that can be chosen, in days; 0 is the half-year.
var dashboardPeriods = []struct {
	key, label string
	days       int
}{{"7", "7 hari", 7}, {"30", "30 hari", 30}, {"90", "90 hari", 90}, {"semester", "Semester ini", 0}}

// A span is days of a dashboard: from is included, to is not.
type span struct {
	key      string // of the period; empty: a day or days of one's own
	From, To time.Time
}

// pairs are the query that chooses the span again.
func (s span) pairs() []string {
	if s.key != "" {
		return []string{"periode", s.key}
	}
	return []string{"dari", s.From.Format(time.DateOnly), "sampai", s.To.AddDate(0, 0, -1).Format(time.DateOnly)}
}

// SemesterBegin is the first day of the half-year of a day.
func SemesterBegin(day time.Time) time.Time {
	return time.Date(day.Year(), time.January+6*((day.Month()-1)/6), 1, 0, 0, 0, 0, time.UTC)
}

// SpanOf reads the period of the query; without one, or with one that cannot be read, it is 30 days.
func SpanOf(r *http.Request, today time.Time) span {
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
			return span{p.key, SemesterBegin(today), end}
		}
	}
	return span{"30", end.AddDate(0, 0, -30), end}
}

func (s span) options() (out []site.Option) {
	for _, p := range dashboardPeriods {
		out = append(out, site.Option{Value: p.key, Label: p.label, Chosen: p.key == s.key})
	}
	return out
}

func (s span) words() string {
	last := s.To.AddDate(0, 0, -1)
	if s.From.Equal(last) {
		return bahasa.Date(last)
	}
	return bahasa.Date(s.From) + " sampai " + bahasa.Date(last)
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

// ByDay draws sums by day, every day of the span a column, or every week of it.
func ByDay(s span, rows []evaluation.DayTotals, where func(from, to time.Time, outcome string) string) ui.Chart {
	c := ui.Chart{Title: "Pencarian setiap hari", Unit: "pencarian", Axis: "Hari", Series: groups}
	wide, days := 1, int(s.To.Sub(s.From)/(24*time.Hour))
	if days > mostColumns {
		wide, c.Title, c.Axis = 7, "Pencarian setiap minggu", "Minggu"
	}
	columns := (days + wide - 1) / wide
	for n := range columns {
		first := s.From.AddDate(0, 0, n*wide)
		last := first.AddDate(0, 0, min(wide, days-n*wide)-1)
		col := ui.Column{Label: span{From: first, To: last.AddDate(0, 0, 1)}.words(), Link: where(first, last, ""),
			Values: make([]int, len(groups))}
		if every := max(1, columns/6); n%every == 0 && n+every/2 < columns || columns <= 7 {
			col.Tick = first.Format("2/1")
		}
		c.Columns = append(c.Columns, col)
	}
	for _, u := range rows {
		if n := int(u.Day.Sub(s.From) / (24 * time.Hour)); n >= 0 && n < days {
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
func byOutcome(s span, rows []report.DayUsage, where func(from, to time.Time, outcome string) string) []ShareRow {
	n, total := map[string]int{}, 0
	for _, u := range rows {
		if isLookup(u.Act) {
			n[u.Outcome] += u.Lookups
			total += u.Lookups
		}
	}
	var out []ShareRow
	for code, count := range n {
		label := access.Code(code).Text()
		if access.Code(code) == access.Found {
			label = "Data ditemukan"
		}
		out = append(out, ShareRow{label, where(s.From, s.To.AddDate(0, 0, -1), code), count, ui.Share{Part: count, Whole: total,
			Class: groups[group(code)].Class}})
	}
	return Sorted(out)
}

// Sorted orders rows by figure, then by name, and keeps the first ten.
func Sorted(rows []ShareRow) []ShareRow {
	slices.SortFunc(rows, func(a, b ShareRow) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Label, b.Label)) })
	return rows[:min(len(rows), 10)]
}

// Today are sums of one day as tiles.
type Today struct{ Lookups, Hits, Refused int }

func (t *Today) add(act, outcome string, lookups, hits int) {
	if isLookup(act) {
		t.Lookups, t.Hits = t.Lookups+lookups, t.Hits+hits
		if group(outcome) == 2 {
			t.Refused += lookups
		}
	}
}

func (t Today) Tiles() []tile {
	refused := tile{Label: "Ditolak hari ini", Value: bahasa.Number(t.Refused)}
	if t.Refused > 0 {
		refused.Kind = "mid"
	}
	return []tile{{Label: "Pencarian hari ini", Value: bahasa.Number(t.Lookups)}, {Label: "Hit hari ini", Value: bahasa.Number(t.Hits)},
		refused}
}

// Counted is a tile that is fine at zero.
func Counted(label string, n int, kind, link string) tile {
	t := tile{Label: label, Value: bahasa.Number(n), Link: link}
	if n > 0 {
		t.Kind = kind
	}
	return t
}

// RateTile is a rate of data balikan as a tile.
func RateTile(r balikan.Rate, link string) tile {
	t := tile{Label: "Data balikan semester ini", Value: r.Share(), Link: link}
	if r.Opened > 0 {
		t.Note = bahasa.Number(r.Answered()) + " dari " + bahasa.Number(r.Opened) + " orang"
		t.Kind = rateTag(r).Kind
	}
	return t
}

func rateTag(r balikan.Rate) site.Tag {
	tag := site.Tag{Label: r.Share()}
	switch p, ok := r.Percent(); {
	case !ok:
	case p >= 90:
		tag.Kind = "ok"
	case p >= 70:
		tag.Kind = "mid"
	default:
		tag.Kind = "bad"
	}
	return tag
}
