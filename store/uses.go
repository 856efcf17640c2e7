package store

import (
	"context"
	"fmt"
	"time"

	"gapura/access"
	"gapura/journal"
	"gapura/nik"
	"gapura/store/sqldb"
)

// indexBatch is how many records one transaction of the index of uses takes: few, because records wait behind it.
const indexBatch = 500

// IndexUses takes the records that have come since into the index of uses.
func (s *Store) IndexUses(ctx context.Context) error {
	logs, err := s.mainRead.q.LogsToIndex(ctx)
	if err != nil {
		return fmt.Errorf("read logs: %w", err)
	}
	for _, l := range logs {
		for from := l.Upto; from < l.Size; from += indexBatch {
			to := min(from+indexBatch, l.Size)
			err := s.main.tx(ctx, func(q *sqldb.Queries) error {
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
func (s *Store) Uses(ctx context.Context, n nik.NIK, offset, limit int) ([]access.Use, int, error) {
	if err := s.IndexUses(ctx); err != nil {
		return nil, 0, err
	}
	index := s.nikIndex.Index(n.Digits())
	total, err := s.mainRead.q.CountUses(ctx, index)
	if err != nil {
		return nil, 0, fmt.Errorf("count uses: %w", err)
	}
	rows, err := s.mainRead.q.Uses(ctx, sqldb.UsesParams{NikIndex: index, Limit: int32(limit), Offset: int32(offset)})
	if err != nil {
		return nil, 0, fmt.Errorf("read uses: %w", err)
	}
	out := make([]access.Use, 0, len(rows))
	for _, r := range rows {
		rec, err := s.openRecord(r.Record)
		if err != nil {
			return nil, 0, err
		}
		if rec.NIK != n {
			return nil, 0, fmt.Errorf("record %s: the index of uses does not fit", rec.ID)
		}
		out = append(out, access.Use{Record: rec, Agency: r.AgencyName, Code: r.AgencyCode})
	}
	return out, int(total), nil
}

// ForgetNIKs destroys the salts and encrypted NIKs of an agency's records from before an instant, for good, with its record. The log goes on verifying: its leaves
// hold commitments, which nobody can open any more.
func (s *Store) ForgetNIKs(ctx context.Context, c journal.Change, agency int64, before time.Time) (n int64, err error) {
	err = s.changes(ctx, func(q *sqldb.Queries) error {
		if err := q.ForgetUses(ctx, sqldb.ForgetUsesParams{AgencyID: agency, AtUs: micros(before)}); err != nil {
			return err
		}
		if n, err = q.ForgetNIKs(ctx, sqldb.ForgetNIKsParams{AgencyID: agency, AtUs: micros(before)}); err != nil {
			return err
		}
		c.Subject, c.After = "Jurnal", fmt.Sprintf("salt dan NIK tersandi dari %d catatan sebelum %s dimusnahkan", n, before.Format(time.DateOnly))
		return record(ctx, q, agency, c)
	})
	return n, err
}
