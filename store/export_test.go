package store

import (
	"context"
	"database/sql"
	"io/fs"

	"github.com/pressly/goose/v3"

	"gapura/journal/journal"
)

// Treeless makes a store write records without their tree, as before there was one.
func (s *DB) Treeless() { s.treeless = true }

// Hashes reads the hashes of a log's first leaves; meanwhile is called between looking where they lie and reading them.
func (s *Journal) Hashes(ctx context.Context, log, n int64, meanwhile func()) ([]journal.Hash, error) {
	return settled(ctx, s, log, func(archive *journal.Archive) ([]journal.Hash, error) {
		meanwhile()
		return s.hashesIn(ctx, archive, log, 0, n)
	})
}

// MigrateTo makes the tables of the main part in an empty database, as a program of that version had them.
func MigrateTo(ctx context.Context, db *sql.DB, dialect goose.Dialect, version int64) error {
	engine := map[goose.Dialect]string{goose.DialectSQLite3: "sqlite", goose.DialectPostgres: "postgres"}[dialect]
	files, err := fs.Sub(migrations, "migrations/"+engine+"/main")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, files, goose.WithTableName(tableOf("main")))
	if err != nil {
		return err
	}
	_, err = p.UpTo(ctx, version)
	return err
}
