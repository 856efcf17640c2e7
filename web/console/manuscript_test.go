package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gapura/office/manuscript"
	"gapura/office/office"
	"gapura/store/storetest"
)

// From the agency's page: draw up, download, initials, compare, keep the signed scan. Nothing typed is lost, the auditor only reads.
func TestManuscriptsByPages(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	operator, auditor := r.session("operator"), r.session("auditor")
	page := func(session, path string) string {
		t.Helper()
		w := r.do(session, "GET", path, nil, "")
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		return w.Body.String()
	}
	for _, path := range []string{"/konsol/instansi/dinpertan", "/konsol/perjanjian/dinpertan/1"} {
		if !strings.Contains(page(operator, path), `href="/konsol/naskah/dinpertan"`) {
			t.Errorf("%s does not lead to the manuscripts", path)
		}
	}
	if body := page(auditor, "/konsol/naskah/dinpertan"); strings.Contains(body, "/susun") {
		t.Error("an auditor is offered to draw up")
	}
	body := page(operator, "/konsol/naskah/dinpertan/susun?perjanjian=1")
	for _, f := range manuscript.Fields {
		if !strings.Contains(body, `name="f.`+f.Key+`"`) {
			t.Errorf("the form does not ask for %s", f.Key)
		}
	}
	form := url.Values{"perjanjian": {"1"}, "jenis": {"juknis"}}
	for _, f := range manuscript.Fields {
		form.Set("f."+f.Key, "isian "+f.Key)
	}
	form.Set("f.titik", "1")
	form.Set("f.tanggal_persetujuan", "2025-07-25")
	form.Set("f.bandwidth", "")
	w := r.post(operator, "/konsol/naskah/dinpertan/susun", form)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Besaran bandwidth harus diisi.") ||
		!strings.Contains(w.Body.String(), "isian tersambung") {
		t.Errorf("a form that is not complete: %d", w.Code)
	}
	for _, bandwidth := range []string{"1 Mbps", "2 Mbps"} {
		form.Set("f.bandwidth", bandwidth)
		if w := r.post(operator, "/konsol/naskah/dinpertan/susun", form); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
	}
	all, err := office.ManuscriptsOf(r.office).List(t.Context(), 1)
	if err != nil || len(all) != 2 {
		t.Fatal(len(all), err)
	}
	compare := fmt.Sprintf("/konsol/naskah/dinpertan/banding?dari=%d&ke=%d", all[0].ID, all[1].ID)
	if body := page(auditor, "/konsol/naskah/dinpertan"); !strings.Contains(body, strings.ReplaceAll(compare, "&", "&amp;")) ||
		!strings.Contains(body, fmt.Sprintf("/konsol/dokumen/%d", all[1].File.ID)) {
		t.Error("the list leads neither to the comparison nor to the document")
	}
	if body := page(auditor, compare); !strings.Contains(body, "<mark>1</mark>") || !strings.Contains(body, "<mark>2</mark>") ||
		!strings.Contains(body, "1 klausul berbeda") {
		t.Error("the comparison does not mark what differs")
	}
	if w := r.do(auditor, "GET", fmt.Sprintf("/konsol/dokumen/%d", all[1].File.ID), nil, ""); !strings.HasPrefix(w.Body.String(),
		"%PDF") {
		t.Errorf("download: %d", w.Code)
	}
	target := fmt.Sprintf("/konsol/naskah/dinpertan/%d", all[1].ID)
	initial := url.Values{"pihak": {"agency"}, "nama": {"Rekaan Dua"}, "jabatan": {""}, "tanggal": {start.Format("2006-01-02")}}
	if w := r.post(operator, target+"/paraf", initial); w.Code != http.StatusUnprocessableEntity ||
		!strings.Contains(w.Body.String(), `value="Rekaan Dua"`) {
		t.Errorf("initials without a position: %d", w.Code)
	}
	initial.Set("jabatan", "Kepala Bidang")
	if w := r.post(operator, target+"/paraf", initial); w.Code != http.StatusSeeOther {
		t.Error(w.Code, w.Body)
	}
	if w := r.multipart(operator, target+"/pindaian", nil, ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no scan: %d", w.Code)
	}
	if w := r.multipart(operator, target+"/pindaian", nil, "%PDF-1.7\nrekaan\n%%EOF"); w.Code != http.StatusSeeOther {
		t.Error(w.Code, w.Body)
	}
	if body := page(auditor, "/konsol/naskah/dinpertan"); !strings.Contains(body, "Rekaan Dua, Kepala Bidang, 16 September 2026") ||
		!strings.Contains(body, "Unduh yang ditandatangani") {
		t.Error("initials or signed scan are not shown")
	}
}
