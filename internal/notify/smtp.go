package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"
)

// The classes of failures. What a server said is not kept but for its code: it may repeat an address.
const (
	Unreachable    = "server tidak dapat dihubungi" // may be followed by the reason
	Refused        = "ditolak"                      // followed by the code; for this recipient or this mail for good
	SenderRefused  = "pengirim tidak diterima"      // followed by the code
	Temporary      = "belum diterima"               // followed by the code
	BadAddress     = Refused + ": alamat tidak sah"
	BadAttachment  = "lampiran tidak dapat dibaca"
	reasonTLS      = ": sertifikat tidak sah"
	reasonSTARTTLS = ": tanpa STARTTLS"
)

// timeout is for dialling and for each reading or writing, so that a large attachment on a slow line takes the time that it needs.
const timeout = 20 * time.Second

// A link is a connection to the server, greeted and signed in.
type link struct {
	client *mail.Client
	conn   net.Conn
	stop   func() bool // ends the watch on the batch's time
}

func (l *link) close() {
	if l == nil {
		return
	}
	l.client.Close()
	l.stop()
	l.conn.Close() // the client leaves it open when the server does not answer QUIT
}

// dial connects; the connection is cut when whole ends. Without a link there is the class of the failure.
func (s *Sender) dial(ctx, whole context.Context) (*link, string) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	l := &link{}
	connect := func(context.Context, string, string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(s.smtp.Host, strconv.Itoa(s.smtp.Port)))
		if err != nil {
			return nil, err
		}
		l.conn = patient{conn}
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
		err = l.client.DialWithContext(ctx)
	}
	if err == nil {
		return l, ""
	}
	if l.conn != nil {
		l.stop()
		l.conn.Close() // the client does not
	}
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		return nil, withCode(Unreachable, said.Code)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return nil, Unreachable + reasonTLS
	}
	if strings.Contains(err.Error(), "does not support STARTTLS") { // the client has no value for it
		return nil, Unreachable + reasonSTARTTLS
	}
	return nil, Unreachable
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

func withCode(class string, code int) string { return class + ": " + strconv.Itoa(code) }

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.smtp.Host, MinVersion: tls.VersionTLS12}
}

func (s *Sender) client(connect mail.DialContextFunc) (*mail.Client, error) {
	o := []mail.Option{mail.WithPort(s.smtp.Port), mail.WithTimeout(timeout), mail.WithTLSConfig(s.tls()),
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
		kind := mail.SMTPAuthPlain
		if s.smtp.TLS == "none" {
			kind = mail.SMTPAuthPlainNoEnc
		}
		o = append(o, mail.WithSMTPAuth(kind), mail.WithUsername(s.smtp.User), mail.WithPassword(s.smtp.Password))
	}
	return mail.NewClient(s.smtp.Host, o...)
}

// patient gives each reading and writing the whole timeout; the client's own deadlines, which span many, are left out.
type patient struct{ net.Conn }

func (c patient) Read(b []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c patient) Write(b []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
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
	err := l.client.Send(msg)
	if err == nil {
		return "", 0, false
	}
	if msg.IsDelivered() { // what failed came after the server had taken it
		return "", 0, true
	}
	fault, ok := errors.AsType[*mail.SendError](err)
	if !ok || fault.ErrorCode() == 0 {
		return Unreachable, retry(m.Tries), true
	}
	code := fault.ErrorCode()
	broken = l.client.Reset() != nil
	switch {
	case code < 500:
		return withCode(Temporary, code), retry(m.Tries), broken
	case fault.Reason == mail.ErrSMTPMailFrom: // the configuration's fault, not the recipient's
		return withCode(SenderRefused, code), retry(m.Tries), broken
	}
	return withCode(Refused, code), refusedFor, broken
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
