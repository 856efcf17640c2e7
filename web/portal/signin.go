package portal

import (
	"context"
	"net/http"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/web/site"
)

type signInPage struct {
	Text    string // exact words of a refusal
	Helper  string // whom to ask then
	Advice  string // what to do then, when the password was right
	Expired bool   // the session has ended
	Left    bool   // signed out just now
	Ready   bool   // activated just now
}

// Waiting is how long one waits after several failures.
func (signInPage) Waiting() string { return party.Waiting() }

func (p *Portal) signInForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Visitor(r)
	if err != nil {
		return err
	}
	if v != nil {
		return p.Redirect(w, r, v.Start())
	}
	helper, err := p.helper(r)
	if err != nil {
		return err
	}
	why := r.URL.Query().Get("alasan")
	return p.Show(w, r, http.StatusOK, "masuk", p.Page(r, nil, "Masuk", signInPage{Helper: helper, Expired: why == "sesi",
		Left: why == "keluar", Ready: why == "aktif"}))
}

func (p *Portal) signIn(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Form(w, r, "user", "password")
	if err != nil {
		return err
	}
	code, next, user, err := p.enter(w, r, f["user"], f["password"])
	if err != nil {
		return err
	}
	if code == access.Entered {
		return p.Redirect(w, r, next)
	}
	page := signInPage{Text: code.Text()}
	if user == 0 {
		page.Helper, err = p.helper(r)
	} else { // the password was right: what stands in the way is told to the owner, with whom they ask about it
		var s *access.Standing
		if s, err = p.Rights.Standing(r.Context(), user); err == nil {
			page.Advice, page.Helper = site.Advice(code, s.Institution, s.Institution.Zone.Day(p.Now())), site.HelperOf(s)
		}
	}
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusForbidden, "masuk", p.Page(r, nil, "Masuk", page))
}

// enter is the one way in with a password: through the gate, which records it, to a session and the page where it goes on; another code
// than access.Entered is a refusal, of the user whose password was right (0: of nobody).
func (p *Portal) enter(w http.ResponseWriter, r *http.Request, login, password string) (code access.Code, next string, user int64,
	err error) {
	var in admission.Result
	var at party.Stage
	who := func(ctx context.Context) (_ access.Caller, err error) {
		in, err = p.Entry.Admission.Authenticate(ctx, admission.Attempt{Door: admission.Portal, Kind: party.Password, Login: login,
			Secret: password, Source: p.Peer(r)})
		if err == nil {
			at, err = p.Entry.Stage(ctx, in)
		}
		return access.Caller{User: in.User}, err
	}
	// A failed sign-in passes the gate too: it is recorded there.
	a, err := p.Gate.Enter(r.Context(), access.Request{Who: who, Method: agreement.Portal, Address: p.Peer(r),
		Unfinished: func() bool { return at != party.Signed }})
	if err != nil || a.Code != access.Entered {
		return a.Code, "", in.User, err
	}
	token, stage, err := p.Entry.Open(r.Context(), p.Token(r), in, p.Peer(r), r.UserAgent())
	if err != nil {
		return a.Code, "", in.User, err
	}
	p.SetCookie(w, r, token)
	return a.Code, site.Onward(stage), in.User, nil
}

// entered records a sign-in that its last step made whole; rights may have changed since the password.
func (p *Portal) entered(r *http.Request, st *access.Standing) error {
	a, err := p.Gate.Enter(r.Context(), access.Request{Who: access.Known(st.User.ID), Method: agreement.Portal, Address: p.Peer(r)})
	if err == nil && a.Code != access.Entered {
		err = &access.Refusal{Code: a.Code, Record: a.Record.String()}
	}
	return err
}

func (p *Portal) missed(r *http.Request, st *access.Standing) error {
	return p.Missed(r.Context(), access.Attempt{Who: st, Act: access.ToSignIn, Method: agreement.Portal, Address: p.Peer(r)})
}

// helper names whom somebody asks who may not sign in. It follows from the network that they come from, never from the login that they
// typed, so that nothing is told about accounts: the one agency whose network it is, or nobody by name.
func (p *Portal) helper(r *http.Request) (string, error) {
	all, err := p.History.Everyone(r.Context())
	if err != nil {
		return "", err
	}
	var near []party.Institution
	for _, st := range all {
		now := p.Now()
		if g, ok := agreement.Current(st.Agreements, now, st.Institution.Zone.Day(now)); ok && g.Reaches(p.Peer(r)) {
			near = append(near, st.Institution)
		}
	}
	if len(near) == 1 {
		return near[0].Helper(), nil
	}
	return party.Institution{}.Helper(), nil
}
