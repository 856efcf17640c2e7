package store

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// OfStorage reports whether an error says that the storage takes no more: a full, failing, unreachable or read-only disk. The next write
// would fail too.
func OfStorage(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
			return true
		}
		return false
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	// insufficient resources, system error, read-only transaction (PostgreSQL, appendix A)
	return ok && (strings.HasPrefix(e.Code, "53") || strings.HasPrefix(e.Code, "58") || e.Code == "25006")
}
