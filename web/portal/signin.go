package portal

import (
	"context"
	"net/http"

	"gapura/access"
	"gapura/agreement"
)

type signInPage struct {
	Text    string // exact words of a refusal
	Expired bool   // the session has ended
	Left    bool   // signed out just now
	Ready   bool   // activated just now
}

func (p *Portal) signInForm(w http.ResponseWriter, r *http.Request) {
	v, err := p.visitor(r)
	if err != nil {
		p.fault(w, r, err)
		return
	}
	if v != nil {
		p.redirect(w, r, v.start())
		return
	}
	why := r.URL.Query().Get("alasan")
	p.show(w, r, http.StatusOK, "masuk", p.page(r, nil, "Masuk", signInPage{Expired: why == "sesi", Left: why == "keluar", Ready: why == "aktif"}))
}

func (p *Portal) signIn(w http.ResponseWriter, r *http.Request) {
	f, ok := p.form(w, r, nil, "user", "password")
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
		p.fault(w, r, err)
		return
	}
	if a.Code != access.Entered {
		p.show(w, r, http.StatusForbidden, "masuk", p.page(r, nil, "Masuk", signInPage{Text: a.Code.Text()}))
		return
	}
	// A session that the browser already had is ended, never taken over.
	if old := p.token(r); old != "" {
		if err := p.SignIn.Close(r.Context(), old); err != nil {
			p.fault(w, r, err)
			return
		}
	}
	token, err := p.SignIn.Open(r.Context(), user)
	if err != nil {
		p.fault(w, r, err)
		return
	}
	p.setCookie(w, r, token)
	p.redirect(w, r, "/")
}
