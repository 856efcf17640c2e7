package witness

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gapura/journal/journal"
)

func key(c string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(c, ed25519.SeedSize)))
}

// A log in memory whose checkpoints somebody asks to have cosigned.
type someLog struct {
	t      *testing.T
	signer *journal.Signer
	hashes []tlog.Hash
	size   int64
}

func newLog(t *testing.T, origin string) *someLog {
	t.Helper()
	s, err := journal.NewSigner(origin, key("l"))
	if err != nil {
		t.Fatal(err)
	}
	return &someLog{t: t, signer: s}
}

func (l *someLog) ReadHashes(at []int64) (out []tlog.Hash, _ error) {
	for _, i := range at {
		out = append(out, l.hashes[i])
	}
	return out, nil
}

func (l *someLog) grow(n int, what string) {
	l.t.Helper()
	for range n {
		more, err := tlog.StoredHashes(l.size, fmt.Appendf(nil, "%s %d", what, l.size), l)
		if err != nil {
			l.t.Fatal(err)
		}
		l.hashes = append(l.hashes, more...)
		l.size++
	}
}

func (l *someLog) root(size int64) tlog.Hash {
	l.t.Helper()
	h, err := tlog.TreeHash(size, l)
	if err != nil {
		l.t.Fatal(err)
	}
	return h
}

func (l *someLog) signed(size int64) []byte {
	l.t.Helper()
	signed, err := l.signer.Sign(size, l.root(size))
	if err != nil {
		l.t.Fatal(err)
	}
	return signed
}

func (l *someLog) request(old, size int64) []byte {
	l.t.Helper()
	var proof []journal.Hash
	if old > 0 && old < size {
		var err error
		if proof, err = tlog.ProveTree(size, old, l); err != nil {
			l.t.Fatal(err)
		}
	}
	return addCheckpoint(old, proof, l.signed(size))
}

// A service is a witness that knows some logs.
func service(t *testing.T, logs ...*someLog) (*Server, string) {
	t.Helper()
	dir := t.TempDir()
	var list string
	for _, l := range logs {
		list += "# a log\n" + l.signer.VerifierKeys() + "\n"
	}
	s := &Server{LogsFile: filepath.Join(dir, "logs"), File: filepath.Join(dir, "state"), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Unix(1_790_000_000, 0) }}
	c, err := journal.NewCosigner("inspektorat.example/saksi", key("w"))
	if err != nil {
		t.Fatal(err)
	}
	s.Cosigners = []*journal.Cosigner{c}
	if err := os.WriteFile(s.LogsFile, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := BeginState(s.File); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	return s, srv.URL + "/add-checkpoint"
}

