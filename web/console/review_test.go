package console

import (
	"net/http"
	"strings"
	"testing"

	"gapura/store/storetest"
)

// The review tells of each user id what it may do today, as the doors decide it, and follows a change of rights at once; its export holds
// the same.
func TestTheReviewSaysWhoMayDoWhatToday(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		auditor, operator := r.session("auditor"), r.session("operator")
		row := func(login string) string {
			t.Helper()
			w := r.do(auditor, "GET", "/konsol/hak-akses.csv", nil, "")
			if w.Code != http.StatusOK {
				t.Fatal(w.Code)
			}
			for line := range strings.Lines(w.Body.String()) {
				if strings.HasPrefix(line, login+";") {
					return line
				}
			}
			t.Fatal(login, "is missing")
			return ""
		}
		for login, want := range map[string][2]string{
			"petugas.dinpertan": {"Pencarian, Pencocokan", "Keputusan konsol"},
			"admin.dinpertan":   {"Pengelolaan pengguna instansi", "Pencarian"},
			"baru.dinpertan":    {"Menunggu NDA;;", "Pencarian,"}, // its NDA is not signed
			"lama.dinpertan":    {"Nonaktif;;", "Pencarian,"},
			"petugas.dishub":    {"Aktif;", "Pencarian,"}, // nobody answers for its agency
			"admin":             {"Keputusan konsol", "Pencocokan"},
			"operator":          {"Berkas konsol", "Keputusan konsol"},
			"auditor":           {"Pencarian jurnal", "Berkas konsol"},
		} {
			got := row(login)
			if !strings.Contains(got, want[0]) || strings.Contains(got, want[1]) {
				t.Errorf("%s: %q, want %q without %q", login, got, want[0], want[1])
			}
		}
		end := r.begin(operator, "dinpertan", "penonaktifan-user")
		r.step(operator, end, 0, map[string]string{"surat": "800/1", "tanggal_surat": "2026-09-10", "f.pengguna": "petugas.dinpertan",
			"f.alasan": "pindah tugas"}, "")
		if got := row("petugas.dinpertan"); !strings.Contains(got, "Nonaktif;;") {
			t.Errorf("after its end: %q", got)
		}
		page := r.do(auditor, "GET", "/konsol/hak-akses?cari=petugas.dinkes", nil, "").Body.String()
		if !strings.Contains(page, "petugas.dinkes") || strings.Contains(page, "petugas.dinpertan") ||
			!strings.Contains(page, "Pencarian, Pencocokan") {
			t.Error("the page does not show who is sought")
		}
	})
}
