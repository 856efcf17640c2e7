package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/exchange/wire"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store/storetest"
)

const secretWord = "kata-sandi-panjang-untuk-uji-7"

// create makes a user id that works.
func (w *walk) create(u party.User) party.User {
	w.Helper()
	hash, err := party.HashPassword(w.Context(), secretWord)
	if err != nil {
		w.Fatal(err)
	}
	u.Name, u.Position = "Rekaan "+u.Login, "Rekaan"
	if u.Role == party.Application && u.Application == 0 { // of the agency's own program, which has passed its PoC
		u.Application = w.actor("aplikasi.dinpertan").Application
	}
	if u.ID, err = w.p.store.Rights.CreateUser(w.Context(), journal.Change{At: w.at, Reason: "x", Letter: "1"}, u, hash); err != nil {
		w.Fatal(err)
	}
	return u
}

// legacy asks a path of the legacy wire.
func (w *walk) legacy(path, login, password string, from netip.Addr) string {
	w.Helper()
	body, err := json.Marshal(map[string]string{"user_id": login, "password": password, "ip_user": "P-1", "nik": w.out.Sample.Found[0],
		"TRESHOLD": "90", "NAMA_LGKP": "X"})
	if err != nil {
		w.Fatal(err)
	}
	r := httptest.NewRequest("POST", wire.Base+path, bytes.NewReader(body))
	r.RemoteAddr = netip.AddrPortFrom(from, 1).String()
	out := httptest.NewRecorder()
	w.h.ServeHTTP(out, r)
	if out.Code >= 500 {
		w.Errorf("%s by %s: %d %s", path, login, out.Code, out.Body)
	}
	return out.Body.String()
}

// The legacy wire's paths ask the same questions as the doors that are routes: who, by which method, from where.
func TestTheLegacyWireAsksWhoAndFromWhere(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		agency := w.actor("aplikasi.dinpertan").Institution
		methods := []string{agreement.Portal, agreement.API, agreement.Legacy}
		day := w.at.AddDate(0, -1, 0)
		for role, outcome := range map[party.Role][2]access.Code{
			party.Officer: {access.Found, access.Network}, party.Application: {access.Found, access.Network},
			party.HeadOfAgency:  {access.Method, access.Network},
			party.Administrator: {access.Login, access.Login}, party.Operator: {access.Login, access.Login}, party.Auditor: {access.Login,
				access.Login},
			party.CitizenPortal: {access.Login, access.Login},
		} {
			u := party.User{Institution: agency, Login: "uji-" + string(role), Role: role, Methods: methods, NDASigned: day}
			if role.OfProvider() {
				u.Institution, u.Methods = party.Provider, nil
			}
			u = w.create(u)
			for n, inside := range []bool{true, false} {
				from := w.place(inside)
				w.legacy("dinpertan/call_nik", u.Login, secretWord, from)
				log := u.Institution
				if outcome[n] == access.Login {
					log = party.Provider
				}
				rows, _, err := w.p.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: log, Limit: 1})
				if err != nil || len(rows) != 1 || rows[0].Address != from || rows[0].Outcome != string(outcome[n]) ||
					rows[0].Method != agreement.Legacy {
					t.Errorf("%s, inside %v: %v %+v, want %s", role, inside, err, rows, outcome[n])
				}
			}
		}
	})
}

