package console

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/access/snooping"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/demo/demotest"
	"gapura/journal/journal"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store"
	"gapura/store/storetest"
	"gapura/web/agency"
	"gapura/web/server"
	"gapura/web/site"
)

var start = time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC)

// A room is a console on the demo's district.
type room struct {
	testing.TB
	store   *store.DB
	office  *office.Office
	gate    *access.Gate
	found   []string // NIKs
	api     demo.API
	unknown string
	entry   *admission.Entry
	routes  []site.Route
	h       http.Handler
	records *Records
	now     time.Time
	log     *bytes.Buffer
}

func open(t testing.TB, url string) *room {
	t.Helper()
	r := &room{TB: t, now: start, log: new(bytes.Buffer)}
	clock := func() time.Time { return r.now }
	var built demo.Result
	r.store, built, _ = demotest.District(t, url, start, 50, 1)
	r.entry = admission.NewEntry(r.store.Accounts, r.store.Credentials, clock)
	r.office = &office.Office{
		Stamp: func(text string) []byte { h := sha256.Sum256([]byte(text)); return h[:] },
		Store: r.store.Office(), Procedures: procedure.Defaults(), Now: clock,
		Details: office.Details{Name: "Dinas Rekaan", Place: "Rekaan", Official: "Rekaan Tiga", LetterClass: "400.12",
			URL: "http://gapura.example"},
	}
	w := journal.NewWriter(r.store.Journal)
	t.Cleanup(w.Close)
	r.gate = &access.Gate{Rights: r.store.Rights, Source: r.store.Registry, Log: w, Now: clock}
	r.api = built.API[0]
	r.found, r.unknown = built.Sample.Found, built.Sample.Unknown[0]
	tell := &access.Disclosure{Uses: r.store.Uses, Log: w, Rights: r.store.Rights, Now: clock}
	r.office.Tell = tell
	notary := &journal.Notary{Store: r.store.Journal, Anchor: r.store.Journal.Anchor(), Name: "gapura.example",
		Keys: []ed25519.PrivateKey{ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}, Now: clock}
	authority := &access.Authority{Log: w, Rights: r.store.Rights, Now: clock}
	pages := site.New(site.Config{May: authority.Allow, Read: authority.Read, Entry: r.entry, Rights: r.store.Rights, Now: clock,
		Log: slog.New(slog.NewTextHandler(r.log, nil))})
	db := r.store
	own := &agency.Agency{
		Site: pages, Store: db.Pages(), Office: r.office, Balikan: db.Balikan, Sums: db.Sums, Incidents: db.Incidents,
		Evaluations: db.Evaluations, Watching: db.Guard, Tokens: db.Credentials, Desks: db.Enrolment(),
	}
	r.records = &Records{
		Site: pages, Store: db.Pages(), Office: r.office, Agency: own, Tell: tell, Notary: notary, Watching: db.Guard,
		Incidents: db.Incidents, Residents: db.Registry, Mails: office.SubscriptionsOf(r.office, tell),
	}
	console := &Console{Site: pages, Parts: []Part{
		&Home{Site: pages, Store: db.Pages(), Office: r.office, Slips: db.Credentials, Incidents: db.Incidents, Watching: db.Guard,
			Curiosity: db.Curiosity, Deciders: db.Credentials.Deciders},
		&Agencies{Site: pages, Store: db.Pages(), Office: r.office, Balikan: db.Balikan, Tokens: db.Credentials,
			Slips: db.Credentials},
		&Cases{Site: pages, Store: db.Pages(), Office: r.office, Agency: own, Slips: r.store.Credentials},
		r.records,
		&Curiosity{Site: pages, Agencies: db.Pages(), Store: db.Curiosity, Office: r.office},
		&Figures{Site: pages, Store: db.Pages(), Office: r.office, Agency: own, Balikan: db.Balikan, Sums: db.Sums,
			Evaluations: db.Evaluations, Watching: db.Guard},
		&Settings{Site: pages, Store: db.Pages(), Office: r.office, Wire: db.Wire, Desks: db.Enrolment(), TestPersons: db.Canaries,
			OwnRegistry: true,
			Residents:   db.Registry, Imports: db.Registry, OutageStore: db.Outages},
	}}
	questions := &agency.Questions{Site: pages, Store: db.Curiosity}
	r.routes = append(append(own.Routes(), questions.Routes()...), console.Routes()...)
	r.h = server.New(server.Config{Portal: http.NotFoundHandler(), API: http.NotFoundHandler(),
		Rooms: []server.Room{own, questions, console}, Metrics: server.NewMetrics()})
	return r
}

