package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gapura/internal/config"
)

// What gapura config example and gapura init make serves TLS 1.3 with a certificate of the office's own authority, and says on every
// answer that there is no other way; what is opened for agencies alone hears nobody else.
func TestAFreshInstallationServesTLS(t *testing.T) {
	old := free(t)
	dir, p := installed(t, map[string]string{"listen": "127.0.0.1:0", "legacy_listen": old, "agency_listen": "127.0.0.1:0"})
	ctx, stop := context.WithCancel(t.Context())
	at, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- p.serve(ctx, func(addr string) { at <- addr }) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	url := <-at
	root, err := os.ReadFile(filepath.Join(dir, "ca", "ca.pem"))
	pool := x509.NewCertPool()
	if err != nil || !strings.HasPrefix(url, "https://") || !pool.AppendCertsFromPEM(root) {
		t.Fatal(url, err)
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	defer client.CloseIdleConnections()
	for path, want := range map[string]int{"/masuk": 200, "/healthz": 200, "/api/v1/lookups": 405, "/api/openapi.json": 200,
		"/dukcapil/get_json/x/call_nik": 405} {
		r, err := client.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != want || r.TLS.Version != tls.VersionTLS13 || r.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: %d by %x, HSTS %q", path, r.StatusCode, r.TLS.Version, r.Header.Get("Strict-Transport-Security"))
		}
	}
	// No agreement names this machine: the plain listener hears nobody, whatever they bring.
	r, err := http.Post("http://"+old+"/dukcapil/get_json/x/call_nik", "application/json",
		strings.NewReader(`{"user_id":"x","password":"y"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusForbidden {
		t.Errorf("in clear from a network of no agreement: %d", r.StatusCode)
	}
	for name, f := range map[string]finding{"keys": keysFinding(p.cfg), "certificate": certificateFinding(p.cfg, p.now())} {
		if !f.well {
			t.Errorf("%s: %s", name, f.says)
		}
	}
	if err := os.Chmod(p.cfg.TLSKey, 0o644); err != nil {
		t.Fatal(err)
	}
	if f := certificateFinding(p.cfg, p.now()); f.well || !strings.Contains(f.says, "chmod 600") {
		t.Errorf("a TLS key that others can read is well: %s", f.says)
	}
}

// What cannot be issued is told, and leaves what holds where it is.
func TestACertificateIsReplacedOnlyByOne(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "provider.toml")
	if err := (configExample{Out: file}).Run(); err != nil {
		t.Fatal(err)
	}
	if err := (initCommand{Config: file}).Run(); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(cfg.TLSCertificate)
	if err != nil {
		t.Fatal(err)
	}
	if err := (caIssueCommand{Config: file}).Run(); err != nil {
		t.Fatal(err)
	}
	made, err := os.ReadFile(cfg.TLSCertificate)
	if err != nil || string(made) == string(before) {
		t.Fatal("nothing was issued", err)
	}
	if err := os.Remove(filepath.Join(cfg.TLSAuthority, "ca.key")); err != nil {
		t.Fatal(err)
	}
	if err := (caIssueCommand{Config: file}).Run(); err == nil {
		t.Error("issued without the authority's key")
	}
	if left, err := os.ReadFile(cfg.TLSCertificate); err != nil || string(left) != string(made) {
		t.Error("the certificate that held is gone:", err)
	}
	if err := os.Remove(cfg.TLSCertificate); err != nil {
		t.Fatal(err)
	}
	if err := certify(file); err == nil || !strings.Contains(err.Error(), "ca.key") {
		t.Error("an installation without a certificate is called done:", err)
	}
	if err := (caInitCommand{Config: file}).Run(); err == nil || !strings.Contains(err.Error(), "ca.key") {
		t.Error("gapura ca init says nothing of the certificate:", err)
	}
}

// installed is what gapura config example and gapura init make in a folder, with other values of some keys.
func installed(t *testing.T, keys map[string]string) (dir string, p *provider) {
	t.Helper()
	dir = t.TempDir()
	file := filepath.Join(dir, "provider.toml")
	if err := (configExample{Out: file}).Run(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range keys {
		text = []byte(replaceKey(string(text), key, value))
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (initCommand{Config: file}).Run(); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = openProvider(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	return dir, p
}

// replaceKey sets a key of a configuration's text.
func replaceKey(text, key, value string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, key+" = ") {
			lines[i] = key + ` = "` + value + `"`
		}
	}
	return strings.Join(lines, "\n")
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
