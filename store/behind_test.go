package store_test

import (
	"bytes"
	"crypto/ed25519"
	"math/rand/v2"
	"testing"
	"time"

	"gapura/store/storetest"
)

func TestBehindIsWhatTheWorkBehindTheLogHasStillToTakeIn(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		agency := d.user(t, "petugas.dinpertan").Institution
		work := func() error { return d.st.Derived.Follow(ctx) }
		behind := func(want int64) {
			t.Helper()
			got, err := d.st.Derived.Behind(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if n, there := got["entries"]; !there || n != want {
				t.Errorf("%d records behind, want %d", n, want)
			}
		}
		if err := work(); err != nil {
			t.Fatal(err)
		}
		behind(0)
		scatter(t, d.st, rand.New(rand.NewPCG(1, 2)), agency, 40)
		behind(40)
		if err := work(); err != nil {
			t.Fatal(err)
		}
		behind(0)
	})
}

func TestAStatementIsPreparedOnceForAllTransactions(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		agency := d.user(t, "petugas.dinpertan").Institution
		round := func(seed uint64) int {
			scatter(t, d.st, rand.New(rand.NewPCG(seed, 2)), agency, 40)
			if err := d.st.Derived.Fill(ctx); err != nil {
				t.Fatal(err)
			}
			return d.st.Kept()
		}
		before := d.st.Kept()
		first := round(1)
		if first <= before {
			t.Errorf("%d statements kept, %d before the first pass", first, before)
		}
		for seed := range uint64(5) {
			if n := round(2 + seed); n > first+2 { // batches of other sizes
				t.Errorf("%d statements kept after a further pass, %d after the first", n, first)
			}
		}
	})
}

func TestNotaryTellsSinceWhenLogsWaitForASignature(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	n := notary(d.st)
	at := now
	n.Now = func() time.Time { return at }
	if _, known := n.Unsigned(); known {
		t.Error("known before the first signing")
	}
	if _, err := n.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Minute)
	if since, known := n.Unsigned(); !known || since != time.Minute {
		t.Errorf("%v, %v after a signing", since, known)
	}
	scatter(t, d.st, rand.New(rand.NewPCG(1, 2)), d.user(t, "petugas.dinpertan").Institution, 1)
	n.Keys = []ed25519.PrivateKey{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))}
	if _, err := n.Sign(t.Context()); err == nil {
		t.Fatal("a log that another key signed goes on")
	}
	if since, _ := n.Unsigned(); since != time.Minute {
		t.Errorf("a signing that failed counts: %v", since)
	}
}
