package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Whoever was sent to the sign-in page comes to the page that they wanted, once, when it is theirs, and to no other place.
func TestTheWantedPageIsRememberedOverTheSignIn(t *testing.T) {
	d := open(t)
	first := d.do("GET", "/riwayat?user=rahasia", nil)
	var kept *http.Cookie
	for _, c := range first.Result().Cookies() {
		if strings.HasSuffix(c.Name, "-tuju") {
			kept = c
		}
	}
	if first.Code != http.StatusSeeOther || kept == nil || kept.Value != "/riwayat" || !kept.HttpOnly || kept.MaxAge <= 0 {
		t.Fatalf("%d, %+v", first.Code, kept)
	}
	if w := d.do("POST", "/cari", url.Values{}); strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), " "), "-tuju") {
		t.Error("what was posted is remembered as a page")
	}
	if w := d.do("GET", "/cari", nil, "HX-Request", "true"); strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), " "), "-tuju") {
		t.Error("a part of a page is remembered as one")
	}
	d.enter("budi")
	own := d.do("GET", "/", nil).Header().Get("Location")
	for value, want := range map[string]string{"/riwayat": "/riwayat", "//jahat.example": own, "https://jahat.example": own,
		"/tidak-ada": own, "/konsol": own, "/riwayat?user=x": own, "/%5Cjahat.example": own} {
		w := d.do("GET", "/", nil, "Cookie", d.cookie+"; "+kept.Name+"="+value)
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
			t.Errorf("%q leads to %d %q, want %q", value, w.Code, got, want)
		}
		if !strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), " "), kept.Name+"=; ") {
			t.Errorf("%q is not forgotten: %v", value, w.Header())
		}
	}
}
