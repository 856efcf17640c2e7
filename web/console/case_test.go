package console

import (
	"net/http"
	"strings"
	"testing"

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
