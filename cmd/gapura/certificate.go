package main

import (
	"context"
	"log/slog"
	"time"

	"gapura/internal/config"
	"gapura/internal/pki"
)

const (
	// certificateEvery is how often files of certificates are looked at, at most.
	certificateEvery = 5 * time.Second
	// renewEvery is how often it is looked whether the own authority has to issue anew.
	renewEvery = time.Hour
)

// liveCertificate is what a configuration names, issued when its own authority has to, and read.
func liveCertificate(cfg config.TLS, hosts func() []string, log *slog.Logger) (*pki.Live, error) {
	l := &pki.Live{Certificate: cfg.TLSCertificate, Key: cfg.TLSKey, Authority: cfg.TLSAuthority, Hosts: hosts, Now: time.Now,
		Every: certificateEvery, Log: log}
	return l, l.Start()
}

// renewing renews a certificate until ctx ends.
func renewing(ctx context.Context, l *pki.Live) {
	t := time.NewTicker(renewEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := l.Renew(); err != nil {
				l.Log.Error("TLS certificate cannot be renewed", "err", err)
			}
		}
	}
}
