package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

type outcome int

const (
	lived outcome = iota
	killed
	unfit // does not compile, which says nothing about the tests
)

// A room is a package whose tests are measured.
type room struct {
	folder, dir string
	files       []*finder
	in          map[int]bool  // what is in the program: found by number
	unfit       map[int]bool  // what the compiler refuses
	limit       time.Duration // a run that takes longer has noticed the mutant: it may loop for ever
}

// refused is a line of the compiler's.
var refused = regexp.MustCompile(`(?m)^\S*?([^/\s]+\.go):(\d+):(?:\d+:)? (.*)$`)

// compile makes the program of all mutants: what the compiler refuses is left out, until it refuses nothing.
func (r *room) compile() error {
	r.unfit = map[int]bool{}
	for {
		r.in = map[int]bool{}
		texts, lines := map[string]string{}, map[string]map[int][2]int{}
		texts[filepath.Join(r.folder, "mutant_that_lives.go")] = chooser(r.files[0].file.Name.Name)
		for _, f := range r.files {
			text, at := f.program(r.unfit)
			texts[f.name], lines[filepath.Base(f.name)] = text, at
			for n := range at {
				r.in[n] = true
			}
		}
		out, err := r.build(texts, "all.test")
		if err == nil {
			break
		}
		before := len(r.unfit)
		for _, m := range refused.FindAllStringSubmatch(out, -1) {
			line, _ := strconv.Atoi(m[2])
			for n, at := range lines[m[1]] {
				if at[0] <= line && line <= at[1] {
					r.unfit[n] = true
				}
			}
		}
		if len(r.unfit) == before {
			return fmt.Errorf("go test -c: %w: %s", err, out)
		}
	}
	began := time.Now()
	if o, err := r.run("all.test", 0, 10*time.Minute); err != nil || o != lived {
		return errors.Join(err, errors.New("the tests fail without a mutant"))
	}
	r.limit = 5*time.Second + 10*time.Since(began)
	return nil
}

// build compiles the room's tests with other texts in its files' places; it returns what the compiler says.
func (r *room) build(texts map[string]string, program string) (string, error) {
	replace := map[string]string{}
	for name, text := range texts {
		full, err := filepath.Abs(name)
		if err != nil {
			return "", err
		}
		replace[full] = filepath.Join(r.dir, filepath.Base(name))
		if err := os.WriteFile(replace[full], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	overlay := filepath.Join(r.dir, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err := errors.Join(err, os.WriteFile(overlay, list, 0o600)); err != nil {
		return "", err
	}
	out, err := exec.Command("go", "test", "-c", "-vet=off", "-gcflags=-e", "-ldflags=-w -X gapura/agreement/party.argonMemory=64",
		"-overlay", overlay, "-o", filepath.Join(r.dir, program), "./"+filepath.ToSlash(r.folder)).CombinedOutput()
	return string(out), err
}

// try runs the room's tests with the mutant. What is not in the program of all (a constant) has one of its own.
func (r *room) try(f *finder, m mutant) (outcome, error) {
	switch {
	case r.unfit[m.number]:
		return unfit, nil
	case r.in[m.number]:
		return r.run("all.test", m.number, r.limit)
	}
	if out, err := r.build(map[string]string{f.name: string(slices.Concat(f.source[:m.from], []byte(m.text), f.source[m.to:]))},
		"one.test"); err != nil {
		if _, ended := errors.AsType[*exec.ExitError](err); ended && refused.MatchString(out) {
			return unfit, nil
		}
		return 0, fmt.Errorf("go test -c: %w: %s", err, out)
	}
	return r.run("one.test", 0, r.limit)
}

// run runs a program's tests in the room's folder, with bounds on time and memory.
func (r *room) run(program string, mutant int, limit time.Duration) (outcome, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	run := exec.CommandContext(ctx, "sh", "-c", `ulimit -v 4194304; exec "$0" -test.short -test.failfast`, filepath.Join(r.dir, program))
	run.Dir, run.Env = r.folder, append(os.Environ(), fmt.Sprint("MUTANT=", mutant))
	err := run.Run()
	if err == nil {
		return lived, nil
	}
	if _, ended := errors.AsType[*exec.ExitError](err); !ended {
		return 0, err
	}
	return killed, nil
}
