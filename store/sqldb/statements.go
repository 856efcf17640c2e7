package sqldb

import (
	"context"
	"fmt"
	"strings"
)

// PutResident is the query of an import, to be prepared before its transaction begins.
const PutResident = putResident

// FindResident is the query of a lookup, to be prepared before a transaction begins.
const FindResident = resident

// recordColumns is the count of columns that insertRecord fills.
const recordColumns = 21

// An Append is the queries of the journal's transaction.
type Append struct {
	inserts []string // inserts[i] takes 1<<i records: a batch takes few statements, and few statements are prepared
}

// NewAppend makes the queries. sqlc has no insert of many rows that runs on both engines,
// so rows are put behind its query. SQLite's driver looks each
// numbered parameter up by its name, in a time that grows with the square of their count; unnumbered ones have no name.
func NewAppend(postgres bool) Append {
	head, _, ok := strings.Cut(insertRecord, "VALUES")
	if !ok || !strings.HasSuffix(strings.TrimSpace(insertRecord), fmt.Sprintf("$%d)", recordColumns)) {
		panic("sqldb: insertRecord has changed")
	}
	var a Append
	for rows := 1; rows <= 64; rows *= 2 {
		var b strings.Builder
		b.WriteString(head + "VALUES ")
		for i := range rows * recordColumns {
			switch {
			case i == 0:
				b.WriteByte('(')
			case i%recordColumns == 0:
				b.WriteString("), (")
			default:
				b.WriteString(", ")
			}
			if postgres {
				fmt.Fprintf(&b, "$%d", i+1)
			} else {
				b.WriteByte('?')
			}
		}
		a.inserts = append(a.inserts, b.String()+")")
	}
	return a
}

// InsertRecords inserts records in their order.
func (a Append) InsertRecords(ctx context.Context, q *Queries, records []InsertRecordParams) error {
	for size := len(a.inserts) - 1; len(records) > 0; {
		rows := 1 << size
		if rows > len(records) {
			size--
			continue
		}
		args := make([]any, 0, rows*recordColumns)
		for _, r := range records[:rows] {
			args = append(args, r.AgencyID, r.Seq, r.AtUs, r.Act, r.UserID, r.AgreementID, r.Basis,
				r.Method, r.Purpose, r.Reference, r.Address,
				r.NikSealed, r.NikIndex, r.Outcome, r.Hit, r.Elements, r.NikCommitment, r.Leaf,
				r.ApplicationID, r.Reader, r.ReadUs)
		}
		if _, err := q.db.ExecContext(ctx, a.inserts[size], args...); err != nil {
			return err
		}
		records = records[rows:]
	}
	return nil
}
