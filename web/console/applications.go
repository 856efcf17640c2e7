package console

import (
	"net/http"

	"gapura/access/access"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

type agencyAppsPage struct {
	site.Tabs
	Rows    []agency.AppRow
	MayFile bool
	Begin   []site.Option // cases about applications
}

// agencyApps lists an agency's applications with their PoCs (E11). What changes them is a case.
func (c *Agencies) agencyApps(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	x, err := c.Store.Facts(r.Context(), i.ID, v.Now)
	if err != nil {
		return err
	}
	hits, err := c.Store.Hits(r.Context(), i.ID, x.Today)
	if err != nil {
		return err
	}
	guidelines, err := office.ManuscriptsOf(c.Office).List(r.Context(), i.ID)
	if err != nil {
		return err
	}
	p := agencyAppsPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "aplikasi"}, MayFile: v.May(access.ToFile) && x.Agreement != nil,
		Rows: agency.ViewApplications(x, hits, guidelines)}
	for _, key := range []string{"aplikasi", "poc", "aplikasi-berakhir"} {
		if pr, ok := procedure.Find(c.Office.Procedures, key); ok {
			p.Begin = append(p.Begin, site.Option{Value: key, Label: pr.Name})
		}
	}
	return c.Show(w, r, http.StatusOK, "instansi-aplikasi", c.Page(r, v, "Aplikasi "+i.Name, p))
}
