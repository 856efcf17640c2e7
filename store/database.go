package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"gapura/internal/pace"
	"gapura/store/sqldb"
)

// A database is a connection pool whose statements are prepared once, which sqlc's queries run on.
type database struct {
	db    *sql.DB
	q     *sqldb.Queries
	stmts sync.Map // query text → *sql.Stmt
	begin string   // what each transaction begins with; empty: nothing
	// broken is set when SQLite has said that the file is not what it wrote
	broken atomic.Bool
}

func newDatabase(db *sql.DB) *database {
	d := &database{db: db}
	d.q = sqldb.New(prepared{d, db, d})
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

type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// prepared runs each query as the statement that its preparer has of it; it is sqlc's DBTX.
type prepared struct {
	preparer
	bare interface {
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	}
	of *database
}

// notice looks at an error for what the file is to be healed from.
func (d *database) notice(err error) {
	if damaged(err) {
		d.broken.Store(true)
	}
}

func (p prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := p.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := st.ExecContext(ctx, args...)
	p.of.notice(err)
	pace.Rest(ctx)
	return result, err
}

func (p prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := p.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(ctx, args...)
	p.of.notice(err)
	return rows, err
}

func (p prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := p.PrepareContext(ctx, query)
	if err != nil {
		return p.bare.QueryRowContext(ctx, query, args...) // carries the error to Scan
	}
	row := st.QueryRowContext(ctx, args...)
	p.of.notice(row.Err())
	return row
}

// tx runs fn in one transaction and commits it. committed is false when the commit itself failed, so that its outcome is not known.
func (d *database) tx(ctx context.Context, fn func(q *sqldb.Queries) error) error {
	t, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if d.begin != "" {
		if _, err := t.ExecContext(ctx, d.begin); err != nil {
			return errors.Join(fmt.Errorf("begin: %w", err), rollback(t))
		}
	}
	x := &binder{d: d, t: t, bound: map[string]*sql.Stmt{}}
	if err := fn(sqldb.New(prepared{x, t, d})); err != nil {
		return errors.Join(err, rollback(t))
	}
	if err := t.Commit(); err != nil {
		return &commitError{err}
	}
	x.keep(ctx)
	return nil
}

// snapshot reads as of one moment.
func (d *database) snapshot(ctx context.Context, fn func(q *sqldb.Queries) error) error {
	t, err := d.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	x := &binder{d: d, t: t, bound: map[string]*sql.Stmt{}}
	err = fn(sqldb.New(prepared{x, t, d}))
	if err = errors.Join(err, rollback(t)); err == nil {
		x.keep(ctx)
	}
	return err
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

// A binder has the statements of a transaction: the pool's, and those that it prepares itself, because on SQLite the pool's only
// connection is this transaction's.
type binder struct {
	d     *database
	t     *sql.Tx
	bound map[string]*sql.Stmt
	own   []string
}

// keep prepares for the pool what the transaction prepared for itself. What cannot be is prepared by the next transaction again.
func (x *binder) keep(ctx context.Context) {
	for _, query := range x.own {
		_, _ = x.d.PrepareContext(ctx, query)
	}
}

// PrepareContext binds a statement to the transaction, once for all its runs.
func (x *binder) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := x.bound[query]; ok {
		return st, nil
	}
	var st *sql.Stmt
	if pooled, ok := x.d.stmts.Load(query); ok {
		st = x.t.StmtContext(ctx, pooled.(*sql.Stmt))
	} else {
		var err error
		if st, err = x.t.PrepareContext(ctx, query); err != nil {
			return nil, err
		}
		x.own = append(x.own, query)
	}
	x.bound[query] = st
	return st, nil
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
