package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"gapura/internal/keyring"
)

type safe struct {
	keys *keyring.Ring
	own  *age.X25519Identity
}

func newSafe(t *testing.T) safe {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if err := keyring.Create(file); err != nil {
		t.Fatal(err)
	}
	keys, err := keyring.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	own, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return safe{keys, own}
}

func (s safe) options() Options {
	return Options{Role: Provider, Made: time.Date(2026, 11, 27, 2, 0, 0, 0, time.UTC), To: []age.Recipient{s.own.Recipient()},
		Keys: s.keys}
}

func (s safe) read(t *testing.T, file string) (Manifest, string, error) {
	t.Helper()
	dir := t.TempDir()
	m, err := Read(context.Background(), file, dir, ReadOptions{Role: Provider, With: []age.Identity{s.own}, Keys: s.keys})
	return m, dir, err
}

// two adds two parts.
func two(w *Writer) error {
	put := func(text string) func(io.Writer) error {
		return func(to io.Writer) error { _, err := io.WriteString(to, text); return err }
	}
	return errors.Join(w.Add("gapura.db", 5, put("pages")), w.Add("arsip/a/1", 7, put("entries")))
}

func (s safe) write(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "one.age")
	if err := Write(context.Background(), file, s.options(), two); err != nil {
		t.Fatal(err)
	}
	return file
}

// What was put in comes out, by the identity and with the key file alone.
func TestABackupGivesBackWhatWasPutIn(t *testing.T) {
	s := newSafe(t)
	file := s.write(t)
	m, dir, err := s.read(t, file)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Parts) != 2 || !m.Made.Equal(s.options().Made) {
		t.Errorf("manifest %+v", m)
	}
	for name, want := range map[string]string{"gapura.db": "pages", "arsip/a/1": "entries"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	if raw, _ := os.ReadFile(file); bytes.Contains(raw, []byte("entries")) {
		t.Error("the file holds what it should hide")
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := (safe{s.keys, other}).read(t, file); err == nil || !strings.Contains(err.Error(), "identitas") {
		t.Errorf("another identity: %v", err)
	}
}

// A file with any byte changed, cut at any length, or with something behind it, is refused.
func TestADamagedBackupIsRefusedWhereverItIsDamaged(t *testing.T) {
	s := newSafe(t)
	raw, err := os.ReadFile(s.write(t))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "damaged.age")
	refused := func(what string, at int, text []byte) {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.read(t, file); err == nil {
			t.Errorf("%s at %d of %d is taken", what, at, len(raw))
		}
	}
	const header = 300 // of age, text; behind it each chunk is sealed as a whole
	for at := 0; at < len(raw); at++ {
		if at > header && at%11 != 0 && at < len(raw)-header {
			continue
		}
		changed := bytes.Clone(raw)
		changed[at] ^= 1
		refused("a changed byte", at, changed)
		refused("a cut", at, raw[:at])
	}
	refused("a byte behind it", len(raw), append(bytes.Clone(raw), 0))
}

// Whoever knows the recipient can encrypt a file, but not one that this installation takes for its own.
func TestABackupThatAnotherMadeIsRefused(t *testing.T) {
	s, other := newSafe(t), newSafe(t)
	o := s.options()
	o.Keys = other.keys
	file := filepath.Join(t.TempDir(), "forged.age")
	if err := Write(context.Background(), file, o, two); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.read(t, file); !errors.Is(err, ErrWrong) {
		t.Errorf("forged: %v", err)
	}
	o = s.options()
	o.Role = Desk
	file = filepath.Join(t.TempDir(), "desk.age")
	if err := Write(context.Background(), file, o, two); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.read(t, file); !errors.Is(err, ErrWrong) {
		t.Errorf("a desk's: %v", err)
	}
}

// A file that is there stays as it is, and a backup that fails leaves none.
func TestABackupIsWholeOrNotThere(t *testing.T) {
	s := newSafe(t)
	file := s.write(t)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(context.Background(), file, s.options(), two); !errors.Is(err, ErrExists) {
		t.Errorf("over another: %v", err)
	}
	if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
		t.Error("the file that was there was changed")
	}
	next := filepath.Join(filepath.Dir(file), "next.age")
	broken := errors.New("disk")
	for what, give := range map[string]func(*Writer) error{
		"a fault": func(w *Writer) error { return errors.Join(two(w), broken) },
		"a short part": func(w *Writer) error {
			return w.Add("a", 9, func(to io.Writer) error { _, err := to.Write([]byte("x")); return err })
		},
	} {
		if err := Write(context.Background(), next, s.options(), give); err == nil {
			t.Errorf("%s is no fault", what)
		}
	}
	if list, _ := os.ReadDir(filepath.Dir(file)); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
}

// When a backup is due, and what is said of it.
func TestADailyBackupIsDueOnceADayAndItsLackIsTold(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
	two := 2 * time.Hour
	for _, c := range []struct {
		last, now time.Time
		due       bool
	}{
		{time.Time{}, at(10, 9), true},
		{at(10, 2), at(10, 9), false},
		{at(10, 2), at(11, 1), false},
		{at(10, 2), at(11, 2), true},
		{at(10, 9), at(11, 1), false},
		{at(8, 2), at(11, 1), true},
	} {
		if got := (Status{At: c.last}).Due(c.now, two); got != c.due {
			t.Errorf("last %v, now %v: due %v", c.last, c.now, got)
		}
	}
	if ill := (Status{At: at(10, 2), Good: at(10, 2)}).Ill(at(11, 2), at(1, 0)); ill != "" {
		t.Errorf("a good one of yesterday: %s", ill)
	}
	if ill := (Status{At: at(11, 2), Good: at(10, 2), Failed: "disk penuh"}).Ill(at(11, 3), at(1, 0)); !strings.Contains(ill,
		"disk penuh") {
		t.Errorf("a failed one: %q", ill)
	}
	if (Status{At: at(10, 2), Good: at(10, 2)}).Ill(at(12, 2), at(1, 0)) == "" || (Status{}).Ill(at(10, 2), at(1, 0)) == "" {
		t.Error("nothing is said of a backup that is too old, or none")
	}
	if ill := (Status{}).Ill(at(10, 2), at(10, 1)); ill != "" {
		t.Errorf("an hour after the first start: %s", ill)
	}
}

// Those that are too old go, the newest stay, and so does every other file.
func TestOldDailyBackupsGo(t *testing.T) {
	dir := t.TempDir()
	for day := range 5 {
		name := fileOf(Provider, time.Date(2026, 11, 1+day, 19, 0, 0, 0, time.UTC))
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []string{"gapura-provider-lama.age", fileOf(Desk, time.Now())} {
		if err := os.WriteFile(filepath.Join(dir, other), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Thin(dir, Provider, 2); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "gapura-provider-2*"))
	all, _ := os.ReadDir(dir)
	if len(left) != 2 || !strings.Contains(left[0], "20261104") || len(all) != 4 {
		t.Errorf("left %v of %d files", left, len(all))
	}
}
