package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// errNoArchive says that entries were archived and the program does not know where.
var errNoArchive = errors.New("old entries of the journal lie in archive files, and the configuration names no folder for them")

// archiveOf is the archive of a log; one of size 0 when nothing was moved there.
func (s *Journal) archiveOf(ctx context.Context, log int64) (*journal.Archive, error) {
	row, err := s.db.mainRead.q.ArchiveOf(ctx, log)
	if ok, err := foundRow(err, "log"); !ok || row.Archived == 0 {
		return journal.OpenArchive("", "", 0), err
	}
	if s.db.archives == "" {
		return nil, errNoArchive
	}
	return journal.OpenArchive(s.db.archives, row.Code, row.Archived), nil
}

// Archives implements journal.Archived.
func (s *Journal) Archives() string { return s.db.archives }

// Archived is how many entries of a log lie in its archive.
func (s *Journal) Archived(ctx context.Context, log int64) (int64, error) {
	a, err := s.archiveOf(ctx, log)
	if err != nil {
		return 0, err
	}
	return a.Size(), nil
}

// FirstFrom implements journal.Archived.
func (s *Journal) FirstFrom(ctx context.Context, log int64, at time.Time) (int64, error) {
	head, err := s.db.mainRead.q.LogHead(ctx, log)
	if err != nil {
		return 0, fmt.Errorf("read log %d: %w", log, err)
	}
	first := head.Size
	record, err1 := s.db.mainRead.q.FirstRecordFrom(ctx, sqldb.FirstRecordFromParams{AgencyID: log, AtUs: micros(at)})
	change, err2 := s.db.mainRead.q.FirstChangeFrom(ctx, sqldb.FirstChangeFromParams{AgencyID: log, AtUs: micros(at)})
	if err := errors.Join(err1, err2); err != nil {
		return 0, fmt.Errorf("read log %d: %w", log, err)
	}
	for _, seq := range []int64{record, change} {
		if seq >= 0 {
			first = min(first, seq)
		}
	}
	return first, nil
}

// SealedParts implements journal.Archived.
func (s *Journal) SealedParts(ctx context.Context, log, from, to int64) ([]journal.Sealed, error) {
	archive, err := s.archiveOf(ctx, log)
	if err != nil {
		return nil, err
	}
	if to <= archive.Size() {
		return archive.SealedFrom(from, to)
	}
	rows, err := s.db.mainRead.q.SealedParts(ctx, sqldb.SealedPartsParams{AgencyID: log, Seq: from, Seq_2: to})
	if err != nil {
		return nil, fmt.Errorf("read sealed parts of log %d: %w", log, err)
	}
	return each(rows, func(r sqldb.SealedPartsRow) journal.Sealed {
		return journal.Sealed{Seq: r.Seq, NIK: r.NikSealed, Text: r.TextSealed, AtUS: r.AtUs}
	}), nil
}

// MoveOut implements journal.Archived. What residents are told, what agencies owe and the sums of reports follow from records, which must
// be known before they go.
func (s *Journal) MoveOut(ctx context.Context, log, upTo int64, c journal.Change) error {
	if err := errors.Join(s.db.Derived.whole(ctx), s.db.Derived.Fill(ctx)); err != nil {
		return err
	}
	return s.db.change(ctx, log, c, func(q *sqldb.Queries) error {
		if err := q.SetArchived(ctx, sqldb.SetArchivedParams{ID: log, Archived: upTo}); err != nil {
			return err
		}
		return q.DropRecords(ctx, sqldb.DropRecordsParams{AgencyID: log, Seq: upTo})
	})
}

// ForgetNIKs destroys the salts and encrypted NIKs of an agency's records from before an instant, for good, with its record. The log goes
// on verifying: its leaves hold commitments, which nobody can open any more. Those in the archive go first: a run that was cut short is
// repeated.
func (s *Journal) ForgetNIKs(ctx context.Context, c journal.Change, agency int64, before time.Time) (n int64, err error) {
	archive, err := s.archiveOf(ctx, agency)
	if err != nil {
		return 0, err
	}
	archived, err := archive.Forget(before)
	if err != nil {
		return 0, err
	}
	for again := true; again; again = errors.Is(err, errAnswered) {
		if err := errors.Join(s.db.Derived.whole(ctx), s.db.Derived.Fill(ctx)); err != nil {
			return 0, err
		}
		err = s.db.changes(ctx, func(q *sqldb.Queries) error {
			if err := s.db.Balikan.forget(ctx, q, agency, before); err != nil {
				return err
			}
			if n, err = q.ForgetNIKs(ctx, sqldb.ForgetNIKsParams{AgencyID: agency, AtUs: micros(before)}); err != nil {
				return err
			}
			n += archived
			change := c
			change.Subject, change.After = "Jurnal", fmt.Sprintf("salt dan NIK tersandi dari %d catatan sebelum %s dimusnahkan", n,
				before.Format(time.DateOnly))
			return s.db.record(ctx, q, agency, change)
		})
	}
	s.db.tail.clear()
	if err == nil {
		err = s.db.Derived.catchUp(ctx, agency)
	}
	return n, err
}
