package console

import (
	"net/http"
	"strconv"
	"strings"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

type passwordPage struct {
	Now                      party.Policy
	Min, Kinds, Days, Reason string // as typed
	May                      bool
	Faults                   told.Errors
}

// passwordRules shows what the office asks of passwords, and the form by which another rule is proposed.
func (c *Settings) passwordRules(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	now, err := c.Store.PasswordPolicy(r.Context())
	if err != nil {
		return err
	}
	return c.writePasswordRules(w, r, v, http.StatusOK, passwordPage{Now: now, Min: strconv.Itoa(now.Least()),
		Kinds: strconv.Itoa(now.Kinds),
		Days:  strconv.Itoa(now.Days)})
}

func (c *Settings) writePasswordRules(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p passwordPage) error {
	p.May = v.May(access.ToSet)
	return c.Show(w, r, status, "kata-sandi", c.Page(r, v, "Aturan kata sandi", p))
}

// setPasswordRules proposes a rule: it holds once another administrator has approved it.
func (c *Settings) setPasswordRules(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "panjang", "jenis", "hari", "alasan")
	if err != nil {
		return err
	}
	now, err := c.Store.PasswordPolicy(r.Context())
	if err != nil {
		return err
	}
	p := passwordPage{Now: now, Min: f["panjang"], Kinds: f["jenis"], Days: f["hari"], Reason: strings.TrimSpace(f["alasan"])}
	read := func(key, text string, fits func(int) bool) int {
		n, err := strconv.Atoi(strings.TrimSpace(f[key]))
		if err != nil || !fits(n) {
			p.Faults.Add(key, text)
		}
		return n
	}
	set := party.Policy{
		Min: read("panjang", "Panjang paling sedikit 10 dan paling banyak 64 karakter.",
			func(n int) bool { return n >= party.MinPassword && party.Policy{Min: n}.Valid() }),
		Kinds: read("jenis", "Jenis karakter 0 sampai 4.", func(n int) bool { return party.Policy{Kinds: n}.Valid() }),
		Days: read("hari", "Masa berlaku 30 sampai 3.650 hari, atau 0 untuk tanpa batas.",
			func(n int) bool { return party.Policy{Days: n}.Valid() }),
	}
	if p.Reason == "" || len(p.Reason) > 200 {
		p.Faults.Add("alasan", "Alasan harus diisi, paling panjang 200 karakter.")
	}
	if p.Faults == nil && set.Rule() == now.Rule() {
		p.Faults.Add("panjang", "Aturan ini sudah berlaku.")
	}
	if p.Faults != nil {
		return c.writePasswordRules(w, r, v, http.StatusUnprocessableEntity, p)
	}
	return propose(c.Site, c.Office, w, r, v, office.Setting{Agency: party.Provider, Kind: procedure.SettingPassword,
		Subject: "Aturan kata sandi", Before: now.Rule(), After: set.Rule(), Value: set}, p.Reason)
}
