package notify_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"mime"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"encoding/pem"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"gapura/demo"
	"gapura/notify"
	"gapura/office"
	"gapura/party"
	"gapura/procedure"
	"gapura/store"
	"gapura/store/storetest"
)

// The server's certificate is trusted through SSL_CERT_FILE, which the first connection reads.
var certificate tls.Certificate

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gapura-notify-")
	if err != nil {
		panic(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	t := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, &t, &t, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	certificate = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		panic(err)
	}
	os.Setenv("SSL_CERT_FILE", file)
	storetest.Main(m, func() { os.RemoveAll(dir) })
}

// A server is a real SMTP server that keeps what it takes.
type server struct {
	mu     sync.Mutex
	got    []received            // guarded by mu
	refuse func(to string) error // before the test begins
	srv    *smtp.Server
	l      net.Listener
	port   int
}

type received struct {
	to   string
	text []byte
}

func (s *server) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{s: s}, nil }

type session struct {
	s    *server
	auth bool
	to   string
}

func (n *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (n *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "gapura" || password != "rahasia-surel" {
			return errors.New("wrong credentials")
		}
		n.auth = true
		return nil
	}), nil
}
func (n *session) Mail(string, *smtp.MailOptions) error {
	if !n.auth {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (n *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	n.to = to
	if n.s.refuse != nil {
		return n.s.refuse(to)
	}
	return nil
}
func (n *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	n.s.got = append(n.s.got, received{n.to, b})
	return err
}
func (n *session) Reset()        { n.to = "" }
func (n *session) Logout() error { return nil }

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
	s.srv.Domain = "surel.example"
	s.srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	go s.srv.Serve(l)
	t.Cleanup(func() { s.srv.Close() })
}

func (s *server) received() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.got...)
}

// A post office is a queue in a real store, a server and a clock.
type post struct {
	*testing.T
	store  *store.Store
	server *server
	now    time.Time
	log    bytes.Buffer
	queued int
}

func open(t *testing.T, url string) *post {
	t.Helper()
	p := &post{T: t, store: storetest.Open(t, url, storetest.Keys(t)), server: new(server), now: time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC)}
	if _, err := demo.Build(t.Context(), p.store, p.now, 10, 1, nil); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *post) sender(change ...func(*notify.SMTP)) *notify.Sender {
	s := notify.SMTP{Host: "127.0.0.1", Port: p.server.port, User: "gapura", Password: "rahasia-surel", From: "gapura@dukcapil.example", TLS: "starttls"}
	for _, c := range change {
		c(&s)
	}
	if err := s.Check(); err != nil {
		p.Fatal(err)
	}
	return notify.NewSender(p.store.Mails(), s, func() time.Time { return p.now }, slog.New(slog.NewTextHandler(&p.log, nil)))
}

func (p *post) queue(m notify.Mail) {
	p.Helper()
	p.queued++
	m.Created = p.now
	ok, err := p.store.Remind(p.Context(), office.Reminder{Agreement: 1, Rule: fmt.Sprint("uji", p.queued), At: p.now, Mails: []notify.Mail{m}})
	if err != nil || !ok {
		p.Fatal(ok, err)
	}
}

func (p *post) deliver(s *notify.Sender, want int) {
	p.Helper()
	if n, err := s.Deliver(p.Context()); err != nil || n != want {
		p.Fatalf("%d mails sent, want %d, %v", n, want, err)
	}
}

func (p *post) state(n int) notify.Mail {
	p.Helper()
	all, err := p.store.MailList(p.Context(), 0, 100)
	if err != nil {
		p.Fatal(err)
	}
	return all[len(all)-1-n]
}

func TestMailWaitsForTheServerAndArrivesWhole(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		p := open(t, url)
		p.server.listen(t)
		p.server.down()
		s := p.sender()
		p.queue(notify.Mail{To: "kantor@rekaan.example", Subject: "Pengingat – jatuh tempo 30 hari\r\nBcc: penyusup@rekaan.example", Body: "Yth. Kepala Dinas\n\nJatuh tempo “besok”.\n.\nTitik."})
		p.deliver(s, 0)
		if m := p.state(0); m.Failure != notify.Unreachable || m.Tries != 1 || !m.Next.Equal(p.now.Add(time.Minute)) || !m.Sent.IsZero() {
			t.Fatalf("%+v", m)
		}
		p.deliver(s, 0) // not due
		if m := p.state(0); m.Tries != 1 {
			t.Fatalf("tried before its time: %+v", m)
		}
		p.now = p.now.Add(time.Minute)
		p.deliver(s, 0)
		if m := p.state(0); !m.Next.Equal(p.now.Add(2 * time.Minute)) {
			t.Fatalf("the delay does not grow: %+v", m)
		}
		p.server.listen(t) // and is back
		p.now = p.now.Add(2 * time.Minute)
		p.deliver(s, 1)
		p.deliver(s, 0)
		got := p.server.received()
		if len(got) != 1 || got[0].to != "kantor@rekaan.example" {
			t.Fatalf("%d mails received", len(got))
		}
		msg, err := mail.ReadMessage(bytes.NewReader(got[0].text))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
		if err != nil || !strings.HasPrefix(subject, "Pengingat – jatuh tempo 30 hari") || msg.Header.Get("Bcc") != "" {
			t.Errorf("subject %q, Bcc %q, %v", subject, msg.Header.Get("Bcc"), err)
		}
		if !strings.Contains(msg.Header.Get("Message-Id"), "@dukcapil.example") {
			t.Errorf("Message-ID %q", msg.Header.Get("Message-Id"))
		}
		if strings.Contains(p.log.String(), "rekaan") || strings.Contains(p.log.String(), "Pengingat") {
			t.Errorf("the log names a person or a subject: %s", &p.log)
		}
	})
}

