package store

import (
	"context"
	"fmt"
	"time"

	"gapura/access/access"
	"gapura/journal/journal"
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
func (s *Store) Uses(ctx context.Context, w access.UsesQuery) ([]access.Use, int, error) {
	if err := s.IndexUses(ctx); err != nil {
		return nil, 0, err
	}
	p := sqldb.UsesParams{
		NikIndex: s.nikIndex.Index(w.NIK.Digits()), FromUs: micros(w.From), ToUs: 1 << 62, WithheldToo: w.Withheld, Today: dayText(w.Today), Skip: int32(w.Offset), Most: int32(w.Limit),
	}
	if !w.To.IsZero() {
		p.ToUs = micros(w.To)
	}
	total, err := s.mainRead.q.CountUses(ctx, sqldb.CountUsesParams{NikIndex: p.NikIndex, FromUs: p.FromUs, ToUs: p.ToUs, WithheldToo: p.WithheldToo, Today: p.Today})
	if err != nil {
		return nil, 0, fmt.Errorf("count uses: %w", err)
	}
	rows, err := s.mainRead.q.Uses(ctx, p)
	if err != nil {
		return nil, 0, fmt.Errorf("read uses: %w", err)
	}
	out := make([]access.Use, 0, len(rows))
	for _, r := range rows {
		rec, salt, err := s.recordAt(ctx, journal.ID{Log: r.AgencyID, Seq: r.Seq})
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

// recordAt reads a record with the salt of its commitment, from the database or the archive.
func (s *Store) recordAt(ctx context.Context, id journal.ID) (r journal.Record, salt journal.Salt, err error) {
	archive, err := s.archiveOf(ctx, id.Log)
	if err != nil {
		return r, salt, err
	}
	if id.Seq >= archive.Size() {
		p, err := s.mainRead.q.RecordAt(ctx, sqldb.RecordAtParams{AgencyID: id.Log, Seq: id.Seq})
		if err != nil {
			return r, salt, fmt.Errorf("read record %s: %w", id, err)
		}
		return s.openRecord(p)
	}
	var commitment *journal.Commitment
	err = archive.Leaves(id.Seq, id.Seq+1, func(entry []byte) (err error) {
		r, commitment, _, err = journal.DecodeRecord(entry)
		return err
	})
	if err != nil {
		return r, salt, err
	}
	sealed, err := archive.Sealed(id.Seq)
	if err != nil || sealed == nil {
		return r, salt, err
	}
	r.NIK, salt, err = s.openNIK(id, sealed, commitment)
	return r, salt, err
}

// ForgetNIKs destroys the salts and encrypted NIKs of an agency's records from before an instant, for good, with its record. The log goes on verifying: its leaves
// hold commitments, which nobody can open any more. Those in the archive go first: a run that was cut short is repeated.
func (s *Store) ForgetNIKs(ctx context.Context, c journal.Change, agency int64, before time.Time) (n int64, err error) {
	archive, err := s.archiveOf(ctx, agency)
	if err != nil {
		return 0, err
	}
	archived, err := archive.Forget(before)
	if err != nil {
		return 0, err
	}
	err = s.changes(ctx, func(q *sqldb.Queries) error {
		if err := q.ForgetUses(ctx, sqldb.ForgetUsesParams{AgencyID: agency, AtUs: micros(before)}); err != nil {
			return err
		}
		if n, err = q.ForgetNIKs(ctx, sqldb.ForgetNIKsParams{AgencyID: agency, AtUs: micros(before)}); err != nil {
			return err
		}
		n += archived
		c.Subject, c.After = "Jurnal", fmt.Sprintf("salt dan NIK tersandi dari %d catatan sebelum %s dimusnahkan", n, before.Format(time.DateOnly))
		return record(ctx, q, agency, c)
	})
	return n, err
}
