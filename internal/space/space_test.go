package space

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gapura/internal/durable"
	"gapura/internal/told"
)

func TestALittleRoomIsToldEarlyAndLeftWhenThereIsMore(t *testing.T) {
	var log bytes.Buffer
	free := uint64(100 << 20)
	d := &Disk{Dir: t.TempDir(), Least: 40 << 20, Free: func(string) (uint64, error) { return free, nil },
		Log: slog.New(slog.NewTextHandler(&log, nil))}
	d.Reserve = filepath.Join(d.Dir, "cadangan")
	held := func() bool { _, err := os.Stat(d.Reserve); return err == nil }
	for _, c := range []struct {
		free      uint64
		ill, held bool
	}{
		{100 << 20, false, true}, {39 << 20, true, true}, {45 << 20, true, true}, {9 << 20, true, false}, {51 << 20, false, true},
	} {
		free = c.free
		d.Look()
		d.Look()
		if err := d.Err(); errors.Is(err, ErrIll) != c.ill || held() != c.held {
			t.Errorf("%d MB free: %v, held back: %v", c.free>>20, err, held())
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("%d lines in a minute: %s", n, &log)
	}
	d.Failed(errors.New("disk is full"))
	if after, busy := told.RetryAfter(d.Err()); !busy || after != "30" || held() {
		t.Error("after a failed write:", d.Err(), after, held())
	}
}

// While the room is being held back lookups go on, and a write that fails meanwhile lets it go again.
func TestNobodyWaitsWhileRoomIsHeldBack(t *testing.T) {
	d := &Disk{Dir: t.TempDir(), Least: 1 << 20, Free: func(string) (uint64, error) { return 1 << 30, nil },
		Log: slog.New(slog.DiscardHandler)}
	d.Reserve = filepath.Join(d.Dir, "cadangan")
	d.write = func(path string, content []byte) error {
		if !d.mu.TryLock() {
			t.Error("every lookup waits for the file")
			return nil
		}
		d.mu.Unlock()
		d.Failed(errors.New("disk is full"))
		return durable.Write(path, content)
	}
	d.Look()
	if _, err := os.Stat(d.Reserve); !errors.Is(err, os.ErrNotExist) {
		t.Error("room is held back while writes fail:", err)
	}
}
