package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gapura/journal/journal"
	"gapura/person/population"
	"gapura/store/sqldb"
)

// AppendRecords implements journal.Store. One transaction: the rights version is read, then for each log, in ascending order so that two
// processes never wait for each other in a ring, the log's row is updated (from then on the agency belongs to this transaction), the hits
// of the day are read, each entry is decided and inserted, and the hits are charged.
func (s *Journal) AppendRecords(ctx context.Context, entries []*journal.Entry) error {
	byLog := slices.Clone(entries)
	slices.SortStableFunc(byLog, func(a, b *journal.Entry) int { return int(a.Log - b.Log) })
	var pieces []*piece
	err := s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		now, err := q.RightsNow(ctx)
		if err != nil {
			return fmt.Errorf("read rights version: %w", err)
		}
		s.db.sawVersion(now.Version)
		if s.db.snapshots != nil {
			s.db.snapshots.atLeast(now.PopulationSet)
		}
		if err := s.db.periods.prime(ctx, q); err != nil {
			return err
		}
		for len(byLog) > 0 {
			n := 1
			for n < len(byLog) && byLog[n].Log == byLog[0].Log {
				n++
			}
			written, err := s.appendLog(ctx, q, now, byLog[:n])
			if err != nil {
				return err
			}
			if written != nil {
				pieces = append(pieces, written)
			}
			byLog = byLog[n:]
		}
		return nil
	})
	if err == nil {
		s.db.saw(entries)
		s.db.tail.add(pieces)
	}
	var failed *commitError
	if errors.As(err, &failed) && s.db.postgres {
		return fmt.Errorf("%w: %w", journal.ErrUncertain, err)
	}
	return err
}

// appendLog writes one log's entries. Entries that rest on old rights or on an older set of residents than an answer before are failed and
// take no place; the first that rests on a newer set makes it the one that all later answers rest on. What was written is returned for the
// tail; nil when nothing was.
func (s *Journal) appendLog(ctx context.Context, q *sqldb.Queries, now sqldb.RightsNowRow, entries []*journal.Entry) (*piece, error) {
	log, fresh, newest := entries[0].Log, make([]*journal.Entry, 0, len(entries)), now.PopulationSet
	for _, e := range entries {
		newest = max(newest, e.Set)
	}
	for _, e := range entries {
		if e.Rights != now.Version || e.Set != 0 && e.Set < newest {
			e.Fail(journal.ErrStale)
			continue
		}
		fresh = append(fresh, e)
	}
	fresh, twins, err := s.untold(ctx, q, log, fresh)
	if err != nil || len(fresh) == 0 {
		return nil, err
	}
	if newest > now.PopulationSet {
		if err := q.RaiseSet(ctx, newest); err != nil {
			return nil, fmt.Errorf("note set of residents: %w", err)
		}
	}
	taken, err := s.db.takePlaces(ctx, q, log, int64(len(fresh)))
	if err != nil {
		return nil, err
	}
	tree, written := &taken.tree, &piece{log: log, records: make([]tailed, len(fresh))}
	type counter struct{ used, charged journal.Hits }
	days, rows := map[time.Time]*counter{}, make([]sqldb.InsertRecordParams, len(fresh))
	for i, e := range fresh {
		c := days[e.Day]
		if c == nil {
			c = &counter{charged: journal.Hits{}}
			days[e.Day] = c
			if c.used, err = hitsOf(ctx, q, log, e.Day); err != nil {
				return nil, err
			}
		}
		r := e.Decide(e.Counted(c.used))
		if r.Hit {
			c.used[e.Application]++
			c.charged[e.Application]++
		}
		r.ID = journal.ID{Log: log, Seq: tree.Size}
		e.Written, e.Hits = r, e.Counted(c.used)
		if rows[i], err = s.recordRow(ctx, q, r); err != nil {
			return nil, err
		}
		written.records[i] = tailedOf(r, &rows[i])
		if s.db.treeless {
			tree.Size++
			continue
		}
		tree.Append(journal.Hash(rows[i].Leaf))
	}
	if !s.db.treeless {
		if err := s.db.setFrontier(ctx, q, log, taken, fresh[len(fresh)-1].Written.At); err != nil {
			return nil, err
		}
	}
	if err := s.db.append.InsertRecords(ctx, q, rows); err != nil {
		return nil, fmt.Errorf("insert records of log %d: %w", log, err)
	}
	if err := s.keepKeys(ctx, q, log, fresh, twins); err != nil {
		return nil, err
	}
	for day, c := range days {
		for app, n := range c.charged {
			if err := q.ChargeHits(ctx, sqldb.ChargeHitsParams{AgencyID: log, Day: dayText(day), ApplicationID: app,
				Hits: int64(n)}); err != nil {
				return nil, fmt.Errorf("charge hits of log %d: %w", log, err)
			}
		}
	}
	return written, nil
}

