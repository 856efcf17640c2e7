package main

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/snooping"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/journal/journal"
	"gapura/office/curiosity"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/person/nik"
	"gapura/store/storetest"
)

// A reading is a route by which somebody sees what was kept of others, with the record that it leaves in the reader's log. Who may at all
// stands in whoMay.
type reading struct {
	whose  string // all: each agency's; agency: the own agency's; record: the own agency's by who answers for it, else the own alone
	by     string // the reader's login here
	leaves string // outcome of the record: access.Read, or the answer's own
	what   string // that the record names; * is the id of the path
	id     string // of the path, by the kind of what was made: see made
	fields url.Values
}

const isRead = string(access.Read)

// readings is the one table of them, of portal, console and API. A desk's own is in web/desk, with the desk's security log as the place of
// the records; a command's is handed below.
func readings(number string) map[string]reading {
	asked := url.Values{"nik": {number}, "surat": {"470/1"}, "identitas": {"ya"}}
	audit := url.Values{"nik": {number}, "surat": {"470/1"}}
	return map[string]reading{
		"POST /cari":                   {whose: "agency", by: "petugas.dinpertan", leaves: string(access.Found), fields: asked},
		"/api/v1/lookups":              {whose: "agency", by: "aplikasi.dinpertan", leaves: string(access.Found)},
		"/api/v1/matches":              {whose: "agency", by: "aplikasi.dinpertan", leaves: string(access.Found)},
		"POST /konsol/penduduk":        {whose: "all", by: "operator", leaves: access.OutcomeTold, what: "470/1", fields: asked},
		"POST /konsol/jurnal/cari/nik": {whose: "all", by: "auditor", leaves: access.OutcomeTold, what: "470/1", fields: audit},
		"/api/v1/residents/uses":       {whose: "all", by: "portal.penduduk", leaves: access.OutcomeTold, what: "P-1"},
		"POST /konsol/insiden/{id}/akses": {whose: "all", by: "admin", leaves: isRead, what: "penduduk insiden *", id: "incident",
			fields: url.Values{"instansi": {"dinpertan"}, "baris": {"1"}}},
		"GET /konsol/insiden/{id}": {whose: "all", by: "auditor", leaves: isRead, what: "penduduk insiden *", id: "affecting"},

		"GET /riwayat":                     {whose: "record", by: "kepala.dinpertan", leaves: isRead, what: "riwayat akses instansi"},
		"GET /riwayat.csv":                 {whose: "record", by: "kepala.dinpertan", leaves: isRead, what: "ekspor riwayat akses"},
		"GET /riwayat/kuitansi/{id}":       {whose: "record", by: "kepala.dinpertan", leaves: isRead, what: "kuitansi *", id: "record"},
		"GET /api/v1/records/{id}/receipt": {whose: "record", by: "aplikasi.dinpertan", leaves: isRead, what: "kuitansi *", id: "record"},
		"GET /pertanyaan":                  {whose: "record", by: "kepala.dinpertan", leaves: isRead, what: "pertanyaan pencarian"},
		"GET /dasar-layanan":               {whose: "agency", by: "admin.dinpertan", leaves: isRead, what: "dasar layanan"},
		"GET /api/v1/canaries":             {whose: "agency", by: "aplikasi.dinpertan", leaves: isRead, what: "orang uji dinpertan"},
		"GET /instansi/dokumen/{id}":       {whose: "agency", by: "kepala.dinpertan", leaves: isRead, what: "berkas *", id: "file"},
		"GET /kewajiban/dokumen/{id}":      {whose: "agency", by: "kepala.dinpertan", leaves: isRead, what: "berkas *", id: "evidence"},
		"GET /instansi/permohonan/{id}/formulir": {whose: "agency", by: "kepala.dinpertan", leaves: isRead, what: "formulir permohonan *",
			id: "case"},

		"GET /konsol/dokumen/{id}":              {whose: "all", by: "auditor", leaves: isRead, what: "berkas *", id: "file"},
		"GET /konsol/hak-akses":                 {whose: "all", by: "auditor", leaves: isRead, what: "tinjauan hak akses"},
		"GET /konsol/hak-akses.csv":             {whose: "all", by: "auditor", leaves: isRead, what: "ekspor tinjauan hak akses"},
		"GET /konsol/empat-mata":                {whose: "all", by: "auditor", leaves: isRead, what: "tinjauan empat mata"},
		"GET /konsol/empat-mata.csv":            {whose: "all", by: "auditor", leaves: isRead, what: "ekspor tinjauan empat mata"},
		"GET /konsol/berkas.csv":                {whose: "all", by: "auditor", leaves: isRead, what: "ekspor berkas"},
		"GET /konsol/berkas/{id}/sampul.pdf":    {whose: "all", by: "auditor", leaves: isRead, what: "sampul berkas *", id: "case"},
		"GET /konsol/kuitansi/{id}":             {whose: "all", by: "auditor", leaves: isRead, what: "kuitansi *", id: "record"},
		"GET /konsol/jurnal/{code}":             {whose: "all", by: "auditor", leaves: isRead, what: "jurnal dinpertan"},
		"GET /konsol/balikan/{code}":            {whose: "all", by: "operator", leaves: isRead, what: "data balikan dinpertan"},
		"GET /konsol/pengawasan/{code}/{login}": {whose: "all", by: "auditor", leaves: isRead, what: "pencarian user *", id: "user"},
		"GET /konsol/tanpa-dasar/{id}": {whose: "all", by: "operator", leaves: isRead, what: "pencarian tanpa dasar *",
			id: "curious"},
		"GET /konsol/instansi/{code}/orang-uji": {whose: "all", by: "admin", leaves: isRead, what: "orang uji dinpertan"},
		"GET /konsol/umpan":                     {whose: "all", by: "admin", leaves: isRead, what: "NIK umpan"},
	}
}

