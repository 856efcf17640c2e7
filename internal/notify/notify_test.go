package notify_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"gapura/internal/keyring"
	"gapura/internal/notify"
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
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:        true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
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
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// A post office is a queue in a real store, a server and a clock.
type post struct {
	*testing.T
	store  *store.DB
	keys   *keyring.Ring
	server *server
	now    time.Time
	log    bytes.Buffer
}

func open(t *testing.T, url string) *post {
	t.Helper()
	keys := storetest.Keys(t)
	return &post{T: t, store: storetest.Open(t, url, keys), keys: keys, server: new(server), now: time.Date(2026, 9, 16, 2, 0, 0, 0,
		time.UTC)}
}

func (p *post) sender(change ...func(*notify.SMTP)) *notify.Sender {
	return p.senderOn(p.store.Mails, change...)
}

func (p *post) senderOn(q notify.Queue, change ...func(*notify.SMTP)) *notify.Sender {
	s := notify.SMTP{Host: "127.0.0.1", Port: p.server.port, User: "gapura", Password: "rahasia-surel",
		From: "Dinas Dukcapil <gapura@dukcapil.example>", TLS: "starttls"}
	for _, c := range change {
		c(&s)
	}
	if err := s.Check(); err != nil {
		p.Fatal(err)
	}
	return notify.NewSender(q, s, func() time.Time { return p.now }, slog.New(slog.NewTextHandler(&p.log, nil)))
}

func (p *post) queue(m notify.Mail) {
	p.Helper()
	m.Created = p.now
	if err := p.store.Mails.QueueMail(p.Context(), m); err != nil {
		p.Fatal(err)
	}
}

func (p *post) deliver(s *notify.Sender, want int) {
	p.Helper()
	if n, err := s.Deliver(p.Context()); err != nil || n != want {
		p.Fatalf("%d mails sent, want %d, %v", n, want, err)
	}
}

// state is the mail that was queued as the n-th from 0.
func (p *post) state(n int) notify.Mail {
	p.Helper()
	all, err := p.store.Mails.MailList(p.Context(), 0, 100)
	if err != nil {
		p.Fatal(err)
	}
	return all[len(all)-1-n]
}

// reveals nothing personal: neither the log nor the notes of failures.
func (p *post) revealsNothing() {
	p.Helper()
	all, err := p.store.Mails.MailList(p.Context(), 0, 100)
	if err != nil {
		p.Fatal(err)
	}
	text := p.log.String()
	for _, m := range all {
		text += m.Failure
	}
	if strings.Contains(text, "rekaan") || strings.Contains(text, "Pengingat") {
		p.Errorf("an address or a subject shows: %s", text)
	}
}

func read(t *testing.T, r received) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(r.text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func decoded(t *testing.T, m *mail.Message, header string) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(header))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMailWaitsForTheServerAndArrivesWhole(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		p := open(t, url)
		p.server.listen(t)
		p.server.down()
		s := p.sender()
		sent := notify.Mail{To: "kantor@rekaan.example", Subject: "Pengingat – jatuh tempo 30 hari",
			Body: "Yth. Kepala Dinas\n\nJatuh tempo “besok”.\n.\nTitik = titik."}
		p.queue(sent)
		wait := time.Minute
		for try := 1; try <= 12; try++ {
			p.deliver(s, 0)
			if m := p.state(0); m.Failure != notify.Unreachable+": sambungan ditolak" || m.Tries != try ||
				!m.Next.Equal(p.now.Add(wait)) || !m.Sent.IsZero() {
				t.Fatalf("try %d: %+v", try, m)
			}
			p.now = p.now.Add(wait - time.Second)
			p.deliver(s, 0) // not due
			if m := p.state(0); m.Tries != try {
				t.Fatalf("tried before its time: %+v", m)
			}
			p.now = p.now.Add(time.Second)
			wait = min(2*wait, 6*time.Hour)
		}
		p.server.listen(t) // and is back
		p.deliver(s, 1)
		p.deliver(s, 0)
		if m := p.state(0); !m.Sent.Equal(p.now) || m.Failure != "" || m.Tries != 13 {
			t.Fatalf("%+v", m)
		}
		got := p.server.received()
		if len(got) != 1 || got[0].to != sent.To {
			t.Fatalf("%d mails received", len(got))
		}
		msg := read(t, got[0])
		if subject := decoded(t, msg, "Subject"); subject != sent.Subject {
			t.Errorf("subject %q", subject)
		}
		if at, err := msg.Header.Date(); err != nil || !at.Equal(p.now) {
			t.Errorf("date %v, %v", at, err)
		}
		if id := msg.Header.Get("Message-Id"); !strings.HasSuffix(id, "@dukcapil.example>") {
			t.Errorf("Message-ID %q", id)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(msg.Body))
		if err != nil || strings.TrimRight(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n") != sent.Body {
			t.Errorf("body %q, %v", body, err)
		}
		p.revealsNothing()
	})
}

