package console

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/document/pdftest"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store/storetest"
)

// historyLetter files a resident's request, has another person approve it, and returns the letter's PDF, its number and its code.
func (r *room) historyLetter(number string) (pdf []byte, letter, code string) {
	r.Helper()
	operator := r.session("operator")
	w := r.post(operator, "/konsol/penduduk/surat", url.Values{"nik": {number}, "surat": {"470/12/2026"}, "identitas": {"ya"}})
	path := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(path, "/konsol/berkas/") {
		r.Fatal(w.Code, w.Body)
	}
	if page := r.do(operator, "GET", path, nil, "").Body.String(); !strings.Contains(page, "470/12/2026") {
		r.Error("what was typed for the history is not in the case's form")
	}
	if w := r.multipart(operator, path, map[string]string{"langkah": "0", "surat": "470/12/2026", "tanggal_surat": "2026-09-16",
		"f.nik":          number,
		"f.nama_pemohon": "Rekaan Penduduk", "f.alamat_pemohon": "Jalan Rekaan 1", "f.identitas": "ktp"},
		""); w.Code != http.StatusSeeOther {
		r.Fatal(w.Code, w.Body)
	}
	decision := map[string]string{"langkah": "1", "keputusan": procedure.Approve}
	if w := r.multipart(operator, path, decision, ""); w.Code == http.StatusSeeOther {
		r.Fatal("the letter was decided by who asked for it")
	}
	if w := r.multipart(r.session("admin2"), path, decision, ""); w.Code != http.StatusSeeOther {
		r.Fatal(w.Code, w.Body)
	}
	files, err := r.store.Files.Files(r.Context(), party.Provider, 0, 10)
	if err != nil || len(files) == 0 || files[0].Kind != "riwayat-penduduk" {
		r.Fatal(len(files), err)
	}
	if pdf, err = r.store.Files.FileContent(r.Context(), files[0].ID); err != nil {
		r.Fatal(err)
	}
	m := regexp.MustCompile(`Kode pemeriksaan\s+:\s+(\S+)`).FindStringSubmatch(pdftest.Text(r, pdf))
	if m == nil {
		r.Fatal("the letter has no code")
	}
	return pdf, files[0].Number, m[1]
}

// A resident's history is a numbered letter with who asked, when and for what: the reading is recorded, no officer is named, the NIK is
// masked, and the number, day and code of the letter are known as the office's; any other is not.
func TestAResidentsHistoryIsALetterThatCanBeChecked(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		r.lookup("petugas.dinpertan", r.found[0], "A-1")
		r.lookup("petugas.dinkes", r.found[1], "A-2")
		pdf, number, code := r.historyLetter(r.found[0])
		text := pdftest.Text(t, pdf)
		for _, want := range []string{"Pertanian", "Data dilihat", "Nama Lengkap", number, "http://gapura.example/periksa"} {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("the letter lacks %q:\n%s", want, text)
			}
		}
		for _, not := range []string{r.found[0], "petugas.dinpertan", "Kesehatan"} {
			if strings.Contains(text, not) {
				t.Errorf("the letter says %q:\n%s", not, text)
			}
		}
		rows, _, err := r.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: party.Provider, Limit: 10})
		if err != nil || len(rows) != 1 || rows[0].Act != journal.ActTell || rows[0].Login != "admin2" ||
			rows[0].Reference != "470/12/2026" {
			t.Errorf("the telling is not recorded once with who decided: %+v, %v", rows, err)
		}
		day := party.WIB.Day(r.now)
		if !r.office.Genuine(number, day, strings.ToLower(code)) || !r.office.Genuine(" "+number, day, strings.ReplaceAll(code, "-", " ")) {
			t.Error("the letter is not known")
		}
		for name, known := range map[string]bool{"number": r.office.Genuine(number+"1", day, code), "code": r.office.Genuine(number, day,
			code[1:]+"0"), "empty": r.office.Genuine(number, day, ""), "day": r.office.Genuine(number, day.AddDate(0, 0, 1), code)} {
			if known {
				t.Errorf("a letter of another %s is known", name)
			}
		}
		if strings.Contains(r.log.String(), r.found[0]) {
			t.Error("the log holds the NIK")
		}
	})
}