// session signs a user in; the login "" is nobody.
func (r *room) session(login string) string {
	r.Helper()
	if login == "" {
		return ""
	}
	u, ok, err := r.store.Users.UserByLogin(r.Context(), login)
	if err != nil || !ok {
		r.Fatalf("user %s: %v", login, err)
	}
	token, err := r.entry.SignIn.Open(r.Context(), party.Session{User: u.ID})
	if err != nil {
		r.Fatal(err)
	}
	return token
}

func (r *room) do(session, method, path string, body io.Reader, kind string) *httptest.ResponseRecorder {
	r.Helper()
	q := httptest.NewRequest(method, path, body)
	q.Header.Set("Content-Type", kind)
	if session != "" {
		q.AddCookie(&http.Cookie{Name: "gapura", Value: session})
	}
	return r.answer(q)
}

// request is a signed-in user's question for a page.
func (r *room) request(session, path string) *http.Request {
	q := httptest.NewRequest("GET", path, nil)
	q.AddCookie(&http.Cookie{Name: "gapura", Value: session})
	return q
}

func (r *room) answer(q *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	q.RemoteAddr = "127.0.0.1:1" // in the demo's networks
	r.h.ServeHTTP(w, q)
	return w
}

func (r *room) post(session, path string, form url.Values) *httptest.ResponseRecorder {
	r.Helper()
	return r.do(session, "POST", path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

// settle has what an administrator proposed on a page approved: not by themselves, but by another one.
func (r *room) settle(proposed *httptest.ResponseRecorder) {
	r.Helper()
	path := proposed.Header().Get("Location")
	if proposed.Code != http.StatusSeeOther || !strings.HasPrefix(path, "/konsol/berkas/") {
		r.Fatalf("nothing was proposed: %d %s %s", proposed.Code, path, proposed.Body)
	}
	decision := map[string]string{"langkah": "1", "keputusan": procedure.Approve}
	if w := r.multipart(r.session("admin"), path, decision, ""); w.Code == http.StatusSeeOther {
		r.Fatalf("%s was decided by who proposed it", path)
	}
	if w := r.multipart(r.session("admin2"), path, decision, ""); w.Code != http.StatusSeeOther {
		r.Fatalf("%s was not decided: %d %s", path, w.Code, w.Body)
	}
}

// multipart posts fields and, when scan is not empty, a file.
func (r *room) multipart(session, path string, fields map[string]string, scan string) *httptest.ResponseRecorder {
	r.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		m.WriteField(k, v)
	}
	if scan != "" {
		f, _ := m.CreateFormFile("pindaian", "x.pdf")
		io.WriteString(f, scan)
	}
	m.Close()
	return r.do(session, "POST", path, &b, m.FormDataContentType())
}

// who of each role; a deactivated user and nobody too.
var people = map[party.Role]string{
	party.Administrator: "admin", party.Operator: "operator", party.Auditor: "auditor", party.HeadOfAgency: "kepala.dinpertan",
	party.AgencyAdmin: "admin.dinpertan", party.Officer: "petugas.dinpertan",
	party.Application: "aplikasi.dinpertan",
}

// allowed is the table of roles × actions, written out a second time on purpose: who loosens the code must loosen the test.
var allowed = map[access.Act][]party.Role{
	access.ToLook:    {party.Administrator, party.Operator, party.Auditor},
	access.ToFile:    {party.Administrator, party.Operator},
	access.ToJudge:   {party.Administrator},
	access.ToSet:     {party.Administrator},
	access.ToTell:    {party.Administrator, party.Operator},
	access.ToSearch:  {party.Administrator, party.Auditor},
	access.ToTrace:   {party.Administrator},
	access.ToOwn:     {party.HeadOfAgency, party.AgencyAdmin},
	access.ToOversee: {party.HeadOfAgency, party.AgencyAdmin},
	access.ToManage:  {party.AgencyAdmin},
	access.ToAdmit:   {party.HeadOfAgency, party.AgencyAdmin},
	access.ToFigures: {party.HeadOfAgency, party.AgencyAdmin, party.Officer},
	access.ToReview:  {party.HeadOfAgency, party.Officer},
	access.ToNotices: {party.Administrator, party.Operator, party.Auditor, party.HeadOfAgency, party.AgencyAdmin, party.Officer},
}

// Each forbidden pair of role and route is refused by the server, not only hidden; each allowed page can be opened.
func TestRolesByRoutes(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	id, err := r.office.Open(t.Context(), office.Actor{User: 1, Role: party.Operator}, 1, "pertemuan")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := office.IncidentsOf(r.office).Report(t.Context(), office.Actor{User: 1, Role: party.Operator}, incident.Incident{Agency: 1,
		Kind: "lainnya", Known: start}, "Uraian.", ""); err != nil || n != id {
		t.Fatal(n, id, err)
	}
	if n := r.openCuriosity("petugas.dinpertan", snooping.Family); n != id {
		t.Fatal(n, id)
	}
	path := strings.NewReplacer("{code}", "dinpertan", "{id}", fmt.Sprint(id), "{key}", "nda", "{login}", "petugas.dinpertan", "{sidik}",
		"00000-00000", "{period}", "2026-2", "{form}", "pdf")
	for _, route := range r.routes {
		method, pattern, _ := strings.Cut(route.Pattern, " ")
		target := path.Replace(pattern)
		if w := r.do("", method, target, nil, ""); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/masuk" {
			t.Errorf("%s by nobody: %d", route.Pattern, w.Code)
		}
		for role, login := range people {
			w := r.do(r.session(login), method, target, nil, "application/x-www-form-urlencoded")
			may := false
			for _, a := range allowed[route.Act] {
				may = may || a == role
			}
			if got := w.Code != http.StatusForbidden; got != may {
				t.Errorf("%s by %s: status %d, may %v", route.Pattern, role, w.Code, may)
			}
			// Files are the only pages of this table that need something to be there first.
			if may && method == "GET" && w.Code != http.StatusOK && !strings.Contains(pattern, "dokumen/") && !strings.Contains(pattern,
				"kuitansi/") && !strings.HasSuffix(pattern, "/formulir") && !strings.HasSuffix(pattern, "/persetujuan/berkas") {
				t.Errorf("%s by %s: status %d", route.Pattern, role, w.Code)
			}
			if may && w.Code >= 500 {
				t.Errorf("%s by %s: status %d: %s", route.Pattern, role, w.Code, r.log)
			}
		}
		for _, login := range []string{"lama.dinpertan", "baru.dinpertan"} {
			if w := r.do(r.session(login), method, target, nil, ""); w.Code != http.StatusForbidden {
				t.Errorf("%s by %s: %d", route.Pattern, login, w.Code)
			}
		}
	}
}

