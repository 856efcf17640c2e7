package store_test

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/store"
	"gapura/store/storetest"
)

// raw opens the database past the store, as somebody does who tampers with it.
func raw(t *testing.T, url string) *sql.DB {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(url, "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

var notaryKey = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

func notary(st *store.DB) *journal.Notary {
	return &journal.Notary{Store: st.Journal, Anchor: st.Journal.Anchor(), Name: "gapura.example", Keys: []ed25519.PrivateKey{notaryKey},
		Now: func() time.Time { return now }}
}

// handOut exports a log, as the command does.
func handOut(ctx context.Context, t *testing.T, st *store.DB, log int64, code string) (dir, key string, err error) {
	t.Helper()
	n := notary(st)
	s, err := n.Signer(code)
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "log")
	if _, err = n.Export(ctx, log, code, dir); err == nil {
		_, err = n.Check(ctx, log, code, nil)
	}
	return dir, s.VerifierKeys(), err
}

// Every change of any field of any row of a log, past the program, is found when the log is handed out.
func TestTamperingWithTheDatabaseIsFound(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		officer := d.user(t, "petugas.dinpertan")
		for i := range 300 {
			if _, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, d.out.Sample.Found[i%5])); err != nil {
				t.Fatal(err)
			}
		}
		dir, key, err := handOut(ctx, t, d.st, officer.Institution, "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := journal.Verify(os.DirFS(dir), key, nil, nil); err != nil {
			t.Fatal(err)
		}
		db := raw(t, url)
		log := officer.Institution
		exec := func(query string, args ...any) int64 {
			t.Helper()
			res, err := db.Exec(query, args...)
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			n, _ := res.RowsAffected()
			return n
		}
		blob := func(n int) string {
			if strings.HasPrefix(url, "postgres") {
				return fmt.Sprintf("'\\x%s'", strings.Repeat("ab", n))
			}
			return fmt.Sprintf("X'%s'", strings.Repeat("ab", n))
		}
		spoil := map[string][]string{
			"records": {"at_us = at_us + 1", "act = 'match'", "user_id = user_id + 1", "agreement_id = 99", "basis = 'PKS palsu'",
				"method = 'api'", "purpose = 'lain'", "reference = 'X'", "address = '10.0.0.1'",
				"outcome = 'unknown'", "hit = NOT hit", "elements = elements + 1", "nik_commitment = " + blob(32), "nik_sealed = " +
					blob(61), "nik_index = " + blob(16), "leaf = " + blob(32), "seq = seq + 100000",
				"period = 202501", "period = 0", "text_sealed = " + blob(61), "text_commitment = " + blob(32)},
			"changes": {"at_us = at_us + 1", "by_user = 77", "subject = 'lain'", "reason = 'lain'", "letter = 'lain'",
				"before_text = 'lain'", "after_text = 'lain'", "period = 202501", "period = 0",
				"text_sealed = " + blob(61), "text_commitment = " + blob(32), "leaf = " + blob(32), "seq = seq + 100000"},
		}
		r := rand.New(rand.NewPCG(1, 2))
		for table, sets := range spoil {
			for _, set := range sets {
				var seqs []int64
				rows, err := db.Query("SELECT seq FROM "+table+" WHERE agency_id = $1 ORDER BY seq", log)
				if err != nil {
					t.Fatal(err)
				}
				for rows.Next() {
					var n int64
					if err := rows.Scan(&n); err != nil {
						t.Fatal(err)
					}
					seqs = append(seqs, n)
				}
				rows.Close()
				seq := seqs[r.IntN(len(seqs))]
				exec("CREATE TABLE kept AS SELECT * FROM " + table)
				if n := exec(fmt.Sprintf("UPDATE %s SET %s WHERE agency_id = $1 AND seq = $2", table, set), log, seq); n != 1 {
					t.Fatalf("%s: %d rows", set, n)
				}
				_, _, err = handOut(ctx, t, d.st, log, "dinpertan")
				bad, ok := errors.AsType[*journal.Tampered](err)
				if strings.HasPrefix(set, "seq") { // told as one that was added, before the gap is
					seq += 100000
				}
				if !ok || !strings.Contains(bad.Place, fmt.Sprintf("%d-%d", log, seq)) {
					t.Errorf("%s of record %d-%d: %v", set, log, seq, err)
				}
				exec("DELETE FROM " + table)
				exec("INSERT INTO " + table + " SELECT * FROM kept")
				exec("DROP TABLE kept")
			}
		}
		if _, _, err := handOut(ctx, t, d.st, log, "dinpertan"); err != nil {
			t.Fatal("after all was put back:", err)
		}
		// A record is rewritten with its leaf, and the tree with it: the checkpoints that were signed before do not fit.
		exec("CREATE TABLE kept AS SELECT * FROM records")
		exec("DELETE FROM records WHERE agency_id = $1 AND seq = (SELECT MAX(seq) FROM records WHERE agency_id = $1)", log)
		if _, _, err := handOut(ctx, t, d.st, log, "dinpertan"); err == nil {
			t.Error("a log whose end was cut off was handed out")
		}
		exec("DELETE FROM records")
		exec("INSERT INTO records SELECT * FROM kept")
		whole := uint(size(t, d.st, log))
		other := func(step int) int { // the nearest size whose frontier has another length: an append sees no more of a tree
			n := step
			for bits.OnesCount(uint(int(whole)+n)) == bits.OnesCount(whole) {
				n += step
			}
			return n
		}
		for _, set := range []string{"logs SET frontier = " + blob(32*bits.OnesCount(whole)),
			fmt.Sprintf("logs SET size = size + (%d)", other(-1)), fmt.Sprintf("logs SET size = size + %d", other(1)),
			"nodes SET hash = " + blob(32), "checkpoints SET frontier = " + blob(32)} {
			table, _, _ := strings.Cut(set, " ")
			exec("DROP TABLE kept")
			exec("CREATE TABLE kept AS SELECT * FROM " + table)
			if exec("UPDATE "+set) == 0 {
				t.Fatal(set, "changes nothing")
			}
			if _, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, d.out.Sample.Found[0])); err == nil && table == "logs" &&
				!strings.Contains(set, "frontier") {
				t.Error(set, ": a record was added to a log that does not fit its tree")
			}
			if _, _, err := handOut(ctx, t, d.st, log, "dinpertan"); err == nil {
				t.Error(set, ": the log was handed out")
			}
			exec("DELETE FROM " + table)
			exec("INSERT INTO " + table + " SELECT * FROM kept")
			exec("DELETE FROM records WHERE agency_id = $1 AND seq >= $2", log, size(t, d.st, log))
		}
		if _, _, err := handOut(ctx, t, d.st, log, "dinpertan"); err != nil {
			t.Fatal("after all was put back:", err)
		}
		exec("UPDATE checkpoints SET note = " + blob(80))
		if _, _, err := handOut(ctx, t, d.st, log, "dinpertan"); err == nil {
			t.Error("a spoiled checkpoint was handed out")
		}
	})
}

