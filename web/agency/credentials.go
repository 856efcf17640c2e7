package agency

import (
	"context"
	"net/http"
	"slices"
	"time"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/web/site"
)

// Tokens are an agency's, newest first, without their secrets.
type Tokens interface {
	TokensOf(ctx context.Context, agency, before int64, most int, now time.Time) ([]party.Listed, error)
	RevokeToken(ctx context.Context, c journal.Change, fingerprint string) (party.Credential, error)
	OpenSlips(ctx context.Context, agency int64, now time.Time) ([]party.Slip, error)
	DrawSecond(ctx context.Context, slip, by int64, now time.Time) (second string, err error)
}

// A TokensView is the list of an agency's tokens, as both sides' pages show it (template part "token-rows").
type TokensView struct {
	Rows   []TokenRow
	Action string // before a fingerprint: where the form goes that revokes; empty: none
}

// A TokenRow is one token.
type TokenRow struct {
	Fingerprint, Kind, App, Purpose, Owner, Letter string
	Taken, Used, Until                             string
	State                                          site.Tag
	MayRevoke                                      bool
}

// mostTokens is how many a page shows; an agency has a handful.
const mostTokens = 200

// ViewTokens reads what a page about an agency's tokens shows.
func ViewTokens(ctx context.Context, t Tokens, agency int64, v *site.Visitor, action string) (TokensView, error) {
	p := TokensView{Action: action}
	list, err := t.TokensOf(ctx, agency, 0, mostTokens, v.Now)
	if err != nil {
		return p, err
	}
	day := func(at time.Time) string {
		if at.IsZero() {
			return "-"
		}
		return bahasa.Date(v.Zone().Day(at))
	}
	for _, c := range list {
		row := TokenRow{
			Fingerprint: c.Fingerprint, Kind: c.Kind.Label(), App: c.AppName, Purpose: c.Label, Owner: c.OwnerLogin, Letter: c.Letter,
			Taken: day(c.Issued), Used: day(c.LastUsed), Until: day(c.Expires),
			State: site.Tag{Kind: "ok", Label: c.At(v.Now).Label()}, MayRevoke: action != "" && c.At(v.Now) != party.IsRevoked &&
				c.At(v.Now) != party.Expired,
		}
		switch {
		case c.At(v.Now) == party.Prepared || c.Barred == "" && c.At(v.Now) == party.Replaced:
			row.State.Kind = "mid"
		case c.Barred != "":
			row.State = site.Tag{Kind: "bad", Label: "mati: " + c.Barred}
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// An ownTokens is the page of an agency's credentials, where its people hand over the second halves of slips that were printed at the
// provider's command line.
type ownTokens struct{ *Agency }

type ownTokensPage struct {
	TokensView
	Halves []site.SlipRow
	Second string // that was drawn just now
	Of     string
}

func (c ownTokens) page(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.write(w, r, v, ownTokensPage{})
}

func (c ownTokens) write(w http.ResponseWriter, r *http.Request, v *site.Visitor, p ownTokensPage) (err error) {
	w.Header().Set("Cache-Control", "no-store")
	if p.TokensView, err = ViewTokens(r.Context(), c.Tokens, v.Institution.ID, v, "/kredensial/"); err != nil {
		return err
	}
	open, err := c.Tokens.OpenSlips(r.Context(), v.Institution.ID, v.Now)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Unseen() && x.MayDraw(v.User.ID, v.Now) {
			p.Halves = append(p.Halves, site.SlipRowOf(x, v, "/kode-kedua", false, true))
		}
	}
	return c.Show(w, r, http.StatusOK, "kredensial", c.Page(r, v, "Kredensial", p))
}

// draw shows the second half in this answer only.
func (c ownTokens) draw(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if _, err := c.Form(w, r); err != nil {
		return err
	}
	open, err := c.Tokens.OpenSlips(r.Context(), v.Institution.ID, v.Now)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(open, func(x party.Slip) bool { return x.ID == site.Number(r.PathValue("id")) && x.Unseen() })
	if i < 0 {
		return site.ErrNotFound
	}
	p := ownTokensPage{Of: open[i].OwnerLogin}
	if p.Second, err = c.Tokens.DrawSecond(r.Context(), open[i].ID, v.User.ID, v.Now); err != nil {
		return err
	}
	return c.write(w, r, v, p)
}

// revokeOwn ends a token of the visitor's own agency at once. Restricting needs nobody else.
func (c *Agency) revokeOwn(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "alasan")
	if err != nil {
		return err
	}
	if f["alasan"] == "" || len(f["alasan"]) > 200 {
		return told.Wrong("alasan", "Alasan pencabutan harus diisi, paling panjang 200 karakter.")
	}
	list, err := c.Tokens.TokensOf(r.Context(), v.Institution.ID, 0, mostTokens, v.Now)
	if err != nil {
		return err
	}
	print := r.PathValue("sidik")
	if !slices.ContainsFunc(list, func(x party.Listed) bool { return x.Fingerprint == print && x.At(v.Now) != party.IsRevoked }) {
		return site.ErrNotFound
	}
	if _, err := c.Tokens.RevokeToken(r.Context(), journal.Change{At: v.Now, By: v.User.ID, Reason: f["alasan"]}, print); err != nil {
		return err
	}
	return c.Redirect(w, r, "/kredensial")
}
