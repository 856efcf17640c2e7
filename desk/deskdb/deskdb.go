// Package deskdb keeps the desk's data in one SQLite file. What a method has written when it returns nil survives a crash of the machine. What is personal — the
// applicant's papers, their scans, notes, issued documents, data balikan that waits — is sealed with a key outside the database. Of the provider's answers nothing is
// kept but verdicts, the record's number and its receipt. A DB is safe for concurrent use.
package deskdb

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // driver "sqlite"

	"gapura/internal/keyring"
)

//go:embed migrations/*.sql
var migrations embed.FS

// A DB is one desk's data.
type DB struct {
	write, read                      *sql.DB // one connection writes
	papers, files, notes, box, users *keyring.Sealer
	niks                             *keyring.Indexer
}

// ErrNone says that there is no such thing.
var ErrNone = errors.New("not there")

// SQLite's own temporary data stays in memory, and what is deleted is overwritten.
const pragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)&_pragma=secure_delete(1)"

// Open opens or creates the file and brings its schema up to date.
func Open(ctx context.Context, path string, keys *keyring.Ring) (*DB, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // SQLite would make it for everybody
	if err != nil {
		return nil, fmt.Errorf("open desk: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	d := &DB{}
	for use, s := range map[string]**keyring.Sealer{"desk papers": &d.papers, "desk files": &d.files, "desk notes": &d.notes, "desk outbox": &d.box, "desk users": &d.users} {
		if *s, err = keys.Sealer(use); err != nil {
			return nil, err
		}
	}
	if d.niks, err = keys.Indexer("desk nik"); err != nil {
		return nil, err
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + pragmas
	if d.write, err = sql.Open("sqlite", dsn+"&_txlock=immediate"); err != nil {
		return nil, err
	}
	d.write.SetMaxOpenConns(1)
	if d.read, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, d.write.Close())
	}
	d.read.SetMaxOpenConns(4)
	d.read.SetMaxIdleConns(4)
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *DB) migrate(ctx context.Context) error {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, d.write, sub)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate desk: %w", err)
	}
	return nil
}

// Close closes the file.
func (d *DB) Close() error { return errors.Join(d.read.Close(), d.write.Close()) }

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func (d *DB) tx(ctx context.Context, fn func(t *sql.Tx) error) error {
	t, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(t); err != nil {
		return errors.Join(err, t.Rollback())
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// one runs a statement that must change one row; ErrNone when it changes none.
func one(ctx context.Context, x interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}, query string, args ...any) error {
	r, err := x.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		return ErrNone
	}
	return err
}

// none turns a missing row into ErrNone.
func none(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNone
	}
	return err
}

// rows reads all rows of a query.
func rows[T any](ctx context.Context, q interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	r, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out []T
	for r.Next() {
		v, err := scan(r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, r.Err()
}

// next takes the next number of a kind.
func next(ctx context.Context, t *sql.Tx, kind string) (n int, err error) {
	err = t.QueryRowContext(ctx, `INSERT INTO counters (kind, n) VALUES (?1, 1) ON CONFLICT (kind) DO UPDATE SET n = n + 1 RETURNING n`, kind).Scan(&n)
	return n, err
}
