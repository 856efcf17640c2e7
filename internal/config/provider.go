package config

import (
	_ "embed"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
)

// Example is a commented configuration of the provider with the defaults.
//
//go:embed provider.example.toml
var Example string

// A Provider configures gapura serve.
type Provider struct {
	Listen       string `toml:"listen"`
	Database     string `toml:"database"`             // SQLite file, or postgres:// URL
	Connections  int    `toml:"database_connections"` // to PostgreSQL, of this process
	Keys         string `toml:"keys"`
	Office       string `toml:"office"`
	Notice       string `toml:"notice"`
	AgencyListen string `toml:"agency_listen"` // where desks and programs with a certificate come in; empty: nowhere
	LegacyListen string `toml:"legacy_listen"` // where the old wire is spoken in clear, from agencies' networks alone; empty: nowhere
	TLS
	TrustedProxies []string `toml:"trusted_proxies"`
	MetricsAllowed []string `toml:"metrics_allowed"`
	BlankSeconds   int      `toml:"blank_seconds"`
	DiskLeastMB    int      `toml:"disk_least_mb"` // free beside a SQLite database; below it nothing new is taken
	ClockStart     string   `toml:"clock_start"`

	// The office's own, for letters and e-mails.
	Government       string `toml:"government"`
	Address          string `toml:"address"`
	Place            string `toml:"place"`
	Region           string `toml:"region"` // Kemendagri code of the district, for instance 33.03; may be empty
	Official         string `toml:"official"`
	OfficialPosition string `toml:"official_position"`
	OfficialID       string `toml:"official_id"`
	LetterClass      string `toml:"letter_class"`
	URL              string `toml:"url"`
	OfficeEmail      string `toml:"office_email"`   // that agencies' reports are sent to (Juknis V.B)
	MinistryEmail    string `toml:"ministry_email"` // of the Director General's office; empty: letters to it go on paper only
	Procedures       string `toml:"procedures"`     // folder of the office's own procedures; empty: none

	JournalName    string   `toml:"journal_name"`    // begins the names of all logs
	Archives       string   `toml:"archives"`        // folder of the journal's archives; empty: none
	CitizenPortals []string `toml:"citizen_portals"` // addresses of citizen portals

	Backups

	// Witnesses outside the office: those that cosign this office's logs, and what this office is to others (gapura witness).
	Witnesses      string `toml:"witnesses"`       // file, C2SP tlog-policy; empty: none
	WitnessMissing string `toml:"witness_missing"` // when too few cosign: warn, or stop handing checkpoints out
	WitnessListen  string `toml:"witness_listen"`
	WitnessName    string `toml:"witness_name"`  // of its key
	WitnessLogs    string `toml:"witness_logs"`  // file with the verifier keys of the logs that it knows
	WitnessState   string `toml:"witness_state"` // file of what it has cosigned

	// Another service on the legacy wire that lookups are passed on to; empty: the own registry answers.
	UpstreamURL      string `toml:"upstream_url"`
	UpstreamUser     string `toml:"upstream_user"`
	UpstreamPassword string `toml:"upstream_password"`

	// Networks of the office, from which alone the console and the provider's staff work; none: everywhere.
	ConsoleNetworks []string `toml:"console_networks"`

	SMTPHost     string `toml:"smtp_host"` // empty: no e-mail
	SMTPPort     int    `toml:"smtp_port"`
	SMTPUser     string `toml:"smtp_user"`
	SMTPPassword string `toml:"smtp_password"`
	SMTPFrom     string `toml:"smtp_from"`
	SMTPTLS      string `toml:"smtp_tls"`

	Trusted, Allowed, Citizens, Console []netip.Prefix `toml:"-"`
}

// unset leaves out what the example recommends and a file of before does not name.
func (p *Provider) unset() {
	p.TLS.unset()
	p.Keys = "gapura.key"
}

// Load reads and checks a file. Paths in it are relative to the file's folder. An error names the file and the key.
func Load(path string) (Provider, error) {
	var p Provider
	if err := read(path, Example, "GAPURA_", &p); err != nil {
		return p, err
	}
	dir := filepath.Dir(path)
	for _, f := range []*string{&p.Keys, &p.TLSCertificate, &p.TLSKey, &p.TLSAuthority, &p.Procedures, &p.Archives, &p.BackupDir,
		&p.Witnesses,
		&p.WitnessLogs, &p.WitnessState} {
		*f = beside(dir, *f)
	}
	if !strings.Contains(p.Database, "://") {
		p.Database = beside(dir, p.Database)
	}
	return p, p.check(path)
}

func (p *Provider) check(path string) error {
	bad := func(key, why string) error { return fmt.Errorf("configuration %s: %s: %s", path, key, why) }
	var err error
	if p.Trusted, err = prefixes(p.TrustedProxies); err != nil {
		return bad("trusted_proxies", err.Error())
	}
	if p.Allowed, err = prefixes(p.MetricsAllowed); err != nil {
		return bad("metrics_allowed", err.Error())
	}
	if p.Citizens, err = prefixes(p.CitizenPortals); err != nil {
		return bad("citizen_portals", err.Error())
	}
	if p.Console, err = prefixes(p.ConsoleNetworks); err != nil {
		return bad("console_networks", err.Error())
	}
	if p.BlankSeconds < 10 || p.BlankSeconds > 600 {
		return bad("blank_seconds", "want 10 to 600")
	}
	if p.Connections < 8 || p.Connections > 500 {
		return bad("database_connections", "want 8 to 500")
	}
	if p.DiskLeastMB < 1 || p.DiskLeastMB > 1<<20 {
		return bad("disk_least_mb", "want 1 to 1048576")
	}
	if key, why := p.wrong(); key != "" {
		return bad(key, why)
	}
	if p.Database == "" || p.Keys == "" {
		return bad("database, keys", "must be set")
	}
	if u, err := url.Parse(p.UpstreamURL); p.UpstreamURL != "" && (err != nil || u.Host == "" || (u.Scheme != "https" &&
		!loopbackHost(u.Hostname()))) {
		return bad("upstream_url", "want https://host/dukcapil/get_json/…; in clear to this machine only")
	}
	if p.UpstreamURL != "" && (p.UpstreamUser == "" || p.UpstreamPassword == "") {
		return bad("upstream_user, upstream_password", "must be set with upstream_url")
	}
	if key, why := p.wrongTLS(); key != "" {
		return bad(key, why)
	}
	if p.AgencyListen != "" && p.TLSCertificate == "" {
		return bad("agency_listen", "needs tls_certificate and tls_key")
	}
	if _, _, err := net.SplitHostPort(p.LegacyListen); p.LegacyListen != "" && err != nil {
		return bad("legacy_listen", "want host:port")
	}
	if p.WitnessMissing != "warn" && p.WitnessMissing != "stop" {
		return bad("witness_missing", "want warn or stop")
	}
	for key, address := range map[string]string{"listen": p.Listen, "witness_listen": p.WitnessListen} {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return bad(key, "want host:port")
		}
		if !loopbackHost(host) && p.TLSCertificate == "" && len(p.Trusted) == 0 {
			// A5: only over TLS; in clear only to this machine or to a reverse proxy that speaks TLS.
			return bad(key, "an address other than loopback needs tls_certificate and tls_key, or trusted_proxies")
		}
	}
	return nil
}

// Hosts are the names and addresses that the service is opened at.
func (p *Provider) Hosts() []string { return hosts(p.URL, p.Listen, p.AgencyListen) }
