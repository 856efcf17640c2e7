package backup

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// old makes a file or folder and all in it as old as two days.
func old(t *testing.T, path string) {
	t.Helper()
	at := time.Now().Add(-48 * time.Hour)
	err := filepath.WalkDir(path, func(name string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(name, at, at)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What a killed process left is cleared once nobody has touched it for long enough; what a running process holds never is, however long it
// takes, nor is a whole backup or anything else.
func TestWhatAKilledProcessLeftIsClearedAndNothingElse(t *testing.T) {
	s, dir := newSafe(t), t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"killed.age.1" + unfinished, "young.age.1" + unfinished, "whole.age", "gapura.db",
		"worked" + unfinished + "/gapura.db", "left" + unfinished + "/" + inUse} {
		if err := os.MkdirAll(filepath.Dir(at(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at(name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if name != "young.age.1"+unfinished {
			old(t, at(name))
		}
	}
	old(t, at("worked"+unfinished))
	old(t, at("left"+unfinished))                                                             // whose process is gone
	if now := time.Now(); os.Chtimes(at("worked"+unfinished+"/gapura.db"), now, now) != nil { // the folder is old, what is in it is not
		t.Fatal("no times")
	}
	held, remove, err := TempDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	old(t, held)
	var writing string
	err = Write(context.Background(), at("new.age"), s.options(), func(w *Writer) error {
		all, err := filepath.Glob(at("new.age.*" + unfinished))
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		writing = all[0]
		old(t, writing)
		if err := Clear(dir, 24*time.Hour); err != nil {
			t.Error(err)
		}
		return two(w)
	})
	if err != nil {
		t.Error("a backup was cleared while it was written: ", err)
	}
	for name, want := range map[string]bool{"killed.age.1" + unfinished: false, "young.age.1" + unfinished: true, "whole.age": true,
		"gapura.db": true, "left" + unfinished: false, "worked" + unfinished: true, "new.age": true, filepath.Base(held): true} {
		if _, err := os.Stat(at(name)); (err == nil) != want {
			t.Errorf("%s: there: %v, want %v", name, err == nil, want)
		}
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(held); err == nil {
		t.Error("the folder is there after its work")
	}
}
