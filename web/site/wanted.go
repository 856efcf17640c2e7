package site

import (
	"net/http"
	"strings"
)

// wantedFor is for how many seconds the page that somebody wanted is remembered while they sign in.
const wantedFor = 15 * 60

func (s *Site) wantedName(r *http.Request) string { return s.cookieName(r) + "-tuju" }

// remember keeps the page that somebody without a session wanted, until they are signed in. Its query is left out: whoever signs in next on
// an office's computer may be another person.
func (s *Site) remember(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || Fragment(r) || len(r.URL.Path) > 200 {
		return
	}
	http.SetCookie(w, &http.Cookie{Name: s.wantedName(r), Value: r.URL.EscapedPath(), Path: "/", MaxAge: wantedFor, HttpOnly: true,
		Secure: s.Secure(r), SameSite: http.SameSiteStrictMode})
}

// Wanted is the page that the visitor wanted before they signed in, once and when they may open it; else the first page of their role.
func (s *Site) Wanted(w http.ResponseWriter, r *http.Request, v *Visitor) string {
	c, err := r.Cookie(s.wantedName(r))
	if err != nil {
		return v.Start()
	}
	http.SetCookie(w, &http.Cookie{Name: c.Name, Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.Secure(r),
		SameSite: http.SameSiteStrictMode})
	if !strings.HasPrefix(c.Value, "/") || strings.HasPrefix(c.Value, "//") || strings.ContainsAny(c.Value, "\\?#") ||
		!s.Leads(r, v, c.Value) {
		return v.Start()
	}
	return c.Value
}
