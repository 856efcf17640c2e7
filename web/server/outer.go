package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/web/legacy"
	"gapura/web/peer"
)

// An Outer stands before listeners that are open to agencies alone. It refuses whoever is at no agency's network, or shows none of the
// certificates that the agreements of those there ask for, before anything else of a request is looked at: no name, no token. Who passes is
// authorised by the doors within like everybody else.
type Outer struct {
	Agencies func(context.Context) ([]access.Standing, error)
	Peer     peer.Resolver
	Now      func() time.Time
	Refused  func(method string, from netip.Addr, c access.Code)
	Log      *slog.Logger

	reads singleflight.Group // by method
	mu    sync.Mutex
	kept  map[string]expectation
}

type expectation struct {
	expected access.Expected
	at       time.Time
}

// fresh is how long what is expected is kept: the doors within judge as of now.
const fresh = time.Second

// longestRead bounds a read of what is expected: whoever waits is told of the fault then.
const longestRead = 10 * time.Second

// expects is what is kept, or read anew: once for all who ask meanwhile, and not for the first of them alone, who may go away.
func (o *Outer) expects(ctx context.Context, method string) (access.Expected, error) {
	o.mu.Lock()
	k, ok := o.kept[method]
	o.mu.Unlock()
	if ok && time.Since(k.at) < fresh {
		return k.expected, nil
	}
	read := o.reads.DoChan(method, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestRead)
		defer cancel()
		return o.read(ctx, method)
	})
	select {
	case got := <-read:
		if got.Err != nil {
			return nil, got.Err
		}
		return got.Val.(access.Expected), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (o *Outer) read(ctx context.Context, method string) (access.Expected, error) {
	all, err := o.Agencies(ctx)
	if err != nil {
		return nil, err
	}
	e := access.Expect(all, method, o.Now())
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kept == nil {
		o.kept = map[string]expectation{}
	}
	o.kept[method] = expectation{e, time.Now()}
	return e, nil
}

// Old lets agencies' programs speak the old wire in clear, and nothing else: those that have http:// in their code.
func (o *Outer) Old(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !legacy.Serves(r.URL.Path) {
			http.NotFound(w, r)
			return
		}
		o.pass(w, r, h, agreement.Legacy, access.Expected.Shown)
	})
}

// Programs lets agencies' programs and desks in; a desk that asks to be enrolled shows a certificate that nobody knows yet.
func (o *Outer) Programs(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method, may := agreement.API, access.Expected.Shown
		if legacy.Serves(r.URL.Path) {
			method = agreement.Legacy
		} else if strings.HasPrefix(r.URL.Path, "/api/v1/enrolments") || !strings.HasPrefix(r.URL.Path, "/api/v1/") {
			may = func(e access.Expected, from netip.Addr, _ string) bool { return e.From(from) }
		}
		o.pass(w, r, h, method, may)
	})
}

func (o *Outer) pass(w http.ResponseWriter, r *http.Request, h http.Handler, method string,
	may func(access.Expected, netip.Addr, string) bool) {
	from := o.Peer.Addr(r)
	e, err := o.expects(r.Context(), method)
	switch {
	case err != nil:
		o.Log.Error("agencies' networks cannot be read", "err", err)
		w.Header().Set("Retry-After", "10")
		http.Error(w, "Layanan belum dapat menjawab. Coba lagi sebentar lagi.", http.StatusServiceUnavailable)
	case !may(e, from, peer.Certificate(r)):
		o.Refused(method, from, access.Network)
		http.Error(w, access.Network.Text(), http.StatusForbidden)
	default:
		h.ServeHTTP(w, r)
	}
}