// An operator's step is not repeated when two send it, and the second is told.
func TestStepIsTakenOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		operator := r.session("operator")
		w := r.post(operator, "/konsol/berkas", map[string][]string{"instansi": {"dinpertan"}, "prosedur": {"pertemuan"}})
		path := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		fields := map[string]string{"langkah": "0", "surat": "470/1", "tanggal_surat": "2026-09-15", "f.acara": "Rapat",
			"f.tanggal_acara": "2026-09-20"}
		if w := r.multipart(operator, path, fields, ""); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		if w := r.multipart(operator, path, fields, ""); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(),
			"sudah berubah") {
			t.Errorf("a second time: %d", w.Code)
		}
		body := r.do(operator, "GET", path, nil, "").Body.String()
		if strings.Count(body, "surat 470/1") != 1 {
			t.Error("the step is not there once")
		}
	})
}

// A right that a procedure changes is recorded in words, with who, why and the letter, and works at once.
func TestSuspensionIsRecordedInWords(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		operator, admin := r.session("operator"), r.session("admin")
		path := r.post(operator, "/konsol/berkas", map[string][]string{"instansi": {"dinsos"}, "prosedur": {"penangguhan"}}).Header().Get(
			"Location")
		if w := r.multipart(operator, path, map[string]string{"langkah": "0", "f.alasan": "Data balikan belum disampaikan"},
			""); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		if w := r.multipart(operator, path, map[string]string{"langkah": "1", "keputusan": "approve"}, ""); w.Code != http.StatusConflict {
			t.Errorf("an operator decides: %d", w.Code)
		}
		if w := r.multipart(admin, path, map[string]string{"langkah": "1", "keputusan": "approve"}, ""); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		history := r.do(r.session("auditor"), "GET", "/konsol/instansi/dinsos/riwayat", nil, "").Body.String()
		for _, want := range []string{"akses ditangguhkan", "Satyagraha Kertanegaran", "Penangguhan akses: Data balikan belum disampaikan",
			"400.12/0001/2026"} {
			if !strings.Contains(history, want) {
				t.Errorf("history lacks %q", want)
			}
		}
		if page := r.do(admin, "GET", "/konsol/instansi", nil, "").Body.String(); strings.Count(page, "Ditangguhkan") != 2 {
			t.Error("the agency is not shown as suspended at once")
		}
		if page := r.do(admin, "GET", "/konsol/agenda", nil, "").Body.String(); !strings.Contains(page, "400.12/0001/2026") {
			t.Error("the letter is not in the register")
		}
	})
}

