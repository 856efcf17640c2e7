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
		var err error
		if s.derived, err = openPool(at, derivedConns); err != nil {
			return err
		}
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
		f, err := os.OpenFile(s.derivedFile, os.O_RDWR|os.O_CREATE, 0o600) // for the owner alone
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("buat berkas %s: %w", s.derivedFile, err)
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
