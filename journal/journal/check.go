package journal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Check goes through a log in the database as Export does, its kept subtrees too, and writes nothing. Progress is told now and then; it may
// be nil.
func (n *Notary) Check(ctx context.Context, log int64, code string, progress func(done, size int64)) (Checkpoint, error) {
	x := &Exporter{}
	x.t.emit = func(string, []byte) error { return nil }
	x.t.node = func(level int, place int64, h Hash) error {
		kept, err := n.Store.Nodes(ctx, log, level, place, 1)
		if err == nil && kept[0] != h {
			err = &Tampered{fmt.Sprintf("subtree %d of level %d", place, level), "is not that of its entries"}
		}
		return err
	}
	last, err := n.newest(ctx, log, 0)
	if err != nil {
		return Checkpoint{}, err
	}
	return n.walk(ctx, log, code, x, last, progress)
}

// A CheckState is how far a check of a log has come.
type CheckState struct {
	By          int64
	Login       string    // of By, when read
	Began, Seen time.Time // Seen is its last sign of life; zero: it was given up
	Done, Size  int64     // entries
	Ended       bool
	Broken      string // the first place that is not what was signed; empty: none
}

// Stalled reports whether a check came to no end: it was given up, or has shown no sign of life for a while because its process ended.
func (c CheckState) Stalled(now time.Time) bool { return !c.Ended && now.Sub(c.Seen) > time.Minute }

const (
	saveEvery = time.Second // how often a check says how far it is

	// What failed in passing is tried again after checkWait, then after twice as long, for about a minute in all. No wait is so long that
	// the check seems stalled.
	checkWait  = 250 * time.Millisecond
	checkTries = 9
)

// CheckInWords checks a log and saves how far it is, and what came out, for people who wait for it. Only a *Tampered is kept as a broken
// log: what else fails (a busy database, a disk that cannot be read) says nothing about the log. It is tried again, and at last the check
// is given up, for people to begin it anew. Each error is told to failed, evidence too.
func (n *Notary) CheckInWords(ctx context.Context, log int64, code string, by int64, save func(CheckState) error, failed func(error)) {
	c := CheckState{By: by, Began: n.Now(), Seen: n.Now()}
	if err := save(c); err != nil {
		failed(err)
		return
	}
	ended := again(ctx, failed, func() error {
		saved := time.Now()
		point, err := n.Check(ctx, log, code, func(done, size int64) {
			if time.Since(saved) < saveEvery {
				return
			}
			saved = time.Now()
			c.Done, c.Size, c.Seen = done, size, n.Now()
			if err := save(c); err != nil {
				failed(err) // the next one tells as much
			}
		})
		if bad, ok := errors.AsType[*Tampered](err); ok {
			failed(err)
			c.Broken, err = bad.Error(), nil
		} else if err == nil {
			c.Done, c.Size = point.Size, point.Size
		}
		return err
	})
	if c.Ended, c.Seen = ended, n.Now(); !ended {
		c.Seen = time.Time{}
	}
	again(ctx, failed, func() error { return save(c) })
}

// again tries until try succeeds, its tries are used up or ctx ends.
func again(ctx context.Context, failed func(error), try func() error) (done bool) {
	for n, wait := 1, checkWait; ; n, wait = n+1, 2*wait {
		err := try()
		if err == nil {
			return true
		}
		if failed(err); n == checkTries {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
	}
}
