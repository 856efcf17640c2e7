package portal

import (
	"errors"
	"net/http"

	"gapura/agreement/party"
	"gapura/web/site"
)

type activationPage struct {
	Login, Name string
	Min, Max    int
	Error       string // what is wrong with the chosen password
}

func (p *Portal) activationForm(w http.ResponseWriter, r *http.Request) {
	p.activation(w, r, http.StatusOK, "")
}

func (p *Portal) activation(w http.ResponseWriter, r *http.Request, status int, wrong string) {
	u, ok, err := p.SignIn.Invited(r.Context(), r.PathValue("link"))
	switch {
	case err != nil:
		p.Fault(w, r, err)
	case !ok:
		p.spent(w, r)
	default:
		p.Show(w, r, status, "aktivasi", p.Page(r, nil, "Aktivasi user ID",
			activationPage{Login: u.Login, Name: u.Name, Min: party.MinPassword, Max: party.MaxPassword, Error: wrong}))
	}
}

func (p *Portal) activate(w http.ResponseWriter, r *http.Request) {
	f, ok := p.Form(w, r, nil, "password", "again")
	if !ok {
		return
	}
	if f["password"] != f["again"] {
		p.activation(w, r, http.StatusUnprocessableEntity, "Kedua kata sandi tidak sama.")
		return
	}
	ok, err := p.SignIn.Activate(r.Context(), r.PathValue("link"), f["password"])
	switch {
	case errors.Is(err, party.ErrWeakPassword):
		p.activation(w, r, site.Status(err), party.ErrWeakPassword.Text)
	case err != nil:
		p.Fault(w, r, err)
	case !ok:
		p.spent(w, r)
	default:
		p.Redirect(w, r, "/masuk?alasan=aktif")
	}
}

func (p *Portal) spent(w http.ResponseWriter, r *http.Request) {
	p.Say(w, r, http.StatusGone, nil, site.Message{
		Kind: "warn", Heading: "Tautan aktivasi tidak berlaku",
		Advice: []string{"Tautan ini sudah digunakan, telah melewati masa berlakunya, atau tidak lengkap. Silakan meminta tautan baru kepada administrator."},
	})
}
