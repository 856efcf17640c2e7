package life

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// A Post is an SMTP server that keeps the mails that it takes.
type Post struct {
	Port int

	t  testing.TB
	mu sync.Mutex
	in []letter // guarded by mu
}

// A letter is a mail that arrived.
type letter struct{ to, subject, body string }

// OpenPost starts a server on the loopback address; it ends with the test.
func OpenPost(t testing.TB) *Post {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Post{Port: l.Addr().(*net.TCPAddr).Port, t: t}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{post: p}, nil }))
	s.Domain = "surel.example"
	done := make(chan struct{})
	go func() { s.Serve(l); close(done) }()
	t.Cleanup(func() { s.Close(); <-done })
	return p
}

// take empties the box.
func (p *Post) take() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	in := p.in
	p.in = nil
	return in
}

// body is what the last mail to somebody with a subject says; the mail stays.
func (p *Post) body(to, subject string) (said string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.in {
		if m.to == to && m.subject == subject {
			said = m.body
		}
	}
	return said
}

type session struct {
	post *Post
	to   string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return err
	}
	body, err := firstText(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
	if err != nil {
		return err
	}
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.in = append(s.post.in, letter{s.to, strings.TrimPrefix(subject, "[Gapura] "), strings.ReplaceAll(body, "\r\n", "\n")})
	return nil
}

// firstText is a message's text, or the first part of one with an attachment.
func firstText(kind, encoding string, body io.Reader) (string, error) {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(media, "multipart/") {
		part, err := multipart.NewReader(body, params["boundary"]).NextRawPart()
		if err != nil {
			return "", err
		}
		return firstText(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part)
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	return string(text), err
}

// To are the texts of the mails that came for somebody, the oldest first; they stay.
func (p *Post) To(who string) (texts []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.in {
		if m.to == who {
			texts = append(texts, m.body)
		}
	}
	return texts
}
