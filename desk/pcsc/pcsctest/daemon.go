//go:build linux

// Package pcsctest runs a real pcscd with a virtual reader (Debian pcscd and vsmartcard-vpcd), and plays the cards in it. Each daemon has a
// socket and ports of its own, so that tests of several packages do not meet. Without the Debian packages tests fail; make deps installs
// them. Only go test -short (make quick) leaves them out, by the test's name.
package pcsctest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"gapura/desk/pcsc"
)

const (
	program = "/usr/sbin/pcscd"
	driver  = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
)

// Reader is the name of the slot that Insert puts cards into. The driver has a second slot, "Virtual PCD 00 01", which stays empty.
const Reader = "Virtual PCD 00 00"

// A Daemon is one pcscd.
type Daemon struct {
	t       testing.TB
	dir     string
	readers bool
	port    int // of the first slot; the second has the next one
	process *exec.Cmd
	log     *output
}

// Start runs pcscd with the virtual reader and points PCSCLITE_CSOCK_NAME to it for the rest of the test, which must not be a parallel one.
func Start(t testing.TB) *Daemon { return start(t, true) }

// StartBare runs pcscd without any reader.
func StartBare(t testing.TB) *Daemon { return start(t, false) }

func start(t testing.TB, readers bool) *Daemon {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves pcscd out; make test runs it")
	}
	for _, file := range []string{program, driver} {
		if _, err := os.Stat(file); err != nil {
			t.Fatalf("%s is missing: run make deps", file)
		}
	}
	dir, err := os.MkdirTemp("", "pcscd-") // short: a socket's path has 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	d := &Daemon{t: t, dir: dir, readers: readers}
	t.Setenv("PCSCLITE_CSOCK_NAME", d.socket())
	d.Run()
	t.Cleanup(d.Kill)
	return d
}

func (d *Daemon) socket() string { return filepath.Join(d.dir, "pcscd.comm") }

// Run starts the daemon after Kill. Other programs may take its ports between the choice and its start; then it chooses others.
func (d *Daemon) Run() {
	d.t.Helper()
	var err error
	for range 5 {
		if err = d.run(); err == nil {
			return
		}
		d.Kill()
	}
	d.t.Fatal(err)
}

// run starts the daemon as the system's service manager does: the socket is made outside and handed over.
func (d *Daemon) run() error {
	d.t.Helper()
	d.port = freePorts(d.t)
	var conf string
	if d.readers {
		conf = fmt.Sprintf("FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:%d\nLIBPATH %s\nCHANNELID %d\n", d.port, driver, d.port)
	}
	file := filepath.Join(d.dir, "reader.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		d.t.Fatal(err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: d.socket(), Net: "unix"})
	if err != nil {
		d.t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	defer l.Close() // from here on only the daemon holds the socket, and nobody answers once it is dead
	fd, err := l.File()
	if err != nil {
		d.t.Fatal(err)
	}
	defer fd.Close()
	d.log = new(output)
	options := []string{"-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"`, program, "--foreground", "--info", "--config", file}
	if help, _ := exec.Command(program, "--help").Output(); bytes.Contains(help, []byte("--disable-polkit")) {
		options = append(options, "--disable-polkit") // since pcsc-lite 2; a container has nobody to ask
	}
	d.process = exec.Command("/bin/sh", options...)
	d.process.ExtraFiles = []*os.File{fd}
	d.process.Stdout, d.process.Stderr = d.log, d.log
	d.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := d.process.Start(); err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s, err := pcsc.Establish(ctx) // waits in the socket's queue until the daemon takes it
	if err != nil {
		return fmt.Errorf("pcscd does not answer: %v\n%s", err, d.log)
	}
	defer s.Close()
	if readers, err := s.Readers(ctx); d.readers && (err != nil || len(readers) != 2) {
		return fmt.Errorf("pcscd has no virtual reader: %v %v\n%s", readers, err, d.log)
	}
	return nil
}

// Kill ends the daemon at once, as a crash does, and removes its socket.
func (d *Daemon) Kill() {
	if d.process == nil {
		return
	}
	d.process.Process.Kill()
	d.process.Wait()
	d.process = nil
	os.Remove(d.socket())
}

// freePorts finds a port that is free together with the next one.
func freePorts(t testing.TB) int {
	for range 50 {
		first, err := net.Listen("tcp4", ":0")
		if err != nil {
			t.Fatal(err)
		}
		port := first.Addr().(*net.TCPAddr).Port
		second, err := net.Listen("tcp4", fmt.Sprintf(":%d", port+1))
		first.Close()
		if err == nil {
			second.Close()
			return port
		}
	}
	t.Fatal("no two free ports beside each other")
	return 0
}

// output keeps what the daemon prints.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}