func TestOneRefusedMailHoldsUpNoOther(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		p := open(t, url)
		p.server.rcpt = func(to string, conn net.Conn) error {
			switch name, _, _ := strings.Cut(to, "@"); name {
			case "tiada":
				return &smtp.SMTPError{Code: 550, Message: "no such user tiada@rekaan.example"}
			case "sibuk":
				return &smtp.SMTPError{Code: 451, Message: "sibuk@rekaan.example: try later"}
			case "putus":
				conn.Close()
			}
			return nil
		}
		p.server.listen(t)
		for _, to := range []string{"tiada", "sibuk", "bukan alamat", "putus", "ada"} {
			p.queue(notify.Mail{To: to + "@rekaan.example", Subject: "Pengingat", Body: "B"})
		}
		p.deliver(p.sender(), 1)
		for n, want := range []struct {
			failure string
			wait    time.Duration
		}{
			{"ditolak: 550; alamat penerima tidak dikenal server", 24 * time.Hour}, {"belum diterima: 451", time.Minute},
			{notify.BadAddress, 24 * time.Hour},
			{notify.Unreachable, time.Minute},
		} {
			if m := p.state(n); m.Failure != want.failure || !m.Next.Equal(p.now.Add(want.wait)) || !m.Sent.IsZero() {
				t.Errorf("%d: %+v", n, m)
			}
		}
		p.server.set(func() { p.server.rcpt = nil })
		p.now = p.now.Add(time.Minute)
		p.deliver(p.sender(), 2)
		if m := p.state(1); m.Sent.IsZero() || m.Failure != "" || m.Tries != 2 {
			t.Errorf("%+v", m)
		}
		p.revealsNothing()
	})
}

// TestARefusedSenderIsNotTheRecipientsFault: an error of the configuration must not put mails off for a day.
func TestARefusedSenderIsNotTheRecipientsFault(t *testing.T) {
	p := open(t, storetest.SQLite(t))
	p.server.mail = func() error { return &smtp.SMTPError{Code: 553, Message: "sender not owned"} }
	p.server.listen(t)
	p.queue(notify.Mail{To: "a@rekaan.example", Subject: "S", Body: "B"})
	p.deliver(p.sender(), 0)
	if m := p.state(0); m.Failure != notify.SenderRefused+": 553" || !m.Next.Equal(p.now.Add(time.Minute)) {
		t.Errorf("%+v", m)
	}
}

func TestTwoSendersSendEachMailOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		p := open(t, url)
		p.server.listen(t)
		const n = 60
		for i := range n {
			p.queue(notify.Mail{To: fmt.Sprintf("orang%d@rekaan.example", i), Subject: "S", Body: "B"})
		}
		queues := []notify.Queue{p.store.Mails, p.store.Mails}
		if strings.HasPrefix(url, "postgres") { // as two processes have
			queues[1] = storetest.Open(t, url, p.keys).Mails
		}
		var wg sync.WaitGroup
		for _, q := range queues {
			s := p.senderOn(q)
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
	p.queue(notify.Mail{To: "b@rekaan.example", Subject: "S", Body: "B"})
	if _, err := p.senderOn(forgetful{p.store.Mails}).Deliver(t.Context()); err == nil {
		t.Fatal("the crash was not seen")
	}
	p.deliver(p.sender(), 0) // both are claimed
	p.now = p.now.Add(time.Hour)
	p.deliver(p.sender(), 2)
	ids := map[string][]string{}
	for _, r := range p.server.received() {
		ids[r.to] = append(ids[r.to], read(t, r).Header.Get("Message-Id"))
	}
	a, b := ids["a@rekaan.example"], ids["b@rekaan.example"]
	if len(a) != 2 || len(b) != 1 || a[0] == "" || a[0] != a[1] || a[0] == b[0] {
		t.Errorf("%q", ids)
	}
}

// TestMailThatWasTakenIsNotSentAgain: what breaks after the server's answer is no failure of the mail.
func TestMailThatWasTakenIsNotSentAgain(t *testing.T) {
	p := open(t, storetest.SQLite(t))
	p.server.after = func(conn net.Conn) { conn.Close() }
	p.server.listen(t)
	for range 3 {
		p.queue(notify.Mail{To: "a@rekaan.example", Subject: "S", Body: "B"})
	}
	p.deliver(p.sender(), 3)
	if n := len(p.server.received()); n != 3 {
		t.Errorf("%d received", n)
	}
}