// A user who is granted verdicts reads no value of a person: by no route of any room, no path of the legacy wire, with a profile or
// without. A purpose that is not the user's is refused likewise.
func TestAMatchOnlyUserGetsNoValueAtAnyDoorOrPath(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		agency := w.actor("aplikasi.dinpertan").Institution
		n, err := nik.Parse(w.out.Sample.Found[0])
		if err != nil {
			t.Fatal(err)
		}
		f, err := w.p.store.Registry.Find(t.Context(), n)
		if err != nil || !f.Known {
			t.Fatal(f.Known, err)
		}
		values := []string{f.Person.Name, f.Person.FamilyNo, f.Person.Address}
		shows := func(body string) bool {
			return slices.ContainsFunc(values, func(v string) bool {
				return v != "" && strings.Contains(strings.ToUpper(body),
					strings.ToUpper(v))
			})
		}
		methods, day := []string{agreement.Portal, agreement.API, agreement.Legacy}, w.at.AddDate(0, -1, 0)
		paths := []string{
			"dinpertan/call_nik", "33-03/dinpertan/call_nik", "dinpertan/nik_verifby_elemen", // with a profile
			"dinpertan/lain", "33-03/dinpertan/lain", "dinpertan/verif_lain", // without one
		}
		whole := w.create(party.User{Institution: agency, Login: "lengkap", Role: party.Application, Methods: methods, NDASigned: day})
		narrow := w.create(party.User{Institution: agency, Login: "tujuan", Role: party.Application, Methods: methods, NDASigned: day,
			Purposes: []string{"tujuan lain"}})
		if !shows(w.legacy(paths[0], whole.Login, secretWord, w.place(true))) {
			t.Fatal("the user with full rights gets nothing either")
		}
		outcome := func(u party.User) string {
			rows, _, err := w.p.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: agency, User: u.ID, Limit: 1})
			if err != nil || len(rows) != 1 {
				t.Fatal(rows, err)
			}
			return rows[0].Outcome
		}
		for _, path := range paths {
			if body := w.legacy(path, narrow.Login, secretWord, w.place(true)); shows(body) || outcome(narrow) != string(access.Purpose) {
				t.Errorf("%s for another purpose: %s %s", path, outcome(narrow), body)
			}
		}
		fill := strings.NewReplacer("{code}", "dinpertan", "{id}", "1", "{key}", "nda", "{login}", "lama.dinpertan", "{period}", "2026-2",
			"{form}", "pdf", "{path...}", "0/000", "{link}", "x", "{$}", "")
		for _, role := range []party.Role{party.Officer, party.Application} {
			u := w.create(party.User{Institution: agency, Login: "cocok-" + string(role), Role: role, Methods: methods, NDASigned: day,
				MatchOnly: true})
			a := w.actor(u.Login)
			for _, path := range paths {
				body := w.legacy(path, u.Login, secretWord, w.place(true))
				want := access.MatchOnly
				if strings.Contains(path, "verif") {
					want = access.Found
				}
				if shows(body) || outcome(u) != string(want) {
					t.Errorf("%s by %s: %s %s", path, role, outcome(u), body)
				}
			}
			for pattern := range w.routes {
				method, target, cut := strings.Cut(fill.Replace(pattern), " ")
				if !cut {
					method, target = "POST", method
				}
				if pattern == "POST /keluar" {
					continue // it would end the session
				}
				if got := w.send(a, method, target, w.place(true), 0); shows(got.Body.String()) {
					t.Errorf("%s by %s: %d, with values", pattern, role, got.Code)
				}
			}
			for pattern, want := range map[string]access.Code{"POST /cari": access.MatchOnly, "POST /api/v1/lookups": access.MatchOnly,
				"POST /api/v1/matches": access.Found} {
				method, target, _ := strings.Cut(pattern, " ")
				if w.send(a, method, target, w.place(true), 0); outcome(u) != string(want) {
					t.Errorf("%s by %s: %s", pattern, role, outcome(u))
				}
			}
		}
	})
}

