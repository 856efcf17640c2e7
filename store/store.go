// Package store keeps everything in SQLite or PostgreSQL, with the same queries on both; nothing else speaks SQL. What a method has written when it
// returns nil survives a crash of the machine. A Store is safe for concurrent use, on PostgreSQL also by several processes.
//
// On SQLite the population lies in a file of its own: it is a copy of SIAK that can be imported anew, its long imports do not hold up a record,
// and the records' commits do not empty its page cache.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // driver "sqlite"

	"gapura/access/access"
	"gapura/internal/keyring"
	"gapura/store/sqldb"
)

//go:embed migrations
var migrations embed.FS

// A Store is one installation's data.
type Store struct {
	main, mainRead, people *database
	peopleRead             *database  // SQLite only
	snapshots              *snapshots // SQLite only
	postgres               bool
	archives               string // folder of the journal's archives; empty: none
	append                 sqldb.Append
	treeless               bool // set by a benchmark alone, to measure what the tree costs

	nikSeal, personSeal    *keyring.Sealer
	formSeal, fileSeal     *keyring.Sealer
	balikanSeal, decoySeal *keyring.Sealer
	incidentSeal           *keyring.Sealer
	reportSeal             *keyring.Sealer
	nikIndex, personIndex  *keyring.Indexer

	// seen is the rights version that this process last read, seenAt when (Unix nanoseconds). A decision taken on an old one is caught in the
	// record's transaction; refreshing it once a second only keeps pages fresh.
	seen, seenAt atomic.Int64

	everyone atomic.Pointer[everyone] // all agencies, as of one version
	wire     atomic.Pointer[profiles] // of the legacy wire, as of one version

	mu        sync.Mutex
	standings map[int64]*access.Standing // guarded by mu; all of one version
	version   int64                      // guarded by mu: of standings

	stop chan struct{}
	done sync.WaitGroup
}

// Options say where the data is.
type Options struct {
	URL  string // "postgres://…", or the path of the SQLite file
	Keys *keyring.Ring
	// Archives is the folder of the journal's archives, shared by all processes; empty: there are none.
	Archives string
}

// Open opens or creates the database and brings its schema up to date.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{archives: o.Archives, standings: map[int64]*access.Standing{}, stop: make(chan struct{})}
	var err error
	if s.nikSeal, err = o.Keys.Sealer("journal nik"); err != nil {
		return nil, err
	}
	if s.personSeal, err = o.Keys.Sealer("population"); err != nil {
		return nil, err
	}
	if s.formSeal, err = o.Keys.Sealer("case fields"); err != nil {
		return nil, err
	}
	if s.fileSeal, err = o.Keys.Sealer("files"); err != nil {
		return nil, err
	}
	if s.balikanSeal, err = o.Keys.Sealer("balikan"); err != nil {
		return nil, err
	}
	if s.decoySeal, err = o.Keys.Sealer("decoys"); err != nil {
		return nil, err
	}
	if s.incidentSeal, err = o.Keys.Sealer("incidents"); err != nil {
		return nil, err
	}
	if s.reportSeal, err = o.Keys.Sealer("reports"); err != nil {
		return nil, err
	}
	if s.nikIndex, err = o.Keys.Indexer("journal nik"); err != nil {
		return nil, err
	}
	if s.personIndex, err = o.Keys.Indexer("population"); err != nil {
		return nil, err
	}
	if strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://") {
		err = s.openPostgres(ctx, o.URL)
	} else {
		err = s.openSQLite(ctx, o.URL)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	s.append = sqldb.NewAppend(s.postgres)
	return s, nil
}

func (s *Store) openPostgres(ctx context.Context, dsn string) error {
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

// Every commit of the journal must survive a power cut: synchronous=FULL in WAL mode syncs on each commit. Checkpoints run in a goroutine of
// their own, so that no lookup waits for one.
const sqlitePragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
	"&_pragma=wal_autocheckpoint(0)&_pragma=cache_size(-8192)"

const checkpointEvery = time.Second

// readers is the number of connections that read from a SQLite file.
const readers = 4

func (s *Store) openSQLite(ctx context.Context, path string) error {
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

// Close ends the store; the journal's writer must have ended before.
func (s *Store) Close() error {
	close(s.stop)
	s.done.Wait()
	if s.snapshots != nil {
		s.snapshots.close()
	}
	var errs []error
	for _, d := range []*database{s.main, s.mainRead, s.people, s.peopleRead} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	return errors.Join(errs...)
}

// Ready reports whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	if _, err := s.mainRead.q.RightsVersion(ctx); err != nil {
		return fmt.Errorf("database does not answer: %w", err)
	}
	return nil
}

// A database is a connection pool whose statements are prepared once, which sqlc's queries run on.
type database struct {
	db    *sql.DB
	q     *sqldb.Queries
	stmts sync.Map // query text → *sql.Stmt
}

func newDatabase(db *sql.DB) *database {
	d := &database{db: db}
	d.q = sqldb.New(d)
	return d
}

func (d *database) Close() error {
	d.stmts.Range(func(_, st any) bool { st.(*sql.Stmt).Close(); return true })
	return d.db.Close()
}

// PrepareContext prepares a query once for the pool.
func (d *database) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := d.stmts.Load(query); ok {
		return st.(*sql.Stmt), nil
	}
	st, err := d.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if old, loaded := d.stmts.LoadOrStore(query, st); loaded {
		st.Close()
		st = old.(*sql.Stmt)
	}
	return st, nil
}

func (d *database) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := d.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (d *database) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := d.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (d *database) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := d.PrepareContext(ctx, query)
	if err != nil {
		return d.db.QueryRowContext(ctx, query, args...) // carries the error to Scan
	}
	return st.QueryRowContext(ctx, args...)
}

// tx runs fn in one transaction and commits it. committed is false when the commit itself failed, so that its outcome is not known.
func (d *database) tx(ctx context.Context, fn func(q *sqldb.Queries) error) error {
	t, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(sqldb.New(&txDB{d, t, map[string]*sql.Stmt{}})); err != nil {
		return errors.Join(err, rollback(t))
	}
	if err := t.Commit(); err != nil {
		return &commitError{err}
	}
	return nil
}

func rollback(t *sql.Tx) error {
	if err := t.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// A commitError is a commit that did not succeed; on a network it may have happened all the same.
type commitError struct{ err error }

func (e *commitError) Error() string { return "commit: " + e.err.Error() }
func (e *commitError) Unwrap() error { return e.err }

// txDB runs the pool's prepared statements inside a transaction.
type txDB struct {
	d     *database
	t     *sql.Tx
	bound map[string]*sql.Stmt
}

// stmt is the pool's prepared statement bound to the transaction, once for all its runs; nil when the pool has none.
func (x *txDB) stmt(ctx context.Context, query string) *sql.Stmt {
	if st, ok := x.bound[query]; ok {
		return st
	}
	var st *sql.Stmt
	if pooled, ok := x.d.stmts.Load(query); ok {
		st = x.t.StmtContext(ctx, pooled.(*sql.Stmt))
	}
	x.bound[query] = st
	return st
}

func (x *txDB) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	// On SQLite the pool's only connection is this transaction's: prepare on it.
	return x.t.PrepareContext(ctx, query)
}

func (x *txDB) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if st := x.stmt(ctx, query); st != nil {
		return st.ExecContext(ctx, args...)
	}
	return x.t.ExecContext(ctx, query, args...)
}

func (x *txDB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if st := x.stmt(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return x.t.QueryContext(ctx, query, args...)
}

func (x *txDB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if st := x.stmt(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return x.t.QueryRowContext(ctx, query, args...)
}
