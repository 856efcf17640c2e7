// Command gen makes internal/notices/notices.txt.gz, run at the tree's top:
//
//	go run ./internal/notices/gen          writes it
//	go run ./internal/notices/gen -check   fails when it differs from what is built
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"gapura/internal/notices"
)

const target = "internal/notices/notices.txt.gz"

// assets are embedded works of others, with the file that tells their terms.
var assets = []struct{ name, file string }{
	{"idn-area-data, code (embedded in person/region)", "person/region/data/LICENSE-MIT"},
	{"idn-area-data, data (embedded in person/region)", "person/region/data/LICENSE-ODbL.md"},
	{"htmx (embedded in web/ui)", "web/ui/static/htmx.LICENSE"},
}

// terms are the names of files with terms, at a module's top and in the folders of packages that others wrote.
var terms = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// A work is what one notice is about.
type work struct{ name, text string }

func main() {
	check := flag.Bool("check", false, "compare only")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	works, err := modules()
	if err != nil {
		return err
	}
	for _, a := range assets {
		text, err := os.ReadFile(a.file)
		if err != nil {
			return err
		}
		works = append(works, work{a.name, string(text)})
	}
	text := compose(works)
	if check {
		var old bytes.Buffer
		if err := notices.Write(&old); err != nil {
			return err
		}
		if old.String() != text {
			return errors.New(target + " is older than what is built: run make notices")
		}
		return nil
	}
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if _, err := io.WriteString(z, text); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(target, out.Bytes(), 0o644)
}

// compose puts works with the same text together.
func compose(works []work) string {
	names := map[string][]string{}
	for _, w := range works {
		text := strings.TrimSpace(strings.ReplaceAll(w.text, "\r\n", "\n"))
		if !slices.Contains(names[text], w.name) {
			names[text] = append(names[text], w.name)
		}
	}
	for _, n := range names {
		slices.Sort(n)
	}
	texts := slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(slices.Compare(names[a], names[b]), strings.Compare(a, b))
	})
	var b strings.Builder
	b.WriteString("Gapura contains works of others. Their names and terms:\n")
	for _, t := range texts {
		fmt.Fprintf(&b, "\n%s\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(names[t], "\n"), strings.Repeat("-", 80), t)
	}
	return b.String()
}

// modules are the terms of each module in the program on each system that it is built for, and of Go itself. A module without any is an
// error.
func modules() ([]work, error) {
	var works []work
	found := map[string]bool{}
	for _, system := range []string{"linux", "windows"} {
		list := exec.Command("go", "list", "-deps", "-json=Dir,Standard,Module", "./cmd/gapura")
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		list.Stderr = os.Stderr
		out, err := list.Output()
		if err != nil {
			return nil, err
		}
		for d := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct {
				Dir      string
				Standard bool
				Module   *struct {
					Path, Version, Dir string
					Main               bool
				}
			}
			if err := d.Decode(&p); err == io.EOF {
				break
			} else if err != nil {
				return nil, err
			}
			if p.Module == nil || p.Module.Main {
				continue
			}
			name := p.Module.Path + " " + p.Module.Version
			found[name] = found[name] || false
			for dir := p.Dir; ; dir = filepath.Dir(dir) {
				w, err := in(dir, name)
				if err != nil {
					return nil, err
				}
				works, found[name] = append(works, w...), found[name] || len(w) > 0
				if dir == p.Module.Dir || len(dir) < len(p.Module.Dir) {
					break
				}
			}
		}
	}
	for name, ok := range found {
		if !ok {
			return nil, fmt.Errorf("%s has no file with its terms", name)
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	w, err := in(strings.TrimSpace(string(root)), "Go standard library "+runtime.Version())
	return append(works, w...), err
}

// in are the terms that lie in a folder.
func in(dir, name string) ([]work, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var works []work
	for _, f := range list {
		if f.Type().IsRegular() && terms.MatchString(f.Name()) && !strings.HasSuffix(f.Name(), ".go") {
			text, err := os.ReadFile(filepath.Join(dir, f.Name()))
			if err != nil {
				return nil, err
			}
			works = append(works, work{name, string(text)})
		}
	}
	return works, nil
}
