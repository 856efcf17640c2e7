package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

// DerivedFile is the file of what is derived beside the SQLite file of everything else.
func DerivedFile(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + "-derived" + filepath.Ext(path)
}

// The connections of what is derived. synchronous=NORMAL syncs when the write-ahead log is taken over alone, and never leaves a file that
// cannot be read; a power cut loses the last of it, which is filled again.
const (
	derivedWriter = "&_pragma=synchronous(NORMAL)&_txlock=immediate" + largeCache
	derivedConns  = 4 // on PostgreSQL
)

// openDerived opens what is derived. A SQLite file that is missing, damaged or another's is made anew.
func (s *DB) openDerived(ctx context.Context, at string) error {
	if s.postgres {
		s.derived = s.lines.pool(derivedConns)
		s.derivedRead = s.mainRead
		s.derived.begin = "SET LOCAL synchronous_commit = off"
		return s.Derived.fits(ctx)
	}
	s.derivedFile = DerivedFile(at)
	err := s.openDerivedFile(ctx, at)
	if damaged(err) {
		if err = errors.Join(s.derivedRead.Close(), s.derived.Close(), remove([]string{s.derivedFile})); err == nil {
			err = s.openDerivedFile(ctx, at)
		}
	}
	return err
}

func (s *DB) openDerivedFile(ctx context.Context, path string) error {
	create := false
	if info, err := os.Stat(s.derivedFile); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		if err := newFile(s.derivedFile); err != nil {
			return err
		}
		create = true
	}
	var err error
	if s.derived, err = openFile(s.derivedFile, 1, derivedWriter); err != nil {
		return err
	}
	s.derivedRead = openBeside(s.derivedFile, path)
	if err := migrate(ctx, s.derived.db, goose.DialectSQLite3, "derived", s.derivedFile, create); err != nil {
		return err
	}
	return s.Derived.fits(ctx)
}

// heal makes the file of what is derived anew when SQLite has said that it is damaged, while everything else goes on: all its connections
// are taken, so that nobody works with the old file, and given up. Where the damage was another file's nothing is done.
func (s *DB) heal(ctx context.Context) error {
	if s.postgres || !s.derived.broken.Load() && !s.derivedRead.broken.Load() || !s.healing.TryLock() {
		return nil
	}
	defer s.healing.Unlock()
	if whole, err := fileWhole(ctx, s.derivedFile); err != nil || whole {
		s.derived.broken.Store(false)
		s.derivedRead.broken.Store(false)
		return err
	}
	var held []*sql.Conn
	giveUp := func() {
		for _, c := range held {
			_ = c.Raw(func(any) error { return driver.ErrBadConn })
			_ = c.Close()
		}
		held = nil
	}
	defer giveUp()
	soon, cancel := context.WithTimeout(ctx, healPatience)
	defer cancel()
	for n := range 1 + readers {
		d := s.derivedRead
		if n == readers {
			d = s.derived
		}
		c, err := d.db.Conn(soon)
		if err != nil {
			return fmt.Errorf("take the damaged file %s out of use: %w", s.derivedFile, err)
		}
		held = append(held, c)
	}
	if err := remove([]string{s.derivedFile}); err != nil {
		return err
	}
	if err := newFile(s.derivedFile); err != nil {
		return err
	}
	giveUp()
	s.derived.broken.Store(false)
	s.derivedRead.broken.Store(false)
	if err := migrate(ctx, s.derived.db, goose.DialectSQLite3, "derived", s.derivedFile, true); err != nil {
		return err
	}
	return s.Derived.fits(ctx)
}

// healPatience is how long healing waits for what reads the file; the next pass tries again.
const healPatience = 10 * time.Second

// fileWhole asks SQLite to read every page of a file, on a connection of its own.
func fileWhole(ctx context.Context, file string) (bool, error) {
	d, err := openFile(file, 1, sqliteReader)
	if err != nil {
		return false, err
	}
	defer d.Close()
	var said string
	err = d.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said)
	if damaged(err) {
		return false, nil
	}
	return said == "ok", err
}

// newFile makes an empty file for the owner alone.
func newFile(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("buat berkas %s: %w", file, err)
	}
	return nil
}

// openBeside opens readers of a file that see another file's tables beside its own.
func openBeside(file, other string) *database {
	db := sql.OpenDB(beside{
		"file:" + (&url.URL{Path: file}).EscapedPath() + sqlitePragmas + sqliteReader,
		"file:" + (&url.URL{Path: other}).EscapedPath() + "?mode=ro",
	})
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	return newDatabase(db)
}

// A beside connects to one SQLite file with another attached.
type beside struct{ name, other string }

func (b beside) Driver() driver.Driver { return &sqlite.Driver{} }

func (b beside) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := b.Driver().Open(b.name)
	if err != nil {
		return nil, err
	}
	if _, err := c.(driver.ExecerContext).ExecContext(ctx, "ATTACH DATABASE ? AS gapura",
		[]driver.NamedValue{{Ordinal: 1, Value: b.other}}); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}
