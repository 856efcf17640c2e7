package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// parts are the sets of tables of an installation: on SQLite each lies in a file of its own.
var parts = []string{"main", "population", "derived"}

// How much is written to PostgreSQL in one transaction; after a kill the copy goes on behind the last one.
const (
	copyRows  = 2000
	copyBytes = 8 << 20
)

// Why a copy to PostgreSQL is refused.
var (
	ErrInUse = errors.New("basis data sedang dipakai: hentikan gapura serve (dan perintah gapura lain) selama perpindahan")
	ErrTaken = errors.New("basis data PostgreSQL tujuan tidak kosong dan bukan perpindahan instalasi ini yang belum selesai: tidak ada " +
		"yang ditimpa; buat basis data baru yang kosong dan sebut alamatnya pada --to")
	errUnfinished = errors.New("perpindahan ke basis data PostgreSQL ini belum selesai: ulangi gapura database copy dengan perintah " +
		"yang sama; ia melanjutkan dari tempat ia berhenti")
)

// A Copying moves an installation from SQLite to PostgreSQL. While it is open nobody else can open the files; the copy can be opened by
// Options.Unfinished alone until Finish.
type Copying struct {
	Resumes bool // an earlier run on the same, unchanged files goes on

	path, to string
	files    map[string]*sql.DB // by part
	target   *pgx.Conn
	mark     []byte
	stamp    string // of the files; another one means that they were written to
	compared bool
}

// A CopyProgress is how far a copy has come: rows of all tables.
type CopyProgress struct {
	Comparing   bool // the rows that were copied are read again on both sides
	Done, Total int64
}

