// Package witness holds the office's witnesses against programs that others wrote: torchwood's litewitness cosigns our logs, torchwood's
// and sumdb's code checks what we hand out, and torchwood's own tests of a witness are played to ours.
package witness

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"
	_ "modernc.org/sqlite" // litewitness's database

	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/store"
)

const gapura = "../../bin/gapura"

func tool(t *testing.T, env []string, name string, args ...string) (int, string) {
	t.Helper()
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	if err != nil && (c.ProcessState == nil || c.ProcessState.ExitCode() < 0) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), string(out)
}

func must(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	status, out := tool(t, env, name, args...)
	if status != 0 {
		t.Fatalf("%s %v: %d\n%s", name, args, status, out)
	}
	return out
}

// A process that runs until the test ends, with what it says.
func start(t *testing.T, env []string, name string, args ...string) (said *bytes.Buffer, stop func()) {
	t.Helper()
	said = &bytes.Buffer{}
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), env...)
	c.Stderr = said
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	stop = func() {
		if !ended {
			ended = true
			_ = c.Process.Signal(syscall.SIGTERM)
			_ = c.Wait()
		}
	}
	t.Cleanup(stop)
	return said, stop
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func await(t *testing.T, addr string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // spares the processor that the process starts on
	}
}

// litewitness builds torchwood's witness of the version that we use as a library, and runs it for some logs.
func litewitness(t *testing.T, logs string) (url, verifierKey string) {
	t.Helper()
	dir := t.TempDir()
	version := strings.TrimSpace(must(t, nil, "go", "list", "-m", "-f", "{{.Version}}", "filippo.io/torchwood"))
	must(t, []string{"GOBIN=" + dir}, "go", "install", "filippo.io/torchwood/cmd/litewitness@"+version)

	// Its key lies in an SSH agent.
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: &private}); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, "agent"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(keys, c) }() // until litewitness ends
		}
	}()
	shown, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	addr, db := free(t), filepath.Join(dir, "litewitness.db")
	start(t, nil, filepath.Join(dir, "litewitness"), "-name", "lite.example/witness", "-db", db, "-ssh-agent", filepath.Join(dir, "agent"),
		"-key", ssh.FingerprintSHA256(shown), "-listen", addr)
	await(t, addr)
	known, err := sql.Open("sqlite", db+"?_pragma=busy_timeout(20000)")
	if err != nil {
		t.Fatal(err)
	}
	defer known.Close()
	empty := sha256.Sum256(nil)
	for key := range strings.Lines(logs) {
		key = strings.TrimSpace(key)
		origin, _, _ := strings.Cut(key, "+")
		_, err1 := known.Exec("INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", origin,
			base64.StdEncoding.EncodeToString(empty[:]))
		_, err2 := known.Exec("INSERT INTO key (origin, key) VALUES (?, ?)", origin, key)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
	}
	v, err := torchwood.NewCosignatureSigner("lite.example/witness", private)
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + addr, v.Verifier().String()
}

// An office is a demo whose logs are witnessed.
type office struct {
	t      *testing.T
	dir    string
	config string
	env    []string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	if _, err := os.Stat(gapura); err != nil {
		t.Fatalf("%v; make build builds it", err)
	}
	dir := t.TempDir()
	must(t, nil, gapura, "demo", "--dir", dir, "--listen", free(t), "--loket", free(t), "--residents", "200", "--exit-after-setup")
	return &office{t: t, dir: dir, config: filepath.Join(dir, "provider.toml")}
}

// work writes an entry into an agency's log.
func (o *office) work(what string) {
	o.t.Helper()
	keys, err := keyring.Load(filepath.Join(o.dir, "gapura.key"))
	if err != nil {
		o.t.Fatal(err)
	}
	anchor, err := journal.OpenAnchor(filepath.Join(o.dir, "gapura.key.anchor"))
	if err != nil {
		o.t.Fatal(err)
	}
	st, err := store.Open(o.t.Context(), store.Options{URL: filepath.Join(o.dir, "gapura.db"), Keys: keys, Anchor: anchor})
	if err != nil {
		o.t.Fatal(err)
	}
	defer st.Close()
	i, _, _, err := st.Institutions.InstitutionByCode(o.t.Context(), "dinpertan")
	if err != nil {
		o.t.Fatal(err)
	}
	if err := st.Witness.EndAlarm(o.t.Context(), journal.Change{At: time.Now(), Reason: what}, i.ID); err != nil {
		o.t.Fatal(err)
	}
}