// unread are routes that show a masked number, or give a file, and are no readings of what was kept of others.
var unread = map[string]string{
	"GET /balikan":                                  "what the agency owes is the work of everybody who may deliver it",
	"POST /balikan":                                 "what was just typed",
	"POST /balikan/alasan":                          "what the agency owes, again",
	"GET /balikan/contoh.xlsx":                      "an empty sheet",
	"GET /balikan/contoh.csv":                       "an empty sheet",
	"GET /untuk-penduduk.txt":                       "public",
	"GET /untuk-penduduk.json":                      "public",
	"GET /laporan/{period}/{form}":                  "sums",
	"GET /konsol/laporan/{code}/{period}/{form}":    "sums",
	"GET /konsol/surat/{key}/contoh.pdf":            "invented",
	"GET /konsol/jurnal/{code}/checkpoint":          "a signed size and hash",
	"GET /konsol/jurnal/jangkar/persetujuan/berkas": "signed heads of logs",
	"GET /konsol/berkas/{id}":                       "the steps of a case are worked on by who reads them; its papers are readings",
	"GET /instansi/permohonan/{id}":                 "likewise",
	"POST /konsol/lembar/{id}/cetak":                "a change with its own record",
}

// somebody is what tells a page with somebody in it: a masked number.
var somebody = regexp.MustCompile(`\d{6}[•*]{4,}`)

