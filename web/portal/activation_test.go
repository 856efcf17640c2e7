package portal

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"gapura/access/access"
)

func TestActivationNeedsBothHalves(t *testing.T) {
	d := open(t)
	post := func(second, chosen string) *httptest.ResponseRecorder {
		return d.do("POST", "/aktivasi/tautan", url.Values{"kode": {second}, "password": {chosen}})
	}
	outside := httptest.NewRequest("GET", "/aktivasi/tautan", nil)
	outside.RemoteAddr = "198.51.100.7:1"
	w := httptest.NewRecorder()
	if d.h.ServeHTTP(w, outside); w.Code != http.StatusForbidden || len(d.w.rows) != 1 || d.w.rows[0].Outcome != "network" ||
		d.w.rows[0].Act != "activate" {
		t.Errorf("from another network: status %d, %v", w.Code, d.w.rows)
	}
	d.wants(d.do("GET", "/aktivasi/tautan", nil).Body.String(), "Kode kedua", "terpisah dari lembar ini")
	d.wants(post("kode-kedua", "pendek").Body.String(), "10 sampai 128 karakter.")
	d.wants(post("kode-kedua", "dinas sosial 2026").Body.String(), "nama kantor")
	d.wants(post("kode-kedua", "dukcapil kabupaten rekaan 26").Body.String(), "nama kantor") // the provider's, which is not the agency's
	if d.w.tries != 0 {
		t.Error("an unfit password cost a try")
	}
	d.wants(post("kode-lain", "kuda lumping hijau").Body.String(), "Kode kedua keliru")
	if w := post("kode-kedua", "kuda lumping hijau"); w.Header().Get("Location") != "/" || len(w.Result().Cookies()) != 1 {
		t.Errorf("who chose a password is not signed in: status %d to %q", w.Code, w.Header().Get("Location"))
	}
	if last := d.w.rows[len(d.w.rows)-1]; last.Outcome != string(access.Entered) {
		t.Errorf("the sign-in is recorded as %q", last.Outcome)
	}
	if w := post("kode-kedua", "kuda lumping hijau"); w.Code != http.StatusGone {
		t.Errorf("a spent slip: status %d", w.Code)
	}
	if w := d.do("GET", "/aktivasi/lain", nil); w.Code != http.StatusGone || w.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("unknown link: status %d", w.Code)
	}
}

// A user id whose NDA is not signed yet has its password and is let in nowhere.
func TestActivationSignsNobodyInWhoseUserIDDoesNotWork(t *testing.T) {
	d := open(t)
	u := d.w.users[1]
	u.NDASigned = time.Time{}
	d.w.users[1] = u
	w := d.do("POST", "/aktivasi/tautan", url.Values{"kode": {"kode-kedua"}, "password": {"kuda lumping hijau"}})
	if w.Header().Get("Location") != "/masuk?alasan=aktif" || len(w.Result().Cookies()) != 0 {
		t.Errorf("status %d to %q with %v", w.Code, w.Header().Get("Location"), w.Result().Cookies())
	}
}