// export hands a log out, as the command does, and returns its folder.
func (o *office) export(agency string) string {
	o.t.Helper()
	dir := filepath.Join(o.t.TempDir(), "log")
	must(o.t, o.env, gapura, "journal", "export", "--config", o.config, "--agency", agency, "--out", dir)
	return dir
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Our logs are cosigned by a witness that others wrote and by one of ours; others' code finds both in what is handed out; who puts an older
// database and its anchor back is found out by both.
func TestLogsAreWitnessedByOthersProgramsToo(t *testing.T) {
	o := newOffice(t)
	logs := must(t, nil, gapura, "witness", "logs", "--config", o.config)
	theirs, theirKey := litewitness(t, logs)

	ours := t.TempDir()
	addr := free(t)
	inspector := write(t, ours, "gapura.toml", fmt.Sprintf("witness_listen = %q\nwitness_name = \"inspektorat.example/saksi\"\n", addr))
	write(t, ours, "saksi-log.txt", logs)
	if status, out := tool(t, nil, gapura, "witness", "serve", "--config", inspector); status == 0 {
		t.Fatalf("a witness without a key and a memory: %s", out)
	}
	ourKey := strings.TrimSpace(must(t, nil, gapura, "witness", "key", "--config", inspector))
	start(t, nil, gapura, "witness", "serve", "--config", inspector)
	await(t, addr)

	policy := write(t, o.dir, "policy", fmt.Sprintf("witness lite %s %s\nwitness inspektorat %s http://%s\ngroup semua all lite "+
		"inspektorat\n"+
		"quorum semua\n", theirKey, theirs, ourKey, addr))
	web := free(t)
	o.env = []string{"GAPURA_WITNESSES=" + policy, "GAPURA_WITNESS_MISSING=stop", "GAPURA_LISTEN=" + web}
	before := keep(t, o)
	said, stop := start(t, o.env, gapura, "serve", "--config", o.config)
	await(t, web)
	o.work("satu")

	var last string
	for _, agency := range []string{"dinpertan", "dukcapil"} {
		dir := o.export(agency)
		out := must(t, nil, gapura, "journal", "verify", dir, "--policy", policy)
		if !strings.Contains(out, "cosigned by lite at ") || !strings.Contains(out, "cosigned by inspektorat at ") {
			t.Errorf("%s: %s", agency, out)
		}
		verifyElsewhere(t, dir, theirKey, ourKey)
		if agency == "dinpertan" {
			last = dir
		}
	}
	stranger, err := journal.NewCosigner("lain.example", ed25519.NewKeyFromSeed(bytes.Repeat([]byte("x"), ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	wanting := write(t, o.dir, "wanting", "witness lain "+stranger.VerifierKey()+"\nquorum lain\n")
	if status, out := tool(t, nil, gapura, "journal", "verify", last, "--policy", wanting); status != 1 ||
		!strings.Contains(out, "not cosigned") {
		t.Errorf("a policy that is not met: %d %s", status, out)
	}
	bad := write(t, o.dir, "bad", "quorum nobody\n")
	if status, out := tool(t, nil, gapura, "journal", "verify", last, "--policy", bad); status != 2 {
		t.Errorf("a policy that cannot be read: %d %s", status, out)
	}

	// A receipt carries them too.
	receipt := write(t, o.dir, "receipt", must(t, o.env, gapura, "journal", "prove", "--config", o.config, recordOf(t, last)))
	key := filepath.Join(last, journal.KeyFile)
	if out := must(t, nil, gapura, "journal", "check", receipt, "--key", key, "--policy", policy); !strings.Contains(out,
		"cosigned by lite") {
		t.Error(out)
	}
	if status, out := tool(t, nil, gapura, "journal", "check", receipt, "--key", key, "--policy", wanting); status != 1 {
		t.Errorf("%d %s", status, out)
	}

	// Old size: what is kept of the witnesses' signatures is lost, so the office asks from nothing, is told what they have seen, goes on.
	stop()
	forget(t, o)
	o.work("dua")
	again := o.export("dinpertan")
	must(t, nil, gapura, "journal", "verify", again, "--policy", policy, "--since", filepath.Join(last, journal.CheckpointFile))

	// Root puts all of the office's files back, and goes on with other entries. Nothing that it signs then is cosigned or handed out.
	putBack(t, o, before)
	o.work("lain")
	dir := filepath.Join(t.TempDir(), "log")
	status, out := tool(t, o.env, gapura, "journal", "export", "--config", o.config, "--agency", "dinpertan", "--out", dir)
	if status != 1 || !strings.Contains(out, "belum ditandatangani cukup saksi") || !strings.Contains(out, "witness=lite") ||
		!strings.Contains(out, "witness=inspektorat") || !strings.Contains(out, "it has cosigned") {
		t.Errorf("a rewritten log: %d %s", status, out)
	}
	if t.Failed() {
		t.Log(said)
	}
}

func recordOf(t *testing.T, dir string) string {
	t.Helper()
	bundle, err := filepath.Glob(filepath.Join(dir, "tile", "entries", "000*"))
	if err != nil || len(bundle) == 0 {
		t.Fatal(bundle, err)
	}
	path := bundle[0]
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		inner, _ := filepath.Glob(filepath.Join(path, "*"))
		path = inner[0]
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`"log":(\d+),"seq":(\d+)`).FindSubmatch(text)
	if m == nil {
		t.Fatal("no entry")
	}
	return string(m[1]) + "-" + string(m[2])
}

// verifyElsewhere reads an export with torchwood's client and policy, and with sumdb's notes.
func verifyElsewhere(t *testing.T, dir, theirKey, ourKey string) {
	t.Helper()
	signed, err1 := os.ReadFile(filepath.Join(dir, journal.CheckpointFile))
	logKey, err2 := os.ReadFile(filepath.Join(dir, journal.KeyFile))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	policy, err := torchwood.ParsePolicy(fmt.Appendf(nil, "log %switness a %s\nwitness b %s\ngroup g all a b\nquorum g\n", logKey, theirKey,
		ourKey))
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := torchwood.VerifyCheckpoint(signed, policy)
	if err != nil {
		t.Fatalf("torchwood: %v", err)
	}
	tiles, err := torchwood.NewTileFS(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	client, err := torchwood.NewClient(tiles)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	for i := range client.Entries(t.Context(), c.Tree, 0) {
		if i != n {
			t.Fatalf("entry %d is %d", n, i)
		}
		n++
	}
	if err := client.Err(); err != nil || n != c.N || n == 0 {
		t.Errorf("torchwood read %d of %d entries: %v", n, c.N, err)
	}
	v, err := note.NewVerifier(strings.TrimSpace(string(logKey)))
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := note.Open(signed, note.VerifierList(v)); err != nil || len(opened.UnverifiedSigs) != 2 {
		t.Errorf("sumdb: %+v %v", opened, err)
	}
}

// What root would take a copy of and put back: database, anchor, derived files.
func keep(t *testing.T, o *office) map[string][]byte {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(o.dir, "gapura*"))
	if err != nil || len(list) < 3 {
		t.Fatal(list, err)
	}
	out := map[string][]byte{}
	for _, path := range list {
		if st, err := os.Stat(path); err != nil || st.IsDir() {
			continue
		}
		if out[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func putBack(t *testing.T, o *office, was map[string][]byte) {
	t.Helper()
	for path := range keep(t, o) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	for path, content := range was {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func forget(t *testing.T, o *office) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(o.dir, "gapura.db")+"?_pragma=busy_timeout(20000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DELETE FROM cosignatures"); err != nil {
		t.Fatal(err)
	}
}

// Torchwood's own test of a witness: its requests, statuses and answers, played to ours.
func TestTorchwoodsTestOfAWitnessPasses(t *testing.T) {
	home := strings.TrimSpace(must(t, nil, "go", "list", "-m", "-f", "{{.Dir}}", "filippo.io/torchwood"))
	script, err := os.ReadFile(filepath.Join(home, "cmd", "litewitness", "testdata", "litewitness.txt"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`add-sigsum-log -key=([0-9a-f]{64})`).FindSubmatch(script)
	_, rest, ok := bytes.Cut(script, []byte("-- add-checkpoint.hurl --\n"))
	if m == nil || !ok {
		t.Fatal("torchwood's test is not what it was")
	}
	rest, _, _ = bytes.Cut(rest, []byte("\n-- "))
	public, err := hex.DecodeString(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(public)
	logKey, err := note.NewEd25519VerifierKey("sigsum.org/v1/tree/"+hex.EncodeToString(sum[:]), public)
	if err != nil {
		t.Fatal(err)
	}
	dir, addr := t.TempDir(), free(t)
	config := write(t, dir, "gapura.toml", fmt.Sprintf("witness_listen = %q\nwitness_name = \"example.com/witness\"\n", addr))
	write(t, dir, "saksi-log.txt", logKey+"\n")
	must(t, nil, gapura, "witness", "key", "--config", config)
	start(t, nil, gapura, "witness", "serve", "--config", config)
	await(t, addr)

	requests := regexp.MustCompile("(?s)POST http://localhost:7380/add-checkpoint\n```\n(.*?)```\nHTTP (\\d+)\n\\[Asserts\\]\nbody "+
		"(contains|==) \"([^\n]*)\"\n").
		FindAllSubmatch(rest, -1)
	if len(requests) < 9 || len(requests) != bytes.Count(rest, []byte("POST ")) {
		t.Fatalf("%d requests of %d were read", len(requests), bytes.Count(rest, []byte("POST ")))
	}
	for i, r := range requests {
		resp, err := http.Post("http://"+addr+"/add-checkpoint", "text/plain", bytes.NewReader(r[1]))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(string(r[4]), `\n`, "\n")
		well := string(r[3]) == "contains" && strings.Contains(string(body), want) || string(r[3]) == "==" && string(body) == want
		if fmt.Sprint(resp.StatusCode) != string(r[2]) || !well {
			t.Errorf("request %d: %d %q, want %s %s %q", i+1, resp.StatusCode, body, r[2], r[3], want)
		}
	}
}
