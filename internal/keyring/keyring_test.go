package keyring

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func ring(t *testing.T, lines string) *Ring {
	t.Helper()
	path := filepath.Join(t.TempDir(), "k")
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	first  = "1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=\n"
	second = "2 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI=\n"
)

func TestSealedValuesOpenOnlyWhole(t *testing.T) {
	s, err := ring(t, first).Sealer("x")
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.Seal([]byte("rahasia"), []byte("7-1"))
	if bytes.Contains(sealed, []byte("rahasia")) || bytes.Equal(sealed, s.Seal([]byte("rahasia"), []byte("7-1"))) {
		t.Error("not sealed")
	}
	if got, err := s.Open(nil, sealed, []byte("7-1")); err != nil || string(got) != "rahasia" {
		t.Error(got, err)
	}
	if _, err := s.Open(nil, sealed, []byte("7-2")); err == nil {
		t.Error("opens in another place")
	}
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := s.Open(nil, broken, []byte("7-1")); err == nil {
			t.Errorf("opens with byte %d changed", i)
		}
		if _, err := s.Open(nil, sealed[:i], []byte("7-1")); err == nil {
			t.Errorf("opens cut to %d", i)
		}
	}
	other, _ := ring(t, first).Sealer("y")
	if _, err := other.Open(nil, sealed, []byte("7-1")); err == nil {
		t.Error("opens for another use")
	}
}

func TestANewKeyKeepsOldValuesAndIndexes(t *testing.T) {
	old, both := ring(t, first), ring(t, first+second)
	s, _ := old.Sealer("x")
	sealed := s.Seal([]byte("v"), nil)
	n, _ := both.Sealer("x")
	if got, err := n.Open(nil, sealed, nil); err != nil || string(got) != "v" {
		t.Error(err)
	}
	if _, err := s.Open(nil, n.Seal([]byte("v"), nil), nil); err == nil {
		t.Error("the new key does not seal")
	}
	a, _ := old.Indexer("x")
	b, _ := both.Indexer("x")
	c, _ := both.Indexer("y")
	if !bytes.Equal(a.Index("1"), b.Index("1")) || bytes.Equal(b.Index("1"), b.Index("2")) || bytes.Equal(b.Index("1"), c.Index("1")) ||
		len(a.Index("1")) != 16 {
		t.Error("indexes")
	}
}

func TestKeyFileIsNobodyElses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k")
	if err := Create(path); err != nil {
		t.Fatal(err)
	}
	if st, _ := os.Stat(path); st.Mode().Perm() != 0o600 {
		t.Error(st.Mode())
	}
	if Create(path) == nil {
		t.Error("overwritten")
	}
	if _, err := Load(path); err != nil {
		t.Error(err)
	}
	for mode, good := range map[os.FileMode]bool{0o640: true, 0o400: true, 0o660: false, 0o644: false, 0o604: false, 0o602: false} {
		os.Chmod(path, mode)
		if _, err := Load(path); (err == nil) != good {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
	for _, text := range []string{"", "1 zzz\n", "300 AAAA\n", "1 AAAA\n"} {
		bad := filepath.Join(t.TempDir(), "b")
		os.WriteFile(bad, []byte(text), 0o600)
		if _, err := Load(bad); err == nil {
			t.Errorf("took %q", text)
		}
	}
}

// A key that was added opens at once, seals and signs from its time on, and is learned of without a restart.
func TestAKeyThatWasAddedIsTakenIntoUseAtItsTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k")
	if err := Create(path); err != nil {
		t.Fatal(err)
	}
	running, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := running.Sealer("x")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte("left by a crash"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Rotate(path, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if added, err := running.Refresh(); !added || err != nil {
		t.Fatal(added, err)
	}
	signers, err := running.Signers("x")
	if err != nil || s.Current() != 1 || running.Current() != 1 || len(signers) != 2 {
		t.Error("a key of later seals now", s.Current(), len(signers), err)
	}
	later, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(later))
	now := strings.TrimSuffix(string(later), " "+fields[len(fields)-1]+"\n") + "\n" // as it will be read then
	if err := os.WriteFile(path, []byte(now), 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	o, err := other.Sealer("x")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Open(nil, o.Seal([]byte("v"), nil), nil); err != nil || string(got) != "v" || o.Current() != 2 {
		t.Error("what another process seals under the new key does not open", err)
	}
	first, err := other.Signers("x")
	if err != nil || !first[0].Equal(signers[1]) {
		t.Error("the new key does not sign first", err)
	}
	if err := os.WriteFile(path, []byte(second), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := running.Refresh(); err == nil || s.Current() != 1 {
		t.Error("a key file that lost a key is taken:", err)
	}
}

// Rotations at once, by several processes, add a key each.
func TestRotationsAtOnceAddAKeyEach(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k")
	if err := Create(path); err != nil {
		t.Fatal(err)
	}
	const at = 8
	ended := make(chan error)
	for range at {
		go func() { ended <- Rotate(path, time.Time{}) }()
	}
	for range at {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if r, err := Load(path); err != nil || r.Len() != 1+at {
		t.Fatal("keys are lost or there twice:", err)
	}
}
