// Package server puts the doors together: routing, protection that is the same for all, health and metrics.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"gapura/desk/client"
	"gapura/web/legacy"
	"gapura/web/site"
)

// Config is what the server is made of.
type Config struct {
	Portal, API http.Handler
	Rooms       []Room       // besides the portal, which has every path that no other room has
	Legacy      http.Handler // what legacy.Serves says is the old wire's
	Metrics     *Metrics
	Ready       func(context.Context) error
	Peer        func(*http.Request) netip.Addr
	Allowed     []netip.Prefix // besides loopback, who may read the metrics
	Restored    string         // text of client.Restored; empty: the installation never went on from a backup
	Log         *slog.Logger
}

// A Room is a set of pages with one table of routes.
type Room interface {
	Routes() []site.Route
	Handler() http.Handler
}

// paths are the first segments of a room's routes, as patterns of a mux.
func paths(routes []site.Route) []string {
	var out []string
	for _, r := range routes {
		_, path, _ := strings.Cut(r.Pattern, " ")
		first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		if p := "/" + first; !slices.Contains(out, p) {
			out = append(out, p, p+"/")
		}
	}
	return out
}

// New is the handler of the whole provider.
func New(c Config) http.Handler {
	mux := http.NewServeMux()
	// The portal works with cookies, so no other site may post to it; the API works with credentials that a browser does not add by itself.
	protect := http.NewCrossOriginProtection().Handler
	mux.Handle("/", protect(c.Portal))
	for _, room := range c.Rooms {
		h := protect(room.Handler())
		for _, path := range paths(room.Routes()) {
			mux.Handle(path, h)
		}
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if c.Restored != "" {
			w.Header().Set(client.RestoredHeader, c.Restored)
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := c.Ready(ctx); err != nil {
			c.Log.Error("not ready", "error", err)
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	metrics := promhttp.HandlerFor(c.Metrics.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if a := c.Peer(r); !a.IsLoopback() && !contains(c.Allowed, a) {
			http.NotFound(w, r)
			return
		}
		metrics.ServeHTTP(w, r)
	})
	// The old wire's paths are compared without case and never redirected, which the mux cannot do.
	pages, programs, old := recovered(mux, c.Log, broken), recovered(c.API, c.Log, broken), recovered(c.Legacy, c.Log, legacy.Broken)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/"): // which the API has a mux of its own for
			programs.ServeHTTP(w, r)
		case legacy.Serves(r.URL.Path):
			old.ServeHTTP(w, r)
		default:
			pages.ServeHTTP(w, r)
		}
	})
}

func contains(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// recovered lets answer tell of a panic. The panic's value may hold what a person typed, so only its type and the stack are logged.
func recovered(next http.Handler, log *slog.Logger, answer http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			log.Error("panic in a handler", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			answer(w, r)
		}()
		next.ServeHTTP(w, r)
	})
}

func broken(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "Terjadi gangguan", http.StatusInternalServerError)
}

// HTTP is a server with limits against slow and large callers.
func HTTP(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 16 << 10,
	}
}

// Run answers on every listener until one of them fails or ctx ends; then it finishes what is under way, for at most 20 seconds.
func Run(ctx context.Context, srv *http.Server, listeners ...net.Listener) error {
	failed := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { failed <- srv.Serve(l) }()
	}
	var err error
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

// Secure puts TLS of a version and up with a certificate of files before a listener; asking lets peers show certificates of their own.
func Secure(l net.Listener, certificate, key string, least uint16, asking bool) (net.Listener, error) {
	cert, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("load TLS certificate: %w", err)
	}
	c := &tls.Config{MinVersion: least, Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1"}}
	if asking {
		c.ClientAuth = tls.RequestClientCert // self-signed; which one is a desk's is decided by its pin
	}
	return tls.NewListener(l, c), nil
}
