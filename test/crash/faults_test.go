package crash

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A seat is one connection that a caller keeps: what it asks comes by no other.
type seat struct {
	conn net.Conn
	in   *bufio.Reader
}

func sit(t *testing.T, url string) *seat {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &seat{c, bufio.NewReader(c)}
}

// A reply is what somebody sees.
type reply struct {
	status int
	code   string // of the API's problem
	text   string
	after  string // Retry-After
	answer answer
}

func (r reply) String() string {
	if r.status == http.StatusOK {
		return fmt.Sprint("200 ", r.answer.Outcome)
	}
	return fmt.Sprintf("%d %s, Retry-After %s: %s", r.status, r.code, r.after, r.text)
}

func (s *seat) do(r *http.Request) (got reply, err error) {
	s.conn.SetDeadline(time.Now().Add(30 * time.Second))
	if err := r.Write(s.conn); err != nil {
		return got, err
	}
	return readReply(http.ReadResponse(s.in, r))
}

func readReply(resp *http.Response, err error) (got reply, _ error) {
	if err != nil {
		return got, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	got.status, got.after = resp.StatusCode, resp.Header.Get("Retry-After")
	var problem struct{ Code, Detail string }
	if json.Unmarshal(body, &problem) == nil {
		got.code, got.text = problem.Code, problem.Detail
		err = errors.Join(err, json.Unmarshal(body, &got.answer))
	}
	return got, err
}

func asking(url string, l login, nik, reference string) *http.Request {
	body, _ := json.Marshal(map[string]string{"nik": nik, "purpose": l.Purposes[0], "reference": reference})
	r, err := http.NewRequest("POST", url+"/api/v1/lookups", bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.Token)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// ask looks somebody up on any connection.
func ask(t *testing.T, url string, l login, nik, reference string) reply {
	t.Helper()
	got, err := readReply(client.Do(asking(url, l, nik, reference)))
	if err != nil {
		t.Fatal(reference, err)
	}
	got.answer.reference = reference
	return got
}

func get(url string) int {
	resp, err := client.Get(url)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// again asks until somebody is found and the service says that it is ready.
func again(t *testing.T, url string, l login, nik string) (took time.Duration, last reply) {
	t.Helper()
	for began, n := time.Now(), 0; time.Since(began) < 40*time.Second; n++ {
		if last = ask(t, url, l, nik, fmt.Sprintf("LAGI-%d", n)); last.status == http.StatusOK && get(url+"/readyz") == http.StatusOK {
			return time.Since(began), last
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("not served again: %v", last)
	return 0, last
}

// p99 is how long all but one in a hundred took at most.
func p99(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)*99/100].Round(100 * time.Microsecond)
}

// memory is the most that a process has had in memory, in MB.
func memory(t *testing.T, process *exec.Cmd) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kb int
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		t.Fatal(err)
	}
	return kb >> 10
}

// normal is the traffic of eight callers who ask for as long as go on says; every one of them finds somebody.
func normal(t *testing.T, url string, l login, found []string, goOn func(n int) bool) (answers []answer, took []time.Duration) {
	t.Helper()
	var mu sync.Mutex
	answers = load(8, func(c, n int) (answer, bool) {
		if !goOn(n) {
			return answer{}, false
		}
		began := time.Now()
		a, status, err := lookup(url, l, found[c], fmt.Sprintf("N-%d-%d", c, n))
		mu.Lock()
		took = append(took, time.Since(began))
		mu.Unlock()
		if err != nil || status != http.StatusOK {
			t.Errorf("a normal lookup gets %d %s %v", status, a.Code, err)
			return a, false
		}
		return a, true
	})
	return answers, took
}

// logged starts the server so that what it writes is read while it runs.
func (d district) logged(t *testing.T, args ...string) (url string, process *exec.Cmd, log func() string) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	process = exec.Command(args[0], args[1:]...)
	process.Env, process.Stderr = append(os.Environ(), "GAPURA_LISTEN=127.0.0.1:0"), file
	url = d.await(t, "gapura listens on ", process)
	return url, process, func() string {
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

// With 64 file descriptors, 200 connections of which most say nothing leave the database what it needs, and everybody is answered. When
// none is left all the same, a found person is not told an outage of the source: it is this installation's illness, costs nothing, is told
// to /readyz and in one line of the log, and is over by itself.
func TestFewFileDescriptors(t *testing.T) {
	d := setUp(t, "")
	l, found := d.api["dinpertan"], d.found
	url, process, log := d.logged(t, "sh", "-c", fmt.Sprintf("ulimit -n 64; exec %s serve --config %s/provider.toml", program, d.dir))
	keeps := sit(t, url)
	held := sit(t, url)
	first, err := keeps.do(asking(url, l, found[0], "KEEP-0"))
	if err != nil || first.status != http.StatusOK {
		t.Fatal(first, err)
	}
	if got, err := held.do(must(http.NewRequest("GET", url+"/healthz", nil))); err != nil || got.status != http.StatusOK {
		t.Fatal(got, err)
	}
	first.answer.reference = "KEEP-0"
	answers := []answer{first.answer}

	pid, limit := process.Process.Pid, unix.Rlimit{}
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &limit); err != nil {
		t.Fatal(err)
	}
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 3, Max: limit.Max}, nil); err != nil { // none can be opened
		t.Fatal(err)
	}
	ill, asked := 0, 0
	for n := 0; n < 100 && ill < 5; n++ { // what is open is read on; what is to be opened, as the anchor is, cannot be
		time.Sleep(50 * time.Millisecond)
		asked++
		reference := fmt.Sprintf("KEEP-%d", n+1)
		got, err := keeps.do(asking(url, l, found[n%4], reference))
		switch {
		case err != nil:
			t.Fatal(err)
		case got.status == http.StatusOK:
			got.answer.reference = reference
			answers = append(answers, got.answer)
		case got.status != http.StatusServiceUnavailable || got.code != "busy" || got.after == "" || got.answer.Record != "":
			t.Errorf("without descriptors a found person gets %v", got)
		default:
			if ill++; ill == 1 {
				t.Logf("figure: without descriptors a lookup gets %v", got)
			}
		}
	}
	ready, err := held.do(must(http.NewRequest("GET", url+"/readyz", nil)))
	if err != nil || ready.status != http.StatusServiceUnavailable || ill == 0 {
		t.Errorf("%d of %d lookups were not answered; /readyz: %v %v", ill, asked, ready, err)
	}
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &limit, nil); err != nil {
		t.Fatal(err)
	}
	took, last := again(t, url, l, found[0])
	answers = append(answers, last.answer)
	t.Logf("figure: %d of %d lookups were not answered; served again %v after descriptors were free", ill, asked,
		took.Round(100*time.Millisecond))
	if n := strings.Count(log(), "msg=storage"); n != 1 || !strings.Contains(log(), "too many open files") {
		t.Errorf("%d lines of the log tell of it:\n%s", n, log())
	}

	for range 200 {
		sit(t, url)
	}
	normals, each := normal(t, url, l, found, func(n int) bool { return n < 25 })
	t.Logf("figure: 64 descriptors, 200 idle connections: p99 of %d lookups %v, memory %d MB", len(each), p99(each), memory(t, process))
	records := check(t, d, append(answers, normals...))
	for _, r := range records {
		if r.Outcome == "source" {
			t.Errorf("record %s tells an outage of the source", r.ID)
		}
	}
}

func must(r *http.Request, err error) *http.Request {
	if err != nil {
		panic(err)
	}
	return r
}
