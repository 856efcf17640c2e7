package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/schema"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/store"
	"gapura/store/storetest"
)

// Who writes to the database and has no key can neither cut, restart, put back nor extend a log: it is signed no more, takes no entry, and
// what is wrong with it is told by the next look.
func TestWhoWritesWithoutTheKeyIsRefused(t *testing.T) {
	attacks := map[string][]string{
		"the end is cut off": {"DELETE FROM records WHERE agency_id = $L AND seq >= $N", "UPDATE logs SET size = $N WHERE id = $L"},
		"an older state is put back": {"DELETE FROM records WHERE agency_id = $L AND seq >= $OLD",
			"DELETE FROM changes WHERE agency_id = $L AND seq >= $OLD", "DELETE FROM checkpoints WHERE agency_id = $L AND size > $OLD",
			"UPDATE logs SET size = k.size, frontier = k.frontier, seal = k.seal, sealed_us = k.sealed_us, state = k.state FROM kept k " +
				"WHERE logs.id = $L AND k.id = $L"},
		"the log is begun anew": {"DELETE FROM records WHERE agency_id = $L", "DELETE FROM changes WHERE agency_id = $L",
			"DELETE FROM checkpoints WHERE agency_id = $L", "DELETE FROM nodes WHERE agency_id = $L", "DELETE FROM logs WHERE id = $L"},
		"the tree is another's":     {"UPDATE logs SET frontier = (SELECT o.frontier FROM logs o WHERE o.id = 0) WHERE id = $L"},
		"the seal is taken away":    {"UPDATE logs SET seal = state WHERE id = $L"},
		"checkpoints are removed":   {"DELETE FROM checkpoints WHERE agency_id = $L"},
		"the state of rights moves": {"UPDATE logs SET state = seal WHERE id = $L"},
	}
	for name, queries := range attacks {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, url string) {
				d, ctx := open(t, url), t.Context()
				n, db := notary(d.st), raw(t, url)
				d.ask(t, "petugas.dinpertan", d.out.Sample.Found[0])
				if _, err := n.Sign(ctx); err != nil {
					t.Fatal(err)
				}
				log := d.user(t, "petugas.dinpertan").Institution
				old := size(t, d.st, log)
				run(t, db, "CREATE TABLE kept AS SELECT * FROM logs")
				for range 3 {
					d.ask(t, "petugas.dinpertan", d.out.Sample.Found[1])
				}
				for range 2 { // the second look finds nothing to sign
					if _, err := n.Sign(ctx); err != nil {
						t.Fatal(err)
					}
				}
				for _, q := range queries {
					run(t, db, strings.NewReplacer("$L", fmt.Sprint(log), "$N", fmt.Sprint(old+1), "$OLD", fmt.Sprint(old)).Replace(q))
				}
				_, err := n.Sign(ctx)
				if _, bad := errors.AsType[*journal.Tampered](err); !bad {
					t.Errorf("the notary says %v", err)
				}
				if d.st.Journal.Anchor().Broken() == nil {
					t.Error("nobody is told")
				}
				_, err = d.gate.Lookup(ctx, request(d.user(t, "petugas.dinpertan"), agreement.Portal, d.out.Sample.Found[2]))
				if _, bad := errors.AsType[*journal.Tampered](err); !bad {
					t.Errorf("a lookup answers %v", err)
				}
				d.ask(t, "petugas.dinsos", d.out.Sample.Found[2]) // the others go on
			})
		})
	}
}

func run(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.Exec(query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// An anchor outlives its process: what was signed before a start is held against the database after it, and one that is lost stops
// everything until people begin it anew.
func TestTheAnchorOutlivesItsProcess(t *testing.T) {
	path, mark := filepath.Join(t.TempDir(), "key.anchor"), []byte("installation")
	open := func() *journal.Anchor {
		a, err := journal.OpenAnchor(path)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	var tree journal.Frontier
	tree.Append(journal.LeafHash([]byte("a")))
	first := tree
	a := open()
	if !a.Lost() || a.Holds(7, &tree) == nil {
		t.Error("an anchor that is not there holds nothing back")
	}
	if err := a.Begin(mark, nil); err != nil {
		t.Fatal(err)
	}
	tree.Append(journal.LeafHash([]byte("b")))
	if err := a.Advance(map[int64]journal.Anchored{7: {Size: tree.Size, Root: tree.Root()}}); err != nil {
		t.Fatal(err)
	}
	b := open()
	if err := b.Bind([]byte("another")); !errors.Is(err, journal.ErrAnchor) {
		t.Error("another installation's anchor is taken:", err)
	}
	if err := b.Holds(7, &tree); err != nil {
		t.Error(err)
	}
	other := first
	other.Append(journal.LeafHash([]byte("c")))
	if b.Holds(7, &first) == nil || b.Holds(7, &other) == nil {
		t.Error("a shorter or another log is taken")
	}
	b.Judge(8, errors.New("another log is broken"))
	if err := b.Holds(7, &tree); err != nil {
		t.Error("one log's fault stops another:", err)
	}
}

// A lost anchor stops a whole installation, over a start too; the recovery code begins it anew with an entry, once.
func TestALostAnchorBeginsAnewWithItsCodeOnce(t *testing.T) {
	url, keys, ctx := storetest.SQLite(t), storetest.Keys(t), t.Context()
	path := filepath.Join(t.TempDir(), "key.anchor")
	start := func() *store.DB {
		a, err := journal.OpenAnchor(path)
		if err != nil {
			t.Fatal(err)
		}
		o := store.Options{URL: url, Keys: keys, Anchor: a}
		if err := store.Create(ctx, o); err != nil && !errors.Is(err, schema.ErrPresent) {
			t.Fatal(err)
		}
		st, err := store.Open(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { st.Close() })
		return st
	}
	change := journal.Change{At: now, Reason: "uji", Letter: "800/1"}
	first := start()
	if err := first.Rights.CreateProvider(ctx, change, party.Institution{Code: "dukcapil", Name: "Dinas", Zone: party.WIB}); err != nil {
		t.Fatal(err)
	}
	if _, err := notary(first).Sign(ctx); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	st := start()
	if _, bad := errors.AsType[*journal.Tampered](st.Witness.EndAlarm(ctx, change, 0)); !bad {
		t.Error("a right changes without an anchor")
	}
	if _, err := notary(st).Sign(ctx); err == nil {
		t.Error("a log is signed without an anchor")
	}
	code, err := st.Journal.RecoveryCode(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, refused := told.Text(st.Journal.BeginAnchor(ctx, change, journal.ApproveAnchor, []byte(code[1:]+"A"))); !refused {
		t.Error("a wrong code is taken")
	}
	was := size(t, st, 0)
	if err := st.Journal.BeginAnchor(ctx, change, journal.ApproveAnchor, []byte(code)); err != nil {
		t.Fatal(err)
	}
	if size(t, st, 0) != was+1 {
		t.Error("no entry tells of it")
	}
	if _, err := notary(st).Sign(ctx); err != nil {
		t.Error("after it began anew:", err)
	}
	if _, refused := told.Text(st.Journal.BeginAnchor(ctx, change, journal.ApproveAnchor, []byte(code))); !refused {
		t.Error("a code is taken twice")
	}
}