func size(t *testing.T, st *store.DB, log int64) int64 {
	t.Helper()
	l, found, err := st.Journal.LogState(t.Context(), log)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	return l.Tree.Size
}

// A database that is put back to an older state, or whose records are rewritten and signed anew, is found with a checkpoint that somebody
// kept.
func TestRolledBackDatabaseIsFoundByAKeptCheckpoint(t *testing.T) {
	path, ctx := storetest.SQLite(t), t.Context()
	d := open(t, path)
	officer := d.user(t, "petugas.dinpertan")
	ask := func(d *district, number string) {
		t.Helper()
		if _, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, number)); err != nil {
			t.Fatal(err)
		}
	}
	ask(d, d.out.Sample.Found[0])
	old := filepath.Join(t.TempDir(), "gapura.db")
	if _, err := raw(t, path).Exec("VACUUM INTO $1", old); err != nil {
		t.Fatal(err)
	}
	people, err := os.ReadFile(store.PopulationFile(path))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(store.PopulationFile(old), people, 0o600); err != nil {
		t.Fatal(err)
	}
	ask(d, d.out.Sample.Found[1])
	dir, key, err := handOut(ctx, t, d.st, officer.Institution, "dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(dir, journal.CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	back := &district{st: storetest.Open(t, old, d.keys), now: now}
	back.gate = newGate(t, back.st, func() time.Time { return now })
	for range 3 { // the log goes on as if nothing had been
		_, err := back.gate.Lookup(ctx, request(officer, agreement.Portal, "3303010101800000"))
		if err != nil {
			t.Fatal(err)
		}
		dir, _, err := handOut(ctx, t, back.st, officer.Institution, "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := journal.Verify(os.DirFS(dir), key, nil, nil); err != nil {
			t.Fatal("the forged log is not whole in itself:", err)
		}
		if _, err := journal.Verify(os.DirFS(dir), key, kept, nil); err == nil {
			t.Error("a log that was rolled back goes on from the kept checkpoint")
		}
	}
}

