// Command bench measures durable lookups, sustained, against a bare net/http handler that answers 400 constant bytes, in turns, with
// requests from wrk; it prints ratios, because machines differ. The database has a history, and what is derived from the records must have
// caught up soon after each load, else the run fails: nothing may be put off for later. It needs bin/gapura and Debian's wrk.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

var (
	residents = flag.Int("residents", 1_000_000, "invented residents")
	records   = flag.Int("records", 1_000_000, "records that the log has before")
	seconds   = flag.Int("seconds", 120, "length of the sustained lookups, and of the bare handler's turn")
	others    = flag.Int("others", 30, "length of each other kind of load")
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
	if err := history(demo, agency, *records); err != nil {
		return err
	}
	before, err := countHits(demo, agency)
	if err != nil {
		return err
	}
	answered, err := loads(demo, env)
	if err != nil {
		return err
	}
	after, err := countHits(demo, agency)
	if err != nil {
		return err
	}
	fmt.Printf("answered %d, hits in the journal with warming up %d\n", answered, after-before)
	if after-before < answered {
		return fmt.Errorf("%d answers have no record", answered-(after-before))
	}
	return nil
}

// loads puts each kind of load on the service, and the first on the bare handler as well; it tells how many lookups were answered.
func loads(demo string, env []string) (answered int64, err error) {
	gapura, ours, err := start("gapura listens on ", "bin/gapura", "serve", "--config", filepath.Join(demo, "provider.toml"))
	if err != nil {
		return 0, err
	}
	defer stop(gapura)
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	other, addr, err := start("", self, "-bare")
	if err != nil {
		return 0, err
	}
	defer stop(other)
	b := &bench{env: env, url: ours, probe: probe{url: ours, pid: gapura.Process.Pid, log: filepath.Join(demo, "gapura.db-wal")}}
	if err := b.warmUp(); err != nil {
		return 0, err
	}
	long, short := time.Duration(*seconds)*time.Second, time.Duration(*others)*time.Second
	lookups, err := b.load("lookups", "lookup.lua", 64, long)
	if err != nil {
		return 0, err
	}
	theirs, err := wrk(env, "lookup.lua", "http://"+addr, 64, long)
	if err != nil {
		return 0, err
	}
	fmt.Printf("bare handler: %.0f/s p99 %s; lookups to it: ratio %.2f (goal 0.20, then 0.35)\n", theirs.rate, theirs.p99,
		lookups.rate/theirs.rate)
	rates, err := fsyncs(demo, 2*time.Second)
	if err != nil {
		return 0, err
	}
	fmt.Printf("this disk alone: %.0f fsyncs/s of 4 KiB appended\n", rates)
	wire, err := b.load("legacy wire", "legacy.lua", 64, short)
	if err != nil {
		return 0, err
	}
	fmt.Printf("legacy wire to JSON API: ratio %.2f (goal 0.90)\n", wire.rate/lookups.rate)
	for _, k := range []struct {
		name, script string
		clients      int
	}{{"matches", "match.lua", 64}, {"data balikan", "balikan.lua", 8}, {"one officer alone", "lookup.lua", 1}} {
		got, err := b.load(k.name, k.script, k.clients, short)
		if err != nil {
			return 0, err
		}
		if k.script != "balikan.lua" {
			b.answered += got.requests
		}
	}
	b.answered += lookups.requests + wire.requests
	for _, share := range []float64{0.5, 3} {
		if err := b.openLoop(fmt.Sprintf("open loop at %.1f of the lookups", share), lookups.rate*share, short); err != nil {
			return 0, err
		}
	}
	return b.answered, nil
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

// stop asks a process to end, also where a shell has it ignore interrupts.
func stop(c *exec.Cmd) {
	c.Process.Signal(syscall.SIGTERM)
	c.Wait()
}
