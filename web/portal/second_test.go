package portal

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/agreement/party/passkey"
	"gapura/demo/demotest"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/storetest"
	"gapura/web/site"
)

// A sign-in with a second step is recorded as let in by that step, not by the password; a failed step is a refusal of its own, summed by
// the minute, with the code or a passkey.
func TestTheSecondStepOfASignInIsARecord(t *testing.T) {
	start := time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC)
	at := start
	clock := func() time.Time { return at }
	st, built, _ := demotest.District(t, storetest.SQLite(t), at, 50, 1)
	officer, _, err := st.Users.UserByLogin(t.Context(), "petugas.dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	word := ""
	for _, l := range built.Logins {
		if l.User == officer.Login {
			word = l.Password
		}
	}
	w := journal.NewWriter(st.Journal)
	t.Cleanup(w.Close)
	authority := &access.Authority{Log: w, Rights: st.Rights, Now: clock}
	entry := admission.NewEntry(st.Accounts, st.Credentials, clock)
	if entry.Passkeys, err = passkey.New("http://localhost:1", "Dinas"); err != nil {
		t.Fatal(err)
	}
	p := &Portal{Site: site.New(site.Config{May: authority.Allow, Read: authority.Read, Entry: entry, Rights: st.Rights, Now: clock,
		Log: slog.New(slog.DiscardHandler)}), Gate: &access.Gate{Rights: st.Rights, Source: st.Registry, Log: w, Now: clock},
		History: st.History(), Missed: authority.Missed}
	h := p.Handler()
	cookie := ""
	post := func(path string, f url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, strings.NewReader(f.Encode()))
		r.RemoteAddr = "127.0.0.1:1"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if cookie != "" {
			r.AddCookie(&http.Cookie{Name: "gapura", Value: cookie})
		}
		out := httptest.NewRecorder()
		h.ServeHTTP(out, r)
		for _, c := range out.Result().Cookies() {
			cookie = c.Value
		}
		return out
	}
	recorded := func(what string, want ...string) {
		t.Helper()
		list, err := st.Credentials.Activity(t.Context(), officer, 50)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range list {
			if a.From != "" && a.At.After(start) {
				got = append(got, a.Text)
			}
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s: recorded are %q, want %q", what, got, want)
		}
	}
	const in, missed = "Masuk dengan kata sandi", "Ditolak masuk: Langkah kedua gagal: kode atau kunci sandi keliru"
	secret := party.NewTOTP()
	if err := st.Credentials.SetTOTP(t.Context(), officer, secret, 0, at); err != nil {
		t.Fatal(err)
	}
	at = at.Add(2 * time.Minute)
	enter := func() {
		t.Helper()
		cookie = ""
		if out := post("/masuk", url.Values{"user": {officer.Login}, "password": {word}}); out.Header().Get("Location") != "/masuk/kode" {
			t.Fatalf("after the password: %d to %q", out.Code, out.Header().Get("Location"))
		}
	}
	enter()
	recorded("the password alone")
	for range 3 { // the second and third are one sum, of a minute that is not over
		if out := post("/masuk/kode", url.Values{"kode": {"000000"}}); out.Code != http.StatusUnprocessableEntity {
			t.Fatal(out.Code)
		}
	}
	recorded("wrong codes", missed)
	at = at.Add(2 * time.Minute)
	if out := post("/masuk/kunci", url.Values{"jawaban": {"{}"}}); out.Code/100 != 4 {
		t.Fatal(out.Code)
	}
	if err := authority.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	recorded("a wrong passkey", missed, missed, missed)
	at = at.Add(2 * time.Minute)
	enter()
	if out := post("/masuk/kode", url.Values{"kode": {party.TOTPCode(secret, at)}}); out.Header().Get("Location") != "/" {
		t.Fatalf("after the code: %d %s", out.Code, out.Body)
	}
	recorded("the right code", in, missed, missed, missed)

	// Who lost the right between the password and the code is refused, with a record, and not signed in.
	at = at.Add(2 * time.Minute)
	enter()
	left := journal.Change{At: at, By: 1, Reason: "uji"}
	if _, err := st.Rights.Apply(t.Context(), left, procedure.Deactivate{User: officer, At: at}); err != nil {
		t.Fatal(err)
	}
	if out := post("/masuk/kode", url.Values{"kode": {party.TOTPCode(secret, at)}}); out.Code != http.StatusSeeOther &&
		out.Code != http.StatusForbidden {
		t.Errorf("who is not active any more: %d", out.Code)
	}
	if _, open, err := entry.SignIn.Session(t.Context(), cookie); open || err != nil {
		t.Error("who is not active any more has a session", err)
	}
}
