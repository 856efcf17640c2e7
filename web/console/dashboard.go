package console

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/office/evaluation"
	"gapura/web/agency"
	"gapura/web/site"
	"gapura/web/ui"
)

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
			return c.Agency.Duties().AgencyDashboard(w, r, v, i, all, false)
		}
	}
	ctx, day := r.Context(), v.Today()
	s := agency.SpanOf(r, day)
	d := &agency.Dashboard{Heading: "Dasbor", Path: "/konsol/dasbor",
		About: "Pemanfaatan data oleh seluruh instansi, menurut jurnal akses.", WithAlerts: true}
	quotas, rates, overdue, err := c.live(r, v, d)
	if err != nil {
		return err
	}
	return agency.ShowDashboard(c.Site, w, r, v, d, s, func() error {
		// Both go over the same sums; on another core each.
		var sums map[int64]evaluation.Totals
		var failed error
		var other sync.WaitGroup
		other.Go(func() { sums, failed = c.Sums.AgencyTotals(ctx, s.From, s.To) })
		rows, err := c.Sums.DayTotals(ctx, s.From, s.To)
		other.Wait()
		if err = errors.Join(err, failed); err != nil {
			return err
		}
		// A day leads to its own dashboard; records are listed by agency.
		d.Chart = agency.ByDay(s, rows, func(from, to time.Time, _ string) string {
			return site.Link("/konsol/dasbor", "dari", from.Format(time.DateOnly), "sampai", to.Format(time.DateOnly))
		})
		var sum evaluation.Totals
		for _, t := range sums {
			sum.Add(t)
		}
		for _, x := range []struct {
			label, class string
			n            int
		}{
			{"Data ditemukan", "ok", sum.Found}, {access.Deceased.Text(), "mid", sum.Deceased}, {access.Duplicate.Text(), "mid",
				sum.Duplicate}, {access.Unknown.Text(), "mid", sum.Unknown},
			{access.Inactive.Text(), "mid", sum.Inactive}, {access.Malformed.Text(), "mid", sum.Malformed},
			{"Ditolak", "bad", sum.Refused()},
		} {
			if x.n > 0 {
				d.Outcomes = append(d.Outcomes, agency.ShareRow{Label: x.label, Link: "", N: x.n, Share: ui.Share{Part: x.n,
					Whole: sum.Lookups, Class: x.class}})
			}
		}
		d.Outcomes = agency.Sorted(d.Outcomes)
		d.FillAgencies(r, v, s, quotas, sums, rates, overdue)
		list, err := c.Watching.Alerts(ctx, guard.AlertsQuery{Most: 5})
		d.Alerts = agency.AlertRows(list, v)
		return err
	})
}

// live fills the tiles of today, and returns what the table of agencies needs of the same figures.
func (c *Figures) live(r *http.Request, v *site.Visitor, d *agency.Dashboard) (quotas []access.QuotaRow, rates map[int64]balikan.Rate,
	overdue map[int64]int, err error) {
	ctx, day := r.Context(), v.Today()
	var now agency.Today
	rows, err := c.Sums.DayTotals(ctx, day, day.AddDate(0, 0, 1))
	if err != nil {
		return nil, nil, nil, err
	}
	for _, u := range rows {
		now.Lookups, now.Hits, now.Refused = now.Lookups+u.Lookups, now.Hits+u.Hits, now.Refused+u.Refused()
	}
	quotas, err = c.Store.Quotas(ctx, v.Now)
	if err != nil {
		return nil, nil, nil, err
	}
	rates, err = c.Balikan.AllRates(ctx, agency.SemesterBegin(day), day)
	if err != nil {
		return nil, nil, nil, err
	}
	begin := v.Zone().Begin(day)
	fresh, err := c.Sums.Counts(ctx, begin, begin.AddDate(0, 0, 1), v.Now)
	if err != nil {
		return nil, nil, nil, err
	}
	ever, err := c.Sums.Counts(ctx, time.UnixMicro(1), v.Now.AddDate(0, 0, 1), v.Now)
	if err != nil {
		return nil, nil, nil, err
	}
	facts, calendar, err := agency.DutyFacts(r, v, c.Store, 0)
	if err != nil {
		return nil, nil, nil, err
	}
	var rate balikan.Rate
	for _, x := range rates {
		rate = agency.AddRates(rate, x)
	}
	var alerts, all evaluation.Counts
	for _, x := range fresh {
		alerts.Add(x)
	}
	for _, x := range ever {
		all.Add(x)
	}
	warned, late := 0, 0
	overdue = map[int64]int{}
	for _, q := range quotas {
		if agency.AgencyRowOf(q, v.Now).Warn {
			warned++
		}
		if n, _ := agency.CountDuties(obligation.Duties(facts[q.Standing.Institution.ID], calendar, day)); n > 0 {
			overdue[q.Standing.Institution.ID] = n
			late += n
		}
	}
	d.Live.List = append(now.Tiles(),
		agency.Counted("Instansi di atas 80 % kuota", warned, "mid", "/konsol/instansi"), agency.RateTile(rate, "/konsol/balikan"),
		agency.Counted("Peringatan hari ini", alerts.Alerts(), "mid", "/konsol/pengawasan"),
		agency.Counted("Kewajiban terlambat", late, "bad", "/konsol/kepatuhan"), agency.Counted("Insiden belum ditutup", all.Open, "bad",
			"/konsol/insiden?terbuka=ya"))
	return quotas, rates, overdue, nil
}
