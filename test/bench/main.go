// Command bench measures durable lookups by the JSON API and by the legacy wire against a bare net/http handler that answers 400 constant
// bytes, in turns, with requests from wrk; it prints ratios, because machines differ. It needs bin/gapura and Debian's wrk.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gapura/access/abuse"
	"gapura/access/guard"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/person/population"
	"gapura/store"
)

var (
	residents = flag.Int("residents", 1_000_000, "invented residents")
	rounds    = flag.Int("rounds", 3, "rounds of both sides")
	seconds   = flag.Int("seconds", 10, "length of a round of one side")
	database  = flag.String("database", "", "PostgreSQL URL of an empty database instead of SQLite")
	bare      = flag.Bool("bare", false, "be the bare handler")
	dataset   = flag.Bool("dataset", true, "time generating and importing the residents as well")
)

func main() {
	flag.Parse()
	run := measure
	if *bare {
		run = serveBare
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func serveBare() error {
	answer := bytes.Repeat([]byte("x"), 400)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(answer) }))
}

type login struct {
	Agency, Token string
	Purposes      []string
}

// oldLogin is a path of the legacy wire with the password that comes with each call.
type oldLogin struct{ Agency, Path, Dialect, User, Password string }

func measure() error {
	dir, err := os.MkdirTemp("", "gapura-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if *dataset {
		if err := timeDataset(dir); err != nil {
			return err
		}
	}
	demo := filepath.Join(dir, "demo")
	if err := setUp(demo); err != nil {
		return err
	}
	env, agency, err := environment(dir, demo)
	if err != nil {
		return err
	}
	gapura, gapuraURL, err := start("gapura listens on ", "bin/gapura", "serve", "--config", filepath.Join(demo, "provider.toml"))
	if err != nil {
		return err
	}
	defer stop(gapura)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	other, otherAddr, err := start("", self, "-bare")
	if err != nil {
		return err
	}
	defer stop(other)
	answered, err := turns(env, gapuraURL, "http://"+otherAddr)
	if err != nil {
		return err
	}
	peak, err := peakMemory(gapura.Process.Pid)
	if err != nil {
		return err
	}
	fmt.Printf("peak memory %d MB (goal below 300)\n", peak>>10)
	stop(gapura)
	records, err := countHits(demo, agency)
	if err != nil {
		return err
	}
	fmt.Printf("answered in the rounds %d, hits in the journal with warming up %d\n", answered, records)
	if records < answered {
		return fmt.Errorf("%d answers have no record", answered-records)
	}
	return nil
}

// setUp makes an invented district in the folder.
func setUp(demo string) error {
	args := []string{"demo", "--dir", demo, "--listen", "127.0.0.1:0", "--loket", "127.0.0.1:0", "--residents", strconv.Itoa(*residents)}
	if *database != "" {
		args = append(args, "--database", *database)
	}
	begun := time.Now()
	if out, err := exec.Command("bin/gapura", append(args, "--exit-after-setup")...).CombinedOutput(); err != nil {
		return fmt.Errorf("set up: %w\n%s", err, out)
	}
	fmt.Printf("set up an invented district of %d residents: %.1f s\n", *residents, time.Since(begun).Seconds())
	return nil
}

// environment is what wrk's scripts are told: whom to ask for, and as whom. The agency's code comes with it.
func environment(dir, demo string) (env []string, agency string, err error) {
	var config struct {
		API    []login
		Legacy []oldLogin
	}
	raw, err := os.ReadFile(filepath.Join(demo, "demo.json"))
	if err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(raw, &config); err != nil {
		return nil, "", err
	}
	user := config.API[slices.IndexFunc(config.API, func(l login) bool { return l.Agency == "dinpertan" })]
	if err := tolerate(demo, user.Agency); err != nil {
		return nil, "", err
	}
	niks := filepath.Join(dir, "niks")
	if err := sample(niks, 200_000); err != nil {
		return nil, "", err
	}
	old := config.Legacy[slices.IndexFunc(config.Legacy, func(l oldLogin) bool { return l.Agency == "dinpertan" && l.Dialect == "D1" })]
	return append(os.Environ(), "NIKS="+niks, "TOKEN="+user.Token, "PURPOSE="+user.Purposes[0], "LEGACY_PATH="+old.Path,
		"USER_ID="+old.User, "PASSWORD="+old.Password), user.Agency, nil
}

// turns measures both sides in turns, prints the ratios, and tells how many lookups were answered.
func turns(env []string, ourURL, bareURL string) (answered int64, err error) {
	const api, legacy = "lookup.lua", "legacy.lua"
	for _, script := range []string{api, legacy} { // warm up
		if _, err := wrk(env, script, ourURL, 2*time.Second); err != nil {
			return 0, err
		}
	}
	turn := time.Duration(*seconds) * time.Second
	var ratios, oldRatios []float64
	for i := range *rounds {
		ours, err := wrk(env, api, ourURL, turn)
		if err != nil {
			return 0, err
		}
		wire, err := wrk(env, legacy, ourURL, turn)
		if err != nil {
			return 0, err
		}
		theirs, err := wrk(env, api, bareURL, turn)
		if err != nil {
			return 0, err
		}
		answered += ours.requests + wire.requests
		ratios, oldRatios = append(ratios, ours.rate/theirs.rate), append(oldRatios, wire.rate/ours.rate)
		fmt.Printf("round %d: lookups %.0f/s p50 %s p99 %s; legacy wire %.0f/s p99 %s; bare handler %.0f/s p99 %s; ratio %.2f\n",
			i+1, ours.rate, ours.p50, ours.p99, wire.rate, wire.p99, theirs.rate, theirs.p99, ours.rate/theirs.rate)
	}
	slices.Sort(ratios)
	slices.Sort(oldRatios)
	fmt.Printf("ratio to the bare handler: median %.2f (goal 0.40)\n", ratios[len(ratios)/2])
	fmt.Printf("legacy wire to JSON API: median %.2f (goal 0.90)\n", oldRatios[len(oldRatios)/2])
	return answered, nil
}

