// Package browser proves the portal's promises in a real browser; the tests themselves are the *.test.mjs beside this file. Its Go part
// only runs them, so that one command runs all tests.
package browser

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gapura/store/storetest"
)

// The tests on bytes and times come first and alone: nothing else may load the machine while they measure.
var runs = [][]string{
	{"budget.test.mjs"}, {"budget-desk.test.mjs"},
	{"accessible-agency.test.mjs", "accessible-console.test.mjs", "accessible-desk.test.mjs", "accessible.test.mjs",
		"dashboard.test.mjs", "desk.test.mjs",
		"links-desk.test.mjs", "links.test.mjs", "account.test.mjs", "story.test.mjs", "asking.test.mjs", "blank.test.mjs", "form.test.mjs",
		"header.test.mjs", "keyboard.test.mjs", "notices.test.mjs", "privacy.test.mjs"},
}

// The walk of a new office is run by a test of its own, because it needs PostgreSQL and no demo.
const walk = "first.test.mjs"

func TestBrowser(t *testing.T) {
	prepare(t)
	named := map[string]bool{walk: true}
	for _, files := range runs {
		for _, f := range files {
			named[f] = true
		}
	}
	all, err := filepath.Glob("*.test.mjs")
	if err != nil || len(all) != len(named) {
		t.Fatalf("runs names %d files, the folder holds %d: %v", len(named), len(all), err)
	}
	if os.Getenv("GAPURA_SHOTS") != "" {
		run(t, "node", "--test", "shots.mjs")
	}
	for _, files := range runs {
		runTests(t, files...)
	}
}

// TestANewOfficeReachesItsFirsts follows README.md from an empty folder; it prints what each first costs.
func TestANewOfficeReachesItsFirsts(t *testing.T) {
	prepare(t)
	t.Setenv("GAPURA_TEST_POSTGRES", storetest.Postgres(t))
	runTests(t, walk)
}

var installed sync.Once

// prepare looks for what the tests need and installs the browser's driver.
func prepare(t *testing.T) {
	t.Helper()
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		chromium = "/usr/bin/chromium-headless-shell"
	}
	for _, need := range []string{"node", "npm", chromium, "../../bin/gapura"} {
		if _, err := exec.LookPath(need); err != nil {
			t.Fatalf("%v; make deps build installs and builds what the tests need", err)
		}
	}
	installed.Do(func() { run(t, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline") })
}

// runTests runs files of tests beside each other and prints their figures.
func runTests(t *testing.T, files ...string) {
	t.Helper()
	out := run(t, "node", append([]string{"--test", "--test-concurrency=3", "--test-timeout=1500000", "--test-reporter=spec"}, files...)...)
	if !strings.Contains(out, "ℹ pass ") {
		t.Errorf("node --test ended without a summary:\n%s", out)
	}
	for line := range strings.Lines(out) {
		_, figure, isFigure := strings.Cut(line, "ℹ figure: ")
		_, pass, isPass := strings.Cut(line, "ℹ pass ")
		switch {
		case isFigure:
			t.Log(strings.TrimSpace(figure))
		case isPass:
			t.Logf("%s tests passed in %s", strings.TrimSpace(pass), strings.Join(files, ", "))
		}
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	// Browsers and servers that the tests started end with them.
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = 10 * time.Second
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