func send(t *testing.T, url string, body []byte) (int, string, string) {
	t.Helper()
	r, err := http.Post(url, "text/plain", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	answer, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(answer), r.Header.Get("Content-Type")
}

// The answers of C2SP tlog-witness, one by one.
func TestAWitnessCosignsOnlyWhatGoesOn(t *testing.T) {
	l, unknown, forged := newLog(t, "gapura.example/a"), newLog(t, "gapura.example/b"), newLog(t, "gapura.example/a")
	s, url := service(t, l)
	l.grow(20, "entry")
	unknown.grow(3, "entry")
	forged.grow(30, "other")
	expect := func(what string, body []byte, status int, says string) string {
		t.Helper()
		code, answer, kind := send(t, url, body)
		if code != status || !strings.Contains(answer, says) {
			t.Errorf("%s: %d %q, want %d %q", what, code, answer, status, says)
		}
		if code == http.StatusConflict && kind != "text/x.tlog.size" {
			t.Errorf("%s: content type %q", what, kind)
		}
		return answer
	}
	expect("unknown log", unknown.request(0, 3), 404, "unknown log")
	expect("no request", []byte("old x\n\n"), 400, "")
	expect("leading zero", append([]byte("old 00\n\n"), l.signed(5)...), 400, "")
	expect("a proof from nothing", append([]byte("old 0\n"+strings.Repeat("A", 43)+"=\n\n"), l.signed(5)...), 400, "")
	expect("too long", bytes.Repeat([]byte("x"), maxRequest+1), 400, "")
	strange := l.request(0, 5)
	strange[len(strange)-10] ^= 1
	expect("wrong signature", strange, 403, "invalid signature")
	expect("old above", l.request(7, 5), 400, "")
	line := expect("first", l.request(0, 5), 200, "— inspektorat.example/saksi ")
	if _, _, err := journal.CheckCosignature(append(l.signed(5), line...), s.Cosigners[0].VerifierKey()); err != nil {
		t.Error(err)
	}
	expect("old size", l.request(0, 9), 409, "5\n")
	expect("too few seen", l.request(3, 9), 409, "5\n")
	expect("grown", l.request(5, 9), 200, "— ")
	expect("again", l.request(9, 9), 200, "— ")
	expect("smaller", l.request(5, 7), 409, "9\n")
	expect("another log of that size", forged.request(9, 9), 409, "9\n")
	expect("another log, with its own proof", forged.request(9, 30), 422, "consistency proof")
	expect("no proof", append([]byte("old 9\n\n"), l.signed(20)...), 422, "consistency proof")
	expect("still", l.request(9, 20), 200, "— ")
}

// What was cosigned is on the disk before the signature leaves; without the memory nothing is signed; times ascend though the clock is set
// back.
func TestAWitnessRemembersBeforeItAnswers(t *testing.T) {
	l := newLog(t, "gapura.example/a")
	s, url := service(t, l)
	l.grow(20, "entry")
	at := func(line string, size int64) time.Time {
		t.Helper()
		when, _, err := journal.CheckCosignature(append(l.signed(size), line...), s.Cosigners[0].VerifierKey())
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	_, line, _ := send(t, url, l.request(0, 5))
	first := at(line, 5)
	s.Now = func() time.Time { return first.Add(-time.Hour) }
	// another process, or the next start
	again := &Server{Cosigners: s.Cosigners, LogsFile: s.LogsFile, File: s.File, Now: s.Now, Log: s.Log}
	srv := httptest.NewServer(again.Handler())
	defer srv.Close()
	if code, answer, _ := send(t, srv.URL+"/add-checkpoint", l.request(0, 6)); code != 409 || answer != "5\n" {
		t.Errorf("a new process forgot: %d %q", code, answer)
	}
	_, line, _ = send(t, srv.URL+"/add-checkpoint", l.request(5, 9))
	if second := at(line, 9); second.Before(first) {
		t.Errorf("cosigned at %s, after %s", second, first)
	}
	if err := os.Chmod(filepath.Dir(s.File), 0o500); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 { // root writes everywhere
		if code, _, _ := send(t, url, l.request(9, 12)); code != 500 {
			t.Errorf("answered %d though nothing can be kept", code)
		}
	}
	if err := os.Chmod(filepath.Dir(s.File), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, damage := range []func() error{func() error { return os.WriteFile(s.File, []byte("gapura witness 1\n9 x"), 0o600) },
		func() error { return os.Remove(s.File) }} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if code, answer, _ := send(t, url, l.request(0, 9)); code != 500 || strings.Contains(answer, "—") {
			t.Errorf("without its memory: %d %q", code, answer)
		}
	}
}

// Of two requests that race from the same size one is cosigned at most for each size, and the memory never goes back.
func TestRacingRequestsNeverRollAWitnessBack(t *testing.T) {
	l := newLog(t, "gapura.example/a")
	s, url := service(t, l)
	l.grow(40, "entry")
	if code, _, _ := send(t, url, l.request(0, 5)); code != 200 {
		t.Fatal(code)
	}
	requests := map[int64][]byte{}
	for size := int64(6); size <= 40; size++ {
		requests[size] = l.request(5, size)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	cosigned := map[int64]bool{}
	for size, body := range requests {
		all.Go(func() {
			r, err := http.Post(url, "text/plain", bytes.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Body.Close()
			if r.StatusCode == 200 {
				mu.Lock()
				defer mu.Unlock()
				cosigned[size] = true
			}
		})
	}
	all.Wait()
	state, err := readState(s.File)
	if err != nil || len(cosigned) != 1 || !cosigned[state["gapura.example/a"].size] {
		t.Errorf("%v cosigned, the memory holds %+v, %v", cosigned, state, err)
	}
}
