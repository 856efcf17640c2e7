package console

import (
	"net/http"
	"strings"
	"testing"

	"gapura/internal/document/pdftest"
	"gapura/store/storetest"
)

// Cases are found by number, agency, kind, part of a letter's number, days and state, each by itself and together, and exported as they
// were found; on both engines.
func TestCasesAreFoundByWhatIsKnownOfThem(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		operator := r.session("operator")
		head := r.begin(operator, "dinkop", "pejabat")
		r.step(operator, head, 0, map[string]string{"surat": "800/17-XK/2026", "tanggal_surat": "2026-09-10", "f.kepala": "Rekaan Empat",
			"f.kepala_jabatan": "Kepala Dinas", "f.kepala_sejak": "2026-09-16"}, "%PDF-1.7\nrekaan\n%%EOF")
		r.now = r.now.AddDate(0, 0, 3)
		operator, admin := r.session("operator"), r.session("admin")
		meeting := r.begin(operator, "dinkes", "pertemuan")
		if w := r.post(operator, meeting+"/tarik", map[string][]string{"langkah": {"0"}, "alasan_tarik": {"keliru"}}); w.Code !=
			http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		number := func(path string) string { return path[strings.LastIndex(path, "/")+1:] }
		for query, want := range map[string][2]bool{
			"":                                {true, false},
			"keadaan=semua":                   {true, true},
			"keadaan=withdrawn":               {false, true},
			"nomor=" + number(head):           {true, false},
			"nomor=" + number(meeting):        {false, true}, // whatever its state
			"surat=17-xk":                     {true, false},
			"surat=17-xk&keadaan=done":        {false, false},
			"surat=1%25K&keadaan=semua":       {false, false}, // no sign of the search language
			"instansi=dinkes&keadaan=semua":   {false, true},
			"instansi=-&keadaan=semua":        {false, false},
			"jenis=pertemuan&keadaan=semua":   {false, true},
			"keadaan=semua&sampai=2026-09-16": {true, false},
			"keadaan=semua&dari=2026-09-17":   {false, true},
			"keadaan=semua&jenis=pejabat&dari=2026-09-16&sampai=2026-09-16&instansi=dinkop&surat=800%2F17": {true, false},
		} {
			page, table := r.do(admin, "GET", "/konsol/berkas?"+query, nil, ""), r.do(admin, "GET", "/konsol/berkas.csv?"+query, nil, "")
			if page.Code != http.StatusOK || table.Code != http.StatusOK {
				t.Fatalf("%s: %d, %d", query, page.Code, table.Code)
			}
			for n, path := range []string{head, meeting} {
				if got := strings.Contains(page.Body.String(), `<a href="`+path+`"`); got != want[n] {
					t.Errorf("%q shows %s: %v", query, path, got)
				}
				if got := strings.Contains(table.Body.String(), "\n"+number(path)+";"); got != want[n] {
					t.Errorf("the export of %q holds %s: %v\n%s", query, path, got, table.Body)
				}
			}
		}
		for _, query := range []string{"nomor=tujuh", "dari=kemarin", "instansi=tidak.ada", "dari=2026-09-17&sampai=2026-09-16"} {
			page, table := r.do(admin, "GET", "/konsol/berkas?"+query, nil, ""), r.do(admin, "GET", "/konsol/berkas.csv?"+query, nil, "")
			if page.Code != http.StatusUnprocessableEntity || table.Code != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d, %d", query, page.Code, table.Code)
			}
		}
	})
}

// A search goes on page by page without a gap, and the export holds all.
func TestAllCasesOfASearchAreReached(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	operator, made := r.session("operator"), map[string]bool{}
	for range 53 {
		made[r.begin(operator, "dinkes", "pertemuan")] = true
	}
	next, seen := "/konsol/berkas?instansi=dinkes&jenis=pertemuan", map[string]bool{}
	for pages := 0; next != ""; pages++ {
		if pages > 3 {
			t.Fatal("no end")
		}
		body := r.do(operator, "GET", next, nil, "").Body.String()
		for path := range made {
			if strings.Contains(body, `<a href="`+path+`"`) {
				seen[path] = true
			}
		}
		next = ""
		if _, rest, there := strings.Cut(body, `<div class="pages"><a href="`); there {
			next, _, _ = strings.Cut(rest, `"`)
			next = strings.ReplaceAll(next, "&amp;", "&")
		}
	}
	if len(seen) != len(made) {
		t.Errorf("%d of %d are reached", len(seen), len(made))
	}
	csv := r.do(operator, "GET", "/konsol/berkas.csv?instansi=dinkes&jenis=pertemuan", nil, "").Body.String()
	if n := strings.Count(csv, "\n"); n != len(made)+1 {
		t.Errorf("the export has %d lines", n)
	}
}

// A case's cover names number, agency, kind, letter, each step with who and when, the documents and the decision, and nothing of what was
// filled in.
func TestTheCoverOfACase(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	operator, admin := r.session("operator"), r.session("admin")
	path := r.begin(operator, "dinkop", "pejabat")
	r.step(operator, path, 0, map[string]string{"surat": "800/17/2026", "tanggal_surat": "2026-09-10", "f.kepala": "Rekaan Empat",
		"f.kepala_jabatan": "Kepala Dinas", "f.kepala_sejak": "2026-09-16"}, "%PDF-1.7\nrekaan\n%%EOF")
	text := func() string {
		t.Helper()
		w := r.do(admin, "GET", path+"/sampul.pdf", nil, "")
		if w.Code != http.StatusOK {
			t.Fatal(w.Code, w.Body)
		}
		return strings.Join(strings.Fields(pdftest.Text(t, w.Body.Bytes())), " ")
	}
	if before := text(); !strings.Contains(before, "Keputusan : belum ada") {
		t.Error(before)
	}
	r.step(admin, path, 1, map[string]string{"keputusan": "approve", "alasan_keputusan": "Sesuai petikan"}, "")
	after := text()
	for _, word := range []string{"SAMPUL BERKAS NOMOR " + path[strings.LastIndex(path, "/")+1:], "800/17/2026 tanggal 10 September 2026",
		"disetujui oleh", "Sesuai petikan", "16 September 2026 09.00 WIB", "pindaian", "Selesai"} {
		if !strings.Contains(after, word) {
			t.Errorf("the cover lacks %q:\n%s", word, after)
		}
	}
	if strings.Contains(after, "Rekaan Empat") {
		t.Error("the cover shows what was filled in")
	}
}
