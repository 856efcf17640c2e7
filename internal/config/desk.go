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
	Listen   string `toml:"listen"`
	Dir      string `toml:"dir"`      // folder of all that the desk keeps
	Provider string `toml:"provider"` // the provider's address
	Agency   string `toml:"agency"`   // code with the provider
	Office   string `toml:"office"`
	Notice   string `toml:"notice"`
	URL      string `toml:"url"` // the desk's own address, for the check page's QR code; empty: from listen
	TLS
	BlankSeconds   int    `toml:"blank_seconds"`
	PasswordMin    int    `toml:"password_min"`   // characters; 0: as the program has it
	PasswordKinds  int    `toml:"password_kinds"` // of characters, at least
	PasswordDays   int    `toml:"password_days"`  // after which a password is changed; 0: never
	ClockStart     string `toml:"clock_start"`
	Keys           string `toml:"keys"` // key file, outside Dir
	Zone           string `toml:"zone"`
	TimeoutSeconds int    `toml:"timeout_seconds"` // of a call to the provider

	// What gapura loket enrol exchanges with the provider.
	ClientCertificate string `toml:"client_certificate"`
	ClientKey         string `toml:"client_key"`
	ProviderCA        string `toml:"provider_ca"` // PEM; empty: the machine's trust
	LogKey            string `toml:"log_key"`     // verifier keys of the agency's log
	LogState          string `toml:"log_state"`   // the last checkpoint seen

	Backups

	// On the documents that the desk issues.
	Government       string `toml:"government"`
	Address          string `toml:"address"`
	Place            string `toml:"place"`
	Official         string `toml:"official"` // who signs; empty: the officer who decided
	OfficialPosition string `toml:"official_position"`

	// Reading of a KTP-el.
	CardReader  string   `toml:"card_reader"` // serial number in the provider's register; empty: no card is read
	CardKind    string   `toml:"card_kind"`   // chip, websocket, json, form, xml
	CardName    string   `toml:"card_name"`   // of the vendor's service
	CardURL     string   `toml:"card_url"`
	CardRemote  string   `toml:"card_remote"` // "yes": the service is on another machine
	CardRequest string   `toml:"card_request"`
	CardHeaders []string `toml:"card_headers"` // "Name: value"
	CardFields  []string `toml:"card_fields"`  // "name = key"
}

// LoadDesk reads and checks a file. Paths in it are relative to the file's folder. Environment: GAPURA_DESK_LISTEN and so on. An error
// names the file and the key.
func LoadDesk(path string) (Desk, error) {
	var d Desk
	if err := read(path, DeskExample, "GAPURA_DESK_", &d); err != nil {
		return d, err
	}
	for _, f := range []*string{&d.Dir, &d.Keys, &d.TLSCertificate, &d.TLSKey, &d.TLSAuthority, &d.ClientCertificate, &d.ClientKey,
		&d.ProviderCA, &d.LogKey,
		&d.LogState, &d.BackupDir} {
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
	if key, why := d.wrong(); key != "" {
		return bad(key, why)
	}
	if d.BlankSeconds < 10 || d.BlankSeconds > 600 {
		return bad("blank_seconds", "want 10 to 600")
	}
	if d.TimeoutSeconds < 1 || d.TimeoutSeconds > 60 {
		return bad("timeout_seconds", "want 1 to 60")
	}
	if d.Zone != "WIB" && d.Zone != "WITA" && d.Zone != "WIT" {
		return bad("zone", "want WIB, WITA or WIT")
	}
	if inside, err := filepath.Rel(d.Dir, d.Keys); d.Keys == "" || err == nil && filepath.IsLocal(inside) {
		return bad("keys", "want a file outside dir")
	}
	if (d.CardReader == "") != (d.CardKind == "") {
		return bad("card_reader, card_kind", "set both or none")
	}
	if key, why := d.wrongTLS(); key != "" {
		return bad(key, why)
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

// Hosts are the names and addresses that the desk is opened at.
func (d *Desk) Hosts() []string { return hosts(d.URL, d.Listen) }
