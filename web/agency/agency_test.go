package agency

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/demo/demotest"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store"
	"gapura/store/storetest"
	"gapura/web/site"
)

var start = time.Date(2026, 9, 16, 3, 0, 0, 0, time.UTC)

// room is an agency's room over the invented district.
type room struct {
	*testing.T
	store  *store.DB
	entry  *admission.Entry
	office *office.Office
	h      http.Handler
}

func open(t *testing.T) *room {
	r := &room{T: t}
	r.store, _, _ = demotest.District(t, storetest.SQLite(t), start, 50, 1)
	now := func() time.Time { return start }
	db := r.store
	r.entry = admission.NewEntry(db.Accounts, db.Credentials, now)
	w := journal.NewWriter(db.Journal)
	t.Cleanup(w.Close)
	authority := &access.Authority{Log: w, Rights: db.Rights, Now: now}
	own := &Agency{
		Site: site.New(site.Config{
			May: authority.Allow, Read: authority.Read, Entry: r.entry, Rights: db.Rights, Now: now, Log: slog.New(slog.DiscardHandler),
		}),
		Store: db.Pages(), Balikan: db.Balikan, Sums: db.Sums, Incidents: db.Incidents, Evaluations: db.Evaluations, Watching: db.Guard,
		Desks: db.Enrolment(), Tokens: db.Credentials,
		Office: &office.Office{
			Store: db.Office(), Procedures: procedure.Defaults(), Now: now,
			Details: office.Details{Name: "Dinas Rekaan", Place: "Rekaan", Official: "Rekaan Tiga", LetterClass: "400.12",
				URL: "http://gapura.example"},
		},
	}
	questions := (&Questions{Site: own.Site, Store: db.Curiosity}).Handler()
	mux := http.NewServeMux()
	mux.Handle("/", own.Handler())
	mux.Handle("/pertanyaan", questions)
	mux.Handle("/dasar-layanan", questions)
	r.office, r.h = own.Office, mux
	return r
}

// as asks for a page as a user; with a form it posts it.
func (r *room) as(login, path string, form url.Values) *httptest.ResponseRecorder {
	r.Helper()
	if form == nil {
		return r.send(login, httptest.NewRequest("GET", path, nil), "")
	}
	return r.send(login, httptest.NewRequest("POST", path, strings.NewReader(form.Encode())), "application/x-www-form-urlencoded")
}

func (r *room) user(login string) party.User {
	r.Helper()
	u, ok, err := r.store.Users.UserByLogin(r.Context(), login)
	if err != nil || !ok {
		r.Fatalf("user %s: %v", login, err)
	}
	return u
}

func (r *room) send(login string, q *http.Request, kind string) *httptest.ResponseRecorder {
	r.Helper()
	token, err := r.entry.SignIn.Open(r.Context(), party.Session{User: r.user(login).ID})
	if err != nil {
		r.Fatal(err)
	}
	q.Header.Set("Content-Type", kind)
	q.RemoteAddr = "127.0.0.1:9"
	q.AddCookie(&http.Cookie{Name: "gapura", Value: token})
	w := httptest.NewRecorder()
	r.h.ServeHTTP(w, q)
	return w
}

// beside is the fault that stands beside the field of a page; empty when there is none.
func beside(body, id string) string {
	field := regexp.MustCompile(`(?s)<(input|select|textarea) id="` + id + `"[^>]*aria-invalid="true"[^>]*>(.*?)</div>`).FindStringSubmatch(
		body)
	if field == nil {
		return ""
	}
	fault := regexp.MustCompile(`<p class="fault">(.*?)</p>`).FindStringSubmatch(field[2])
	if fault == nil {
		return ""
	}
	return fault[1]
}

func leaked() url.Values {
	return url.Values{
		"jenis": {"kebocoran"}, "tanggal_diketahui": {"2026-09-16"}, "jam_diketahui": {"09:00"}, "user": {"petugas.dinpertan"},
		"uraian": {"Cetakan tertinggal di meja."}, "tindakan": {"Cetakan diambil."},
	}
}

