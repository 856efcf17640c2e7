// Package demotest gives tests the invented district in a store of their own.
package demotest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/demo"
	"gapura/internal/keyring"
	"gapura/store"
	"gapura/store/storetest"
)

// A plan is what a district follows from.
type plan struct {
	now       time.Time
	residents int
	seed      uint64
}

// A pattern is a district's SQLite files, closed, with the keys that open them.
type pattern struct {
	keys  *keyring.Ring
	out   demo.Result
	files map[string][]byte // by what follows the name without its ending: ".db", "-population.db"
}

var (
	mu       sync.Mutex
	patterns = map[plan]*pattern{}
)

// District opens a store with the district in it, and tells its keys; the test closes it. A district on SQLite is built once for all tests
// of a process that want the same, and copied: building it costs more than most of them do.
func District(t testing.TB, url string, now time.Time, residents int, seed uint64) (*store.DB, demo.Result, *keyring.Ring) {
	t.Helper()
	if strings.HasPrefix(url, "postgres") {
		keys := storetest.Keys(t)
		st := storetest.Open(t, url, keys)
		return st, build(t, st, plan{now, residents, seed}), keys
	}
	p := patternOf(t, plan{now, residents, seed})
	for ending, content := range p.files {
		if err := os.WriteFile(strings.TrimSuffix(url, ".db")+ending, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return storetest.Open(t, url, p.keys), p.out, p.keys
}

func build(t testing.TB, st *store.DB, p plan) demo.Result {
	t.Helper()
	out, err := demo.Build(context.Background(), st, p.now, p.residents, p.seed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func patternOf(t testing.TB, of plan) *pattern {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	if p := patterns[of]; p != nil {
		return p
	}
	url := storetest.SQLite(t)
	p := &pattern{keys: storetest.Keys(t), files: map[string][]byte{}}
	o := store.Options{URL: url, Keys: p.keys, Archives: t.TempDir()}
	err := store.Create(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	p.out = build(t, st, of)
	if err := st.Close(); err != nil { // empties the write-ahead logs
		t.Fatal(err)
	}
	name := strings.TrimSuffix(url, ".db")
	all, err := filepath.Glob(name + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		if p.files[strings.TrimPrefix(file, name)], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	patterns[of] = p
	return p
}
