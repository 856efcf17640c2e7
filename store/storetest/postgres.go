// Package storetest gives tests real stores: SQLite in a temporary folder, and PostgreSQL on a server of the test's own.
package storetest

import (
	"bytes"
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

	"gapura/internal/keyring"
	"gapura/store"
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

// Open opens a store that the test closes.
func Open(t testing.TB, url string, keys *keyring.Ring) *store.DB {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{URL: url, Keys: keys, Archives: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
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
	stopPG    func()
	databases atomic.Int64
)

// Main runs the tests of a package, stops the PostgreSQL server that they started, and cleans up.
func Main(m *testing.M, cleanUp ...func()) {
	code := m.Run()
	for _, f := range cleanUp {
		f()
	}
	if stopPG != nil {
		stopPG()
	}
	os.Exit(code)
}

// Postgres is the URL of a new database on this test run's own server. A package that calls it has a TestMain with Main. A missing server program is an
// error, not a skip.
func Postgres(t testing.TB) string {
	t.Helper()
	startOnce.Do(func() { startErr = start() })
	if startErr != nil {
		t.Fatalf("start PostgreSQL (Debian package postgresql): %v", startErr)
	}
	name := fmt.Sprintf("t%d", databases.Add(1))
	db, err := sql.Open("pgx", dsn("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return dsn(name)
}

func dsn(name string) string {
	return fmt.Sprintf("postgres://gapura@/%s?host=%s", name, socketDir)
}

func start() error {
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
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
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
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	data := filepath.Join(dir, "data")
	init := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "gapura", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
	init.Dir, init.SysProcAttr = dir, attr
	if out, err := init.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	var log bytes.Buffer
	srv := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "max_connections=100")
	srv.Dir, srv.Stderr, srv.SysProcAttr = dir, &log, &syscall.SysProcAttr{Credential: attr.Credential}
	if err := srv.Start(); err != nil {
		return err
	}
	stopPG = func() {
		srv.Process.Signal(syscall.SIGINT)
		srv.Wait()
		os.RemoveAll(dir)
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
			stopPG()
			return fmt.Errorf("%w: %s", err, log.String())
		}
		time.Sleep(50 * time.Millisecond)
	}
}
