package config

import (
	_ "embed"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
)

// DeskExample is a commented configuration of the desk with the defaults.
//
//go:embed desk.example.toml
var DeskExample string

// A Desk configures gapura loket.
type Desk struct {
	Listen         string `toml:"listen"`
	Dir            string `toml:"dir"`      // folder of all that the desk keeps
	Provider       string `toml:"provider"` // the provider's address
	Agency         string `toml:"agency"`   // code with the provider
	Office         string `toml:"office"`
	Notice         string `toml:"notice"`
	URL            string `toml:"url"` // the desk's own address, for the check page's QR code; empty: from listen
	TLSCertificate string `toml:"tls_certificate"`
	TLSKey         string `toml:"tls_key"`
	BlankSeconds   int    `toml:"blank_seconds"`
	ClockStart     string `toml:"clock_start"`
}

// LoadDesk reads and checks a file. Paths in it are relative to the file's folder. Environment: GAPURA_DESK_LISTEN and so on. An error names the file and the key.
func LoadDesk(path string) (Desk, error) {
	var d Desk
	if err := read(path, DeskExample, "GAPURA_DESK_", &d); err != nil {
		return d, err
	}
	for _, f := range []*string{&d.Dir, &d.TLSCertificate, &d.TLSKey} {
		*f = beside(filepath.Dir(path), *f)
	}
	return d, d.check(path)
}

func (d *Desk) check(path string) error {
	bad := func(key, why string) error { return fmt.Errorf("configuration %s: %s: %s", path, key, why) }
	if d.Dir == "" || d.Agency == "" {
		return bad("dir, agency", "must be set")
	}
	if u, err := url.Parse(d.Provider); err != nil || u.Host == "" || (u.Scheme != "https" && !loopbackHost(u.Hostname())) {
		return bad("provider", "want https://host; in clear to this machine only")
	}
	if d.BlankSeconds < 10 || d.BlankSeconds > 600 {
		return bad("blank_seconds", "want 10 to 600")
	}
	if (d.TLSCertificate == "") != (d.TLSKey == "") {
		return bad("tls_certificate, tls_key", "set both or none")
	}
	host, _, err := net.SplitHostPort(d.Listen)
	if err != nil {
		return bad("listen", "want host:port")
	}
	if !loopbackHost(host) && d.TLSCertificate == "" {
		return bad("listen", "an address other than loopback needs tls_certificate and tls_key")
	}
	return nil
}
