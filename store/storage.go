package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// OfStorage reports whether an error says that the storage is ill: a full, failing, unreachable or read-only disk, no file descriptor left,
// a server that ends or begins. The next one who asks would fail too.
func OfStorage(err error) bool {
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return true
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
			return true
		}
		return false
	}
	if _, ok := errors.AsType[*lineError](err); ok || errors.Is(err, driver.ErrBadConn) {
		return true
	}
	// a connection that was found closed; a caller who left before anything was sent is no illness
	if pgconn.SafeToRetry(err) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	// insufficient resources, system error, connection, shutdown and start, read-only transaction (PostgreSQL, appendix A)
	return ok && (e.Code == "25006" || slices.ContainsFunc([]string{"53", "58", "08", "57P"}, func(class string) bool {
		return strings.HasPrefix(e.Code, class)
	}))
}
