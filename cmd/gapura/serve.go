package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"gapura/access"
	"gapura/config"
	"gapura/journal"
	"gapura/keyring"
	"gapura/party"
	"gapura/store"
	"gapura/web/api"
	"gapura/web/peer"
	"gapura/web/portal"
	"gapura/web/server"
)

type serveCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
}

func (c serveCommand) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p, err := openProvider(ctx, cfg)
	if err != nil {
		return err
	}
	return p.serve(ctx, func(addr string) { fmt.Println("gapura listens on", addr) })
}

// A provider is the wired program.
type provider struct {
	cfg    config.Provider
	store  *store.Store
	writer *journal.Writer
	log    *slog.Logger
	now    func() time.Time
}

func openProvider(ctx context.Context, cfg config.Provider) (*provider, error) {
	now, err := clock(cfg.ClockStart)
	if err != nil {
		return nil, err
	}
	keys, err := keyring.Load(cfg.Keys)
	if err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, store.Options{URL: cfg.Database, Keys: keys})
	if err != nil {
		return nil, err
	}
	return &provider{cfg: cfg, store: st, now: now, log: slog.New(slog.NewTextHandler(os.Stderr, nil))}, nil
}

// clock is the machine's, or one that starts at the given time now.
func clock(start string) (func() time.Time, error) {
	if start == "" {
		return time.Now, nil
	}
	t, err := time.Parse(time.RFC3339, start)
	if err != nil {
		return nil, errors.New("clock: want RFC 3339, for instance 2026-11-23T09:00:00+07:00")
	}
	begin := time.Now()
	return func() time.Time { return t.Add(time.Since(begin)) }, nil
}

// collectLessOften lets the heap, which is small here, grow to five times what lives in it before it is collected, and more often again when memory
// becomes short. GOGC and GOMEMLIMIT still rule when they are set.
func collectLessOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(200 << 20)
	}
}

// serve answers until ctx ends, then finishes what is under way: requests first, then the journal, then the database.
func (p *provider) serve(ctx context.Context, ready func(addr string)) error {
	defer p.store.Close()
	collectLessOften()
	p.writer = journal.NewWriter(p.store)
	defer p.writer.Close()
	listener, err := net.Listen("tcp", p.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	srv := server.HTTP(p.handler())
	srv.ErrorLog = slog.NewLogLogger(p.log.Handler(), slog.LevelWarn)
	scheme := "http"
	if p.cfg.TLSCertificate != "" {
		cert, err := tls.LoadX509KeyPair(p.cfg.TLSCertificate, p.cfg.TLSKey)
		if err != nil {
			return fmt.Errorf("load TLS certificate: %w", err)
		}
		scheme = "https"
		listener = tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1"}})
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	ready(scheme + "://" + listener.Addr().String())
	select {
	case err = <-failed:
	case <-ctx.Done():
		shut, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		err = srv.Shutdown(shut)
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

func (p *provider) handler() http.Handler {
	resolver := peer.Resolver{Trusted: p.cfg.Trusted}
	metrics := server.NewMetrics()
	gate := &access.Gate{Rights: p.store, Source: p.store.Registry(), Log: counted{p.writer, metrics}, Now: p.now}
	signIn := party.NewSignIn(p.store, p.now)
	pages := &portal.Portal{
		Gate: gate, SignIn: signIn, Rights: p.store, History: p.store, Now: p.now, Peer: resolver.Addr, Secure: resolver.Secure,
		Blank: time.Duration(p.cfg.BlankSeconds) * time.Second, Provider: p.cfg.Office, DemoNote: p.cfg.Notice, Log: p.log,
	}
	json := &api.API{Gate: gate, SignIn: signIn, Peer: resolver.Addr, Log: p.log}
	return server.New(server.Config{
		Portal: pages.Handler(), API: json.Handler(), Metrics: metrics, Ready: p.store.Ready, Peer: resolver.Addr, Allowed: p.cfg.Allowed, Log: p.log,
	})
}

// counted counts outcomes on their way into the journal.
type counted struct {
	log     access.Log
	metrics *server.Metrics
}

func (c counted) Append(ctx context.Context, e *journal.Entry) error {
	err := c.log.Append(ctx, e)
	if err == nil {
		c.metrics.Outcome(e.Written.Method, e.Written.Outcome)
	}
	return err
}
