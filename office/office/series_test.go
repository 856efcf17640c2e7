package office_test

import (
	"slices"
	"strings"
	"testing"

	"gapura/agreement/party"
	"gapura/internal/document"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// Letters, minutes of a handover and what the agency numbers itself: each series counts by itself, and a form takes no number.
func TestEachSeriesCountsItsOwnNumbersAndFormsHaveNone(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, _ := w.agency("dinkes")
		scan := []procedure.File{{Title: "Surat", Media: "application/pdf", Content: []byte("%PDF")}}
		paper := func(key string, values ...map[string]string) procedure.File {
			t.Helper()
			id, err := w.office.Open(t.Context(), operator, i.ID, key)
			if err != nil {
				t.Fatal(key, err)
			}
			for n, v := range values {
				in := procedure.Input{Letter: "470/1", LetterDay: party.WIB.Day(w.now), Verdict: procedure.Approve, Values: v}
				who := operator
				if v == nil {
					who = chief
				}
				if _, err := w.office.Take(t.Context(), who, id, n, in, scan); err != nil {
					t.Fatalf("%s, step %d: %v", key, n, err)
				}
			}
			files, err := w.store.Files.FilesOfCase(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			files = slices.DeleteFunc(files, func(f procedure.File) bool { return f.Kind == "scan" })
			if len(files) != 1 {
				t.Fatalf("%s: %d papers", key, len(files))
			}
			return files[0]
		}
		account := []map[string]string{{"penerima": "Rekaan Sembilan", "penerima_jabatan": "Kepala Seksi", "penerima_nip": "1"},
			{"user_sifilma": "dinkes.rekaan", "versi_manual": "Manual 2"}}
		reprimand := []map[string]string{{"kewajiban": "Laporan semester", "tenggat": party.WIB.Day(w.now).AddDate(0, 0,
			9).Format("2006-01-02")},
			nil}
		for n, c := range []struct {
			paper procedure.File
			want  string
		}{
			{paper("sifilma", account...), "/0001/BAST/2026"}, {paper("teguran", reprimand...), "/0001/2026"},
			{paper("sifilma", account...), "/0002/BAST/2026"}, {paper("teguran", reprimand...), "/0002/2026"}, {paper("sptjm", nil), ""},
		} {
			if (c.want == "") != (c.paper.Number == "") || !strings.HasSuffix(c.paper.Number, c.want) {
				t.Errorf("%d: %s has number %q, want …%s", n, c.paper.Kind, c.paper.Number, c.want)
			}
		}
		for series, want := range map[string]int{document.Letters: 2, document.Minutes: 2} {
			if list, err := w.store.Letters.Letters(t.Context(), series, 2026, 0, 10); err != nil || len(list) != want ||
				list[0].Series != series {
				t.Errorf("register %q: %+v, %v", series, list, err)
			}
		}
	})
}
