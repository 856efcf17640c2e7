package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gapura/access/admission"
	"gapura/internal/told"
	"gapura/store/storetest"
)

// old calls a path of the legacy wire.
func (w *walk) old(login, password string, from netip.Addr) *httptest.ResponseRecorder {
	return w.ask(w.out.Legacy[0].Path, fmt.Sprintf(`{"user_id":%q,"password":%q,"nik":%q,"ip_user":"10.1.2.3"}`, login, password,
		w.out.Sample.Found[0]), from, nil)
}

// forgets lets the time pass for which a good password is remembered, so that the next call is checked as the first one was.
func (w *walk) forgets() { w.at = w.at.Add(6 * time.Minute) }

// 400 unknown users at once, by Basic, fill the strangers' queue. An application that signed in from its source before is not told that it
// is busy, and neither is one that comes from elsewhere. Whose turn is first is held by
// admission.TestKnownSourcesAreServedBeforeAccountsAndThoseBeforeStrangers; how long it takes is measured by
// BenchmarkKnownUserUnderFlood (make bench).
func TestStrangersAtOnceKeepNobodyOut(t *testing.T) {
	w := newWalk(t)
	api, inside := w.out.API[0], w.place(true)
	lookup := fmt.Sprintf(`{"nik":%q,"purpose":%q,"reference":"A/1"}`, w.out.Sample.Found[0], api.Purposes[0])
	known := func(from netip.Addr) {
		t.Helper()
		if got := w.ask("/api/v1/lookups", lookup, from, basic(api.User, api.Password)); got.Code != http.StatusOK {
			t.Errorf("a known user: %d %s", got.Code, got.Body)
		}
	}
	known(inside)
	w.forgets()
	var wg sync.WaitGroup
	var served atomic.Int32
	busy := make(chan bool, 400)
	for i := range 400 {
		from := w.place(false)
		wg.Go(func() {
			got := w.ask("/api/v1/lookups", lookup, from, basic(fmt.Sprint("tidak.ada", i), "bukan-kata-sandinya"))
			switch after := got.Header().Get("Retry-After"); {
			case got.Code == http.StatusUnauthorized:
				served.Add(1)
			case got.Code == http.StatusServiceUnavailable && after == strconv.Itoa(admission.ErrBusy.After):
				busy <- true
			default:
				t.Errorf("%d, Retry-After %q: %s", got.Code, after, got.Body)
			}
		})
	}
	go func() {
		wg.Wait()
		close(busy)
	}()
	if !<-busy {
		t.Fatal("the strangers' queue was never full")
	}
	before, began := served.Load(), time.Now()
	known(inside)
	took, passed := time.Since(began), served.Load()-before
	known(w.place(true))
	turned := 1
	for range busy {
		turned++
	}
	t.Logf("figure: a known user's sign-in and lookup beside 400 unknown ones: %v; %d of them were answered meanwhile, %d were told "+
		"that it is busy", took.Round(time.Millisecond), passed, turned)
}

// A stranger's seven wrong passwords hold the stranger's way alone: the application goes on at the source that it signed in from before,
// and a right password from a third place waits.
func TestGuessingKeepsNoApplicationOutOfTheLegacyWire(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		own, stranger, third := w.place(true), w.place(true), w.place(true)
		a := w.out.Legacy[0]
		expect := func(who string, got *httptest.ResponseRecorder, found bool) {
			t.Helper()
			body := got.Body.String()
			if strings.Contains(body, w.out.Sample.Found[0]) != found || strings.Contains(body, "Login Gagal") == found {
				t.Errorf("%s: %d %s", who, got.Code, body)
			}
		}
		expect("the application", w.old(a.User, a.Password, own), true)
		w.forgets()
		for n := range 7 {
			expect("a stranger", w.old(a.User, fmt.Sprint("tebakan-", n), stranger), false)
		}
		expect("the application where it was before", w.old(a.User, a.Password, own), true)
		expect("the right password from a third place", w.old(a.User, a.Password, third), false)
	})
}

