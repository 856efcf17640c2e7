package backup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
)

// A Daily makes a backup every day by itself, and tries each by restoring it.
type Daily struct {
	Dir  string
	At   time.Duration // time of day, from midnight in Zone
	Keep int
	Zone *time.Location
	Now  func() time.Time
	Log  *slog.Logger

	Options // of each; Made is set
	// Give adds the parts; Try restores a backup into a folder that is removed after it, and holds it against itself.
	Give func(ctx context.Context, w *Writer) error
	Try  func(ctx context.Context, file, dir string, with []age.Identity) error
}

// settle is how long after its start a program makes no backup: those who started it look whether all is well.
const settle = 15 * time.Minute

// Run makes backups until ctx ends.
func (d *Daily) Run(ctx context.Context) {
	t := time.NewTimer(settle)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			t.Reset(time.Minute)
		}
		s, err := ReadStatus(d.Dir)
		if err != nil { // a status that cannot be read is written anew
			s = Status{}
		}
		if !s.Due(d.Now().In(d.Zone), d.At) {
			continue
		}
		if err := d.Once(ctx); err != nil && ctx.Err() == nil {
			d.Log.Error("backup: make the daily one", "err", err)
		}
	}
}

// Once makes a backup, tries it, keeps what came of it in the folder, and removes those that are too old. One that could not be restored
// keeps its file, for whoever looks for the cause, and the older ones stay.
func (d *Daily) Once(ctx context.Context) error {
	if err := errors.Join(os.MkdirAll(d.Dir, 0o700), Clear(d.Dir, settle/2)); err != nil {
		return err
	}
	last, err := ReadStatus(d.Dir)
	if err != nil {
		last = Status{}
	}
	now := d.Now()
	file := filepath.Join(d.Dir, fileOf(d.Role, now))
	err = d.make(ctx, file, now)
	if ctx.Err() != nil { // the program ends: the next start makes it
		return ctx.Err()
	}
	next := Status{At: now, Good: last.Good, File: last.File, Bytes: last.Bytes}
	if err != nil {
		next.Failed = strings.TrimSpace(err.Error())
		return errors.Join(err, next.Write(d.Dir))
	}
	st, err := os.Stat(file)
	if err != nil {
		return err
	}
	next.Good, next.File, next.Bytes = now, filepath.Base(file), st.Size()
	return errors.Join(next.Write(d.Dir), Thin(d.Dir, d.Role, d.Keep))
}

// make writes the backup and restores it. The identity that opens it for that is drawn now, and forgotten.
func (d *Daily) make(ctx context.Context, file string, now time.Time) (err error) {
	own, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	o := d.Options
	o.Made, o.To = now, append(append([]age.Recipient{}, o.To...), own.Recipient())
	if err := Write(ctx, file, o, func(w *Writer) error { return d.Give(ctx, w) }); err != nil {
		return err
	}
	dir, remove, err := TempDir(d.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	if err := d.Try(ctx, file, dir, []age.Identity{own}); err != nil {
		return fmt.Errorf("cadangan %s tidak dapat dipulihkan: %w", filepath.Base(file), err)
	}
	return nil
}