func TestUploadsAreKnownByTheirContent(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	operator := r.session("operator")
	path := r.post(operator, "/konsol/berkas", map[string][]string{"instansi": {"dinkop"}, "prosedur": {"dokumen"}}).Header().Get(
		"Location")
	fields := map[string]string{"langkah": "0", "surat": "470/2", "tanggal_surat": "2026-09-15", "f.jenis_dokumen": "juknis",
		"f.keterangan": "Juknis", "judul": "Petunjuk teknis"}
	for name, content := range map[string]string{"a page": "<html><script>alert(1)</script>", "a program": "\x7fELF\x02\x01",
		"nothing": ""} {
		if w := r.multipart(operator, path, fields, content); w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(),
			"alert(1)") {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	const pdf = "%PDF-1.7\nisi rekaan\n%%EOF"
	if w := r.multipart(operator, path, fields, pdf); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	files, err := r.store.Files.Files(t.Context(), 4, 0, 10)
	if err != nil || len(files) != 1 || files[0].Version != 1 || files[0].Number != "470/2" {
		t.Fatalf("%+v, %v", files, err)
	}
	target := fmt.Sprintf("/konsol/dokumen/%d", files[0].ID)
	w := r.do(r.session("auditor"), "GET", target, nil, "")
	if w.Body.String() != pdf || w.Header().Get("Content-Disposition") != fmt.Sprintf(`attachment; filename="petunjuk-teknis-%d.pdf"`,
		files[0].ID) || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("download: %d, %v", w.Code, w.Header())
	}
	// The head of an agency cannot read the files of cases, not even of the own agency.
	if w := r.do(r.session("kepala.dinkop"), "GET", fmt.Sprintf("/kewajiban/dokumen/%d", files[0].ID), nil,
		""); w.Code != http.StatusNotFound {
		t.Errorf("a head reads a case's file: %d", w.Code)
	}
}

// Scans as large as they may be are taken where there is no folder for temporary files at all: nothing of them comes to a disk in clear.
func TestUploadsNeedNoTemporaryFile(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	operator := r.session("operator")
	path := r.post(operator, "/konsol/berkas", map[string][]string{"instansi": {"dinkop"}, "prosedur": {"dokumen"}}).Header().Get(
		"Location")
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	fields := map[string]string{"langkah": "0", "surat": "470/2", "tanggal_surat": "2026-09-15", "f.jenis_dokumen": "juknis",
		"f.keterangan": "Juknis", "judul": "Petunjuk teknis"}
	if w := r.multipart(operator, path, fields, "%PDF-1.7\n"+strings.Repeat("isi rekaan\n", 900_000)); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	files, err := r.store.Files.Files(t.Context(), 4, 0, 10)
	if err != nil || len(files) != 1 || files[0].Size < 9<<20 {
		t.Fatalf("%+v, %v", files, err)
	}
}

