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
	p := sqldb.RecordsOfUserNewestParams{
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
	rows, err := s.records(ctx, p, q.Oldest)
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

// records reads rows of one user or, for user 0, of all.
func (s *Journal) records(ctx context.Context, p sqldb.RecordsOfUserNewestParams, oldest bool) ([]sqldb.RecordsNewestRow, error) {
	db := s.db.mainRead.q
	if p.UserID != 0 && oldest {
		rows, err := db.RecordsOfUserOldest(ctx, sqldb.RecordsOfUserOldestParams(p))
		return each(rows, func(r sqldb.RecordsOfUserOldestRow) sqldb.RecordsNewestRow { return sqldb.RecordsNewestRow(r) }), err
	}
	if p.UserID != 0 {
		rows, err := db.RecordsOfUserNewest(ctx, p)
		return each(rows, func(r sqldb.RecordsOfUserNewestRow) sqldb.RecordsNewestRow { return sqldb.RecordsNewestRow(r) }), err
	}
	all := sqldb.RecordsNewestParams{AgencyID: p.AgencyID, FromUs: p.FromUs, ToUs: p.ToUs,
		Outcome: p.Outcome, Acts: p.Acts, Outcomes: p.Outcomes, Charged: p.Charged, Method: p.Method, Purpose: p.Purpose, Skip: p.Skip,
		MaxRows: p.MaxRows}
	if oldest {
		rows, err := db.RecordsOldest(ctx, sqldb.RecordsOldestParams(all))
		return each(rows, func(r sqldb.RecordsOldestRow) sqldb.RecordsNewestRow { return sqldb.RecordsNewestRow(r) }), err
	}
	return db.RecordsNewest(ctx, all)
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
