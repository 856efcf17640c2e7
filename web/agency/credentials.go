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

func (c *Agency) ownTokens(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p, err := ViewTokens(r.Context(), c.Tokens, v.Institution.ID, v, "/kredensial/")
	if err != nil {
		return err
	}
	return c.Show(w, r, http.StatusOK, "kredensial", c.Page(r, v, "Kredensial", p))
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
