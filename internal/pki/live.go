package pki

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"gapura/internal/durable"
	"gapura/internal/keyring"
)

func serial() *big.Int {
	raw := make([]byte, 16)
	rand.Read(raw)
	raw[0] &= 0x7f // RFC 5280 4.1.2.2: at most 20 bytes, positive
	return new(big.Int).SetBytes(raw)
}

// Live is a certificate with its key, in PEM files, as it is served: read anew when the files change, and issued anew by the office's own
// authority when half of its time is over. Safe for concurrent use.
type Live struct {
	Certificate, Key string
	Authority        string          // folder of the own authority; empty: the files are given, and somebody else renews them
	Hosts            func() []string // that the own authority issues for
	Now              func() time.Time
	Every            time.Duration // how often the files are looked at, at most
	Log              *slog.Logger

	mu     sync.Mutex
	cert   *tls.Certificate
	looked time.Time
	seen   [2]time.Time // when the files were changed
	ill    string       // what was told of files that cannot be read
}

// Renew lets the own authority issue a new certificate when there is none, half of its time is over, or it lacks a host. Without an
// authority it does nothing. The key stays: a crash leaves the old certificate or the new one, and each fits.
func (l *Live) Renew() error {
	if l.Authority == "" {
		return nil
	}
	c, err := Certificate(l.Certificate)
	if err == nil && l.Now().Before(c.NotBefore.Add(c.NotAfter.Sub(c.NotBefore)/2)) && covers(c, l.Hosts()) {
		return nil
	} else if err != nil && !os.IsNotExist(err) {
		return err
	}
	return l.Issue()
}

// Issue lets the own authority issue a new certificate at once. One that is there stays until then.
func (l *Live) Issue() error {
	a, err := Open(l.Authority)
	if err != nil {
		return err
	}
	key, err := Key(l.Key)
	if err != nil {
		return err
	}
	text, err := a.Server(key.Public(), l.Hosts(), l.Now())
	if err != nil {
		return err
	}
	return durable.Write(l.Certificate, text)
}

func covers(c *x509.Certificate, hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(h string) bool {
		if ip := net.ParseIP(h); ip != nil {
			return !slices.ContainsFunc(c.IPAddresses, ip.Equal)
		}
		return !slices.Contains(c.DNSNames, h)
	})
}

// Start renews, and reads the files. Where that fails and a certificate is there that has not expired, it is told, and that one is served.
func (l *Live) Start() error {
	renewed, err := l.Renew(), l.Load()
	switch {
	case renewed == nil:
		return err
	case err != nil || l.Now().After(l.cert.Leaf.NotAfter):
		return renewed
	}
	l.Log.Error("TLS certificate cannot be renewed, the one before is served on", "until", l.cert.Leaf.NotAfter, "err", renewed)
	return nil
}

// Load reads the files: what is wrong with them is told.
func (l *Live) Load() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looked = time.Now()
	return l.read(l.changed())
}

// Get is tls.Config.GetCertificate. Files that became unreadable leave what was served before, and are told once.
func (l *Live) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.looked) >= l.Every {
		l.looked = now
		if at := l.changed(); at != l.seen {
			if err := l.read(at); err == nil {
				l.ill = ""
				l.Log.Info("TLS certificate was read anew", "file", filepath.Base(l.Certificate))
			} else if l.ill != err.Error() {
				l.ill = err.Error()
				l.Log.Error("TLS certificate cannot be read, the one before is served on", "err", err)
			}
		}
	}
	return l.cert, nil
}

func (l *Live) changed() (at [2]time.Time) {
	for i, f := range []string{l.Certificate, l.Key} {
		if st, err := os.Stat(f); err == nil {
			at[i] = st.ModTime()
		}
	}
	return at
}

func (l *Live) read(at [2]time.Time) error {
	if err := keyring.Closed(l.Key); err != nil {
		return fmt.Errorf("tls_key: %w", err)
	}
	cert, err := tls.LoadX509KeyPair(l.Certificate, l.Key)
	if err != nil {
		return fmt.Errorf("tls_certificate, tls_key: %w", err)
	}
	l.cert, l.seen = &cert, at
	return nil
}
