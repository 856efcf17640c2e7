package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Examine looks whether the database is whole, as far as the engine can tell: SQLite reads every page, PostgreSQL looks after its own.
func (s *Store) Examine(ctx context.Context) error {
	if s.postgres {
		return s.Ready(ctx)
	}
	for _, d := range []*database{s.mainRead, s.peopleRead} {
		var said string
		if err := d.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
			return fmt.Errorf("examine database: %w", err)
		}
		if said != "ok" {
			return errors.New("database file is damaged: stop the program and restore a backup")
		}
	}
	return nil
}

// Newest is when the journal was signed last; zero: never.
func (s *Store) Newest(ctx context.Context) (time.Time, error) {
	at, err := s.mainRead.q.NewestCheckpoint(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("read checkpoints: %w", err)
	}
	return instant(at), nil
}
