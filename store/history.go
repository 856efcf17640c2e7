package store

import (
	"context"
	"fmt"
	"math"

	"gapura/access/access"
	"gapura/store/sqldb"
)

// Records implements access.History.
func (s *Store) Records(ctx context.Context, q access.HistoryQuery) ([]access.HistoryRow, bool, error) {
	p := sqldb.RecordsNewestParams{
		AgencyID: q.Agency, UserID: q.User, FromUs: micros(q.From), ToUs: math.MaxInt64, Outcome: string(q.Outcome), Method: q.Method, Purpose: q.Purpose,
		Skip: int32(q.Offset), MaxRows: int32(q.Limit) + 1,
	}
	if p.Acts, p.Outcomes = list(q.Figure.Acts()), list(q.Figure.Outcomes()); q.Figure == access.Charged {
		p.Charged = 1
	}
	if !q.To.IsZero() {
		p.ToUs = micros(q.To)
	}
	var rows []sqldb.RecordsNewestRow
	var err error
	if q.Oldest {
		var oldest []sqldb.RecordsOldestRow
		oldest, err = s.mainRead.q.RecordsOldest(ctx, sqldb.RecordsOldestParams(p))
		for _, r := range oldest {
			rows = append(rows, sqldb.RecordsNewestRow(r))
		}
	} else {
		rows, err = s.mainRead.q.RecordsNewest(ctx, p)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read records of log %d: %w", q.Agency, err)
	}
	more := len(rows) > q.Limit
	if more {
		rows = rows[:q.Limit]
	}
	out := make([]access.HistoryRow, 0, len(rows))
	for _, r := range rows {
		rec, _, err := s.openRecord(r.Record)
		if err != nil {
			return nil, false, err
		}
		out = append(out, access.HistoryRow{Record: rec, Login: r.Login})
	}
	return out, more, nil
}

// list is how the queries take a set of texts: each between commas, empty for all.
func list[T ~string](of []T) string {
	out := ""
	for _, x := range of {
		out += "," + string(x)
	}
	if out != "" {
		out += ","
	}
	return out
}