// timeDataset makes the residents as a file and imports them into a registry of their own.
func timeDataset(dir string) error {
	people, registry := filepath.Join(dir, "people.csv"), filepath.Join(dir, "registry.toml")
	begun := time.Now()
	if out, err := exec.Command("bin/gapura", "population", "generate", "--residents", strconv.Itoa(*residents), "--seed", "1", "--out",
		people).CombinedOutput(); err != nil {
		return fmt.Errorf("generate: %w\n%s", err, out)
	}
	fmt.Printf("generate %d residents as CSV: %.1f s\n", *residents, time.Since(begun).Seconds())
	config := fmt.Sprintf("database = %q\nkeys = %q\n", filepath.Join(dir, "registry.db"), filepath.Join(dir, "registry.key"))
	if err := os.WriteFile(registry, []byte(config), 0o600); err != nil {
		return err
	}
	if out, err := exec.Command("bin/gapura", "init", "--config", registry).CombinedOutput(); err != nil {
		return fmt.Errorf("init: %w\n%s", err, out)
	}
	begun = time.Now()
	if out, err := exec.Command("bin/gapura", "population", "import", "--config", registry, people).CombinedOutput(); err != nil {
		return fmt.Errorf("import: %w\n%s", err, out)
	}
	fmt.Printf("import them: %.1f s\n", time.Since(begun).Seconds())
	return nil
}

// sample writes NIKs of residents all over the district.
func sample(file string, n int) error {
	rng := rand.New(rand.NewPCG(7, 7))
	var b bytes.Buffer
	for p := range population.Generate(*residents, 1, "3303") {
		if rng.Float64() < float64(n)/float64(*residents) {
			b.WriteString(p.NIK.Digits() + "\n")
		}
	}
	return os.WriteFile(file, b.Bytes(), 0o600)
}

func start(prefix string, name string, args ...string) (*exec.Cmd, string, error) {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "GAPURA_LISTEN=127.0.0.1:0")
	c.Stderr = os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := c.Start(); err != nil {
		return nil, "", err
	}
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		return nil, "", fmt.Errorf("%s did not start: %w", name, err)
	}
	return c, strings.TrimPrefix(strings.TrimSpace(string(line[:n])), prefix), nil
}

func stop(c *exec.Cmd) {
	c.Process.Signal(os.Interrupt)
	c.Wait()
}

type result struct {
	requests int64
	rate     float64
	p50, p99 string
}

var figures = regexp.MustCompile(`(?s)50%\s+(\S+).*99%\s+(\S+).*?(\d+) requests in.*Requests/sec:\s+([\d.]+)`)

func wrk(env []string, script, url string, d time.Duration) (result, error) {
	c := exec.Command("wrk", "-t2", "-c64", "-d"+d.String(), "--latency", "-s", filepath.Join("test/bench", script), url)
	c.Env = env
	out, err := c.CombinedOutput()
	if err != nil {
		return result{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	m := figures.FindSubmatch(out)
	if m == nil || bytes.Contains(out, []byte("Non-2xx")) || bytes.Contains(out, []byte("Socket errors")) {
		return result{}, fmt.Errorf("wrk says:\n%s", out)
	}
	requests, _ := strconv.ParseInt(string(m[3]), 10, 64)
	rate, _ := strconv.ParseFloat(string(m[4]), 64)
	return result{requests, rate, string(m[1]), string(m[2])}, nil
}

// peakMemory is the largest resident set of a process so far, in KiB.
func peakMemory(pid int) (int, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(raw)
	if m == nil {
		return 0, fmt.Errorf("no VmHWM in /proc/%d/status", pid)
	}
	return strconv.Atoi(string(m[1]))
}

func openStore(demo string) (*store.DB, error) {
	keys, err := keyring.Load(filepath.Join(demo, "gapura.key"))
	if err != nil {
		return nil, err
	}
	url := *database
	if url == "" {
		url = filepath.Join(demo, "gapura.db")
	}
	return store.Open(context.Background(), store.Options{URL: url, Keys: keys})
}

// tolerate switches off what would rightly stop one user with thousands of lookups a second. BenchmarkWatchCost in store measures the
// Watcher.
func tolerate(demo, agency string) error {
	s, err := openStore(demo)
	if err != nil {
		return err
	}
	defer s.Close()
	ctx := context.Background()
	i, _, ok, err := s.Institutions.InstitutionByCode(ctx, agency)
	if err != nil || !ok {
		return fmt.Errorf("agency %s: %v", agency, err)
	}
	set := guard.Settings{}
	for r := abuse.Decoy + 1; r <= abuse.Shared; r++ {
		set.Off = append(set.Off, r.String())
	}
	return s.Guard.SetAbuseSettings(ctx, journal.Change{At: time.Now(), Reason: "measurement"}, i.ID, set)
}

func countHits(demo, agency string) (int64, error) {
	s, err := openStore(demo)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	var n int64
	now := time.Now()
	rows, err := s.Rights.Quotas(context.Background(), now)
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if r.Standing.Institution.Code == agency {
			for _, day := range []time.Time{now, now.AddDate(0, 0, -1)} {
				hits, err := s.Rights.Hits(context.Background(), r.Standing.Institution.ID, r.Standing.Institution.Zone.Day(day))
				if err != nil {
					return 0, err
				}
				n += int64(hits.Of(nil))
			}
		}
	}
	return n, nil
}
