package reseal

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"gapura/internal/keyring"
)

// A Part is a column with the pool that reads its database, and what writes to it.
type Part struct {
	Column
	Read  *sql.DB
	Write Writer
}

// Left is how many values of all parts lie under an older key.
func Left(ctx context.Context, parts []Part) (n int64, err error) {
	for _, p := range parts {
		m, err := p.Left(ctx, p.Read)
		if err != nil {
			return 0, err
		}
		n += m
	}
	return n, nil
}

// Progress is how far a pass has come.
type Progress struct {
	Key         byte // that everything is sealed under
	Done, Total int64
}

// String says it in Indonesian.
func (p Progress) String() string {
	return fmt.Sprintf("Data sedang disegel ulang dengan kunci nomor %d: %d dari %d.", p.Key, p.Done, p.Total)
}

// A Kept says under which key all of an installation was sealed, when a pass came to its end; 0: none has.
type Kept interface {
	Resealed(ctx context.Context) (key byte, err error)
	SetResealed(ctx context.Context, key byte) error
	// Rebind binds the installation to the key file as it is now, and puts what is wrapped under its newest key.
	Rebind(ctx context.Context) error
}

// untilAgain is how long what a pass could not seal anew waits for the next, at most: each reads all tables.
const untilAgain = 10 * time.Minute

// A Worker takes new keys of the key file into use while everything goes on, and seals anew what lies under older ones.
type Worker struct {
	Keys  *keyring.Ring
	Parts []Part
	Kept  Kept
	Rest  int // times as long as a step took, until the next; others come first
	// Recount is how long it holds that nothing is left: a process that read the key file before may have written under an older key since.
	Recount time.Duration
	Log     *slog.Logger

	bound   atomic.Uint32 // number of the key that was taken into use last
	tried   byte          // key of the last pass, which began at
	counted time.Time
	at      atomic.Pointer[Progress]
}

// Progress is the pass that is under way.
func (w *Worker) Progress() (p Progress, underWay bool) {
	if at := w.at.Load(); at != nil {
		return *at, true
	}
	return p, false
}

// Look takes a new key into use, when there is one and its time has come, and then seals all anew to the end.
func (w *Worker) Look(ctx context.Context) error {
	if err := w.take(ctx); err != nil {
		return err
	}
	return w.seal(ctx)
}

// take reads the key file and takes what it holds into use.
func (w *Worker) take(ctx context.Context) error {
	if added, err := w.Keys.Refresh(); err != nil {
		return err
	} else if added {
		w.Log.Info("a key was added to the key file; it opens from now on", "keys", w.Keys.Len())
	}
	key := uint32(w.Keys.Current())
	if w.bound.Load() == key {
		return nil
	}
	if err := w.Kept.Rebind(ctx); err != nil {
		return err
	}
	w.bound.Store(key)
	return nil
}

// seal seals anew what lies under keys older than the one that was taken into use, unless that was done.
func (w *Worker) seal(ctx context.Context) error {
	key := w.Keys.Current()
	if w.Keys.Len() == 1 || w.bound.Load() != uint32(key) {
		return nil
	}
	under, err := w.Kept.Resealed(ctx)
	if err != nil {
		return err
	}
	wait := w.Recount
	if under != key {
		wait = min(wait, untilAgain)
	}
	if w.tried == key && time.Since(w.counted) < wait {
		return nil
	}
	w.tried, w.counted = key, time.Now()
	return w.pass(ctx, key)
}

func (w *Worker) pass(ctx context.Context, key byte) error {
	p := Progress{Key: key}
	var err error
	if p.Total, err = Left(ctx, w.Parts); err != nil {
		return err
	}
	defer w.at.Store(nil)
	for _, part := range w.Parts {
		err := part.Run(ctx, part.Read, part.Write, func(rows int, took time.Duration) error {
			p.Done += int64(rows)
			now := p
			w.at.Store(&now)
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(took * time.Duration(w.Rest)):
				return nil
			}
		})
		if err != nil {
			return err
		}
	}
	// What was written under an older key while the pass went by, by a process that had not read the newest one yet, is for another pass.
	if left, err := Left(ctx, w.Parts); err != nil || left > 0 {
		return err
	}
	if err := w.Kept.SetResealed(ctx, key); err != nil {
		return err
	}
	w.Log.Info("all is sealed under the newest key", "key", key, "values", p.Done)
	return nil
}

// Run takes keys into use and seals anew until ctx ends, each beside the other: a pass may take days.
func (w *Worker) Run(ctx context.Context, every time.Duration) {
	var both sync.WaitGroup
	both.Go(func() { w.repeat(ctx, every, w.take) })
	both.Go(func() { w.repeat(ctx, every, w.seal) })
	both.Wait()
}

func (w *Worker) repeat(ctx context.Context, every time.Duration, do func(context.Context) error) {
	t := time.NewTicker(every)
	defer t.Stop()
	told := ""
	for {
		err := do(ctx)
		if err != nil && ctx.Err() == nil && told != err.Error() {
			w.Log.Error("keys: take into use, seal anew", "err", err)
		}
		if told = ""; err != nil {
			told = err.Error()
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
