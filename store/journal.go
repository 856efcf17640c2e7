package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// Journal is the logs of all agencies; it implements journal.Store, journal.Checkpoints and journal.Archived.
type Journal struct{ db *DB }

// Anchor is what this machine knows of each log outside the database.
func (s *Journal) Anchor() *journal.Anchor { return s.db.anchor }

// Logs implements journal.Checkpoints.
func (s *Journal) Logs(ctx context.Context, only int64) ([]journal.SignedLog, error) {
	rows, err := s.db.mainRead.q.LogsToSign(ctx, only)
	if err != nil {
		return nil, fmt.Errorf("read logs: %w", err)
	}
	out := make([]journal.SignedLog, 0, len(rows))
	for _, r := range rows {
		tree, err := journal.ReadFrontier(r.Size, r.Frontier)
		l := journal.SignedLog{LogHead: journal.LogHead{Log: r.ID, Code: r.Code, Tree: tree, Archived: r.Archived}}
		place := "log of " + r.Code
		switch newest := max(r.LastRecord, r.LastChange, r.Archived-1); {
		case err != nil:
			l.Broken = &journal.Tampered{Place: place, Why: err.Error()}
		case !s.db.isSealed(r.ID, logState{r.Size, r.Frontier, r.SealedUs, r.State}, r.Seal):
			l.Broken = &journal.Tampered{Place: place, Why: "its size and tree are not what the key sealed"}
		case newest >= r.Size:
			l.Broken = &journal.Tampered{Place: "record " + journal.ID{Log: r.ID, Seq: newest}.String(), Why: "was added past the program"}
		case newest != r.Size-1:
			l.Broken = &journal.Tampered{Place: "record " + journal.ID{Log: r.ID, Seq: r.Size - 1}.String(), Why: "is missing"}
		}
		if r.LastSize >= 0 {
			last, err := journal.ReadFrontier(r.LastSize, r.LastFrontier)
			if err != nil {
				l.Broken = &journal.Tampered{Place: "last checkpoint of " + r.Code, Why: "is not what was signed"}
			}
			l.Last = &journal.KeptCheckpoint{Signed: r.Note, Tree: last}
		}
		out = append(out, l)
	}
	return out, nil
}

// KeepCheckpoint implements journal.Checkpoints.
func (s *Journal) KeepCheckpoint(ctx context.Context, log int64, c journal.KeptCheckpoint) error {
	return s.db.main.q.InsertCheckpoint(ctx, sqldb.InsertCheckpointParams{AgencyID: log, Size: c.Tree.Size, AtUs: micros(c.At),
		Note: c.Signed, Frontier: c.Tree.Bytes()})
}

// LastCheckpoint is the newest checkpoint of a log that holds at least so many entries.
func (s *Journal) LastCheckpoint(ctx context.Context, log, least int64) (c journal.KeptCheckpoint, found bool, err error) {
	r, err := s.db.mainRead.q.LastCheckpoint(ctx, sqldb.LastCheckpointParams{AgencyID: log, Size: least})
	return s.keptCheckpoint(ctx, log, r, err)
}

// WitnessedCheckpoint implements journal.Checkpoints.
func (s *Journal) WitnessedCheckpoint(ctx context.Context, log, least int64) (c journal.KeptCheckpoint, found bool, err error) {
	r, err := s.db.mainRead.q.WitnessedCheckpoint(ctx, sqldb.WitnessedCheckpointParams{AgencyID: log, Size: least})
	return s.keptCheckpoint(ctx, log, r, err)
}

// keptCheckpoint is a row with the cosignatures under it.
func (s *Journal) keptCheckpoint(ctx context.Context, log int64, r sqldb.Checkpoint, err error) (c journal.KeptCheckpoint, found bool,
	_ error) {
	if ok, err := foundRow(err, "checkpoint"); !ok {
		return c, false, err
	}
	lines, err := s.db.mainRead.q.CosignaturesAt(ctx, sqldb.CosignaturesAtParams{AgencyID: log, Size: r.Size})
	if err != nil {
		return c, false, fmt.Errorf("read cosignatures of log %d: %w", log, err)
	}
	c = journal.KeptCheckpoint{At: instant(r.AtUs), Signed: r.Note, Cosignature: r.Cosignature + strings.Join(lines, ""), Quorum: r.Quorum}
	if c.Tree, err = journal.ReadFrontier(r.Size, r.Frontier); err != nil {
		return c, false, &journal.Tampered{Place: "last checkpoint of log " + strconv.FormatInt(log, 10), Why: "is not what was signed"}
	}
	return c, true, nil
}

// ThinCheckpoints implements journal.Checkpoints.
func (s *Journal) ThinCheckpoints(ctx context.Context, before time.Time) error {
	_, err := s.db.main.q.ThinCheckpoints(ctx, micros(before))
	if err == nil {
		err = s.db.main.q.ThinCosignatures(ctx)
	}
	if err != nil {
		return fmt.Errorf("thin checkpoints: %w", err)
	}
	return nil
}

