package console

import (
	"net/http"

	"gapura/access/access"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

type agencyTokensPage struct {
	site.Tabs
	agency.TokensView
	MayFile bool
	Begin   []site.Option // cases about credentials
}

// agencyTokens lists an agency's tokens. What changes them is a case.
func (c *Agencies) agencyTokens(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	p := agencyTokensPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "kredensial"}, MayFile: v.May(access.ToFile)}
	if p.TokensView, err = agency.ViewTokens(r.Context(), c.Tokens, i.ID, v, ""); err != nil {
		return err
	}
	for _, key := range []string{"token", "pencabutan-token", "atur-ulang"} {
		if pr, ok := procedure.Find(c.Office.Procedures, key); ok {
			p.Begin = append(p.Begin, site.Option{Value: key, Label: pr.Name})
		}
	}
	return c.Show(w, r, http.StatusOK, "instansi-kredensial", c.Page(r, v, "Kredensial "+i.Name, p))
}
