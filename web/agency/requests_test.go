package agency

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"regexp"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/document/pdftest"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
)

// posts sends a form with scans as a user.
func (r *room) posts(login, path string, values map[string][]string, scans ...string) *httptest.ResponseRecorder {
	r.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for key, list := range values {
		for _, v := range list {
			m.WriteField(key, v)
		}
	}
	for _, content := range scans {
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="pindaian"; filename="surat.pdf"`}}
		part, err := m.CreatePart(h)
		if err != nil {
			r.Fatal(err)
		}
		part.Write([]byte(content))
	}
	m.Close()
	return r.send(login, httptest.NewRequest(http.MethodPost, path, &b), m.FormDataContentType())
}

const asker = "admin.dinpertan"

func newUser() map[string][]string {
	return map[string][]string{
		"prosedur": {"user-id"}, "f.nik": {"3303014507900002"}, "f.nama": {"Rekaan Baru"}, "f.nip": {"19900101 202012 1 001"},
		"f.status_kepegawaian": {"pns"}, "f.jabatan": {"Petugas Loket"}, "f.kode_wilayah": {"33.03"},
		"f.kantor": {"Dinas Pertanian, Jalan Contoh Nomor 1"}, "f.surel": {"baru@dinpertan.example"},
		"f.user_id": {"petugas2.dinpertan"}, "f.peran": {"officer"}, "f.metode_pengguna": {"", "portal"}, "f.hak_data": {"match"},
		"f.tujuan_pengguna": {""},
	}
}

var sent = map[string][]string{"langkah": {"0"}, "surat": {"470/5/2026"}, "tanggal_surat": {"2026-09-16"}}

// What the administrator types comes back beside its faults, is saved, printed with all fields of the guideline, sent with the head's
// letter, and followed to the office's decision.
func TestAnAdministratorAsksForAUserIDByPages(t *testing.T) {
	r := open(t)
	if body := r.as(asker, "/instansi/permohonan", nil).Body.String(); !strings.Contains(body,
		`href="/instansi/permohonan/baru?prosedur=user-id"`) || !strings.Contains(body, "prosedur=token") ||
		strings.Contains(body, "prosedur=penangguhan") {
		t.Fatal("what may be asked for is not offered")
	}
	if body := r.as(asker, "/instansi/permohonan/baru?prosedur=user-id", nil).Body.String(); !strings.Contains(body, `name="f.nik"`) ||
		!strings.Contains(body, `name="f.status_kepegawaian"`) || !strings.Contains(body, `name="f.kode_wilayah"`) {
		t.Fatal("the form lacks fields")
	}
	wrong := newUser()
	wrong["f.nik"], wrong["f.user_id"] = []string{"12345"}, []string{"petugas.dinpertan"}
	w := r.posts(asker, "/instansi/permohonan", wrong)
	body := w.Body.String()
	if w.Code != http.StatusUnprocessableEntity || beside(body, "f-nik") == "" ||
		!strings.Contains(beside(body, "f-user_id"), "sudah dipakai") {
		t.Fatalf("%d: the faults do not stand beside their fields", w.Code)
	}
	for _, typed := range []string{"12345", "Rekaan Baru", "19900101 202012 1 001", "baru@dinpertan.example"} {
		if !strings.Contains(body, `value="`+typed+`"`) {
			t.Errorf("%q is lost", typed)
		}
	}
	if !regexp.MustCompile(`value="portal" checked`).MatchString(body) || !strings.Contains(body, `value="match" selected`) {
		t.Error("choices are lost")
	}
	half := newUser()
	half["f.nik"] = []string{""}
	w = r.posts(asker, "/instansi/permohonan", half)
	if body := r.as(asker, w.Header().Get("Location"), nil).Body.String(); w.Code != http.StatusSeeOther ||
		!strings.Contains(body, "Sebelum dikirim, isi: NIK.") || strings.Contains(body, "/kirim") {
		t.Errorf("%d: half a request is lost, or can be sent", w.Code)
	}
	w = r.posts(asker, "/instansi/permohonan", newUser())
	path := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	body = r.as(asker, path, nil).Body.String()
	if !strings.Contains(body, "Rekaan Baru") || strings.Contains(body, "3303014507900002") || !strings.Contains(body, "Sudah tersimpan") {
		t.Error("the draft is not shown, or with its whole NIK")
	}
	if w := r.posts(asker, path, map[string][]string{"f.nik": {""}, "f.jabatan": {"Kepala Seksi"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	form := r.as("kepala.dinpertan", path+"/formulir", nil)
	text := pdftest.Text(t, form.Body.Bytes())
	for _, want := range []string{"3303014507900002", "Rekaan Baru", "Kepala Seksi", "33.03", "PNS", "Pencocokan saja",
		"petugas2.dinpertan"} {
		if !strings.Contains(text, want) {
			t.Errorf("the form does not say %q", want)
		}
	}
	if !r.readBy("kepala.dinpertan") {
		t.Error("that the form was opened is not recorded")
	}
	for what, w := range map[string]*httptest.ResponseRecorder{
		"without a scan":   r.posts(asker, path+"/kirim", sent),
		"without a number": r.posts(asker, path+"/kirim", map[string][]string{"langkah": {"0"}}, "%PDF-1.4"),
	} {
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("sent %s: %d", what, w.Code)
		}
	}
	if w := r.posts(asker, path+"/kirim", sent); !strings.Contains(w.Body.String(), `value="470/5/2026"`) {
		t.Error("the letter's number is lost")
	}
	if w := r.posts(asker, path+"/kirim", sent, "%PDF-1.4 surat"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	body = r.as("kepala.dinpertan", path, nil).Body.String()
	if !strings.Contains(body, "Menunggu <strong>Dinas Dukcapil</strong>") || !strings.Contains(body, "470/5/2026") ||
		strings.Contains(body, "3303014507900002") || strings.Contains(body, path+"/tarik") {
		t.Errorf("the head does not see how the request stands:\n%s", body)
	}
	id := r.caseOf(path)
	if _, err := r.office.Take(t.Context(), office.Actor{User: 1, Role: party.Administrator}, id, 1, procedure.Input{
		Verdict: procedure.Refuse, Reason: "Berkas kurang."}, nil); err != nil {
		t.Fatal(err)
	}
	if body = r.as(asker, path, nil).Body.String(); !strings.Contains(body, "Ditolak") || !strings.Contains(body, "Berkas kurang.") ||
		strings.Contains(body, path+"/tarik") {
		t.Error("the decision with its reason is not shown")
	}
	if n, err := r.store.Notices.Notices(t.Context(), r.user(asker).Institution, 0, 1); err != nil || n[0].Path != path {
		t.Errorf("the agency is not led to its request: %v %v", n, err)
	}
}

// Several people are asked for in one form: its button makes room for them and loses nothing of what was typed, faults stand beside whose
// they are, and what was saved comes back by person, with the NIK masked.
func TestAnAdministratorAsksForSeveralByOneForm(t *testing.T) {
	r := open(t)
	if body := r.as(asker, "/instansi/permohonan/baru?prosedur=user-id", nil).Body.String(); !strings.Contains(body, "Tambah pengguna") ||
		strings.Contains(body, "f.nama-2") {
		t.Fatal("a new form has no room for a second, or has one already")
	}
	form := newUser()
	form["tambah"] = []string{"1"}
	w := r.posts(asker, "/instansi/permohonan", form)
	body := w.Body.String()
	for _, want := range []string{`value="3303014507900002"`, `value="Rekaan Baru"`, `name="f.nama-2" value=""`, "Pengguna 2",
		`id="f-peran-2"`, "sama dengan pengguna pertama"} {
		if w.Code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d: the form with room for a second lacks %s", w.Code, want)
		}
	}
	if cases, err := r.store.Cases.Cases(t.Context(), r.user(asker).Institution, procedure.Open, 0, 10); err != nil || len(cases) != 0 {
		t.Error("room for a second saves the form", cases, err)
	}
	for key, v := range map[string]string{"f.nik-2": "12345", "f.nama-2": "Rekaan Kedua", "f.nip-2": "12", "f.status_kepegawaian-2": "pns",
		"f.jabatan-2": "Kepala Seksi", "f.surel-2": "", "f.user_id-2": "kedua.dinpertan", "f.peran-2": "officer", "f.kantor-2": "",
		"f.nik-3": "", "f.nama-3": "", "f.peran-3": "officer"} {
		form[key] = []string{v}
	}
	delete(form, "tambah")
	w = r.posts(asker, "/instansi/permohonan", form)
	if body = w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(beside(body, "f-nik-2"),
		"tidak sesuai format") ||
		beside(body, "f-nik") != "" || !strings.Contains(body, `value="Rekaan Kedua"`) || !strings.Contains(body, "Pengguna 3") {
		t.Errorf("%d: the fault of the second does not stand beside it", w.Code)
	}
	form["f.nik-2"] = []string{"3303014812880001"}
	w = r.posts(asker, "/instansi/permohonan", form)
	path := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	body = r.as(asker, path, nil).Body.String()
	if !strings.Contains(body, "Rekaan Kedua") || strings.Contains(body, "3303014812880001") || strings.Contains(body, "Pengguna 3") ||
		strings.Count(body, "Sudah tersimpan") != 2 {
		t.Error("what was saved is not shown by person, or with a whole NIK")
	}
	w = r.posts(asker, path, map[string][]string{"tambah": {"5"}, "f.nama": {"Rekaan Baru"}, "f.nama-2": {"Rekaan Kedua"}})
	if body = w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "Pengguna 7") || !strings.Contains(body,
		"<details open>") {
		t.Errorf("%d: a saved form has no room for five more", w.Code)
	}
	if w := r.posts(asker, path+"/kirim", sent, "%PDF-1.4 surat"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	body = r.as("kepala.dinpertan", path, nil).Body.String()
	if !strings.Contains(body, "<dt>Nama lengkap, pengguna 2</dt><dd class=\"pre\">Rekaan Kedua") || strings.Contains(body,
		"3303014812880001") {
		t.Errorf("what was sent is not shown by person:\n%s", body)
	}
}

func (r *room) caseOf(path string) (id int64) {
	r.Helper()
	if _, err := fmt.Sscanf(path, "/instansi/permohonan/%d", &id); err != nil {
		r.Fatal(path, err)
	}
	return id
}

func (r *room) readBy(login string) bool {
	r.Helper()
	u := r.user(login)
	rows, _, err := r.store.Journal.Records(r.Context(), access.HistoryQuery{Agency: u.Institution, User: u.ID, Limit: 5})
	if err != nil {
		r.Fatal(err)
	}
	for _, x := range rows {
		if x.Outcome == string(access.Read) {
			return true
		}
	}
	return false
}

// A change starts from what is granted now; what waits for its decision can be withdrawn, and both sides are told.
func TestAChangeStartsFromWhatIsGrantedAndCanBeWithdrawn(t *testing.T) {
	r := open(t)
	if body := r.as(asker, "/instansi/permohonan/baru?prosedur=perubahan-user", nil).Body.String(); !strings.Contains(body,
		"User ID yang diubah") || strings.Contains(body, "metode_pengguna") {
		t.Error("the user id is not chosen first")
	}
	body := r.as(asker, "/instansi/permohonan/baru?prosedur=perubahan-user&pengguna=petugas.dinpertan", nil).Body.String()
	if !strings.Contains(body, `value="petugas.dinpertan" selected`) || !strings.Contains(body, `value="portal" checked`) ||
		!strings.Contains(body, `value="full" selected`) {
		t.Errorf("the form does not start from what is granted:\n%s", body)
	}
	w := r.posts(asker, "/instansi/permohonan", map[string][]string{"prosedur": {"perubahan-user"}, "f.pengguna": {"petugas.dinpertan"},
		"f.metode_pengguna": {"", "portal"}, "f.hak_data": {"match"}, "f.status_kepegawaian": {"pns"}, "f.kode_wilayah": {"33.03"},
		"f.kantor": {"Dinas Pertanian, Jalan Rekaan 1"}})
	path := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if form := r.as(asker, path+"/formulir", nil); !strings.Contains(pdftest.Text(t, form.Body.Bytes()), "Pencocokan saja") {
		t.Error("the form does not say what is asked for")
	}
	if w := r.posts(asker, path+"/kirim", sent, "%PDF-1.4"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if w := r.as(asker, path+"/tarik", map[string][]string{"langkah": {"1"}, "alasan_tarik": {" "}}); w.Code !=
		http.StatusUnprocessableEntity || beside(w.Body.String(), "f-alasan_tarik") == "" {
		t.Errorf("withdrawn without a reason: %d", w.Code)
	}
	if w := r.as(asker, path+"/tarik", map[string][]string{"langkah": {"1"}, "alasan_tarik": {"Batal"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	for _, agency := range []int64{party.Provider, r.user(asker).Institution} {
		if n, err := r.store.Notices.Notices(t.Context(), agency, 0, 1); err != nil || !strings.Contains(n[0].Text, "Ditarik oleh admin") {
			t.Errorf("institution %d is not told: %v %v", agency, n, err)
		}
	}
}

// The head reads and asks for nothing; another agency's request is not there; a case that an order keeps from the agency is not there
// either.
func TestARequestIsItsAgencysAlone(t *testing.T) {
	r := open(t)
	path := r.posts(asker, "/instansi/permohonan", newUser()).Header().Get("Location")
	if w := r.posts("kepala.dinpertan", "/instansi/permohonan", newUser()); w.Code != http.StatusForbidden {
		t.Errorf("the head asks: %d", w.Code)
	}
	if w := r.as("kepala.dinpertan", path, nil); w.Code != http.StatusOK || strings.Contains(w.Body.String(),
		`action="/instansi/permohonan`) {
		t.Errorf("the head is offered what is not theirs: %d", w.Code)
	}
	for what, w := range map[string]*httptest.ResponseRecorder{
		"seen": r.as("admin.dinsos", path, nil), "printed": r.as("admin.dinsos", path+"/formulir", nil),
		"changed": r.posts("admin.dinsos", path, newUser()), "sent": r.posts("admin.dinsos", path+"/kirim", sent, "%PDF-1.4"),
		"withdrawn": r.as("admin.dinsos", path+"/tarik", map[string][]string{"langkah": {"0"}, "alasan_tarik": {"x"}}),
	} {
		if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "Rekaan Baru") {
			t.Errorf("%s by another agency: %d", what, w.Code)
		}
	}
	for _, key := range []string{"penahanan-riwayat", "penangguhan"} {
		id, err := r.office.Open(t.Context(), office.Actor{User: 1, Role: party.Administrator}, r.user(asker).Institution, key)
		if err != nil {
			t.Fatal(err)
		}
		hidden := fmt.Sprintf("/instansi/permohonan/%d", id)
		if w := r.as("kepala.dinpertan", hidden, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s is shown: %d", key, w.Code)
		}
		for _, page := range []string{"/instansi/permohonan", "/instansi"} {
			if body := r.as(asker, page, nil).Body.String(); strings.Contains(body, `"`+hidden+`"`) {
				t.Errorf("%s stands on %s", key, page)
			}
		}
	}
}

