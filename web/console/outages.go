package console

import (
	"context"
	"net/http"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/outage"
	"gapura/web/site"
)

// OutageStore keeps what was announced.
type OutageStore interface {
	Outages(ctx context.Context, before int64, most int) ([]outage.Outage, error)
}

type outagesPage struct {
	Rows   []outageRow
	Older  string
	May    bool
	Zone   string
	Typed  map[string]string
	Faults told.Errors
}

type outageRow struct {
	ID                        int64
	Period, Reason, Announced string
	State                     site.Tag
	Withdrawn                 string // when and by whom
	Stands                    bool
}

// outages lists planned outages, with the form by which another is announced.
func (c *Settings) outages(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeOutages(w, r, v, http.StatusOK, outagesPage{})
}

func (c *Settings) writeOutages(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p outagesPage) error {
	list, err := c.OutageStore.Outages(r.Context(), site.Number(r.URL.Query().Get("sebelum")), site.PerPage+1)
	if err != nil {
		return err
	}
	p.May, p.Zone = v.May(access.ToSet), string(v.Zone())
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/gangguan", "sebelum", site.ID(list[site.PerPage-1].ID))
	}
	for _, o := range list {
		row := outageRow{ID: o.ID, Period: o.Period(v.Zone()), Reason: o.Reason, Stands: o.Stands(v.Now),
			Announced: site.Clock(o.Announced, v) + ", " + o.AnnouncedBy}
		switch {
		case !o.Withdrawn.IsZero():
			row.State, row.Withdrawn = site.Tag{Label: "Ditarik", Kind: "off"}, site.Clock(o.Withdrawn, v)+", "+o.TakenBack
		case o.UnderWay(v.Now):
			row.State = site.Tag{Label: "Berlangsung", Kind: "mid"}
		case o.Stands(v.Now):
			row.State = site.Tag{Label: "Diumumkan", Kind: "mid"}
		default:
			row.State = site.Tag{Label: "Selesai", Kind: "ok"}
		}
		p.Rows = append(p.Rows, row)
	}
	return c.Show(w, r, status, "gangguan", c.Page(r, v, "Gangguan terencana", p))
}

// announceOutage announces one; times are of the visitor's zone.
func (c *Settings) announceOutage(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "mulai", "jam_mulai", "selesai", "jam_selesai", "sebab")
	if err != nil {
		return err
	}
	at := func(day, hour string) time.Time {
		t, err := time.ParseInLocation("2006-01-02 15:04", f[day]+" "+strings.ReplaceAll(f[hour], ".", ":"), v.Zone().Location())
		if err != nil {
			return time.Time{}
		}
		return t
	}
	o := outage.Outage{From: at("mulai", "jam_mulai"), To: at("selesai", "jam_selesai"), Reason: strings.TrimSpace(f["sebab"])}
	err = office.OutagesOf(c.Office).Announce(r.Context(), v.Actor(), o)
	if faults := told.Invalids(err); faults != nil {
		return c.writeOutages(w, r, v, http.StatusUnprocessableEntity, outagesPage{Typed: f, Faults: faults})
	}
	return c.announced(w, r, err)
}

// withdrawOutage takes an announcement back.
func (c *Settings) withdrawOutage(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "alasan")
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(f["alasan"])
	if reason == "" || len(reason) > 200 {
		return told.Wrong("alasan", "Alasan harus diisi, paling panjang 200 karakter.")
	}
	return c.announced(w, r, office.OutagesOf(c.Office).Withdraw(r.Context(), v.Actor(), site.Number(r.PathValue("id")), reason))
}

// announced goes back to the list, with what all doors of this process tell from now on; other processes follow in seconds.
func (c *Settings) announced(w http.ResponseWriter, r *http.Request, err error) error {
	if err != nil {
		return err
	}
	c.Outages.Refresh(r.Context())
	return c.Redirect(w, r, "/konsol/gangguan")
}
