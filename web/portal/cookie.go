package portal

import "net/http"

// cookieName binds a cookie over TLS to this host alone.
func (p *Portal) cookieName(r *http.Request) string {
	if p.Secure(r) {
		return "__Host-gapura"
	}
	return "gapura"
}

// token returns the session token of the browser, or nothing. A cookie that is sent twice is somebody's attempt to plant one.
func (p *Portal) token(r *http.Request) string {
	all := r.CookiesNamed(p.cookieName(r))
	if len(all) != 1 {
		return ""
	}
	return all[0].Value
}

// setCookie gives the browser a token; an empty one takes the cookie away.
func (p *Portal) setCookie(w http.ResponseWriter, r *http.Request, token string) {
	c := &http.Cookie{Name: p.cookieName(r), Value: token, Path: "/", HttpOnly: true, Secure: p.Secure(r), SameSite: http.SameSiteStrictMode}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