// A slip that was printed at the provider's command line waits for the agency's own people: both of them see it, one hands its second half
// over, in one answer, and then it waits no more.
func TestTheAgencyHandsOverWhatTheCommandLinePrinted(t *testing.T) {
	r := open(t)
	slip, err := r.store.Credentials.IssueToken(t.Context(), journal.Change{At: start, Letter: "BAST/1"}, r.user("aplikasi.dinpertan"),
		party.APIToken, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/kode-kedua/%d", slip.Slip)
	for login, sees := range map[string]bool{asker: true, "kepala.dinpertan": true, "kepala.dinsos": false} {
		if body := r.as(login, "/kredensial", nil).Body.String(); strings.Contains(body, `action="`+path+`"`) != sees {
			t.Errorf("%s sees it: %v", login, !sees)
		}
	}
	for _, other := range []string{"kepala.dinsos", "petugas.dinpertan"} {
		if w := r.as(other, path, map[string][]string{}); w.Code == http.StatusOK {
			t.Errorf("%s draws it", other)
		}
	}
	w := r.as(asker, path, map[string][]string{})
	half := regexp.MustCompile(`id="kode-kedua">([^<]+)<`).FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || half == nil || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if body := r.as(asker, "/kredensial", nil).Body.String(); strings.Contains(body, half[1]) || strings.Contains(body, path) {
		t.Error("it is shown again, or waits on")
	}
	if got, ok, err := r.store.Credentials.Redeem(t.Context(), slip.Code, half[1], "", start); !ok || err != nil || len(got) != 1 {
		t.Error(got, ok, err)
	}
}
