package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gapura/internal/keyring"
	"gapura/internal/schema"
	"gapura/store"
)

// Migrating a new database from the first version on takes most tests more time than what they ask of it, so that each process
// migrates one of each engine, and every other is a copy. What binds a database to its keys is taken out: it binds itself to those that
// open it first.
var unbind = []string{"DELETE FROM installation", "DELETE FROM population_installation"}

// ready gives an empty database the tables of a new installation; one with tables stays as it is.
func ready(url string) error {
	if store.IsURL(url) {
		return readyPostgres(url)
	}
	if err := store.Absent(url); errors.Is(err, schema.ErrPresent) {
		return nil
	} else if err != nil {
		return err
	}
	files, err := sqliteTables()
	if err != nil {
		return err
	}
	for i, f := range sqliteFiles(url) {
		if err := os.WriteFile(f, files[i], 0o600); err != nil {
			return err
		}
	}
	return nil
}

func sqliteFiles(path string) []string {
	return []string{path, store.PopulationFile(path), store.DerivedFile(path)}
}

// sqliteTables are the contents of sqliteFiles of a new installation.
var sqliteTables = sync.OnceValues(func() (contents [][]byte, err error) {
	dir, err := os.MkdirTemp("", "gapura-tables-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "gapura.db")
	if err := create(dir, path); err != nil {
		return nil, err
	}
	for i, f := range sqliteFiles(path) {
		if i < len(unbind) {
			if err := execute("sqlite", f, unbind[i]); err != nil {
				return nil, err
			}
		}
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		contents = append(contents, b)
	}
	return contents, nil
})

const postgresTables = "tables" // the database that others are copies of

var makePostgresTables = sync.OnceValue(func() error {
	dir, err := os.MkdirTemp("", "gapura-tables-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := execute("pgx", dsn("postgres"), "CREATE DATABASE "+postgresTables); err != nil {
		return err
	}
	if err := create(dir, dsn(postgresTables)); err != nil {
		return err
	}
	if err := execute("pgx", dsn(postgresTables), strings.Join(unbind, "; ")); err != nil {
		return err
	}
	// What somebody is connected to cannot be copied, and the server notices late on a busy machine that a connection was closed.
	if err := execute("pgx", dsn("postgres"), "ALTER DATABASE "+postgresTables+" ALLOW_CONNECTIONS false"); err != nil {
		return err
	}
	return execute("pgx", dsn("postgres"), "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '"+
		postgresTables+"'")
})

func readyPostgres(address string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	var tables int
	err = db.QueryRow("SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()").Scan(&tables)
	if err = errors.Join(err, db.Close()); err != nil || tables > 0 {
		return err
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	if err := makePostgresTables(); err != nil {
		return fmt.Errorf("make the tables that others are copies of: %w", err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	if err := execute("pgx", dsn("postgres"), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
		return err
	}
	return execute("pgx", dsn("postgres"), "CREATE DATABASE "+name+" TEMPLATE "+postgresTables)
}

// create makes an installation with keys of its own, which nobody needs afterwards.
func create(dir, url string) error {
	file := filepath.Join(dir, "key")
	if err := keyring.Create(file); err != nil {
		return err
	}
	keys, err := keyring.Load(file)
	if err != nil {
		return err
	}
	return store.Create(context.Background(), store.Options{URL: url, Keys: keys, Archives: dir})
}

func execute(driver, source, statement string) error {
	db, err := sql.Open(driver, source)
	if err != nil {
		return err
	}
	_, err = db.Exec(statement)
	return errors.Join(err, db.Close())
}

// Open opens a store, made anew at the test's first call for its address; the test closes it.
func Open(t testing.TB, url string, keys *keyring.Ring) *store.DB {
	t.Helper()
	if err := ready(url); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), store.Options{URL: url, Keys: keys, Archives: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
