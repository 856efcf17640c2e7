package snooping_test

import (
	"os"
	"path/filepath"
	"testing"

	"gapura/access/snooping/snooptest"
)

// TestTrafficIsWrittenAsTheCommandReadsIt writes labelled traffic as the files of gapura abuse snooping; with -artifacts they stay.
func TestTrafficIsWrittenAsTheCommandReadsIt(t *testing.T) {
	dir := t.ArtifactDir()
	if err := snooptest.New(9001, 5, 2).Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"lookups", "services", "people", "users"} {
		if info, err := os.Stat(filepath.Join(dir, name+".csv")); err != nil || info.Size() < 50 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