// untold leaves out the entries whose key stands for a record already, which is returned with them, and those that say the same as another
// of the batch: twins, with the one that is written.
func (s *Journal) untold(ctx context.Context, q *sqldb.Queries, log int64, entries []*journal.Entry) (fresh []*journal.Entry,
	twins map[*journal.Entry]*journal.Entry, err error) {
	if !slices.ContainsFunc(entries, func(e *journal.Entry) bool { return e.Key != "" }) {
		return entries, nil, nil
	}
	if _, err := s.db.takePlaces(ctx, q, log, 0); err != nil { // so that nobody else tells of the keys meanwhile
		return nil, nil, err
	}
	first := map[string]*journal.Entry{}
	twins = map[*journal.Entry]*journal.Entry{}
	for _, e := range entries {
		if e.Key == "" {
			fresh = append(fresh, e)
			continue
		}
		was, err := q.RecordKey(ctx, sqldb.RecordKeyParams{AgencyID: log, RecordKey: e.Key})
		known, err := foundRow(err, "key")
		other := first[e.Key]
		switch {
		case err != nil:
			return nil, nil, err
		case known && !bytes.Equal(was.Digest, s.keyed(e.Digest)), other != nil && other.Digest != e.Digest:
			e.Fail(journal.ErrKey)
		case known:
			if e.Written, _, err = s.recordAt(ctx, journal.ID{Log: log, Seq: was.Seq}); err != nil {
				return nil, nil, err
			}
			e.Repeated = true
		case other != nil:
			twins[e] = other
		default:
			first[e.Key] = e
			fresh = append(fresh, e)
		}
	}
	return fresh, twins, nil
}

// keepKeys keeps the keys of entries that were decided.
func (s *Journal) keepKeys(ctx context.Context, q *sqldb.Queries, log int64, entries []*journal.Entry,
	twins map[*journal.Entry]*journal.Entry) error {
	for _, e := range entries {
		if e.Key == "" {
			continue
		}
		if err := q.InsertRecordKey(ctx, sqldb.InsertRecordKeyParams{AgencyID: log, RecordKey: e.Key, Digest: s.keyed(e.Digest),
			Seq: e.Written.ID.Seq}); err != nil {
			return fmt.Errorf("insert key in log %d: %w", log, err)
		}
	}
	for e, other := range twins {
		e.Written, e.Repeated = other.Written, true
	}
	return nil
}

// keyed is a digest as it is kept, keyed because NIKs are few enough to be tried.
func (s *Journal) keyed(digest [32]byte) []byte { return s.db.nikIndex.Index(string(digest[:])) }

// hitsOf are an agency's hits of a day.
func hitsOf(ctx context.Context, q *sqldb.Queries, agency int64, day time.Time) (journal.Hits, error) {
	rows, err := q.QuotaHits(ctx, sqldb.QuotaHitsParams{AgencyID: agency, Day: dayText(day)})
	if err != nil {
		return nil, fmt.Errorf("read hits of institution %d: %w", agency, err)
	}
	hits := journal.Hits{}
	for _, r := range rows {
		hits[r.ApplicationID] = int(r.Hits)
	}
	return hits, nil
}

// recordRow seals a record into its row, with the hash of its leaf.
func (s *Journal) recordRow(ctx context.Context, q *sqldb.Queries, r journal.Record) (sqldb.InsertRecordParams, error) {
	p := sqldb.InsertRecordParams{
		AgencyID: r.ID.Log, Seq: r.ID.Seq, AtUs: r.At.UnixMicro(), Act: r.Act, UserID: r.User, AgreementID: r.Agreement, Basis: r.Basis,
		Method: r.Method, Purpose: r.Purpose, Outcome: r.Outcome, Hit: r.Hit, Elements: int64(r.Elements),
		ApplicationID: r.Application, Reader: r.Reader, ReadUs: micros(r.ReadAt), Leaf: []byte{},
	}
	if r.Address.IsValid() {
		p.Address = r.Address.String()
	}
	of, key, err := s.db.periods.toSeal(ctx, q, r.At)
	if err != nil {
		return p, err
	}
	closed := s.sealRecord(&p, r, of, key)
	if !s.db.treeless {
		leaf := journal.LeafHash(journal.EncodeRecord(r, closed))
		p.Leaf = leaf[:]
	}
	return p, nil
}

// openRecord is the reverse of recordRow, as far as nothing was destroyed; the salt opens the NIK's commitment.
func (s *Journal) openRecord(ctx context.Context, p sqldb.Record) (r journal.Record, salt journal.Salt, err error) {
	r = journal.Record{
		ID: journal.ID{Log: p.AgencyID, Seq: p.Seq}, At: time.UnixMicro(p.AtUs).UTC(), Act: p.Act, User: p.UserID, Agreement: p.AgreementID,
		Basis: p.Basis, Method: p.Method, Purpose: p.Purpose, Reference: p.Reference, Address: parseAddr(p.Address), Outcome: p.Outcome,
		Hit: p.Hit, Elements: population.Elements(p.Elements), Application: p.ApplicationID, Reader: p.Reader,
		ReadAt: instant(p.ReadUs),
	}
	salt, err = s.openParts(ctx, &r, journal.Sealed{NIK: p.NikSealed, Text: p.TextSealed}, closedOf(p))
	if err == nil && (!s.fits(r, p.NikIndex) || p.Period != 0 && p.Reference != "") {
		err = unfit(r.ID)
	}
	return r, salt, err
}
