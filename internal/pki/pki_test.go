package pki

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

func live(t *testing.T, hosts ...string) *Live {
	t.Helper()
	dir := t.TempDir()
	if _, err := Create(filepath.Join(dir, "ca"), "Dinas rekaan", hosts, now); err != nil {
		t.Fatal(err)
	}
	return &Live{Certificate: filepath.Join(dir, "tls.pem"), Key: filepath.Join(dir, "tls.key"), Authority: filepath.Join(dir, "ca"),
		Hosts: func() []string { return append(hosts, "127.0.0.1") }, Now: func() time.Time { return now },
		Log: slog.New(slog.DiscardHandler)}
}

func trust(t *testing.T, l *Live) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(l.Authority, AuthorityFile))
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(text) {
		t.Fatal("no authority in PEM", err)
	}
	return pool
}

// shown is the fingerprint of what a client that trusts the authority is shown, at the time; "" when it refuses.
func shown(t *testing.T, l *Live, host string, at time.Time) string {
	t.Helper()
	client, srv := net.Pipe()
	defer client.Close()
	defer srv.Close()
	go tls.Server(srv, &tls.Config{GetCertificate: l.Get, MinVersion: tls.VersionTLS13}).Handshake() // how it ended, the client tells
	c := tls.Client(client, &tls.Config{RootCAs: trust(t, l), ServerName: host, Time: func() time.Time { return at }})
	if c.Handshake() != nil {
		return ""
	}
	sum := sha256.Sum256(c.ConnectionState().PeerCertificates[0].Raw)
	return string(sum[:])
}

func TestAnIssuedCertificateRenewsItselfAndIsServedWithoutARestart(t *testing.T) {
	l := live(t, "dukcapil.example")
	for range 2 { // the second time there is nothing to do
		if err := l.Renew(); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Load(); err != nil {
		t.Fatal(err)
	}
	first := shown(t, l, "dukcapil.example", now)
	if first == "" || first != shown(t, l, "127.0.0.1", now) || shown(t, l, "other.example", now) != "" {
		t.Fatal("the certificate does not hold for its hosts alone")
	}
	start := now
	step := func(after time.Duration, anew bool) {
		t.Helper()
		now = start.Add(after)
		defer func() { now = start }()
		before := shown(t, l, "dukcapil.example", now)
		if err := l.Renew(); err != nil {
			t.Fatal(err)
		}
		if got := shown(t, l, "dukcapil.example", now); got == "" || (got != before) != anew {
			t.Errorf("after %v: renewed is %v", after, got != before)
		}
	}
	step(40*24*time.Hour, false)
	step(50*24*time.Hour, true)
	l.Hosts = func() []string { return []string{"dukcapil.example", "192.168.7.7"} }
	step(51*24*time.Hour, true)
	if shown(t, l, "192.168.7.7", start.Add(51*24*time.Hour)) == "" {
		t.Error("a host that came later is not covered")
	}
}

// What became unreadable is not served, and does not end what is.
func TestABrokenFileLeavesTheCertificateThatIsServed(t *testing.T) {
	l := live(t, "dukcapil.example")
	if err := l.Renew(); err != nil {
		t.Fatal(err)
	}
	if err := l.Load(); err != nil {
		t.Fatal(err)
	}
	before := shown(t, l, "dukcapil.example", now)
	if err := os.WriteFile(l.Certificate, []byte("rusak"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := shown(t, l, "dukcapil.example", now); got == "" || got != before {
		t.Error("a broken file ends what is served")
	}
	if err := l.Load(); err == nil || !strings.Contains(err.Error(), "tls_certificate") {
		t.Errorf("at a start: %v", err)
	}
	if err := os.Chmod(l.Key, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := l.Load(); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others may read: %v", err)
	}
}

// Who steals the authority's key can stand for no host but the office's.
func TestAnAuthorityIssuesForItsOwnHostsAlone(t *testing.T) {
	l := live(t, "dukcapil.example", "203.0.113.7")
	a, err := Open(l.Authority)
	if err != nil {
		t.Fatal(err)
	}
	key, err := Key(l.Key)
	if err != nil {
		t.Fatal(err)
	}
	for host, may := range map[string]bool{"dukcapil.example": true, "203.0.113.7": true, "10.1.2.3": true, "localhost": true,
		"bank.example": false, "203.0.113.8": false, "dukcapil.example.bank.example": false} {
		if _, err := a.Server(key.Public(), []string{host}, now); (err == nil) != may {
			t.Errorf("%s: %v", host, err)
		}
	}
	if text, err := a.Client(key.Public(), "Layanan ternak", 365, now); err != nil || len(text) == 0 {
		t.Error(err)
	}
	if _, err := Create(l.Authority, "lagi", nil, now); err == nil || !strings.Contains(err.Error(), ErrThere.Error()) {
		t.Errorf("an authority is made anew over another: %v", err)
	}
}

// What serves goes on serving when its authority cannot issue: a machine that was renamed, a ca.key that is kept elsewhere.
func TestACertificateThatHoldsIsServedThoughNoneCanBeIssued(t *testing.T) {
	l := live(t, "dukcapil.example")
	if err := l.Start(); err != nil {
		t.Fatal(err)
	}
	first := shown(t, l, "dukcapil.example", now)
	again := func(change func(l *Live)) *Live {
		l := &Live{Certificate: l.Certificate, Key: l.Key, Authority: l.Authority, Hosts: l.Hosts, Now: l.Now, Log: l.Log}
		change(l)
		return l
	}
	renamed := again(func(l *Live) { l.Hosts = func() []string { return []string{"renamed.example"} } })
	if err := renamed.Start(); err != nil || shown(t, renamed, "dukcapil.example", now) != first {
		t.Error("a machine that was renamed:", err)
	}
	if err := renamed.Issue(); err == nil {
		t.Error("issued for a host that the authority is not for")
	}
	if err := l.Load(); err != nil || shown(t, l, "dukcapil.example", now) != first {
		t.Error("what could not be issued took the place of what holds:", err)
	}
	if err := os.Rename(filepath.Join(l.Authority, authorityKey), filepath.Join(t.TempDir(), authorityKey)); err != nil {
		t.Fatal(err)
	}
	half := again(func(l *Live) { l.Now = func() time.Time { return now.Add(60 * 24 * time.Hour) } })
	if err := half.Start(); err != nil || shown(t, half, "dukcapil.example", half.Now()) != first {
		t.Error("an authority whose key is kept elsewhere:", err)
	}
	over := again(func(l *Live) { l.Now = func() time.Time { return now.Add(91 * 24 * time.Hour) } })
	if err := over.Start(); err == nil {
		t.Error("a certificate whose time is over is served")
	}
	if err := os.Remove(l.Certificate); err != nil {
		t.Fatal(err)
	}
	if err := again(func(*Live) {}).Start(); err == nil || !strings.Contains(err.Error(), authorityKey) {
		t.Error("started without a certificate:", err)
	}
}