// files serves an attachment in place of the store.
type files struct {
	notify.Queue
	a   notify.Attachment
	err error
}

func (f files) Attachment(context.Context, int64) (notify.Attachment, error) { return f.a, f.err }

func TestAttachmentArrivesWhole(t *testing.T) {
	p := open(t, storetest.SQLite(t))
	p.server.listen(t)
	want := notify.Attachment{Name: "Surat – pemberitahuan.pdf", Media: "application/pdf",
		Content: bytes.Repeat([]byte("%PDF rekaan\x00\xff\r\n.\r\n"), 20_000)}
	p.queue(notify.Mail{To: "a@rekaan.example", Subject: "S", Body: "Terlampir – surat.", File: 7})
	p.deliver(p.senderOn(files{p.store.Mails, notify.Attachment{}, errors.New("disk")}), 0)
	if m := p.state(0); m.Failure != notify.BadAttachment || !m.Next.Equal(p.now.Add(time.Minute)) {
		t.Fatalf("%+v", m)
	}
	p.now = p.now.Add(time.Minute)
	p.deliver(p.senderOn(files{p.store.Mails, want, nil}), 1)
	msg := read(t, p.server.received()[0])
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	first, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(first); err != nil || string(body) != "Terlampir – surat." {
		t.Errorf("body %q, %v", body, err)
	}
	second, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, second))
	if err != nil || !bytes.Equal(content, want.Content) {
		t.Errorf("%d bytes of %d, %v", len(content), len(want.Content), err)
	}
	name, err := new(mime.WordDecoder).DecodeHeader(second.FileName())
	if err != nil || name != want.Name || !strings.HasPrefix(second.Header.Get("Content-Type"), want.Media) {
		t.Errorf("%q, %v, %v", name, second.Header, err)
	}
}

func TestNobodyAddsAHeaderOrARecipient(t *testing.T) {
	p := open(t, storetest.SQLite(t))
	p.server.listen(t)
	const add = "Bcc: penyusup@rekaan.example"
	for _, m := range []notify.Mail{
		{To: "a@rekaan.example", Subject: "S\r\n" + add}, {To: "a@rekaan.example", Subject: "S\n" + add + "\n\nisi"},
		{To: "a@rekaan.example", Subject: "–\r\n" + add},
		{To: "a@rekaan.example", Subject: "S\r" + add}, {To: "a@rekaan.example", Subject: "S", File: 1},
		{To: "a@rekaan.example\r\n" + add, Subject: "S"}, {To: "a@rekaan.example\n", Subject: "S"},
		{To: "\"x\r\n" + add + "\" <a@rekaan.example>", Subject: "S"},
		{To: "a@rekaan.example>\r\nRCPT TO:<penyusup@rekaan.example", Subject: "S"}, {To: "a@rekaan.example, penyusup@rekaan.example",
			Subject: "S"},
		{To: "", Subject: "S"},
	} {
		m.Body = add
		p.queue(m)
	}
	a := notify.Attachment{Name: "x\"\r\n" + add + ".pdf", Media: "text/plain;\r\nbcc=\"penyusup\"", Content: []byte("x")}
	p.deliver(p.senderOn(files{p.store.Mails, a, nil}), 5)
	known := []string{"Content-Transfer-Encoding", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To",
		"User-Agent", "X-Mailer"}
	for i, r := range p.server.received() {
		msg := read(t, r)
		if r.to != "a@rekaan.example" {
			t.Errorf("%d: sent to %q", i, r.to)
		}
		for header := range msg.Header {
			if !slices.Contains(known, header) {
				t.Errorf("%d: header %q", i, header)
			}
		}
		if i < 4 {
			if body, _ := io.ReadAll(msg.Body); strings.TrimSpace(string(body)) != add {
				t.Errorf("%d: body %q", i, body)
			}
			continue
		}
		_, params, _ := mime.ParseMediaType(msg.Header.Get("Content-Type"))
		parts := multipart.NewReader(msg.Body, params["boundary"])
		for part, err := parts.NextPart(); err != io.EOF; part, err = parts.NextPart() {
			if err != nil {
				t.Fatal(err)
			}
			if part.Header.Get("Bcc") != "" {
				t.Errorf("%d: %v", i, part.Header)
			}
		}
	}
	for n := 5; n < 11; n++ {
		if m := p.state(n); m.Failure != notify.BadAddress {
			t.Errorf("%d: %+v", n, m)
		}
	}
}

