package main

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
)

// Somebody of the provider without a second factor has a right password and nothing else: every route leads back to the sign-in, until a
// factor is set up.
func TestStaffWithoutASecondFactorCanOnlySetOneUp(t *testing.T) {
	w := newWalk(t)
	admin := w.actor("operator")
	if err := w.p.store.Credentials.SetTOTP(t.Context(), admin.User, "", 0, w.p.now()); err != nil {
		t.Fatal(err)
	}
	var cookie *http.Cookie
	from := netip.MustParseAddr("127.0.0.1")
	post := func(path string, form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = netip.AddrPortFrom(from, 1).String()
		if cookie != nil {
			r.AddCookie(cookie)
		}
		out := httptest.NewRecorder()
		w.h.ServeHTTP(out, r)
		for _, c := range out.Result().Cookies() {
			cookie = c
		}
		return out
	}
	password := ""
	for _, l := range w.out.Logins {
		if l.User == "operator" {
			password = l.Password
		}
	}
	got := post("/masuk", url.Values{"user": {"operator"}, "password": {password}})
	if got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/masuk/kode" {
		t.Fatalf("by the password: %d %s", got.Code, got.Header().Get("Location"))
	}
	pending := actor{User: admin.User, session: cookie.Value}
	path := strings.NewReplacer("{code}", "dinpertan", "{id}", "1", "{key}", "nda", "{login}", "lama.dinpertan", "{period}", "2026-2",
		"{form}", "pdf", "{act}", "x", "{link}", "x", "{$}", "")
	asked := 0
	for pattern := range w.routes {
		if whoMay[pattern] == "*" || strings.Contains(pattern, "/api/") {
			continue
		}
		method, target, _ := strings.Cut(path.Replace(pattern), " ")
		got := w.send(pending, method, target, from, 0)
		if got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header().Get("Location"), "/masuk") {
			t.Errorf("%s: %d %s", pattern, got.Code, got.Header().Get("Location"))
		}
		asked++
	}
	if asked < 80 {
		t.Errorf("only %d routes were tried", asked)
	}
	page := w.send(pending, "GET", "/masuk/kode", from, 0)
	secret := regexp.MustCompile(`name="rahasia" value="([A-Z2-7]{32})"`).FindStringSubmatch(page.Body.String())
	if secret == nil || !strings.Contains(page.Body.String(), "Peran Anda memerlukan faktor kedua") {
		t.Fatal("no second factor can be set up")
	}
	if got := post("/masuk/kode", url.Values{"rahasia": {secret[1]}, "kode": {"000000"}}); got.Code != http.StatusUnprocessableEntity {
		t.Errorf("by a wrong code: %d", got.Code)
	}
	code := party.TOTPCode(secret[1], time.Now()) // a telephone's clock is the real one, whatever the demo's
	if got := post("/masuk/kode", url.Values{"rahasia": {secret[1]}, "kode": {code}}); got.Code != http.StatusSeeOther ||
		got.Header().Get("Location") != "/" {
		t.Fatalf("by the right code: %d %s", got.Code, got.Header().Get("Location"))
	}
	if cookie.Value == pending.session {
		t.Error("the session before is the session after")
	}
	if got := w.send(actor{User: admin.User, session: cookie.Value}, "GET", "/konsol", from, 0); got.Code != http.StatusOK {
		t.Errorf("with the factor: %d", got.Code)
	}
	if got := w.send(pending, "GET", "/konsol", from, 0); got.Code != http.StatusSeeOther {
		t.Errorf("by the session before: %d", got.Code)
	}
}
