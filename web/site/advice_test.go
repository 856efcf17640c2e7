package site

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Whoever is told to turn to an administrator is told to whom: by the name that a page or an advice puts there.
func TestNobodyIsSentToAnAdministratorWithoutAName(t *testing.T) {
	for code, text := range advice {
		if strings.Contains(strings.ToLower(strings.ReplaceAll(text, admin, "")), "admin") {
			t.Errorf("advice %s names an administrator without a name: %q", code, text)
		}
	}
	sent := regexp.MustCompile(`(?i)(hubungi|kepada|beri tahu) (seorang )?admin`)
	files, err := filepath.Glob("../*/templates/*.html")
	if err != nil || len(files) < 60 {
		t.Fatal(len(files), err)
	}
	for _, f := range files {
		switch filepath.Base(f) {
		case "panduan.html": // about everybody's office
			continue
		case "pengawasan.html": // says to whom the program writes
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range sent.FindAllString(string(text), -1) {
			t.Errorf("%s sends to an administrator without a name: %q", f, found)
		}
	}
}
