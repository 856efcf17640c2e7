package portal

import "net/http"

func (p *Portal) signOut(w http.ResponseWriter, r *http.Request) {
	if token := p.token(r); token != "" {
		if err := p.SignIn.Close(r.Context(), token); err != nil {
			p.fault(w, r, err)
			return
		}
	}
	p.setCookie(w, r, "")
	p.redirect(w, r, "/masuk?alasan=keluar")
}
