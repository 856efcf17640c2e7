package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"gapura/desk/deskdb"
	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/journal/witness"
)

// providerTLS is how the desk speaks to its provider: with its own certificate when it has one, read anew for each connection, because an
// enrolment makes it while the desk runs; and with the provider's own authority when one is configured.
func providerTLS(cfg config.Desk) (*tls.Config, error) {
	c := &tls.Config{MinVersion: cfg.LeastTLS()}
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(cfg.ClientCertificate, cfg.ClientKey)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return &tls.Certificate{}, nil
		case err != nil:
			return nil, fmt.Errorf("client_certificate, client_key: %w", err)
		}
		return &pair, nil
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

// deskCosigners are the desk's cosigners, that of the newest key first.
func deskCosigners(cfg config.Desk) ([]*journal.Cosigner, error) {
	ring, err := keyring.Load(cfg.Keys)
	if err != nil {
		return nil, err
	}
	keys, err := ring.Signers("cosign")
	if err != nil {
		return nil, err
	}
	out := make([]*journal.Cosigner, len(keys))
	for i, key := range keys {
		if out[i], err = journal.NewCosigner(cfg.Agency+"/loket", key); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// A lookout watches the agency's log at the provider and cosigns it, from the moment when the desk is enrolled.
type lookout struct {
	cfg     config.Desk
	db      *deskdb.DB
	now     func() time.Time
	watcher *witness.Witness
	found   atomic.Pointer[string] // what is wrong with the log
}

func newLookout(l *loket) (*lookout, error) {
	connection, err := providerTLS(l.cfg)
	if err != nil {
		return nil, err
	}
	return &lookout{cfg: l.cfg, db: l.db, now: l.now, watcher: &witness.Witness{
		URL: l.cfg.Provider, Client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: connection}},
		File: l.cfg.LogState, Now: l.now,
	}}, nil
}

// ready reads with which keys the log is watched, which an enrolment or a renewal changes while the desk runs; false: the desk is not
// enrolled.
func (w *lookout) ready(ctx context.Context) (bool, error) {
	key, err := os.ReadFile(w.cfg.LogKey)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("log_key: %w", err)
	}
	all, err := deskCosigners(w.cfg)
	if err != nil {
		return false, err
	}
	inForce, err := w.db.Enrolment.Cosigner(ctx)
	if err != nil {
		return false, err
	}
	w.watcher.LogKeys, w.watcher.Cosigner = strings.TrimSpace(string(key)), all[0]
	for _, c := range all {
		if c.VerifierKey() == inForce {
			w.watcher.Cosigner = c
		}
	}
	return true, nil
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
	if enrolled, err := w.ready(ctx); err != nil || !enrolled {
		return err
	}
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
