package portal

import (
	"net/http"

	"gapura/access"
	"gapura/party"
	"gapura/web/console"
	"gapura/web/ui"
)

// console shows the provider's overview to the provider's staff.
func (p *Portal) console(w http.ResponseWriter, r *http.Request, v *visitor) {
	if !v.working() {
		p.refuse(w, r, v, access.UserInactive)
		return
	}
	if !v.User.Role.OfProvider() || v.User.Institution != party.Provider {
		p.forbidden(w, r, v)
		return
	}
	o, err := console.Read(r.Context(), p.History, v.now)
	if err != nil {
		p.fault(w, r, err)
		return
	}
	zone := v.Institution.Zone
	if !zone.Valid() {
		zone = party.WIB
	}
	o.At, o.Clock = v.now.In(zone.Location()), ui.Clock(v.now, zone)
	p.show(w, r, http.StatusOK, "konsol", p.page(r, v, "Instansi pengguna", o))
}

// refuse shows a refusal in its exact words as a page.
func (p *Portal) refuse(w http.ResponseWriter, r *http.Request, v *visitor, c access.Code) {
	p.say(w, r, http.StatusForbidden, v, message{Heading: "Permintaan ditolak", Text: c.Text(), Advice: []string{advice[c]}})
}

func (p *Portal) forbidden(w http.ResponseWriter, r *http.Request, v *visitor) {
	p.say(w, r, http.StatusForbidden, v, message{
		Kind: "info", Heading: "Halaman ini bukan untuk peran Anda", Advice: []string{"Silakan gunakan menu di atas untuk membuka halaman yang tersedia bagi Anda."},
	})
}
