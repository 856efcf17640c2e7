// Package peer finds the real address of a caller. A header changes nothing unless the connection comes from a proxy that the configuration
// trusts (A5).
package peer

import (
	"crypto/sha256"
	"net/http"
	"net/netip"
	"strings"
)

// A Resolver knows the trusted proxies. The zero value trusts none.
type Resolver struct{ Trusted []netip.Prefix }

// Addr is the connection's address or, behind trusted proxies, the last address of X-Forwarded-For that is not itself trusted. An entry
// that is no address ends the walk: what stands before it was written by somebody unknown. The zero Addr means that not even the
// connection's is known.
func (s Resolver) Addr(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := ap.Addr().Unmap()
	if !s.trusts(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return addr
		}
		if addr = hop.Unmap(); !s.trusts(addr) {
			return addr
		}
	}
	return addr
}

// Certificate is the SHA-256 of the certificate that the peer proved to have; empty: none. What a proxy in front says about certificates is
// not believed.
func Certificate(r *http.Request) string {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return ""
	}
	sum := sha256.Sum256(r.TLS.PeerCertificates[0].Raw)
	return string(sum[:])
}

// Near reports whether the connection itself comes from this machine or from a trusted proxy, whatever it says.
func (s Resolver) Near(r *http.Request) bool {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && (ap.Addr().Unmap().IsLoopback() || s.trusts(ap.Addr().Unmap()))
}

// Secure reports whether the caller's side of the connection is TLS.
func (s Resolver) Secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && s.trusts(ap.Addr().Unmap()) && r.Header.Get("X-Forwarded-Proto") == "https"
}

func (s Resolver) trusts(a netip.Addr) bool {
	for _, p := range s.Trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
