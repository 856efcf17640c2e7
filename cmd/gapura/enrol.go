package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"gapura/desk/client"
	"gapura/desk/deskdb"
	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/journal/witness"
)

type loketEnrolCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file of the desk."`
	Code   string `arg:"" help:"The one-time code that the provider's console shows."`
}

// Run makes the desk's certificate and keys and exchanges them with the provider.
func (c loketEnrolCommand) Run() error {
	ctx := context.Background()
	cfg, err := config.LoadDesk(c.Config)
	if err != nil {
		return err
	}
	l, err := openLoket(ctx, c.Config)
	if err != nil {
		return err
	}
	if err := l.db.Close(); err != nil {
		return err
	}
	if _, err := os.Stat(cfg.ClientKey); errors.Is(err, fs.ErrNotExist) {
		if err := makeCertificate(cfg.ClientCertificate, cfg.ClientKey, cfg.Agency+" loket", l.now()); err != nil {
			return err
		}
	}
	connection, err := providerTLS(cfg)
	if err != nil {
		return err
	}
	provider, err := client.New(client.Config{URL: cfg.Provider, TLS: connection, Timeout: time.Duration(cfg.TimeoutSeconds) * time.Second})
	if err != nil {
		return err
	}
	signer, err := deskSigner(cfg.Keys, cfg.Agency)
	if err != nil {
		return err
	}
	cosigner, err := deskCosigner(cfg)
	if err != nil {
		return err
	}
	got, err := provider.Enrol(ctx, client.Enrolment{Code: strings.TrimSpace(c.Code), Key: signer.VerifierKeys(), Cosigner: cosigner.VerifierKey()})
	if r, ok := errors.AsType[*client.Refused](err); ok {
		return refusal{errors.New(r.Text)}
	}
	if err != nil {
		return refusal{err}
	}
	if got.Agency != cfg.Agency {
		return refusal{fmt.Errorf("the code is for %s, and this desk is configured for %s", got.Agency, cfg.Agency)}
	}
	if err := journal.WriteDurably(cfg.LogKey, []byte(got.LogKey+"\n")); err != nil {
		return err
	}
	fmt.Println("enrolled with", cfg.Provider)
	if got.Pinned {
		fmt.Println("the provider asks this desk for its certificate from now on")
	} else {
		fmt.Println("no certificate was shown: the connection is not TLS to the provider's own address for desks (agency_listen)")
	}
	return nil
}

// makeCertificate writes a self-signed certificate and its key, readable by the owner only. The provider pins the certificate itself, so that no authority and no name matters.
func makeCertificate(certificate, keyFile, name string, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := journal.WriteDurably(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})); err != nil {
		return err
	}
	return journal.WriteDurably(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

// providerTLS is how the desk speaks to its provider: with its own certificate when it has one, and with the provider's own authority when one is configured.
func providerTLS(cfg config.Desk) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if _, err := os.Stat(cfg.ClientKey); err == nil {
		pair, err := tls.LoadX509KeyPair(cfg.ClientCertificate, cfg.ClientKey)
		if err != nil {
			return nil, fmt.Errorf("client_certificate, client_key: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if cfg.ProviderCA != "" {
		raw, err := os.ReadFile(cfg.ProviderCA)
		if err != nil {
			return nil, fmt.Errorf("provider_ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(raw) {
			return nil, errors.New("provider_ca: no certificate in PEM")
		}
	}
	return c, nil
}

func deskCosigner(cfg config.Desk) (*journal.Cosigner, error) {
	ring, err := keyring.Load(cfg.Keys)
	if err != nil {
		return nil, err
	}
	keys, err := ring.Signers("cosign")
	if err != nil {
		return nil, err
	}
	return journal.NewCosigner(cfg.Agency+"/loket", keys[0])
}

// A lookout watches the agency's log at the provider and cosigns it.
type lookout struct {
	cfg     config.Desk
	db      *deskdb.DB
	now     func() time.Time
	watcher *witness.Witness
	found   atomic.Pointer[string] // what is wrong with the log
}

// newLookout returns nil when the desk is not enrolled.
func newLookout(l *loket) (*lookout, error) {
	key, err := os.ReadFile(l.cfg.LogKey)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("log_key: %w", err)
	}
	cosigner, err := deskCosigner(l.cfg)
	if err != nil {
		return nil, err
	}
	connection, err := providerTLS(l.cfg)
	if err != nil {
		return nil, err
	}
	return &lookout{cfg: l.cfg, db: l.db, now: l.now, watcher: &witness.Witness{
		URL: l.cfg.Provider, Client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: connection}}, Cosigner: cosigner,
		LogKeys: strings.TrimSpace(string(key)), File: l.cfg.LogState, Now: l.now,
	}}, nil
}

// alarm is what was found wrong; empty: nothing.
func (w *lookout) alarm() string {
	if text := w.found.Load(); text != nil {
		return *text
	}
	return ""
}

// look takes one look. A line that is down is nothing to tell of: the next look finds out.
func (w *lookout) look(ctx context.Context) error {
	token, err := w.db.AnyToken(ctx)
	if err != nil {
		return err
	}
	w.watcher.Token = token
	_, err = w.watcher.Look(ctx)
	if t, ok := errors.AsType[*journal.Tampered](err); ok {
		text := "Pemeriksaan " + w.now().In(time.FixedZone("WIB", 7*60*60)).Format("02-01-2006 15.04") + " WIB: " + t.Error()
		w.found.Store(&text)
	} else if err == nil {
		w.found.Store(nil)
	}
	return err
}

// lookoutEvery is how often the log is looked at.
const lookoutEvery = time.Minute

// run looks until ctx ends.
func (w *lookout) run(ctx context.Context, failed func(error)) {
	t := time.NewTicker(lookoutEvery)
	defer t.Stop()
	for {
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
