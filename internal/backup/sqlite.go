package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"

	_ "modernc.org/sqlite" // driver "sqlite"
)

// A Frozen is a SQLite file in WAL mode as of one moment, while others go on writing to it: a read transaction holds what is read. Its
// write-ahead log grows meanwhile.
type Frozen struct {
	db   *sql.DB
	conn *sql.Conn
	size int64
}

// Freeze holds a file as it is now. The caller closes it.
func Freeze(ctx context.Context, file string) (*Frozen, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+
		"?mode=rw&_pragma=busy_timeout(10000)&_pragma=query_only(1)&_pragma=cache_size(-2048)&_pragma=wal_autocheckpoint(0)")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	f := &Frozen{db: db}
	var pages, size int64
	if f.conn, err = db.Conn(ctx); err == nil {
		_, err = f.conn.ExecContext(ctx, "BEGIN")
	}
	if err == nil { // the first read begins the transaction
		err = f.conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&pages)
	}
	if err == nil {
		err = f.conn.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages)
	}
	if err == nil {
		err = f.conn.QueryRowContext(ctx, "PRAGMA page_size").Scan(&size)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("freeze %s: %w", file, err), f.Close())
	}
	f.size = pages * size
	return f, nil
}

// Close lets go.
func (f *Frozen) Close() error {
	var err error
	if f.conn != nil {
		err = f.conn.Close()
	}
	return errors.Join(err, f.db.Close())
}

// AddTo adds the file's image to a backup, page by page.
func (f *Frozen) AddTo(w *Writer, name string) error {
	return w.Add(name, f.size, func(to io.Writer) error {
		rows, err := f.conn.QueryContext(w.ctx, "SELECT data FROM sqlite_dbpage")
		if err != nil {
			return err
		}
		defer rows.Close()
		var page sql.RawBytes
		for rows.Next() {
			if err := rows.Scan(&page); err != nil {
				return err
			}
			if _, err := to.Write(page); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
