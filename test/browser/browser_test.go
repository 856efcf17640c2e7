// Package browser proves the portal's promises in a real browser; the tests themselves are the *.test.mjs beside this file. Its Go part only runs
// them, so that one command runs all tests.
package browser

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The tests on bytes and times come first and alone: nothing else may load the machine while they measure.
var runs = [][]string{
	{"budget.test.mjs"}, {"budget-desk.test.mjs"},
	{"accessible-console.test.mjs", "accessible-desk.test.mjs", "accessible.test.mjs", "dashboard.test.mjs", "desk.test.mjs", "links-desk.test.mjs", "links.test.mjs", "story.test.mjs", "blank.test.mjs", "form.test.mjs", "keyboard.test.mjs", "notices.test.mjs", "privacy.test.mjs"},
}

func TestBrowser(t *testing.T) {
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		chromium = "/usr/bin/chromium"
	}
	for _, need := range []string{"node", "npm", chromium, "../../bin/gapura"} {
		if _, err := exec.LookPath(need); err != nil {
			t.Fatalf("%v; make deps build installs and builds what the tests need", err)
		}
	}
	named := map[string]bool{}
	for _, files := range runs {
		for _, f := range files {
			named[f] = true
		}
	}
	all, err := filepath.Glob("*.test.mjs")
	if err != nil || len(all) != len(named) {
		t.Fatalf("runs names %d files, the folder holds %d: %v", len(named), len(all), err)
	}
	run(t, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	if os.Getenv("GAPURA_SHOTS") != "" {
		run(t, "node", "--test", "shots.mjs")
	}
	for _, files := range runs {
		out := run(t, "node", append([]string{"--test", "--test-concurrency=3", "--test-timeout=600000", "--test-reporter=spec"}, files...)...)
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
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
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
