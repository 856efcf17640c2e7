package procedure

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestProceduresAskForWhatTheGuidelineNames holds the procedures against the agreement's own points (testdata/guideline.txt): whoever takes
// a field, a scan, a study or a letter out of one has to say so there.
func TestProceduresAskForWhatTheGuidelineNames(t *testing.T) {
	raw, err := os.ReadFile("testdata/guideline.txt")
	if err != nil {
		t.Fatal(err)
	}
	all, at := Defaults(), map[string]int{}
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		row := strings.Split(line, "|")
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		p, ok := Find(all, row[1])
		if !ok {
			t.Errorf("%s: there is no procedure %q", row[0], row[1])
			continue
		}
		asked := strings.Split(row[3], "; ")
		n := slices.IndexFunc(p.Steps[at[p.Key]:], func(s Step) bool { return s.By == row[2] && lacks(&s, asked) == "" })
		if n < 0 {
			near := p.Steps[min(at[p.Key], len(p.Steps)-1)]
			t.Errorf("%s: %s has no step of the %s after step %d that asks for %s (%s lacks %s)", row[0], p.Key, row[2], at[p.Key], row[3],
				near.Key, lacks(&near, asked))
			continue
		}
		at[p.Key] += n + 1
	}
	if len(at) < 29 {
		t.Errorf("%d procedures are held", len(at))
	}
}

// lacks is the first thing of a row that the step does not ask for; empty: none.
func lacks(s *Step, asked []string) string {
	for _, a := range asked {
		name, of, _ := strings.Cut(a, ": ")
		good := false
		switch name {
		case "letter":
			good = s.Letter
		case "decision":
			good = s.Decision
		case "document":
			good = s.Document == of
		case "scan":
			good = s.Scan == "must" && strings.Contains(s.Scans, of)
		default:
			key, may := strings.CutSuffix(name, "?")
			good = slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Key == key && f.Optional == may })
		}
		if !good {
			return a
		}
	}
	return ""
}
