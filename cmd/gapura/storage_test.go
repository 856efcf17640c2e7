package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"gapura/internal/space"
	"gapura/journal/journal"
)

type reached struct{ times int }

func (r *reached) Append(context.Context, *journal.Entry) error {
	r.times++
	return nil
}

// On a disk that is nearly full nothing new is written, though it could be.
func TestNothingIsWrittenOnADiskThatIsNearlyFull(t *testing.T) {
	free := uint64(0)
	dir := t.TempDir()
	d := &space.Disk{Dir: dir, Reserve: filepath.Join(dir, "r"), Least: 1 << 20, Log: slog.New(slog.DiscardHandler),
		Free: func(string) (uint64, error) { return free, nil }}
	log := &reached{}
	d.Look()
	if err := (kept{log, d}).Append(t.Context(), &journal.Entry{}); !errors.Is(err, space.ErrIll) || log.times != 0 {
		t.Error(err, log.times)
	}
	free = 2 << 20
	d.Look()
	if err := (kept{log, d}).Append(t.Context(), &journal.Entry{}); err != nil || log.times != 1 {
		t.Error(err, log.times)
	}
}
