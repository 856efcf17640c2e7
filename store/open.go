package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// Every commit of the journal must survive a power cut: synchronous=FULL in WAL mode syncs on each commit. Checkpoints run in a goroutine of
// their own, so that no lookup waits for one.
const sqlitePragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
	"&_pragma=wal_autocheckpoint(0)&_pragma=cache_size(-8192)"

const checkpointEvery = time.Second

// readers is the number of connections that read from a SQLite file.
const readers = 4

//go:embed migrations
var migrations embed.FS

func (s *DB) openPostgres(ctx context.Context, dsn string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return fmt.Errorf("open PostgreSQL: %w", err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	d := newDatabase(db)
	s.main, s.mainRead, s.people, s.postgres = d, d, d, true
	for _, part := range []string{"main", "population"} {
		if err := migrate(ctx, db, goose.DialectPostgres, "postgres/"+part); err != nil {
			return err
		}
	}
	return nil
}

func (s *DB) openSQLite(ctx context.Context, path string) error {
	open := func(file string, conns int, readOnly bool) (*database, error) {
		dsn := "file:" + (&url.URL{Path: file}).EscapedPath() + sqlitePragmas
		if readOnly {
			dsn += "&_pragma=query_only(1)&_txlock=deferred"
		} else {
			dsn += "&_txlock=immediate"
		}
		db, err := sql.Open("sqlite", dsn)
		if err != nil {
			return nil, fmt.Errorf("open SQLite: %w", err)
		}
		db.SetMaxOpenConns(conns)
		db.SetMaxIdleConns(conns)
		return newDatabase(db), nil
	}
	if err := ownFile(path); err != nil {
		return err
	}
	peopleFile := PopulationFile(path)
	if err := ownFile(peopleFile); err != nil {
		return err
	}
	var err error
	if s.main, err = open(path, 1, false); err != nil {
		return err
	}
	if err := migrate(ctx, s.main.db, goose.DialectSQLite3, "sqlite/main"); err != nil {
		return err
	}
	if s.people, err = open(peopleFile, 1, false); err != nil {
		return err
	}
	if err := migrate(ctx, s.people.db, goose.DialectSQLite3, "sqlite/population"); err != nil {
		return err
	}
	if s.mainRead, err = open(path, readers, true); err != nil {
		return err
	}
	if s.peopleRead, err = open(peopleFile, readers+1, true); err != nil {
		return err
	}
	s.snapshots = newSnapshots(s.peopleRead, readers)
	s.done.Go(func() {
		t := time.NewTicker(checkpointEvery)
		defer t.Stop()
		for {
			select {
			case <-s.stop:
				return
			case <-t.C:
				s.snapshots.refresh()
				checkpoint(s.mainRead, s.main)
				checkpoint(s.peopleRead, nil)
			}
		}
	})
	return nil
}

// checkpoint takes the write-ahead log over into the file. PASSIVE never blocks readers or the writer, but while commits go on it never reaches the end
// of the log, which would grow for ever; so when the log is long the rest, by then short, is done on the writer's own connection, between two commits, and
// the next commit begins the log anew. What fails is done in the next round.
func checkpoint(read, write *database) {
	const long = 4096 // pages of 4 KiB
	var busy, size, done int
	ctx := context.Background()
	err := read.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &size, &done)
	if err == nil && write != nil && size > long {
		_, _ = write.db.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	}
}

// PopulationFile is the file of the residents beside the SQLite file of everything else.
func PopulationFile(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + "-population" + filepath.Ext(path)
}

// ownFile creates the file for the owner alone before SQLite would with the umask's permissions.
func ownFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open database file: %w", err)
	}
	return f.Close()
}

func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, dir string) error {
	files, err := fs.Sub(migrations, "migrations/"+dir)
	if err != nil {
		return err
	}
	table := "goose_" + filepath.Base(dir)
	if dialect == goose.DialectPostgres {
		// Two processes that start together must not migrate at once; the lock ends with the connection.
		c, err := db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		defer c.Close()
		const lock = 470_111
		if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
			return fmt.Errorf("lock migrations: %w", err)
		}
		defer c.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lock)
	}
	p, err := goose.NewProvider(dialect, db, files, goose.WithTableName(table))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate %s: %w", dir, err)
	}
	return nil
}
