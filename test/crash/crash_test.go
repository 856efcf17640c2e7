// Package crash proves on whole processes that nothing answered is lost: it kills the server in the middle of its work, starts it again,
// and reads the journal behind its back.
package crash

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/store"
	"gapura/store/storetest"
)

var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gapura-crash-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "gapura")
	if out, err := exec.Command("go", "build", "-o", program, "gapura/cmd/gapura").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build gapura: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// A district is a demo that was set up and is not running.
type district struct {
	dir, database string
	api           map[string]login
	senders       []sender
	found         []string
}

// A sender delivers data balikan.
type sender struct {
	Agency, Token string
	ID            string `json:"id_lembaga"`
	Name          string `json:"nama_lembaga"`
}

type login struct {
	Agency, Token string
	Purposes      []string
	Quota         *int
}

func setUp(t *testing.T, database string) district {
	t.Helper()
	d := district{dir: t.TempDir(), database: database, api: map[string]login{}}
	args := []string{"demo", "--dir", d.dir, "--listen", "127.0.0.1:0", "--residents", "2000", "--exit-after-setup"}
	if strings.HasPrefix(database, "postgres:") {
		args = append(args, "--database", database)
	} else {
		d.database = filepath.Join(d.dir, "gapura.db")
	}
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("set up: %v\n%s", err, out)
	}
	var demo struct {
		API     []login
		Balikan []sender
		Sample  struct{ Found []string }
	}
	raw, err := os.ReadFile(filepath.Join(d.dir, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &demo); err != nil {
		t.Fatal(err)
	}
	for _, l := range demo.API {
		if _, ok := d.api[l.Agency]; !ok {
			d.api[l.Agency] = l
		}
	}
	d.senders, d.found = demo.Balikan, demo.Sample.Found
	return d
}

// serve starts a server process on a free port and waits until it listens.
func (d district) serve(t *testing.T) (url string, process *exec.Cmd) {
	t.Helper()
	return d.start(t, "gapura listens on ", []string{"serve", "--config", filepath.Join(d.dir, "provider.toml")},
		"GAPURA_LISTEN=127.0.0.1:0")
}

// start starts a process and waits until it says where it listens.
func (d district) start(t *testing.T, says string, args []string, environment ...string) (url string, process *exec.Cmd) {
	t.Helper()
	process = exec.Command(program, args...)
	process.Env = append(os.Environ(), environment...)
	return d.await(t, says, process), process
}

// await starts a process and waits until it says where it listens.
func (d district) await(t *testing.T, says string, process *exec.Cmd) (url string) {
	t.Helper()
	process.Dir = d.dir
	var log bytes.Buffer
	if process.Stderr == nil {
		process.Stderr = &log
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { process.Process.Kill(); process.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), says)
	if err != nil || !ok {
		process.Process.Kill()
		process.Wait()
		t.Fatalf("%v did not start: %q %v\n%s", process.Args[1:], line, err, log.String())
	}
	return url
}

