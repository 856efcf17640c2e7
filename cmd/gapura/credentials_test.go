package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/journal/journal"
)

// ask calls the JSON API over the whole server.
func (w *walk) ask(path, body string, from netip.Addr, auth func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.RemoteAddr = netip.AddrPortFrom(from, 1).String()
	r.Header.Set("Content-Type", "application/json")
	if auth != nil {
		auth(r)
	}
	out := httptest.NewRecorder()
	w.h.ServeHTTP(out, r)
	return out
}

func bearer(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func basic(login, password string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(login, password) }
}

// A token goes from the user-id case to its first lookup, and nobody but its owner sees it.
func TestATokenReachesItsOwnerAloneAndOpensTheAPI(t *testing.T) {
	w := newWalk(t)
	u := w.actor("aplikasi.dinpertan").User
	slip, err := w.p.store.Credentials.IssueToken(t.Context(), journal.Change{At: w.p.now(), By: 1, Letter: "BAST/1"}, u, party.APIToken,
		"", 0)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.p.store.Credentials.DrawSecond(t.Context(), slip.Slip, 2, w.p.now())
	if err != nil {
		t.Fatal(err)
	}
	redeem := func(code, second string, from netip.Addr) (int, map[string]string) {
		got := w.ask("/api/v1/slips", fmt.Sprintf(`{"code":%q,"second":%q}`, code, second), from, nil)
		var answer struct{ Tokens []map[string]string }
		if got.Code != http.StatusOK {
			return got.Code, nil
		}
		if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil || len(answer.Tokens) != 1 {
			t.Fatal(len(answer.Tokens), err)
		}
		return got.Code, answer.Tokens[0]
	}
	if code, _ := redeem(slip.Code, second, w.place(false)); code != http.StatusForbidden {
		t.Errorf("from another network: %d", code)
	}
	inside := w.place(true)
	for name, half := range map[string][2]string{"another slip": {party.NewSlipCode(), second}, "another half": {slip.Code,
		party.NewSecondCode()}} {
		if code, _ := redeem(half[0], half[1], inside); code != http.StatusForbidden {
			t.Errorf("%s: %d", name, code)
		}
	}
	code, answer := redeem(slip.Code, second, inside)
	if code != http.StatusOK || answer["kind"] != "api" {
		t.Fatal(code, answer)
	}
	if code, _ := redeem(slip.Code, second, inside); code != http.StatusForbidden {
		t.Errorf("a second time: %d", code)
	}
	lookup := fmt.Sprintf(`{"nik":%q,"purpose":"verifikasi penerima bantuan","reference":"A/1"}`, w.out.Sample.Found[0])
	if got := w.ask("/api/v1/lookups", lookup, inside, bearer(answer["token"])); got.Code != http.StatusOK {
		t.Errorf("first lookup: %d %s", got.Code, got.Body)
	}
	if _, err := w.p.store.Credentials.RevokeToken(t.Context(), journal.Change{At: w.p.now(), By: 1, Letter: "S/1"},
		answer["fingerprint"]); err != nil {
		t.Fatal(err)
	}
	if got := w.ask("/api/v1/lookups", lookup, inside, bearer(answer["token"])); got.Code != http.StatusUnauthorized {
		t.Errorf("after it was revoked: %d", got.Code)
	}
}

