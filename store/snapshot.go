package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"gapura/store/sqldb"
)

// snapshotAge is how long a read transaction on the residents serves.
const snapshotAge = time.Second

// snapshots are read transactions on SQLite's residents that many lookups share one after the other, because taking and leaving the file's
// locks costs as much as finding the row.
type snapshots struct {
	db   *database
	free chan *snapshot
	// least is the newest set that an answer of any process is known to rest on; one of an older set is renewed before it serves.
	least atomic.Int64
}

// atLeast makes snapshots of sets before n serve no more.
func (s *snapshots) atLeast(n int64) {
	for {
		old := s.least.Load()
		if old >= n || s.least.CompareAndSwap(old, n) {
			return
		}
	}
}

// errOldSet is a file of residents that is older than what was answered: put back from a backup, or another's.
var errOldSet = errors.New("the residents are older than answers that were given: import them anew")

// A snapshot is a connection with a read transaction of its own. It is begun by hand, because each row read in a sql.Tx starts a goroutine.
type snapshot struct {
	conn  *sql.Conn
	find  driver.Stmt
	open  bool
	since time.Time
	set   sqldb.CurrentSetRow // that it reads
}

func newSnapshots(db *database, n int) *snapshots {
	s := &snapshots{db: db, free: make(chan *snapshot, n)}
	for range n {
		s.free <- &snapshot{}
	}
	return s
}

// resident reads a row, empty when there is none, with its set. A read of a few pages is not given up half-way when the caller leaves: a
// goroutine that waits for that costs more than the read.
func (s *snapshots) resident(ctx context.Context, place int64) (sqldb.ResidentNowRow, error) {
	var t *snapshot
	select {
	case t = <-s.free:
	case <-ctx.Done():
		return sqldb.ResidentNowRow{}, ctx.Err()
	}
	defer func() { s.free <- t }()
	ctx = context.WithoutCancel(ctx)
	least := s.least.Load()
	if time.Since(t.since) > snapshotAge || t.set.SetNo < least {
		t.end()
	}
	var row sqldb.ResidentNowRow
	if !t.open {
		if err := s.begin(ctx, t); err != nil {
			return row, err
		}
	}
	if t.set.SetNo < least {
		return row, errOldSet
	}
	row.SetNo, row.AsOf = t.set.SetNo, t.set.AsOf
	err := t.read(ctx, place, &row)
	if err != nil {
		t.end()
	}
	return row, err
}

// read reads a row by the driver: database/sql makes as many objects around one as the rest of finding a resident takes.
func (t *snapshot) read(ctx context.Context, place int64, row *sqldb.ResidentNowRow) error {
	return t.conn.Raw(func(any) error {
		rows, err := t.find.(driver.StmtQueryContext).QueryContext(ctx, []driver.NamedValue{{Ordinal: 1, Value: place}})
		if err != nil {
			return err
		}
		var columns [2]driver.Value
		switch err := rows.Next(columns[:]); {
		case err == nil:
			row.NikIndex, _ = columns[0].([]byte)
			row.Sealed, _ = columns[1].([]byte)
		case !errors.Is(err, io.EOF):
			return errors.Join(err, rows.Close())
		}
		return rows.Close()
	})
}

// connect begins each, so that its connection is there.
func (s *snapshots) connect(ctx context.Context) (err error) {
	for range cap(s.free) {
		t := <-s.free
		if !t.open {
			err = errors.Join(err, s.begin(ctx, t))
		}
		s.free <- t
	}
	return err
}

func (s *snapshots) begin(ctx context.Context, t *snapshot) (err error) {
	if t.conn == nil {
		if t.conn, err = s.db.db.Conn(ctx); err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		err = t.conn.Raw(func(c any) (err error) {
			t.find, err = c.(driver.ConnPrepareContext).PrepareContext(ctx, sqldb.FindResident)
			return err
		})
		if err != nil {
			t.close()
			return fmt.Errorf("prepare: %w", err)
		}
	}
	t.since = time.Now()
	if _, err = t.conn.ExecContext(ctx, "BEGIN"); err != nil {
		t.close()
		return fmt.Errorf("begin: %w", err)
	}
	t.open = true
	if t.set, err = sqldb.New(t.conn).CurrentSet(ctx); err != nil {
		t.end()
		return fmt.Errorf("read set of residents: %w", err)
	}
	return nil
}

// end leaves the transaction; it has written nothing, so there is nothing to lose. A connection that fails is replaced.
func (t *snapshot) end() {
	if !t.open {
		return
	}
	t.open = false
	if _, err := t.conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
		t.close()
	}
}

// close gives the connection up; nobody else shall find it inside a transaction.
func (t *snapshot) close() {
	if t.conn != nil {
		_ = t.conn.Raw(func(any) error { return driver.ErrBadConn })
		_ = t.conn.Close()
		t.conn, t.find = nil, nil
	}
}

// refresh ends those that nobody uses and that are old, so that the write-ahead log of an import can be taken over into the file.
func (s *snapshots) refresh() {
	for range cap(s.free) {
		select {
		case t := <-s.free:
			if time.Since(t.since) > snapshotAge {
				t.end()
			}
			s.free <- t
		default:
			return
		}
	}
}

// close waits for each and ends it.
func (s *snapshots) close() {
	for range cap(s.free) {
		t := <-s.free
		t.end()
		t.close()
	}
}
