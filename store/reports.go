package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gapura/internal/notify"
	"gapura/office/procedure"
	"gapura/office/report"
	"gapura/store/sqldb"
)

// Reports are semester reports as they were kept.
type Reports struct{ db *DB }

// KeptReport reads an agency's report of a period.
func (s *Reports) KeptReport(ctx context.Context, agency int64, key string) (report.Kept, bool, error) {
	return s.keptReport(ctx, s.db.mainRead.q, agency, key)
}

func (s *Reports) keptReport(ctx context.Context, q *sqldb.Queries, agency int64, key string) (report.Kept, bool, error) {
	r, err := q.Report(ctx, sqldb.ReportParams{AgencyID: agency, Period: key})
	if ok, err := foundRow(err, "report"); err != nil || !ok {
		return report.Kept{}, false, err
	}
	k := keptOf(sqldb.ReportsRow{AgencyID: r.AgencyID, Period: r.Period, MadeUs: r.MadeUs, SentUs: r.SentUs, EvidenceID: r.EvidenceID,
		JudgedUs: r.JudgedUs, Accepted: r.Accepted, FileID: r.FileID, Sender: r.Sender})
	k.SentBy = r.SentBy
	plain, err := s.db.reportSeal.Open(nil, r.Sealed, reportContext(agency, key))
	if err != nil {
		return k, false, fmt.Errorf("open report: %w", err)
	}
	if err := json.Unmarshal(plain, &k.Report); err != nil {
		return k, false, errors.New("a report cannot be read")
	}
	return k, true, nil
}

func keptOf(r sqldb.ReportsRow) report.Kept {
	k := report.Kept{Agency: r.AgencyID, Key: r.Period, Made: instant(r.MadeUs), Sent: instant(r.SentUs), Sender: r.Sender,
		Evidence: r.EvidenceID, File: r.FileID, State: report.Draft}
	switch {
	case r.EvidenceID == 0:
	case r.JudgedUs == 0:
		k.State = report.Sent
	case r.Accepted:
		k.State = report.Received
	default:
		k.State = report.Returned
	}
	return k
}

func reportContext(agency int64, key string) []byte { return fmt.Appendf(nil, "%d %s", agency, key) }

// Reports are the reports of an agency, or of a period, without their figures; zero values mean all.
func (s *Reports) Reports(ctx context.Context, agency int64, key string) ([]report.Kept, error) {
	rows, err := s.db.mainRead.q.Reports(ctx, sqldb.ReportsParams{Agency: agency, Period: key})
	if err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	return each(rows, keptOf), nil
}

// KeepDraft keeps a report that is not sent; report.ErrSent when it was, report.ErrMoved when it is not what the caller saw. It tells
// people in the same transaction.
func (s *Reports) KeepDraft(ctx context.Context, k report.Kept, told []procedure.Notice, mails []notify.Mail) error {
	return s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		before, err := s.openReport(ctx, q, k)
		if err != nil {
			return err
		}
		k.Sent, k.SentBy, k.Evidence = before.Sent, before.SentBy, before.Evidence // of one that was returned
		return errors.Join(s.putReport(ctx, q, k), s.db.tell(ctx, q, told, mails))
	})
}

// SendReport freezes a report: its figures, its PDF as evidence for the duty, and the mails that carry it, in one transaction;
// report.ErrSent when it was sent before.
func (s *Reports) SendReport(ctx context.Context, k report.Kept, e procedure.Evidence, pdf procedure.File, told []procedure.Notice,
	mails []notify.Mail) error {
	return s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		if _, err := s.openReport(ctx, q, k); err != nil {
			return err
		}
		var err error
		if e.File, err = s.db.Files.insertFile(ctx, q, pdf); err != nil {
			return err
		}
		if k.Evidence, err = insertEvidence(ctx, q, e); err != nil {
			return err
		}
		for i := range mails {
			mails[i].File = e.File
		}
		return errors.Join(s.putReport(ctx, q, k), s.db.tell(ctx, q, told, mails))
	})
}

// openReport reads what is kept of a report and holds it until the transaction ends, so that of two people one sends.
func (s *Reports) openReport(ctx context.Context, q *sqldb.Queries, k report.Kept) (report.Kept, error) {
	// The agency's row, which two transactions cannot hold at once.
	if _, err := q.TakeAnswers(ctx, sqldb.TakeAnswersParams{AgencyID: k.Agency}); err != nil {
		return k, fmt.Errorf("hold the reports of institution %d: %w", k.Agency, err)
	}
	before, found, err := s.keptReport(ctx, q, k.Agency, k.Key)
	switch {
	case err != nil:
	case found && !before.State.Open():
		err = report.ErrSent
	case !before.Made.Equal(k.Seen):
		err = report.ErrMoved
	}
	return before, err
}

func (s *Reports) putReport(ctx context.Context, q *sqldb.Queries, k report.Kept) error {
	plain, err := json.Marshal(k.Report)
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	err = q.PutReport(ctx, sqldb.PutReportParams{
		AgencyID: k.Agency, Period: k.Key, MadeUs: micros(k.Made), SentUs: micros(k.Sent), SentBy: k.SentBy, EvidenceID: k.Evidence,
		Sealed: s.db.reportSeal.Seal(plain, reportContext(k.Agency, k.Key)),
	})
	if err != nil {
		return fmt.Errorf("keep report: %w", err)
	}
	return nil
}
