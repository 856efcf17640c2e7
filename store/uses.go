package store

import (
	"context"
	"fmt"

	"gapura/access/access"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Uses is who asked for a NIK; it implements access.Uses.
type Uses struct{ db *DB }

// indexBatch is how many records one transaction of the index of uses takes: few, because records wait behind it.
const indexBatch = 500

// IndexUses takes the records that have come since into the index of uses.
func (s *Uses) IndexUses(ctx context.Context) error {
	logs, err := s.db.mainRead.q.LogsToIndex(ctx)
	if err != nil {
		return fmt.Errorf("read logs: %w", err)
	}
	for _, l := range logs {
		for from := l.Upto; from < l.Size; from += indexBatch {
			to := min(from+indexBatch, l.Size)
			err := s.db.main.tx(ctx, func(q *sqldb.Queries) error {
				if err := q.IndexUses(ctx, sqldb.IndexUsesParams{AgencyID: l.ID, Seq: from, Seq_2: to}); err != nil {
					return err
				}
				return q.SetIndexed(ctx, sqldb.SetIndexedParams{AgencyID: l.ID, Upto: to})
			})
			if err != nil {
				return fmt.Errorf("index uses of log %d: %w", l.ID, err)
			}
		}
	}
	return nil
}

// Uses implements access.Uses: it first takes in what has come since, so that nothing is missing.
func (s *Uses) Uses(ctx context.Context, w access.UsesQuery) ([]access.Use, int, error) {
	if err := s.IndexUses(ctx); err != nil {
		return nil, 0, err
	}
	p := sqldb.UsesParams{
		NikIndex: s.db.nikIndex.Index(w.NIK.Digits()), FromUs: micros(w.From), ToUs: 1 << 62, WithheldToo: w.Withheld,
		Today: dayText(w.Today), Skip: int32(w.Offset), Most: int32(w.Limit),
	}
	if !w.To.IsZero() {
		p.ToUs = micros(w.To)
	}
	total, err := s.db.mainRead.q.CountUses(ctx, sqldb.CountUsesParams{NikIndex: p.NikIndex, FromUs: p.FromUs, ToUs: p.ToUs,
		WithheldToo: p.WithheldToo, Today: p.Today})
	if err != nil {
		return nil, 0, fmt.Errorf("count uses: %w", err)
	}
	rows, err := s.db.mainRead.q.Uses(ctx, p)
	if err != nil {
		return nil, 0, fmt.Errorf("read uses: %w", err)
	}
	out := make([]access.Use, 0, len(rows))
	for _, r := range rows {
		rec, salt, err := s.db.Journal.recordAt(ctx, journal.ID{Log: r.AgencyID, Seq: r.Seq})
		if err != nil {
			return nil, 0, err
		}
		if rec.NIK != w.NIK {
			return nil, 0, fmt.Errorf("record %s: the index of uses does not fit", rec.ID)
		}
		out = append(out, access.Use{Record: rec, Salt: salt, Agency: r.AgencyName, Code: r.AgencyCode})
	}
	return out, int(total), nil
}

// withhold writes the effect that an order to withhold uses has; it keeps the NIK as its blind index only.
func (s *Rights) withhold(ctx context.Context, q *sqldb.Queries, e procedure.WithholdUses) error {
	i := e.Institution
	return q.InsertWithholding(ctx, sqldb.InsertWithholdingParams{
		AgencyID: i.ID, NikIndex: s.db.nikIndex.Index(e.NIK.Digits()), FromUs: micros(i.Zone.Begin(e.From)),
		ToUs: micros(i.Zone.Begin(e.To.AddDate(0, 0, 1))), Until: dayText(e.Until), OrderNumber: e.Order, Authority: e.Authority,
	})
}