// made are the ids of what there is to read, by kind.
func (w *walk) made() map[string]string {
	w.Helper()
	ctx, officer, head := w.Context(), w.actor("petugas.dinpertan"), w.actor("kepala.dinpertan")
	from := w.place(true)
	if got := w.send(officer, "POST", "/cari", from, 0); got.Code != http.StatusOK {
		w.Fatal(got.Code)
	}
	rec, there := w.recorded(officer, from)
	if !there {
		w.Fatal("no record of the lookup")
	}
	kept := w.keptOfEach(head, w.actor("kepala.dinkop"))
	ids := map[string]string{"record": rec.ID.String(), "user": fmt.Sprint(officer.ID)}
	for _, c := range kept {
		kind := map[string]string{"/insiden/*": "incident", "/kewajiban/dokumen/*": "evidence", "/instansi/dokumen/*": "file"}[c.route]
		if kind != "" {
			ids[kind] = c.mine
		}
	}
	admin := office.Actor{User: w.actor("admin").ID, Role: party.Administrator}
	id, err := office.IncidentsOf(w.p.office).Report(ctx, office.Actor{User: head.ID, Role: head.Role},
		incident.Incident{Agency: head.Institution, Kind: "lainnya", Known: w.at}, "Uraian.", "")
	if err != nil {
		w.Fatal(err)
	}
	number, err := nik.Parse(w.out.Sample.Found[0])
	if err != nil {
		w.Fatal(err)
	}
	if err := office.IncidentsOf(w.p.office).AddUses(ctx, admin, id, 1, []incident.Use{{ID: rec.ID, At: rec.At, User: officer.ID,
		Code:   "dinpertan",
		Agency: "x", NIK: number}}, "uji"); err != nil {
		w.Fatal(err)
	}
	ids["affecting"] = fmt.Sprint(id)
	if _, err := w.p.store.Curiosity.AddServices(ctx, head.Institution, 0, w.at, []snooping.Service{{Reference: "B-7", NIK: number,
		Day: snooping.DayOf(w.at), Kind: snooping.List}}); err != nil {
		w.Fatal(err)
	}
	if ok, err := w.p.store.Curiosity.KeepRun(ctx, curiosity.Run{Agency: head.Institution, Day: w.at.AddDate(0, 0, 1), At: w.at,
		Questions: []curiosity.Question{{ID: rec.ID, User: officer.ID, At: rec.At, NIK: number, Alert: true,
			Rules: []snooping.Rule{0}}}}, nil, nil); err != nil || !ok {
		w.Fatal(ok, err)
	}
	ids["curious"] = "1"
	got := w.form(w.actor("admin.dinpertan"), "/instansi/permohonan", true, url.Values{"prosedur": {"user-id"}, "f.nama": {"Rekaan Baru"}})
	path := strings.Split(got.Header().Get("Location"), "/")
	ids["case"] = path[len(path)-1]
	return ids
}

// on opens a route for a reader, with the ids of what there is.
func (w *walk) on(a actor, pattern, id string, fields url.Values) (got *httptest.ResponseRecorder, rec journal.Record, there bool) {
	w.Helper()
	method, target, cut := strings.Cut(pattern, " ")
	if !cut {
		method, target = "POST", method
	}
	target = strings.NewReplacer("{code}", "dinpertan", "{id}", id, "{login}", "petugas.dinpertan", "{period}", "2026-2", "{form}", "pdf",
		"{key}", "nda", "{$}", "").Replace(target)
	from := w.place(true)
	switch {
	case strings.HasSuffix(pattern, "/uses"):
		got = w.ask(target, fmt.Sprintf(`{"nik":%q,"reference":"P-1"}`, w.out.Sample.Found[0]), from, bearer(a.token))
	case fields != nil:
		if strings.HasSuffix(pattern, "/cari") {
			fields = url.Values{"nik": fields["nik"], "purpose": {demo.Purpose}, "reference": {"P-1"}}
		}
		got = w.fill(a, target, fields, from)
	default:
		got = w.send(a, method, target, from, 0)
	}
	rec, there = w.recorded(a, from)
	return got, rec, there
}

// Every route that reads what was kept of others stands in the table, with its record, which is there; who may read which record is one
// rule for all doors; and a page that shows somebody and stands nowhere is found.
func TestEveryReadingIsInTheTableAndRecorded(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		w.create(party.User{Login: "portal.penduduk", Role: party.CitizenPortal})
		table, ids := readings(w.out.Sample.Found[0]), w.made()
		for pattern, x := range table {
			if _, there := w.routes[pattern]; !there {
				t.Errorf("%s is in the table and not there", pattern)
			}
			id := cmp.Or(ids[x.id], "1")
			got, rec, there := w.on(w.actor(x.by), pattern, id, x.fields)
			if want := strings.Replace(x.what, "*", id, 1); got.Code != http.StatusOK || !there || rec.Outcome != x.leaves || want != "" &&
				rec.Reference != want {
				t.Errorf("%s by %s: %d, recorded %v %q %q, want %q %q", pattern, x.by, got.Code, there, rec.Outcome, rec.Reference,
					x.leaves, want)
			}
		}
		w.onlyTheOwn(ids["record"])
		w.nothingElseShows(table, ids)
	})
}

