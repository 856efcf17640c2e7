// Package enrol runs a provider and an agency's desk as two processes over TLS, exchanges their keys by a one-time code, and sees that the
// desk's certificate is asked for from then on.
package enrol

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/desk/client"
	"gapura/desk/deskdb"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store"
)

const gapura = "../../bin/gapura"

func TestDeskIsEnrolledAndItsCertificateIsAskedFor(t *testing.T) {
	if _, err := os.Stat(gapura); err != nil {
		t.Fatalf("%v; make build builds it", err)
	}
	dir := t.TempDir()
	people, desks, counter := free(t), free(t), free(t)
	env := append(os.Environ(), "GAPURA_DESK_PROVIDER=https://"+desks, "GAPURA_DESK_PROVIDER_CA="+filepath.Join(dir, "ca.pem"))
	if out, err := exec.Command(gapura, "demo", "--dir", dir, "--listen", people, "--loket", counter, "--residents", "200",
		"--exit-after-setup").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	authority(t, dir)
	run := func(args ...string) (int, string) {
		t.Helper()
		c := exec.Command(gapura, args...)
		c.Env = env
		out, err := c.CombinedOutput()
		if err != nil && c.ProcessState.ExitCode() < 0 {
			t.Fatal(err)
		}
		return c.ProcessState.ExitCode(), string(out)
	}
	var log bytes.Buffer
	start := func(extra []string, args ...string) {
		t.Helper()
		c := exec.Command(gapura, args...)
		c.Env = append(env, extra...)
		c.Stderr = &log
		c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	}
	// To start a provider whose listener asks for certificates, without a proxy in front.
	start([]string{"GAPURA_TLS_CERTIFICATE=" + filepath.Join(dir, "server.pem"), "GAPURA_TLS_KEY=" + filepath.Join(dir, "server.key"),
		"GAPURA_AGENCY_LISTEN=" + desks}, "serve", "--config", filepath.Join(dir, "provider.toml"))
	await(t, desks)

	keys, err := keyring.Load(filepath.Join(dir, "gapura.key"))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), store.Options{URL: filepath.Join(dir, "gapura.db"), Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	i, _, _, err := st.Institutions.InstitutionByCode(t.Context(), "dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	// The office's rules of passwords: the desk takes them with its enrolment.
	rules := party.Policy{Min: 14, Kinds: 3, Days: 90}
	was, err := st.Letters.PasswordPolicy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	value, err := json.Marshal(rules)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Rights.Apply(t.Context(), journal.Change{At: time.Now(), Reason: "SK"},
		procedure.ChangeSetting{Institution: party.Provider,
			Kind: procedure.SettingPassword, Subject: "Aturan kata sandi", Before: was.Rule(), After: rules.Rule(),
			Value: string(value)}); err != nil {
		t.Fatal(err)
	}
	code, err := st.Desks.DeskCode(t.Context(), journal.Change{At: time.Now(), Reason: "BAST"}, i.ID, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "desk.toml")
	head, _, err := st.Users.UserByLogin(t.Context(), "kepala.dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	// decide is what the head does on the portal's page; words are what the machine shows.
	decide := func(words string, approve bool) party.DeskRequest {
		t.Helper()
		list, err := st.Desks.DeskRequests(t.Context(), i.ID, 1)
		if err != nil || len(list) != 1 || !strings.Contains(words, list[0].Words()) || strings.Count(list[0].Words(), " ") != 4 {
			t.Fatalf("%v; the machine shows %q: %+v", err, words, list)
		}
		r, err := st.Desks.DecideDesk(t.Context(), time.Now(), head, i.ID, list[0].ID, approve, "x")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if status, out := run("loket", "enrol", "--config", config, "bukan-kodenya"); status != 1 || !strings.Contains(out,
		"kode pendaftaran tidak dikenal") {
		t.Errorf("a wrong code: %d %s", status, out)
	}
	status, words := run("loket", "enrol", "--config", config, "--wait", "1ms", code)
	if status != 1 || !strings.Contains(words, "masih menunggu persetujuan") {
		t.Fatalf("not approved yet: %d %s", status, words)
	}
	if i, err = st.Institutions.Institution(t.Context(), i.ID); err != nil || i.Desk.Pin != "" || !i.Desk.Since.IsZero() {
		t.Fatal("enrolled without approval", err)
	}
	if status, out := run("loket", "enrol", "--config", config, code); status != 1 || !strings.Contains(out, "sudah dipakai") {
		t.Errorf("a code was used twice: %d %s", status, out)
	}
	decide(words, true)
	if status, out := run("loket", "enrol", "--config", config); status != 0 || !strings.Contains(out, "meminta sertifikat komputer ini") {
		t.Fatalf("%d %s", status, out)
	}
	if status, out := run("loket", "enrol", "--config", config); status != 1 || !strings.Contains(out,
		"tidak ada permintaan yang menunggu") {
		t.Errorf("nothing waits: %d %s", status, out)
	}
	for _, name := range []string{"desk-client.key", "desk.key", "provider-log.key"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	if i, err = st.Institutions.Institution(t.Context(), i.ID); err != nil || len(i.Desk.Pin) != 32 || i.Desk.Key == "" {
		t.Fatal("nothing is pinned", err)
	}
	changes, err := st.Journal.Changes(t.Context(), i.ID, 0, 3)
	if err != nil || len(changes) != 3 || changes[0].Subject != "Pendaftaran loket" || !strings.Contains(changes[0].After,
		"loket terdaftar") || changes[0].By != head.ID || !strings.Contains(changes[1].After, "permintaan menunggu") {
		t.Errorf("%+v %v", changes, err)
	}

	// With the certificate the desk's officer is answered; without it, or with another, refused; a program of the agency goes on as before.
	deskKeys, err := keyring.Load(filepath.Join(dir, "desk.key"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := deskdb.Open(t.Context(), filepath.Join(dir, "desk", "loket.db"), deskKeys)
	if err != nil {
		t.Fatal(err)
	}
	token, err := db.AnyToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := db.Enrolment.PasswordPolicy(t.Context()); err != nil || got != rules {
		t.Errorf("the desk asks of passwords %+v, its provider %+v: %v", got, rules, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	var demo struct {
		API    []struct{ Agency, Token string }
		Sample struct{ Found []string }
	}
	if err := json.Unmarshal(raw, &demo); err != nil {
		t.Fatal(err)
	}
	shown := func() tls.Certificate {
		t.Helper()
		own, err := tls.LoadX509KeyPair(filepath.Join(dir, "desk-client.pem"), filepath.Join(dir, "desk-client.key"))
		if err != nil {
			t.Fatal(err)
		}
		return own
	}
	own := shown()
	ask := func(token string, certificates ...tls.Certificate) error {
		t.Helper()
		pool := x509.NewCertPool()
		pem, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
		if err != nil || !pool.AppendCertsFromPEM(pem) {
			t.Fatal(err)
		}
		c, err := client.New(client.Config{URL: "https://" + desks, TLS: &tls.Config{RootCAs: pool, Certificates: certificates}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Match(t.Context(), token, client.Question{NIK: demo.Sample.Found[0], Purpose: "verifikasi penerima bantuan",
			Reference: "P-1"}, map[string]string{"nama_lengkap": "X"}, 90)
		return err
	}
	if err := ask(token, own); err != nil {
		t.Error("the desk's own certificate:", err)
	}
	for name, certificates := range map[string][]tls.Certificate{"none": nil, "another": {pair(t, dir)}} {
		if r, ok := errors.AsType[*client.Refused](ask(token, certificates...)); !ok || r.Code != "network" || r.Record == "" {
			t.Errorf("certificate %s: %+v", name, r)
		}
	}
	for _, l := range demo.API {
		if l.Agency == "dinpertan" {
			if err := ask(l.Token); err != nil {
				t.Error("a program of the agency:", err)
			}
			break
		}
	}

	// The desk watches the log and cosigns it.
	start(nil, "loket", "--config", config)
	cosigned := func(after int64) int64 {
		t.Helper()
		for range 100 {
			s, _, err := st.Journal.LogState(t.Context(), i.ID)
			if err != nil {
				t.Fatal(err)
			}
			if s.Seen > after {
				return s.Seen
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("the log is not cosigned: %s", log.String())
		return 0
	}
	cosigned(0)

	// The desk renews its keys by itself: the old certificate is refused from then on, the new one answered.
	before, err := st.Witness.CosignerKey(t.Context(), i.ID)
	if err != nil {
		t.Fatal(err)
	}
	if status, out := run("loket", "enrol", "--config", config, "--renew"); status != 0 || !strings.Contains(out,
		"Kunci loket diperbarui") {
		t.Fatalf("%d %s", status, out)
	}
	renewed, err := st.Witness.CosignerKey(t.Context(), i.ID)
	if err != nil || renewed == before {
		t.Fatal("the key is the old one", err)
	}
	if r, ok := errors.AsType[*client.Refused](ask(token, own)); !ok || r.Code != "network" {
		t.Errorf("the certificate from before: %+v", r)
	}
	if err := ask(token, shown()); err != nil {
		t.Error("the renewed certificate:", err)
	}

	// Another machine with another key takes its place with both sides only.
	if code, err = st.Desks.DeskCode(t.Context(), journal.Change{At: time.Now(), Reason: "BAST"}, i.ID,
		time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := keyring.Rotate(filepath.Join(dir, "desk.key"), time.Time{}); err != nil {
		t.Fatal(err)
	}
	_, words = run("loket", "enrol", "--config", config, "--wait", "1ms", code)
	if r := decide(words, true); r.At(time.Now()) != party.DeskWaits {
		t.Errorf("the agency alone replaced the key: %+v", r)
	}
	if now, err := st.Witness.CosignerKey(t.Context(), i.ID); err != nil || now != renewed {
		t.Error("the key in force is not the old one", err)
	}
}

// authority makes an authority and a certificate of the provider for this machine.
func authority(t *testing.T, dir string) {
	t.Helper()
	caKey, key := newKey(t), newKey(t)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Rekaan"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	server := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	caDER, err1 := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	der, err2 := x509.CreateCertificate(rand.Reader, server, ca, &key.PublicKey, caKey)
	private, err3 := x509.MarshalPKCS8PrivateKey(key)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"ca.pem": {Type: "CERTIFICATE", Bytes: caDER}, "server.pem": {Type: "CERTIFICATE",
		Bytes: der}, "server.key": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// pair is a certificate that is nobody's.
func pair(t *testing.T, dir string) tls.Certificate {
	t.Helper()
	c, err := tls.LoadX509KeyPair(filepath.Join(dir, "server.pem"), filepath.Join(dir, "server.key"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func await(t *testing.T, address string) {
	t.Helper()
	for range 200 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nobody listens on %s", address)
}
