package config

import "crypto/tls"

// TLS is what both roles ask of their connections.
type TLS struct {
	Min string `toml:"tls_min"` // lowest version: 1.3, or 1.2 for programs that know no other
}

var versions = map[string]uint16{"1.3": tls.VersionTLS13, "1.2": tls.VersionTLS12}

func (t TLS) knowsTLS() bool { return versions[t.Min] != 0 }

// LeastTLS is the lowest version of TLS that is spoken, as crypto/tls numbers it.
func (t TLS) LeastTLS() uint16 { return versions[t.Min] }
