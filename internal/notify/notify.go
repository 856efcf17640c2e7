// Package notify delivers e-mail from a durable queue to an SMTP server. It promises that a queued mail is sent at least once, as soon as
// a server takes it, that one that fails holds up no other, and that no address, subject or text reaches the log or the note of a
// failure.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"time"
)

// A Mail waits until an SMTP server has taken it. It is plain text in UTF-8.
type Mail struct {
	ID                int64
	To, Subject, Body string
	File              int64 // attachment; 0: none
	Subscription      int64 // of a resident that it is of, and without which it is not sent any more; 0: none
	Created, Next     time.Time
	Tries             int       // claims so far
	Sent              time.Time // zero: not yet
	Failure           string    // class of the last failure, in Indonesian, without any address
}

// An Attachment is a file of a mail.
type Attachment struct {
	Name, Media string
	Content     []byte
}

// A Queue holds mails durably. Safe for concurrent use, by several processes too.
type Queue interface {
	// Claim returns up to n mails that are due, counts a try of each and moves its next time to until, so that nobody else sends it
	// meanwhile; after a crash it comes due again. None returned means that none is due.
	Claim(ctx context.Context, now, until time.Time, n int) ([]Mail, error)
	Sent(ctx context.Context, id int64, at time.Time) error
	Failed(ctx context.Context, id int64, next time.Time, failure string) error
	Attachment(ctx context.Context, file int64) (Attachment, error)
}

// An SMTP is the server that mails leave by. Without a host mails wait in the queue.
type SMTP struct {
	Host           string
	Port           int
	User, Password string // user empty: without authentication
	From           string
	TLS            string // "starttls" or empty: required; "tls"; "none", for loopback and closed networks only
}

// Check says which key of the configuration is wrong.
func (s SMTP) Check() error {
	if s.Host == "" {
		return nil
	}
	if s.Port < 1 || s.Port > 65535 {
		return errors.New("smtp_port: want 1 to 65535")
	}
	switch s.TLS {
	case "", "starttls", "tls", "none":
	default:
		return errors.New(`smtp_tls: want "starttls", "tls" or "none"`)
	}
	if _, err := mail.ParseAddress(s.From); err != nil {
		return errors.New("smtp_from: not an e-mail address")
	}
	return nil
}

const (
	batch      = 20
	claimFor   = 10 * time.Minute
	sendFor    = claimFor / 2 // then a batch's connection is cut, so that no mail is still being sent when its claim ends
	firstRetry = time.Minute
	lastRetry  = 6 * time.Hour
	refusedFor = 24 * time.Hour
)

// A Sender delivers what the queue holds. Safe for concurrent use.
type Sender struct {
	Every time.Duration // between two looks at the queue; set before Run
	// Patience is the time for dialling, and for each reading or writing, so that a large attachment on a slow line takes the time that
	// it needs; set before Run.
	Patience time.Duration

	queue Queue
	smtp  SMTP
	now   func() time.Time
	log   *slog.Logger
	wake  chan struct{}
}

// NewSender returns a sender that looks every 15 seconds and has 20 seconds' patience; Run starts it.
func NewSender(q Queue, s SMTP, now func() time.Time, log *slog.Logger) *Sender {
	return &Sender{Every: 15 * time.Second, Patience: 20 * time.Second, queue: q, smtp: s, now: now, log: log, wake: make(chan struct{}, 1)}
}

// Wake makes Run look at the queue at once.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends; a mail that is being sent then is brought to its end. Without a server it does nothing.
func (s *Sender) Run(ctx context.Context) {
	if s.smtp.Host == "" {
		return
	}
	t := time.NewTicker(s.Every)
	defer t.Stop()
	for {
		if _, err := s.Deliver(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "notify: deliver", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-s.wake:
		}
	}
}

// Deliver sends all mails that are due and returns how many a server took. The error is a fault of the queue; a mail that could not be
// sent is noted there and tried again. Without a server it does nothing.
func (s *Sender) Deliver(ctx context.Context) (sent int, err error) {
	if s.smtp.Host == "" {
		return 0, nil
	}
	for {
		now := s.now()
		list, err := s.queue.Claim(ctx, now, now.Add(claimFor), batch)
		if err != nil || len(list) == 0 {
			return sent, err
		}
		n, again, err := s.send(ctx, list)
		sent += n
		if err != nil || !again {
			return sent, err
		}
	}
}

// send sends one batch over one connection, or a new one after a mail that broke it. Again is false when there is no server to go on
// with, or ctx has ended.
func (s *Sender) send(ctx context.Context, list []Mail) (sent int, again bool, err error) {
	// What was done is noted although ctx has ended meanwhile: else a mail would be sent twice at every stop.
	note := context.WithoutCancel(ctx)
	whole, cancel := context.WithTimeout(note, sendFor)
	defer cancel()
	var l *link
	defer func() { l.close() }()
	for i, m := range list {
		if l == nil && ctx.Err() == nil {
			var failure string
			if l, failure = s.dial(ctx, whole); l == nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "notify: no mail server", "waiting", len(list)-i, "failure", failure)
				return sent, false, s.putBack(note, list[i:], failure)
			}
		}
		if ctx.Err() != nil {
			return sent, false, s.putBack(note, list[i:], "")
		}
		failure, wait, broken := s.one(ctx, l, m)
		if failure == "" {
			// A crash between the server's answer and this note sends the mail once more, with the same Message-ID.
			err = s.queue.Sent(note, m.ID, s.now())
			sent++
		} else {
			s.log.WarnContext(ctx, "notify: mail not sent", "mail", m.ID, "failure", failure, "tries", m.Tries)
			err = s.queue.Failed(note, m.ID, s.now().Add(wait), failure)
		}
		if err != nil {
			return sent, false, fmt.Errorf("note what became of mail %d: %w", m.ID, err)
		}
		if broken {
			l.close()
			l = nil
		}
	}
	return sent, true, nil
}

// putBack gives claimed mails back: to be tried later when there is a failure, else at once.
func (s *Sender) putBack(ctx context.Context, list []Mail, failure string) error {
	for _, m := range list {
		next, text := s.now(), m.Failure
		if failure != "" {
			next, text = next.Add(retry(m.Tries)), failure
		}
		if err := s.queue.Failed(ctx, m.ID, next, text); err != nil {
			return fmt.Errorf("put back mail %d: %w", m.ID, err)
		}
	}
	return nil
}

// retry is how long a mail waits after so many tries: a minute, doubled each time, six hours at most. It is never given up.
func retry(tries int) time.Duration {
	d := firstRetry
	for range tries - 1 {
		if d *= 2; d >= lastRetry {
			return lastRetry
		}
	}
	return d
}
