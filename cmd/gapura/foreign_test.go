package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// A foreign is a route with an id of the caller's own and one that is another agency's.
type foreign struct {
	by            actor
	method, route string
	mine, theirs  string
	missing       bool       // the own is not made here
	fields        url.Values // of a form
}

// ownPlaces have a hole that names nothing of anybody: what they show is looked for in the caller's own alone.
var ownPlaces = map[string]string{
	"GET /laporan/{period}":              "a half-year of the own reports",
	"POST /laporan/{period}":             "a half-year of the own reports",
	"GET /laporan/{period}/{form}":       "a half-year of the own reports",
	"GET /api/v1/journal/tile/{path...}": "a tile of the own log",
}

// What belongs to another agency is not there for an agency's people, and that they asked is recorded; their own is there. Every route
// that takes an id from them is tried.
func TestAnotherAgencysDataIsNotThere(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		own, other := w.actor("kepala.dinpertan"), w.actor("kepala.dinkop")
		kept, searched := w.keptOfEach(own, other), w.searchedOfEach(own, other)
		tried := map[string]bool{}
		mux := http.NewServeMux()
		for pattern := range w.routes {
			mux.Handle(pattern, http.NotFoundHandler())
		}
		for _, c := range append(kept, searched...) {
			r, err := http.NewRequest(c.method, strings.Replace(c.route, "*", c.theirs, 1), nil)
			if err != nil {
				t.Fatal(err)
			}
			_, pattern := mux.Handler(r)
			tried[pattern] = true
		}
		for pattern := range w.routes {
			hole := strings.Contains(strings.TrimSuffix(pattern, "{$}"), "{")
			if hole && strings.ContainsAny(whoMay[pattern], "ohmp") && !tried[pattern] && ownPlaces[pattern] == "" {
				t.Errorf("%s is tried with no id of another agency", pattern)
			}
		}
		for _, c := range kept {
			w.isRefused(c)
		}
		for _, c := range searched {
			path := strings.Replace(c.route, "*", c.theirs, 1)
			got := w.fill(c.by, path, c.fields, w.place(true))
			if got.Code != http.StatusNotFound && !strings.HasPrefix(c.route, "/akun/kunci/") {
				t.Errorf("%s of another: %d", path, got.Code)
			}
		}
		w.isUntouched(own, other, searched)
	})
}

// isRefused tries what is kept of another, and of the own.
func (w *walk) isRefused(c foreign) {
	w.Helper()
	from, path := w.place(true), strings.Replace(c.route, "*", c.theirs, 1)
	got := w.send(c.by, c.method, path, from, 0)
	rec, there := w.recorded(c.by, from)
	if got.Code != http.StatusNotFound || !there || rec.Outcome != string(access.Foreign) {
		w.Errorf("%s %s of another: %d, recorded %v %q", c.method, path, got.Code, there, rec.Outcome)
	}
	from, path = w.place(true), strings.Replace(c.route, "*", c.mine, 1)
	got = w.send(c.by, c.method, path, from, 0)
	rec, there = w.recorded(c.by, from) // what was kept of others is read on record, nothing else leaves one
	reading := got.Code == http.StatusOK && !strings.Contains(path, "/insiden") && (!strings.Contains(path, "permohonan") ||
		strings.HasSuffix(path, "/formulir"))
	if there != reading || there && rec.Outcome != string(access.Read) || got.Code == http.StatusForbidden ||
		got.Code == http.StatusNotFound && !c.missing || got.Code >= 500 {
		w.Errorf("%s %s of the own: %d, refused %v", c.method, path, got.Code, there)
	}
}

