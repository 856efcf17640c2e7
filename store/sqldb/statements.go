package sqldb

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

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
	if !strings.HasSuffix(strings.TrimSpace(insertRecord), fmt.Sprintf("$%d)", recordColumns)) {
		panic("sqldb: insertRecord has changed")
	}
	return Append{inserts: ofRows(insertRecord, recordColumns, 64, postgres)}
}

// ofRows are statements of 1, 2, 4, … rows, of a query of one.
func ofRows(query string, columns, most int, postgres bool) (out []string) {
	head, tail, ok := strings.Cut(query, "VALUES")
	_, tail, ok2 := strings.Cut(tail, fmt.Sprintf("$%d)", columns))
	if !ok || !ok2 {
		panic("sqldb: a query of rows has changed")
	}
	for rows := 1; rows <= most; rows *= 2 {
		var b strings.Builder
		b.WriteString(head + "VALUES ")
		for i := range rows * columns {
			switch {
			case i == 0:
				b.WriteByte('(')
			case i%columns == 0:
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
		out = append(out, b.String()+")"+tail)
	}
	return out
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

// residentColumns is the count of columns that takeResident fills.
const residentColumns = 5

// A Take is the queries by which a full set is taken in.
type Take struct{ inserts []string }

// NewTake makes the queries.
func NewTake(postgres bool) Take { return Take{ofRows(takeResident, residentColumns, 128, postgres)} }

// Residents writes residents of a set, each place once, and returns those that it took; one that is missing is of this set already, or
// another resident has its place.
func (t Take) Residents(ctx context.Context, q *Queries, residents []TakeResidentParams) ([]TakeResidentRow, error) {
	out := make([]TakeResidentRow, 0, len(residents))
	for size := len(t.inserts) - 1; len(residents) > 0; {
		n := 1 << size
		if n > len(residents) {
			size--
			continue
		}
		args := make([]any, 0, n*residentColumns)
		for _, r := range residents[:n] {
			args = append(args, r.Place, r.NikIndex, r.Sealed, r.Digest, r.SetNo)
		}
		rows, err := q.db.QueryContext(ctx, t.inserts[size], args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var r TakeResidentRow
			if err := rows.Scan(&r.Place, &r.Change); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			out = append(out, r)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
		residents = residents[n:]
	}
	return out, nil
}
