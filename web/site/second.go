package site

import (
	"encoding/base32"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"

	"rsc.io/qr"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
)

// The second step of a sign-in is the same at portal, console and desk.

// SecondStep are the routes of the second step.
func (s *Site) SecondStep() []Route {
	return []Route{
		{Pattern: "GET /masuk/kode", Act: access.ToArrive, Open: s.secondForm},
		{Pattern: "POST /masuk/kode", Act: access.ToArrive, Open: s.second},
	}
}

type secondPage struct {
	Enrol   bool         // the role needs a second factor and has none
	Secret  string       // that is being set up
	Image   template.URL // of its address
	TOTP    bool
	Problem string
}

// pending finds whose sign-in waits for its second step; nil: nobody's, or not any more.
func (s *Site) pending(r *http.Request) (*party.Session, party.User, error) {
	ses, ok, err := s.Entry.SignIn.Pending(r.Context(), s.Token(r))
	if err != nil || !ok {
		return nil, party.User{}, err
	}
	st, err := s.Rights.Standing(r.Context(), ses.User)
	if err != nil || st == nil {
		return nil, party.User{}, err
	}
	return &ses, st.User, nil
}

func (s *Site) secondForm(w http.ResponseWriter, r *http.Request) error {
	return s.writeSecond(w, r, http.StatusOK, secondPage{})
}

func (s *Site) writeSecond(w http.ResponseWriter, r *http.Request, status int, p secondPage) error {
	w.Header().Set("Cache-Control", "no-store")
	ses, u, err := s.pending(r)
	if err != nil {
		return err
	}
	if ses == nil {
		return s.Redirect(w, r, "/masuk")
	}
	if p.Enrol = ses.Stage == party.Enrol; p.Enrol {
		if raw, err := base32.StdEncoding.DecodeString(p.Secret); err != nil || len(raw) != 20 {
			p.Secret = party.NewTOTP()
		}
		if p.Image, err = QR(s.Entry.Address(u, p.Secret)); err != nil {
			return err
		}
	}
	return s.Show(w, r, status, "kode", s.Page(r, nil, "Masuk", p))
}

func (s *Site) second(w http.ResponseWriter, r *http.Request) error {
	f, err := s.Form(w, r, "rahasia", "kode")
	if err != nil {
		return err
	}
	ses, u, err := s.pending(r)
	if err != nil {
		return err
	}
	if ses == nil {
		return s.Redirect(w, r, "/masuk?alasan=sesi")
	}
	token := s.Token(r)
	if ses.Stage == party.Enrol {
		token, err = s.Entry.SetTOTP(r.Context(), token, *ses, u, f["rahasia"], f["kode"])
	} else {
		token, err = s.Entry.Code(r.Context(), token, *ses, u, f["kode"])
	}
	if wrong, ok := errors.AsType[*told.Error](err); ok {
		return s.writeSecond(w, r, Status(err), secondPage{Secret: f["rahasia"], Problem: wrong.Text})
	}
	if err != nil {
		return err
	}
	s.SetCookie(w, r, token)
	return s.Redirect(w, r, "/")
}

// QR is a QR code as an image within the page.
func QR(text string) (template.URL, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())), nil
}