// records reads an agency's whole log from the database, oldest first. The caller closes the store.
func (d district) records(t *testing.T, agency int64) (*store.DB, []journal.Record) {
	t.Helper()
	keys, err := keyring.Load(filepath.Join(d.dir, "gapura.key"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), store.Options{URL: d.database, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	var all []journal.Record
	for more := true; more; {
		var rows []access.HistoryRow
		rows, more, err = s.Journal.Records(context.Background(), access.HistoryQuery{Agency: agency, Oldest: true, Offset: len(all),
			Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			all = append(all, r.Record)
		}
	}
	return s, all
}

type answer struct {
	Record    string
	Outcome   string
	QuotaLeft *int `json:"quota_left"`
	Code      string
	Person    struct {
		Name string `json:"nama_lengkap"`
	}
	reference string
}

var client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 128}}

// lookup asks once. An error means that no whole answer came.
func lookup(url string, l login, nik, reference string) (a answer, status int, err error) {
	body, _ := json.Marshal(map[string]string{"nik": nik, "purpose": l.Purposes[0], "reference": reference})
	req, err := http.NewRequest("POST", url+"/api/v1/lookups", bytes.NewReader(body))
	if err != nil {
		return a, 0, err
	}
	req.Header.Set("Authorization", "Bearer "+l.Token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return a, 0, err
	}
	defer resp.Body.Close()
	err = json.NewDecoder(resp.Body).Decode(&a)
	a.reference = reference
	return a, resp.StatusCode, err
}

// load asks with many clients until ask returns false, and gives back what was answered.
func load(clients int, ask func(client, n int) (answer, bool)) []answer {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all []answer
	for c := range clients {
		wg.Go(func() {
			for n := 0; ; n++ {
				a, ok := ask(c, n)
				if !ok {
					return
				}
				mu.Lock()
				all = append(all, a)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return all
}

// check holds every answer against the journal: its record is there and says the same, the log has no gap, and the day's hits are the
// records' hits.
func check(t *testing.T, d district, answers []answer) []journal.Record {
	t.Helper()
	if len(answers) == 0 {
		t.Fatal("nothing was answered, so nothing is proven")
	}
	first, err := journal.ParseID(answers[0].Record)
	if err != nil {
		t.Fatal(err)
	}
	s, records := d.records(t, first.Log)
	defer s.Close()
	hits, bySeq := 0, map[int64]*journal.Record{}
	for i, r := range records {
		bySeq[r.ID.Seq] = &records[i]
		if r.Hit {
			hits++
		}
	}
	// Changes of rights stand in the same log.
	changes, err := s.Journal.Changes(context.Background(), first.Log, 0, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		bySeq[c.ID.Seq] = nil
	}
	for seq := range int64(len(records) + len(changes)) {
		if _, ok := bySeq[seq]; !ok {
			t.Errorf("the log has no entry %d", seq)
		}
	}
	seen := map[string]bool{}
	for _, a := range answers {
		id, err := journal.ParseID(a.Record)
		if err != nil {
			t.Fatal(err)
		}
		r := bySeq[id.Seq]
		switch {
		case seen[a.Record]:
			t.Errorf("two answers carry record %s", a.Record)
		case r == nil:
			t.Errorf("answered record %s is not in the log", id)
		case r.Reference != a.reference || r.Outcome != a.Outcome:
			t.Errorf("record %s says %q %q, the answer said %q %q", id, r.Reference, r.Outcome, a.reference, a.Outcome)
		}
		seen[a.Record] = true
	}
	// The test may run over midnight: today's and yesterday's counters together.
	count := 0
	for _, day := range []time.Time{time.Now(), time.Now().AddDate(0, 0, -1)} {
		day = day.In(time.FixedZone("WIB", 7*3600))
		n, err := s.Rights.Hits(context.Background(), first.Log, time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		count += n.Of(nil)
	}
	if count != hits {
		t.Errorf("the day's counter says %d, the records %d", count, hits)
	}
	return records
}

// kill -9 under load and start again, five times: what was answered stays, and the count goes on where it was (C3, K1).
func TestKillUnderLoad(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := setUp(t, url)
		l := d.api["dinpertan"]
		var all []answer
		for round := range 5 {
			url, process := d.serve(t)
			var n atomic.Int64
			victim := time.Duration(150+round*130) * time.Millisecond
			kill := time.AfterFunc(10*time.Second, func() { process.Process.Kill() })
			got := load(32, func(c, i int) (answer, bool) {
				if n.Add(1) == 65 { // the 32 clients have had 33 answers, however slow the machine is
					kill.Reset(victim)
				}
				reference := fmt.Sprintf("R-%d-%d-%d", round, c, i)
				a, status, err := lookup(url, l, d.found[i%len(d.found)], reference)
				return a, err == nil && status == http.StatusOK
			})
			process.Wait()
			if len(got) < 32 {
				t.Fatalf("round %d answered %d lookups: too few to be under load", round, len(got))
			}
			all = append(all, got...)
			records := check(t, d, all)
			t.Logf("round %d: %d answered, %d records in all", round, len(got), len(records))
		}
	})
}

// A quota survives kill -9: after the restart exactly what is left is answered (C1, C3).
func TestQuotaGoesOnAfterKill(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := setUp(t, url)
		l := d.api["dinkop"]
		if l.Quota == nil || *l.Quota != 200 {
			t.Fatalf("the demo's quota is %v", l.Quota)
		}
		url, process := d.serve(t)
		var n atomic.Int64
		before := load(16, func(c, i int) (answer, bool) {
			if n.Add(1) == 90 {
				process.Process.Kill()
			}
			a, status, err := lookup(url, l, d.found[c], fmt.Sprintf("A-%d-%d", c, i))
			return a, err == nil && status == http.StatusOK
		})
		process.Wait()
		used := 0
		for _, r := range check(t, d, before) {
			if r.Hit {
				used++
			}
		}
		if used == 0 || used >= 200 {
			t.Fatalf("%d hits before the kill: the test proves nothing", used)
		}
		url, _ = d.serve(t)
		after := load(64, func(c, i int) (answer, bool) {
			a, status, err := lookup(url, l, d.found[c%len(d.found)], fmt.Sprintf("B-%d-%d", c, i))
			return a, err == nil && status == http.StatusOK
		})
		if used+len(after) != 200 {
			t.Errorf("%d hits before the kill and %d after it, want 200 together", used, len(after))
		}
		t.Logf("%d before, %d after", used, len(after))
		check(t, d, append(before, after...))
	})
}

// 64 clients on two processes that share a PostgreSQL: exactly 200 (C1).
func TestTwoProcessesOneQuota(t *testing.T) {
	d := setUp(t, storetest.Postgres(t))
	l := d.api["dinkop"]
	one, _ := d.serve(t)
	two, _ := d.serve(t)
	var refused atomic.Int64
	got := load(64, func(c, i int) (answer, bool) {
		a, status, err := lookup([]string{one, two}[c%2], l, d.found[c%len(d.found)], fmt.Sprintf("C-%d-%d", c, i))
		if err == nil && status == http.StatusTooManyRequests && a.Code == "quota" {
			refused.Add(1)
		}
		return a, err == nil && status == http.StatusOK
	})
	if len(got) != 200 || refused.Load() != 64 {
		t.Errorf("%d answered and %d refused, want 200 and 64", len(got), refused.Load())
	}
	check(t, d, got)
}

// A stop by SIGTERM answers what is under way.
func TestStopAnswersWhatIsUnderWay(t *testing.T) {
	d := setUp(t, "")
	l := d.api["dinpertan"]
	url, process := d.serve(t)
	var n atomic.Int64
	got := load(16, func(c, i int) (answer, bool) {
		if n.Add(1) == 100 {
			process.Process.Signal(os.Interrupt)
		}
		a, status, err := lookup(url, l, d.found[c], fmt.Sprintf("D-%d-%d", c, i))
		return a, err == nil && status == http.StatusOK
	})
	err := process.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Errorf("the server ended with %v", exit)
	}
	check(t, d, got)
}
