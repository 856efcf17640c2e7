package store

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// Records implements access.History.
func (s *Journal) Records(ctx context.Context, q access.HistoryQuery) ([]access.HistoryRow, bool, error) {
	p := sqldb.RecordsNewestParams{
		AgencyID: q.Agency, UserID: q.User, FromUs: micros(q.From), ToUs: math.MaxInt64, Outcome: string(q.Outcome), Method: q.Method,
		Purpose: q.Purpose,
		Skip:    int32(q.Offset), MaxRows: int32(q.Limit) + 1,
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
		oldest, err = s.db.mainRead.q.RecordsOldest(ctx, sqldb.RecordsOldestParams(p))
		for _, r := range oldest {
			rows = append(rows, sqldb.RecordsNewestRow(r))
		}
	} else {
		rows, err = s.db.mainRead.q.RecordsNewest(ctx, p)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read records of log %d: %w", q.Agency, err)
	}
	more := len(rows) > q.Limit
	if more {
		rows = rows[:q.Limit]
	}
	apps, err := s.db.Rights.Applications(ctx, q.Agency)
	if err != nil {
		return nil, false, err
	}
	out := make([]access.HistoryRow, 0, len(rows))
	for _, r := range rows {
		rec, _, err := s.openRecord(ctx, r.Record)
		if err != nil {
			return nil, false, err
		}
		out = append(out, access.HistoryRow{Record: rec, Login: r.Login, App: appName(rec, apps)})
	}
	return out, more, nil
}

// appName is the application of a record's access; empty: it has none.
func appName(r journal.Record, apps []party.App) string {
	if r.Application == 0 {
		if r.Method == agreement.Portal {
			return party.Portal(0).Name
		}
		return ""
	}
	i := slices.IndexFunc(apps, func(a party.App) bool { return a.ID == r.Application })
	if i < 0 {
		return ""
	}
	return apps[i].Name
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

// Changes returns up to most changes of rights in a log before a place in it, newest first (K5). Before 0 begins at the newest.
func (s *Journal) Changes(ctx context.Context, agency, before int64, most int) ([]journal.Change, error) {
	if before <= 0 {
		before = 1 << 62
	}
	rows, err := s.db.mainRead.q.ChangesBefore(ctx, sqldb.ChangesBeforeParams{AgencyID: agency, Seq: before, Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read changes of log %d: %w", agency, err)
	}
	return eachRead(rows, func(r sqldb.ChangesBeforeRow) (journal.Change, error) {
		x, _, err := s.openChange(ctx, r.Change)
		x.ByName = r.ByName
		return x, err
	})
}

// recordAt reads a record with the salt of its commitment, from the database or the archive.
func (s *Journal) recordAt(ctx context.Context, id journal.ID) (r journal.Record, salt journal.Salt, err error) {
	archive, err := s.archiveOf(ctx, id.Log)
	if err != nil {
		return r, salt, err
	}
	if id.Seq >= archive.Size() {
		p, err := s.db.mainRead.q.RecordAt(ctx, sqldb.RecordAtParams{AgencyID: id.Log, Seq: id.Seq})
		if err != nil {
			return r, salt, fmt.Errorf("read record %s: %w", id, err)
		}
		return s.openRecord(ctx, p)
	}
	var closed journal.Closed
	err = archive.Leaves(id.Seq, id.Seq+1, func(entry []byte) (err error) {
		r, closed, _, err = journal.DecodeRecord(entry)
		return err
	})
	if err != nil {
		return r, salt, err
	}
	sealed, err := archive.Sealed(id.Seq)
	if err != nil {
		return r, salt, err
	}
	salt, err = s.openParts(ctx, &r, sealed, closed)
	return r, salt, err
}