// An application that is registered for verdicts alone, or for some purposes, narrows whoever comes through it, at the API and at each
// path of the legacy wire: by the user id that is for it, by its token, and an officer at the desk. What they may elsewhere stays as it
// is.
func TestAnApplicationNarrowsItsUsersAtEveryDoor(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		officer := w.actor("petugas.dinpertan")
		agency, day := officer.Institution, w.at.AddDate(0, -1, 0)
		st, err := w.p.store.Rights.Agency(t.Context(), agency)
		if err != nil {
			t.Fatal(err)
		}
		register := func(a party.App) int64 {
			t.Helper()
			a.Agency, a.Methods, a.Since = agency, []string{agreement.API, agreement.Legacy}, day
			note := journal.Change{At: w.at, Reason: "x", Letter: "1"}
			made, err := w.p.store.Rights.Apply(t.Context(), note, procedure.RegisterApplication{App: a})
			if err != nil {
				t.Fatal(err)
			}
			a.ID = made[0].ID
			if _, err := w.p.store.Rights.Apply(t.Context(), note, procedure.RecordPoC{Agreement: st.Agreements[0], App: a,
				Letter: agreement.PoCLetter{Application: a.ID, Letter: "L", On: day, Passed: true}}); err != nil {
				t.Fatal(err)
			}
			return a.ID
		}
		outcome := func(of actor, ask func(from netip.Addr)) access.Code {
			t.Helper()
			from := w.place(true)
			ask(from)
			r, there := w.recorded(of, from)
			if !there {
				t.Fatal("no record")
			}
			return access.Code(r.Outcome)
		}
		holds := func(what string, a actor, lookup, match access.Code) {
			t.Helper()
			for path, want := range map[string]access.Code{"/api/v1/lookups": lookup, "/api/v1/matches": match} {
				if got := outcome(a, func(from netip.Addr) { w.send(a, "POST", path, from, 0) }); got != want {
					t.Errorf("%s, %s: %s, want %s", what, path, got, want)
				}
			}
			if a.Role != party.Application {
				return
			}
			for path, want := range map[string]access.Code{"dinpertan/call_nik": lookup, "dinpertan/nik_verifby_elemen": match} {
				if got := outcome(a, func(from netip.Addr) { w.legacy(path, a.Login, secretWord, from) }); got != want {
					t.Errorf("%s, %s: %s, want %s", what, path, got, want)
				}
			}
		}
		for name, c := range map[string]struct {
			app           party.App
			lookup, match access.Code
		}{
			"penuh":  {party.App{}, access.Found, access.Found},
			"cocok":  {party.App{MatchOnly: true}, access.MatchOnly, access.Found},
			"tujuan": {party.App{Purposes: []string{"tujuan lain"}}, access.Purpose, access.Purpose},
		} {
			c.app.Name, c.app.Kind = "Aplikasi "+name, party.ProgramApp
			id := register(c.app)
			u := w.create(party.User{Institution: agency, Login: "program." + name, Role: party.Application, Application: id,
				Methods: []string{agreement.API, agreement.Legacy}, NDASigned: day})
			holds(name, w.actor(u.Login), c.lookup, c.match)
			c.app.Name, c.app.Kind = "Loket "+name, party.DeskApp
			at := officer
			at.token = party.NewSecret()
			if err := w.p.store.Credentials.AddToken(t.Context(), journal.Change{At: w.at, Reason: "x", Letter: "1"},
				party.Credential{Kind: party.DeskToken, Agency: agency, Owner: officer.ID, Application: register(c.app)},
				at.token); err != nil {
				t.Fatal(err)
			}
			holds("at the desk, "+name, at, c.lookup, c.match)
		}
		if got := outcome(officer, func(from netip.Addr) { w.send(officer, "POST", "/cari", from, 0) }); got != access.Found {
			t.Errorf("the officer at the portal: %s", got)
		}
	})
}

// form posts a form with a session, from inside.
func (w *walk) form(a actor, path string, files bool, values url.Values) *httptest.ResponseRecorder {
	w.Helper()
	if !files {
		return w.fill(a, path, values, w.place(true))
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, all := range values {
		for _, v := range all {
			m.WriteField(k, v)
		}
	}
	m.Close()
	return w.post(a, path, m.FormDataContentType(), &body, w.place(true))
}

// fill posts a form without files from an address; an actor without a session is nobody.
func (w *walk) fill(a actor, path string, values url.Values, from netip.Addr) *httptest.ResponseRecorder {
	return w.post(a, path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()), from)
}

func (w *walk) post(a actor, path, kind string, body io.Reader, from netip.Addr) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, body)
	r.Header.Set("Content-Type", kind)
	r.RemoteAddr = netip.AddrPortFrom(from, 1).String()
	if a.session != "" {
		r.AddCookie(&http.Cookie{Name: "gapura", Value: a.session})
	}
	out := httptest.NewRecorder()
	w.h.ServeHTTP(out, r)
	return out
}

// staff are the provider's user ids with role and state, as far as a right hangs on them.
func (w *walk) staff() (out []string) {
	w.Helper()
	all, err := w.p.store.Users.UsersOfAgency(w.Context(), party.Provider, "", 1000)
	if err != nil {
		w.Fatal(err)
	}
	for _, u := range all {
		out = append(out, fmt.Sprintln(u.Login, u.Role, u.HasPassword, u.Deactivated.IsZero()))
	}
	return out
}