// Whoever makes a citizen portal's account sees no half of the slip of its token: one of the office prints it, a colleague hands the other
// one over.
func TestACitizenPortalsTokenComesByBothHalves(t *testing.T) {
	w := newWalk(t)
	note := journal.Change{At: w.p.now(), Letter: "470/2"}
	u := party.User{Institution: party.Provider, Login: "portal.warga", Name: "Portal", Position: "-", Role: party.CitizenPortal}
	var err error
	if u.ID, err = w.p.store.Rights.CreateUser(t.Context(), note, u, "nobody knows it"); err != nil {
		t.Fatal(err)
	}
	slip, err := w.p.store.Credentials.IssueSlip(t.Context(), note, u, party.Slip{For: party.APIToken})
	if err != nil || slip.Code != "" || slip.Second != "" {
		t.Fatalf("%+v, %v: a half is told to who is not known", slip, err)
	}
	if slip.Code, _, err = w.p.store.Credentials.PrintSlip(t.Context(), journal.Change{At: w.p.now(), By: 1}, slip.Slip); err != nil {
		t.Fatal(err)
	}
	second, err := w.p.store.Credentials.DrawSecond(t.Context(), slip.Slip, 2, w.p.now())
	if err != nil {
		t.Fatal(err)
	}
	got := w.ask("/api/v1/slips", fmt.Sprintf(`{"code":%q,"second":%q}`, slip.Code, second), w.place(true), nil)
	if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), `"kind":"api"`) {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

// 50,000 anonymous calls in a burst add few records; the demo's clock stands still here, so that they are of one minute.
func TestAnonymousCallsAddFewRecords(t *testing.T) {
	w := newWalk(t)
	count := func() int64 {
		var n int64
		rows, _, err := w.p.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: party.Provider, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		n = int64(len(rows))
		return n
	}
	before := count()
	calls := 50_000
	if testing.Short() {
		calls = 4_000
	}
	var wg sync.WaitGroup
	for part := range 8 {
		wg.Go(func() {
			for i := range calls / 8 {
				from := netip.AddrFrom4([4]byte{198, byte(part), byte(i >> 8), byte(i)})
				auth := bearer("tidak-dikenal")
				if i%2 == 0 {
					auth = nil
				}
				if got := w.ask("/api/v1/lookups", `{"nik":"1"}`, from, auth); got.Code != http.StatusUnauthorized {
					t.Errorf("%d %s", got.Code, got.Body)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := w.p.recordSums(t.Context(), w.p.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	added := count() - before
	t.Logf("figure: %d anonymous calls from as many sources added %d records", calls, added)
	if added < 2 || added > 300 {
		t.Errorf("%d records", added)
	}
}

// 400 unknown users at once, by Basic: an application that asked from its source before is let in beside them. Times are printed; that it
// waits for no stranger's hash is held by access/admission.
func TestStrangersAtOnceKeepNobodyOut(t *testing.T) {
	w := newWalk(t)
	api := w.out.API[0]
	inside := w.place(true)
	lookup := fmt.Sprintf(`{"nik":%q,"purpose":%q,"reference":"A/1"}`, w.out.Sample.Found[0], api.Purposes[0])
	var wg sync.WaitGroup
	busy := make(chan bool, 400)
	for i := range 400 {
		from := w.place(false)
		wg.Go(func() {
			got := w.ask("/api/v1/lookups", lookup, from, basic(fmt.Sprint("tidak.ada", i), "bukan-kata-sandinya"))
			if got.Code == http.StatusServiceUnavailable && got.Header().Get("Retry-After") != strconv.Itoa(admission.ErrBusy.After) ||
				got.Code != http.StatusServiceUnavailable && got.Code != http.StatusUnauthorized {
				t.Errorf("%d %s", got.Code, got.Body)
			}
			busy <- got.Code == http.StatusServiceUnavailable
		})
	}
	began := time.Now()
	got := w.ask("/api/v1/lookups", lookup, inside, basic(api.User, api.Password))
	took := time.Since(began)
	wg.Wait()
	close(busy)
	turned := 0
	for b := range busy {
		if b {
			turned++
		}
	}
	if got.Code != http.StatusOK {
		t.Errorf("a known user beside 400 strangers: %d %s", got.Code, got.Body)
	}
	t.Logf("figure: a known user's first sign-in and lookup beside 400 unknown ones: %v; %d of them were told that it is busy",
		took.Round(time.Millisecond), turned)
}

// A staff password opens no door of programs, right or wrong, and is answered as a login that nobody has.
func TestProgramsDoorsRefuseStaffPasswords(t *testing.T) {
	w := newWalk(t)
	for _, l := range w.out.Logins {
		if l.TOTPSecret == "" {
			continue
		}
		for path, body := range map[string]string{"/api/v1/lookups": `{"nik":"1","purpose":"x","reference":"y"}`,
			w.out.Legacy[0].Path: fmt.Sprintf(`{"user_id":%q,"password":%q,"nik":"1"}`, l.User, l.Password)} {
			right := w.ask(path, body, w.place(true), basic(l.User, l.Password))
			nobody := w.ask(path, strings.Replace(body, l.User, "tidak.ada", 1), w.place(true), basic("tidak.ada", l.Password))
			cut := func(r *httptest.ResponseRecorder) string {
				before, _, _ := strings.Cut(r.Body.String(), `,"record"`)
				return before
			}
			if right.Code != nobody.Code || cut(right) != cut(nobody) {
				t.Errorf("%s at %s: %d %s, nobody %d %s", l.User, path, right.Code, right.Body, nobody.Code, nobody.Body)
			}
		}
	}
}
