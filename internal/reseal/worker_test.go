package reseal_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"gapura/internal/keyring"
	"gapura/internal/reseal"
)

// kept is reseal.Kept in memory; bound tells of each Rebind.
type kept struct {
	under byte
	bound chan byte
	keys  *keyring.Ring
}

func (k *kept) Resealed(context.Context) (byte, error) { return k.under, nil }

func (k *kept) SetResealed(_ context.Context, key byte) error {
	k.under = key
	return nil
}

func (k *kept) Rebind(context.Context) error {
	k.bound <- k.keys.Current()
	return nil
}

// sealedUnder opens a database of one table with two values, sealed as the ring seals now.
func sealedUnder(t *testing.T) (file string, w *reseal.Worker, k *kept, put func()) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "key")
	if err := keyring.Create(file); err != nil {
		t.Fatal(err)
	}
	keys, err := keyring.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	old, err := keyring.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "t.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	seal, err := keys.Sealer("x")
	if err != nil {
		t.Fatal(err)
	}
	before, err := old.Sealer("x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE t (id INTEGER PRIMARY KEY, sealed BLOB)"); err != nil {
		t.Fatal(err)
	}
	put = func() {
		t.Helper()
		if _, err := db.Exec("INSERT INTO t (sealed) VALUES ($1)", before.Seal([]byte("v"), nil)); err != nil {
			t.Fatal(err)
		}
	}
	put()
	put()
	k = &kept{bound: make(chan byte, 9), keys: keys}
	return file, &reseal.Worker{Keys: keys, Kept: k, Log: slog.New(slog.DiscardHandler), Parts: []reseal.Part{{Read: db,
		Write: reseal.Into(db), Column: reseal.Column{Table: "t", Name: "sealed", Keys: []string{"id"}, Seal: seal, Batch: 1,
			Context: func([]any) []byte { return nil }}}}}, k, put
}

// A key that is added while a pass goes on, which may take days, is taken into use as soon as any.
func TestAKeyIsTakenIntoUseWhileAPassGoesOn(t *testing.T) {
	file, w, k, _ := sealedUnder(t)
	began := make(chan struct{})
	w.Parts[0].Write = func(ctx context.Context, _ reseal.Column, _ []reseal.Row, _ [][]byte) error { // takes as long as the test
		close(began)
		<-ctx.Done()
		return ctx.Err()
	}
	if err := keyring.Rotate(file, time.Time{}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { w.Run(ctx, time.Millisecond); close(ended) }()
	defer func() { stop(); <-ended }()
	until := func(key byte) {
		t.Helper()
		for {
			select {
			case bound := <-k.bound:
				if bound == key {
					return
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("key %d is not taken into use", key)
			}
		}
	}
	until(2)
	select {
	case <-began:
	case <-time.After(20 * time.Second):
		t.Fatal("no pass begins")
	}
	if err := keyring.Rotate(file, time.Time{}); err != nil {
		t.Fatal(err)
	}
	until(3)
}

// A process that read the key file before may write under the older key after all was sealed anew: it is counted anew.
func TestWhatIsWrittenUnderAnOlderKeyLaterIsSealedAnewToo(t *testing.T) {
	file, w, _, put := sealedUnder(t)
	if err := keyring.Rotate(file, time.Time{}); err != nil {
		t.Fatal(err)
	}
	w.Recount = 24 * time.Hour
	left := func(want int64) {
		t.Helper()
		if err := w.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := reseal.Left(t.Context(), w.Parts); err != nil || n != want {
			t.Errorf("%d are left, want %d: %v", n, want, err)
		}
	}
	left(0)
	put()
	left(1) // a count costs a read of all tables: not at each look
	w.Recount = 0
	left(0)
}

// What cannot be sealed anew is tried again after a while, not at each look.
func TestAPassThatFailsIsNotRepeatedAtEachLook(t *testing.T) {
	file, w, _, _ := sealedUnder(t)
	if err := keyring.Rotate(file, time.Time{}); err != nil {
		t.Fatal(err)
	}
	tries, broken := 0, errors.New("broken")
	w.Parts[0].Write = func(context.Context, reseal.Column, []reseal.Row, [][]byte) error {
		tries++
		return broken
	}
	w.Recount = 24 * time.Hour
	if err := w.Look(t.Context()); !errors.Is(err, broken) {
		t.Error(err)
	}
	if err := w.Look(t.Context()); err != nil || tries != 1 {
		t.Errorf("tried %d times at two looks, %v", tries, err)
	}
	if err := keyring.Rotate(file, time.Time{}); err != nil { // a newer key does not wait
		t.Fatal(err)
	}
	if err := w.Look(t.Context()); !errors.Is(err, broken) || tries != 2 {
		t.Errorf("tried %d times with two keys, %v", tries, err)
	}
}
