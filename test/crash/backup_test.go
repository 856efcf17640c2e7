package crash

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// command runs the program to its end.
func command(args ...string) (says string, code int) {
	c := exec.Command(program, args...)
	out, err := c.CombinedOutput()
	if err != nil && c.ProcessState == nil {
		return err.Error(), -1
	}
	return string(out), c.ProcessState.ExitCode()
}

// elsewhere is a folder on another machine: configuration and key file, no database.
func (d district) elsewhere(t *testing.T) district {
	t.Helper()
	e := d
	e.dir = t.TempDir()
	e.database = filepath.Join(e.dir, "gapura.db")
	for _, name := range []string{"provider.toml", "gapura.key"} {
		text, err := os.ReadFile(filepath.Join(d.dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(e.dir, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func (d district) config() string { return filepath.Join(d.dir, "provider.toml") }

func (d district) files(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(d.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A backup in the middle of load, kill -9 after it, and a restore elsewhere: every lookup that was answered before the backup began has its
// record, the count of hits is the records', and the quota goes on from it (M1).
func TestABackupUnderLoadHoldsEveryAnswerBeforeIt(t *testing.T) {
	d := setUp(t, "")
	l := d.api["dinkop"] // 200 a day
	free := d.api["dinpertan"]
	url, process := d.serve(t)
	var mu sync.Mutex
	before := map[string][]answer{} // by agency, answered when the backup began
	begun, done := false, make(chan struct{})
	var n atomic.Int64
	file := filepath.Join(t.TempDir(), "one.age")
	var backedUp sync.WaitGroup
	load(16, func(c, i int) (answer, bool) {
		who := free
		if c < 4 && i < 20 {
			who = l
		}
		a, status, err := lookup(url, who, d.found[(c+i)%len(d.found)], fmt.Sprintf("M-%d-%d", c, i))
		ok := err == nil && status == http.StatusOK
		mu.Lock()
		if ok && !begun {
			before[who.Agency] = append(before[who.Agency], a)
		}
		mu.Unlock()
		if n.Add(1) == 400 {
			mu.Lock()
			begun = true
			mu.Unlock()
			backedUp.Go(func() {
				defer close(done)
				if says, code := command("backup", "--config", d.config(), "--out", file); code != 0 {
					t.Errorf("backup: %d %s", code, says)
				}
				process.Process.Kill()
			})
		}
		return a, ok
	})
	backedUp.Wait()
	<-done
	process.Wait()
	if len(before[l.Agency]) < 20 || len(before[free.Agency]) < 100 {
		t.Fatalf("%d and %d answers before the backup: nothing is proven", len(before[l.Agency]), len(before[free.Agency]))
	}
	e := d.elsewhere(t)
	if says, code := command("restore", "--config", e.config(), "--identity", filepath.Join(d.dir, "backup.age"), file); code != 0 {
		t.Fatalf("restore: %d %s", code, says)
	}
	check(t, e, before[free.Agency])
	used := 0
	for _, r := range check(t, e, before[l.Agency]) {
		if r.Hit {
			used++
		}
	}
	url, _ = e.serve(t)
	after := load(32, func(c, i int) (answer, bool) {
		a, status, err := lookup(url, l, d.found[c%len(d.found)], fmt.Sprintf("N-%d-%d", c, i))
		return a, err == nil && status == http.StatusOK
	})
	if used+len(after) != 200 {
		t.Errorf("%d hits restored and %d after it, want 200 together", used, len(after))
	}
	t.Logf("%d answered before the backup; of 200: %d restored, %d after", len(before[l.Agency])+len(before[free.Agency]), used, len(after))
}

// A backup that is older than what was signed is put back by an approval alone; what it was refused for changes nothing.
func TestAnOlderBackupIsPutBackByApprovalAlone(t *testing.T) {
	d := setUp(t, "")
	l := d.api["dinpertan"]
	file := filepath.Join(t.TempDir(), "old.age")
	url, process := d.serve(t)
	ask := func(reference string) answer {
		t.Helper()
		a, status, err := lookup(url, l, d.found[0], reference)
		if err != nil || status != http.StatusOK {
			t.Fatal(status, err)
		}
		return a
	}
	kept := ask("kept")
	if says, code := command("backup", "--config", d.config(), "--out", file); code != 0 {
		t.Fatalf("backup: %d %s", code, says)
	}
	ask("lost")
	process.Process.Signal(os.Interrupt)
	process.Wait()
	says, code := command("journal", "anchor", "--config", d.config(), "--code")
	words := strings.Fields(says)
	if code != 0 || len(words) == 0 {
		t.Fatal(code, says)
	}
	approval := filepath.Join(t.TempDir(), "approval")
	if err := os.WriteFile(approval, []byte(words[len(words)-1]), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gapura.db", "gapura-population.db", "gapura-derived.db"} {
		if err := os.Remove(filepath.Join(d.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	anchor := filepath.Join(d.dir, "gapura.key.anchor")
	was, err := os.ReadFile(anchor)
	if err != nil {
		t.Fatal(err)
	}
	there := d.files(t)
	restore := []string{"restore", "--config", d.config(), "--identity", filepath.Join(d.dir, "backup.age"), file}
	says, code = command(restore...)
	if code != 1 || !strings.Contains(says, "lebih tua") {
		t.Errorf("older: %d %s", code, says)
	}
	if is, err := os.ReadFile(anchor); err != nil || !bytes.Equal(is, was) || !slices.Equal(there, d.files(t)) {
		t.Errorf("a refused restore changed something: %v %v", err, d.files(t))
	}
	if says, code = command(append(restore[:5:5], "--approval", approval, file)...); code != 0 {
		t.Fatalf("approved: %d %s", code, says)
	}
	s, _ := d.records(t, 0)
	list, err := s.Journal.Changes(t.Context(), 0, 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, c := range list {
		if c.Subject == "Pemulihan" || c.Subject == "Jangkar jurnal" {
			told = append(told, c.Before+" → "+c.After)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(told) != 2 || !strings.Contains(strings.Join(told, "; "), "log lebih panjang daripada cadangan") {
		t.Errorf("the provider's log tells %q", told)
	}
	url, process = d.serve(t)
	again := ask("after")
	r, err := client.Get(url + "/healthz") // by which desks learn what to send again
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.Header.Get("Gapura-Restored") == "" {
		t.Error("the provider does not tell that it was restored")
	}
	process.Process.Signal(os.Interrupt)
	process.Wait()
	check(t, d, []answer{kept, again})
	// The agency's own log says that entries are gone: the record after it does not follow the last one that was kept.
	dir := filepath.Join(t.TempDir(), "log")
	if says, code := command("journal", "export", "--config", d.config(), "--agency", "dinpertan", "--out", dir); code != 0 {
		t.Fatalf("export: %d %s", code, says)
	}
	if says, code := command("journal", "verify", dir); code != 0 {
		t.Errorf("verify: %d %s", code, says)
	}
	// The approval counted once.
	if says, code := command("journal", "anchor", "--config", d.config(), "--approval", approval); code != 1 {
		t.Errorf("the code counts twice: %d %s", code, says)
	}
}

// kill -9 while a backup is written leaves no file of its name, and the next one is made.
func TestAKilledBackupLeavesNoFile(t *testing.T) {
	d := setUp(t, "")
	dir := t.TempDir()
	file := filepath.Join(dir, "one.age")
	made := 0
	for round := range 12 {
		c := exec.Command(program, "backup", "--config", d.config(), "--out", file)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(time.Duration(round*25)*time.Millisecond, func() { c.Process.Kill() })
		err := c.Wait()
		kill.Stop()
		if _, there := os.Stat(file); there != nil {
			continue
		}
		made++
		e := d.elsewhere(t)
		if says, code := command("restore", "--config", e.config(), "--identity", filepath.Join(d.dir, "backup.age"), file); code != 0 {
			t.Errorf("round %d (%v): a file of the name is there and not whole: %s", round, err, says)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	if says, code := command("backup", "--config", d.config(), "--out", file); code != 0 {
		t.Errorf("after %d that were made: %d %s", made, code, says)
	}
}
