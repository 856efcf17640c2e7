package site

import (
	"net/http"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
)

// Whose password is older than the office lets one become (party.Policy) chooses another before anything else, the same at portal, console
// and desk.

type renewPage struct {
	Login string
	New   NewPassword
	Error string
}

// About is what a password of a user must not be made of.
func (s *Site) About(of *access.Standing) party.About {
	return party.About{Login: of.User.Login, Name: of.User.Name, Office: s.Provider, Agency: of.Institution.Name}
}

func (s *Site) renewForm(w http.ResponseWriter, r *http.Request) error {
	return s.writeRenew(w, r, http.StatusOK, "")
}

// renewing finds whose sign-in waits for another password; nil: nobody's.
func (s *Site) renewing(r *http.Request) (*party.Session, *access.Standing, error) {
	ses, st, err := s.pending(r)
	if err != nil || ses == nil || ses.Stage != party.Renew {
		return nil, nil, err
	}
	return ses, st, nil
}

func (s *Site) writeRenew(w http.ResponseWriter, r *http.Request, status int, wrong string) error {
	w.Header().Set("Cache-Control", "no-store")
	ses, st, err := s.renewing(r)
	if err != nil {
		return err
	}
	if ses == nil {
		return s.Redirect(w, r, "/masuk")
	}
	field := ""
	if wrong != "" {
		field = "password"
	}
	n, err := s.NewPassword(r.Context(), field)
	if err != nil {
		return err
	}
	page := s.Page(r, nil, "Kata sandi baru", renewPage{st.User.Login, n, wrong})
	page.Script = PasswordScript
	return s.Show(w, r, status, "sandi-baru", page)
}

func (s *Site) renew(w http.ResponseWriter, r *http.Request, o Outcomes) error {
	f, err := s.Form(w, r, "password")
	if err != nil {
		return err
	}
	ses, st, err := s.renewing(r)
	if err != nil {
		return err
	}
	if ses == nil {
		return s.Redirect(w, r, "/masuk?alasan=sesi")
	}
	token, err := s.Entry.Choose(r.Context(), s.Token(r), *ses, st.User, f["password"], s.About(st))
	if faults := told.Invalids(err); faults != nil {
		return s.writeRenew(w, r, Status(err), faults.Of("password"))
	}
	if err != nil {
		return err
	}
	return s.let(w, r, o, st, token)
}
