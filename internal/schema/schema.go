// Package schema makes the tables of a new database and brings those of an older program up to date. It refuses a database that is not this
// program's, in words for the person who runs the office's server: what is wrong, and the cure.
package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/pressly/goose/v3"
)

// A Schema is one set of migrations in a database.
type Schema struct {
	DB      *sql.DB
	Dialect goose.Dialect // goose.DialectSQLite3 or goose.DialectPostgres
	Files   fs.FS         // 00001_name.sql and so on
	Table   string        // where the database keeps its version
	Name    string        // of the database in messages: a file's path, without any secret
}

// ErrPresent says that a part of an installation is there already; nothing was changed.
var ErrPresent = errors.New("sudah ada dan tidak ditimpa")

// ErrAbsent says that a part of an installation is not there.
var ErrAbsent = errors.New("tidak ada")

// Present reports whether the database holds this schema, of whatever version.
func (s Schema) Present(ctx context.Context) (bool, error) {
	query := "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1"
	if s.Dialect == goose.DialectSQLite3 {
		query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
	}
	var n int
	if err := s.DB.QueryRowContext(ctx, query, s.Table).Scan(&n); err != nil {
		return false, fmt.Errorf("basis data %s tidak dapat dibaca: periksa alamat dan isinya: %w", s.Name, err)
	}
	return n > 0, nil
}

// Create makes the tables in a database that has none of them; ErrPresent otherwise.
func (s Schema) Create(ctx context.Context) error {
	if there, err := s.Present(ctx); err != nil {
		return err
	} else if there {
		return fmt.Errorf("basis data %s %w", s.Name, ErrPresent)
	}
	return s.up(ctx)
}

// Upgrade brings the tables up to date. ErrAbsent: they are not there.
func (s Schema) Upgrade(ctx context.Context) error {
	if there, err := s.Present(ctx); err != nil {
		return err
	} else if !there {
		return fmt.Errorf("basis data %s bukan basis data Gapura, atau masih kosong: tabelnya %w; periksa alamatnya pada konfigurasi, "+
			"atau buat instalasi baru dengan gapura init", s.Name, ErrAbsent)
	}
	return s.up(ctx)
}

func (s Schema) up(ctx context.Context) error {
	p, err := goose.NewProvider(s.Dialect, s.DB, s.Files, goose.WithTableName(s.Table))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	at, newest, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read version of %s: %w", s.Name, err)
	}
	if at > newest {
		return fmt.Errorf("basis data %s berasal dari program yang lebih baru (susunan %d, program ini mengenal sampai %d): jalankan "+
			"program yang lebih baru itu", s.Name, at, newest)
	}
	if err := s.known(ctx, at); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate %s: %w", s.Name, err)
	}
	return nil
}

// known refuses a SQLite database whose tables are not those that the migrations up to its version make: a program that was tried out
// before there were releases had others under the same number, and every query would fail. It is looked at before anything is migrated.
func (s Schema) known(ctx context.Context, at int64) error {
	if at == 0 || s.Dialect != goose.DialectSQLite3 {
		return nil
	}
	want, err := s.columnsOf(ctx, at)
	if err != nil {
		return err
	}
	have, err := columns(ctx, s.DB)
	if err != nil {
		return fmt.Errorf("read tables of %s: %w", s.Name, err)
	}
	for _, c := range want {
		if !found(have, c) {
			return fmt.Errorf("basis data %s bersusunan %d tetapi tidak mempunyai kolom %s: berasal dari program percobaan yang tidak "+
				"pernah "+
				"didukung, atau diubah di luar program; pulihkan cadangan dari versi yang didukung, atau buat instalasi baru dengan "+
				"gapura init", s.Name,
				at, c)
		}
	}
	return nil
}

// made are the columns of versions that were asked for before, by table of versions and version: making them takes as long as a start.
var made sync.Map

// columnsOf are the columns that the migrations up to a version make.
func (s Schema) columnsOf(ctx context.Context, at int64) ([]string, error) {
	key := fmt.Sprintf("%s %d", s.Table, at)
	if known, ok := made.Load(key); ok {
		return known.([]string), nil
	}
	plain, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	plain.SetMaxOpenConns(1)
	p, err := goose.NewProvider(s.Dialect, plain, s.Files, goose.WithTableName(s.Table))
	if err == nil {
		_, err = p.UpTo(ctx, at)
	}
	if err != nil {
		return nil, fmt.Errorf("make the tables of version %d: %w", at, err)
	}
	list, err := columns(ctx, plain)
	if err == nil {
		made.Store(key, list)
	}
	return list, err
}

func found(sorted []string, c string) bool {
	_, ok := slices.BinarySearch(sorted, c)
	return ok
}

// columns are all columns as "table.column", sorted.
func columns(ctx context.Context, db *sql.DB) (out []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT m.name || '.' || c.name FROM main.sqlite_master m, pragma_table_info(m.name) c WHERE "+
		"m.type = 'table' ORDER BY 1")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
