package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// A link is a connection to the server, greeted and signed in.
type link struct {
	client  *mail.Client
	session *smtp.Client
	conn    net.Conn
	most    int64       // bytes of the largest mail that the server takes (RFC 1870); 0: it doesn't say
	stop    func() bool // ends the watch on the batch's time
}

func (l *link) close() {
	if l == nil {
		return
	}
	l.client.CloseWithSMTPClient(l.session)
	l.stop()
	l.conn.Close() // the client leaves it open when the server does not answer QUIT
}

// dial connects; the connection is cut when whole ends. Without a link there is the class of the failure.
func (s *Sender) dial(ctx, whole context.Context) (*link, string) {
	ctx, cancel := context.WithTimeout(ctx, s.Patience)
	defer cancel()
	l := &link{}
	connect := func(context.Context, string, string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(s.smtp.Host, strconv.Itoa(s.smtp.Port)))
		if err != nil {
			return nil, err
		}
		l.conn = patient{conn, s.Patience}
		l.stop = context.AfterFunc(whole, func() { conn.Close() })
		if s.smtp.TLS != "tls" {
			return l.conn, nil
		}
		t := tls.Client(l.conn, s.tls())
		return t, t.HandshakeContext(ctx)
	}
	err := whole.Err()
	if err == nil {
		l.client, err = s.client(connect)
	}
	if err == nil {
		// The client's own time for all of it is without effect on a patient connection; a server that lets each reply come just in time
		// is cut off by whole.
		l.session, err = l.client.DialToSMTPClientWithContext(whole)
	}
	if err == nil {
		if ok, size := l.session.Extension("SIZE"); ok {
			l.most, _ = strconv.ParseInt(strings.TrimSpace(size), 10, 64) // without a number it says nothing
		}
		return l, ""
	}
	if l.conn != nil {
		l.stop()
		l.conn.Close() // the client does not
	}
	return nil, unreached(err)
}

// Reach reports whether the server takes a connection and the credentials.
func (s *Sender) Reach(ctx context.Context) error {
	l, failure := s.dial(ctx, ctx)
	defer l.close()
	if failure != "" {
		return errors.New(failure)
	}
	return nil
}

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.smtp.Host, MinVersion: tls.VersionTLS12}
}

func (s *Sender) client(connect mail.DialContextFunc) (*mail.Client, error) {
	o := []mail.Option{mail.WithPort(s.smtp.Port), mail.WithTimeout(s.Patience), mail.WithTLSConfig(s.tls()),
		mail.WithDialContextFunc(connect)}
	switch s.smtp.TLS {
	case "tls":
		o = append(o, mail.WithSSL())
	case "none":
		o = append(o, mail.WithTLSPolicy(mail.NoTLS))
	default:
		o = append(o, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.smtp.User != "" {
		// What every server takes a password by comes first; of the others some are offered and set up for no account.
		kinds := []mail.SMTPAuthType{mail.SMTPAuthPlain, mail.SMTPAuthLogin, mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthCramMD5}
		if s.smtp.TLS == "none" {
			kinds[0], kinds[1] = mail.SMTPAuthPlainNoEnc, mail.SMTPAuthLoginNoEnc
		}
		o = append(o, mail.WithOpportunisticSMTPAuth(kinds...), mail.WithUsername(s.smtp.User), mail.WithPassword(s.smtp.Password))
	}
	return mail.NewClient(s.smtp.Host, o...)
}

// patient gives each reading and writing the whole timeout; the client's own deadlines, which span many, are left out.
type patient struct {
	net.Conn
	each time.Duration
}

func (c patient) Read(b []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(time.Now().Add(c.each)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c patient) Write(b []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(c.each)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

func (patient) SetDeadline(time.Time) error      { return nil }
func (patient) SetReadDeadline(time.Time) error  { return nil }
func (patient) SetWriteDeadline(time.Time) error { return nil }

// one sends a mail. The class of its failure is empty when a server took it; broken says that the connection is of no use any more.
func (s *Sender) one(ctx context.Context, l *link, m Mail) (failure string, wait time.Duration, broken bool) {
	msg, failure := s.message(ctx, m)
	switch failure {
	case "":
	case BadAddress:
		return failure, refusedFor, false
	default:
		return failure, retry(m.Tries), false
	}
	if l.most > 0 {
		size, err := msg.WriteTo(io.Discard)
		if err != nil {
			return BadAttachment, retry(m.Tries), false
		}
		if size > l.most {
			return fmt.Sprintf("%s: paling banyak %.1f MB", TooLarge, float64(l.most)/1e6), refusedFor, false
		}
	}
	err := l.client.SendWithSMTPClient(l.session, msg)
	if err == nil {
		return "", 0, false
	}
	if msg.IsDelivered() { // what failed came after the server had taken it
		return "", 0, true
	}
	fault, ok := errors.AsType[*mail.SendError](err)
	if !ok || fault.ErrorCode() == 0 {
		return unreached(err), retry(m.Tries), true
	}
	failure, lasting := refusal(fault)
	if wait = retry(m.Tries); lasting {
		wait = refusedFor
	}
	return failure, wait, l.client.ResetWithSMTPClient(l.session) != nil
}

// message writes a mail, or tells the class of what is wrong with it.
func (s *Sender) message(ctx context.Context, m Mail) (msg *mail.Msg, failure string) {
	msg = mail.NewMsg()
	if strings.ContainsFunc(m.To, unicode.IsControl) || msg.To(m.To) != nil {
		return nil, BadAddress
	}
	if msg.From(s.smtp.From) != nil {
		return nil, SenderRefused
	}
	// The id stays the same when a mail is sent again after a crash, so that mail programs recognise it.
	msg.SetMessageIDWithValue(fmt.Sprintf("gapura.%d.%d@%s", m.ID, m.Created.UnixMicro(), hostOf(s.smtp.From)))
	msg.SetDateWithValue(s.now())
	msg.Subject(oneLine(m.Subject))
	msg.SetBodyString(mail.TypeTextPlain, m.Body)
	if m.File == 0 {
		return msg, ""
	}
	a, err := s.queue.Attachment(ctx, m.File)
	if err != nil {
		return nil, BadAttachment
	}
	media := a.Media
	if _, _, err := mime.ParseMediaType(media); err != nil || strings.ContainsFunc(media, unicode.IsControl) {
		media = "application/octet-stream"
	}
	if msg.AttachReader(oneLine(a.Name), bytes.NewReader(a.Content), mail.WithFileContentType(mail.ContentType(media))) != nil {
		return nil, BadAttachment
	}
	return msg, ""
}

// oneLine makes line breaks and other controls spaces.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

func hostOf(address string) string {
	if a, err := netmail.ParseAddress(address); err == nil {
		address = a.Address
	}
	return address[strings.LastIndexByte(address, '@')+1:]
}