// Checkpoints are all kept checkpoints of a log, by size.
func (s *Journal) Checkpoints(ctx context.Context, log int64) ([][]byte, error) {
	list, err := s.db.mainRead.q.Checkpoints(ctx, log)
	if err != nil {
		return nil, fmt.Errorf("read checkpoints of log %d: %w", log, err)
	}
	return list, nil
}

// leafBatch is how many rows are read at once.
const leafBatch = 1024

// Leaves gives the leaves of a log from a place up to another, encoded anew from what is kept and compared with the hashes kept beside it.
// An error names the record that is not what it was, as a *journal.Tampered.
func (s *Journal) Leaves(ctx context.Context, log, from, to int64, give func(entry []byte) error) error {
	for from < to {
		end := min(from+leafBatch, to)
		entries, err := settled(ctx, s, log, func(archive *journal.Archive) (out [][]byte, err error) {
			rows := max(from, min(archive.Size(), end))
			if err := archive.Leaves(from, rows, func(e []byte) error { out = append(out, e); return nil }); err != nil {
				return nil, err
			}
			kept, err := s.leafBatch(ctx, log, rows, end)
			return append(out, kept...), err
		})
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := give(e); err != nil {
				return err
			}
		}
		from = end
	}
	return nil
}

// settled reads of a log, whose first entries lie in an archive. Entries may move out while they are read, and an older archive goes with
// that: what was not found is therefore looked for again in the archive that is there then, before it is called missing.
func settled[T any](ctx context.Context, s *Journal, log int64, read func(*journal.Archive) (T, error)) (out T, err error) {
	for size := int64(-1); ; {
		archive, err := s.archiveOf(ctx, log)
		if err != nil {
			return out, err
		}
		out, err = read(archive)
		if _, bad := errors.AsType[*journal.Tampered](err); !bad || archive.Size() == size {
			return out, err
		}
		size = archive.Size()
	}
}

func missing(log, seq int64) error {
	return &journal.Tampered{Place: "record " + journal.ID{Log: log, Seq: seq}.String(), Why: "is missing"}
}

func (s *Journal) leafBatch(ctx context.Context, log, from, to int64) ([][]byte, error) {
	out := make([][]byte, to-from)
	put := func(id journal.ID, entry, leaf []byte) error {
		if h := journal.LeafHash(entry); !bytes.Equal(h[:], leaf) || out[id.Seq-from] != nil {
			return &journal.Tampered{Place: "record " + id.String(), Why: "is not the one that was written"}
		}
		out[id.Seq-from] = entry
		return nil
	}
	records, err := s.db.mainRead.q.RecordsFrom(ctx, sqldb.RecordsFromParams{AgencyID: log, Seq: from, Seq_2: to})
	if err != nil {
		return nil, fmt.Errorf("read records of log %d: %w", log, err)
	}
	for _, p := range records {
		r, _, err := s.openRecord(ctx, p)
		if err != nil {
			return nil, err
		}
		if err := put(r.ID, journal.EncodeRecord(r, closedOf(p)), p.Leaf); err != nil {
			return nil, err
		}
	}
	changes, err := s.db.mainRead.q.ChangesFrom(ctx, sqldb.ChangesFromParams{AgencyID: log, Seq: from, Seq_2: to})
	if err != nil {
		return nil, fmt.Errorf("read changes of log %d: %w", log, err)
	}
	for _, p := range changes {
		x, c, err := s.openChange(ctx, p)
		if err != nil {
			return nil, err
		}
		if err := put(x.ID, journal.EncodeChange(x, c), p.Leaf); err != nil {
			return nil, err
		}
	}
	for i, e := range out {
		if e == nil {
			return nil, missing(log, from+int64(i))
		}
	}
	return out, nil
}

// Nodes implements journal.Checkpoints. Roots above the leaves are kept when they were computed once; the caller asks for full subtrees of
// the log only.
func (s *Journal) Nodes(ctx context.Context, log int64, level int, from, n int64) ([]journal.Hash, error) {
	if level == 0 {
		return s.leafHashes(ctx, log, from, n)
	}
	rows, err := s.db.mainRead.q.Nodes(ctx, sqldb.NodesParams{AgencyID: log, Level: int64(level), N: from, N_2: from + n})
	if err != nil {
		return nil, fmt.Errorf("read nodes of log %d: %w", log, err)
	}
	out, have := make([]journal.Hash, n), make([]bool, n)
	for _, r := range rows {
		if len(r.Hash) != len(journal.Hash{}) {
			return nil, &journal.Tampered{Place: fmt.Sprintf("subtree %d of level %d", r.N, level), Why: "is not a hash"}
		}
		out[r.N-from], have[r.N-from] = journal.Hash(r.Hash), true
	}
	for i := range out {
		if have[i] {
			continue
		}
		const fan = 256
		below, err := s.Nodes(ctx, log, level-1, (from+int64(i))*fan, fan)
		if err != nil {
			return nil, err
		}
		out[i] = journal.Subtree(below)
		if err := s.db.main.q.InsertNode(ctx, sqldb.InsertNodeParams{AgencyID: log, Level: int64(level), N: from + int64(i),
			Hash: out[i][:]}); err != nil {
			return nil, fmt.Errorf("keep node of log %d: %w", log, err)
		}
	}
	return out, nil
}