// HoldForCopy takes the SQLite files of an installation for itself and looks at the PostgreSQL database that they are to be copied to:
// it must be empty or hold the unfinished copy of the same installation. Errors: ErrInUse, ErrTaken.
func HoldForCopy(ctx context.Context, path, to string) (_ *Copying, err error) {
	if err := private(to); err != nil {
		return nil, err
	}
	if err := filesThere(path); err != nil {
		return nil, err
	}
	c := &Copying{path: path, to: to, files: map[string]*sql.DB{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	files := map[string]string{"main": path, "population": PopulationFile(path), "derived": DerivedFile(path)}
	for _, part := range parts {
		file := files[part]
		if c.files[part], err = holdFile(ctx, file); err != nil {
			return nil, err
		}
		info, err := os.Stat(file)
		if err != nil {
			return nil, err
		}
		c.stamp += fmt.Sprintf("%s %d %d\n", part, info.Size(), info.ModTime().UnixNano())
	}
	if err := c.files["main"].QueryRowContext(ctx, "SELECT mark FROM installation").Scan(&c.mark); err != nil {
		return nil, fmt.Errorf("read installation: %w", err)
	}
	if c.target, err = pgx.Connect(ctx, to); err != nil {
		return nil, fmt.Errorf("PostgreSQL tujuan tidak menjawab: periksa --to dan servernya: %w", err)
	}
	if err := c.look(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// holdFile opens a SQLite file so that no other process, and no other connection, can use it. What its write-ahead log holds is taken over.
func holdFile(ctx context.Context, file string) (*sql.DB, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("berkas %s: %w", file, err)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+
		"?_pragma=busy_timeout(2000)&_pragma=locking_mode(EXCLUSIVE)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	db.SetConnMaxLifetime(0) // the lock is the connection's
	tx, err := db.BeginTx(ctx, nil)
	if err == nil {
		err = tx.Rollback()
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA query_only=1")
	}
	if err == nil {
		return db, nil
	}
	if e := (*sqlite.Error)(nil); errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY {
		err = fmt.Errorf("berkas %s: %w", file, ErrInUse)
	} else {
		err = fmt.Errorf("open %s: %w", file, err)
	}
	return nil, errors.Join(err, db.Close())
}

// Close lets the files go; what was copied stays for the next run.
func (c *Copying) Close() error {
	var errs []error
	for _, db := range c.files {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if c.target != nil {
		errs = append(errs, c.target.Close(context.Background()))
	}
	return errors.Join(errs...)
}

// look finds out what the target holds.
func (c *Copying) look(ctx context.Context) error {
	const lock = 470_112
	var free bool
	if err := c.target.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", lock).Scan(&free); err != nil {
		return fmt.Errorf("lock target: %w", err)
	}
	if !free {
		return errors.New("perpindahan lain ke basis data PostgreSQL itu masih berjalan")
	}
	var begun bool
	var tables int
	err := c.target.QueryRow(ctx, "SELECT to_regclass('copying') IS NOT NULL, (SELECT count(*) FROM pg_catalog.pg_tables "+
		"WHERE schemaname = current_schema())").Scan(&begun, &tables)
	if err != nil {
		return fmt.Errorf("read target: %w", err)
	}
	if !begun {
		if tables > 0 {
			return ErrTaken
		}
		return nil
	}
	var mark []byte
	var stamp string
	err = c.target.QueryRow(ctx, "SELECT mark, stamp, compared FROM copying").Scan(&mark, &stamp, &c.compared)
	if err != nil {
		return fmt.Errorf("read state of the copy: %w", err)
	}
	if !bytes.Equal(mark, c.mark) {
		return ErrTaken
	}
	c.Resumes = stamp == c.stamp
	c.compared = c.compared && c.Resumes
	return nil
}

// Run copies all tables and then compares each with its copy, row by row. It may be stopped at any time, and goes on when it is called
// again on the same files; when they were written to meanwhile it begins anew.
func (c *Copying) Run(ctx context.Context, told func(CopyProgress)) error {
	if !c.Resumes {
		if err := c.begin(ctx); err != nil {
			return err
		}
	}
	if c.compared {
		return nil
	}
	tables, err := c.tables(ctx)
	if err != nil {
		return err
	}
	p := CopyProgress{}
	for _, t := range tables {
		p.Total += t.rows
	}
	for _, t := range tables {
		if err := c.copyTable(ctx, t, func(n int64) { p.Done += n; told(p) }); err != nil {
			return fmt.Errorf("copy table %s: %w", t.name, err)
		}
	}
	if err := c.series(ctx, tables); err != nil {
		return err
	}
	p.Comparing, p.Done = true, 0
	for _, t := range tables {
		if err := c.compare(ctx, t); err != nil {
			return err
		}
		p.Done += t.rows
		told(p)
	}
	if _, err := c.target.Exec(ctx, "UPDATE copying SET compared = TRUE"); err != nil {
		return fmt.Errorf("note what was compared: %w", err)
	}
	if _, err := c.target.Exec(ctx, "ANALYZE"); err != nil { // plans are made for the rows that are there
		return fmt.Errorf("analyze: %w", err)
	}
	return nil
}

// begin makes the tables of the target, all empty, and notes what they are to be filled from.
func (c *Copying) begin(ctx context.Context) error {
	_, err := c.target.Exec(ctx, `CREATE TABLE IF NOT EXISTS copying (one INTEGER PRIMARY KEY, mark BYTEA NOT NULL, stamp TEXT NOT NULL,
		compared BOOLEAN NOT NULL);
		CREATE TABLE IF NOT EXISTS copying_tables (name TEXT PRIMARY KEY, rows BIGINT NOT NULL)`)
	if err == nil {
		_, err = c.target.Exec(ctx, "INSERT INTO copying VALUES (1, $1, '', FALSE) ON CONFLICT (one) DO UPDATE SET stamp = '', "+
			"compared = FALSE", c.mark)
	}
	if err != nil {
		return fmt.Errorf("begin copy: %w", err)
	}
	pool, err := openPool(c.to, 2)
	if err != nil {
		return err
	}
	for _, part := range parts {
		there, err := partThere(ctx, pool.db, part)
		if err == nil {
			err = migrate(ctx, pool.db, goose.DialectPostgres, part, "PostgreSQL", !there)
		}
		if err != nil {
			return errors.Join(err, pool.Close())
		}
	}
	if err := pool.Close(); err != nil {
		return err
	}
	names, err := c.names(ctx)
	if err != nil {
		return err
	}
	for i, n := range names {
		names[i] = pgx.Identifier{n}.Sanitize()
	}
	return pgx.BeginFunc(ctx, c.target, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "TRUNCATE copying_tables, "+strings.Join(names, ", "))
		if err == nil {
			_, err = tx.Exec(ctx, "UPDATE copying SET stamp = $1", c.stamp)
		}
		return err
	})
}

// Finish opens the copy for the service.
func (c *Copying) Finish(ctx context.Context) error {
	if _, err := c.target.Exec(ctx, "DROP TABLE copying, copying_tables"); err != nil {
		return fmt.Errorf("finish copy: %w", err)
	}
	return nil
}

// unfinished refuses a PostgreSQL database that a copy has still to fill.
func unfinished(ctx context.Context, db *sql.DB) error {
	var is bool
	if err := db.QueryRowContext(ctx, "SELECT to_regclass('copying') IS NOT NULL").Scan(&is); err != nil {
		return fmt.Errorf("PostgreSQL tidak menjawab: periksa 'database' pada konfigurasi dan servernya: %w", err)
	}
	if is {
		return errUnfinished
	}
	return nil
}
