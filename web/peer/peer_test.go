package peer

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestAddr(t *testing.T) {
	proxy := Resolver{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for _, c := range []struct {
		name, remote string
		forwarded    []string
		resolver     Resolver
		want         string
	}{
		{"no proxies: the header is nothing", "192.0.2.7:99", []string{"198.51.100.1"}, Resolver{}, "192.0.2.7"},
		{"a forged header from outside", "192.0.2.7:99", []string{"10.1.1.1"}, proxy, "192.0.2.7"},
		{"behind the proxy", "10.0.0.2:99", []string{"192.0.2.9"}, proxy, "192.0.2.9"},
		{"forged before the proxy's own entry", "10.0.0.2:99", []string{"203.0.113.5, 192.0.2.9"}, proxy, "192.0.2.9"},
		{"two proxies, two headers", "10.0.0.2:99", []string{"203.0.113.5, 192.0.2.9", "10.0.0.3"}, proxy, "192.0.2.9"},
		{"garbage ends the walk", "10.0.0.2:99", []string{"192.0.2.9, x"}, proxy, "10.0.0.2"},
		{"no header behind the proxy", "10.0.0.2:99", nil, proxy, "10.0.0.2"},
		{"IPv6", "[2001:db8::1]:99", nil, proxy, "2001:db8::1"},
		{"IPv4 in IPv6", "[::ffff:192.0.2.7]:99", nil, proxy, "192.0.2.7"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		if got := c.resolver.Addr(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSecureBelievesOnlyTrustedProxies(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "10.0.0.2:1"
	r.Header.Set("X-Forwarded-Proto", "https")
	if (Resolver{}).Secure(r) {
		t.Error("anybody can claim TLS")
	}
	if !(Resolver{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}).Secure(r) {
		t.Error("the proxy is not believed")
	}
}
