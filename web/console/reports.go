package console

import (
	"net/http"

	"gapura/agreement/obligation"
	"gapura/office/report"
	"gapura/web/agency"
	"gapura/web/site"
)

// reports is the board of all agencies' reports of one semester (J5).
func (c *Figures) reports(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := agency.ReportsPage{}
	today := v.Today()
	// A semester that has not ended has no reports yet.
	s := obligation.SemesterOf(today)
	if today.Before(s.Ends()) {
		s = s.Previous()
	}
	var chosen obligation.Semester
	chosen, p.Options = semesters(r, s)
	p.Semester = chosen.Words()
	kept, err := c.Store.Reports(r.Context(), 0, chosen.String())
	if err != nil {
		return err
	}
	of := map[int64]report.Kept{}
	for _, k := range kept {
		of[k.Agency] = k
	}
	facts, calendar, err := agency.DutyFacts(r, v, c.Store, 0)
	if err != nil {
		return err
	}
	all, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	for _, st := range all {
		i := st.Institution
		k, has := of[i.ID]
		if !has && !obligation.InForce(facts[i.ID], chosen.Begins(), chosen.Ends()) {
			continue // nothing is reported of a semester without an agreement
		}
		row := agency.ReportRow{Name: i.Name, Path: "/konsol/laporan/" + i.Code + "/" + chosen.String(),
			State: site.Tag{Label: "Belum dibuat", Kind: ""}}
		if has {
			agency.DescribeReport(&row, k, i)
		}
		row.Owe(obligation.Duties(facts[i.ID], calendar, i.Zone.Day(v.Now)), chosen.String(), k, i.Zone)
		p.Rows = append(p.Rows, row)
	}
	return c.Show(w, r, http.StatusOK, "laporan-semua", c.Page(r, v, "Laporan semester", p))
}

func (c *Figures) agencyReport(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	return c.Agency.Duties().ShowReport(w, r, v, i, http.StatusOK, nil, nil)
}

func (c *Figures) agencyReportFile(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	return c.Agency.Duties().ReportFile(w, r, v, i)
}
