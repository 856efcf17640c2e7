package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"runtime"
	"time"

	"github.com/pressly/goose/v3"

	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// Treeless makes a store write records without their tree, as before there was one.
func (s *DB) Treeless() { s.treeless = true }

// Sealless makes a store write logs without seal and check neither it nor the anchor, as before there was one.
func (s *DB) Sealless() { s.sealless = true }

// SealAnew does what a records' transaction does for the seal: the check of the one before, the anchor, and the new one.
func (s *DB) SealAnew(log int64, tree *journal.Frontier) bool {
	l := logState{tree.Size, tree.Bytes(), 1, make([]byte, 16)}
	return s.isSealed(log, l, s.seal(log, l)) && s.anchor.Holds(log, tree) == nil
}

// Forge writes a log's state as somebody does who has the key as well as the database, and the anchor too.
func (s *Journal) Forge(ctx context.Context, log int64, tree journal.Frontier, at time.Time) error {
	row, err := s.db.main.q.Installation(ctx)
	if err != nil {
		return err
	}
	l := logState{tree.Size, tree.Bytes(), micros(at), []byte{}}
	if _, err := s.db.main.db.ExecContext(ctx,
		"UPDATE logs SET size = $1, frontier = $2, seal = $3, sealed_us = $4, state = $5 WHERE id = $6",
		l.size, l.frontier, s.db.seal(log, l), l.atUs, l.rights, log); err != nil {
		return err
	}
	return s.db.anchor.Begin(row.Mark, nil)
}

// Hashes reads the hashes of a log's first leaves; meanwhile is called between looking where they lie and reading them.
func (s *Journal) Hashes(ctx context.Context, log, n int64, meanwhile func()) ([]journal.Hash, error) {
	return settled(ctx, s, log, func(archive *journal.Archive) ([]journal.Hash, error) {
		meanwhile()
		return s.hashesIn(ctx, archive, log, 0, n)
	})
}

// Kept counts the statements that the writer keeps prepared.
func (s *DB) Kept() (n int) {
	s.derived.stmts.Range(func(_, _ any) bool { n++; return true })
	return n
}

// Uncached gives up the connections to what is derived that nobody uses, with the pages that they hold.
func (s *DB) Uncached() {
	pools := map[*database]int{s.derived: 1, s.derivedRead: readers}
	for d := range pools {
		d.db.SetMaxIdleConns(-1)
	}
	for d := range pools {
		for d.db.Stats().OpenConnections > 0 { // a checkpoint's, which ends
			runtime.Gosched()
		}
	}
	for d, n := range pools {
		d.db.SetMaxIdleConns(n)
	}
}

// DropTail lets the database alone tell of records.
func (s *DB) DropTail() { s.tail.clear() }

// Held counts the records that need not be read again.
func (s *DB) Held() int { return s.tail.size }

// Recorded are a log's records as what is derived sees them, in words.
func (s *Derived) Recorded(ctx context.Context, log, from, to int64) (out []string, err error) {
	rows, err := s.recorded(ctx, s.db.mainRead.q, log, from, to)
	for _, r := range rows {
		if r.Reference, err = s.db.Journal.openReference(ctx, log, r); err != nil {
			return nil, err
		}
		r.TextSealed, r.TextCommitment = nil, nil
		out = append(out, fmt.Sprintf("%+v", r))
	}
	return out, err
}

// Pools are the connection of SQLite's writer and those of its readers.
func (s *DB) Pools() (write, read *sql.DB) { return s.main.db, s.mainRead.db }

// Checkpoint is what is done each second; it reports whether the writer waited for those that read.
func (s *DB) Checkpoint(last *int) (waited bool) {
	c := checkpointed{*last}
	defer func() { *last = c.done }()
	return c.again(s.mainRead, s.main)
}

// MigrateTo makes the tables of the main part in an empty database, as a program of that version had them.
func MigrateTo(ctx context.Context, db *sql.DB, dialect goose.Dialect, version int64) error {
	engine := map[goose.Dialect]string{goose.DialectSQLite3: "sqlite", goose.DialectPostgres: "postgres"}[dialect]
	files, err := fs.Sub(migrations, "migrations/"+engine+"/main")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, files, goose.WithTableName(tableOf("main")))
	if err != nil {
		return err
	}
	_, err = p.UpTo(ctx, version)
	return err
}

// Seal seals an entry of an instant in a transaction that then fails, or not, and returns the key's mark: what it seals opens with its own
// key alone.
func (s *DB) Seal(ctx context.Context, at time.Time, fail error) (opens func() bool, err error) {
	var sealed []byte
	err = s.main.tx(ctx, func(q *sqldb.Queries) error {
		of, key, err := s.periods.toSeal(ctx, q, at)
		if err != nil {
			return err
		}
		sealed = key.Seal([]byte("x"), []byte(of.String()))
		return fail
	})
	return func() bool {
		of := journal.PeriodOf(at)
		key, err := s.periods.toOpen(ctx, of)
		if err != nil || key == nil {
			return false
		}
		_, err = key.Open(nil, sealed, []byte(of.String()))
		return err == nil
	}, err
}

// LookAgain makes the store look whether keys of months were destroyed, as it does after a minute.
func (s *DB) LookAgain() {
	s.periods.mu.Lock()
	defer s.periods.mu.Unlock()
	for of, k := range s.periods.known {
		k.read = k.read.Add(-2 * keyFor)
		s.periods.known[of] = k
	}
}

// RecordAt reads a record.
func (s *Journal) RecordAt(ctx context.Context, id journal.ID) (journal.Record, error) {
	r, _, err := s.recordAt(ctx, id)
	return r, err
}