// One of two administrators, with a second user id of an own, makes no administrator: by no procedure, no route, no command.
func TestTwoPeopleAreNeededForANewAdministrator(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		one, two := w.actor("admin"), w.actor("admin2")
		second := w.create(party.User{Login: "kedua", Role: party.Operator, Identity: party.Identity{NIP: one.Identity.NIP}})
		self := w.actor(second.Login) // the first administrator once more
		before := w.staff()
		held := func(what string) {
			t.Helper()
			if now := w.staff(); !slices.Equal(now, before) {
				t.Errorf("%s: the staff is now %q, was %q", what, now, before)
				before = now
			}
		}
		values := url.Values{
			"surat": {"1"}, "tanggal_surat": {w.at.Format("2006-01-02")}, "keputusan": {procedure.Approve}, "f.nik": {"3303014507900002"},
			"f.nip": {"777"}, "f.nama": {"Rekaan Baru"},
			"f.jabatan": {"Administrator"}, "f.surel": {"saya@rekaan.example"}, "f.user_id": {"admin.baru"}, "f.peran": {"admin"},
			"f.pengguna": {"operator"}, "f.alasan": {"x"},
			"f.metode_pengguna": {"portal"}, "f.hak_data": {"full"}, "f.status_kepegawaian": {"pns"}, "f.kode_wilayah": {"33.03"},
			"f.kantor": {"K"},
		}
		open := func(a actor, key, agency string) (path string) {
			t.Helper()
			got := w.form(a, "/konsol/berkas", false, url.Values{"prosedur": {key}, "instansi": {agency}})
			if got.Code != http.StatusSeeOther {
				return ""
			}
			return got.Header().Get("Location")
		}
		step := func(a actor, path string, n int) int {
			values.Set("langkah", fmt.Sprint(n))
			return w.form(a, path, true, values).Code
		}
		// Every procedure, at the provider and at an agency: each step by the one, then by the same person's other user id.
		for _, p := range procedure.Defaults() {
			for _, agency := range []string{"", "dinpertan"} {
				path := open(one, p.Key, agency)
				if path == "" {
					continue
				}
				for n := range p.Steps {
					step(one, path, n)
					step(self, path, n)
				}
				if p.Key == "penonaktifan-staf" {
					before = w.staff() // one person may take the operator's user id away
				}
				held("procedure " + p.Key + " " + agency)
			}
		}
		values.Set("f.pengguna", "admin2") // … and not the second administrator's, after which a command would make the next
		path := open(one, "penonaktifan-staf", "")
		step(one, path, 0)
		if code := step(one, path, 1); code != http.StatusConflict {
			t.Errorf("the second administrator is deactivated by the first: %d", code)
		}
		held("deactivation of the second administrator")
		// Every route.
		fill := strings.NewReplacer("{code}", "dinpertan", "{id}", "1", "{key}", "nda", "{login}", "operator", "{period}", "2026-2",
			"{form}", "pdf", "{path...}", "0/000", "{link}", "x", "{$}", "")
		for pattern := range w.routes {
			method, target, cut := strings.Cut(fill.Replace(pattern), " ")
			if cut && method == "POST" && target != "/keluar" {
				w.form(one, target, strings.Contains(pattern, "{id}"), values)
				held(pattern)
			}
		}
		// Every command that makes or opens a user id.
		for name, run := range map[string]func() error{
			"user admin":        adminCommand{Config: w.file, Letter: "1", Name: "Rekaan", NIP: "778", Login: "admin.baru"}.Run,
			"user invite":       inviteCommand{Config: w.file, Letter: "1", Login: "admin2"}.Run,
			"user identify":     identifyCommand{Config: w.file, Letter: "1", NIP: "779", Login: "kedua"}.Run,
			"user portal admin": portalCommand{Config: w.file, Letter: "1", Name: "P", Login: "admin"}.Run,
		} {
			if err := run(); err == nil {
				t.Errorf("%s: taken", name)
			}
			held(name)
		}
		// Two people make one, and each holds half of what opens it.
		path = open(one, "staf", "")
		if code := step(one, path, 0); code != http.StatusSeeOther {
			t.Fatal(code)
		}
		if code := step(self, path, 1); code < 400 {
			t.Errorf("decided by the same person's other user id: %d", code)
		}
		held("decision by the same person")
		if code := step(two, path, 1); code >= 400 {
			t.Fatal("decided by the second administrator:", code)
		}
		if now := w.staff(); len(now) != len(before)+1 || !slices.Contains(now, fmt.Sprintln("admin.baru", party.Administrator, false,
			true)) {
			t.Errorf("%q", now)
		}
		if code := step(one, path, 2); code >= 400 {
			t.Fatal(code)
		}
		slips, err := w.p.store.Credentials.OpenSlips(t.Context(), party.Provider, w.at)
		if err != nil || len(slips) != 1 || slips[0].OwnerLogin != "admin.baru" {
			t.Fatalf("%v %+v", err, slips)
		}
		// A second half that went to the address which the one named would open the user id alone.
		if _, x, err := w.p.store.Credentials.PrintSlip(t.Context(), journal.Change{At: w.at, By: one.ID, Letter: "1"},
			slips[0].ID); err != nil || x.Mailed {
			t.Fatalf("%v %+v", err, x)
		}
		for _, a := range []actor{one, self} {
			if _, err := w.p.store.Credentials.DrawSecond(t.Context(), slips[0].ID, a.ID, w.at); err == nil {
				t.Errorf("%s holds both halves", a.Login)
			}
		}
		if _, err := w.p.store.Credentials.DrawSecond(t.Context(), slips[0].ID, two.ID, w.at); err != nil {
			t.Error(err)
		}
	})
}