// keptOfEach makes what is kept of two agencies, with the routes to it.
func (w *walk) keptOfEach(own, other actor) []foreign {
	w.Helper()
	program, manager := w.actor("aplikasi.dinpertan"), w.actor("admin.dinpertan")
	var incidents, files, letters, cases, logs [2]string
	for n, a := range []actor{own, other} {
		id, err := office.IncidentsOf(w.p.office).Report(w.Context(), office.Actor{User: a.ID, Role: a.Role},
			incident.Incident{Agency: a.Institution, Kind: "lainnya", Known: w.p.now()}, "Uraian.", "")
		if err != nil {
			w.Fatal(err)
		}
		f := &procedure.File{Agency: a.Institution, Kind: "scan", Title: "Bukti", Media: "application/pdf", By: a.ID, At: w.p.now(),
			Content: []byte("%PDF-1.4")}
		if _, err := w.p.store.Duties.Deliver(w.Context(), procedure.Evidence{Agency: a.Institution, Rule: "x", Period: "1", On: w.p.now(),
			By: a.ID, At: w.p.now()}, f); err != nil {
			w.Fatal(err)
		}
		list, err := w.p.store.Files.Files(w.Context(), a.Institution, 0, 1)
		if err != nil || len(list) != 1 || list[0].Title != "Bukti" {
			w.Fatal(list, err)
		}
		letter, cs := w.letter(a.Institution)
		incidents[n], files[n], letters[n], cases[n] = fmt.Sprint(id), fmt.Sprint(list[0].ID), fmt.Sprint(letter), fmt.Sprint(cs)
		logs[n] = fmt.Sprintf("%d-0", a.Institution)
	}
	row := func(by actor, method, route string, ids [2]string) foreign {
		return foreign{by: by, method: method, route: route, mine: ids[0], theirs: ids[1], missing: ids == logs}
	}
	return []foreign{
		row(own, "GET", "/insiden/*", incidents), row(own, "POST", "/insiden/*", incidents),
		row(own, "GET", "/kewajiban/dokumen/*", files),
		row(own, "GET", "/instansi/dokumen/*", letters),
		row(own, "GET", "/instansi/permohonan/*", cases), row(manager, "GET", "/instansi/permohonan/*", cases),
		row(manager, "POST", "/instansi/permohonan/*", cases), row(manager, "POST", "/instansi/permohonan/*/kirim", cases),
		row(manager, "POST", "/instansi/permohonan/*/jawab", cases), row(manager, "POST", "/instansi/permohonan/*/tarik", cases),
		row(own, "GET", "/instansi/permohonan/*/formulir", cases),
		row(own, "GET", "/riwayat/kuitansi/*", logs), row(program, "GET", "/api/v1/records/*/receipt", logs),
	}
}

// searchedOfEach makes what is looked for among the caller's own alone: user ids, tokens, slips, sessions, passkeys. There nothing tells
// what is another's from what is nobody's, and there is no record of it.
func (w *walk) searchedOfEach(own, other actor) []foreign {
	w.Helper()
	manager := w.actor("admin.dinpertan")
	var users, tokens, slips, sessions, keys [2]string
	for n, a := range []actor{own, other} {
		code := [2]string{"dinpertan", "dinkop"}[n]
		users[n], tokens[n] = "petugas."+code, party.Fingerprint(party.HashSecret(a.token))
		sessions[n] = party.Fingerprint(party.HashSecret(w.actor(a.Login).session))
		if err := w.p.store.Accounts.Count(w.Context(), w.actor(users[n]).ID, admission.Strangers, w.p.now(), 20); err != nil {
			w.Fatal(err)
		}
		slip, err := w.p.store.Credentials.IssueToken(w.Context(), journal.Change{At: w.p.now(), Letter: "BAST/1"},
			w.actor("aplikasi."+code).User, party.APIToken, "", 0)
		if err != nil {
			w.Fatal(err)
		}
		slips[n] = fmt.Sprint(slip.Slip)
		if err := w.p.store.Credentials.AddPasskey(w.Context(), a.User, []byte(code), []byte("{}"), "Gawai", w.p.now()); err != nil {
			w.Fatal(err)
		}
		list, err := w.p.store.Credentials.Passkeys(w.Context(), a.ID)
		if err != nil || len(list) != 1 {
			w.Fatal(list, err)
		}
		keys[n] = fmt.Sprint(list[0].ID)
	}
	why, confirmed := url.Values{"alasan": {"uji"}}, url.Values{"lama": {w.out.Logins[0].Password}}
	row := func(by actor, route string, ids [2]string, fields url.Values) foreign {
		return foreign{by: by, method: "POST", route: route, mine: ids[0], theirs: ids[1], fields: fields}
	}
	return []foreign{
		row(manager, "/instansi/pengguna/*/buka", users, url.Values{}), row(manager, "/instansi/pengguna/*/nonaktifkan", users, why),
		row(own, "/kredensial/*/cabut", tokens, why), row(own, "/kode-kedua/*", slips, url.Values{}),
		row(own, "/akun/sesi/*", sessions, url.Values{}), row(own, "/akun/kunci/*/hapus", keys, confirmed),
	}
}

