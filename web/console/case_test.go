package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gapura/office/procedure"
	"gapura/store/storetest"
)

// Whatever is wrong with a step, the case is shown again with what was typed: a scan that is none, and what the rules refuse at the end.
func TestAStepIsTypedOnce(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	operator, admin := r.session("operator"), r.session("admin")
	path := r.begin(operator, "dinkop", "pejabat")
	notice := map[string]string{"langkah": "0", "surat": "800/17/2026", "tanggal_surat": "2026-09-10", "f.kepala": "Rekaan Empat",
		"f.kepala_jabatan": "Kepala Dinas", "f.kepala_sejak": "2024-09-16"}
	again := func(session string, fields map[string]string, scan string, status int, words ...string) {
		t.Helper()
		w := r.multipart(session, path, fields, scan)
		if w.Code != status {
			t.Errorf("%d, want %d", w.Code, status)
		}
		for _, word := range append(words, "Langkah belum dicatat") {
			if !strings.Contains(w.Body.String(), word) {
				t.Errorf("%q is not in the page that is shown again", word)
			}
		}
	}
	again(operator, notice, "teks biasa", http.StatusUnprocessableEntity, "bukan PDF, JPEG, atau PNG", `href="#f-pindaian"`,
		`value="800/17/2026"`, `value="Rekaan Empat"`, `value="Kepala Dinas"`, `value="2024-09-16"`)
	r.step(operator, path, 0, notice, "%PDF-1.7\nrekaan\n%%EOF")
	again(admin, map[string]string{"langkah": "1", "keputusan": "approve", "alasan_keputusan": "Sesuai surat pengantar"}, "",
		http.StatusUnprocessableEntity, "Tanggal mulai menjabat harus setelah", "Sesuai surat pengantar")
}

// Nothing typed for a step is lost: what was refused, what was kept while it was typed, and only for who typed it, until the step is taken
// or seven days are over. In the database it is sealed.
func TestWhatIsTypedForAStepIsOfferedAgain(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		operator, admin := r.session("operator"), r.session("admin")
		path := r.begin(operator, "dinkop", "pejabat")
		typed := map[string]string{"langkah": "0", "surat": "800/18/2026", "tanggal_surat": "2026-09-10", "f.kepala": "Rekaan Lima"}
		sees := func(session string, want bool, word string) {
			t.Helper()
			body := r.do(session, "GET", path, nil, "").Body.String()
			if strings.Contains(body, word) != want || strings.Contains(body, "Buang isian ini") != want {
				t.Errorf("%q is offered again: want %v", word, want)
			}
		}
		// A session that ended before the form was sent: the script had kept it.
		if w := r.multipart(operator, path+"/konsep", typed, ""); w.Code != http.StatusNoContent {
			t.Fatal(w.Code, w.Body)
		}
		sees(operator, true, "Rekaan Lima")
		sees(r.session("operator"), true, `value="800/18/2026"`)
		sees(admin, false, "Rekaan Lima")
		typed["f.kepala"] = "Rekaan Enam"
		if w := r.multipart(operator, path, typed, "teks biasa"); w.Code != http.StatusUnprocessableEntity {
			t.Fatal(w.Code)
		}
		sees(operator, true, "Rekaan Enam")
		if w := r.post(operator, path+"/konsep/buang", nil); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code)
		}
		sees(operator, false, "Rekaan Enam")

		keep := func(at time.Time) {
			t.Helper()
			r.now = at
			if w := r.multipart(operator, path+"/konsep", typed, ""); w.Code != http.StatusNoContent {
				t.Fatal(w.Code)
			}
		}
		keep(start)
		r.now = start.Add(procedure.TypedLife + time.Second)
		operator = r.session("operator")
		sees(operator, false, "Rekaan Enam")
		if err := r.store.Cases.DropTypedBefore(t.Context(), r.now.Add(-procedure.TypedLife)); err != nil {
			t.Fatal(err)
		}
		r.now = start
		sees(operator, false, "Rekaan Enam")

		keep(start)
		for k, v := range map[string]string{"f.kepala_jabatan": "Kepala Dinas", "f.kepala_sejak": "2026-09-16"} {
			typed[k] = v
		}
		r.step(operator, path, 0, typed, "%PDF-1.7\nrekaan\n%%EOF")
		if w := r.multipart(operator, path+"/konsep", typed, ""); w.Code != http.StatusNoContent { // a page that was left open
			t.Fatal(w.Code)
		}
		if strings.Contains(r.do(operator, "GET", path, nil, "").Body.String(), "Buang isian ini") {
			t.Error("what was typed for a step outlived it")
		}
	})
}
