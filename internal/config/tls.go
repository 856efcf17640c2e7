package config

import (
	"crypto/tls"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
)

// TLS is how both roles speak it.
type TLS struct {
	TLSCertificate string `toml:"tls_certificate"` // PEM
	TLSKey         string `toml:"tls_key"`         // PEM
	TLSAuthority   string `toml:"tls_authority"`   // folder of the own authority that issues and renews them; empty: they are given
	Min            string `toml:"tls_min"`         // lowest version: 1.3, or 1.2 for programs that know no other
}

var versions = map[string]uint16{"1.3": tls.VersionTLS13, "1.2": tls.VersionTLS12}

// LeastTLS is the lowest version of TLS that is spoken, as crypto/tls numbers it.
func (t *TLS) LeastTLS() uint16 { return versions[t.Min] }

func (t *TLS) unset() { t.TLSCertificate, t.TLSKey, t.TLSAuthority = "", "", "" }

// wrongTLS is the first key that is wrong, and why; empty: none.
func (t *TLS) wrongTLS() (key, why string) {
	switch {
	case versions[t.Min] == 0:
		return "tls_min", "want 1.3 or 1.2"
	case (t.TLSCertificate == "") != (t.TLSKey == ""):
		return "tls_certificate, tls_key", "set both or none"
	case t.TLSAuthority != "" && t.TLSCertificate == "":
		return "tls_authority", "needs tls_certificate and tls_key, which it issues"
	}
	return "", ""
}

// hosts are the names and addresses that a service is opened at: those of its URL (which may be empty) and of where it listens, and this
// machine's own. An address that stands for all of them stands for the machine's name and every address that it has now.
func hosts(address string, listen ...string) []string {
	list := []string{"localhost", "127.0.0.1", "::1"}
	add := func(h string) {
		if h != "" && !slices.Contains(list, h) {
			list = append(list, h)
		}
	}
	if u, err := url.Parse(address); err == nil {
		add(u.Hostname())
	}
	for _, l := range listen {
		host, _, err := net.SplitHostPort(l)
		if err != nil {
			continue
		}
		if ip, err := netip.ParseAddr(host); host != "" && (err != nil || !ip.IsUnspecified()) {
			add(host)
			continue
		}
		if name, err := os.Hostname(); err == nil {
			add(name)
		}
		own, err := net.InterfaceAddrs()
		if err != nil {
			continue
		}
		for _, a := range own {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().IsPrivate() {
				add(p.Addr().String())
			}
		}
	}
	if len(list) > 3 { // what people open stands first: it names the certificate
		list = append(list[3:], list[:3]...)
	}
	return list
}
