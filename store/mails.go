package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"gapura/internal/notify"
	"gapura/store/sqldb"
)

// Mails is the queue of e-mail; it implements notify.Queue. Whom a mail is for and what it says lie sealed until it is sent, and are gone
// then: a mail may hold half of a secret, or tell a resident of the uses of their data.
type Mails struct{ db *DB }

// A letter is what is sealed of a mail.
type letter struct{ To, Body string }

// mailContext binds what is sealed to the rest of its mail.
func mailContext(createdUs, file int64, subject string) []byte {
	b := binary.BigEndian.AppendUint64([]byte("mail"), uint64(createdUs))
	return append(binary.BigEndian.AppendUint64(b, uint64(file)), subject...)
}

func (s *DB) sealMail(m notify.Mail) ([]byte, error) {
	plain, err := json.Marshal(letter{m.To, m.Body})
	if err != nil {
		return nil, fmt.Errorf("seal mail: %w", err)
	}
	return s.mailSeal.Seal(plain, mailContext(micros(m.Created), m.File, m.Subject)), nil
}

// sealMails seals what waits from before mails were sealed.
func (s *DB) sealMails(ctx context.Context) error {
	return s.main.tx(ctx, func(q *sqldb.Queries) error {
		rows, err := q.OpenMails(ctx)
		if err != nil {
			return fmt.Errorf("read open mails: %w", err)
		}
		for _, r := range rows {
			sealed, err := s.sealMail(notify.Mail{To: r.Recipient, Body: r.Body, Subject: r.Subject, File: r.FileID,
				Created: instant(r.CreatedUs)})
			if err == nil {
				err = q.SealMail(ctx, sqldb.SealMailParams{ID: r.ID, Sealed: sealed})
			}
			if err != nil {
				return fmt.Errorf("seal mail %d: %w", r.ID, err)
			}
		}
		return nil
	})
}

// notOpened is why a mail waits whose seal does not open: it, or the key file, is not what it was.
const notOpened = "isi surel tidak dapat dibuka dengan berkas kunci ini"

// QueueMail queues a mail that is due at once, at m.Created.
func (s *Mails) QueueMail(ctx context.Context, m notify.Mail) error {
	return s.db.tell(ctx, s.db.main.q, nil, []notify.Mail{m})
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
		if rows != 1 {
			continue
		}
		r.Tries++
		m, err := s.mailOf(r)
		if err != nil { // it holds up no other
			if err := s.Failed(ctx, r.ID, until.Add(24*time.Hour), notOpened); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, m)
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
	out := make([]notify.Mail, len(rows))
	for i, r := range rows {
		out[i], _ = s.mailOf(r) // of one that does not open the rest is shown
	}
	return out, nil
}

// mailOf reads a mail. One that was sent has neither recipient nor text any more.
func (s *Mails) mailOf(r sqldb.Mail) (notify.Mail, error) {
	m := notify.Mail{ID: r.ID, Subject: r.Subject, File: r.FileID, Created: instant(r.CreatedUs), Next: instant(r.NextUs),
		Tries: int(r.Tries), Sent: instant(r.SentUs), Failure: r.Failure}
	if r.Sealed == nil {
		return m, nil
	}
	var l letter
	plain, err := s.db.mailSeal.Open(nil, r.Sealed, mailContext(r.CreatedUs, r.FileID, r.Subject))
	if err == nil {
		err = json.Unmarshal(plain, &l)
	}
	if err != nil {
		return m, fmt.Errorf("open mail %d: %w", r.ID, err)
	}
	m.To, m.Body = l.To, l.Body
	return m, nil
}