// onlyTheOwn tries what only who answers for the agency may see, by an officer, at each door.
func (w *walk) onlyTheOwn(theirs string) {
	w.Helper()
	u := w.create(party.User{Login: "lain.dinpertan", Institution: w.actor("petugas.dinpertan").Institution, Role: party.Officer,
		Methods: w.actor("petugas.dinpertan").Methods, NDASigned: w.actor("petugas.dinpertan").NDASigned})
	colleague := w.actor(u.Login)
	for _, pattern := range []string{"GET /riwayat/kuitansi/{id}", "GET /api/v1/records/{id}/receipt"} {
		got, rec, there := w.on(colleague, pattern, theirs, nil)
		if got.Code != http.StatusNotFound || !there || rec.Outcome != string(access.Foreign) {
			w.Errorf("%s of a colleague's by an officer: %d, recorded %v %q", pattern, got.Code, there, rec.Outcome)
		}
	}
	for _, pattern := range []string{"GET /riwayat", "GET /riwayat.csv", "GET /pertanyaan"} {
		if got, _, _ := w.on(colleague, pattern, "", nil); got.Code != http.StatusOK || strings.Contains(got.Body.String(), theirs) {
			w.Errorf("%s shows an officer a colleague's record: %d", pattern, got.Code)
		}
	}
}

// nothingElseShows opens each other page by everybody who may, and looks for somebody on it.
func (w *walk) nothingElseShows(table map[string]reading, ids map[string]string) {
	w.Helper()
	opened := 0
	for _, pattern := range slices.Sorted(maps.Keys(w.routes)) {
		if _, known := table[pattern]; known || !strings.HasPrefix(pattern, "GET ") || unread[pattern] != "" {
			continue
		}
		for _, login := range []string{"admin", "operator", "auditor", "kepala.dinpertan", "admin.dinpertan", "petugas.dinpertan",
			"aplikasi.dinpertan"} {
			a := w.actor(login)
			if !strings.Contains(whoMay[pattern], letterOf[a.Role]) {
				continue
			}
			for _, id := range append(slices.Collect(maps.Values(ids)), "1") {
				got, _, _ := w.on(a, pattern, id, nil)
				opened++
				if m := somebody.FindString(got.Body.String()); got.Code == http.StatusOK && (m != "" ||
					got.Header().Get("Content-Disposition") != "") {
					w.Errorf("%s by %s shows somebody (%q) or gives a file, and stands in no table of readings", pattern, login, m)
				}
				if !strings.Contains(pattern, "{id}") {
					break
				}
			}
		}
	}
	if opened < 100 {
		w.Errorf("only %d pages were opened", opened)
	}
}

// A command that hands out what was kept is recorded with it, in the office's log.
func TestCommandsThatHandOutAreRecorded(t *testing.T) {
	w := newWalk(t)
	officer, from := w.actor("petugas.dinpertan"), w.place(true)
	w.send(officer, "POST", "/cari", from, 0)
	rec, _ := w.recorded(officer, from)
	end := w.p.background()
	end()
	silent, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	for want, run := range map[string]func() error{
		"Jurnal dinpertan":            journalExport{Config: w.file, Agency: "dinpertan", Out: filepath.Join(t.TempDir(), "out")}.Run,
		"Kuitansi " + rec.ID.String(): journalProve{Config: w.file, Record: rec.ID.String()}.Run,
	} {
		if err := run(); err != nil {
			t.Fatal(err)
		}
		list, err := w.p.store.Journal.Changes(t.Context(), party.Provider, 0, 1)
		if err != nil || len(list) != 1 || list[0].Subject != want || !strings.HasPrefix(list[0].Reason, "dari baris perintah oleh ") ||
			list[0].At.After(w.at.Add(time.Hour)) {
			t.Errorf("%s: %+v, %v", want, list, err)
		}
	}
}
