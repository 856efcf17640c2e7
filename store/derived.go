package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"gapura/internal/pace"
	"gapura/internal/told"
	"gapura/store/sqldb"
)

// Derived is what follows from the logs and from what people answered alone: who asked for a NIK, what is expected of data balikan, sums of
// the records. On SQLite it lies in a file of its own with a writer of its own, so that no record waits for it; on PostgreSQL its commits
// wait for no disk. A crash may lose the last of it, or all; it is then filled again from the logs, while figures say that they are not
// whole yet.
type Derived struct{ db *DB }

// ErrBuilding says that a figure cannot be given yet.
var ErrBuilding = &told.Error{Kind: told.Busy, After: 10,
	Text: "Angka sedang dihitung ulang dari jurnal dan belum lengkap. Silakan coba lagi beberapa saat lagi."}

// building is ErrBuilding in words that say how far it is.
func building(p Progress) error {
	e := *ErrBuilding
	e.Text = fmt.Sprintf("Angka sedang dihitung ulang dari jurnal (%d %% selesai) dan belum lengkap. Silakan coba lagi beberapa saat lagi.",
		p.Percent())
	return errors.Join(&e, ErrBuilding)
}

// A Progress is how far what is derived has come: entries of all logs.
type Progress struct{ Done, Total int64 }

// Percent is the whole share, 0 to 99 while something is left.
func (p Progress) Percent() int {
	if p.Total <= 0 || p.Done >= p.Total {
		return 100
	}
	return int(p.Done * 100 / p.Total)
}

func progressOf(heads []sqldb.FillHeadsRow, filled map[int64]sqldb.Filled) (p Progress) {
	for _, h := range heads {
		p.Total += h.Size
		p.Done += min(h.Size, filled[h.ID].Upto)
	}
	return p
}

// Building tells whether what is derived is being made anew from the beginning of the logs, and how far that is.
func (s *Derived) Building(ctx context.Context) (p Progress, building bool, err error) {
	state, err := s.db.derivedRead.q.Filling(ctx)
	if ok, err := foundRow(err, "state of derived data"); err != nil || ok && !state.Building {
		return p, false, err
	}
	heads, filled, err := s.heads(ctx, -1)
	return progressOf(heads, filled), true, err
}

// whole is ErrBuilding while figures are not whole.
func (s *Derived) whole(ctx context.Context) error {
	p, unfinished, err := s.Building(ctx)
	if err == nil && unfinished {
		err = building(p)
	}
	return err
}

// A DerivedState is what an administrator is told of what is derived.
type DerivedState struct {
	Bytes    int64 // of its file with the write-ahead log; 0 on PostgreSQL
	Behind   int64 // entries and answers that are still to be taken in
	Building bool
	Progress Progress
}

// State looks at what is derived.
func (s *Derived) State(ctx context.Context) (x DerivedState, err error) {
	behind, err := s.Behind(ctx)
	if err != nil {
		return x, err
	}
	for _, n := range behind {
		x.Behind += n
	}
	if x.Progress, x.Building, err = s.Building(ctx); err != nil || s.db.postgres {
		return x, err
	}
	for _, part := range []string{"", "-wal"} {
		switch info, err := os.Stat(s.db.derivedFile + part); {
		case err == nil:
			x.Bytes += info.Size()
		case !errors.Is(err, fs.ErrNotExist):
			return x, err
		}
	}
	return x, nil
}

// heads are logs (one, or all with -1) and how far each was taken in.
func (s *Derived) heads(ctx context.Context, log int64) ([]sqldb.FillHeadsRow, map[int64]sqldb.Filled, error) {
	filled := map[int64]sqldb.Filled{}
	rows, err := s.db.derivedRead.q.Filled(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read what is filled: %w", err)
	}
	for _, f := range rows {
		filled[f.AgencyID] = f
	}
	heads, err := s.db.mainRead.q.FillHeads(ctx, log)
	if err != nil {
		return nil, nil, fmt.Errorf("read logs: %w", err)
	}
	return heads, filled, nil
}

// Behind is how many entries and answers have still to be taken in.
func (s *Derived) Behind(ctx context.Context) (map[string]int64, error) {
	heads, filled, err := s.heads(ctx, -1)
	if err != nil {
		return nil, err
	}
	var entries, answers int64
	for _, h := range heads {
		entries += max(0, h.Size-filled[h.ID].Upto)
		answers += max(0, h.Answers-filled[h.ID].Answers)
	}
	return map[string]int64{"entries": entries, "answers": answers}, nil
}

// gentleUpTo is how many records may wait for Follow to work at a pace: some seconds of full load.
const gentleUpTo = 1 << 16

// Follow is Fill for what nobody waits for: at a pace, unless much is left to be taken in.
func (s *Derived) Follow(ctx context.Context) error {
	behind, err := s.Behind(ctx)
	if err != nil {
		return err
	}
	if !s.db.postgres && behind["entries"] <= gentleUpTo { // on PostgreSQL a step holds back deliveries
		ctx = pace.Gently(ctx)
	}
	return s.Fill(ctx)
}

// Fill takes in what has come before the call, all logs. A log that cannot be read does not hold up the others. A file that was found
// damaged is made anew first.
func (s *Derived) Fill(ctx context.Context) error {
	if err := s.db.heal(ctx); err != nil {
		return err
	}
	err := s.fill(ctx, nil)
	if damaged(err) {
		s.db.derived.broken.Store(true) // for the next pass
	}
	return err
}

