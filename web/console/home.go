package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/obligation"
	"gapura/internal/bahasa"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/web/agency"
	"gapura/web/site"
)

// HomeStore is what the first page reads besides what is watched.
type HomeStore interface {
	agency.DutyStore
	openCases
	Everyone(ctx context.Context) ([]access.Standing, error)
}

// Home is the console's first page, what waits for the visitor and what needs somebody's eye, and the pages of its sections.
type Home struct {
	*site.Site
	Store     HomeStore
	Office    *office.Office
	Slips     Slips
	Incidents agency.Incidents
	Watching  agency.Watching
	Curiosity CuriosityStore
	Ills      func(context.Context) []string // what is wrong with the installation itself, or under way in it; nil: nobody knows
	// Deciders is how many different people can decide as administrators.
	Deciders func(context.Context) (int, error)
}

// Pages are the templates.
func (c *Home) Pages() []string { return []string{"beranda", "bagian"} }

// Routes is the table.
func (c *Home) Routes() []site.Route {
	out := []site.Route{
		{Pattern: "GET /konsol", Act: access.ToLook, Handle: c.home},
		{Pattern: "GET /konsol/menunggu", Act: access.ToLook, Handle: c.waits},
	}
	for _, s := range site.Listed() {
		out = append(out, site.Route{Pattern: "GET " + s.Path, Act: access.ToLook,
			Handle: func(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
				s.Places = s.For(v)
				return c.Show(w, r, http.StatusOK, "bagian", c.Page(r, v, s.Label, s))
			}})
	}
	return out
}

type homePage struct {
	Waiting  waiting
	Groups   []attention
	More     int // agencies that are not shown
	None     bool
	MayFile  bool
	Ills     []string
	Few      bool // no administrator more than a decision needs
	Deciders int
}

// attention is what one agency needs somebody's eye for, the oldest first.
type attention struct {
	Agency, Code string
	Items        []item
}

type item struct {
	Text, Path string
	Tag        site.Tag
	Since      time.Time
}

// mostAttention is how many agencies are shown; the board of compliance and the lists show all.
const mostAttention = 25

// alertDays is how long an alert that stopped nobody stays on the first page.
const alertDays = 7

func (c *Home) home(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := homePage{MayFile: v.May(access.ToFile)}
	var err error
	if p.Waiting, err = waitingFor(r, v, c.Office, c.Store, c.Slips, false); err != nil {
		return err
	}
	all, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	p.None = len(all) == 0
	if p.Groups, err = c.attention(r, v, all); err != nil {
		return err
	}
	if len(p.Groups) > mostAttention {
		p.Groups, p.More = p.Groups[:mostAttention], len(p.Groups)-mostAttention
	}
	if c.Ills != nil {
		p.Ills = c.Ills(r.Context())
	}
	if p.Deciders, err = c.Deciders(r.Context()); err != nil {
		return err
	}
	p.Few = p.Deciders <= 2 && !p.None // an office begins with two
	page := c.Page(r, v, "Beranda", p)
	page.Script = liveScript
	return c.Show(w, r, http.StatusOK, "beranda", page)
}

// waits answers with what waits for the visitor alone.
func (c *Home) waits(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	list, err := waitingFor(r, v, c.Office, c.Store, c.Slips, r.URL.Query().Has("tanpa_kode"))
	if err != nil {
		return err
	}
	return c.ShowPart(w, r, http.StatusOK, "beranda", "waits", list)
}

// attention reads open incidents, users whom the Watcher stopped or warned of, open cases of lookups without a service, and late duties.
func (c *Home) attention(r *http.Request, v *site.Visitor, all []access.Standing) ([]attention, error) {
	ctx, of := r.Context(), map[int64][]item{}
	incidents, err := c.Incidents.Incidents(ctx, -1, true, 0, site.PerPage)
	if err != nil {
		return nil, err
	}
	for i := range incidents {
		x := &incidents[i]
		of[x.Agency] = append(of[x.Agency], item{"Insiden: " + incident.KindLabel(x.Kind), "/konsol/insiden/" + site.ID(x.ID),
			agency.ClockTag(x, v.Now), x.Known})
	}
	alerts, err := c.Watching.Alerts(ctx, guard.AlertsQuery{Most: site.PerPage})
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{} // one line for each user, with the latest alert
	for _, x := range agency.AlertRows(alerts, v) {
		if seen[x.User] || !x.Now && v.Now.Sub(x.Last) > alertDays*24*time.Hour {
			continue
		}
		seen[x.User] = true
		of[x.Agency] = append(of[x.Agency], item{"Peringatan " + x.Login + ": " + x.Rule, x.Path, site.Tag{Label: x.Tag[0], Kind: x.Tag[1]},
			x.First})
	}
	cases, err := c.Curiosity.CuriosityCases(ctx, true, 0, site.PerPage)
	if err != nil {
		return nil, err
	}
	for i := range cases {
		x := &cases[i]
		of[x.Agency] = append(of[x.Agency], item{"Pencarian tanpa dasar, " + x.Login, "/konsol/tanpa-dasar/" + site.ID(x.ID),
			site.Tag{Label: x.State.Label(), Kind: curiosityTags[x.State]}, x.Opened})
	}
	facts, calendar, err := agency.DutyFacts(r, v, c.Store, 0)
	if err != nil {
		return nil, err
	}
	for id, f := range facts {
		of[id] = append(of[id], lateDuties(obligation.Duties(f, calendar, v.Today()))...)
	}
	return grouped(all, of), nil
}

// lateDuties is one line for all duties of an agency that are late; their page lists them.
func lateDuties(list []obligation.Duty) []item {
	late := slices.DeleteFunc(slices.Clone(list), func(d obligation.Duty) bool { return d.State != obligation.Overdue })
	if len(late) == 0 {
		return nil
	}
	oldest := slices.MinFunc(late, func(a, b obligation.Duty) int { return a.Due.Compare(b.Due) })
	text := oldest.Rule.Name + ", seharusnya " + bahasa.Date(oldest.Due)
	if len(late) > 1 {
		text += ", dan " + bahasa.Number(len(late)-1) + " kewajiban lain"
	}
	return []item{{text, "", site.Tag{Label: "Terlambat", Kind: "bad"}, oldest.Due}}
}

// grouped puts what needs attention under its agency: in each the oldest first, and the agency with the oldest first.
func grouped(all []access.Standing, of map[int64][]item) (out []attention) {
	for _, st := range all {
		i := st.Institution
		items := of[i.ID]
		if len(items) == 0 {
			continue
		}
		for n := range items {
			items[n].Path = cmp.Or(items[n].Path, "/konsol/kewajiban/"+i.Code)
		}
		slices.SortStableFunc(items, func(a, b item) int { return a.Since.Compare(b.Since) })
		out = append(out, attention{i.Name, i.Code, items})
	}
	slices.SortStableFunc(out, func(a, b attention) int { return a.Items[0].Since.Compare(b.Items[0].Since) })
	return out
}
