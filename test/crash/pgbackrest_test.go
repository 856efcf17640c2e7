package crash

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A cluster is a PostgreSQL server whose log is archived by pgBackRest, as docs/cadangan.md sets it up.
type cluster struct {
	t    *testing.T
	dir  string
	bin  string
	as   *syscall.Credential
	srv  *exec.Cmd
	conf string
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(bins) == 0 {
		t.Fatal("no server programs in /usr/lib/postgresql (Debian package postgresql)")
	}
	if _, err := exec.LookPath("pgbackrest"); err != nil {
		t.Fatal("Debian package pgbackrest: ", err)
	}
	dir, err := os.MkdirTemp("", "gapura-pgbackrest-") // t.TempDir is closed to the server's user
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t, dir: dir, bin: bins[len(bins)-1], conf: filepath.Join(dir, "pgbackrest.conf")}
	t.Cleanup(func() {
		c.stop(syscall.SIGQUIT)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	uid, gid := os.Getuid(), os.Getgid()
	if uid == 0 { // the server refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Fatal(err)
		}
		uid, _ = strconv.Atoi(u.Uid)
		gid, _ = strconv.Atoi(u.Gid)
		c.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	text := fmt.Sprintf(`[global]
repo1-path=%[1]s/repo
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=rekaan-untuk-pengujian
repo1-retention-full=2
start-fast=y
log-path=%[1]s
lock-path=%[1]s/lock
log-level-file=off
log-level-console=warn

[gapura]
pg1-path=%[1]s/data
pg1-socket-path=%[1]s
pg1-user=gapura
pg1-database=postgres
`, dir)
	if err := os.WriteFile(c.conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{dir, c.conf} {
		if err := os.Chown(name, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	c.run(filepath.Join(c.bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "gapura", "-A", "trust", "-E", "UTF8", "--locale=C")
	c.start()
	c.run("pgbackrest", "--config="+c.conf, "--stanza=gapura", "stanza-create")
	c.run("pgbackrest", "--config="+c.conf, "--stanza=gapura", "check")
	return c
}

// run runs a program as the server's user.
func (c *cluster) run(name string, args ...string) {
	c.t.Helper()
	x := exec.Command(name, args...)
	x.Dir, x.SysProcAttr = c.dir, &syscall.SysProcAttr{Credential: c.as}
	if out, err := x.CombinedOutput(); err != nil {
		c.t.Fatalf("%s %v: %v\n%s", filepath.Base(name), args, err, out)
	}
}

func (c *cluster) url(name string) string {
	return fmt.Sprintf("postgres://gapura@/%s?host=%s", name, c.dir)
}

func (c *cluster) start() {
	c.t.Helper()
	c.srv = exec.Command(filepath.Join(c.bin, "postgres"), "-D", filepath.Join(c.dir, "data"), "-k", c.dir, "-c", "listen_addresses=",
		"-c", "max_connections=100", "-c", "archive_mode=on",
		"-c", "archive_command=pgbackrest --config="+c.conf+" --stanza=gapura archive-push %p")
	log, err := os.OpenFile(filepath.Join(c.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		c.t.Fatal(err)
	}
	defer log.Close()
	c.srv.Dir, c.srv.Stderr, c.srv.SysProcAttr = c.dir, log, &syscall.SysProcAttr{Credential: c.as, Pdeathsig: syscall.SIGQUIT}
	if err := c.srv.Start(); err != nil {
		c.t.Fatal(err)
	}
	db := c.open("postgres")
	defer db.Close()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		recovering := true
		err := db.QueryRow("SELECT pg_is_in_recovery()").Scan(&recovering)
		if err == nil && !recovering {
			return
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			c.t.Fatalf("the server does not answer: %v\n%s", err, text)
		}
	}
}

func (c *cluster) stop(how os.Signal) {
	if c.srv != nil {
		c.srv.Process.Signal(how)
		c.srv.Wait()
		c.srv = nil
	}
}

func (c *cluster) open(name string) *sql.DB {
	c.t.Helper()
	db, err := sql.Open("pgx", c.url(name))
	if err != nil {
		c.t.Fatal(err)
	}
	return db
}

func (c *cluster) ask(name, query string) (answer string) {
	c.t.Helper()
	db := c.open(name)
	defer db.Close()
	if err := db.QueryRow(query).Scan(&answer); err != nil {
		c.t.Fatal(query, err)
	}
	return answer
}

// restore puts the server back: to an instant, or to the end of what was archived.
func (c *cluster) restore(args ...string) {
	c.t.Helper()
	c.stop(syscall.SIGKILL)
	if err := os.RemoveAll(filepath.Join(c.dir, "data")); err != nil {
		c.t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(c.dir, "data"), 0o700); err != nil {
		c.t.Fatal(err)
	}
	if c.as != nil {
		if err := os.Chown(filepath.Join(c.dir, "data"), int(c.as.Uid), int(c.as.Gid)); err != nil {
			c.t.Fatal(err)
		}
	}
	c.run("pgbackrest", append([]string{"--config=" + c.conf, "--stanza=gapura"}, append(args, "restore")...)...)
	c.start()
}

// A server that is lost is put back by pgBackRest to its end: nothing answered is missing and the anchor agrees. Put back to an instant,
// the journal stops until the anchor begins anew by approval; what was answered up to the instant is there, and the quota goes on from it.
func TestPgBackRestPutsBackToTheEndOrToAnInstant(t *testing.T) {
	c := newCluster(t)
	db := c.open("postgres")
	if _, err := db.Exec("CREATE DATABASE gapura"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	d := setUp(t, c.url("gapura"))
	config := filepath.Join(d.dir, "provider.toml")
	l := d.api["dinkop"] // 200 a day
	if says, code := command("backup", "--config", config, "--out", filepath.Join(t.TempDir(), "x.age")); code != 1 ||
		!strings.Contains(says, "pgBackRest") {
		t.Errorf("gapura backup on PostgreSQL: %d %s", code, says)
	}
	url, process := d.serve(t)
	ask := func(n int, name string) (out []answer) {
		t.Helper()
		for i := range n {
			a, status, err := lookup(url, l, d.found[i%len(d.found)], fmt.Sprintf("%s-%d", name, i))
			if err != nil || status != http.StatusOK {
				t.Fatal(status, err)
			}
			out = append(out, a)
		}
		return out
	}
	first := ask(20, "first")
	c.run("pgbackrest", "--config="+c.conf, "--stanza=gapura", "backup")
	time.Sleep(1100 * time.Millisecond) // pgBackRest notes a backup's end in whole seconds, and the instant must lie in a later one
	second := append(first, ask(20, "second")...)
	instant := c.ask("gapura", "SELECT (clock_timestamp() + interval '1 microsecond')::text")
	third := append(second, ask(20, "third")...)
	process.Process.Signal(os.Interrupt)
	process.Wait()
	says, code := command("journal", "anchor", "--config", config, "--code")
	words := strings.Fields(says)
	if code != 0 {
		t.Fatal(code, says)
	}
	approval := filepath.Join(t.TempDir(), "approval")
	if err := os.WriteFile(approval, []byte(words[len(words)-1]), 0o600); err != nil {
		t.Fatal(err)
	}
	file := c.ask("gapura", "SELECT pg_walfile_name(pg_switch_wal())")
	const newest = "SELECT COALESCE(last_archived_wal, '') FROM pg_stat_archiver"
	for deadline := time.Now().Add(2 * time.Minute); c.ask("gapura", newest) < file; {
		if time.Sleep(100 * time.Millisecond); time.Now().After(deadline) {
			t.Fatal("the log is not archived")
		}
	}

	c.restore()
	if says, code := command("doctor", "--config", config); code != 0 {
		t.Errorf("doctor after a restore to the end: %d %s", code, says)
	}
	check(t, d, third)

	c.restore("--type=time", "--target="+instant, "--target-action=promote")
	if says, code := command("doctor", "--config", config); code != 1 || !strings.Contains(says, "journal") {
		t.Errorf("doctor after a restore to an instant: %d %s", code, says)
	}
	if says, code := command("journal", "anchor", "--config", config, "--approval", approval); code != 0 {
		t.Fatalf("approval: %d %s", code, says)
	}
	used := 0
	for _, r := range check(t, d, second) {
		if r.Hit {
			used++
		}
	}
	if used != len(second) {
		t.Errorf("%d hits after a restore to the instant after %d answers", used, len(second))
	}
	url, _ = d.serve(t)
	rest := load(16, func(k, i int) (answer, bool) {
		a, status, err := lookup(url, l, d.found[k], fmt.Sprintf("rest-%d-%d", k, i))
		return a, err == nil && status == http.StatusOK
	})
	if used+len(rest) != 200 {
		t.Errorf("%d hits restored and %d after, want 200 together", used, len(rest))
	}
}
