package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"gapura/internal/schema"
)

// Every commit of the journal must survive a power cut: synchronous=FULL in WAL mode syncs on each commit. Checkpoints run in a goroutine
// of their own, so that no lookup waits for one; a write-ahead log that grew longer all the same is cut to 64 MiB when it begins anew.
const sqlitePragmas = "?_pragma=busy_timeout(" + busyTimeout + ")&_pragma=journal_mode(WAL)" +
	"&_pragma=foreign_keys(1)&_pragma=wal_autocheckpoint(0)&_pragma=journal_size_limit(67108864)"

// busyTimeout is how long a connection waits for another's lock (ms).
const busyTimeout = "10000"

// largeCache lets a connection keep 8 MB of pages, as those do that write; each other one keeps 2 MB, because there are many and the system
// keeps pages too.
const largeCache = "&_pragma=cache_size(-8192)"

// What a SQLite connection is for.
const (
	sqliteWriter = "&_pragma=synchronous(FULL)&_txlock=immediate" + largeCache
	sqliteReader = "&_pragma=synchronous(FULL)&_pragma=query_only(1)&_txlock=deferred"
)

// checkpointEvery is often, so that each takes over little and keeps no processor for long.
const checkpointEvery = 250 * time.Millisecond

// readers is the number of connections that read from a SQLite file.
const readers = 4

// The connections of one process to PostgreSQL, besides derivedConns. Who writes reads beside its transaction too (the key of a month, what
// was answered before): reads have a pool of their own, as on SQLite, because transactions that together hold all connections of one pool
// and then each need another wait for one another for good.
const (
	DefaultConnections = 20
	postgresImports    = 2
)

// shares are how many of so many connections write and how many read.
func shares(connections int) (writers, readers int) {
	if connections == 0 {
		connections = DefaultConnections
	}
	writers = max(2, (connections-postgresImports)/3)
	return writers, max(2, connections-postgresImports-writers)
}

//go:embed migrations
var migrations embed.FS

func (s *DB) openPostgres(ctx context.Context, o Options, create bool) (err error) {
	s.postgres = true
	if err := private(o.URL); err != nil {
		return err
	}
	if s.lines, err = newLines(o.URL); err != nil {
		return err
	}
	writers, readers := shares(o.Connections)
	s.main, s.people, s.mainRead = s.lines.pool(writers), s.lines.pool(postgresImports), s.lines.pool(readers)
	s.peopleRead = s.mainRead
	if !o.Unfinished {
		if err := unfinished(ctx, s.main.db); err != nil {
			return err
		}
	}
	for _, part := range parts {
		if err := migrate(ctx, s.main.db, goose.DialectPostgres, part, "PostgreSQL", create); err != nil {
			return err
		}
	}
	return nil
}

func (s *DB) openSQLite(ctx context.Context, path string, create bool) error {
	open := func(file string, conns int, readOnly bool) (*database, error) {
		if readOnly {
			return openFile(file, conns, sqliteReader)
		}
		return openFile(file, conns, sqliteWriter)
	}
	s.file = path
	peopleFile := PopulationFile(path)
	if err := filesThere(path); err != nil {
		return err
	}
	var err error
	if s.main, err = open(path, 1, false); err != nil {
		return err
	}
	if err := schema.Whole(ctx, s.main.db, path); err != nil {
		return err
	}
	if err := migrate(ctx, s.main.db, goose.DialectSQLite3, "main", path, create); err != nil {
		return err
	}
	if s.people, err = open(peopleFile, 1, false); err != nil {
		return err
	}
	if err := schema.Whole(ctx, s.people.db, peopleFile); err != nil {
		return err
	}
	if err := migrate(ctx, s.people.db, goose.DialectSQLite3, "population", peopleFile, create); err != nil {
		return err
	}
	if s.mainRead, err = open(path, readers, true); err != nil {
		return err
	}
	if s.peopleRead, err = openFile(peopleFile, readers+1, sqliteReader); err != nil {
		return err
	}
	s.snapshots = newSnapshots(s.peopleRead, readers)
	return nil
}

// checkpoints empties the write-ahead logs until the store is closed.
func (s *DB) checkpoints() {
	t := time.NewTicker(checkpointEvery)
	defer t.Stop()
	var main, people, derived checkpointed
	for {
		select {
		case <-s.stop:
			return
		case <-t.C:
			s.snapshots.refresh()
			main.again(s.mainRead, s.main)
			people.again(s.peopleRead, nil)
			derived.again(s.derivedRead, s.derived)
		}
	}
}

// checkpointed is how many pages of a file's write-ahead log the last checkpoint had taken over.
type checkpointed struct{ done int }

// again takes the write-ahead log over into the file. PASSIVE never blocks readers or the writer, but while commits go on it never
// reaches the end of the log, which would grow for ever; so when the log is long the rest, by then short, is done on the writer's own
// connection, between two commits, and the next commit begins the log anew. Where reads overlap without a gap one of them always holds the
// log; so when it is very long the writer waits for those that hold it, while new ones read from the file. A read that has held the log
// since the last round, as a backup's does, is not waited for. What fails is done in the next round. It reports whether the writer waited.
func (c *checkpointed) again(read, write *database) (waited bool) {
	const little, long, veryLong = 64, 4096, 8192 // pages of 4 KiB
	var busy, size, done int
	ctx := context.Background()
	passive := func() error {
		return read.db.QueryRowContext(ctx, "PRAGMA main.wal_checkpoint(PASSIVE)").Scan(&busy, &size, &done)
	}
	err := passive()
	held := done < size && done == c.done
	c.done = done
	switch {
	case err != nil || write == nil || size <= long || held:
	case size <= veryLong:
		if size-done > little && passive() != nil { // what came meanwhile: the writer's own part is to be short
			return false
		}
		_, _ = write.db.ExecContext(ctx, "PRAGMA main.wal_checkpoint(PASSIVE)")
	default:
		_, _ = write.db.ExecContext(ctx,
			"PRAGMA busy_timeout(500); PRAGMA main.wal_checkpoint(RESTART); PRAGMA busy_timeout("+busyTimeout+")")
		return true
	}
	return false
}

// openFile opens a pool of connections to a SQLite file.
func openFile(file string, conns int, options string) (*database, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+sqlitePragmas+options)
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return newDatabase(db), nil
}

// PopulationFile is the file of the residents beside the SQLite file of everything else.
func PopulationFile(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + "-population" + filepath.Ext(path)
}

// tableOf is where a database keeps the version of a part of its schema.
func tableOf(part string) string { return "goose_" + part }

// migrate brings a part of the schema, main or population, up to date, or makes it.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, part, name string, create bool) error {
	engine := "sqlite"
	if dialect == goose.DialectPostgres {
		engine = "postgres"
	}
	files, err := fs.Sub(migrations, "migrations/"+engine+"/"+part)
	if err != nil {
		return err
	}
	if dialect == goose.DialectPostgres {
		// Two processes that start together must not migrate at once; the lock ends with the connection.
		c, err := db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("PostgreSQL tidak menjawab: periksa 'database' pada konfigurasi dan servernya: %w", err)
		}
		defer c.Close()
		const lock = 470_111
		if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
			return fmt.Errorf("lock migrations: %w", err)
		}
		defer c.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lock)
	}
	s := schema.Schema{DB: db, Dialect: dialect, Files: files, Table: tableOf(part), Name: name}
	if create {
		return s.Create(ctx)
	}
	return s.Upgrade(ctx)
}
