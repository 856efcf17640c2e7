// Command mutate measures whether a room's tests can fail: it breaks the room's code in one place at a time (a condition turned round, a
// bound moved, a statement left out) and counts how many of these mutants the room's own tests notice. The working tree is never written
// to: mutants reach the compiler by -overlay, all of a room in one program, which is told at its start which of them lives. An existing
// tool, gremlins, was tried first: it leaves out the conditions of switch cases, which is where the rule books are.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	least := flag.Int("least", 85, "fail when fewer than this share of a room's mutants is noticed, in percent")
	sample := flag.Int("sample", 0, "try so many mutants of each room, drawn by lot; 0: all")
	seed := flag.Uint64("seed", 1, "of the lot")
	only := flag.String("only", "", "mutate files whose name holds this text only")
	flag.Parse()
	bad := false
	for _, folder := range flag.Args() {
		share, err := measure(filepath.Clean(folder), *only, *sample, *seed)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", folder, err)
			os.Exit(1)
		}
		bad = bad || share < *least
	}
	if bad {
		fmt.Fprintf(os.Stderr, "a room is below %d %%\n", *least)
		os.Exit(1)
	}
}

// measure prints the mutants of a room that its tests let live, and returns the share that they noticed, in percent.
func measure(folder, only string, sample int, seed uint64) (int, error) {
	began := time.Now()
	files, all, err := draw(folder, only, sample, seed)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	r := &room{folder: folder, dir: dir, files: files}
	if err := r.compile(); err != nil {
		return 0, err
	}
	count := map[outcome]int{}
	for _, f := range files {
		for _, m := range f.found {
			o, err := r.try(f, m)
			if err != nil {
				return 0, err
			}
			count[o]++
			if o == lived {
				fmt.Printf("lived  %s  %s\n", m.place, m.what)
			}
		}
	}
	total := count[killed] + count[lived]
	if total == 0 {
		return 0, fmt.Errorf("no mutant")
	}
	share := count[killed] * 100 / total
	fmt.Printf("%s: %d of %d mutants noticed (%d %%), %d did not compile, of %d in all; %s\n", folder, count[killed], total, share,
		count[unfit], all, time.Since(began).Round(time.Second))
	return share, nil
}

// draw finds the mutants of a room, keeps those that are to be tried, and tells how many there are.
func draw(folder, only string, sample int, seed uint64) (files []*finder, all int, err error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, 0, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || !strings.Contains(filepath.Base(name), only) {
			continue
		}
		f, err := find(name)
		if err != nil {
			return nil, 0, err
		}
		for i := range f.found {
			all++
			f.found[i].number = all
		}
		files = append(files, f)
	}
	if sample == 0 || sample > all {
		sample = all
	}
	drawn := map[int]bool{}
	for _, n := range rand.New(rand.NewPCG(seed, 0)).Perm(all)[:sample] {
		drawn[n+1] = true
	}
	for _, f := range files {
		kept := f.found[:0]
		for _, m := range f.found {
			if drawn[m.number] {
				kept = append(kept, m)
			}
		}
		f.found = kept
	}
	return files, all, nil
}
