package store

import (
	"context"
	"fmt"

	"gapura/internal/notify"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Notices are what people find on their pages.
type Notices struct{ db *DB }

// tell writes notices and queues mails.
func (s *DB) tell(ctx context.Context, q *sqldb.Queries, notices []procedure.Notice, mails []notify.Mail) error {
	for _, x := range notices {
		if err := q.InsertNotice(ctx, sqldb.InsertNoticeParams{AgencyID: x.Agency, AtUs: micros(x.At), Text: x.Text,
			Path: x.Path}); err != nil {
			return fmt.Errorf("insert notice: %w", err)
		}
	}
	for _, m := range mails {
		sealed, err := s.sealMail(m)
		if err != nil {
			return err
		}
		if err := q.InsertMail(ctx, sqldb.InsertMailParams{Subject: m.Subject, FileID: m.File, CreatedUs: micros(m.Created),
			Sealed: sealed, SubscriptionID: m.Subscription}); err != nil {
			return fmt.Errorf("queue mail: %w", err)
		}
	}
	return nil
}

// Notices returns an institution's notices before an id, newest first.
func (s *Notices) Notices(ctx context.Context, agency, before int64, most int) ([]procedure.Notice, error) {
	rows, err := s.db.mainRead.q.Notices(ctx, sqldb.NoticesParams{AgencyID: agency, ID: orLast(before), Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return each(rows, func(r sqldb.Notice) procedure.Notice {
		return procedure.Notice{ID: r.ID, Agency: r.AgencyID, At: instant(r.AtUs), Text: r.Text, Path: r.Path}
	}), nil
}

// Unread counts the notices of a user's institution that came after those that the user has read.
func (s *Notices) Unread(ctx context.Context, user int64) (int, error) {
	u, err := s.db.mainRead.q.User(ctx, user)
	if err != nil {
		return 0, fmt.Errorf("read user %d: %w", user, err)
	}
	n, err := s.db.mainRead.q.CountNotices(ctx, sqldb.CountNoticesParams{AgencyID: u.AgencyID, ID: u.NoticesRead})
	if err != nil {
		return 0, fmt.Errorf("count notices: %w", err)
	}
	return int(n), nil
}

// ReadNotices notes that a user has read the notices up to an id.
func (s *Notices) ReadNotices(ctx context.Context, user, upTo int64) error {
	return s.db.main.q.ReadNotices(ctx, sqldb.ReadNoticesParams{ID: user, NoticesRead: upTo})
}