func TestOneRefusedMailHoldsUpNoOther(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		p := open(t, url)
		p.server.refuse = func(to string) error {
			switch {
			case strings.HasPrefix(to, "tiada"):
				return &smtp.SMTPError{Code: 550, Message: "no such user tiada@rekaan.example"}
			case strings.HasPrefix(to, "penuh"):
				return &smtp.SMTPError{Code: 452, Message: "mailbox full"}
			}
			return nil
		}
		p.server.listen(t)
		for _, to := range []string{"tiada@rekaan.example", "penuh@rekaan.example", "bukan alamat", "ada@rekaan.example"} {
			p.queue(notify.Mail{To: to, Subject: "S", Body: "B"})
		}
		p.deliver(p.sender(), 1)
		for n, want := range []struct {
			failure string
			next    time.Duration
		}{{notify.Refused + ": 550", 24 * time.Hour}, {notify.Temporary, time.Minute}, {notify.Unfit, 24 * time.Hour}} {
			if m := p.state(n); m.Failure != want.failure || !m.Next.Equal(p.now.Add(want.next)) {
				t.Errorf("%d: %+v", n, m)
			}
		}
		p.server.refuse = nil
		p.now = p.now.Add(time.Minute)
		p.deliver(p.sender(), 1)
	})
}

func TestTwoSendersSendEachMailOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		p := open(t, url)
		p.server.listen(t)
		const n = 60
		for i := range n {
			p.queue(notify.Mail{To: fmt.Sprintf("orang%d@rekaan.example", i), Subject: "S", Body: "B"})
		}
		senders := []*notify.Sender{p.sender(), p.sender()}
		var wg sync.WaitGroup
		for _, s := range senders {
			wg.Go(func() {
				if _, err := s.Deliver(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		to := map[string]int{}
		for _, r := range p.server.received() {
			to[r.to]++
		}
		if len(to) != n {
			t.Errorf("%d of %d arrived", len(to), n)
		}
		for who, times := range to {
			if times != 1 {
				t.Errorf("%s got %d", who, times)
			}
		}
	})
}

// forgetful loses the note that a mail was sent, as a crash does.
type forgetful struct{ notify.Queue }

func (forgetful) Sent(context.Context, int64, time.Time) error { return errors.New("crash") }

func TestMailIsSentAgainAfterACrashWithTheSameID(t *testing.T) {
	p := open(t, storetest.SQLite(t))
	p.server.listen(t)
	p.queue(notify.Mail{To: "a@rekaan.example", Subject: "S", Body: "B"})
	s := notify.NewSender(forgetful{p.store.Mails()}, notify.SMTP{Host: "127.0.0.1", Port: p.server.port, User: "gapura", Password: "rahasia-surel", From: "gapura@dukcapil.example", TLS: "starttls"},
		func() time.Time { return p.now }, slog.New(slog.DiscardHandler))
	if _, err := s.Deliver(t.Context()); err == nil {
		t.Fatal("the crash was not seen")
	}
	p.now = p.now.Add(time.Hour)
	p.deliver(p.sender(), 1)
	var ids []string
	for _, r := range p.server.received() {
		m, err := mail.ReadMessage(bytes.NewReader(r.text))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.Header.Get("Message-Id"))
	}
	if len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("%q", ids)
	}
}

func TestAttachmentArrives(t *testing.T) {
	p := open(t, storetest.SQLite(t))
	p.server.listen(t)
	f := procedure.File{Agency: 1, Kind: "scan", Title: "Laporan", Media: "application/pdf", Content: bytes.Repeat([]byte("%PDF rekaan\x00\xff"), 5000), At: p.now}
	_, err := p.store.Deliver(t.Context(), procedure.Evidence{Agency: 1, Agreement: 1, Rule: "iso27001", On: p.now, By: 1, At: p.now}, &f, procedure.Notice{Agency: party.Provider, At: p.now, Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := p.store.Files(t.Context(), 1, 0, 1)
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	p.queue(notify.Mail{To: "a@rekaan.example", Subject: "S", Body: "B", File: files[0].ID})
	p.deliver(p.sender(), 1)
	text := string(p.server.received()[0].text)
	if !strings.Contains(text, `filename="Laporan.pdf"`) || !strings.Contains(text, "application/pdf") || len(text) < len(f.Content) {
		t.Errorf("%d bytes", len(text))
	}
}

func TestNoMailLeavesWithoutTLSWhenItIsRequired(t *testing.T) {
	p := open(t, storetest.SQLite(t))
	p.server.listen(t)
	p.server.down()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p.server.port))
	if err != nil {
		t.Fatal(err)
	}
	plain := smtp.NewServer(p.server)
	plain.AllowInsecureAuth = true
	go plain.Serve(l)
	t.Cleanup(func() { plain.Close() })
	p.queue(notify.Mail{To: "a@rekaan.example", Subject: "S", Body: "B"})
	p.deliver(p.sender(), 0)
	p.now = p.now.Add(time.Hour)
	p.deliver(p.sender(func(s *notify.SMTP) { s.TLS = "none" }), 1)
}

func TestConfigurationIsCheckedByKey(t *testing.T) {
	good := notify.SMTP{Host: "h", Port: 25, From: "a@b.example", TLS: "tls"}
	for key, s := range map[string]notify.SMTP{
		"smtp_port": {Host: "h", From: good.From, TLS: "tls"}, "smtp_tls": {Host: "h", Port: 25, From: good.From, TLS: "maybe"}, "smtp_from": {Host: "h", Port: 25, From: "nobody", TLS: "tls"},
	} {
		if err := s.Check(); err == nil || !strings.HasPrefix(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	if err := (notify.SMTP{}).Check(); err != nil {
		t.Error(err)
	}
}
