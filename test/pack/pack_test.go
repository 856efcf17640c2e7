// Package pack installs the Debian package as an administrator does: on a machine of its own, which is this one's system below a layer that
// is thrown away, with processes and network apart.
package pack

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// machine gives a program a system to write to that nobody else sees, and ends all its processes with it. mount and chroot are root's.
const machine = `set -e
mount -t tmpfs layer "$1/layer"
mkdir "$1/layer/upper" "$1/layer/work" "$1/layer/root"
mount -t overlay root -o "lowerdir=/,upperdir=$1/layer/upper,workdir=$1/layer/work" "$1/layer/root"
mount --bind /dev "$1/layer/root/dev"
mount -t proc proc "$1/layer/root/proc"
mkdir "$1/layer/root/given"
mount --bind "$1/given" "$1/layer/root/given"
shift
exec chroot "$0/layer/root" "$@"`

// It needs bin/gapura (make build), and root or sudo for the namespaces.
func TestThePackageIsInstalledUpgradedRestoredAndPurged(t *testing.T) {
	dir := t.TempDir()
	given := filepath.Join(dir, "given")
	for _, d := range []string{given, filepath.Join(dir, "layer")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, version := range []string{"v0.1.0", "v0.2.0"} {
		run(t, "../../package/build", "../../bin/gapura", version, given, "none")
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(given, "identity"), []byte(identity.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "cp", "inside", given)
	arch := strings.TrimSpace(run(t, "dpkg", "--print-architecture"))
	args := []string{"unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child", "sh", "-c", machine, dir, dir,
		"/given/inside",
		"/given/gapura_0.1.0_" + arch + ".deb", "/given/gapura_0.2.0_" + arch + ".deb", identity.Recipient().String(), "/given/identity"}
	if os.Getuid() != 0 {
		args = append([]string{"sudo", "-n"}, args...)
	}
	if out := run(t, args[0], args[1:]...); !strings.Contains(out, "all promises kept") {
		t.Errorf("the machine ended early:\n%s", out)
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}
