// Package deskdb keeps the desk's data in one SQLite file. What a method has written when it returns nil survives a crash of the machine.
// What is personal — the applicant's papers, their scans, notes, issued documents, data balikan that waits — is sealed with a key outside
// the database. Of the provider's answers nothing is kept but verdicts, the record's number and its receipt. A DB is safe for concurrent
// use.
package deskdb

import (
	"bytes"
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
	"gapura/internal/schema"
)

//go:embed migrations/*.sql
var migrations embed.FS

// A DB is one desk's data: its file, keys and users. The rest is read and written through the handle of its subject.
type DB struct {
	Applications *Applications // with their papers, checks, decisions and documents
	Outbox       *Outbox       // data balikan on the way to the provider
	Services     *Services     // kinds of aid, in versions
	Security     *Security     // who did what, chained
	Slips        *Slips        // the halves by which a user comes to a password
	Credentials  *Credentials  // passwords and second factors
	Accounts     *Accounts     // for admission
	Enrolment    *Enrolment    // with the provider

	file                             string
	write, read                      *sql.DB // one connection writes
	papers, files, notes, box, users *keyring.Sealer
	niks, chain                      *keyring.Indexer
}

// ErrNone says that there is no such thing.
var ErrNone = errors.New("not there")

// SQLite's own temporary data stays in memory, and what is deleted is overwritten.
const pragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)&_pragma=secure_delete(1)"

// Create makes the file of a new desk and binds it to the keys; where one is, whole or not, it changes nothing and says schema.ErrPresent.
func Create(ctx context.Context, path string, keys *keyring.Ring) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // SQLite would make it for everybody
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("basis data %s %w", path, schema.ErrPresent)
	}
	if err != nil {
		return fmt.Errorf("create desk: %w", err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	d, err := open(ctx, path, keys, schema.Schema.Create)
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return d.Close()
}

// Open opens the file that Create made and brings its schema up to date. schema.ErrAbsent: there is none.
func Open(ctx context.Context, path string, keys *keyring.Ring) (*DB, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("basis data %s %w: periksa 'dir' pada konfigurasi, pulihkan dari cadangan, atau buat loket baru yang "+
			"kosong dengan gapura init", path, schema.ErrAbsent)
	} else if err != nil {
		return nil, fmt.Errorf("open desk: %w", err)
	}
	return open(ctx, path, keys, schema.Schema.Upgrade)
}

func open(ctx context.Context, path string, keys *keyring.Ring, ready func(schema.Schema, context.Context) error) (*DB, error) {
	var err error
	d := &DB{file: path}
	d.Applications, d.Outbox, d.Services, d.Security = &Applications{d}, &Outbox{d}, &Services{d}, &Security{d}
	d.Slips, d.Credentials, d.Accounts, d.Enrolment = &Slips{d}, &Credentials{d}, &Accounts{d}, &Enrolment{d}
	for use, s := range map[string]**keyring.Sealer{"desk papers": &d.papers, "desk files": &d.files, "desk notes": &d.notes,
		"desk outbox": &d.box, "desk users": &d.users} {
		if *s, err = keys.Sealer(use); err != nil {
			return nil, err
		}
	}
	if d.niks, err = keys.Indexer("desk nik"); err != nil {
		return nil, err
	}
	if d.chain, err = keys.Indexer("desk security"); err != nil {
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
	sub, err := fs.Sub(migrations, "migrations")
	if err == nil {
		err = schema.Whole(ctx, d.write, path)
	}
	if err == nil {
		err = ready(schema.Schema{DB: d.write, Dialect: goose.DialectSQLite3, Files: sub, Table: goose.DefaultTablename, Name: path}, ctx)
	}
	if err == nil {
		err = d.bind(ctx, keys)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// bind holds the keys against the file. One of before this check is bound now, after the first application in it opened.
func (d *DB) bind(ctx context.Context, keys *keyring.Ring) error {
	var b keyring.Binding
	err := none(d.write.QueryRowContext(ctx, "SELECT mark, key_check FROM installation").Scan(&b.Mark, &b.Check))
	if err != nil && !errors.Is(err, ErrNone) {
		return fmt.Errorf("read installation: %w", err)
	}
	next, err := keys.Bind(b, func() bool {
		var number string
		var sealed []byte
		err := none(d.write.QueryRowContext(ctx, "SELECT number, sealed FROM applications LIMIT 1").Scan(&number, &sealed))
		if err == nil {
			_, err = d.papers.Open(nil, sealed, []byte(number))
		}
		return err == nil || errors.Is(err, ErrNone)
	})
	if err != nil || bytes.Equal(next.Check, b.Check) {
		return err
	}
	_, err = d.write.ExecContext(ctx, "INSERT INTO installation (id, mark, key_check) VALUES (1, ?1, ?2) ON CONFLICT (id) DO UPDATE SET "+
		"key_check = ?2", next.Mark, next.Check)
	if err != nil {
		return fmt.Errorf("bind database to keys: %w", err)
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

// dayText is a day as a column holds it, YYYY-MM-DD; empty for the zero one.
func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func dayOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, text)
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
	err = t.QueryRowContext(ctx, `INSERT INTO counters (kind, n) VALUES (?1, 1) ON CONFLICT (kind) DO UPDATE SET n = n + 1 RETURNING n`,
		kind).Scan(&n)
	return n, err
}
