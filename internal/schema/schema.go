// Package schema makes the tables of a new database and brings those of an older program up to date. It refuses a database that is not this
// program's, in words for the person who runs the office's server: what is wrong, and the cure.
package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

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
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate %s: %w", s.Name, err)
	}
	return nil
}
