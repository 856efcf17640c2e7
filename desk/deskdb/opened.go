package deskdb

import (
	"context"
	"fmt"

	"gapura/internal/reseal"
)

// Opened gives every sealed content of the database opened, with its place, for the search of what may not be kept.
func (d *DB) Opened(ctx context.Context, give func(place string, content []byte) error) error {
	security := reseal.Column{Table: "security", Name: "sealed", Keys: []string{"seq"}, Seal: d.notes, Context: with("security", 0)}
	for _, c := range append(d.kept(), security) {
		var after []any
		for {
			rows, err := c.Next(ctx, d.read, after, false)
			if err != nil {
				return err
			}
			if len(rows) == 0 {
				break
			}
			for _, r := range rows {
				plain, err := c.Open(r)
				if err != nil {
					return fmt.Errorf("open sealed %w", err)
				}
				if err := give(fmt.Sprintf("%s %v", c.Table, r.At[0]), plain); err != nil {
					return fmt.Errorf("open sealed %s: %w", c.Table, err)
				}
			}
			after = rows[len(rows)-1].At
		}
	}
	return nil
}

// Tidy writes the write-ahead log into the database file, so that a search of the file sees everything.
func (d *DB) Tidy(ctx context.Context) error {
	_, err := d.write.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}
