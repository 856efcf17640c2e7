package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// onSmallDisk starts the server in a mount namespace of its own, on a copy of the district on a disk of so many MB, which goes with the
// process. The folder is the small disk, as others reach it.
func (d district) onSmallDisk(t *testing.T, mb int) (url, folder string) {
	t.Helper()
	args := []string{"--mount"}
	if os.Getuid() != 0 {
		args = append(args, "--user", "--map-root-user")
	}
	at := t.TempDir()
	script := fmt.Sprintf("mount -t tmpfs -o size=%dm tmpfs %s && cp -a %s/. %s && exec %s serve --config %s/provider.toml", mb, at, d.dir,
		at,
		program, at)
	process := exec.Command("unshare", append(args, "sh", "-c", script)...)
	process.Env = append(os.Environ(), "GAPURA_LISTEN=127.0.0.1:0", "GAPURA_DISK_LEAST_MB=4")
	url = d.await(t, "gapura listens on ", process)
	return url, filepath.Join("/proc", fmt.Sprint(process.Process.Pid), "root", at)
}

// fill uses up the disk, to the last byte.
func fill(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 1<<20); len(block) > 0; block = block[:len(block)/2] {
		for err = nil; err == nil; {
			_, err = f.Write(block)
		}
	}
}

// What a lookup and a look at readiness get: status, text and after how long to try again.
func seen(t *testing.T, url string, l login, nik string) (lookup, ready int, said, after string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"nik": nik, "purpose": l.Purposes[0], "reference": "DISK-1"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest("POST", url+"/api/v1/lookups", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.Token)
	r.Header.Set("Content-Type", "application/json")
	a, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := client.Get(url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	b.Body.Close()
	return a.StatusCode, b.StatusCode, string(text), a.Header.Get("Retry-After")
}

// A disk that fills up under lookups ends them with 503 and a time to try again, never with an answer that is not kept, and is left again
// by itself when there is room.
func TestAFullDiskIsToldAndLeftAgain(t *testing.T) {
	d := setUp(t, "")
	l, nik := d.api["dinpertan"], d.found[0]
	url, folder := d.onSmallDisk(t, 80)
	until := func(what string, lookup, ready int) (said, after string) {
		t.Helper()
		var gotLookup, gotReady int
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
			gotLookup, gotReady, said, after = seen(t, url, l, nik)
			if gotLookup == lookup && gotReady == ready {
				return said, after
			}
			if gotLookup != http.StatusOK && gotLookup != http.StatusServiceUnavailable {
				t.Fatalf("%s: a lookup gets %d: %s", what, gotLookup, said)
			}
		}
		t.Fatalf("%s: a lookup gets %d, readyz %d: %s", what, gotLookup, gotReady, said)
		return "", ""
	}
	until("with room", http.StatusOK, http.StatusOK)
	filler := filepath.Join(folder, "isi")
	fill(t, filler)
	said, after := until("on a full disk", http.StatusServiceUnavailable, http.StatusServiceUnavailable)
	t.Logf("figure: on a full disk a lookup gets 503, Retry-After %s: %s", after, said)
	if after == "" || strings.Contains(said, nik) {
		t.Errorf("Retry-After %q: %s", after, said)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	until("when there is room again", http.StatusOK, http.StatusOK)
	t.Logf("figure: served again after %v", time.Since(began).Round(100*time.Millisecond))
}
