package notify_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A server is a real SMTP server that keeps what it takes.
type server struct {
	mu   sync.Mutex
	got  []received // guarded by mu
	mail func() error
	rcpt func(to string, conn net.Conn) error // guarded by mu, as mail and after are; nil: all are taken
	// after is called when a mail was taken and the client was told so.
	after    func(conn net.Conn)
	srv      *smtp.Server
	l        net.Listener
	port     int
	implicit bool // TLS from the first byte
	plain    bool // no TLS at all
}

type received struct {
	to   string
	text []byte
}

func (s *server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{s: s, conn: c.Conn()}, nil
}

type session struct {
	s     *server
	conn  net.Conn
	auth  bool
	taken bool
	to    string
}

func (n *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (n *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "gapura" || password != "rahasia-surel" {
			return smtp.ErrAuthFailed
		}
		n.auth = true
		return nil
	}), nil
}

func (n *session) Mail(string, *smtp.MailOptions) error {
	if !n.auth {
		return smtp.ErrAuthRequired
	}
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	if n.s.mail != nil {
		return n.s.mail()
	}
	return nil
}

func (n *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	n.to = to
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	if n.s.rcpt != nil {
		return n.s.rcpt(to, n.conn)
	}
	return nil
}

func (n *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	n.s.got = append(n.s.got, received{n.to, b})
	n.taken = true
	return err
}

func (n *session) Reset() {
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	if n.taken && n.s.after != nil {
		n.s.after(n.conn)
	}
	n.to, n.taken = "", false
}

func (n *session) Logout() error { return nil }

// set changes how the server behaves.
func (s *server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// down ends the server; its port is free then.
func (s *server) down() {
	s.l.Close()
	s.srv.Close()
}

// listen starts the server, on the port that it had before if it was stopped.
func (s *server) listen(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		t.Fatal(err)
	}
	s.l, s.port = l, l.Addr().(*net.TCPAddr).Port
	s.srv = smtp.NewServer(s)
	s.srv.Domain, s.srv.ErrorLog = "surel.example", silent{}
	if s.plain {
		s.srv.AllowInsecureAuth = true
	} else {
		s.srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	if s.implicit {
		l = tls.NewListener(l, s.srv.TLSConfig)
	}
	go s.srv.Serve(l)
	t.Cleanup(func() { s.srv.Close() })
}

type silent struct{}

func (silent) Printf(string, ...any) {}

func (silent) Println(...any) {}

func (s *server) received() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}