func TestAHeadSeesTheOwnAgencyAlone(t *testing.T) {
	r := open(t)
	w := r.as("kepala.dinpertan", "/insiden", leaked())
	path := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if w := r.as("kepala.dinpertan", path, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(),
		"Cetakan tertinggal di meja.") {
		t.Errorf("the own incident: %d", w.Code)
	}
	note := url.Values{"langkah": {"note"}, "baris": {"1"}, "uraian": {"Catatan."}}
	for what, w := range map[string]*httptest.ResponseRecorder{
		"reads": r.as("kepala.dinsos", path, nil), "writes to": r.as("kepala.dinsos", path, note),
	} {
		if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "Cetakan") {
			t.Errorf("another head %s the incident: %d", what, w.Code)
		}
	}
	if body := r.as("kepala.dinsos", "/insiden", nil).Body.String(); strings.Contains(body, path) {
		t.Error("another head finds the incident in the list")
	}
	for page, role := range map[string]string{"/insiden": "petugas.dinpertan", "/laporan": "petugas.dinpertan",
		"/kewajiban": "petugas.dinpertan", "/dasbor": "operator"} {
		if w := r.as(role, page, nil); w.Code != http.StatusForbidden {
			t.Errorf("%s opens %s: %d", role, page, w.Code)
		}
	}
}

func TestTheFaultStandsBesideItsFieldAndNothingTypedIsLost(t *testing.T) {
	r := open(t)
	for field, wrong := range map[string][2]string{
		"user": {"petugas.dinsos", "User ID tidak dikenal pada instansi ini."}, "jenis": {"", "Pilih jenis insiden."},
		"dari": {"kemarin", "Periode kejadian tidak dapat dibaca."}, "tanggal_diketahui": {"2027-01-01",
			"Waktu diketahui harus diisi dan tidak boleh di masa depan."},
		"uraian":   {strings.Repeat("a", 4001), "Uraian paling panjang 4.000 karakter."},
		"tindakan": {strings.Repeat("a", 4001), "Uraian paling panjang 4.000 karakter."},
	} {
		form := leaked()
		form.Set(field, wrong[0])
		w := r.as("kepala.dinpertan", "/insiden", form)
		body := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity || beside(body, field) != wrong[1] {
			t.Errorf("%s: %d, beside it %q, want %q", field, w.Code, beside(body, field), wrong[1])
		}
		for _, kept := range []string{"uraian", "tindakan", "user"} {
			if !strings.Contains(body, ">"+form.Get(kept)+"</textarea>") && !strings.Contains(body, `value="`+form.Get(kept)+`"`) {
				t.Errorf("after a fault in %s, %s is lost", field, kept)
			}
		}
	}
}

func TestWhoIsSlowerKeepsWhatWasTyped(t *testing.T) {
	r := open(t)
	path := r.as("kepala.dinpertan", "/insiden", leaked()).Header().Get("Location")
	note := url.Values{"langkah": {"note"}, "baris": {"2"}, "uraian": {"Yang pertama."}}
	if w := r.as("kepala.dinpertan", path, note); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	note.Set("uraian", "Yang kedua.")
	w := r.as("kepala.dinpertan", path, note)
	if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, ">Yang kedua.</textarea>") ||
		!strings.Contains(body, "Yang pertama.") {
		t.Errorf("%d: what was typed, or what somebody else added, is not shown", w.Code)
	}
	note.Set("baris", "3")
	note.Set("uraian", strings.Repeat("a", 4001))
	w = r.as("kepala.dinpertan", path, note)
	if fault := beside(w.Body.String(), "catatan"); w.Code != http.StatusUnprocessableEntity ||
		fault != "Uraian paling panjang 4.000 karakter." {
		t.Errorf("%d, beside the note %q", w.Code, fault)
	}
}

func TestAReportThatIsTooLongIsShownAgainWhole(t *testing.T) {
	r := open(t)
	long := strings.Repeat("b", 4001)
	body := r.as("kepala.dinpertan", "/laporan/2026-2", nil).Body.String()
	names := regexp.MustCompile(`<textarea id="([a-z_]+)"`).FindAllStringSubmatch(body, -1)
	if len(names) < 2 {
		t.Fatal("the report has no form")
	}
	one, two := names[0][1], names[1][1]
	w := r.as("kepala.dinpertan", "/laporan/2026-2", url.Values{one: {"Pendek."}, two: {long}})
	body = w.Body.String()
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(beside(body, two), "paling panjang 4.000 karakter") ||
		beside(body, one) != "" {
		t.Errorf("%d: beside the long one %q, beside the short one %q", w.Code, beside(body, two), beside(body, one))
	}
	if !strings.Contains(body, ">Pendek.</textarea>") || !strings.Contains(body, ">"+long+"</textarea>") {
		t.Error("what was typed is lost")
	}
}

