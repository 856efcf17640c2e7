package site

import "net/http"

// cookieName binds a cookie over TLS to this host alone.
func (s *Site) cookieName(r *http.Request) string {
	if s.Secure(r) {
		return "__Host-gapura"
	}
	return "gapura"
}

// token returns the session token of the browser, or nothing. A cookie that is sent twice is somebody's attempt to plant one.
func (s *Site) Token(r *http.Request) string {
	all := r.CookiesNamed(s.cookieName(r))
	if len(all) != 1 {
		return ""
	}
	return all[0].Value
}

// setCookie gives the browser a token; an empty one takes the cookie away.
func (s *Site) SetCookie(w http.ResponseWriter, r *http.Request, token string) {
	c := &http.Cookie{Name: s.cookieName(r), Value: token, Path: "/", HttpOnly: true, Secure: s.Secure(r),
		SameSite: http.SameSiteStrictMode}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
