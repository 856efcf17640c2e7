package console

import (
	"context"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/web/site"
)

// Slips hand out the halves of slips: PrintSlip the first, for a sealed envelope; DrawSecond the second, never to the person who printed
// the slip.
type Slips interface {
	PrintSlip(ctx context.Context, c journal.Change, slip int64) (code string, x party.Slip, err error)
	OpenSlips(ctx context.Context, agency int64, now time.Time) ([]party.Slip, error)
	DrawSecond(ctx context.Context, slip, by int64, now time.Time) (second string, err error)
}

type slipsPage struct {
	Rows    []site.SlipRow
	Waiting waiting
	Second  string // that was drawn just now
	Of      string
}

// slipRows are the open slips of an agency (-1: of all) that keep takes.
func slipRows(r *http.Request, s Slips, v *site.Visitor, agency int64, keep func(party.Slip) bool) (rows []site.SlipRow, err error) {
	open, err := s.OpenSlips(r.Context(), agency, v.Now)
	if err != nil {
		return nil, err
	}
	for _, x := range open {
		if keep(x) {
			row := site.SlipRowOf(x, v, "/konsol/lembar", v.May(access.ToFile), v.May(access.ToFile) && !x.Unseen())
			row.AtAgency = x.Unseen()
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func (c *Cases) slips(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeSlips(w, r, v, slipsPage{})
}

func (c *Cases) writeSlips(w http.ResponseWriter, r *http.Request, v *site.Visitor, p slipsPage) (err error) {
	w.Header().Set("Cache-Control", "no-store")
	if p.Rows, err = slipRows(r, c.Slips, v, -1, func(party.Slip) bool { return true }); err != nil {
		return err
	}
	if p.Waiting, err = waitingFor(r, v, c.Office, c.Store, c.Slips, true); err != nil {
		return err
	}
	page := c.Page(r, v, "Lembar rahasia", p)
	page.Script = liveScript
	return c.Show(w, r, http.StatusOK, "lembar", page)
}

// printSlip answers with the sheet, once: another one has another code.
func (c *Cases) printSlip(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if _, err := c.Form(w, r); err != nil {
		return err
	}
	code, x, err := c.Slips.PrintSlip(r.Context(), journal.Change{At: v.Now, By: v.User.ID, Reason: "cetak lembar rahasia"},
		site.Number(r.PathValue("id")))
	if err != nil {
		return err
	}
	c.Office.Sent(x.Mailed) // printing queued the e-mail with the second half
	pdf, err := c.Office.Sheet(r.Context(), office.Sheet{Slip: x, Code: code, URL: base(c.Site, c.Office, r)})
	if err != nil {
		return err // printing again makes another code
	}
	return site.SendSheet(w, x.OwnerLogin, pdf)
}

// drawSecond shows the second half in this answer only.
func (c *Cases) drawSecond(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if _, err := c.Form(w, r); err != nil {
		return err
	}
	id := site.Number(r.PathValue("id"))
	open, err := c.Slips.OpenSlips(r.Context(), -1, v.Now)
	if err != nil {
		return err
	}
	p := slipsPage{}
	for _, x := range open {
		if x.ID == id {
			p.Of = x.OwnerLogin
		}
	}
	if p.Second, err = c.Slips.DrawSecond(r.Context(), id, v.User.ID, v.Now); err != nil {
		return err
	}
	return c.writeSlips(w, r, v, p)
}
