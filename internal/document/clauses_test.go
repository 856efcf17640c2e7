package document

import (
	"os"
	"strings"
	"testing"
)

// TestEveryLetterSaysAllItsClauses holds each letter against testdata/clauses.txt: whoever cuts a statement out of a letter, or adds one,
// has to say so there.
func TestEveryLetterSaysAllItsClauses(t *testing.T) {
	raw, err := os.ReadFile("testdata/clauses.txt")
	if err != nil {
		t.Fatal(err)
	}
	clauses, key := map[string][]string{}, ""
	for line := range strings.Lines(string(raw)) {
		switch line = strings.TrimSpace(line); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			key = strings.Trim(line, "[]")
		default:
			clauses[key] = append(clauses[key], line)
		}
	}
	if len(clauses) != len(Defaults()) {
		t.Errorf("%d letters have clauses, there are %d", len(clauses), len(Defaults()))
	}
	for _, tpl := range Defaults() {
		blocks, err := parse(tpl.Text)
		if err != nil {
			t.Fatal(tpl.Key, err)
		}
		var said []string
		for _, b := range blocks {
			if b.kind == paragraph || b.kind == item || b.kind == subItem {
				said = append(said, strings.Join(strings.Fields(b.parts[0]), " "))
			}
		}
		held := make([]bool, len(said))
		for _, c := range clauses[tpl.Key] {
			found := false
			for i, s := range said {
				if strings.Contains(s, c) {
					found, held[i] = true, true
				}
			}
			if !found {
				t.Errorf("%s no longer says %q", tpl.Key, c)
			}
		}
		for i, h := range held {
			if !h {
				t.Errorf("%s says what is not among its clauses: %q", tpl.Key, said[i])
			}
		}
	}
}