// TestNoMailLeavesOnAnUnsafeConnection: the failure names what is wrong, and no other server gets a password or a mail.
func TestNoMailLeavesOnAnUnsafeConnection(t *testing.T) {
	for name, c := range map[string]struct {
		server *server
		change func(*notify.SMTP)
		want   string // empty: delivered
	}{
		"starttls missing":     {&server{plain: true}, func(s *notify.SMTP) {}, notify.Unreachable + ": tanpa STARTTLS"},
		"starttls by default":  {&server{plain: true}, func(s *notify.SMTP) { s.TLS = "" }, notify.Unreachable + ": tanpa STARTTLS"},
		"starttls, wrong name": {&server{}, func(s *notify.SMTP) { s.Host = "localhost" }, notify.Unreachable + ": sertifikat tidak sah"},
		"tls, wrong name": {&server{implicit: true}, func(s *notify.SMTP) { s.Host, s.TLS = "localhost", "tls" },
			notify.Unreachable + ": sertifikat tidak sah"},
		"wrong password":   {&server{}, func(s *notify.SMTP) { s.Password = "salah" }, notify.LoginRefused + ": 535"},
		"tls":              {&server{implicit: true}, func(s *notify.SMTP) { s.TLS = "tls" }, ""},
		"none, on purpose": {&server{plain: true}, func(s *notify.SMTP) { s.TLS = "none" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, storetest.SQLite(t))
			p.server = c.server
			p.server.listen(t)
			p.queue(notify.Mail{To: "a@rekaan.example", Subject: "Pengingat", Body: "B"})
			want := 0
			if c.want == "" {
				want = 1
			}
			p.deliver(p.sender(c.change), want)
			if m := p.state(0); want == 0 && m.Failure != c.want {
				t.Errorf("%+v", m)
			}
			if n := len(p.server.received()); n != want {
				t.Errorf("%d received", n)
			}
			p.revealsNothing()
			if strings.Contains(p.log.String(), "salah") {
				t.Error("the log shows the password")
			}
		})
	}
}

func TestWithoutAServerMailsWait(t *testing.T) {
	p := open(t, storetest.SQLite(t))
	p.queue(notify.Mail{To: "a@rekaan.example", Subject: "S", Body: "B"})
	s := p.sender(func(s *notify.SMTP) { *s = notify.SMTP{} })
	p.deliver(s, 0)
	s.Run(t.Context()) // returns
	if m := p.state(0); m.Tries != 0 || m.Failure != "" || !m.Next.Equal(p.now) {
		t.Errorf("%+v", m)
	}
}

// TestAStopNotesWhatWasSentAndGivesTheRestBack ends the context while the first mail is being sent.
func TestAStopNotesWhatWasSentAndGivesTheRestBack(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		p := open(t, url)
		ctx, stop := context.WithCancel(t.Context())
		p.server.rcpt = func(string, net.Conn) error { stop(); return nil }
		p.server.listen(t)
		for range 3 {
			p.queue(notify.Mail{To: "a@rekaan.example", Subject: "S", Body: "B"})
		}
		if n, err := p.sender().Deliver(ctx); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if m := p.state(1); !m.Next.Equal(p.now) || m.Failure != "" {
			t.Errorf("%+v", m)
		}
		p.deliver(p.sender(), 2)
		if n := len(p.server.received()); n != 3 {
			t.Errorf("%d received", n)
		}
	})
}

func TestWakeDeliversAtOnce(t *testing.T) {
	p := open(t, storetest.SQLite(t))
	arrived := make(chan struct{}, 2)
	p.server.after = func(net.Conn) { arrived <- struct{}{} }
	p.server.listen(t)
	p.queue(notify.Mail{To: "a@rekaan.example", Subject: "S", Body: "B"})
	ctx, stop := context.WithCancel(t.Context())
	s := p.sender()
	s.Every = time.Hour
	var run sync.WaitGroup
	run.Go(func() { s.Run(ctx) })
	<-arrived // it looks when it starts
	p.queue(notify.Mail{To: "b@rekaan.example", Subject: "S", Body: "B"})
	s.Wake()
	<-arrived
	stop()
	run.Wait()
	for n := range 2 {
		if p.state(n).Sent.IsZero() {
			t.Errorf("%d is not noted as sent", n)
		}
	}
}

func TestConfigurationIsCheckedByKey(t *testing.T) {
	good := notify.SMTP{Host: "h", Port: 25, From: "a@b.example", TLS: "tls"}
	for key, s := range map[string]notify.SMTP{
		"smtp_port": {Host: "h", From: good.From, TLS: "tls"}, "smtp_tls": {Host: "h", Port: 25, From: good.From, TLS: "maybe"},
		"smtp_from": {Host: "h", Port: 25, From: "nobody", TLS: "tls"},
	} {
		if err := s.Check(); err == nil || !strings.HasPrefix(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
	for _, s := range []notify.SMTP{good, {}, {Host: "h", Port: 587, From: "Dinas <a@b.example>"}} {
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
}
