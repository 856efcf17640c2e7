package backup

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
)

// A file is copied as it was when it was held, whatever is written, vacuumed or checkpointed meanwhile.
func TestAHeldFileIsCopiedAsOfOneMoment(t *testing.T) {
	ctx, s := context.Background(), newSafe(t)
	at := filepath.Join(t.TempDir(), "a.db")
	db, err := sql.Open("sqlite", at+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(query string) {
		t.Helper()
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	exec(`CREATE TABLE x (n INTEGER PRIMARY KEY, text BLOB)`)
	exec(`WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000) INSERT INTO x SELECT n, randomblob(900) FROM c`)
	f, err := Freeze(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	exec(`DELETE FROM x WHERE n > 500`)
	exec(`INSERT INTO x SELECT n + 5000, randomblob(2000) FROM x`)
	exec(`PRAGMA wal_checkpoint(PASSIVE)`)
	file := filepath.Join(t.TempDir(), "x.age")
	err = Write(ctx, file, s.options(), func(w *Writer) error {
		return f.AddTo(w, "a.db")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	_, dir, err := s.read(t, file)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := sql.Open("sqlite", filepath.Join(dir, "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	var n, most int
	var whole string
	if err := copied.QueryRow(`SELECT COUNT(*), MAX(n) FROM x`).Scan(&n, &most); err != nil {
		t.Fatal(err)
	}
	if err := copied.QueryRow(`PRAGMA integrity_check`).Scan(&whole); err != nil {
		t.Fatal(err)
	}
	if n != 1000 || most != 1000 || whole != "ok" {
		t.Errorf("%d rows up to %d, %s; want the 1000 of the moment", n, most, whole)
	}
}
