package portal

import (
	"context"
	"net/http"

	"gapura/access/access"
	"gapura/agreement/agreement"
)

type signInPage struct {
	Text    string // exact words of a refusal
	Expired bool   // the session has ended
	Left    bool   // signed out just now
	Ready   bool   // activated just now
}

func (p *Portal) signInForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Visitor(r)
	if err != nil {
		return err
	}
	if v != nil {
		return p.Redirect(w, r, v.Start())
	}
	why := r.URL.Query().Get("alasan")
	return p.Show(w, r, http.StatusOK, "masuk", p.Page(r, nil, "Masuk", signInPage{Expired: why == "sesi", Left: why == "keluar", Ready: why == "aktif"}))
}

func (p *Portal) signIn(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Form(w, r, "user", "password")
	if err != nil {
		return err
	}
	var user int64
	who := func(ctx context.Context) (id int64, err error) {
		user, err = p.SignIn.Password(ctx, f["user"], f["password"])
		return user, err
	}
	// A failed sign-in passes the gate too: it is recorded there.
	a, err := p.Gate.Enter(r.Context(), access.Request{Who: who, Method: agreement.Portal, Address: p.Peer(r)})
	if err != nil {
		return err
	}
	if a.Code != access.Entered {
		return p.Show(w, r, http.StatusForbidden, "masuk", p.Page(r, nil, "Masuk", signInPage{Text: a.Code.Text()}))
	}
	// A session that the browser already had is ended, never taken over.
	if old := p.Token(r); old != "" {
		if err := p.SignIn.Close(r.Context(), old); err != nil {
			return err
		}
	}
	token, err := p.SignIn.Open(r.Context(), user)
	if err != nil {
		return err
	}
	p.SetCookie(w, r, token)
	return p.Redirect(w, r, "/")
}
