package site

import (
	"context"
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

// Outcomes record how a sign-in with a further step came out, each before it is answered. An error undoes the sign-in.
type Outcomes struct {
	Entered func(*http.Request, *access.Standing) error // signed in now
	Missed  func(*http.Request, *access.Standing) error // the code or passkey was refused
}

// SecondStep are the routes of the second step.
func (s *Site) SecondStep(o Outcomes) []Route {
	return []Route{
		{Pattern: "GET /masuk/kode", Act: access.ToArrive, Open: s.secondForm},
		{Pattern: "POST /masuk/kode", Act: access.ToArrive, Open: func(w http.ResponseWriter, r *http.Request) error {
			return s.pass(w, r, o, s.byCode, "rahasia", "kode")
		}},
		{Pattern: "POST /masuk/kunci", Act: access.ToArrive, Open: func(w http.ResponseWriter, r *http.Request) error {
			return s.pass(w, r, o, s.byPasskey, "jawaban")
		}},
		{Pattern: "GET /masuk/sandi", Act: access.ToArrive, Open: s.renewForm},
		{Pattern: "POST /masuk/sandi", Act: access.ToArrive, Open: func(w http.ResponseWriter, r *http.Request) error {
			return s.renew(w, r, o)
		}},
	}
}

// let gives the browser the session that a step led to; once it is signed in, after its record. Without one it ends again.
func (s *Site) let(w http.ResponseWriter, r *http.Request, o Outcomes, st *access.Standing, token string) error {
	next, _, err := s.Entry.SignIn.Pending(r.Context(), token)
	if err == nil && next.Stage == party.Signed {
		if err = o.Entered(r, st); err != nil {
			err = errors.Join(err, s.Entry.SignIn.Close(r.Context(), token))
		}
	}
	if err != nil {
		return err
	}
	s.SetCookie(w, r, token)
	return s.Redirect(w, r, Onward(next.Stage))
}

// PasskeyScript is the static file that answers questions for passkeys.
const PasskeyScript = "kunci.js"

type secondPage struct {
	Enrol    bool         // the role needs a second factor and has none
	Secret   string       // that is being set up
	Image    template.URL // of its address
	Question string       // for a passkey: one to be made when enrolling, else one to be shown; empty: none can be
	Problem  string
	Helper   string // whom to turn to when nothing is left to sign in by
}

// pending finds whose sign-in waits for its second step; nil: nobody's, or not any more.
func (s *Site) pending(r *http.Request) (*party.Session, *access.Standing, error) {
	ses, ok, err := s.Entry.SignIn.Pending(r.Context(), s.Token(r))
	if err != nil || !ok {
		return nil, nil, err
	}
	st, err := s.Rights.Standing(r.Context(), ses.User)
	if err != nil || st == nil {
		return nil, nil, err
	}
	return &ses, st, nil
}

func (s *Site) secondForm(w http.ResponseWriter, r *http.Request) error {
	return s.writeSecond(w, r, http.StatusOK, secondPage{})
}

func (s *Site) writeSecond(w http.ResponseWriter, r *http.Request, status int, p secondPage) error {
	w.Header().Set("Cache-Control", "no-store")
	ses, st, err := s.pending(r)
	if err != nil {
		return err
	}
	if ses == nil {
		return s.Redirect(w, r, "/masuk")
	}
	if ses.Stage == party.Renew {
		return s.Redirect(w, r, Onward(ses.Stage))
	}
	if p.Enrol = ses.Stage == party.Enrol; p.Enrol {
		if raw, err := base32.StdEncoding.DecodeString(p.Secret); err != nil || len(raw) != 20 {
			p.Secret = party.NewTOTP()
		}
		if p.Image, err = QR(s.Entry.Address(st.User, p.Secret)); err != nil {
			return err
		}
	}
	if p.Question, err = s.question(r.Context(), *ses, st.User); err != nil {
		return err
	}
	p.Helper = HelperOf(st)
	page := s.Page(r, nil, "Masuk", p)
	if p.Question != "" {
		page.Script = PasskeyScript
	}
	return s.Show(w, r, status, "kode", page)
}

// question is what the browser is asked for a passkey; empty when it cannot be: the site has no host name, or the user no passkey to show.
func (s *Site) question(ctx context.Context, ses party.Session, u party.User) (string, error) {
	if s.Entry.Passkeys == nil {
		return "", nil
	}
	ask := s.Entry.Register
	if ses.Stage != party.Enrol {
		have, err := s.Entry.Factors.Factors(ctx, u.ID)
		if err != nil || have.Passkeys == 0 {
			return "", err
		}
		ask = s.Entry.Ask
	}
	q, err := ask(ctx, ses, u)
	return string(q), err
}

// PasskeyQuestion is what a signed-in visitor's browser is asked for one of their passkeys; empty when they have none that it could show.
func (s *Site) PasskeyQuestion(r *http.Request, v *Visitor) (string, error) {
	return s.question(r.Context(), v.Session, v.User)
}

// A step takes the form of a second step in a pending session and returns the token of the session that is signed in.
type step func(ctx context.Context, token string, pending party.Session, u party.User, f map[string]string) (string, error)

func (s *Site) byCode(ctx context.Context, token string, ses party.Session, u party.User, f map[string]string) (string, error) {
	if ses.Stage == party.Enrol {
		return s.Entry.SetTOTP(ctx, token, ses, u, f["rahasia"], f["kode"])
	}
	return s.Entry.Code(ctx, token, ses, u, f["kode"])
}

func (s *Site) byPasskey(ctx context.Context, token string, ses party.Session, u party.User, f map[string]string) (string, error) {
	if ses.Stage == party.Enrol {
		return s.Entry.Registered(ctx, token, ses, u, []byte(f["jawaban"]), Device(ses.Agent))
	}
	return s.Entry.Answer(ctx, token, ses, u, []byte(f["jawaban"]))
}

// pass lets on who takes the step.
func (s *Site) pass(w http.ResponseWriter, r *http.Request, o Outcomes, take step, fields ...string) error {
	f, err := s.Form(w, r, fields...)
	if err != nil {
		return err
	}
	ses, st, err := s.pending(r)
	if err != nil {
		return err
	}
	if ses == nil || ses.Stage == party.Renew {
		return s.Redirect(w, r, "/masuk?alasan=sesi")
	}
	token, err := take(r.Context(), s.Token(r), *ses, st.User, f)
	if wrong, ok := errors.AsType[*told.Error](err); ok && wrong.Kind != told.Busy {
		if err := o.Missed(r, st); err != nil {
			return err
		}
		return s.writeSecond(w, r, Status(err), secondPage{Secret: f["rahasia"], Problem: wrong.Text})
	}
	if err != nil {
		return err
	}
	return s.let(w, r, o, st, token)
}

// Onward is the page where a sign-in goes on at a stage; "/" when it is signed in.
func Onward(stage party.Stage) string {
	switch stage {
	case party.AskCode, party.Enrol:
		return "/masuk/kode"
	case party.Renew:
		return "/masuk/sandi"
	}
	return "/"
}

// QR is a QR code as an image within the page.
func QR(text string) (template.URL, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())), nil
}
