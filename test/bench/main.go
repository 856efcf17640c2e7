// Command bench measures durable lookups, sustained, against a bare net/http handler that answers 400 constant bytes and against nginx
// before a plain durable service (package peer), in turns, with requests from wrk; it prints ratios, because machines differ. The database
// has a history, and what is derived from the records must have caught up soon after each load, else the run fails: nothing may be put off
// for later. With -soak it asks at a steady rate instead, with -beside while imports, backups and the like go on, with -growth on a log of
// any size. It needs bin/gapura and Debian's wrk and nginx-light.
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

	"gapura/store/storetest"
	"gapura/test/bench/peer"
)

var (
	residents = flag.Int("residents", 1_000_000, "invented residents")
	records   = flag.Int("records", 1_000_000, "records that the log has before")
	seconds   = flag.Int("seconds", 120, "length of the sustained lookups, and of the bare handler's turn")
	others    = flag.Int("others", 30, "length of each other kind of load")
	database  = flag.String("database", "", "PostgreSQL URL of an empty database instead of SQLite")
	postgres  = flag.Bool("postgres", false, "start a PostgreSQL of its own (Debian's) instead of SQLite")
	soak      = flag.Duration("soak", 0, "ask 1,000 lookups a second for so long, and nothing else")
	growth    = flag.Bool("growth", false, "grow the log to so many records, and nothing else")
	besides   = flag.Bool("beside", false, "ask at fixed rates while imports, uploads, reports, backups and the like go on, and nothing "+
		"else")
	bare    = flag.Bool("bare", false, "be the bare handler")
	plain   = flag.String("plain", "", "be the plain service that writes to this file")
	dataset = flag.Bool("dataset", true, "time generating and importing the residents as well")
)

func main() {
	flag.Parse()
	run := measure
	switch {
	case *bare:
		run = serveBare
	case *plain != "":
		run = func() error { return peer.Serve(*plain) }
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
	if *postgres {
		if *database, err = storetest.NewPostgres(); err != nil {
			return err
		}
	}
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
	if *growth {
		return grow(demo, agency, env)
	}
	if err := history(demo, agency, *records, 20); err != nil {
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

// loads puts each kind of load on the service, and the first on the peers as well; it tells how many lookups were answered.
func loads(demo string, env []string) (answered int64, err error) {
	begin := func() (*exec.Cmd, string, error) {
		return start("gapura listens on ", "bin/gapura", "serve", "--config", filepath.Join(demo, "provider.toml"))
	}
	gapura, url, err := begin()
	if err != nil {
		return 0, err
	}
	defer func() { stop(gapura) }()
	b := &bench{env: env, url: url, probe: probe{url: url, pid: gapura.Process.Pid, log: filepath.Join(demo, "gapura.db-wal")}}
	if err := b.warmUp(); err != nil {
		return 0, err
	}
	switch {
	case *soak > 0:
		return 0, b.soakFor(*soak)
	case *besides:
		err := b.beside(demo)
		return b.answered, err
	}
	lookups, err := b.sustained(demo)
	if err == nil {
		err = b.kinds(lookups)
	}
	if err != nil {
		return 0, err
	}
	return b.answered, b.firstLookup(func() (string, error) {
		gapura.Process.Kill()
		gapura.Wait()
		gapura, url, err = begin()
		return url, err
	})
}

// sustained puts the lookups on the service, and then on the bare handler and on the peer for as long.
func (b *bench) sustained(dir string) (lookups result, err error) {
	long := time.Duration(*seconds) * time.Second
	if lookups, err = b.load("lookups", "lookup.lua", 64, long); err != nil {
		return lookups, err
	}
	b.answered += lookups.requests
	self, err := os.Executable()
	if err != nil {
		return lookups, err
	}
	other, addr, err := start("", self, "-bare")
	if err != nil {
		return lookups, err
	}
	theirs, err := wrk(b.env, "lookup.lua", "http://"+addr, 64, long)
	if stop(other); err != nil {
		return lookups, err
	}
	goals := "goal 0.20, then 0.35"
	if *database != "" {
		goals = "goal 0.16, then 0.25"
	}
	fmt.Printf("bare handler: %.0f/s p99 %s; lookups to it: ratio %.2f (%s)\n", theirs.rate, theirs.p99, lookups.rate/theirs.rate, goals)
	if err := b.peer(dir, lookups, long); err != nil {
		return lookups, err
	}
	rates, err := fsyncs(dir, 2*time.Second)
	fmt.Printf("this disk alone: %.0f fsyncs/s of 4 KiB appended\n", rates)
	return lookups, err
}

// peer measures nginx before the plain durable service.
func (b *bench) peer(dir string, lookups result, d time.Duration) error {
	files, err := os.MkdirTemp(dir, "peer-")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	plain, addr, err := start("", self, "-plain", filepath.Join(files, "lines"))
	if err != nil {
		return err
	}
	defer stop(plain)
	nginx, addr, err := peer.Nginx(files, addr)
	if err != nil {
		return err
	}
	defer stop(nginx)
	theirs, err := wrk(append(b.env, "AUTHORIZATION="+peer.Authorization), "lookup.lua", "http://"+addr, 64, d)
	if err != nil {
		return err
	}
	fmt.Printf("nginx and a plain durable service: %.0f/s p99 %s; lookups to it: ratio %.2f (goal 1.0, then 1.8)\n", theirs.rate,
		theirs.p99, lookups.rate/theirs.rate)
	return nil
}

// kinds puts all other loads on the service.
func (b *bench) kinds(lookups result) error {
	short := time.Duration(*others) * time.Second
	wire, err := b.load("legacy wire", "legacy.lua", 64, short)
	if err != nil {
		return err
	}
	b.answered += wire.requests
	fmt.Printf("legacy wire to JSON API: ratio %.2f (goal 0.90)\n", wire.rate/lookups.rate)
	for _, k := range []struct {
		name, script string
		clients      int
		lookups      bool
	}{{"matches", "match.lua", 64, true}, {"data balikan", "balikan.lua", 8, false}, {"mixed", "mixed.lua", 64, false},
		{"one officer alone", "lookup.lua", 1, true}} {
		got, err := b.load(k.name, k.script, k.clients, short)
		if err != nil {
			return err
		}
		if k.lookups {
			b.answered += got.requests
		}
	}
	for _, share := range []float64{0.5, 3} {
		if err := b.openLoop(fmt.Sprintf("open loop at %.1f of the lookups", share), lookups.rate*share, short); err != nil {
			return err
		}
	}
	return nil
}

func start(prefix string, name string, args ...string) (*exec.Cmd, string, error) {
	return startIn(os.Environ(), prefix, name, args...)
}

// startIn starts a program in an environment and returns the address that it prints.
func startIn(env []string, prefix string, name string, args ...string) (*exec.Cmd, string, error) {
	c := exec.Command(name, args...)
	c.Env = append(env, "GAPURA_LISTEN=127.0.0.1:0")
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
