package store

import (
	"context"
	"fmt"
	"time"

	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// change runs fn, records the change of a right in the agency's log and moves the rights version on, all in one transaction.
func (s *DB) change(ctx context.Context, agency int64, c journal.Change, fn func(q *sqldb.Queries) error) error {
	return s.changes(ctx, func(q *sqldb.Queries) error {
		if err := fn(q); err != nil {
			return err
		}
		return s.record(ctx, q, agency, c)
	})
}

// changes runs fn in a transaction that moves the rights version on; fn records each change.
func (s *DB) changes(ctx context.Context, fn func(q *sqldb.Queries) error) error {
	var version int64
	err := s.main.tx(ctx, func(q *sqldb.Queries) error {
		var err error
		// First, so that on PostgreSQL changes of rights come one after another.
		if version, err = q.BumpRights(ctx); err != nil {
			return fmt.Errorf("move rights version: %w", err)
		}
		s.changing.Lock() // held by whose transaction has the row of the version: nobody waits for it but to commit
		defer s.changing.Unlock()
		s.told = map[int64]journal.Rights{}
		if err := s.periods.prime(ctx, q); err != nil {
			return err
		}
		return fn(q)
	})
	if err != nil {
		return fmt.Errorf("record change of rights: %w", err)
	}
	s.sawVersion(version)
	return nil
}

// record takes the next place in the agency's log for the change, which tells what became of the agency's rights.
func (s *DB) record(ctx context.Context, q *sqldb.Queries, agency int64, c journal.Change) error {
	return s.recordAs(ctx, q, agency, c, false)
}

// recordAs is record; found takes the rights as they are, whatever the log told before.
func (s *DB) recordAs(ctx context.Context, q *sqldb.Queries, agency int64, c journal.Change, found bool) error {
	log, err := s.takePlaces(ctx, q, agency, 1)
	if err != nil {
		return err
	}
	if c.Rights, c.Whole, log.rights, err = s.explain(ctx, q, agency, found); err != nil {
		return err
	}
	c.State = log.rights
	c.ID = journal.ID{Log: agency, Seq: log.tree.Size}
	of, key, err := s.periods.toSeal(ctx, q, c.At)
	if err != nil {
		return err
	}
	closed, row := journal.Closed{Period: of}, sqldb.InsertChangeParams{AgencyID: agency, Seq: c.ID.Seq, AtUs: c.At.UnixMicro(),
		ByUser:  c.By,
		Subject: c.Subject, Period: int64(of), State: c.State}
	if text := c.SealedText(); text != nil {
		sealed, committed := sealSalted(key, sealedText, c.ID, text)
		closed.Text, row.TextSealed, row.TextCommitment = &committed, sealed, committed[:]
	}
	leaf := journal.LeafHash(journal.EncodeChange(c, closed))
	log.tree.Append(leaf)
	if err := s.setFrontier(ctx, q, agency, log, c.At); err != nil {
		return err
	}
	row.Leaf = leaf[:]
	return q.InsertChange(ctx, row)
}

// version is the rights version as this process last saw it, at most a second ago or as of the last record.
func (s *DB) version(ctx context.Context) (int64, error) {
	now := time.Now().UnixNano()
	if v := s.seen.Load(); v != 0 && now-s.seenAt.Load() < int64(time.Second) {
		return v, nil
	}
	v, err := s.mainRead.q.RightsVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read rights version: %w", err)
	}
	s.sawVersion(v)
	return v, nil
}

func (s *DB) sawVersion(v int64) {
	s.seenAt.Store(time.Now().UnixNano())
	for {
		old := s.seen.Load()
		if v <= old || s.seen.CompareAndSwap(old, v) {
			return
		}
	}
}