// A scan that takes longer on a slow line than the server gives strangers arrives all the same.
func TestScanOnASlowLineArrives(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	srv := httptest.NewUnstartedServer(r.h)
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	srv.Start()
	defer srv.Close()
	operator := r.session("operator")
	path := r.post(operator, "/konsol/berkas", map[string][]string{"instansi": {"dinkop"}, "prosedur": {"dokumen"}}).Header().Get(
		"Location")
	body, line := io.Pipe()
	m := multipart.NewWriter(line)
	go func() {
		for k, v := range map[string]string{"langkah": "0", "surat": "470/2", "tanggal_surat": "2026-09-15", "f.jenis_dokumen": "juknis",
			"f.keterangan": "Juknis", "judul": "Petunjuk teknis"} {
			m.WriteField(k, v)
		}
		f, _ := m.CreateFormFile("pindaian", "x.pdf")
		io.WriteString(f, "%PDF-1.7\n")
		time.Sleep(300 * time.Millisecond) // the line is slow: three times the server's patience
		io.WriteString(f, "isi rekaan\n%%EOF")
		line.CloseWithError(m.Close())
	}()
	q, err := http.NewRequest("POST", srv.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", m.FormDataContentType())
	q.AddCookie(&http.Cookie{Name: "gapura", Value: operator})
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(q)
	if err != nil || resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%v, %v", resp, err)
	}
	resp.Body.Close()
}

// TestOutreachIsBroughtAndJudgedByPages (H8, PKS 2(2)f): the year's outreach on KTP-el and IKD is a duty, the agency's head brings its
// evidence, the office accepts it, and the duty is met; a file that is refused leaves it owed.
func TestOutreachIsBroughtAndJudgedByPages(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	head, admin := r.session("kepala.dinkop"), r.session("admin")
	owed := func() string {
		return regexp.MustCompile(`sosialisasi\|2026\|\d+`).FindString(r.do(head, "GET", "/kewajiban", nil, "").Body.String())
	}
	for _, verdict := range []string{"tolak", "terima"} {
		duty := owed()
		if duty == "" {
			t.Fatal("the outreach is not owed")
		}
		fields := map[string]string{"kewajiban": duty, "tanggal": "2026-09-01", "keterangan": "Siaran radio tentang IKD"}
		if w := r.multipart(head, "/kewajiban", fields, "%PDF-1.7\n"); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		list, err := r.store.Duties.EvidenceOf(t.Context(), 4)
		if err != nil || len(list) == 0 || list[0].Rule != "sosialisasi" {
			t.Fatalf("%+v, %v", list, err)
		}
		path := regexp.MustCompile(`/konsol/bukti/\d+`).FindString(r.do(admin, "GET", "/konsol/kewajiban/dinkop", nil, "").Body.String())
		if w := r.post(admin, path, map[string][]string{"keputusan": {verdict}, "alasan": {"buram"}, "kode": {"dinkop"}}); w.Code !=
			http.StatusSeeOther {
			t.Fatal(verdict, w.Code, w.Body)
		}
		if (owed() == "") != (verdict == "terima") {
			t.Errorf("%s: owed as %q", verdict, owed())
		}
	}
}

