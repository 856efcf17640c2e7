package config

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheDesksConfigurationIsChecked(t *testing.T) {
	load := func(extra string) (Desk, error) {
		path := filepath.Join(t.TempDir(), "desk.toml")
		if err := os.WriteFile(path, []byte("agency = \"dinpertan\"\n"+extra), 0o600); err != nil {
			t.Fatal(err)
		}
		return LoadDesk(path)
	}
	d, err := load("")
	if err != nil || d.Zone != "WIB" || d.TimeoutSeconds != 10 || !filepath.IsAbs(d.Keys) || filepath.Dir(d.Keys) == d.Dir {
		t.Fatalf("%+v %v", d, err)
	}
	for extra, key := range map[string]string{
		`keys = "desk/desk.key"`: "keys", `zone = "UTC"`: "zone", `timeout_seconds = 0`: "timeout_seconds",
		`card_kind = "chip"`: "card_reader", `listen = "0.0.0.0:1"`: "listen",
		`provider = "http://10.0.0.1"`: "provider", `blank_seconds = 5`: "blank_seconds", `nonsense = 1`: "nonsense",
		`tls_min = "1.1"`: "tls_min",
	} {
		if _, err := load(extra); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", extra, err)
		}
	}
	if old, err := load(`tls_min = "1.2"`); err != nil || d.LeastTLS() != tls.VersionTLS13 || old.LeastTLS() != tls.VersionTLS12 {
		t.Errorf("TLS from %x on, at least %x on demand: %v", d.LeastTLS(), old.LeastTLS(), err)
	}
}