func (s *Derived) fill(ctx context.Context, progress func(Progress)) error {
	heads, filled, err := s.heads(ctx, -1)
	if err != nil {
		return err
	}
	p := progressOf(heads, filled)
	var errs []error
	for _, h := range heads {
		if f := filled[h.ID]; f.Upto >= h.Size && f.Answers >= h.Answers {
			continue
		}
		errs = append(errs, s.fillLog(ctx, h, func(n int64) {
			p.Done = min(p.Total, p.Done+n)
			if progress != nil {
				progress(p)
			}
		}))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return s.settled(ctx)
}

// settled ends the first pass, once.
func (s *Derived) settled(ctx context.Context) error {
	state, err := s.db.derivedRead.q.Filling(ctx)
	if ok, err := foundRow(err, "state of derived data"); err != nil || ok && !state.Building {
		return err
	}
	return s.db.derived.tx(ctx, func(q *sqldb.Queries) error {
		state, err := q.Filling(ctx)
		if ok, err := foundRow(err, "state of derived data"); err != nil || !ok || !state.Building {
			return err
		}
		// Another may have thrown everything away since: then it is not this pass that is over.
		heads, err := s.db.mainRead.q.FillHeads(ctx, -1)
		if err != nil {
			return err
		}
		rows, err := q.Filled(ctx)
		if err != nil || len(rows) < len(heads) {
			return err
		}
		return q.PutFilling(ctx, sqldb.PutFillingParams{Mark: state.Mark, Building: false})
	})
}

// catchUp takes in what an agency's log holds and what it answered before the call; ErrBuilding while everything is made anew.
func (s *Derived) catchUp(ctx context.Context, agency int64) error {
	heads, filled, err := s.heads(ctx, agency)
	if err != nil || len(heads) == 0 {
		return err
	}
	if f := filled[agency]; f.Upto >= heads[0].Size && f.Answers >= heads[0].Answers {
		return nil
	}
	if err := s.whole(ctx); err != nil {
		return err
	}
	return s.fillLog(ctx, heads[0], func(int64) {})
}

// caughtUp is catchUp for all logs.
func (s *Derived) caughtUp(ctx context.Context) error {
	if err := s.whole(ctx); err != nil {
		return err
	}
	return s.Fill(ctx)
}

// Rebuild makes everything anew from the logs, in steps. A run that was cut short goes on where it was.
func (s *Derived) Rebuild(ctx context.Context, progress func(Progress)) error {
	_, building, err := s.Building(ctx)
	if err == nil && !building {
		err = s.empty(ctx)
	}
	if err != nil {
		return err
	}
	return s.fill(ctx, progress)
}

// empty throws everything away.
func (s *Derived) empty(ctx context.Context) error {
	installation, err := s.db.main.q.Installation(ctx)
	if err != nil {
		return fmt.Errorf("read installation: %w", err)
	}
	err = s.db.derived.tx(ctx, func(q *sqldb.Queries) error {
		return errors.Join(q.PutFilling(ctx, sqldb.PutFillingParams{Mark: installation.Mark, Building: true}), q.DropFilled(ctx),
			q.DropUses(ctx), q.DropExpectations(ctx), q.DropTotals(ctx), q.DropUsage(ctx), q.DropUsageDays(ctx), q.DropUsageMonths(ctx),
			q.DropUsedElements(ctx))
	})
	if err != nil {
		return fmt.Errorf("empty derived data: %w", err)
	}
	return nil
}

// fits empties what is derived when it is new, of another installation, or of a log that is not this one or was longer.
func (s *Derived) fits(ctx context.Context) error {
	var entries int64
	installation, err := s.db.main.q.Installation(ctx)
	if err != nil {
		return fmt.Errorf("read installation: %w", err)
	}
	state, err := s.db.derived.q.Filling(ctx)
	known, err := foundRow(err, "state of derived data")
	if err != nil {
		return err
	}
	if known && bytes.Equal(state.Mark, installation.Mark) {
		same, err := s.same(ctx)
		if err != nil || same {
			return err
		}
	}
	if err := s.empty(ctx); err != nil {
		return err
	}
	heads, _, err := s.heads(ctx, -1)
	for _, h := range heads {
		entries += h.Size
	}
	if err == nil && entries <= fillBatch {
		_ = s.Fill(ctx) // nothing that anybody would wait for; what cannot be read now is told by the next pass
	}
	return err
}

// same reports whether what was filled is of these logs.
func (s *Derived) same(ctx context.Context) (bool, error) {
	heads, filled, err := s.heads(ctx, -1)
	if err != nil {
		return false, err
	}
	for _, h := range heads {
		f, known := filled[h.ID]
		delete(filled, h.ID)
		if !known {
			continue
		}
		if f.Upto > h.Size || f.Answers > h.Answers {
			return false, nil
		}
		if len(f.Leaf) == 0 || f.Upto == 0 {
			continue
		}
		leaf, err := s.db.Journal.leafHashes(ctx, h.ID, f.Upto-1, 1)
		if err != nil || len(leaf) != 1 || !bytes.Equal(leaf[0][:], f.Leaf) {
			return false, nil // also a leaf that cannot be read: what rests on it is not trusted
		}
	}
	return len(filled) == 0, nil
}

// damaged reports whether an error of SQLite says that a file is not what it wrote.
func damaged(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code()&0xff == sqlite3.SQLITE_CORRUPT || e.Code()&0xff == sqlite3.SQLITE_NOTADB)
}
