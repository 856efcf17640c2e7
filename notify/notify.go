// Package notify delivers e-mail from a durable queue to an SMTP server. It promises that a queued mail is sent at least once, as soon as a server takes it,
// that one that fails holds up no other, and that no address, subject or text reaches the log.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// A Mail waits until an SMTP server has taken it. It is plain text in UTF-8.
type Mail struct {
	ID                int64
	To, Subject, Body string
	File              int64 // attachment; 0: none
	Created, Next     time.Time
	Tries             int
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
	// Claim returns up to n mails that are due and moves their next time to until, so that nobody else sends them meanwhile; after a crash they come due
	// again.
	Claim(ctx context.Context, now, until time.Time, n int) ([]Mail, error)
	Sent(ctx context.Context, id int64, at time.Time) error
	Failed(ctx context.Context, id int64, next time.Time, failure string) error
	Attachment(ctx context.Context, file int64) (Attachment, error)
}

// An SMTP is the server that mails leave by. Without a host mails wait in the queue.
type SMTP struct {
	Host           string
	Port           int
	User, Password string // empty: without authentication
	From           string
	TLS            string // "starttls" (required), "tls", or "none", for loopback and closed networks
}

// Check says which key of the configuration is wrong.
func (s SMTP) Check() error {
	if s.Host == "" {
		return nil
	}
	if s.Port < 1 || s.Port > 65535 {
		return errors.New("smtp_port: want 1 to 65535")
	}
	if s.TLS != "starttls" && s.TLS != "tls" && s.TLS != "none" {
		return errors.New(`smtp_tls: want "starttls", "tls" or "none"`)
	}
	if err := mail.NewMsg().From(s.From); err != nil {
		return errors.New("smtp_from: not an e-mail address")
	}
	return nil
}

const (
	batch      = 20
	claimFor   = 10 * time.Minute // longer than a batch can take
	timeout    = 20 * time.Second
	lookEvery  = 15 * time.Second
	firstRetry = time.Minute
	lastRetry  = 6 * time.Hour
	refusedFor = 24 * time.Hour
)

// The classes of failures.
const (
	Unreachable = "server surel tidak dapat dihubungi"
	Refused     = "ditolak oleh server surel"
	Temporary   = "sementara tidak diterima server surel"
	Unfit       = "alamat atau lampiran tidak dapat dibaca"
)

// A Sender delivers what the queue holds. Safe for concurrent use.
type Sender struct {
	queue   Queue
	smtp    SMTP
	now     func() time.Time
	log     *slog.Logger
	wake    chan struct{}
	options []mail.Option // besides those of the configuration
}

// NewSender returns a sender; Run starts it.
func NewSender(q Queue, s SMTP, now func() time.Time, log *slog.Logger) *Sender {
	return &Sender{queue: q, smtp: s, now: now, log: log, wake: make(chan struct{}, 1)}
}

// Wake makes Run look at the queue at once.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends. Without a server it does nothing.
func (s *Sender) Run(ctx context.Context) {
	if s.smtp.Host == "" {
		return
	}
	t := time.NewTicker(lookEvery)
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

// Deliver sends all mails that are due and returns how many a server took. The error is a fault of the queue; a mail that could not be sent is noted there and
// tried again.
func (s *Sender) Deliver(ctx context.Context) (sent int, err error) {
	for {
		now := s.now()
		list, err := s.queue.Claim(ctx, now, now.Add(claimFor), batch)
		if err != nil || len(list) == 0 {
			return sent, err
		}
		n, reached, err := s.send(ctx, list)
		sent += n
		if err != nil || !reached {
			return sent, err
		}
	}
}

// send sends one batch over one connection. Reached is false when no server answered.
func (s *Sender) send(ctx context.Context, list []Mail) (sent int, reached bool, err error) {
	client, err := s.client()
	if err == nil {
		err = client.DialWithContext(ctx)
	}
	if err != nil {
		s.log.WarnContext(ctx, "notify: no mail server", "waiting", len(list))
		for _, m := range list {
			if err := s.queue.Failed(ctx, m.ID, s.now().Add(retry(m.Tries)), Unreachable); err != nil {
				return 0, false, err
			}
		}
		return 0, false, nil
	}
	defer client.Close()
	for _, m := range list {
		failure, next := s.one(ctx, client, m)
		if failure == "" {
			// A crash between the server's answer and this note sends the mail once more, with the same Message-ID.
			if err := s.queue.Sent(ctx, m.ID, s.now()); err != nil {
				return sent, true, err
			}
			sent++
			continue
		}
		s.log.WarnContext(ctx, "notify: mail not sent", "mail", m.ID, "failure", failure, "tries", m.Tries)
		if err := s.queue.Failed(ctx, m.ID, s.now().Add(next), failure); err != nil {
			return sent, true, err
		}
	}
	return sent, true, nil
}

// one sends a mail; the class of its failure is empty when a server took it.
func (s *Sender) one(ctx context.Context, client *mail.Client, m Mail) (failure string, next time.Duration) {
	msg, err := s.message(ctx, m)
	if err != nil {
		return Unfit, refusedFor
	}
	err = client.Send(msg)
	if err == nil {
		return "", 0
	}
	if fault, ok := errors.AsType[*mail.SendError](err); ok && !fault.IsTemp() && fault.ErrorCode() >= 500 {
		return fmt.Sprintf("%s: %d", Refused, fault.ErrorCode()), refusedFor
	}
	if err := client.Reset(); err != nil {
		return Unreachable, retry(m.Tries)
	}
	return Temporary, retry(m.Tries)
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

func (s *Sender) client() (*mail.Client, error) {
	o := []mail.Option{mail.WithPort(s.smtp.Port), mail.WithTimeout(timeout)}
	switch s.smtp.TLS {
	case "tls":
		o = append(o, mail.WithSSL())
	case "none":
		o = append(o, mail.WithTLSPolicy(mail.NoTLS))
	default:
		o = append(o, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.smtp.User != "" {
		kind := mail.SMTPAuthPlain
		if s.smtp.TLS == "none" {
			kind = mail.SMTPAuthPlainNoEnc
		}
		o = append(o, mail.WithSMTPAuth(kind), mail.WithUsername(s.smtp.User), mail.WithPassword(s.smtp.Password))
	}
	return mail.NewClient(s.smtp.Host, append(o, s.options...)...)
}

func (s *Sender) message(ctx context.Context, m Mail) (*mail.Msg, error) {
	msg := mail.NewMsg()
	if err := msg.From(s.smtp.From); err != nil {
		return nil, err
	}
	if err := msg.To(m.To); err != nil {
		return nil, err
	}
	_, host, _ := strings.Cut(s.smtp.From, "@")
	// The id stays the same when a mail is sent again after a crash, so that mail programs recognise it.
	msg.SetMessageIDWithValue(fmt.Sprintf("gapura.%d.%d@%s", m.ID, m.Created.UnixMicro(), strings.Trim(host, "> ")))
	msg.SetDateWithValue(s.now())
	msg.Subject(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, m.Subject))
	msg.SetBodyString(mail.TypeTextPlain, m.Body)
	if m.File != 0 {
		a, err := s.queue.Attachment(ctx, m.File)
		if err != nil {
			return nil, err
		}
		if err := msg.AttachReader(a.Name, strings.NewReader(string(a.Content)), mail.WithFileContentType(mail.ContentType(a.Media))); err != nil {
			return nil, err
		}
	}
	return msg, nil
}
