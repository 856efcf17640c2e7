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

func (p *Portal) signInForm(w http.ResponseWriter, r *http.Request) {
	v, err := p.Visitor(r)
	if err != nil {
		p.Fault(w, r, err)
		return
	}
	if v != nil {
		p.Redirect(w, r, v.Start())
		return
	}
	why := r.URL.Query().Get("alasan")
	p.Show(w, r, http.StatusOK, "masuk", p.Page(r, nil, "Masuk", signInPage{Expired: why == "sesi", Left: why == "keluar", Ready: why == "aktif"}))
}

func (p *Portal) signIn(w http.ResponseWriter, r *http.Request) {
	f, ok := p.Form(w, r, nil, "user", "password")
	if !ok {
		return
	}
	var user int64
	who := func(ctx context.Context) (id int64, err error) {
		user, err = p.SignIn.Password(ctx, f["user"], f["password"])
		return user, err
	}
	// A failed sign-in passes the gate too: it is recorded there.
	a, err := p.Gate.Enter(r.Context(), access.Request{Who: who, Method: agreement.Portal, Address: p.Peer(r)})
	if err != nil {
		p.Fault(w, r, err)
		return
	}
	if a.Code != access.Entered {
		p.Show(w, r, http.StatusForbidden, "masuk", p.Page(r, nil, "Masuk", signInPage{Text: a.Code.Text()}))
		return
	}
	// A session that the browser already had is ended, never taken over.
	if old := p.Token(r); old != "" {
		if err := p.SignIn.Close(r.Context(), old); err != nil {
			p.Fault(w, r, err)
			return
		}
	}
	token, err := p.SignIn.Open(r.Context(), user)
	if err != nil {
		p.Fault(w, r, err)
		return
	}
	p.SetCookie(w, r, token)
	p.Redirect(w, r, "/")
}
