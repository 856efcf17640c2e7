// Package docs holds the documents to the tree: what they name exists, and every requirement is told of once.
package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// root is the tree's top folder.
const root = "../.."

var (
	quoted   = regexp.MustCompile("`([^`\n]+)`")
	function = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
	path     = regexp.MustCompile(`^[\w.-]+(/[\w.-]+)*/?$`)
	file     = regexp.MustCompile(`\.(go|mjs|md|sql|toml|json|yml|txtar)$`)
)

// A tree is what documents may name.
type tree struct{ tests, files map[string]bool } // test functions; names of tracked files without their folder

// tracked are the names of the tree's files.
func tracked(t *testing.T) (names []string) {
	t.Helper()
	git := exec.Command("git", "ls-files", "-z")
	git.Dir = root
	out, err := git.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		if _, err := os.Stat(filepath.Join(root, name)); err == nil { // else removed and not yet committed
			names = append(names, name)
		}
	}
	return names
}

func read(t *testing.T) tree {
	t.Helper()
	found := tree{map[string]bool{}, map[string]bool{}}
	for _, name := range tracked(t) {
		found.files[filepath.Base(name)] = true
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range function.FindAllSubmatch(text, -1) {
			found.tests[string(m[1])] = true
		}
	}
	return found
}

// missing are the files, folders and tests that a text names in backquotes and that do not exist.
// A file may be named without its folder, where the text says the folder; a name of tests that ends in … stands for all that begin so.
func (has tree) missing(text string) (list []string) {
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		name := m[1]
		begin, any := strings.CutSuffix(name, "…")
		switch {
		case function.MatchString("func " + begin + "("):
			ok := has.tests[name]
			for t := range has.tests {
				ok = ok || any && strings.HasPrefix(t, begin)
			}
			if !ok {
				list = append(list, name)
			}
		case path.MatchString(name) && !strings.Contains(name, "/") && file.MatchString(name):
			if !has.files[name] {
				list = append(list, name)
			}
		case path.MatchString(name) && strings.Contains(name, "/"):
			if _, err := os.Stat(filepath.Join(root, name)); err != nil {
				list = append(list, name)
			}
		}
	}
	return list
}

func TestEveryFileAndTestThatADocumentNamesExists(t *testing.T) {
	has := read(t)
	for _, doc := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md", "docs/requirements.md"} {
		text, err := os.ReadFile(filepath.Join(root, doc))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range has.missing(string(text)) {
			t.Errorf("%s names %s, which does not exist", doc, name)
		}
	}
}

// requirements are the numbers of the agreement's and the guideline's clauses, by section: A1 to A12 and so on.
var requirements = map[string]int{"A": 12, "B": 11, "C": 6, "D": 6, "E": 19, "F": 6, "G": 10,
	"H": 9, "I": 8, "J": 9, "K": 11, "L": 7, "M": 7, "N": 1}

func TestEveryRequirementIsToldOfOnce(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/requirements.md"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| ([A-Z]\d+) \|.*\| *(\S[^|]*?) *\|$`)
	count := map[string]int{}
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		count[m[1]]++
	}
	for section, last := range requirements {
		for n := 1; n <= last; n++ {
			no := section + strconv.Itoa(n)
			if count[no] != 1 {
				t.Errorf("%s has %d rows with a state", no, count[no])
			}
			delete(count, no)
		}
	}
	for no := range count {
		t.Errorf("%s is no requirement", no)
	}
}
