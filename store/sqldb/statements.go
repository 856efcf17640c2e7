package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// FindResident is the query of a lookup, to be prepared before a transaction begins.
const FindResident = resident

// recordColumns is the count of columns that insertRecord fills.
const recordColumns = 24

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
		b.WriteString(head + "VALUES (")
		marks(&b, rows*columns, columns, postgres)
		out = append(out, b.String()+tail)
	}
	return out
}

// marks writes the marks of values, in brackets of so many, behind the first bracket.
func marks(b *strings.Builder, values, inBrackets int, postgres bool) {
	for i := range values {
		switch {
		case i == 0:
		case i%inBrackets == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		if postgres {
			fmt.Fprintf(b, "$%d", i+1)
		} else {
			b.WriteByte('?')
		}
	}
	b.WriteByte(')')
}

// InsertRecords inserts records in their order.
func (a Append) InsertRecords(ctx context.Context, q *Queries, records []InsertRecordParams) error {
	return inRows(a.inserts, records, func(query string, part []InsertRecordParams) error {
		args := make([]any, 0, len(part)*recordColumns)
		for _, r := range part {
			args = again(args, r.AgencyID)
			args = append(args, r.Seq, r.AtUs)
			args = again(args, r.Act)
			args = again(args, r.UserID)
			args = again(args, r.AgreementID)
			args = again(args, r.Basis)
			args = again(args, r.Method)
			args = again(args, r.Purpose)
			args = append(args, r.Reference)
			args = again(args, r.Address)
			args = append(args, r.NikSealed, r.NikIndex)
			args = again(args, r.Outcome)
			args = append(args, r.Hit)
			args = again(args, r.Elements)
			args = append(args, r.NikCommitment, r.Leaf)
			args = again(args, r.ApplicationID)
			args = again(args, r.Reader)
			args = append(args, r.ReadUs)
			args = again(args, r.Period)
			args = append(args, r.TextSealed, r.TextCommitment)
		}
		_, err := q.db.ExecContext(ctx, query, args...)
		return err
	})
}

// again appends a value, as the one of the record before where that is the same: each value in an any is an allocation.
func again[T comparable](args []any, v T) []any {
	if before := len(args) - recordColumns; before >= 0 && args[before] == any(v) {
		return append(args, args[before])
	}
	return append(args, v)
}

// residentColumns is the count of columns that putResident fills.
const residentColumns = 4

// A Take is the queries by which a full set is taken in, each of 1, 2, 4, … rows.
type Take struct{ arrive, digests, put []string }

// NewTake makes the queries.
func NewTake(postgres bool) Take {
	const most = 256
	puts := most
	if !postgres {
		// SQLite keeps the pages that one statement changes until its end, those of more than 64 kB in a file of their own.
		puts = 16
	}
	t := Take{arrive: ofRows(arrive, 1, most, postgres), put: ofRows(putResident, residentColumns, puts, postgres)}
	head, ok := strings.CutSuffix(strings.TrimSpace(residentDigest), "= $1")
	if !ok {
		panic("sqldb: residentDigest has changed")
	}
	for rows := 1; rows <= most; rows *= 2 {
		var b strings.Builder
		b.WriteString(head + "IN (")
		marks(&b, rows, rows, postgres)
		t.digests = append(t.digests, b.String())
	}
	return t
}

// Arrive notes places and returns those that were not noted before.
func (t Take) Arrive(ctx context.Context, q *Queries, places []int64) (fresh []int64, err error) {
	err = inRows(t.arrive, places, func(query string, part []int64) error {
		return scan(ctx, q, query, anys(part), func(rows *sql.Rows) error {
			var place int64
			err := rows.Scan(&place)
			fresh = append(fresh, place)
			return err
		})
	})
	return fresh, err
}

// Digests are those of the residents that there are, by place.
func (t Take) Digests(ctx context.Context, q *Queries, places []int64) (map[int64]ResidentDigestRow, error) {
	out := make(map[int64]ResidentDigestRow, len(places))
	err := inRows(t.digests, places, func(query string, part []int64) error {
		return scan(ctx, q, query, anys(part), func(rows *sql.Rows) error {
			var r ResidentDigestRow
			err := rows.Scan(&r.Place, &r.NikIndex, &r.Digest)
			out[r.Place] = r
			return err
		})
	})
	return out, err
}

// Put writes residents, each place once.
func (t Take) Put(ctx context.Context, q *Queries, residents []PutResidentParams) error {
	return inRows(t.put, residents, func(query string, part []PutResidentParams) error {
		args := make([]any, 0, len(part)*residentColumns)
		for _, r := range part {
			args = append(args, r.Place, r.NikIndex, r.Sealed, r.Digest)
		}
		_, err := q.db.ExecContext(ctx, query, args...)
		return err
	})
}

// inRows cuts a list into parts for which there are queries, queries[i] of 1<<i rows.
func inRows[T any](queries []string, list []T, do func(query string, part []T) error) error {
	for size := len(queries) - 1; len(list) > 0; {
		n := 1 << size
		if n > len(list) {
			size--
			continue
		}
		if err := do(queries[size], list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

func anys(places []int64) []any {
	out := make([]any, len(places))
	for i, p := range places {
		out[i] = p
	}
	return out
}

func scan(ctx context.Context, q *Queries, query string, args []any, row func(*sql.Rows) error) error {
	rows, err := q.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := row(rows); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// The counts of columns that insertUse and insertExpectation fill.
const (
	useColumns         = 4
	expectationColumns = 13
)

// A Derive is the queries by which a step behind the log is taken in, each of 1, 2, 4, … rows.
type Derive struct{ uses, expectations, persons []string }

// NewDerive makes the queries.
func NewDerive(postgres bool) Derive {
	const most = 256
	d := Derive{uses: ofRows(insertUse, useColumns, most, postgres), expectations: ofRows(insertExpectation, expectationColumns, 64,
		postgres)}
	head, tail, ok := strings.Cut(expectationsOf, "= $1 AND agency_id = $2")
	if !ok {
		panic("sqldb: expectationsOf has changed")
	}
	if !postgres { // which believes that an agency has ten of them, and would read all that it has
		head = strings.Replace(head, " FROM expectations ", " FROM expectations INDEXED BY expectations_of_person ", 1)
	}
	for rows := 1; rows <= most; rows *= 2 {
		var b strings.Builder
		b.WriteString(head + "IN (")
		marks(&b, rows, rows, postgres)
		if postgres {
			fmt.Fprintf(&b, " AND agency_id = $%d", rows+1)
		} else {
			b.WriteString(" AND agency_id = ?")
		}
		d.persons = append(d.persons, b.String()+tail)
	}
	return d
}

// InsertUses inserts uses in their order.
func (d Derive) InsertUses(ctx context.Context, q *Queries, uses []InsertUseParams) error {
	return inRows(d.uses, uses, func(query string, part []InsertUseParams) error {
		args := make([]any, 0, len(part)*useColumns)
		for _, u := range part {
			args = append(args, u.NikPlace, u.AgencyID, u.Seq, u.AtUs)
		}
		_, err := q.db.ExecContext(ctx, query, args...)
		return err
	})
}

// InsertExpectations inserts expectations, each place once.
func (d Derive) InsertExpectations(ctx context.Context, q *Queries, list []InsertExpectationParams) error {
	return inRows(d.expectations, list, func(query string, part []InsertExpectationParams) error {
		args := make([]any, 0, len(part)*expectationColumns)
		for _, e := range part {
			args = append(args, e.AgencyID, e.Seq, e.NikPlace, e.OpenedUs, e.DueUs, e.UserID, e.Reference, e.Month, e.State, e.ClosedUs,
				e.ClosedPlace, e.ClosedBy, e.Reason)
		}
		_, err := q.db.ExecContext(ctx, query, args...)
		return err
	})
}

// ExpectationsOf are all expectations of an agency for some persons.
func (d Derive) ExpectationsOf(ctx context.Context, q *Queries, agency int64, persons []int64) (out []Expectation, err error) {
	err = inRows(d.persons, persons, func(query string, part []int64) error {
		return scan(ctx, q, query, append(anys(part), agency), func(rows *sql.Rows) error {
			var e Expectation
			err := rows.Scan(&e.AgencyID, &e.Seq, &e.NikPlace, &e.OpenedUs, &e.DueUs, &e.UserID, &e.Reference, &e.Month, &e.State,
				&e.ClosedUs,
				&e.ClosedPlace, &e.ClosedBy, &e.Reason)
			out = append(out, e)
			return err
		})
	})
	return out, err
}
