package crash

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Provider and desk clear at their start what a killed backup or restoring has left beside the database, when it is older than a day.
func TestWhatWasLeftUnfinishedIsClearedAtTheStart(t *testing.T) {
	d := setUp(t, "")
	for program, start := range map[string]struct {
		folder, says string
		args         []string
		environment  []string
	}{
		"provider": {d.dir, "gapura listens on ", []string{"serve", "--config", filepath.Join(d.dir, "provider.toml")},
			[]string{"GAPURA_LISTEN=127.0.0.1:0"}},
		"desk": {filepath.Join(d.dir, "desk"), "gapura loket listens on ", []string{"loket", "--config",
			filepath.Join(d.dir, "desk.toml")}, []string{"GAPURA_DESK_LISTEN=127.0.0.1:0"}},
	} {
		ages := map[string]time.Duration{"lama.belum-selesai": 25 * time.Hour, "baru.belum-selesai": 23 * time.Hour}
		backups := map[string]string{"provider": "cadangan", "desk": "cadangan-loket"}[program]
		folders := []string{start.folder, filepath.Join(d.dir, backups)}
		for _, folder := range folders {
			for name, age := range ages {
				at := time.Now().Add(-age)
				file := filepath.Join(folder, name)
				if err := os.MkdirAll(folder, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, nil, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Chtimes(file, at, at); err != nil {
					t.Fatal(err)
				}
			}
		}
		d.start(t, start.says, start.args, start.environment...)
		there := func(folder, name string) bool {
			_, err := os.Stat(filepath.Join(folder, name))
			return err == nil
		}
		for _, folder := range folders {
			for end := time.Now().Add(10 * time.Second); there(folder, "lama.belum-selesai"); time.Sleep(20 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("%s: %s has still what was left", program, folder)
				}
			}
			if !there(folder, "baru.belum-selesai") {
				t.Errorf("%s: what is younger than a day is gone from %s", program, folder)
			}
		}
	}
}
