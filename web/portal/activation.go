package portal

import (
	"errors"
	"net/http"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/web/site"
)

type activationPage struct {
	Login, Name string
	Min, Max    int
	Error       string // what is wrong with the chosen password
}

func (p *Portal) activationForm(w http.ResponseWriter, r *http.Request) error {
	return p.activation(w, r, http.StatusOK, "")
}

func (p *Portal) activation(w http.ResponseWriter, r *http.Request, status int, wrong string) error {
	u, ok, err := p.SignIn.Invited(r.Context(), r.PathValue("link"))
	switch {
	case err != nil:
		return err
	case !ok:
		return p.spent(w, r)
	default:
		return p.Show(w, r, status, "aktivasi", p.Page(r, nil, "Aktivasi user ID",
			activationPage{Login: u.Login, Name: u.Name, Min: party.MinPassword, Max: party.MaxPassword, Error: wrong}))
	}
}

func (p *Portal) activate(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Form(w, r, "password", "again")
	if err != nil {
		return err
	}
	if f["password"] != f["again"] {
		return p.activation(w, r, http.StatusUnprocessableEntity, "Kedua kata sandi tidak sama.")
	}
	ok, err := p.SignIn.Activate(r.Context(), r.PathValue("link"), f["password"])
	weak, unfit := errors.AsType[*told.Error](err)
	switch {
	case unfit:
		return p.activation(w, r, site.Status(err), weak.Text)
	case err != nil:
		return err
	case !ok:
		return p.spent(w, r)
	default:
		return p.Redirect(w, r, "/masuk?alasan=aktif")
	}
}

func (p *Portal) spent(w http.ResponseWriter, r *http.Request) error {
	return &site.Problem{Status: http.StatusGone, Message: site.Message{
		Kind: "warn", Heading: "Tautan aktivasi tidak berlaku",
		Advice: []string{"Tautan ini sudah digunakan, telah melewati masa berlakunya, atau tidak lengkap. Silakan meminta tautan baru kepada administrator."},
	}}
}
