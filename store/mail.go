package store

import (
	"context"
	"fmt"
	"time"

	"gapura/internal/notify"
	"gapura/store/sqldb"
)

// Mails is the queue of e-mail.
func (s *Store) Mails() notify.Queue { return mails{s} }

type mails struct{ s *Store }

// QueueMail queues a mail that is due at once, at m.Created.
func (s *Store) QueueMail(ctx context.Context, m notify.Mail) error {
	return tell(ctx, s.main.q, nil, []notify.Mail{m})
}

// Claim implements notify.Queue. A mail that somebody else claimed meanwhile is left out; it looks again when that was so of all.
func (m mails) Claim(ctx context.Context, now, until time.Time, n int) (out []notify.Mail, err error) {
	for {
		due, err := m.s.mainRead.q.MailsDue(ctx, sqldb.MailsDueParams{NextUs: micros(now), Limit: int32(n)})
		if err != nil {
			return nil, fmt.Errorf("read mails: %w", err)
		}
		if out, err = m.claim(ctx, due, until); err != nil || len(out) > 0 || len(due) == 0 {
			return out, err
		}
	}
}

func (m mails) claim(ctx context.Context, due []sqldb.Mail, until time.Time) (out []notify.Mail, err error) {
	for _, r := range due {
		rows, err := m.s.main.q.ClaimMail(ctx, sqldb.ClaimMailParams{ID: r.ID, Expected: r.NextUs, Until: micros(until)})
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
func (m mails) Sent(ctx context.Context, id int64, at time.Time) error {
	return m.s.main.q.MailSent(ctx, sqldb.MailSentParams{ID: id, SentUs: micros(at)})
}

// Failed implements notify.Queue.
func (m mails) Failed(ctx context.Context, id int64, next time.Time, failure string) error {
	return m.s.main.q.MailFailed(ctx, sqldb.MailFailedParams{ID: id, NextUs: micros(next), Failure: failure})
}

// Attachment implements notify.Queue.
func (m mails) Attachment(ctx context.Context, file int64) (notify.Attachment, error) {
	f, found, err := m.s.File(ctx, file)
	if err != nil {
		return notify.Attachment{}, err
	}
	if !found {
		return notify.Attachment{}, fmt.Errorf("attachment %d is not there", file)
	}
	content, err := m.s.FileContent(ctx, file)
	return notify.Attachment{Name: f.Title + endings[f.Media], Media: f.Media, Content: content}, err
}

// endings are those of the media that the console takes and writes.
var endings = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

// MailList returns mails before an id, newest first; 0 begins with the newest.
func (s *Store) MailList(ctx context.Context, before int64, most int) ([]notify.Mail, error) {
	rows, err := s.mainRead.q.Mails(ctx, sqldb.MailsParams{ID: orLast(before), Limit: int32(most)})
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
