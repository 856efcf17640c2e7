package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// unheard is how long a connection to PostgreSQL may be dead before the system says so; a new one takes no longer either.
const unheard = 15 * time.Second

// errSilent says that PostgreSQL gave no sign of life when it was last asked for one.
var errSilent = errors.New("PostgreSQL does not answer")

// lines are a process's connections to PostgreSQL. A server that holds them and says nothing any more would be waited for without end: once
// it has not answered Reach they are all ended, and none is opened before it has answered again. Safe for concurrent use.
type lines struct {
	mu     sync.Mutex
	open   map[*line]struct{} // guarded by mu
	silent bool               // guarded by mu

	asking sync.Mutex
	probe  *pgx.Conn // guarded by asking; nil: none is open
	config *pgx.ConnConfig
}

func newLines(dsn string) (*lines, error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	c.DialFunc = dialing(c.ConnectTimeout)
	return &lines{open: map[*line]struct{}{}, config: c}, nil
}

// pool opens a pool of so many connections.
func (l *lines) pool(conns int) *database {
	c := l.config.Copy()
	dial := c.DialFunc
	c.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if l.isSilent() {
			return nil, &lineError{errSilent}
		}
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, &lineError{err}
		}
		return l.add(conn)
	}
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return newDatabase(db)
}

// dialing opens a connection whose end, or whose other end's, is noticed.
func dialing(timeout time.Duration) pgconn.DialFunc {
	if timeout == 0 {
		timeout = unheard
	}
	d := net.Dialer{Timeout: timeout, Control: endUnheard,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: unheard, Interval: unheard / 3, Count: 3}}
	return d.DialContext
}

func (l *lines) isSilent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.silent
}

func (l *lines) add(conn net.Conn) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.silent {
		return nil, errors.Join(&lineError{errSilent}, conn.Close())
	}
	x := &line{conn, l}
	l.open[x] = struct{}{}
	return x, nil
}

// end ends all connections.
func (l *lines) end() {
	l.mu.Lock()
	l.silent = true
	all := make([]net.Conn, 0, len(l.open))
	for x := range l.open {
		all = append(all, x.Conn)
	}
	l.mu.Unlock()
	for _, c := range all {
		_ = c.Close() // whoever waits on it has an error now, and removes it
	}
}

// reach asks for a sign of life, on a connection of its own. An error that the server sends is one.
func (l *lines) reach(ctx context.Context) (err error) {
	l.asking.Lock()
	defer l.asking.Unlock()
	if l.probe == nil {
		l.probe, err = pgx.ConnectConfig(ctx, l.config)
	}
	if err == nil {
		if err = l.probe.Ping(ctx); err != nil {
			l.hangUp()
		}
	}
	if _, answered := errors.AsType[*pgconn.PgError](err); err == nil || answered {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.silent = false
		return nil
	}
	l.end()
	return fmt.Errorf("%w: %w", errSilent, err)
}

// hangUp ends the connection by which signs of life are asked for. asking is held.
func (l *lines) hangUp() {
	if l.probe != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = l.probe.Close(ctx)
		l.probe = nil
	}
}

func (l *lines) close() {
	l.asking.Lock()
	defer l.asking.Unlock()
	l.hangUp()
}

// A line is a connection whose errors are known as such.
type line struct {
	net.Conn
	of *lines
}

func (x *line) Read(b []byte) (int, error) {
	n, err := x.Conn.Read(b)
	return n, lineErr(err)
}

func (x *line) Write(b []byte) (int, error) {
	n, err := x.Conn.Write(b)
	return n, lineErr(err)
}

func (x *line) Close() error {
	x.of.mu.Lock()
	delete(x.of.open, x)
	x.of.mu.Unlock()
	return x.Conn.Close()
}

// A lineError is what went wrong between this process and PostgreSQL.
type lineError struct{ err error }

func (e *lineError) Error() string { return e.err.Error() }
func (e *lineError) Unwrap() error { return e.err }

func lineErr(err error) error {
	if err == nil {
		return nil
	}
	return &lineError{err}
}

// Reach asks PostgreSQL for a sign of life, for as long as ctx lasts. When none comes, everybody who waits for it has an error at once, and
// so has whoever comes, until a later Reach is answered. A file on SQLite is there: nil.
func (s *DB) Reach(ctx context.Context) error {
	if s.lines == nil {
		return nil
	}
	return s.lines.reach(ctx)
}

// openPool opens a pool of connections to PostgreSQL that is closed soon.
func openPool(dsn string, conns int) (*database, error) {
	if err := private(dsn); err != nil {
		return nil, err
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, fmt.Errorf("open PostgreSQL: %w", err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return newDatabase(db), nil
}
