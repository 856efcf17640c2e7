// Command mutate measures whether a room's tests can fail: it breaks the room's code in one place at a time (a condition turned round, a
// bound moved, a statement left out) and counts how many of these mutants the room's own tests notice. The working tree is never written
// to: a mutant reaches the compiler by -overlay. An existing tool, gremlins, was tried first: it leaves out the conditions of switch cases,
// which is where the rule books are.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	least := flag.Int("least", 85, "fail when fewer than this share of a room's mutants is noticed, in percent")
	every := flag.Int("every", 1, "try each n-th mutant only")
	limit := flag.Duration("limit", 30*time.Second, "a run of a room's tests that takes longer has noticed the mutant")
	only := flag.String("only", "", "mutate files whose name holds this text only")
	flag.Parse()
	bad := false
	for _, room := range flag.Args() {
		share, err := measure(room, *only, *every, *limit)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", room, err)
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
func measure(room, only string, every int, limit time.Duration) (int, error) {
	names, err := filepath.Glob(filepath.Join(room, "*.go"))
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if o, err := try(room, dir, nil, limit); err != nil {
		return 0, err
	} else if o != lived {
		return 0, errors.New("the tests fail without a mutant")
	}
	began := time.Now()
	count := map[outcome]int{}
	n := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || !strings.Contains(filepath.Base(name), only) {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return 0, err
		}
		all, err := mutants(name, source)
		if err != nil {
			return 0, err
		}
		for _, m := range all {
			if n++; n%every != 0 {
				continue
			}
			o, err := try(room, dir, &change{name, m.apply(source)}, limit)
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
		return 0, errors.New("no mutant")
	}
	share := count[killed] * 100 / total
	fmt.Printf("%s: %d of %d mutants noticed (%d %%), %d did not compile, %s\n", room, count[killed], total, share, count[unfit],
		time.Since(began).Round(time.Second))
	return share, nil
}

type outcome int

const (
	lived outcome = iota
	killed
	unfit // does not compile, which says nothing about the tests
)

// A change is a file's text in a mutant.
type change struct {
	name string
	text []byte
}

// try compiles the room's tests with the change (nil: none) and runs them in the room's folder, with bounds on time and memory.
func try(room, dir string, c *change, limit time.Duration) (outcome, error) {
	binary := filepath.Join(dir, "room.test")
	args := []string{"test", "-c", "-vet=off", "-o", binary}
	if c != nil {
		full, err := filepath.Abs(c.name)
		if err != nil {
			return 0, err
		}
		mutant, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
		list, err := json.Marshal(map[string]map[string]string{"Replace": {full: mutant}})
		if err := errors.Join(err, os.WriteFile(mutant, c.text, 0o600), os.WriteFile(overlay, list, 0o600)); err != nil {
			return 0, err
		}
		args = append(args, "-overlay", overlay)
	}
	if out, err := exec.Command("go", append(args, "./"+filepath.ToSlash(filepath.Clean(room)))...).CombinedOutput(); err != nil {
		if _, ended := errors.AsType[*exec.ExitError](err); ended && c != nil && bytes.Contains(out, []byte(".go:")) {
			return unfit, nil
		}
		return 0, fmt.Errorf("go test -c: %w: %s", err, out)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	// A mutant may loop for ever and take memory while it does.
	run := exec.CommandContext(ctx, "sh", "-c", `ulimit -v 4194304; exec "$0" -test.failfast`, binary)
	run.Dir = room
	err := run.Run()
	if err == nil {
		return lived, nil
	}
	if _, ended := errors.AsType[*exec.ExitError](err); !ended {
		return 0, err
	}
	return killed, nil
}
