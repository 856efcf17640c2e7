package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Both services forbid the kernel to write their memory to a file and other programs to read it, before they answer anybody.
func TestNobodyReadsTheMemoryOfAService(t *testing.T) {
	_, p := installed(t, map[string]string{"listen": "127.0.0.1:0"})
	file := filepath.Join(t.TempDir(), "desk.toml")
	if err := os.WriteFile(file, []byte("agency = \"dinpertan\"\nlisten = \"127.0.0.1:0\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (initCommand{Config: file}).Run(); err != nil {
		t.Fatal(err)
	}
	l, err := openLoket(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	dumpable := func() int {
		n, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
		if err != nil {
			t.Error(err)
		}
		return n
	}
	before := dumpable()
	t.Cleanup(func() {
		if err := unix.Prctl(unix.PR_SET_DUMPABLE, uintptr(before), 0, 0, 0); err != nil {
			t.Error(err)
		}
	})
	for name, serve := range map[string]func(context.Context, func(string)) error{"serve": p.serve, "loket": l.serve} {
		if err := unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		seen := -1
		err := serve(ctx, func(string) {
			seen = dumpable()
			stop()
		})
		stop()
		if err != nil || seen != 0 {
			t.Errorf("gapura %s: dumpable %d when it answers, %v", name, seen, err)
		}
	}
}