// isUntouched holds what another agency has after all tries, and that the same forms work on the own.
func (w *walk) isUntouched(own, other actor, searched []foreign) {
	w.Helper()
	stands := func(of actor, code string) map[string]bool {
		w.Helper()
		acc, _, err := w.p.store.Accounts.Account(w.Context(), "petugas."+code)
		if err != nil {
			w.Fatal(err)
		}
		officer, _, err := w.p.store.Users.UserByLogin(w.Context(), "petugas."+code)
		if err != nil {
			w.Fatal(err)
		}
		tokens, err := w.p.store.Credentials.TokensOf(w.Context(), of.Institution, 0, 100, w.p.now())
		if err != nil {
			w.Fatal(err)
		}
		live := false
		for _, x := range tokens {
			live = live || x.Fingerprint == party.Fingerprint(party.HashSecret(of.token)) && x.Barred == ""
		}
		slips, err := w.p.store.Credentials.OpenSlips(w.Context(), of.Institution, w.p.now())
		if err != nil {
			w.Fatal(err)
		}
		undrawn := false
		for _, x := range slips {
			undrawn = undrawn || x.Unseen() && x.MayDraw(of.ID, w.p.now())
		}
		keys, err := w.p.store.Credentials.Passkeys(w.Context(), of.ID)
		if err != nil {
			w.Fatal(err)
		}
		sessions, err := w.p.store.Accounts.SessionsOf(w.Context(), of.ID, time.Time{})
		if err != nil {
			w.Fatal(err)
		}
		return map[string]bool{"user id": officer.Deactivated.IsZero(), "hold": acc.Lanes[admission.Strangers].Failures > 0,
			"token": live, "slip": undrawn, "passkey": len(keys) == 1, "session": len(sessions) == 2}
	}
	for what, so := range stands(other, "dinkop") {
		if !so {
			w.Errorf("another agency's %s was touched", what)
		}
	}
	for _, c := range searched {
		path := strings.Replace(c.route, "*", c.mine, 1)
		if got := w.fill(c.by, path, c.fields, w.place(true)); got.Code != http.StatusSeeOther && got.Code != http.StatusOK {
			w.Errorf("%s of the own: %d", path, got.Code)
		}
	}
	for what, so := range stands(own, "dinpertan") {
		if so {
			w.Errorf("the own %s is as it was", what)
		}
	}
}

// letter is a scan in a case of an agency's, with the case.
func (w *walk) letter(agency int64) (file, id int64) {
	w.Helper()
	id, err := w.p.office.Open(w.Context(), office.Actor{User: 1, Role: party.Administrator}, agency, "dokumen")
	if err != nil {
		w.Fatal(err)
	}
	c, _, err := w.p.store.Cases.Case(w.Context(), id, w.p.office.Procedures)
	if err != nil {
		w.Fatal(err)
	}
	taken := procedure.Taken{Step: c.Procedure.Steps[0].Key, At: w.p.now(), By: 1, Values: map[string]string{}}
	scan := procedure.File{Agency: agency, Kind: "scan", Title: "PKS", Media: "application/pdf", By: 1, At: w.p.now(),
		Content: []byte("%PDF-1.4")}
	if _, err := w.p.store.Cases.TakeStep(w.Context(), office.Step{Case: &c, Files: []procedure.File{scan},
		Result: procedure.Result{Taken: taken, State: procedure.Open}}); err != nil {
		w.Fatal(err)
	}
	list, err := w.p.store.Files.FilesOfCase(w.Context(), id)
	if err != nil || len(list) != 1 {
		w.Fatal(list, err)
	}
	return list[0].ID, id
}
