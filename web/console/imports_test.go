package console

import (
	"slices"
	"strings"
	"testing"

	"gapura/person/population"
	"gapura/store/storetest"
)

// TestThePageOfResidentsTellsWhatImportsChanged: who, when, which file, how many, which lines; one that runs and one that failed; no value
// of a resident.
func TestThePageOfResidentsTellsWhatImportsChanged(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	page := func() string {
		t.Helper()
		return r.do(r.session("auditor"), "GET", "/konsol/data-penduduk", nil, "").Body.String()
	}
	if text := page(); !strings.Contains(text, "Data per tanggal <strong>16 September 2026</strong>, 50 penduduk") {
		t.Error(text)
	}
	people := slices.Collect(population.Generate(3, 9, "3303"))
	in := population.Import{AsOf: start.AddDate(0, 0, 1), At: start, Report: population.Report{Kind: population.Full, By: "oleh penguji",
		Hash: strings.Repeat("ab12", 16), Unread: map[string]int{"NO_RT": 1200}, Dropped: []string{"SIDIK_JARI"},
		Left: []string{`lembar "Lain"`}}}
	running := ""
	in.Rows = func(yield func(population.Row, error) bool) {
		running = page()
		population.Rows(slices.Values(people))(yield)
	}
	if _, err := r.store.Registry.Import(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Impor sedang berjalan", "oleh penguji", "16 September 2026"} {
		if !strings.Contains(running, want) {
			t.Errorf("while it runs: no %q in %s", want, running)
		}
	}
	text := page()
	for _, want := range []string{"17 September 2026</strong>, 3 penduduk", "oleh penguji", "ab12ab12ab12ab12", "Seluruh penduduk",
		"ditambahkan 3 <span class=\"hint\">(baris 2, 3, 4)", "dihapus 50", "NO_RT: 1.200 isian", "SIDIK_JARI", "lembar &#34;Lain&#34;"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if strings.Contains(text, "sedang berjalan") || strings.Contains(text, people[0].Name) || strings.Contains(text,
		people[0].NIK.Digits()) {
		t.Error(text)
	}
	in.Rows = func(yield func(population.Row, error) bool) {
		yield(population.Row{}, &population.RowError{Line: 7, Column: "TGL_LHR", Problem: "kosong"})
	}
	if _, err := r.store.Registry.Import(t.Context(), in); err == nil {
		t.Fatal("taken")
	}
	if text := page(); !strings.Contains(text, "tidak mengubah apa pun: baris 7, kolom TGL_LHR: kosong") ||
		!strings.Contains(text, "17 September 2026</strong>") {
		t.Error(text)
	}
}
