package console

import (
	"context"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/web/site"
)

// Slips hand out the second halves of slips. DrawSecond shows one once, never to the person who issued the slip.
type Slips interface {
	OpenSlips(ctx context.Context, agency int64, now time.Time) ([]party.Slip, error)
	DrawSecond(ctx context.Context, slip, by int64, now time.Time) (second string, err error)
}

type slipRow struct {
	ID              int64
	For, Owner      string
	Letter, Until   string
	Mailed, Drawn   bool
	Mine, Permitted bool
}

type slipsPage struct {
	Rows   []slipRow
	Second string // that was drawn just now
	Of     string
}

func (c *Cases) slips(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeSlips(w, r, v, slipsPage{})
}

func (c *Cases) writeSlips(w http.ResponseWriter, r *http.Request, v *site.Visitor, p slipsPage) error {
	w.Header().Set("Cache-Control", "no-store")
	open, err := c.Slips.OpenSlips(r.Context(), -1, v.Now)
	if err != nil {
		return err
	}
	for _, x := range open {
		p.Rows = append(p.Rows, slipRow{
			ID: x.ID, For: x.For.Label(), Owner: x.OwnerLogin, Letter: x.Letter, Until: bahasa.Date(x.Until.In(v.Zone().Location())), Mailed: x.Mailed,
			Drawn: x.Second != party.Hash{}, Mine: x.IssuedBy == v.User.ID, Permitted: v.May(access.ToFile) && x.MayDraw(v.User.ID, v.Now),
		})
	}
	return c.Show(w, r, http.StatusOK, "lembar", c.Page(r, v, "Kode kedua", p))
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
