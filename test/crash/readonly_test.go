package crash

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// asRoot is a command as the machine's owner, which mounting needs.
func asRoot(args ...string) *exec.Cmd {
	if os.Getuid() != 0 {
		args = append([]string{"sudo", "-n"}, args...)
	}
	return exec.Command(args[0], args[1:]...)
}

// A disk that takes no write any more while the service runs, first by files that may not be changed, then by the system's own decision
// after a fault of the disk, ends lookups with 503 and a time to try again. Pages that only read go on. When files may be changed again the
// service goes on by itself.
func TestAReadOnlyDisk(t *testing.T) {
	if out, err := asRoot("losetup", "--find").CombinedOutput(); err != nil { // told here, and not as a server that does not start
		t.Fatalf("this machine lends no loop device: %v: %s", err, out)
	}
	d := setUp(t, "")
	l, found := d.api["dinpertan"], d.found
	image, at := filepath.Join(t.TempDir(), "disk"), t.TempDir()
	// The disk is in a mount namespace of the server's own, and goes with it.
	script := fmt.Sprintf("truncate -s 200M %s && mkfs.ext4 -q %s && mount -o loop %s %s && cp -a %s/. %s && cd %s && "+
		"GAPURA_LISTEN=127.0.0.1:0 GAPURA_DISK_LEAST_MB=4 exec %s serve --config %s/provider.toml", image, image, image, at, d.dir, at, at,
		program, at)
	args := asRoot("unshare", "--mount", "sh", "-c", script).Args
	url, process, log := d.logged(t, args...)
	inside := func(script string) {
		t.Helper()
		c := asRoot("nsenter", "--mount", "--target", fmt.Sprint(process.Process.Pid), "sh", "-c", "cd "+at+" && "+script)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", script, err, out)
		}
	}
	first := ask(t, url, l, found[0], "A")
	if first.status != http.StatusOK {
		t.Fatal(first)
	}
	pages := func(when string) {
		t.Helper()
		for _, page := range []string{"/masuk", "/untuk-penduduk", "/healthz"} {
			if got := get(url + page); got != http.StatusOK {
				t.Errorf("%s: %s gets %d", when, page, got)
			}
		}
	}
	refused := func(when string) {
		t.Helper()
		for n := range 5 {
			got := ask(t, url, l, found[n], fmt.Sprint("RO-", n))
			if got.status != http.StatusServiceUnavailable || got.code != "busy" || got.after == "" || got.answer.Record != "" {
				t.Errorf("%s: a lookup gets %v", when, got)
			} else if n == 0 {
				t.Logf("figure: %s a lookup gets %v", when, got)
			}
		}
		if got := get(url + "/readyz"); got != http.StatusServiceUnavailable {
			t.Errorf("%s: /readyz %d", when, got)
		}
		pages(when)
	}
	const files = "gapura*.db gapura*.db-wal gapura*.db-shm"
	inside("chattr +i " + files)
	refused("on files that may not be changed")
	inside("chattr -i " + files)
	took, last := again(t, url, l, found[0])
	t.Logf("figure: served again after %v: %v", took.Round(100*time.Millisecond), last)
	inside("mount -o remount,abort " + at)
	refused("on a disk that the system made read-only")
	if n := strings.Count(log(), "msg=storage"); n != 1 {
		t.Errorf("%d lines of the log tell of it:\n%s", n, log())
	}
	out := t.TempDir() // what lies on the disk, the write-ahead log too
	inside(fmt.Sprintf("cp gapura*.db gapura*.db-wal %s && chown --reference=%s %s/*", out, out, out))
	d.database = filepath.Join(out, "gapura.db")
	check(t, d, []answer{first.answer, last.answer})
	t.Logf("figure: memory %d MB; the log has %d lines", memory(t, process), strings.Count(log(), "\n"))
}
