package portal

import (
	"errors"
	"net/http"

	"gapura/access/access"
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
	}
	if err := p.mayActivate(r, u.ID); err != nil {
		return err
	}
	return p.Show(w, r, status, "aktivasi", p.Page(r, nil, "Aktivasi user ID",
		activationPage{Login: u.Login, Name: u.Name, Min: party.MinPassword, Max: party.MaxPassword, Error: wrong}))
}

// mayActivate says why a link may not be used from where the request comes; the link says whose it is.
func (p *Portal) mayActivate(r *http.Request, user int64) error {
	s, err := p.Rights.Standing(r.Context(), user)
	if err != nil {
		return err
	}
	return p.Allow(r, &site.Visitor{Standing: s}, access.ToActivate, s.Institution.ID)
}

func (p *Portal) activate(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Form(w, r, "password", "again")
	if err != nil {
		return err
	}
	if f["password"] != f["again"] {
		return p.activation(w, r, http.StatusUnprocessableEntity, "Kedua kata sandi tidak sama.") // which asks too
	}
	u, ok, err := p.SignIn.Invited(r.Context(), r.PathValue("link"))
	if err == nil && ok {
		err = p.mayActivate(r, u.ID)
	}
	if err != nil {
		return err
	}
	ok, err = p.SignIn.Activate(r.Context(), r.PathValue("link"), f["password"])
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