// Whose source has used up its tries is told so at every door, with the seconds after which to come again, and nobody else is.
func TestEveryDoorTellsWhenToComeAgain(t *testing.T) {
	w := newWalk(t)
	from := w.place(true)
	officer, admin := w.actor("petugas.dinpertan"), w.actor("admin")
	slip := func(from netip.Addr) *httptest.ResponseRecorder {
		return w.ask("/api/v1/slips", `{"code":"AAAA-BBBB-CCCC-DDDD","second":"EEEE-FFFF"}`, from, nil)
	}
	tries := 0
	for slip(from).Code != http.StatusServiceUnavailable {
		if tries++; tries > 1000 {
			t.Fatal("a source's tries never end")
		}
	}
	text, _ := told.Text(admission.ErrBusy)
	wrong := url.Values{"lama": {"bukan kata sandinya"}, "password": {"kuda lumping hijau"}, "kode": {"123456"}, "nama": {"kunci"}}
	for door, got := range map[string]*httptest.ResponseRecorder{
		"slips":            slip(from),
		"API":              w.ask("/api/v1/lookups", `{"nik":"1","purpose":"x","reference":"y"}`, from, basic("aplikasi.dinpertan", "x")),
		"legacy wire":      w.old("aplikasi.dinpertan", "x", from),
		"portal":           w.fill(actor{}, "/masuk", url.Values{"user": {officer.Login}, "password": {"x"}}, from),
		"console":          w.fill(actor{}, "/masuk", url.Values{"user": {admin.Login}, "password": {"x"}}, from),
		"nobody's":         w.fill(actor{}, "/masuk", url.Values{"user": {"tidak.ada"}, "password": {"x"}}, from),
		"activation":       w.fill(actor{}, "/aktivasi/AAAA-BBBB-CCCC-DDDD", wrong, from),
		"Akun, password":   w.fill(officer, "/akun/sandi", wrong, from),
		"Akun, codes":      w.fill(admin, "/akun/kode", wrong, from),
		"Akun, passkey":    w.fill(admin, "/akun/kunci", wrong, from),
		"Akun, recovery":   w.fill(officer, "/akun/pemulihan", wrong, from),
		"Akun, no passkey": w.fill(officer, "/akun/kunci/1/hapus", wrong, from),
	} {
		if got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") != strconv.Itoa(admission.ErrBusy.After) ||
			!strings.Contains(got.Body.String(), text) {
			t.Errorf("%s: %d, Retry-After %q: %s", door, got.Code, got.Header().Get("Retry-After"), got.Body)
		}
	}
	if got := slip(w.place(true)); got.Code != http.StatusForbidden {
		t.Errorf("another source: %d", got.Code)
	}
	w.at = w.at.Add(time.Minute)
	if got := slip(from); got.Code != http.StatusForbidden {
		t.Errorf("a minute later: %d", got.Code)
	}
}

// numbers are those of answers' records; the log that they are in stays, because it would tell whether the login exists.
var numbers = regexp.MustCompile(`(\d+)-\d+`)

// From outside the agreement's network a login that exists and one that nobody has get the same answer, to the letter, at every door (A3).
func TestOutsideTheNetworkKnownAndUnknownLoginsAnswerAlike(t *testing.T) {
	w := newWalk(t)
	const nobody = "tidak.ada.siapa"
	for door, ask := range map[string]func(login string) *httptest.ResponseRecorder{
		"/masuk": func(login string) *httptest.ResponseRecorder {
			return w.fill(actor{}, "/masuk", url.Values{"user": {login}, "password": {"bukan kata sandinya"}}, w.place(false))
		},
		"API": func(login string) *httptest.ResponseRecorder {
			return w.ask("/api/v1/lookups", `{"nik":"1","purpose":"x","reference":"y"}`, w.place(false),
				basic(login, "bukan kata sandinya"))
		},
		"legacy wire": func(login string) *httptest.ResponseRecorder {
			return w.old(login, "bukan kata sandinya", w.place(false))
		},
	} {
		answer := func(login string) string {
			got := ask(login)
			return fmt.Sprint(got.Code, got.Header(), numbers.ReplaceAllString(got.Body.String(), "$1-N"))
		}
		want := answer(nobody)
		for _, login := range []string{"petugas.dinpertan", "kepala.dinpertan", "aplikasi.dinpertan", "admin"} {
			if got := answer(login); got != want {
				t.Errorf("%s: %s is answered\n%s\nand nobody\n%s", door, login, got, want)
			}
		}
	}
}
