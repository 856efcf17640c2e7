package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestWhatNoTestLooksAtLives measures a small room of which one line is not tested, in every form that code has in a
// program of all mutants.
func TestWhatNoTestLooksAtLives(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module gapura\n\ngo 1.26\n",
		"small/small.go": `package small

const most = 10

var kinds = map[string]bool{"a": true, "b": false}

var named = func(_ int, all ...int) (n int) {
	n = len(all) + 1
	return
}

type counter struct{ n int }

func (c *counter) add(string, int) {
	c.n++
}

func fits(n int, _ string) bool { return n <= most && n >= 0 }

func text(s string) string { return "<" + s }
`,
		"small/small_test.go": `package small

import "testing"

func TestAll(t *testing.T) {
	c := counter{}
	c.add("", 0)
	if c.n != 1 || !kinds["a"] || named(0, 1, 2) != 3 || !fits(10, "") || fits(11, "") || !fits(0, "") || fits(-1, "") || text("") != "<" {
		t.Error("fault")
	}
}
`} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	files, all, err := draw("small", "", 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := &room{folder: "small", dir: t.TempDir(), files: files}
	if err := r.compile(); err != nil {
		t.Fatal(err)
	}
	by := map[outcome][]string{}
	for _, m := range files[0].found {
		o, err := r.try(files[0], m)
		if err != nil {
			t.Fatal(err)
		}
		by[o] = append(by[o], m.what)
	}
	if !slices.Equal(by[lived], []string{"false became true"}) || !slices.Equal(by[unfit], []string{"+ became -"}) ||
		len(by[killed]) != all-2 {
		t.Errorf("of %d: lived %q, unfit %q, killed %q", all, by[lived], by[unfit], by[killed])
	}
	if drawn, _, err := draw("small", "", 3, 1); err != nil || len(drawn[0].found) != 3 {
		t.Errorf("a sample of 3: %v, %v", drawn, err)
	}
}