// leafHashes reads hashes of a log's leaves.
func (s *Journal) leafHashes(ctx context.Context, log, from, n int64) ([]journal.Hash, error) {
	return settled(ctx, s, log, func(archive *journal.Archive) ([]journal.Hash, error) { return s.hashesIn(ctx, archive, log, from, n) })
}

func (s *Journal) hashesIn(ctx context.Context, archive *journal.Archive, log, from, n int64) ([]journal.Hash, error) {
	rows := max(from, min(archive.Size(), from+n))
	out, err := archive.Hashes(from, rows-from)
	if err != nil {
		return nil, err
	}
	kept, err := s.rowHashes(ctx, log, rows, from+n)
	return append(out, kept...), err
}

func (s *Journal) rowHashes(ctx context.Context, log, from, to int64) ([]journal.Hash, error) {
	records, err := s.db.mainRead.q.RecordLeaves(ctx, sqldb.RecordLeavesParams{AgencyID: log, Seq: from, Seq_2: to})
	if err != nil {
		return nil, fmt.Errorf("read leaves of log %d: %w", log, err)
	}
	changes, err := s.db.mainRead.q.ChangeLeaves(ctx, sqldb.ChangeLeavesParams{AgencyID: log, Seq: from, Seq_2: to})
	if err != nil {
		return nil, fmt.Errorf("read leaves of log %d: %w", log, err)
	}
	out, have := make([]journal.Hash, to-from), make([]bool, to-from)
	for _, r := range append(records, each(changes, func(c sqldb.ChangeLeavesRow) sqldb.RecordLeavesRow {
		return sqldb.RecordLeavesRow(
			c)
	})...) {
		if len(r.Leaf) != len(journal.Hash{}) {
			return nil, &journal.Tampered{Place: "record " + journal.ID{Log: log, Seq: r.Seq}.String(), Why: "has no hash"}
		}
		out[r.Seq-from], have[r.Seq-from] = journal.Hash(r.Leaf), true
	}
	for i := range out {
		if !have[i] {
			return nil, missing(log, from+int64(i))
		}
	}
	return out, nil
}

// LogStates returns logs as they stand, by the name of their institution, after a name.
func (s *Journal) LogStates(ctx context.Context, after string, most int) ([]journal.LogState, error) {
	return s.logStates(ctx, sqldb.LogStatesParams{After: after, Log: -1, Most: int32(most)})
}

// LogState returns one log as it stands; found is false while it is empty.
func (s *Journal) LogState(ctx context.Context, log int64) (l journal.LogState, found bool, err error) {
	list, err := s.logStates(ctx, sqldb.LogStatesParams{Log: log, Most: 1})
	if err != nil || len(list) == 0 {
		return l, false, err
	}
	return list[0], true, nil
}

func (s *Journal) logStates(ctx context.Context, p sqldb.LogStatesParams) ([]journal.LogState, error) {
	rows, err := s.db.mainRead.q.LogStates(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("read logs: %w", err)
	}
	out := make([]journal.LogState, 0, len(rows))
	for _, r := range rows {
		tree, err := journal.ReadFrontier(r.Size, r.Frontier)
		if err != nil {
			return nil, fmt.Errorf("log %d: %w", r.ID, err)
		}
		out = append(out, journal.LogState{
			LogHead: journal.LogHead{Log: r.ID, Code: r.Code, Tree: tree, Archived: r.Archived}, Name: r.Name, Signed: instant(r.SignedUs),
			Cosigned: instant(r.CosignedUs),
			Seen:     r.Seen, Cosigner: r.Cosigner, Alarm: r.Alarm, Alarmed: instant(r.AlarmUs),
		})
	}
	return out, nil
}

// SaveCheck keeps how far a check of a log has come.
func (s *Journal) SaveCheck(ctx context.Context, log int64, c journal.CheckState) error {
	err := s.db.main.q.SaveCheck(ctx, sqldb.SaveCheckParams{
		AgencyID: log, ByUser: c.By, BeganUs: micros(c.Began), SeenUs: micros(c.Seen), Done: c.Done, Size: c.Size, Ended: c.Ended,
		Broken: c.Broken,
	})
	if err != nil {
		return fmt.Errorf("keep check of log %d: %w", log, err)
	}
	return nil
}

// CheckOf is the last check of a log; found is false when it was never checked.
func (s *Journal) CheckOf(ctx context.Context, log int64) (c journal.CheckState, found bool, err error) {
	r, err := s.db.mainRead.q.CheckOf(ctx, log)
	ok, err := foundRow(err, "check")
	return journal.CheckState{
		By: r.ByUser, Login: r.Login, Began: instant(r.BeganUs), Seen: instant(r.SeenUs), Done: r.Done, Size: r.Size, Ended: r.Ended,
		Broken: r.Broken,
	}, ok, err
}

// Newest is when the journal was signed last; zero: never.
func (s *Journal) Newest(ctx context.Context) (time.Time, error) {
	at, err := s.db.mainRead.q.NewestCheckpoint(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("read checkpoints: %w", err)
	}
	return instant(at), nil
}