// What a lawful order withholds is in no letter, and its number is; without an address that residents can open, the letter holds the
// code alone and no link. Many uses make a table of several pages.
func TestALetterOfManyUsesHoldsBackWhatIsWithheld(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	r.office.Details.URL = ""
	n, err := nik.Parse(r.found[0])
	if err != nil {
		t.Fatal(err)
	}
	for range 60 {
		r.lookup("petugas.dinpertan", r.found[0], "A-1")
	}
	r.lookup("petugas.dinkes", r.found[0], "A-2")
	i, _, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinkes")
	if err != nil {
		t.Fatal(err)
	}
	today := i.Zone.Day(r.now)
	if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, Reason: "perintah", Letter: "470/8"}, procedure.WithholdUses{
		Institution: i, NIK: n, From: today, To: today, Until: today.AddDate(0, 1, 0), Order: "B-12/2026", Authority: "Lembaga Rekaan",
	}); err != nil {
		t.Fatal(err)
	}
	pdf, number, code := r.historyLetter(r.found[0])
	if dir := os.Getenv("GAPURA_LOOK"); dir != "" { // for people who look at it
		if err := os.WriteFile(dir+"/riwayat.pdf", pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.Join(strings.Fields(pdftest.Text(t, pdf)), " ")
	if !strings.Contains(text, "1 penggunaan lain belum dapat disampaikan") || strings.Contains(text, "Kesehatan") {
		t.Error("the letter does not tell the number alone of what is withheld")
	}
	if got := len(regexp.MustCompile(`\b1-\d+\b`).FindAllString(text, -1)); got != 60 {
		t.Errorf("%d of 60 uses", got)
	}
	if strings.Contains(text, "http") || strings.Contains(text, "Pindai") || !r.office.Genuine(number, party.WIB.Day(r.now), code) {
		t.Error("the letter has a link that leads nowhere, or no code")
	}
}

// objection files an objection to a use from the page of the resident's history and returns the case's path.
func (r *room) objection(use, kind string) string {
	r.Helper()
	operator := r.session("operator")
	w := r.post(operator, "/konsol/penduduk/keberatan", url.Values{"catatan": {use}})
	path := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.Contains(r.do(operator, "GET", path, nil, "").Body.String(), `value="`+use+`"`) {
		r.Fatal(w.Code, path, w.Body)
	}
	form := map[string]string{"langkah": "0", "surat": "470/13/2026", "tanggal_surat": "2026-09-16", "f.catatan": use, "f.jenis": kind,
		"f.uraian": "Tidak pernah mengajukan permohonan.", "f.nama_pemohon": "Rekaan Penduduk", "f.alamat_pemohon": "Jalan Rekaan 1",
		"f.identitas": "ktp"}
	for wrong, says := range map[string]string{"1-999999": "tidak ada dalam jurnal", "0-0": "tidak ada dalam jurnal"} {
		form["f.catatan"] = wrong
		if w := r.multipart(operator, path, form, ""); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(),
			says) {
			r.Errorf("an objection to record %s: %d", wrong, w.Code)
		}
	}
	form["f.catatan"] = use
	if w := r.multipart(operator, path, form, ""); w.Code != http.StatusSeeOther {
		r.Fatal(w.Code, w.Body)
	}
	return path
}

