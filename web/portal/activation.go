package portal

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/web/site"
)

// Slips are how a secret reaches its owner: two halves, of which the address holds the first. Safe for concurrent use.
type Slips interface {
	// Slip finds an open slip by its code; Activate sets the password of its owner, false when the halves do not fit.
	Slip(ctx context.Context, code string, now time.Time) (party.Slip, party.User, bool, error)
	Activate(ctx context.Context, code, second, passwordHash string, now time.Time) (bool, error)
}

type activationPage struct {
	Login, Name string
	Min, Max    int
	Mailed      bool
	Field       string // that is wrong
	Error       string // what is wrong with it
}

func (p *Portal) activationForm(w http.ResponseWriter, r *http.Request) error {
	_, s, mailed, err := p.slip(r)
	if err != nil {
		return err
	}
	return p.activation(w, r, http.StatusOK, s.User, mailed, "", "")
}

// slip finds the activation slip of the address, and says why it may not be used from where the request comes. The first half is as good as a password is, and so is
// guessing it counted.
func (p *Portal) slip(r *http.Request) (code string, s *access.Standing, mailed bool, err error) {
	code = r.PathValue("link")
	x, u, ok, err := p.Slips.Slip(r.Context(), code, p.Now())
	if err != nil {
		return code, nil, false, err
	}
	if !ok || x.For != party.Password {
		if err := p.Entry.Admission.Guess(p.Peer(r)); err != nil {
			return code, nil, false, err
		}
		return code, nil, false, errSpent
	}
	if s, err = p.Rights.Standing(r.Context(), u.ID); err != nil {
		return code, nil, false, err
	}
	return code, s, x.Mailed, p.Allow(r, &site.Visitor{Standing: s}, access.ToActivate, s.Institution.ID)
}

func (p *Portal) activation(w http.ResponseWriter, r *http.Request, status int, u party.User, mailed bool, field, wrong string) error {
	return p.Show(w, r, status, "aktivasi", p.Page(r, nil, "Aktivasi user ID",
		activationPage{Login: u.Login, Name: u.Name, Min: party.MinPassword, Max: party.MaxPassword, Mailed: mailed, Field: field, Error: wrong}))
}

func (p *Portal) activate(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Form(w, r, "kode", "password", "again")
	if err != nil {
		return err
	}
	code, s, mailed, err := p.slip(r)
	if err != nil {
		return err
	}
	u := s.User
	if f["password"] != f["again"] {
		return p.activation(w, r, http.StatusUnprocessableEntity, u, mailed, "again", "Kedua kata sandi tidak sama.")
	}
	err = party.CheckPassword(f["password"], party.About{Login: u.Login, Name: u.Name, Office: p.Provider, Agency: s.Institution.Name})
	if weak, unfit := errors.AsType[*told.Error](err); unfit {
		return p.activation(w, r, site.Status(err), u, mailed, weak.Field, weak.Text)
	}
	if err := p.Entry.Admission.Guess(p.Peer(r)); err != nil {
		return err
	}
	hash, err := party.HashPassword(r.Context(), f["password"])
	if err != nil {
		return err
	}
	ok, err := p.Slips.Activate(r.Context(), code, f["kode"], hash, p.Now())
	if err != nil {
		return err
	}
	if !ok {
		if _, _, _, err := p.slip(r); err != nil {
			return err // that was the last try
		}
		return p.activation(w, r, http.StatusUnprocessableEntity, u, mailed, "kode", "Kode kedua keliru. Setelah beberapa kali keliru, lembar aktivasi tidak berlaku lagi.")
	}
	return p.Redirect(w, r, "/masuk?alasan=aktif")
}

// errSpent is a slip that is not there, or not any more.
var errSpent = &site.Problem{Status: http.StatusGone, Message: site.Message{
	Kind: "warn", Heading: "Tautan aktivasi tidak berlaku",
	Advice: []string{"Lembar ini sudah digunakan, telah melewati masa berlakunya, atau alamatnya tidak lengkap. Silakan meminta lembar baru kepada administrator."},
}}
