package agency

import (
	"net/http"
	"strings"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/journal/journal"
	"gapura/office/manuscript"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

// An AppRow is an application of an agency's register, as both sides' pages show it (template part "app-rows").
type AppRow struct {
	Name, Kind, Methods, Answers string
	Rights                       string // what narrows its users; empty: nothing
	State                        site.Tag
	Detail                       string // the letter that the state rests on, and until when
	Quota                        string
	Hits                         int // today
	Since                        string
	Guideline                    int // version that names it first; 0: not known
}

// ViewApplications is the register: the portal first, then those in use, ended ones last.
func ViewApplications(x procedure.Facts, hits journal.Hits, guidelines []manuscript.Manuscript) (rows []AppRow) {
	apps := x.Applications()
	for _, a := range x.Apps {
		if !a.InUse(x.Now) {
			apps = append(apps, a)
		}
	}
	for _, a := range apps {
		row := appRow(a, x, hits[a.ID])
		for _, m := range guidelines {
			if a.ID != 0 && m.Content.App == a.ID {
				row.Guideline = m.Version
			}
		}
		rows = append(rows, row)
	}
	return rows
}

var trialKinds = map[agreement.Trial]string{agreement.Passed: "ok", agreement.Trying: "mid", agreement.Renewed: "mid",
	agreement.Untried: "mid", agreement.Failed: "bad"}

func appRow(a party.App, x procedure.Facts, hits int) AppRow {
	zone := x.Institution.Zone
	row := AppRow{Name: a.Name, Kind: a.Kind.Label(), Methods: strings.Join(agreement.MethodLabels(a.Methods), ", "), Answers: a.Answers,
		Rights: strings.TrimPrefix(procedure.Narrowing(a.MatchOnly, a.Purposes), "; "), Hits: hits, Quota: "-", Since: "bersama perjanjian"}
	if a.Kind == party.PortalApp {
		h := x.Institution.Head(x.Today)
		row.Answers = h.Name + ", " + h.Position
	} else if a.Since.After(zone.Begin(x.Today).AddDate(-100, 0, 0)) {
		row.Since = bahasa.Date(zone.Day(a.Since))
	}
	if !a.InUse(x.Now) {
		row.State = site.Tag{Label: "diakhiri " + bahasa.Date(zone.Day(a.Ended)), Kind: "bad"}
		return row
	}
	if x.Grant == nil {
		row.State = site.Tag{Label: "belum ada perjanjian", Kind: "mid"}
		return row
	}
	row.State, row.Detail, row.Quota = TrialOf(x.Grant, a.ID)
	return row
}

// TrialOf is where an application stands with its PoC by a grant, the letter that says so, and what quota it has.
func TrialOf(g *agreement.Grant, app int64) (state site.Tag, letter, quota string) {
	t, l := g.Trial(app)
	if l.Letter != "" {
		letter = "surat " + l.Letter
	}
	if t == agreement.Trying {
		letter += ", sampai " + bahasa.Date(l.Until)
	}
	switch {
	case t == agreement.Passed:
		quota = "tanpa batas"
	case g.Admits(app):
		quota = "dalam batas " + bahasa.Number(g.Quota) + " bersama"
	default:
		quota = "tertutup"
	}
	return site.Tag{Label: t.Label(), Kind: trialKinds[t]}, letter, quota
}

type ownAppsPage struct {
	Here string
	Rows []AppRow
}

// ownApplications shows an agency its applications with their PoCs.
func (c *Agency) ownApplications(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	x, err := c.Store.Facts(r.Context(), v.Institution.ID, v.Now)
	if err != nil {
		return err
	}
	hits, err := c.Store.Hits(r.Context(), v.Institution.ID, x.Today)
	if err != nil {
		return err
	}
	guidelines, err := office.ManuscriptsOf(c.Office).List(r.Context(), v.Institution.ID)
	if err != nil {
		return err
	}
	return c.Show(w, r, http.StatusOK, "aplikasi-sendiri", c.Page(r, v, "Aplikasi instansi", ownAppsPage{Here: "aplikasi",
		Rows: ViewApplications(x, hits, guidelines)}))
}
