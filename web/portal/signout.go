package portal

import "net/http"

func (p *Portal) signOut(w http.ResponseWriter, r *http.Request) {
	if token := p.Token(r); token != "" {
		if err := p.SignIn.Close(r.Context(), token); err != nil {
			p.Fault(w, r, err)
			return
		}
	}
	p.SetCookie(w, r, "")
	p.Redirect(w, r, "/masuk?alasan=keluar")
}
