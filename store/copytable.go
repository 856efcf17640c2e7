package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A copyTable is a table that is copied from SQLite to PostgreSQL.
type copyTable struct {
	name    string
	from    *sql.DB
	columns []copyColumn
	rows    int64 // in from
}

type copyColumn struct {
	name, kind string // kind is PostgreSQL's name of the type
	null       bool
	identity   bool
}

// list are the names of the columns for a query.
func (t copyTable) list() string {
	var names []string
	for _, c := range t.columns {
		names = append(names, pgx.Identifier{c.name}.Sanitize())
	}
	return strings.Join(names, ", ")
}

// names are the target's tables, those that others refer to first.
func (c *Copying) names(ctx context.Context) ([]string, error) {
	query := func(q string) ([][2]string, error) {
		rows, err := c.target.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, func(r pgx.CollectableRow) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) })
	}
	all, err := query(`SELECT tablename, '' FROM pg_catalog.pg_tables WHERE schemaname = current_schema()
		AND tablename NOT LIKE 'goose\_%' AND tablename NOT IN ('copying', 'copying_tables') ORDER BY 1`)
	if err != nil {
		return nil, fmt.Errorf("read tables of the target: %w", err)
	}
	refers, err := query(`SELECT a.relname, b.relname FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid
		JOIN pg_class b ON b.oid = k.confrelid JOIN pg_namespace n ON n.oid = a.relnamespace
		WHERE k.contype = 'f' AND n.nspname = current_schema() AND a.oid <> b.oid`)
	if err != nil {
		return nil, fmt.Errorf("read tables of the target: %w", err)
	}
	var sorted []string
	for len(sorted) < len(all) {
		before := len(sorted)
		for _, t := range all {
			waits := slices.ContainsFunc(refers, func(r [2]string) bool { return r[0] == t[0] && !slices.Contains(sorted, r[1]) })
			if !waits && !slices.Contains(sorted, t[0]) {
				sorted = append(sorted, t[0])
			}
		}
		if len(sorted) == before {
			return nil, errors.New("tables refer to one another in a circle")
		}
	}
	return sorted, nil
}

