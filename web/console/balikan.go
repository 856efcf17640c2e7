package console

import (
	"net/http"
	"strconv"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/exchange/balikan"
	"gapura/internal/bahasa"
	"gapura/web/agency"
	"gapura/web/site"
)

type balikanPage struct {
	Period periodChoice
	Rows   []balikanRow
}

type balikanRow struct {
	Code, Name string // or the user's login
	balikan.Rate
	Overdue, Unmatched int
}

// A periodChoice is the half-years that figures can be shown for.
type periodChoice struct {
	Options []site.Option
	from    time.Time
	to      time.Time
}

// semesters are the half-years that can be chosen from one backwards, and the one that the query names, "2026-2"; the first when it names
// none.
func semesters(r *http.Request, from obligation.Semester) (chosen obligation.Semester, options []site.Option) {
	named := r.URL.Query().Get("semester")
	chosen = from
	for range agency.Halves {
		if from.String() == named {
			chosen = from
		}
		options = append(options, site.Option{Value: from.String(), Label: from.Words(), Chosen: from.String() == named})
		from = from.Previous()
	}
	return chosen, options
}

// period reads the half-year of the query; today's when there is none.
func period(r *http.Request, day time.Time) periodChoice {
	s, options := semesters(r, obligation.SemesterOf(day))
	return periodChoice{options, s.Begins(), s.Begins().AddDate(0, 5, 0)} // sums are by month: to is the first day of the last one
}

// balikanBoard is each agency's data balikan of a half-year at a glance.
func (c *Agencies) balikanBoard(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := balikanPage{Period: period(r, v.Today())}
	rates, err := c.Balikan.AllRates(r.Context(), p.Period.from, p.Period.to)
	if err != nil {
		return err
	}
	all, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	for _, st := range all {
		i := st.Institution
		row := balikanRow{Code: i.Code, Name: i.Name, Rate: rates[i.ID]}
		if row.Overdue, err = c.Balikan.Overdue(r.Context(), i.ID, v.Now); err != nil {
			return err
		}
		p.Rows = append(p.Rows, row)
	}
	return c.Show(w, r, http.StatusOK, "balikan-semua", c.Page(r, v, "Data balikan", p))
}

type agencyBalikanPage struct {
	site.Tabs
	Period   periodChoice
	Sum      balikanRow
	Users    []balikanRow
	Late     []lateRow
	Doubtful []receivedList
}

// A receivedList is data balikan that was taken although something about it is not right.
type receivedList struct {
	Title string
	Rows  []receivedRow
}

type lateRow struct{ Record, Opened, Due, Login, NIK, Reference string }

type receivedRow struct{ At, NIK, Via, Values string }

var ways = map[string]string{balikan.ByWire: "layanan web", balikan.ByPortal: "portal", balikan.ByUpload: "unggahan", balikan.ByAPI: "API"}

// agencyBalikan is one agency's: by user, what is overdue, and what came for people whom nobody looked up or without values (F3).
func (c *Agencies) agencyBalikan(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	ctx := r.Context()
	p := agencyBalikanPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "balikan"}, Period: period(r, v.Today())}
	rates, err := c.Balikan.Rates(ctx, i.ID, p.Period.from, p.Period.to)
	if err != nil {
		return err
	}
	for _, u := range rates {
		s := &p.Sum.Rate
		s.Opened, s.Met, s.Late, s.Excused = s.Opened+u.Opened, s.Met+u.Met, s.Late+u.Late, s.Excused+u.Excused
		p.Users = append(p.Users, balikanRow{Name: u.Login, Rate: u.Rate})
	}
	if p.Sum.Overdue, err = c.Balikan.Overdue(ctx, i.ID, v.Now); err == nil {
		p.Sum.Unmatched, err = c.Balikan.Unmatched(ctx, i.ID)
	}
	if err != nil {
		return err
	}
	late, err := c.Balikan.Outstanding(ctx, balikan.OutstandingQuery{Agency: i.ID, Before: v.Now, Limit: site.PerPage})
	if err != nil {
		return err
	}
	if err := c.Reads(r, v, access.ToLook, "data balikan "+i.Code); err != nil {
		return err
	}
	loc := i.Zone.Location() // Due is the first instant too late; people are told the last day
	for _, e := range late {
		row := lateRow{strconv.FormatInt(i.ID, 10) + "-" + strconv.FormatInt(e.Seq, 10), bahasa.Date(e.Opened.In(loc)),
			bahasa.Date(e.Due.In(loc).AddDate(0, 0, -1)), e.Login, "-", e.Reference}
		if !e.NIK.IsZero() {
			row.NIK = e.NIK.Masked()
		}
		p.Late = append(p.Late, row)
	}
	strange, err := c.Balikan.Received(ctx, i.ID, time.Time{}, true, site.PerPage)
	if err != nil {
		return err
	}
	incomplete, err := c.Balikan.Incomplete(ctx, i.ID, site.PerPage)
	if err != nil {
		return err
	}
	rows := func(list []balikan.Received) (out []receivedRow) {
		for _, x := range list {
			row := receivedRow{At: site.Clock(x.At, v), NIK: x.Item.NIK.Masked(), Via: ways[x.Via]}
			if x.Item.Incomplete {
				row.Values = "tidak lengkap"
			}
			out = append(out, row)
		}
		return out
	}
	p.Doubtful = []receivedList{{"Data balikan tanpa pencarian", rows(strange)}, {"Data balikan yang belum lengkap", rows(incomplete)}}
	return c.Show(w, r, http.StatusOK, "balikan-instansi", c.Page(r, v, "Data balikan "+i.Name, p))
}
