package site

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
)

// Whoever is told to turn to somebody is told to whom: by the name that a page, an advice or a message puts there. What is said in the
// words of the guideline, and what is told to everybody's office at once, names nobody.
func TestNobodyIsSentToAnAdministratorWithoutAName(t *testing.T) {
	i := party.Institution{Helpers: []party.Person{{Name: "Rekaan Admin", Phone: "0281 1"}},
		Office: []party.Person{{Name: "Rekaan Dinas", Position: "Pengelola", OfProvider: true}},
		Heads:  party.Heads{{ID: 1, Name: "Rekaan Kepala", Position: "Kepala Dinas"}}}
	day := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	names := strings.NewReplacer("admin instansi Anda, Rekaan Admin (0281 1)", "", "kepala instansi Anda, Rekaan Kepala (Kepala Dinas)", "",
		"narahubung Dinas Dukcapil, Rekaan Dinas (Pengelola)", "")
	for code := range advice {
		text := names.Replace(Advice(code, i, day))
		if bare := regexp.MustCompile(`(?i)admin|kepala instansi|narahubung|[{}]`).FindString(text); bare != "" {
			t.Errorf("advice %s names somebody without a name, %q: %q", code, bare, text)
		}
	}
	sent := regexp.MustCompile(`(?i)(hubungi|kepada|beri tahu|melalui) (seorang )?(admin|kepala instansi anda|narahubung)`)
	var files []string
	for _, of := range []string{"../*/templates/*.html", "../*/*.go", "../../access/*/*.go", "../../office/*/*.go", "../../desk/*/*.go",
		"../../cmd/gapura/*.go"} {
		found, err := filepath.Glob(of)
		if err != nil || len(found) < 5 {
			t.Fatal(of, len(found), err)
		}
		files = append(files, found...)
	}
	for _, f := range files {
		switch filepath.Base(f) {
		case "panduan.html": // about everybody's office
			continue
		case "pengawasan.html": // says to whom the program writes
			continue
		case "outcome.go": // the guideline's words; the advice beside them names
			continue
		}
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range sent.FindAllString(string(text), -1) {
			t.Errorf("%s sends to somebody without a name: %q", f, found)
		}
	}
}