// A resident's objection is a case: the agency is asked and answers on its own pages without learning who objects, two people decide, and
// what was decided follows in the same transaction: an alert, an incident or a correction. The resident gets a letter that can be checked.
func TestAnObjectionIsAskedAboutDecidedByTwoAndFollowed(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		r.lookup("petugas.dinpertan", r.found[0], "A-1")
		rows, _, err := r.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: 1, Limit: 1})
		if err != nil || len(rows) != 1 {
			t.Fatal(err)
		}
		use := rows[0].ID.String()
		manager, head := r.session("admin.dinpertan"), r.session("kepala.dinpertan")
		for n, follow := range []string{procedure.FollowAlert, procedure.FollowIncident, procedure.FollowCorrection} {
			path := r.objection(use, "bukan-saya")
			id := path[strings.LastIndex(path, "/")+1:]
			own := "/instansi/permohonan/" + id
			page := r.do(manager, "GET", own, nil, "").Body.String()
			for _, want := range []string{use, "Bukan saya", "Tidak pernah mengajukan", "Paling lambat 18 September 2026"} {
				if !strings.Contains(page, want) {
					t.Errorf("the agency's page lacks %q", want)
				}
			}
			for _, not := range []string{"Rekaan Penduduk", "Jalan Rekaan 1", r.found[0]} {
				if strings.Contains(page, not) {
					t.Errorf("the agency reads %q", not)
				}
			}
			answer := map[string]string{"langkah": "1", "f.pernyataan": "Pemohon bantuan datang ke loket."}
			if w := r.multipart(head, own+"/jawab", answer, ""); w.Code != http.StatusForbidden {
				t.Errorf("a head, who manages no cases, answered: %d", w.Code)
			}
			if w := r.multipart(r.session("admin.dinkes"), own+"/jawab", answer, ""); w.Code == http.StatusSeeOther {
				t.Error("another agency answered")
			}
			if w := r.multipart(manager, own+"/jawab", answer, ""); w.Code != http.StatusSeeOther {
				t.Fatal(w.Code, w.Body)
			}
			if w := r.multipart(manager, own+"/jawab", answer, ""); w.Code == http.StatusSeeOther {
				t.Error("the agency took the office's decision")
			}
			decision := map[string]string{"langkah": "2", "keputusan": procedure.Approve, "f.tindak_lanjut": follow}
			if w := r.multipart(r.session("operator"), path, decision, ""); w.Code == http.StatusSeeOther {
				t.Error("decided by who filed it")
			}
			if w := r.multipart(r.session("admin2"), path, decision, ""); w.Code != http.StatusSeeOther {
				t.Fatal(w.Code, w.Body)
			}
			if page := r.do(manager, "GET", own, nil, "").Body.String(); strings.Contains(page, "/instansi/dokumen/") {
				t.Error("the agency gets the letter to the resident")
			}
			files, err := r.store.Files.Files(t.Context(), party.Provider, 0, 10)
			if err != nil || len(files) != n+1 || files[0].Kind != "jawaban-keberatan" {
				t.Fatal(len(files), err)
			}
			pdf, err := r.store.Files.FileContent(t.Context(), files[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			text := pdftest.Text(t, pdf)
			code := regexp.MustCompile(`Kode pemeriksaan\s+:\s+(\S+)`).FindStringSubmatch(text)
			if code == nil || !r.office.Genuine(files[0].Number, party.WIB.Day(r.now), code[1]) || !strings.Contains(text, use) {
				t.Errorf("the answer cannot be checked:\n%s", text)
			}
			if dir := os.Getenv("GAPURA_LOOK"); dir != "" {
				if err := os.WriteFile(dir+"/keberatan.pdf", pdf, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		admin := r.session("admin")
		for path, says := range map[string]string{"/konsol/pengawasan": "Keberatan penduduk",
			"/konsol/insiden": "Akses oleh orang yang tidak berhak",
			"/konsol/berkas":  "Perbaikan data penduduk"} {
			if page := r.do(admin, "GET", path, nil, "").Body.String(); !strings.Contains(page, says) {
				t.Errorf("%s lacks %q", path, says)
			}
		}
		changes, err := r.store.Journal.Changes(t.Context(), 1, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, c := range changes {
			if c.Subject == "Keberatan penduduk atas catatan "+use {
				told++
			}
		}
		if told != 3 {
			t.Errorf("%d of 3 decisions are recorded", told)
		}
		if strings.Contains(r.log.String(), r.found[0]) {
			t.Error("the log holds the NIK")
		}
	})
}

// An objection that is refused is answered with its reason and changes nothing. What is not answered in its 3×24 hours is told once before
// and once after.
func TestAnObjectionHasItsHours(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	r.lookup("petugas.dinpertan", r.found[0], "A-1")
	rows, _, err := r.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: 1, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	path := r.objection(rows[0].ID.String(), "data-salah")
	count := func() (n int) {
		all, err := r.store.Notices.Notices(t.Context(), party.Provider, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range all {
			if strings.HasPrefix(x.Text, "Keberatan penduduk (berkas") {
				n++
			}
		}
		return n
	}
	for _, c := range []struct{ after, told int }{{47, 0}, {49, 1}, {50, 1}, {73, 2}, {80, 2}} {
		r.now = start.Add(time.Duration(c.after) * time.Hour)
		if err := office.RemindersOf(r.office).Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := count(); got != c.told {
			t.Errorf("%d hours: told %d times, want %d", c.after, got, c.told)
		}
	}
	if page := r.do(r.session("admin"), "GET", path, nil, "").Body.String(); !strings.Contains(page, "Seharusnya selesai") {
		t.Error("the case does not say that it is late")
	}
	if w := r.multipart(r.session("operator"), path, map[string]string{"langkah": "1",
		"f.pernyataan": "Tidak ada pernyataan sampai tenggat."},
		""); w.Code != http.StatusSeeOther {
		t.Fatal("the office cannot go on without the agency", w.Code)
	}
	if w := r.multipart(r.session("admin2"), path, map[string]string{"langkah": "2", "keputusan": procedure.Refuse,
		"alasan_keputusan": "Penggunaan didukung permohonan."}, ""); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	files, err := r.store.Files.Files(t.Context(), party.Provider, 0, 10)
	if err != nil || len(files) != 1 {
		t.Fatal(len(files), err)
	}
	pdf, err := r.store.Files.FileContent(t.Context(), files[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(strings.Fields(pdftest.Text(t, pdf)), " "); !strings.Contains(text, "tidak diterima") || !strings.Contains(text,
		"Penggunaan didukung permohonan.") || strings.Contains(text, "Tindak lanjut") {
		t.Errorf("the refusal is not answered:\n%s", text)
	}
	if page := r.do(r.session("admin"), "GET", "/konsol/insiden", nil, "").Body.String(); strings.Contains(page, "tidak berhak</") {
		t.Error("something follows from an objection that was refused")
	}
}