// tables are all tables with where they come from. Both sides must have the same.
func (c *Copying) tables(ctx context.Context) ([]copyTable, error) {
	from := map[string]*sql.DB{}
	for _, db := range c.files {
		rows, err := db.QueryContext(ctx, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
			AND name NOT LIKE 'goose\_%' ESCAPE '\'`)
		if err != nil {
			return nil, fmt.Errorf("read tables: %w", err)
		}
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			from[name] = db
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	names, err := c.names(ctx)
	if err != nil {
		return nil, err
	}
	var out []copyTable
	for _, name := range names {
		t := copyTable{name: name, from: from[name]}
		if t.from == nil {
			return nil, fmt.Errorf("table %s is not in the SQLite files", name)
		}
		delete(from, name)
		if t.columns, err = c.columns(ctx, name); err != nil {
			return nil, err
		}
		if err := t.from.QueryRowContext(ctx, "SELECT count(*) FROM "+pgx.Identifier{name}.Sanitize()).Scan(&t.rows); err != nil {
			return nil, fmt.Errorf("count rows of %s: %w", name, err)
		}
		out = append(out, t)
	}
	for name := range from {
		return nil, fmt.Errorf("table %s is not in PostgreSQL", name)
	}
	return out, nil
}

func (c *Copying) columns(ctx context.Context, table string) ([]copyColumn, error) {
	rows, err := c.target.Query(ctx, `SELECT column_name, data_type, is_nullable = 'YES', is_identity = 'YES'
		FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`, table)
	if err != nil {
		return nil, fmt.Errorf("read columns of %s: %w", table, err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (k copyColumn, err error) {
		return k, r.Scan(&k.name, &k.kind, &k.null, &k.identity)
	})
}

// read hands over the rows of a table in SQLite from one on, in the order of its key, as PostgreSQL has them.
func (t copyTable) read(ctx context.Context, after int64, row func([]any) error) error {
	order, err := t.key(ctx)
	if err != nil {
		return err
	}
	rows, err := t.from.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT -1 OFFSET %d", t.list(),
		pgx.Identifier{t.name}.Sanitize(), order, after))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values := make([]any, len(t.columns))
		into := make([]any, len(t.columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, k := range t.columns {
			if values[i], err = k.value(values[i]); err != nil {
				return fmt.Errorf("column %s: %w", k.name, err)
			}
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// key is the order in which SQLite keeps the rows.
func (t copyTable) key(ctx context.Context) (string, error) {
	rows, err := t.from.QueryContext(ctx, "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", t.name)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return "", err
		}
		names = append(names, pgx.Identifier{n}.Sanitize())
	}
	if len(names) == 0 {
		names = []string{"rowid"}
	}
	return strings.Join(names, ", "), rows.Err()
}

// value is what SQLite holds in a column as the type that PostgreSQL has for it: SQLite keeps truth as numbers and asks little of a column.
func (k copyColumn) value(v any) (any, error) {
	if v == nil && k.null {
		return nil, nil
	}
	switch k.kind {
	case "bigint", "integer":
		if n, ok := v.(int64); ok {
			return n, nil
		}
	case "boolean":
		switch b := v.(type) {
		case bool:
			return b, nil
		case int64:
			return b != 0, nil
		}
	case "text":
		switch s := v.(type) {
		case string:
			return s, nil
		case []byte:
			return string(s), nil
		}
	case "bytea":
		switch b := v.(type) {
		case nil: // the driver's word for a blob without a byte
			return []byte{}, nil
		case []byte:
			return append([]byte{}, b...), nil
		case string:
			return []byte(b), nil
		}
	case "double precision":
		switch f := v.(type) {
		case float64:
			return f, nil
		case int64:
			return float64(f), nil
		}
	}
	return nil, fmt.Errorf("a value of type %T does not fit %s", v, k.kind)
}

func size(row []any) (n int) {
	for _, v := range row {
		switch v := v.(type) {
		case string:
			n += len(v)
		case []byte:
			n += len(v)
		default:
			n += 8
		}
	}
	return n
}

// copyTable copies what is still missing of a table, and notes with each batch how far it is. copied is told of each one, and first of
// what an earlier run had copied.
func (c *Copying) copyTable(ctx context.Context, t copyTable, copied func(rows int64)) error {
	var done int64
	err := c.target.QueryRow(ctx, "SELECT rows FROM copying_tables WHERE name = $1", t.name).Scan(&done)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	copied(done)
	var names []string
	for _, k := range t.columns {
		names = append(names, k.name)
	}
	var batch [][]any
	bytes := 0
	flush := func() error {
		n := int64(len(batch))
		if n == 0 {
			return nil
		}
		err := pgx.BeginFunc(ctx, c.target, func(tx pgx.Tx) error {
			if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, names, pgx.CopyFromRows(batch)); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "INSERT INTO copying_tables VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET rows = $2", t.name, done+n)
			return err
		})
		if err == nil {
			done += n
			batch, bytes = batch[:0], 0
			copied(n)
		}
		return err
	}
	err = t.read(ctx, done, func(row []any) error {
		batch = append(batch, row)
		if bytes += size(row); len(batch) < copyRows && bytes < copyBytes {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// series lets numbers that PostgreSQL gives go on behind the highest that was copied.
func (c *Copying) series(ctx context.Context, tables []copyTable) error {
	for _, t := range tables {
		for _, k := range t.columns {
			if !k.identity {
				continue
			}
			table, column := pgx.Identifier{t.name}.Sanitize(), pgx.Identifier{k.name}.Sanitize()
			_, err := c.target.Exec(ctx, fmt.Sprintf("SELECT setval(pg_get_serial_sequence($1, $2), max(%s)) FROM %s HAVING max(%s) > 0",
				column, table, column), table, k.name)
			if err != nil {
				return fmt.Errorf("series of %s: %w", t.name, err)
			}
		}
	}
	return nil
}

// compare reads both sides of a table whole. Their rows must be the same, in whatever order each side keeps them.
func (c *Copying) compare(ctx context.Context, t copyTable) error {
	var a, b rowSum
	if err := t.read(ctx, 0, func(row []any) error { return a.add(row) }); err != nil {
		return fmt.Errorf("read table %s: %w", t.name, err)
	}
	rows, err := c.target.Query(ctx, "SELECT "+t.list()+" FROM "+pgx.Identifier{t.name}.Sanitize())
	if err != nil {
		return fmt.Errorf("read copy of table %s: %w", t.name, err)
	}
	defer rows.Close()
	for rows.Next() {
		row, err := rows.Values()
		if err == nil {
			err = b.add(row)
		}
		if err != nil {
			return fmt.Errorf("read copy of table %s: %w", t.name, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read copy of table %s: %w", t.name, err)
	}
	if a != b {
		return fmt.Errorf("tabel %s di PostgreSQL (%d baris) tidak sama dengan asalnya (%d baris): basis data tujuan diubah selama "+
			"perpindahan; buat basis data baru yang kosong, lalu ulangi", t.name, b.rows, a.rows)
	}
	return nil
}

// A rowSum is the same for the same rows in any order: the number of rows, and the sum of their hashes.
type rowSum struct {
	rows int64
	sum  [4]uint64
}

func (s *rowSum) add(row []any) error {
	var text []byte
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			text = append(text, 'n')
		case int32:
			text = binary.BigEndian.AppendUint64(append(text, 'i'), uint64(v))
		case int64:
			text = binary.BigEndian.AppendUint64(append(text, 'i'), uint64(v))
		case bool:
			text = append(text, 'b', map[bool]byte{true: 1}[v])
		case float64:
			text = binary.BigEndian.AppendUint64(append(text, 'f'), math.Float64bits(v))
		case string:
			text = append(binary.BigEndian.AppendUint64(append(text, 's'), uint64(len(v))), v...)
		case []byte:
			text = append(binary.BigEndian.AppendUint64(append(text, 'x'), uint64(len(v))), v...)
		default:
			return fmt.Errorf("a value of type %T", v)
		}
	}
	h := sha256.Sum256(text)
	for i := range s.sum {
		s.sum[i] += binary.BigEndian.Uint64(h[i*8:])
	}
	s.rows++
	return nil
}
