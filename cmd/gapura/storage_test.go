package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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

// stalled is a server that says nothing any more; a commit may be under way.
type stalled struct {
	journal.Store
	commit bool
}

func (s stalled) AppendRecords(ctx context.Context, _ []*journal.Entry) error {
	<-ctx.Done()
	if s.commit {
		return journal.ErrUncertain
	}
	return errors.New("interrupted")
}

// Behind a server that says nothing any more everybody is told so after the bound of one transaction, or of two who came while it ran;
// nobody waits for the entries before theirs one by one. Whether a commit took place is not claimed to be known.
func TestBehindASilentServerNobodyWaitsForTheOthersOneByOne(t *testing.T) {
	for _, commit := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := &space.Disk{Log: slog.New(slog.DiscardHandler)}
			w := journal.NewWriter(watched{stalled{commit: commit}, d})
			defer w.Close()
			began := time.Now()
			var all sync.WaitGroup
			for range 40 {
				all.Go(func() {
					err := kept{w, d}.Append(t.Context(), &journal.Entry{})
					if errors.Is(err, space.ErrIll) == commit || errors.Is(err, journal.ErrUncertain) != commit {
						t.Errorf("commit under way: %v: %v", commit, err)
					}
				})
			}
			all.Wait()
			if took := time.Since(began); took > 2*longestCommit+time.Second {
				t.Errorf("the last waited %v", took)
			}
			if ill := d.Ill(); !strings.Contains(ill, "menolak") {
				t.Errorf("the console reads %q", ill)
			}
		})
	}
}
