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
	"gapura/office/outage"
	"gapura/web/legacy"
	"gapura/web/peer"
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
	Outages     *outage.Board  // what is announced; nil: nothing
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
		w = announced(w, c.Outages)
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

// Private lets nobody talk to h in clear but this machine itself and the trusted proxies (A5), and tells browsers to come by TLS alone
// (HSTS) on every answer that goes by it.
func Private(near peer.Resolver, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case near.Secure(r):
			w.Header().Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		case near.Near(r):
		default:
			http.Error(w, "Alamat ini hanya dilayani melalui HTTPS.", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
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

// A Door is a server with where it listens.
type Door struct {
	*http.Server
	net.Listener
}

// Run answers at every door until one of them fails or ctx ends; then it finishes what is under way, for at most 20 seconds.
func Run(ctx context.Context, doors ...Door) error {
	failed := make(chan error, len(doors))
	for _, d := range doors {
		go func() { failed <- d.Serve(d.Listener) }()
	}
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	shut, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ends := make(chan error, len(doors))
	for _, d := range doors {
		go func() { ends <- d.Shutdown(shut) }()
	}
	for range doors {
		err = errors.Join(err, <-ends)
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// Secure puts TLS of a version and up before a listener, with the certificate that get returns at each connection; asking lets peers show
// certificates of their own.
func Secure(l net.Listener, get func(*tls.ClientHelloInfo) (*tls.Certificate, error), least uint16, asking bool) net.Listener {
	c := &tls.Config{MinVersion: least, GetCertificate: get, NextProtos: []string{"h2", "http/1.1"}}
	if asking {
		c.ClientAuth = tls.RequestClientCert // self-signed; which one is a desk's or a program's is decided by its fingerprint
	}
	return tls.NewListener(l, c)
}
