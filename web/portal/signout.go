package portal

import "net/http"

func (p *Portal) signOut(w http.ResponseWriter, r *http.Request) error {
	if token := p.Token(r); token != "" {
		if err := p.Entry.SignIn.Close(r.Context(), token); err != nil {
			return err
		}
	}
	p.SetCookie(w, r, "")
	return p.Redirect(w, r, "/masuk?alasan=keluar")
}
