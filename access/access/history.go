package access

import (
	"context"
	"time"

	"gapura/agreement/party"
	"gapura/journal/journal"
)

// A HistoryQuery selects records of one agency's log, newest first.
type HistoryQuery struct {
	Agency   int64
	User     int64     // 0: all users of the agency
	From, To time.Time // instants, To exclusive; zero: open
	Outcome  Code      // empty: all
	Figure   Figure    // empty: all
	Method   string    // empty: all
	Purpose  string    // empty: all; NoPurpose: those without
	Oldest   bool      // oldest first instead
	Offset   int
	Limit    int
}

// A HistoryRow is a record with the login of its user.
type HistoryRow struct {
	journal.Record
	Login string // of its user
	App   string // name of its application; empty: none
}

// A QuotaRow is an institution with its grant and today's hits, for the overview of both sides' administrators (C4).
type QuotaRow struct {
	Standing Standing // without User
	Left     Left
}

// History reads records. More is true when there are rows behind the last one.
type History interface {
	// Everyone are all agencies with their agreements, without users.
	Everyone(ctx context.Context) ([]Standing, error)
	Records(ctx context.Context, q HistoryQuery) (rows []HistoryRow, more bool, err error)
	Quotas(ctx context.Context, now time.Time) ([]QuotaRow, error)
	UserByLogin(ctx context.Context, login string) (party.User, bool, error)
}

// Nobody is whose record it is that has no user, as a change of a right.
const Nobody int64 = -1

// Whose is the user whose record a receipt proves, or Nobody; see Attempt.By.
func Whose(receipt []byte) int64 {
	if r, ok := journal.ReceiptRecord(receipt); ok && r.User != 0 {
		return r.User
	}
	return Nobody
}
