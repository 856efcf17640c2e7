package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store"
	"gapura/store/storetest"
)

// What a person wrote into a record or a change stands open neither in the database nor in what is handed out, is read by the program, and
// is gone with the key of its month, for who has the key file too; the log verifies on, and other months stay readable.
func TestTextsLieUnderTheKeyOfTheirMonth(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		officer := d.user(t, "petugas.dinpertan")
		log := officer.Institution
		look := func(reference string) journal.ID {
			r := request(officer, agreement.Portal, d.out.Sample.Found[0])
			r.Reference = reference
			a, err := d.gate.Lookup(ctx, r)
			if err != nil {
				t.Fatal(err)
			}
			return a.Record
		}
		first := look("SURAT-PERTAMA")
		d.now = now.AddDate(0, 1, 0)
		second := look("SURAT-KEDUA")
		c := journal.Change{At: d.now, By: officer.ID, Reason: "ALASAN-RAHASIA", Letter: "SURAT-RAHASIA"}
		if _, err := d.st.Rights.Apply(ctx, c, procedure.Deactivate{User: d.user(t, "aplikasi.dinpertan"), At: d.now}); err != nil {
			t.Fatal(err)
		}
		db := raw(t, url)
		for table, columns := range map[string]string{"records": "reference", "changes": "reason || letter || before_text || after_text"} {
			var open int
			if err := db.QueryRow("SELECT COUNT(*) FROM " + table + " WHERE " + columns + " <> ''").Scan(&open); err != nil || open > 0 {
				t.Error(table, "holds open texts:", open, err)
			}
		}
		dir, key, err := handOut(ctx, t, d.st, log, "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		err = filepath.WalkDir(dir, func(path string, f os.DirEntry, err error) error {
			if err != nil || f.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			for _, text := range []string{"SURAT-PERTAMA", "SURAT-KEDUA", "ALASAN-RAHASIA", "SURAT-RAHASIA"} {
				if bytes.Contains(content, []byte(text)) {
					t.Errorf("%s is handed out in %s", text, path)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := journal.Verify(os.DirFS(dir), key, nil, nil); err != nil {
			t.Error(err)
		}
		read := func(id journal.ID) (reference string, nik bool) {
			r, err := d.st.Journal.RecordAt(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			return r.Reference, !r.NIK.IsZero()
		}
		if reference, nik := read(first); reference != "SURAT-PERTAMA" || !nik {
			t.Error("a record is not read as it was written:", reference, nik)
		}
		changes, err := d.st.Journal.Changes(ctx, log, 0, 1)
		if err != nil || len(changes) != 1 || changes[0].Reason != "ALASAN-RAHASIA" || changes[0].Letter != "SURAT-RAHASIA" ||
			changes[0].After == "" {
			t.Error("a change is not read as it was written:", changes, err)
		}

		if _, err := db.Exec("UPDATE period_keys SET wrapped = NULL WHERE period = $1", int64(journal.PeriodOf(now))); err != nil {
			t.Fatal(err)
		}
		d.st.LookAgain()
		if reference, nik := read(first); reference != "" || nik {
			t.Error("what was sealed under a destroyed key is read:", reference, nik)
		}
		if reference, nik := read(second); reference != "SURAT-KEDUA" || !nik {
			t.Error("another month is gone too:", reference, nik)
		}
		if _, _, err := handOut(ctx, t, d.st, log, "dinpertan"); err != nil {
			t.Error("the log does not verify after a key was destroyed:", err)
		}
		d.now = now
		if _, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, d.out.Sample.Found[0])); err == nil {
			t.Error("a record was sealed under a destroyed key")
		}
	})
}

// A key whose transaction failed is not in the database: nothing may be sealed under it.
func TestAKeyThatWasNeverCommittedIsNeverUsed(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		st := storetest.Open(t, url, storetest.Keys(t))
		at, failed := now.AddDate(3, 0, 0), errors.New("failed")
		if _, err := st.Seal(t.Context(), at, failed); !errors.Is(err, failed) {
			t.Fatal(err)
		}
		for range 2 {
			opens, err := st.Seal(t.Context(), at, nil)
			st.LookAgain()
			if err != nil || !opens() {
				t.Error("what was sealed does not open", err)
			}
		}
	})
}

// After the key file has a new key, all months' keys lie under it from the next start on, and open what they opened.
func TestKeysOfMonthsAreWrappedAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := keyring.Create(path); err != nil {
		t.Fatal(err)
	}
	load := func() *keyring.Ring {
		r, err := keyring.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	url := storetest.SQLite(t)
	st := storetest.Open(t, url, load())
	opens, err := st.Seal(t.Context(), now, nil)
	if err != nil || !opens() {
		t.Fatal(err)
	}
	if err := keyring.Rotate(path, time.Time{}); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(t.Context(), store.Options{URL: url, Keys: load()})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	var under string
	if err := raw(t, url).QueryRow("SELECT hex(substr(wrapped, 1, 1)) FROM period_keys WHERE period = $1",
		int64(journal.PeriodOf(now))).Scan(&under); err != nil || under != "02" {
		t.Error("the key of a month lies under key", under, err)
	}
	if opens, err := again.Seal(t.Context(), now, nil); err != nil || !opens() {
		t.Error(err)
	}
}

// Entries of before texts were sealed are read and verified as they were signed.
func TestEntriesOfBeforeStayReadable(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		st, at := storetest.Open(t, url, storetest.Keys(t)), now.Add(-time.Hour)
		c := journal.Change{ID: journal.ID{Log: 0, Seq: 0}, At: at, Subject: "Jurnal", Reason: "lama", Letter: "S/1", Before: "a",
			After: "b"}
		old := journal.Record{ID: journal.ID{Log: 0, Seq: 1}, At: at, Act: journal.ActSignIn, Reference: "3 kegagalan", Outcome: "x"}
		tree := journal.Frontier{}
		change, record := journal.LeafHash(journal.EncodeChange(c, journal.Closed{})), journal.LeafHash(journal.EncodeRecord(old,
			journal.Closed{}))
		tree.Append(change)
		tree.Append(record)
		db := raw(t, url)
		for query, args := range map[string][]any{
			`INSERT INTO changes (agency_id, seq, at_us, by_user, subject, reason, letter, before_text, after_text, leaf)
				VALUES (0, 0, $1, 0, 'Jurnal', 'lama', 'S/1', 'a', 'b', $2)`: {at.UnixMicro(), change[:]},
			`INSERT INTO records (agency_id, seq, at_us, act, user_id, agreement_id, basis, method, purpose, reference, address, outcome, hit,
				elements, leaf) VALUES (0, 1, $1, 'sign_in', 0, 0, '', '', '', '3 kegagalan', '', 'x', FALSE, 0, $2)`: {at.UnixMicro(),
				record[:]},
			"INSERT INTO logs (id, size, frontier) VALUES (0, 2, $1)": {tree.Bytes()},
		} {
			if _, err := db.Exec(query, args...); err != nil {
				t.Fatal(strings.Fields(query)[2], err)
			}
		}
		if r, err := st.Journal.RecordAt(t.Context(), old.ID); err != nil || r.Reference != old.Reference {
			t.Error(r, err)
		}
		if list, err := st.Journal.Changes(t.Context(), 0, 0, 9); err != nil || len(list) != 1 || list[0].Reason != "lama" ||
			list[0].After != "b" {
			t.Error(list, err)
		}
		if err := st.Journal.Leaves(t.Context(), 0, 0, 2, func([]byte) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}
