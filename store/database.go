package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"gapura/store/sqldb"
)

// A database is a connection pool whose statements are prepared once, which sqlc's queries run on.
type database struct {
	db    *sql.DB
	q     *sqldb.Queries
	stmts sync.Map // query text → *sql.Stmt
}

func newDatabase(db *sql.DB) *database {
	d := &database{db: db}
	d.q = sqldb.New(d)
	return d
}

func (d *database) Close() error {
	d.stmts.Range(func(_, st any) bool { st.(*sql.Stmt).Close(); return true })
	return d.db.Close()
}

// PrepareContext prepares a query once for the pool.
func (d *database) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := d.stmts.Load(query); ok {
		return st.(*sql.Stmt), nil
	}
	st, err := d.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if old, loaded := d.stmts.LoadOrStore(query, st); loaded {
		st.Close()
		st = old.(*sql.Stmt)
	}
	return st, nil
}

func (d *database) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := d.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (d *database) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := d.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (d *database) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := d.PrepareContext(ctx, query)
	if err != nil {
		return d.db.QueryRowContext(ctx, query, args...) // carries the error to Scan
	}
	return st.QueryRowContext(ctx, args...)
}

// tx runs fn in one transaction and commits it. committed is false when the commit itself failed, so that its outcome is not known.
func (d *database) tx(ctx context.Context, fn func(q *sqldb.Queries) error) error {
	t, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(sqldb.New(&txDB{d, t, map[string]*sql.Stmt{}})); err != nil {
		return errors.Join(err, rollback(t))
	}
	if err := t.Commit(); err != nil {
		return &commitError{err}
	}
	return nil
}

func rollback(t *sql.Tx) error {
	if err := t.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// A commitError is a commit that did not succeed; on a network it may have happened all the same.
type commitError struct{ err error }

func (e *commitError) Error() string { return "commit: " + e.err.Error() }

func (e *commitError) Unwrap() error { return e.err }

// txDB runs the pool's prepared statements inside a transaction.
type txDB struct {
	d     *database
	t     *sql.Tx
	bound map[string]*sql.Stmt
}

// stmt is the pool's prepared statement bound to the transaction, once for all its runs; nil when the pool has none.
func (x *txDB) stmt(ctx context.Context, query string) *sql.Stmt {
	if st, ok := x.bound[query]; ok {
		return st
	}
	var st *sql.Stmt
	if pooled, ok := x.d.stmts.Load(query); ok {
		st = x.t.StmtContext(ctx, pooled.(*sql.Stmt))
	}
	x.bound[query] = st
	return st
}

func (x *txDB) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	// On SQLite the pool's only connection is this transaction's: prepare on it.
	return x.t.PrepareContext(ctx, query)
}

func (x *txDB) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if st := x.stmt(ctx, query); st != nil {
		return st.ExecContext(ctx, args...)
	}
	return x.t.ExecContext(ctx, query, args...)
}

func (x *txDB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if st := x.stmt(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return x.t.QueryContext(ctx, query, args...)
}

func (x *txDB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if st := x.stmt(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return x.t.QueryRowContext(ctx, query, args...)
}

// foundRow tells a missing row from a fault.
func foundRow(err error, what string) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", what, err)
	}
	return true, nil
}

func each[A, B any](rows []A, of func(A) B) []B {
	out := make([]B, len(rows))
	for i, r := range rows {
		out[i] = of(r)
	}
	return out
}

// eachRead is each for rows that may be unreadable.
func eachRead[A, B any](rows []A, of func(A) (B, error)) ([]B, error) {
	out := make([]B, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = of(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// orLast makes 0 the place behind the newest row.
func orLast(before int64) int64 {
	if before <= 0 {
		return 1 << 62
	}
	return before
}