// When the time of keeping is over the NIKs are destroyed; the log, and what was handed out of it before, go on verifying.
func TestForgottenNIKsLeaveTheLogWhole(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		officer := d.user(t, "petugas.dinpertan")
		number := d.out.Sample.Found[0]
		if _, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, number)); err != nil {
			t.Fatal(err)
		}
		d.now = now.AddDate(0, 0, 2)
		if _, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, number)); err != nil {
			t.Fatal(err)
		}
		dir, key, err := handOut(ctx, t, d.st, officer.Institution, "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		kept, err := os.ReadFile(filepath.Join(dir, journal.CheckpointFile))
		if err != nil {
			t.Fatal(err)
		}
		resident, err := nik.Parse(number)
		if err != nil {
			t.Fatal(err)
		}
		uses := func() int {
			t.Helper()
			list, total, err := d.st.Uses.Uses(ctx, access.UsesQuery{NIK: resident, Limit: 10})
			if err != nil || len(list) != total {
				t.Fatal(list, total, err)
			}
			return total
		}
		if n := uses(); n != 2 {
			t.Fatalf("%d uses", n)
		}
		if n, err := d.st.Journal.ForgetNIKs(ctx, journal.Change{At: d.now, Reason: "masa simpan", Letter: "470/9"}, officer.Institution,
			now.AddDate(0, 0, 1)); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if n := uses(); n != 1 {
			t.Errorf("%d uses after", n)
		}
		dir, _, err = handOut(ctx, t, d.st, officer.Institution, "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := journal.Verify(os.DirFS(dir), key, kept, nil); err != nil {
			t.Error("the log does not go on:", err)
		}
		rows, _, err := d.st.Journal.Records(ctx, access.HistoryQuery{Agency: officer.Institution, Oldest: true, Outcome: access.Found,
			Limit: 10})
		if err != nil || len(rows) != 2 || !rows[0].NIK.IsZero() || rows[1].NIK.IsZero() {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
}

// What is wrong with one log, or with a disk, is not held against another log: it is signed, whole, and goes on from what was signed.
func TestALogIsNotBlamedForAnotherOrForADisk(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		n := notary(d.st)
		for i := range 300 {
			d.ask(t, "petugas.dinpertan", d.out.Sample.Found[i%5])
		}
		d.ask(t, "petugas.dinsos", d.out.Sample.Found[0])
		mine, other := d.user(t, "petugas.dinpertan").Institution, d.user(t, "petugas.dinsos").Institution
		point, err := n.Check(ctx, mine, "dinpertan", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Check(ctx, other, "dinsos", nil); err != nil {
			t.Fatal(err)
		}
		d.ask(t, "petugas.dinpertan", d.out.Sample.Found[1])
		d.ask(t, "petugas.dinsos", d.out.Sample.Found[1])
		db := raw(t, url)
		if _, err := db.Exec("UPDATE logs SET frontier = $1 WHERE id = $2", []byte("cut"), other); err != nil {
			t.Fatal(err)
		}
		if signed, err := n.Sign(ctx); signed == 0 || !isTampered(err) {
			t.Error("signing beside a broken log:", signed, err)
		}
		if fits, err := n.GoesOnFrom(ctx, mine, point); !fits || err != nil {
			t.Error("a log is blamed for another:", fits, err)
		}
		if _, err := n.Check(ctx, mine, "dinpertan", nil); err != nil {
			t.Error("a log is blamed for another:", err)
		}
		if _, err := n.Check(ctx, other, "dinsos", nil); !isTampered(err) {
			t.Error("a tree that cannot be read is no evidence:", err)
		}

		a, err := n.Archive(ctx, d.st.Journal, mine, "dinpertan", now.AddDate(0, 0, 1), journal.Change{At: now, Reason: "masa simpan",
			Letter: "470/3"})
		if err != nil || a == nil {
			t.Fatal(a, err)
		}
		for _, name := range []string{"tile/entries/000", "tile/0/000"} {
			path := filepath.Join(a.Dir(), filepath.FromSlash(name))
			if err := os.Rename(path, path+".away"); err != nil {
				t.Fatal(err)
			}
			if _, err := n.Check(ctx, mine, "dinpertan", nil); !isTampered(err) {
				t.Errorf("%s is gone: %v", name, err)
			}
			if err := os.Mkdir(path, 0o700); err != nil { // a file that cannot be read
				t.Fatal(err)
			}
			if _, err := n.Check(ctx, mine, "dinpertan", nil); err == nil || isTampered(err) {
				t.Errorf("%s cannot be read: %v", name, err)
			}
			if fits, err := n.GoesOnFrom(ctx, mine, point); err == nil && !fits {
				t.Errorf("%s cannot be read, and the agency is told that the log does not go on", name)
			}
			if err := errors.Join(os.Remove(path), os.Rename(path+".away", path)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := n.Check(ctx, mine, "dinpertan", nil); err != nil {
			t.Fatal("after all was put back:", err)
		}
	})
}

func isTampered(err error) bool {
	_, ok := errors.AsType[*journal.Tampered](err)
	return ok
}

// archiving moves a log's entries into an archive while they are read.
type archiving struct {
	*store.Journal
	move func()
}

func (a archiving) Leaves(ctx context.Context, log, from, to int64, give func([]byte) error) error {
	return a.Journal.Leaves(ctx, log, from, to, func(e []byte) error {
		a.move()
		return give(e)
	})
}

// A check that is under way while entries move into an archive, and an older archive goes, finds them where they are then.
func TestACheckFollowsEntriesIntoTheArchive(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		officer := d.user(t, "petugas.dinkes")
		fill := func(count int) {
			t.Helper()
			var all sync.WaitGroup
			for i := range count {
				all.Go(func() {
					if _, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, d.out.Sample.Found[i%5])); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		archive := func(before time.Time) {
			t.Helper()
			if a, err := notary(d.st).Archive(ctx, d.st.Journal, officer.Institution, "dinkes", before, journal.Change{At: now,
				Reason: "masa simpan", Letter: "470/3"}); err != nil || a == nil {
				t.Fatal(a, err)
			}
		}
		fill(300)
		archive(now.Add(time.Hour))
		d.now = now.AddDate(0, 0, 1)
		fill(1300)
		n := notary(d.st)
		n.Store = archiving{d.st.Journal, sync.OnceFunc(func() { archive(now.AddDate(0, 0, 2)) })}
		if _, err := n.Check(ctx, officer.Institution, "dinkes", nil); err != nil {
			t.Error(err)
		}
		d.now = now.AddDate(0, 0, 2)
		fill(300)
		before, err := d.st.Journal.Hashes(ctx, officer.Institution, 1900, func() {})
		if err != nil {
			t.Fatal(err)
		}
		after, err := d.st.Journal.Hashes(ctx, officer.Institution, 1900, sync.OnceFunc(func() { archive(now.AddDate(0, 0, 3)) }))
		if err != nil || !slices.Equal(before, after) {
			t.Error(len(after), err)
		}
	})
}
