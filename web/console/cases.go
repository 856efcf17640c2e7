package console

import (
	"net/http"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

type caseRow struct {
	ID                      int64
	Procedure, Agency, Code string
	Letter                  string // the first one; empty: none yet
	State                   site.Tag
	Next                    string // name of the step that comes now
	Decision                bool   // which is a decision
	Decided                 bool   // the step before was one: the office goes on
	Opened, Changed         string
	Due                     string // until when it must be over; empty: no clock runs
	Urgent                  bool   // that is soon, or was
}

func caseRows(all []*procedure.Procedure, list []procedure.CaseRow, v *site.Visitor) []caseRow {
	out := make([]caseRow, 0, len(list))
	for _, x := range list {
		row := caseRow{ID: x.ID, Procedure: x.Procedure, Agency: x.AgencyName, Code: x.AgencyCode, Letter: x.Letter,
			State:  site.Tag{Label: x.State.Label(), Kind: agency.CaseTags[x.State]},
			Opened: site.Clock(x.Opened, v), Changed: site.Clock(x.Changed, v)}
		if x.Agency == party.Provider {
			row.Code = ""
		}
		if p, ok := procedure.Find(all, x.Procedure); ok {
			row.Procedure = p.Name
			if due, runs := p.Due(x.Opened); runs && x.State == procedure.Open {
				row.Due, row.Urgent = site.Clock(due, v), v.Now.Add(24*time.Hour).After(due)
			}
			if x.State == procedure.Open && x.Steps < len(p.Steps) {
				row.Next, row.Decision = p.Steps[x.Steps].Name, p.Steps[x.Steps].Decision
				before := x.Steps - 1
				for before > 0 && p.Steps[before].AsksNothing() {
					before--
				}
				row.Decided = before >= 0 && p.Steps[before].Decision
			}
		}
		out = append(out, row)
	}
	return out
}

type newCasePage struct {
	site.Tabs
	Provider bool // for the office itself
	Agencies []site.Option
	Groups   []procedure.Group
}

// newCase offers the procedures that fit an agency, or the office itself.
func (c *Cases) newCase(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := newCasePage{Tabs: site.Tabs{Code: r.URL.Query().Get("instansi")}}
	p.Provider = p.Code == ""
	var x procedure.Facts
	if !p.Provider {
		i, _, found, err := c.Store.InstitutionByCode(r.Context(), p.Code)
		if err == nil && found {
			p.Name = i.Name
			x, err = c.Store.Facts(r.Context(), i.ID, v.Now)
		}
		if err != nil {
			return err
		}
		if !found || i.ID == party.Provider {
			return site.ErrNotFound
		}
	}
	var fit []*procedure.Procedure
	for _, pr := range c.Office.Procedures {
		if !pr.OwnPage && (pr.Needs == "provider") == p.Provider && (pr.Needs != "agreement" || x.Agreement != nil) {
			fit = append(fit, pr)
		}
	}
	p.Groups = procedure.Groups(fit)
	all, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	for _, st := range all {
		p.Agencies = append(p.Agencies, site.Option{Value: st.Institution.Code, Label: st.Institution.Name,
			Chosen: st.Institution.Code == p.Code})
	}
	return c.Show(w, r, http.StatusOK, "berkas-baru", c.Page(r, v, "Berkas baru", p))
}

// openCase begins a case; one without an agency is the office's own.
func (c *Cases) openCase(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "instansi", "prosedur", "lanjut", "pengguna")
	if err != nil {
		return err
	}
	if f["lanjut"] != "" {
		return c.follow(w, r, v, f["instansi"], f["prosedur"], nil)
	}
	about := party.Provider
	if f["instansi"] != "" {
		i, _, found, err := c.Store.InstitutionByCode(r.Context(), f["instansi"])
		if err != nil {
			return err
		}
		if !found || i.ID == party.Provider {
			return site.ErrNotFound
		}
		about = i.ID
	}
	if p, ok := procedure.Find(c.Office.Procedures, f["prosedur"]); ok && p.OwnPage {
		return told.Refuse("Prosedur ini dimulai dari halamannya sendiri.")
	}
	id, err := c.Office.Open(r.Context(), v.Actor(), about, f["prosedur"])
	if err != nil {
		return err
	}
	return c.Redirect(w, r, site.Link("/konsol/berkas/"+site.ID(id), "pengguna", f["pengguna"]))
}
