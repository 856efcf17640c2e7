// Package reseal seals anew what lies in a database under an older key of the key file, row by row, while everything else goes on.
package reseal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gapura/internal/keyring"
)

// A Column is a column of sealed values. Names are the program's own, never anybody's words.
type Column struct {
	Table, Name string
	Keys        []string // the primary key
	With        []string // further columns that the context is made of
	Where       string   // which rows, besides those with a value; empty: all
	Seal        *keyring.Sealer
	Context     func(v []any) []byte // what a value is bound to: from the keys and what comes with them, as the driver reads them
	Batch       int                  // rows at a time; 0: 100
}

// A Row is one value with its place.
type Row struct {
	At     []any // keys, then what comes with them
	Sealed []byte
}

func (c Column) where(more ...string) string {
	all := append([]string{c.Name + " IS NOT NULL"}, more...)
	if c.Where != "" {
		all = append(all, c.Where)
	}
	return strings.Join(all, " AND ")
}

// Left is how many values lie under an older key.
func (c Column) Left(ctx context.Context, db *sql.DB) (n int64, err error) {
	query := "SELECT COUNT(*) FROM " + c.Table + " WHERE " + c.where("substr("+c.Name+", 1, 1) <> $1")
	if err = db.QueryRowContext(ctx, query, []byte{c.Seal.Current()}).Scan(&n); err != nil {
		return 0, fmt.Errorf("count %s.%s under older keys: %w", c.Table, c.Name, err)
	}
	return n, nil
}

// Next are the next rows after a place (nil: from the first), of those under an older key alone, or all.
func (c Column) Next(ctx context.Context, db *sql.DB, after []any, old bool) (out []Row, err error) {
	var args []any
	var more []string
	put := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	if old {
		more = append(more, "substr("+c.Name+", 1, 1) <> "+put([]byte{c.Seal.Current()}))
	}
	if after != nil {
		var at []string
		for i := range c.Keys {
			at = append(at, put(after[i]))
		}
		more = append(more, "("+strings.Join(c.Keys, ", ")+") > ("+strings.Join(at, ", ")+")")
	}
	batch := c.Batch
	if batch == 0 {
		batch = 100
	}
	rows, err := db.QueryContext(ctx, "SELECT "+strings.Join(append(append([]string{}, c.Keys...), c.With...), ", ")+", "+c.Name+" FROM "+
		c.Table+" WHERE "+c.where(more...)+" ORDER BY "+strings.Join(c.Keys, ", ")+" LIMIT "+strconv.Itoa(batch), args...)
	if err != nil {
		return nil, fmt.Errorf("read %s.%s: %w", c.Table, c.Name, err)
	}
	defer rows.Close()
	for rows.Next() {
		r := Row{At: make([]any, len(c.Keys)+len(c.With))}
		into := make([]any, 0, len(r.At)+1)
		for i := range r.At {
			into = append(into, &r.At[i])
		}
		if err := rows.Scan(append(into, &r.Sealed)...); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Open opens a row's value.
func (c Column) Open(r Row) ([]byte, error) {
	plain, err := c.Seal.Open(nil, r.Sealed, c.Context(r.At))
	if err != nil {
		return nil, fmt.Errorf("%s.%s: %w", c.Table, c.Name, err)
	}
	return plain, nil
}

// A Writer puts values in place of those of rows, each unless it was changed meanwhile, in one transaction.
type Writer func(ctx context.Context, c Column, rows []Row, again [][]byte) error

// Run seals anew all that lies under an older key. What is done stays done: after a stop the next run passes it over. A value that was
// changed meanwhile is left as it was written. done is told of each step; it may wait, so that others come first.
func (c Column) Run(ctx context.Context, read *sql.DB, write Writer, done func(rows int, took time.Duration) error) error {
	var after []any
	for {
		began := time.Now()
		rows, err := c.Next(ctx, read, after, true)
		if err != nil || len(rows) == 0 {
			return err
		}
		again := make([][]byte, len(rows))
		for i, r := range rows { // outside the transaction, which holds up others
			plain, err := c.Open(r)
			if err != nil {
				return err
			}
			again[i] = c.Seal.Seal(plain, c.Context(r.At))
		}
		if err := write(ctx, c, rows, again); err != nil {
			return fmt.Errorf("seal %s.%s anew: %w", c.Table, c.Name, err)
		}
		after = rows[len(rows)-1].At
		if err := done(len(rows), time.Since(began)); err != nil {
			return err
		}
	}
}

// Into is the Writer of what no entry of a journal tells.
func Into(db *sql.DB) Writer {
	return func(ctx context.Context, c Column, rows []Row, again [][]byte) error {
		t, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		at := make([]string, len(c.Keys))
		for i, k := range c.Keys {
			at[i] = k + " = $" + strconv.Itoa(i+3)
		}
		query := "UPDATE " + c.Table + " SET " + c.Name + " = $1 WHERE " + c.Name + " = $2 AND " + strings.Join(at, " AND ")
		for i, r := range rows {
			if _, err := t.ExecContext(ctx, query, append([]any{again[i], r.Sealed}, r.At[:len(c.Keys)]...)...); err != nil {
				return errors.Join(err, t.Rollback())
			}
		}
		return t.Commit()
	}
}
