// Package storetest gives tests real stores: SQLite in a temporary folder, and PostgreSQL on a server of the test's own.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gapura/desk/deskdb"
	"gapura/internal/keyring"
)

// Keys makes a key ring in a temporary folder.
func Keys(t testing.TB) *keyring.Ring {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if err := keyring.Create(path); err != nil {
		t.Fatal(err)
	}
	r, err := keyring.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Desk makes and opens a new desk in a file that the test gives; the test closes it.
func Desk(t testing.TB, file string, keys *keyring.Ring) *deskdb.DB {
	t.Helper()
	if err := deskdb.Create(context.Background(), file, keys); err != nil {
		t.Fatal(err)
	}
	d, err := deskdb.Open(context.Background(), file, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// Engines runs the test on an empty database of each engine.
func Engines(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite is the path of an empty database, for tests of what does not depend on the engine.
func SQLite(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "gapura.db")
}

var (
	startOnce sync.Once
	startErr  error
	socketDir string
	watch     *exec.Cmd // kept, because its pipe must stay open
	databases atomic.Int64
)

// Postgres is the URL of a new database on this test run's own server, which ends with the test's process. A missing server program is an
// error. Only go test -short (make quick) leaves PostgreSQL out, and says so by the name of each test.
func Postgres(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves PostgreSQL out; make test runs it")
	}
	var settings []string
	if _, measures := t.(*testing.B); !measures {
		settings = volatile
	}
	url, err := NewPostgres(settings...)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// volatile lets the server leave to the system when bytes reach the disk: they outlive killed processes, which tests know, and not a power
// cut, which they don't. Every commit would wait for the disk otherwise.
var volatile = []string{"fsync=off", "full_page_writes=off"}

// NewPostgres is the URL of a new database on this process's own server, which ends with it. The first call's settings are the server's.
func NewPostgres(settings ...string) (url string, err error) {
	startOnce.Do(func() { startErr = start(settings) })
	if startErr != nil {
		return "", fmt.Errorf("start PostgreSQL (Debian package postgresql): %w", startErr)
	}
	name := fmt.Sprintf("t%d", databases.Add(1))
	db, err := sql.Open("pgx", dsn("postgres"))
	if err != nil {
		return "", err
	}
	defer db.Close()
	_, err = db.Exec("CREATE DATABASE " + name)
	return dsn(name), err
}

func dsn(name string) string {
	return fmt.Sprintf("postgres://gapura@/%s?host=%s", name, socketDir)
}

func start(settings []string) error {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(bins) == 0 {
		return fmt.Errorf("no server programs in /usr/lib/postgresql")
	}
	bin := bins[len(bins)-1]
	dir, err := os.MkdirTemp("", "gapura-pg-")
	if err != nil {
		return err
	}
	socketDir = dir
	var as *syscall.Credential
	if os.Getuid() == 0 { // the server refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			return err
		}
		as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	data, log := filepath.Join(dir, "data"), filepath.Join(dir, "log")
	init := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "gapura", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
	init.Dir, init.SysProcAttr = dir, &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT, Credential: as}
	if out, err := init.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	stderr, err := os.Create(log)
	if err != nil {
		return err
	}
	defer stderr.Close()
	args := []string{"-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "max_connections=100"}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	srv := exec.Command(filepath.Join(bin, "postgres"), args...)
	srv.Dir, srv.Stderr, srv.SysProcAttr = dir, stderr, &syscall.SysProcAttr{Credential: as, Setpgid: true}
	if err := srv.Start(); err != nil {
		return err
	}
	if err := endWithUs(srv.Process.Pid, dir); err != nil {
		srv.Process.Kill()
		return err
	}
	db, err := sql.Open("pgx", dsn("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for deadline := time.Now().Add(30 * time.Second); ; {
		if err = db.Ping(); err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			out, _ := os.ReadFile(log)
			return fmt.Errorf("%w: %s", err, out)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// endWithUs leaves a shell behind that stops the server and removes its folder when the test's process is gone, however it went: the shell
// reads from a pipe whose other end only that process holds. It keeps the process's own standard error, so that go test waits for it.
func endWithUs(pid int, dir string) error {
	const script = `read _; kill -INT "$1"
		for i in $(seq 200); do [ -e "$2/data/postmaster.pid" ] || break; sleep 0.05; done
		rm -rf "$2"`
	watch = exec.Command("/bin/sh", "-c", script, "storetest", strconv.Itoa(pid), dir)
	watch.Stderr, watch.SysProcAttr = os.Stderr, &syscall.SysProcAttr{Setpgid: true}
	if _, err := watch.StdinPipe(); err != nil {
		return err
	}
	return watch.Start()
}
