package server

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gapura/web/peer"
)

// A peer that speaks only what is older than asked for gets no connection (K6).
func TestOlderTLSThanAskedForIsRefused(t *testing.T) {
	cert, err := tls.LoadX509KeyPair(pair(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		least, most uint16
		answered    bool
	}{
		{tls.VersionTLS13, tls.VersionTLS12, false}, {tls.VersionTLS13, tls.VersionTLS13, true},
		{tls.VersionTLS12, tls.VersionTLS12, true}, {tls.VersionTLS12, tls.VersionTLS11, false},
	} {
		plain, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l := Secure(plain, func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &cert, nil }, c.least, false)
		served := make(chan struct{})
		go func() {
			defer close(served)
			if conn, err := l.Accept(); err == nil {
				conn.(*tls.Conn).Handshake() // how it ended is the peer's to see
				conn.Close()
			}
		}()
		conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10,
			MaxVersion: c.most})
		if (err == nil) != c.answered {
			t.Errorf("from %x on, a peer up to %x: %v", c.least, c.most, err)
		}
		if err == nil {
			conn.Close()
		}
		<-served
		l.Close()
	}
}

// pair is a certificate of this machine's own, with its key, in files.
func pair(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	self := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, self, self, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(t.TempDir(), "c.pem"), filepath.Join(t.TempDir(), "k.pem")
	for file, b := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}

// In clear nobody is talked to but this machine and the trusted proxies, and every answer by TLS says that there is no other way (A5).
func TestOnlyProxiesAndThisMachineTalkInClear(t *testing.T) {
	h := Private(peer.Resolver{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.2/32")}}, fixture(t, &bytes.Buffer{}, nil))
	for _, c := range []struct {
		from, proto string
		tls, hsts   bool
		want        int
	}{
		{"127.0.0.1:9", "", false, false, 200}, {"10.0.0.2:9", "", false, false, 200}, {"10.0.0.2:9", "https", false, true, 200},
		{"203.0.113.9:9", "", false, false, 403}, {"203.0.113.9:9", "https", false, false, 403}, {"203.0.113.9:9", "", true, true, 200},
	} {
		for _, path := range []string{"/healthz", "/api/v1/lookups", "/dukcapil/get_json/x/call_nik"} {
			r := httptest.NewRequest("GET", path, nil)
			r.RemoteAddr, r.TLS = c.from, nil
			if c.tls {
				r.TLS = &tls.ConnectionState{}
			}
			if c.proto != "" {
				r.Header.Set("X-Forwarded-Proto", c.proto)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.want || (w.Header().Get("Strict-Transport-Security") != "") != c.hsts {
				t.Errorf("%s %+v: %d, %q", path, c, w.Code, w.Header().Get("Strict-Transport-Security"))
			}
		}
	}
}
