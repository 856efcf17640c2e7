package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gapura/desk/leak"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/person/population"
	"gapura/store"
)

const gapura = "../../bin/gapura"

// Nothing of what the provider tells is stored (G8). Two persons whose every value is a random text are looked up at a desk, in a real
// browser with a profile on disk: one whose papers say otherwise, with the desk killed while the data is on the screen, and one who is
// approved and gets the printed letter. Then everything that the desk and the browser left is searched: gapura loket scan for what it
// keeps, and the search itself for the browser's profile, the temporary folder and the logs. A planted leak is found.
func TestNothingIsStored(t *testing.T) {
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		chromium = "/usr/bin/chromium"
	}
	for _, need := range []string{"node", chromium, gapura, "node_modules/playwright-core/package.json"} {
		if _, err := os.Stat(need); err != nil {
			if _, err := exec.LookPath(need); err != nil {
				t.Fatalf("%v; make deps build installs and builds what the tests need, TestBrowser the rest", err)
			}
		}
	}
	base, err := os.MkdirTemp("", "z") // short: Chromium puts a socket below it, whose path may have 107 characters
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	dir, profile, temp := filepath.Join(base, "demo"), filepath.Join(base, "profile"), filepath.Join(base, "t")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	provider, desk := free(t), free(t)
	if out, err := exec.Command(gapura, "demo", "--dir", dir, "--listen", provider, "--loket", desk, "--residents", "200",
		"--exit-after-setup").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var demo struct {
		Logins []struct{ Role, Agency, User, Password string }
	}
	raw, err := os.ReadFile(filepath.Join(dir, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &demo); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "TMPDIR="+temp, "HOME="+base, "DESK=http://"+desk, "PROFILE="+profile, "CHROMIUM="+chromium)
	for _, l := range demo.Logins {
		if l.Role == "desk-officer" && l.Agency == "dinpertan" {
			env = append(env, "LOGIN="+l.User, "PASSWORD="+l.Password)
		}
	}
	canaries := plant(t, dir)
	start := func(url string, args ...string) *exec.Cmd {
		t.Helper()
		c := exec.Command(gapura, args...)
		c.Env = env
		c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		log, err := os.Create(filepath.Join(temp, fmt.Sprintf("%s-%d.log", args[0], time.Now().UnixNano()))) // the logs are searched too
		if err != nil {
			t.Fatal(err)
		}
		c.Stdout, c.Stderr = log, log
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Process.Kill(); c.Wait(); log.Close() })
		for range 200 {
			if r, err := http.Get("http://" + url + "/masuk"); err == nil {
				r.Body.Close()
				return c
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("%v did not start", args)
		return nil
	}
	start(provider, "serve", "--config", filepath.Join(dir, "provider.toml"))
	config := filepath.Join(dir, "desk.toml")
	loket := start(desk, "loket", "--config", config)
	scan := func(folders ...string) (int, string) {
		t.Helper()
		c := exec.Command(gapura, append([]string{"loket", "scan", "--config", config, "--out", filepath.Join(base, "certificate.txt")},
			folders...)...)
		c.Env = env
		out, err := c.CombinedOutput()
		if err != nil && c.ProcessState.ExitCode() != 1 {
			t.Fatalf("%v\n%s", err, out)
		}
		return c.ProcessState.ExitCode(), string(out)
	}

	// The one whose papers say otherwise: nothing of the registry's values came from them.
	first := canaries[0]
	sit(t, env, first, map[string]string{"name": "ORANG LAIN", "birthPlace": "TEMPAT LAIN", "address": "JALAN LAIN 1"}, "show",
		[]string{first.Name, first.BirthPlace, first.Address}, func() {
			loket.Process.Kill() // with the answer in its memory and on the screen
			loket.Wait()
			loket = start(desk, "loket", "--config", config)
		})
	code, out := scan(profile, temp)
	if code != 0 || !strings.Contains(out, "looked up 2 times") {
		t.Fatalf("exit %d: %s", code, out)
	}
	key := strings.TrimSpace(out[strings.LastIndex(out, "verifier key: ")+len("verifier key: "):])
	if out, err := exec.Command(gapura, "loket", "check", "--key", key,
		filepath.Join(base, "certificate.txt")).CombinedOutput(); err != nil ||
		!bytes.Contains(out, []byte("BERSIH")) {
		t.Errorf("the certificate: %v\n%s", err, out)
	}
	forged, err := os.ReadFile(filepath.Join(base, "certificate.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(base, "forged.txt"), bytes.Replace(forged, []byte(`"canaries":2`), []byte(`"canaries":9`), 1),
		0o600); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command(gapura, "loket", "check", "--key", key, filepath.Join(base, "forged.txt")).Run(); err == nil {
		t.Error("a forged certificate is accepted")
	}

	// The one who is approved: what the papers say may be there, the rest nowhere.
	second := canaries[1]
	sit(t, env, second, nil, "approve", nil, nil)
	hidden := []string{second.Marital, second.Occupation}
	search, err := leak.New(append(hidden, first.Values()...))
	if err != nil {
		t.Fatal(err)
	}
	var report leak.Report
	for _, folder := range []string{filepath.Join(dir, "desk"), filepath.Join(dir, "desk.toml"), filepath.Join(dir, "desk.key"), profile,
		temp} {
		if err := search.Folder(folder, &report); err != nil {
			t.Fatal(err)
		}
	}
	if !report.Clean() {
		t.Errorf("%+v", report)
	}
	t.Logf("%d files with %d bytes searched", report.Files, report.Bytes)

	// What is left somewhere is found and named, and no value is told.
	planted := filepath.Join(dir, "desk", "catatan.tmp")
	if err := os.WriteFile(planted, []byte("x"+base64.StdEncoding.EncodeToString([]byte("nama: "+first.Name))), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out = scan()
	if code != 1 || !strings.Contains(out, "catatan.tmp") || strings.Contains(out, first.Name) {
		t.Errorf("a planted leak: exit %d: %s", code, out)
	}
	if err := os.Remove(planted); err != nil {
		t.Fatal(err)
	}
	// And what the second one's papers say is found where it is kept, sealed: the search opens it.
	if code, out = scan(); code != 1 || !strings.Contains(out, "loket.db (applications") || strings.Contains(out, second.Name) {
		t.Errorf("sealed contents: exit %d: %s", code, out)
	}
}

// sit runs zero.mjs to its end; killed is called while the data is shown.
func sit(t *testing.T, env []string, who leak.Canary, other map[string]string, act string, secrets []string, killed func()) {
	t.Helper()
	papers := map[string]string{
		"nik": who.NIK.Digits(), "name": who.Name, "birthPlace": who.BirthPlace, "birthDate": who.BirthDate.Format(time.DateOnly),
		"address": who.Address,
		"sex":     map[population.Sex]string{population.Male: "LAKI-LAKI", population.Female: "PEREMPUAN"}[who.Sex],
	}
	for k, v := range other {
		papers[k] = v
	}
	text := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "node", "zero.mjs")
	c.Env = append(env, "PAPERS="+text(papers), "SECRETS="+text(secrets), "ACT="+act)
	var complaint bytes.Buffer
	c.Stderr = &complaint
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "SHOWN" {
			killed()
		}
		io.WriteString(in, "\n")
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("%s: %v\n%s", act, err, complaint.String())
	}
}

// plant makes two canaries of the agency, as the console does.
func plant(t *testing.T, dir string) []leak.Canary {
	t.Helper()
	keys, err := keyring.Load(filepath.Join(dir, "gapura.key"))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), store.Options{URL: filepath.Join(dir, "gapura.db"), Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	i, _, _, err := st.Institutions.InstitutionByCode(t.Context(), "dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	var list []population.Person
	n := uint64(time.Now().UnixNano())
	for range 2 {
		p, err := leak.NewCanary("330301", func(most int) int {
			n = n*6364136223846793005 + 1442695040888963407
			return int((n >> 33) % uint64(most))
		})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if err := st.Canaries.PlantCanaries(t.Context(), journal.Change{At: time.Now(), Reason: "uji"}, i.ID, list); err != nil {
		t.Fatal(err)
	}
	out, err := st.Canaries.Canaries(t.Context(), i.ID)
	if err != nil || len(out) != 2 {
		t.Fatal(len(out), err)
	}
	return out
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
