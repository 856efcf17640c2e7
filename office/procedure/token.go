package procedure

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
)

// tokenFields are what a token's effects need; all are fixed in the request.
var tokenFields = map[string]string{"pengguna": "user", "token": "tokens", "aplikasi": "text", "kegunaan": "text", "masa_berlaku": "number",
	"masa_peralihan": "number"}

// application is the name of the application that a request is for: a program's user id is one by itself, officers' desk has to be named.
func (c *Case) application(u party.User) string {
	if u.Role == party.Application {
		return cmp.Or(c.Value("aplikasi"), u.Name)
	}
	return c.Value("aplikasi")
}

// namesNoDesk reports whether an officer's token is asked for without the desk that it is for: an agency may have several, each with its
// own PoC, and the token opens one.
func namesNoDesk(values map[string]string) bool {
	return slices.Contains(lines(values["token"]), string(party.DeskToken)) && values["aplikasi"] == ""
}

// tokens are the tokens that the case asks for, prepared for the user.
func (c *Case) tokens(x Facts, u party.User) (out []Effect, err error) {
	for _, k := range lines(c.Value("token")) {
		kind := party.Kind(k)
		switch {
		case x.Agreement == nil:
			return nil, errNoAgreement
		case kind == party.DeskToken && u.Role != party.Officer, kind != party.DeskToken && u.Role != party.Application:
			return nil, told.Refuse("Token loket adalah milik seorang petugas; token API dan token data balikan adalah milik sebuah " +
				"aplikasi.")
		case kind != party.BalikanToken && !slices.Contains(u.Methods, agreement.API):
			return nil, told.Refuse("Token ini memerlukan metode akses " + agreement.MethodLabels([]string{agreement.API})[0] +
				" pada user ID-nya.")
		case c.application(u) == "": // asked for before the form wanted it
			return nil, told.Refuse("Permohonan ini tidak menyebut loket yang memakai token. Mintalah permohonan baru dengan nama " +
				"aplikasinya.")
		}
		out = append(out, PrepareToken{User: u, Kind: kind, Application: c.application(u), Purpose: cmp.Or(c.Value("kegunaan"),
			kind.Label()), Agreement: x.Agreement.ID})
	}
	return out, nil
}

func prepareTokens(c *Case, x Facts, u party.User) ([]Effect, error) {
	if _, err := c.span("masa_berlaku", party.MostTokenLife); err != nil {
		return nil, err
	}
	if _, err := c.span("masa_peralihan", 90*24*time.Hour); err != nil {
		return nil, err
	}
	return c.tokens(x, u)
}

func issueToken(c *Case, x Facts, u party.User) ([]Effect, error) {
	life, err := c.span("masa_berlaku", party.MostTokenLife)
	if err != nil {
		return nil, err
	}
	overlap, err := c.span("masa_peralihan", 90*24*time.Hour)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(x.Tokens, func(t party.Credential) bool { return t.Owner == u.ID && t.At(x.Now) == party.Prepared }) {
		return nil, told.Refuse("Token yang disiapkan sudah dicabut atau diambil.")
	}
	return []Effect{IssueToken{User: u, Kind: party.Kind(lines(c.Value("token"))[0]), Life: life, Overlap: overlap}}, nil
}

// span reads a field of days; 0 when it was left empty.
func (c *Case) span(key string, most time.Duration) (time.Duration, error) {
	v := c.Value(key)
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return 0, err
	}
	d := time.Duration(n) * 24 * time.Hour
	if d <= 0 || d > most {
		return 0, told.Wrong(key, "Jumlah hari harus 1 sampai "+strconv.Itoa(int(most.Hours()/24))+".")
	}
	return d, nil
}
