package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"sync"
	"time"

	"gapura/access/access"
	"gapura/internal/space"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store"
)

// patience is how long PostgreSQL may take for a sign of life.
const patience = 5 * time.Second

// disk watches where the database lies; on PostgreSQL, whose disk is a server's, whether that answers.
func (p *provider) watchDisk() *space.Disk {
	d := &space.Disk{Free: space.Free, Least: uint64(p.cfg.DiskLeastMB) << 20, Log: p.log}
	if store.IsURL(p.cfg.Database) {
		d.Reach = func() error {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			return p.store.Reach(ctx)
		}
		return d
	}
	d.Dir, d.Reserve = filepath.Dir(p.cfg.Database), p.cfg.Database+".ruang"
	d.Files = []string{p.cfg.Database, store.PopulationFile(p.cfg.Database)}
	return d
}

// longestCommit is how long a transaction of the journal may take: behind a server that says nothing any more everybody waits for it.
const longestCommit = 15 * time.Second

// watched bounds commits and learns of those that the storage refused, or did not answer in time.
type watched struct {
	journal.Store
	disk *space.Disk
}

// AppendRecords implements journal.Store.
func (w watched) AppendRecords(ctx context.Context, entries []*journal.Entry) error {
	ctx, cancel := context.WithTimeout(ctx, longestCommit)
	defer cancel()
	err := w.Store.AppendRecords(ctx, entries)
	if err == nil || ctx.Err() == nil && !store.OfStorage(err) {
		return err
	}
	w.disk.Failed(err)
	if errors.Is(err, journal.ErrUncertain) {
		return err
	}
	return fmt.Errorf("%w: %w", journal.ErrUnavailable, err)
}

// ill notes that the storage is, when an error says so, and is what people are told then; nil for every other error.
func (p *provider) ill(err error) *told.Error {
	switch {
	case errors.Is(err, journal.ErrUncertain): // noted by watched
		return space.ErrUnsure
	case errors.Is(err, space.ErrIll):
		return space.ErrIll
	case store.OfStorage(err):
		p.disk.Failed(err)
		return space.ErrIll
	}
	return nil
}

// A lately knows what was logged lately. Safe for concurrent use.
type lately struct {
	mu   sync.Mutex
	when map[string]time.Time // guarded by mu
}

// first reports whether a text has not been logged for a minute.
func (l *lately) first(text string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.when, func(_ string, at time.Time) bool { return now.Sub(at) >= time.Minute })
	if _, told := l.when[text]; told {
		return false
	}
	if l.when == nil {
		l.when = map[string]time.Time{}
	}
	l.when[text] = now
	return true
}

// unwell logs what could not be done behind everybody's back, the same once a minute; an illness of the storage is told by the storage.
func (p *provider) unwell(what string, err error) {
	if p.ill(err) == nil && p.lately.first(what+": "+err.Error(), time.Now()) {
		p.log.Error("background", "could_not", what, "err", err)
	}
}

// honest is a source that tells an illness of this installation from an outage of its own.
type honest struct {
	population.Source
	ill told.Ill
}

// Find implements population.Source.
func (h honest) Find(ctx context.Context, n nik.NIK) (population.Finding, error) {
	f, err := h.Source.Find(ctx, n)
	if e := h.ill.Of(err); e != nil {
		return f, e
	}
	return f, err
}

// kept refuses what cannot be kept before anything is done for it, and says of a failed write that it may be tried again.
type kept struct {
	log  access.Log
	disk *space.Disk
}

// Append implements access.Log.
func (k kept) Append(ctx context.Context, e *journal.Entry) error {
	if err := k.disk.Err(); err != nil {
		return err
	}
	err := k.log.Append(ctx, e)
	if errors.Is(err, journal.ErrUnavailable) || store.OfStorage(err) && !errors.Is(err, journal.ErrUncertain) {
		return space.ErrIll
	}
	return err
}