// A fault in the form of evidence costs a second choice of the file and nothing else.
func TestEvidenceIsTypedOnce(t *testing.T) {
	r := open(t)
	send := func(fields map[string]string, scan string) *httptest.ResponseRecorder {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for k, v := range fields {
			m.WriteField(k, v)
		}
		if scan != "" {
			f, err := m.CreateFormFile("pindaian", "bukti")
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(f, scan)
		}
		m.Close()
		return r.send("kepala.dinkop", httptest.NewRequest("POST", "/kewajiban", &b), m.FormDataContentType())
	}
	const pdf = "%PDF-1.7\n"
	owed := regexp.MustCompile(`iso27001\|\|\d+`).FindString(r.as("kepala.dinkop", "/kewajiban", nil).Body.String())
	for _, c := range []struct{ field, fault, duty, on, note, scan string }{
		{"tanggal", "Tanggal bukti harus diisi", owed, "2031-01-01", "Sertifikat dari lembaga", pdf},
		{"tanggal", "Tanggal bukti harus diisi", owed, "", "Sertifikat dari lembaga", pdf},
		{"pindaian", "Unggah satu berkas bukti", owed, "2026-09-01", "Sertifikat dari lembaga", ""},
		{"pindaian", "bukan PDF, JPEG, atau PNG", owed, "2026-09-01", "Sertifikat dari lembaga", "teks biasa"},
		{"keterangan", "paling panjang 500", owed, "2026-09-01", strings.Repeat("Sertifikat ", 50), pdf},
		{"kewajiban", "tidak ada pada perjanjian instansi ini", "entah|", "2026-09-01", "Sertifikat dari lembaga", pdf},
	} {
		w := send(map[string]string{"kewajiban": c.duty, "tanggal": c.on, "keterangan": c.note}, c.scan)
		page := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(beside(page, c.field), c.fault) {
			t.Errorf("%s: %d, beside it %q", c.field, w.Code, beside(page, c.field))
		}
		if !strings.Contains(page, `name="keterangan" maxlength="500" value="`+strings.TrimSpace(c.note)) ||
			!strings.Contains(page, `type="date" required value="`+c.on) ||
			c.field != "kewajiban" && !strings.Contains(page, `<option value="`+owed+`" selected>`) {
			t.Errorf("%s: what was typed is lost", c.field)
		}
	}
	if list, err := r.store.Duties.EvidenceOf(t.Context(), 4); err != nil || len(list) != 0 {
		t.Errorf("%d pieces of evidence were kept with a fault: %v", len(list), err)
	}
	w := send(map[string]string{"kewajiban": owed, "tanggal": "2026-09-01", "keterangan": "Sertifikat"}, pdf)
	if list, err := r.store.Duties.EvidenceOf(t.Context(), 4); w.Code != http.StatusSeeOther || err != nil || len(list) != 1 ||
		list[0].Note != "Sertifikat" {
		t.Errorf("sound evidence: %d, %v %v", w.Code, list, err)
	}
}

// An agency's administrator adds a list whose persons explain lookups; what is no NIK is told without repeating it, and officers add none.
func TestAnAdministratorAddsWhatExplainsLookups(t *testing.T) {
	r := open(t)
	form := func(numbers string) url.Values {
		return url.Values{"jenis": {"list"}, "referensi": {"520/11/2026"}, "tanggal": {"2026-01-05"}, "nik": {numbers}}
	}
	const one, other = "3303014507900002", "3303014507900003"
	if w := r.as("admin.dinpertan", "/dasar-layanan", form(one+"\r\n330301450790000")); w.Code != http.StatusUnprocessableEntity ||
		!strings.Contains(w.Body.String(), "1 baris bukan NIK") {
		t.Errorf("a short number: %d", w.Code)
	}
	for range 2 { // a second time adds nothing
		if w := r.as("admin.dinpertan", "/dasar-layanan", form(one+"\r\n"+other+"\r\n")); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
	}
	page := mainOf(r.as("admin.dinpertan", "/dasar-layanan", nil).Body.String())
	if n := strings.Count(page, "520/11/2026"); n != 2 || strings.Contains(page, one) {
		t.Errorf("%d services, want 2 with masked numbers: %s", n, page)
	}
	for _, login := range []string{"kepala.dinpertan", "petugas.dinpertan"} {
		if w := r.as(login, "/dasar-layanan", form(one)); w.Code != http.StatusForbidden {
			t.Errorf("%s adds a list: %d", login, w.Code)
		}
	}
}
