package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"gapura/journal"
	"gapura/store/sqldb"
)

// UnsignedLogs implements journal.Checkpoints.
func (s *Store) UnsignedLogs(ctx context.Context) ([]journal.LogHead, error) {
	rows, err := s.mainRead.q.UnsignedLogs(ctx)
	if err != nil {
		return nil, fmt.Errorf("read logs: %w", err)
	}
	out := make([]journal.LogHead, 0, len(rows))
	for _, r := range rows {
		tree, err := journal.ReadFrontier(r.Size, r.Frontier)
		if err != nil {
			return nil, fmt.Errorf("log %d: %w", r.ID, err)
		}
		out = append(out, journal.LogHead{Log: r.ID, Code: r.Code, Tree: tree})
	}
	return out, nil
}

// KeepCheckpoint implements journal.Checkpoints.
func (s *Store) KeepCheckpoint(ctx context.Context, log, size int64, at time.Time, signed []byte) error {
	return s.main.q.InsertCheckpoint(ctx, sqldb.InsertCheckpointParams{AgencyID: log, Size: size, AtUs: micros(at), Note: signed})
}

// LastCheckpoint is the newest checkpoint of a log that holds at least so many entries.
func (s *Store) LastCheckpoint(ctx context.Context, log, least int64) (signed []byte, size int64, found bool, err error) {
	r, err := s.mainRead.q.LastCheckpoint(ctx, sqldb.LastCheckpointParams{AgencyID: log, Size: least})
	ok, err := foundRow(err, "checkpoint")
	return r.Note, r.Size, ok, err
}

// Checkpoints are all kept checkpoints of a log, by size.
func (s *Store) Checkpoints(ctx context.Context, log int64) ([][]byte, error) {
	list, err := s.mainRead.q.Checkpoints(ctx, log)
	if err != nil {
		return nil, fmt.Errorf("read checkpoints of log %d: %w", log, err)
	}
	return list, nil
}

// leafBatch is how many rows are read at once.
const leafBatch = 1024

// Leaves gives the leaves of a log from a place up to another, encoded anew from what is kept and compared with the hashes kept beside it. An error names
// the record that is not what it was, as a *journal.Tampered.
func (s *Store) Leaves(ctx context.Context, log, from, to int64, give func(entry []byte) error) error {
	for from < to {
		end := min(from+leafBatch, to)
		entries, err := s.leafBatch(ctx, log, from, end)
		if err != nil {
			return err
		}
		for i, e := range entries {
			if e == nil {
				return &journal.Tampered{Place: "record " + journal.ID{Log: log, Seq: from + int64(i)}.String(), Why: "is missing"}
			}
			if err := give(e); err != nil {
				return err
			}
		}
		from = end
	}
	return nil
}

func (s *Store) leafBatch(ctx context.Context, log, from, to int64) ([][]byte, error) {
	out := make([][]byte, to-from)
	put := func(id journal.ID, entry, leaf []byte) error {
		if h := journal.LeafHash(entry); !bytes.Equal(h[:], leaf) || out[id.Seq-from] != nil {
			return &journal.Tampered{Place: "record " + id.String(), Why: "is not the one that was written"}
		}
		out[id.Seq-from] = entry
		return nil
	}
	records, err := s.mainRead.q.RecordsFrom(ctx, sqldb.RecordsFromParams{AgencyID: log, Seq: from, Seq_2: to})
	if err != nil {
		return nil, fmt.Errorf("read records of log %d: %w", log, err)
	}
	for _, p := range records {
		r, err := s.openRecord(p)
		if err != nil {
			return nil, &journal.Tampered{Place: "record " + journal.ID{Log: p.AgencyID, Seq: p.Seq}.String(), Why: "its sealed NIK does not fit its commitment"}
		}
		var c *journal.Commitment
		if len(p.NikCommitment) == len(journal.Commitment{}) {
			c = (*journal.Commitment)(p.NikCommitment)
		}
		if err := put(r.ID, journal.EncodeRecord(r, c), p.Leaf); err != nil {
			return nil, err
		}
	}
	changes, err := s.mainRead.q.ChangesFrom(ctx, sqldb.ChangesFromParams{AgencyID: log, Seq: from, Seq_2: to})
	if err != nil {
		return nil, fmt.Errorf("read changes of log %d: %w", log, err)
	}
	for _, p := range changes {
		c := journal.Change{
			ID: journal.ID{Log: p.AgencyID, Seq: p.Seq}, At: instant(p.AtUs), By: p.ByUser, Subject: p.Subject, Reason: p.Reason, Letter: p.Letter,
			Before: p.BeforeText, After: p.AfterText,
		}
		if err := put(c.ID, journal.EncodeChange(c), p.Leaf); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// LeafHashes reads hashes of a log's leaves, for proofs.
func (s *Store) LeafHashes(ctx context.Context, log, from, n int64) ([]journal.Hash, error) {
	out := make([]journal.Hash, n)
	records, err := s.mainRead.q.RecordLeaves(ctx, sqldb.RecordLeavesParams{AgencyID: log, Seq: from, Seq_2: from + n})
	if err != nil {
		return nil, fmt.Errorf("read leaves of log %d: %w", log, err)
	}
	changes, err := s.mainRead.q.ChangeLeaves(ctx, sqldb.ChangeLeavesParams{AgencyID: log, Seq: from, Seq_2: from + n})
	if err != nil {
		return nil, fmt.Errorf("read leaves of log %d: %w", log, err)
	}
	for _, r := range append(records, each(changes, func(c sqldb.ChangeLeavesRow) sqldb.RecordLeavesRow { return sqldb.RecordLeavesRow(c) })...) {
		if len(r.Leaf) != len(journal.Hash{}) {
			return nil, journal.ErrTree
		}
		out[r.Seq-from] = journal.Hash(r.Leaf)
	}
	return out, nil
}

// LogStates returns logs as they stand, by the name of their institution, after a name.
func (s *Store) LogStates(ctx context.Context, after string, most int) ([]journal.LogState, error) {
	rows, err := s.mainRead.q.LogStates(ctx, sqldb.LogStatesParams{After: after, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read logs: %w", err)
	}
	out := make([]journal.LogState, 0, len(rows))
	for _, r := range rows {
		tree, err := journal.ReadFrontier(r.Size, r.Frontier)
		if err != nil {
			return nil, fmt.Errorf("log %d: %w", r.ID, err)
		}
		out = append(out, journal.LogState{LogHead: journal.LogHead{Log: r.ID, Code: r.Code, Tree: tree}, Name: r.Name, Signed: instant(r.SignedUs)})
	}
	return out, nil
}
