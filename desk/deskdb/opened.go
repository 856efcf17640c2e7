package deskdb

import (
	"context"
	"fmt"

	"gapura/internal/keyring"
)

// Opened gives every sealed content of the database opened, with its place, for the search of what may not be kept.
func (d *DB) Opened(ctx context.Context, give func(place string, content []byte) error) error {
	for _, x := range []struct {
		place, query string // rows of id, context, sealed
		seal         *keyring.Sealer
		bound        func(id int64, with string) []byte
	}{
		{"applications", `SELECT id, number, sealed FROM applications`, d.papers,
			func(_ int64, with string) []byte { return []byte(with) }},
		{"steps", `SELECT application, '', note FROM steps WHERE note IS NOT NULL`, d.notes,
			func(id int64, _ string) []byte { return bound("note", id) }},
		{"security", `SELECT seq, '', sealed FROM security`, d.notes, func(id int64, _ string) []byte { return bound("security", id) }},
		{"files", `SELECT application, '', sealed FROM files`, d.files, func(id int64, _ string) []byte { return bound("file", id) }},
		{"documents", `SELECT application, '', sealed FROM documents`, d.files, func(id int64, _ string) []byte {
			return bound("document",
				id)
		}},
		{"outbox", `SELECT COALESCE(application, consent), key, sealed FROM outbox WHERE sealed IS NOT NULL`, d.box, func(_ int64, with string) []byte { return []byte(with) }},
	} {
		err := func() error {
			rows, err := d.read.QueryContext(ctx, x.query)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var id int64
				var with string
				var sealed []byte
				if err := rows.Scan(&id, &with, &sealed); err != nil {
					return err
				}
				plain, err := x.seal.Open(nil, sealed, x.bound(id, with))
				if err != nil {
					return err
				}
				if err := give(fmt.Sprintf("%s %d", x.place, id), plain); err != nil {
					return err
				}
			}
			return rows.Err()
		}()
		if err != nil {
			return fmt.Errorf("open sealed %s: %w", x.place, err)
		}
	}
	return nil
}

// Tidy writes the write-ahead log into the database file, so that a search of the file sees everything.
func (d *DB) Tidy(ctx context.Context) error {
	_, err := d.write.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}
