package console

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/document/pdftest"
	"gapura/journal/journal"
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
	if w := r.multipart(operator, path, map[string]string{"langkah": "0", "surat": "470/12/2026", "tanggal_surat": "2026-09-16", "f.nik": number,
		"f.nama_pemohon": "Rekaan Penduduk", "f.alamat_pemohon": "Jalan Rekaan 1", "f.identitas": "ktp"}, ""); w.Code != http.StatusSeeOther {
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
		if err != nil || len(rows) != 1 || rows[0].Act != journal.ActTell || rows[0].Login != "admin2" || rows[0].Reference != "470/12/2026" {
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
