package store

import (
	"context"
	"fmt"
	"time"

	"gapura/internal/notify"
	"gapura/store/sqldb"
)

// Mails is the queue of e-mail; it implements notify.Queue.
type Mails struct{ db *DB }

// QueueMail queues a mail that is due at once, at m.Created.
func (s *Mails) QueueMail(ctx context.Context, m notify.Mail) error {
	return tell(ctx, s.db.main.q, nil, []notify.Mail{m})
}

// Claim implements notify.Queue. A mail that somebody else claimed meanwhile is left out; it looks again when that was so of all.
func (s *Mails) Claim(ctx context.Context, now, until time.Time, n int) (out []notify.Mail, err error) {
	for {
		due, err := s.db.mainRead.q.MailsDue(ctx, sqldb.MailsDueParams{NextUs: micros(now), Limit: int32(n)})
		if err != nil {
			return nil, fmt.Errorf("read mails: %w", err)
		}
		if out, err = s.claim(ctx, due, until); err != nil || len(out) > 0 || len(due) == 0 {
			return out, err
		}
	}
}

func (s *Mails) claim(ctx context.Context, due []sqldb.Mail, until time.Time) (out []notify.Mail, err error) {
	for _, r := range due {
		rows, err := s.db.main.q.ClaimMail(ctx, sqldb.ClaimMailParams{ID: r.ID, Expected: r.NextUs, Until: micros(until)})
		if err != nil {
			return nil, fmt.Errorf("claim mail %d: %w", r.ID, err)
		}
		if rows == 1 {
			r.Tries++
			out = append(out, mailOf(r))
		}
	}
	return out, nil
}

// Sent implements notify.Queue.
func (s *Mails) Sent(ctx context.Context, id int64, at time.Time) error {
	return s.db.main.q.MailSent(ctx, sqldb.MailSentParams{ID: id, SentUs: micros(at)})
}

// Failed implements notify.Queue.
func (s *Mails) Failed(ctx context.Context, id int64, next time.Time, failure string) error {
	return s.db.main.q.MailFailed(ctx, sqldb.MailFailedParams{ID: id, NextUs: micros(next), Failure: failure})
}

// Failing is how many mails are unsent after that many tries.
func (s *Mails) Failing(ctx context.Context, tries int) (int, error) {
	n, err := s.db.mainRead.q.CountMailsFailing(ctx, int64(tries))
	if err != nil {
		return 0, fmt.Errorf("count failing mails: %w", err)
	}
	return int(n), nil
}

// Attachment implements notify.Queue.
func (s *Mails) Attachment(ctx context.Context, file int64) (notify.Attachment, error) {
	f, found, err := s.db.Files.File(ctx, file)
	if err != nil {
		return notify.Attachment{}, err
	}
	if !found {
		return notify.Attachment{}, fmt.Errorf("attachment %d is not there", file)
	}
	content, err := s.db.Files.FileContent(ctx, file)
	return notify.Attachment{Name: f.Title + endings[f.Media], Media: f.Media, Content: content}, err
}

// endings are those of the media that the console takes and writes.
var endings = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

// MailList returns mails before an id, newest first; 0 begins with the newest.
func (s *Mails) MailList(ctx context.Context, before int64, most int) ([]notify.Mail, error) {
	rows, err := s.db.mainRead.q.Mails(ctx, sqldb.MailsParams{ID: orLast(before), Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read mails: %w", err)
	}
	return each(rows, mailOf), nil
}

func mailOf(r sqldb.Mail) notify.Mail {
	return notify.Mail{
		ID: r.ID, To: r.Recipient, Subject: r.Subject, Body: r.Body, File: r.FileID, Created: instant(r.CreatedUs), Next: instant(r.NextUs),
		Tries: int(r.Tries), Sent: instant(r.SentUs), Failure: r.Failure,
	}
}