// Evidence is delivered by the agency and judged by an administrator who did not deliver it.
func TestEvidenceIsJudgedByAnother(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		head, admin := r.session("kepala.dinkop"), r.session("admin")
		owed := func(who, path string) string {
			return regexp.MustCompile(`iso27001\|\|\d+`).FindString(r.do(who, "GET", path, nil, "").Body.String())
		}
		fields := map[string]string{"kewajiban": owed(head, "/kewajiban"), "tanggal": "2026-09-01", "keterangan": "Sertifikat"}
		if w := r.multipart(head, "/kewajiban", fields, "%PDF-1.7\n"); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		page := r.do(admin, "GET", "/konsol/kewajiban/dinkop", nil, "").Body.String()
		first := regexp.MustCompile(`/konsol/bukti/\d+`).FindString(page)
		if first == "" || !strings.Contains(page, "Bukti diperiksa") {
			t.Fatal("the evidence does not wait")
		}
		giver, _, err1 := r.store.Users.UserByLogin(t.Context(), "kepala.dinkop")
		judge, _, err2 := r.store.Users.UserByLogin(t.Context(), "admin2")
		giver.Identity = judge.Identity // one person with two user ids
		err := errors.Join(err1, err2, r.store.Rights.Identify(t.Context(), journal.Change{At: r.now, Letter: "1"}, giver))
		if err != nil || !judge.Identity.Known() {
			t.Fatal(judge.Identity.Known(), err)
		}
		if w := r.post(r.session("admin2"), first, map[string][]string{"keputusan": {"terima"},
			"kode": {"dinkop"}}); w.Code != http.StatusConflict {
			t.Errorf("judged by who delivered it, with another user id: %d", w.Code)
		}
		if w := r.post(admin, first, map[string][]string{"keputusan": {"terima"}, "kode": {"dinkop"}}); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		if w := r.post(r.session("admin2"), first, map[string][]string{"keputusan": {"tolak"}, "alasan": {"x"},
			"kode": {"dinkop"}}); w.Code != http.StatusConflict {
			t.Errorf("judged twice: %d", w.Code)
		}
		if w := r.multipart(admin, "/konsol/kewajiban/disperin", fields, "%PDF-1.7\n"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("evidence for the agreement of another agency: %d", w.Code)
		}
		fields["kewajiban"] = owed(admin, "/konsol/kewajiban/disperin")
		if w := r.multipart(admin, "/konsol/kewajiban/disperin", fields, "%PDF-1.7\n"); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		list, err := r.store.Duties.EvidenceOf(t.Context(), 5)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		second := fmt.Sprintf("/konsol/bukti/%d", list[0].ID)
		if w := r.post(admin, second, map[string][]string{"keputusan": {"terima"}, "kode": {"disperin"}}); w.Code != http.StatusConflict {
			t.Errorf("own evidence judged: %d", w.Code)
		}
		if list, err = r.store.Duties.EvidenceOf(t.Context(), 4); err != nil || len(list) != 1 || !list[0].Accepted {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// Every link and every form of every page, for each role that may open it, leads to a route with no empty part, and links lead to a page
// that answers.
func TestEveryLinkLeadsToAPage(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	operator := r.session("operator")
	opened := r.post(operator, "/konsol/berkas", url.Values{"instansi": {"dinpertan"}, "prosedur": {"nda"}}).Header().Get("Location")
	id := opened[strings.LastIndex(opened, "/")+1:]
	if _, err := office.IncidentsOf(r.office).Report(t.Context(), office.Actor{User: 1, Role: party.Operator}, incident.Incident{Agency: 1,
		Kind: "lainnya", Known: start}, "Uraian.", ""); err != nil {
		t.Fatal(err)
	}
	path := strings.NewReplacer("{code}", "dinpertan", "{id}", id, "{key}", "nda", "{login}", "petugas.dinpertan", "{sidik}", "00000-00000",
		"{period}", "2026-2", "{form}", "pdf")
	known := http.NewServeMux()
	for _, route := range r.routes {
		known.HandleFunc(route.Pattern, func(http.ResponseWriter, *http.Request) {})
	}
	elsewhere := []string{"/masuk", "/keluar", "/akun", "/panduan", "/static/", "/cari", "/riwayat", "/balikan", "/periksa",
		"/untuk-penduduk", "/"} // of the portal
	link := regexp.MustCompile(`(?:(href)|action)="(/[^"#]*)`)
	followed := 0
	for role, login := range people {
		session := r.session(login)
		seen := map[string]bool{}
		for _, route := range r.routes {
			pattern, get := strings.CutPrefix(route.Pattern, "GET ")
			if !get || !slices.Contains(allowed[route.Act], role) {
				continue
			}
			page := path.Replace(pattern)
			for _, m := range link.FindAllStringSubmatch(r.do(session, "GET", page, nil, "").Body.String(), -1) {
				target := html.UnescapeString(m[2])
				to, err := url.Parse(target)
				switch {
				case err != nil || strings.Contains(to.Path, "//"):
					t.Errorf("%s for %s: the path %q has an empty part", page, role, target)
					continue
				case seen[m[1]+target]:
					continue
				}
				seen[m[1]+target] = true
				method := "POST"
				if m[1] != "" {
					method = "GET"
				}
				q := httptest.NewRequest(method, target, nil)
				_, found := known.Handler(q)
				if found == "" && method == "POST" { // a filter
					q.Method, method = "GET", "GET"
					_, found = known.Handler(q)
				}
				if found == "" {
					if !slices.ContainsFunc(elsewhere, func(p string) bool {
						return to.Path == p || p != "/" && strings.HasPrefix(to.Path,
							p)
					}) {
						t.Errorf("%s for %s leads to %q, which no room has", page, role, target)
					}
					continue
				}
				if method == "GET" {
					followed++
					if w := r.do(session, "GET", target, nil, ""); w.Code != http.StatusOK {
						t.Errorf("%s for %s leads to %q: %d", page, role, target, w.Code)
					}
				}
			}
		}
	}
	if followed < 300 {
		t.Errorf("only %d links were followed", followed)
	}
}
