package crash

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"gapura/journal/journal"
	"gapura/store/storetest"
)

// kill -9 at random points, again and again: after each the log is handed out and verified, it goes on from the checkpoint of the round
// before, and every lookup that was answered is in it. GAPURA_KILLS makes it more rounds than a test run has time for.
func TestLogVerifiesAfterKills(t *testing.T) {
	rounds := 8
	if n, err := strconv.Atoi(os.Getenv("GAPURA_KILLS")); err == nil {
		rounds = n
	}
	storetest.Engines(t, func(t *testing.T, url string) {
		d := setUp(t, url)
		l := d.api["dinpertan"]
		kept := ""
		answered := 0
		for round := range rounds {
			url, process := d.serve(t)
			var n atomic.Int64
			kill := time.AfterFunc(10*time.Second, func() { process.Process.Kill() })
			got := load(8, func(c, i int) (answer, bool) {
				if n.Add(1) == 9 {
					kill.Reset(time.Duration(rand.IntN(100_000)) * time.Microsecond)
				}
				a, status, err := lookup(url, l, d.found[i%len(d.found)], fmt.Sprintf("K-%d-%d-%d", round, c, i))
				return a, err == nil && status == http.StatusOK
			})
			process.Wait()
			dir := filepath.Join(t.TempDir(), "log")
			gapura(t, "journal", "export", "--config", filepath.Join(d.dir, "provider.toml"), "--agency", "dinpertan", "--out", dir)
			args := []string{"journal", "verify", dir}
			if kept != "" {
				args = append(args, "--since", kept)
			}
			gapura(t, args...)
			log := entries(t, dir)
			for _, a := range got {
				if e := log[a.Record]; e.Act != journal.ActLookup || e.Outcome != a.Outcome || e.NIK == "" || e.Text == "" {
					t.Fatalf("round %d: answered record %s is not in the log as it was answered: %+v", round, a.Record, e)
				}
			}
			answered += len(got)
			point, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
			if err != nil {
				t.Fatal(err)
			}
			kept = filepath.Join(d.dir, "kept")
			if err := os.WriteFile(kept, point, 0o600); err != nil {
				t.Fatal(err)
			}
			os.RemoveAll(dir)
		}
		t.Logf("%d kills, %d answered lookups, all in the log", rounds, answered)
		if answered < rounds {
			t.Error("too few answers to prove anything")
		}
	})
}

func gapura(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("gapura %v: %v\n%s", args, err, out)
	}
}

// An entry as anybody reads it in an export: what was asked about and the reference are commitments.
type entry struct {
	Log, Seq           int64
	Act                string
	Outcome, NIK, Text string
}

// entries reads an exported log by record number.
func entries(t *testing.T, dir string) map[string]entry {
	t.Helper()
	out := map[string]entry{}
	err := filepath.WalkDir(filepath.Join(dir, "tile", "entries"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for r := bytes.NewReader(b); err == nil && r.Len() > 0; {
			var size uint16
			if err = binary.Read(r, binary.BigEndian, &size); err != nil {
				break
			}
			leaf := make([]byte, size)
			if _, err = r.Read(leaf); err != nil {
				break
			}
			var x entry
			if err = json.Unmarshal(leaf, &x); err == nil {
				out[fmt.Sprintf("%d-%d", x.Log, x.Seq)] = x
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
