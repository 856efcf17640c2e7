package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/pressly/goose/v3"

	"gapura/internal/keyring"
	"gapura/internal/schema"
	"gapura/store/sqldb"
)

// Create makes the databases of a new, empty installation and binds them to the keys. Where a part of an installation is there, whole or
// not, it changes nothing and says schema.ErrPresent with the part's name. What it made before it failed it takes away again.
func Create(ctx context.Context, o Options) error {
	if IsURL(o.URL) {
		if err := noAnchor(o); err != nil {
			return err
		}
		return openAndClose(ctx, o, true)
	}
	if err := Absent(o.URL); err != nil {
		return err
	}
	made := append(sqliteFiles(o.URL), DerivedFile(o.URL))
	if err := noAnchor(o); err != nil {
		return err
	}
	for n, f := range made {
		// for the owner alone, before SQLite would with the umask's permissions
		file, err := os.OpenFile(f, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			err = file.Close()
		}
		if err != nil {
			return errors.Join(fmt.Errorf("buat berkas %s: %w", f, err), remove(made[:n]))
		}
	}
	if err := openAndClose(ctx, o, true); err != nil {
		return errors.Join(err, remove(made))
	}
	return nil
}

// Absent refuses with schema.ErrPresent where a file of an installation on SQLite is there, which it names.
func Absent(path string) error {
	for _, f := range append(sqliteFiles(path), DerivedFile(path)) {
		for _, part := range []string{f, f + "-wal", f + "-shm"} {
			if _, err := os.Lstat(part); err == nil {
				return fmt.Errorf("berkas %s %w", part, schema.ErrPresent)
			} else if !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("berkas %s: %w", part, err)
			}
		}
	}
	return nil
}

// noAnchor refuses a new installation beside the anchor of an older one, whose logs it does not have.
func noAnchor(o Options) error {
	if o.Anchor == nil || o.Anchor.Lost() {
		return nil
	}
	return fmt.Errorf("berkas jangkar %s %w", o.Anchor.Path(), schema.ErrPresent)
}

func openAndClose(ctx context.Context, o Options, create bool) error {
	s, err := open(ctx, o, create)
	if err != nil {
		return err
	}
	return s.Close()
}

func remove(files []string) error {
	var errs []error
	for _, f := range files {
		for _, part := range []string{f, f + "-wal", f + "-shm"} {
			if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// Present reports whether the database of an installation is there, without changing anything.
func Present(ctx context.Context, url string) (bool, error) {
	if !IsURL(url) {
		_, err := os.Stat(url)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	}
	if err := private(url); err != nil {
		return false, err
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		return false, fmt.Errorf("open PostgreSQL: %w", err)
	}
	defer db.Close()
	return partThere(ctx, db, "main")
}

// partThere reports whether a PostgreSQL database has the tables of a part, of whatever version.
func partThere(ctx context.Context, db *sql.DB, part string) (bool, error) {
	return schema.Schema{DB: db, Dialect: goose.DialectPostgres, Table: tableOf(part), Name: "PostgreSQL"}.Present(ctx)
}

// IsURL reports whether a database is named by the URL of a PostgreSQL server, not by the path of a SQLite file.
func IsURL(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// sqliteFiles are the files of an installation on SQLite.
func sqliteFiles(path string) []string { return []string{path, PopulationFile(path)} }

// filesThere refuses an installation on SQLite of which a file is missing: making it anew would hide a loss.
func filesThere(path string) error {
	for n, f := range sqliteFiles(path) {
		_, err := os.Stat(f)
		switch {
		case err == nil:
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("berkas %s: %w", f, err)
		case n == 0:
			return fmt.Errorf("basis data %s %w: periksa 'database' pada konfigurasi, pulihkan dari cadangan, atau buat instalasi baru "+
				"yang kosong dengan gapura init", f, schema.ErrAbsent)
		default:
			return fmt.Errorf("berkas penduduk %s %w, padahal basis data %s ada: pulihkan berkas itu dari cadangan yang sama", f,
				schema.ErrAbsent, path)
		}
	}
	return nil
}

// bind holds the keys against the database and the residents against the installation. A database of before this check, or a new one, is
// bound now: an old one only after something in it opened.
func (s *DB) bind(ctx context.Context, keys *keyring.Ring) error {
	row, err := s.main.q.Installation(ctx)
	if _, err := foundRow(err, "installation"); err != nil {
		return err
	}
	next, err := keys.Bind(keyring.Binding{Mark: row.Mark, Check: row.KeyCheck}, func() bool { return s.opensSome(ctx) })
	if err != nil {
		return err
	}
	if !bytes.Equal(next.Check, row.KeyCheck) {
		if err := s.main.q.PutInstallation(ctx, sqldb.PutInstallationParams{Mark: next.Mark, KeyCheck: next.Check}); err != nil {
			return fmt.Errorf("bind database to keys: %w", err)
		}
		if row, err = s.main.q.Installation(ctx); err != nil { // another process may have been first
			return fmt.Errorf("read installation: %w", err)
		}
	}
	mark, err := s.people.q.PopulationInstallation(ctx)
	known, err := foundRow(err, "installation of the population")
	if err != nil {
		return err
	}
	if known && !bytes.Equal(mark, row.Mark) || !known && !s.opensResident(ctx) {
		return errors.New("berkas penduduk berasal dari instalasi lain: pulihkan berkas penduduk dari cadangan yang sama dengan basis " +
			"datanya")
	}
	if !known {
		if err := s.people.q.PutPopulationInstallation(ctx, row.Mark); err != nil {
			return fmt.Errorf("bind population: %w", err)
		}
	}
	return nil
}

// opensSome reports whether the keys open what is sealed in a database of before the check; true when nothing is.
func (s *DB) opensSome(ctx context.Context) bool {
	row, err := s.main.q.AnyForm(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return s.opensResident(ctx)
	}
	if err == nil {
		_, err = s.formSeal.Open(nil, row.FieldsSealed, stepContext(row.CaseID, row.Seq))
	}
	return err == nil
}

func (s *DB) opensResident(ctx context.Context) bool {
	row, err := s.people.q.AnyResident(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return true
	}
	if err == nil {
		_, err = s.personSeal.Open(nil, row.Sealed, row.NikIndex)
	}
	return err == nil
}
