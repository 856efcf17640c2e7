package store_test

import (
	"context"
	"os"
	"sync"
	"testing"

	"gapura/internal/backup"
	"gapura/store/storetest"
)

// Reads that overlap without a gap keep the write-ahead log from beginning anew by itself.
func TestTheWriteAheadLogStaysBoundedUnderReads(t *testing.T) {
	const most, rounds, rows, size = 64 << 20, 30, 64, 64 << 10
	path := storetest.SQLite(t)
	d := open(t, path)
	write, read := d.st.Pools()
	if _, err := write.Exec("PRAGMA synchronous=OFF; CREATE TABLE filler (n INTEGER PRIMARY KEY, b BLOB)"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	defer readers.Wait()
	defer stop()
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				var n int
				_ = read.QueryRowContext(ctx, "SELECT count(*) FROM filler a, filler b WHERE a.n + b.n > 9").Scan(&n)
			}
		})
	}
	peak, last := int64(0), 0
	for range rounds {
		for n := range rows {
			if _, err := write.Exec("INSERT OR REPLACE INTO filler VALUES ($1, zeroblob($2))", n, size); err != nil {
				t.Fatal(err)
			}
		}
		d.st.Checkpoint(&last)
		i, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		peak = max(peak, i.Size())
	}
	t.Logf("%d MB written, write-ahead log at most %d MB", rounds*rows*size>>20, peak>>20)
	if peak > most {
		t.Errorf("the write-ahead log grew to %d MB", peak>>20)
	}
}

// What reads one moment for long, as a backup does, holds the write-ahead log: the writer waits for it once at most, and afterwards the log
// begins anew.
func TestTheWriterDoesNotWaitForABackup(t *testing.T) {
	const rounds, rows, size = 12, 64, 64 << 10
	path := storetest.SQLite(t)
	d := open(t, path)
	write, _ := d.st.Pools()
	if _, err := write.Exec("PRAGMA synchronous=OFF; CREATE TABLE filler (n INTEGER PRIMARY KEY, b BLOB)"); err != nil {
		t.Fatal(err)
	}
	held, err := backup.Freeze(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	last, waits := 0, 0
	round := func() {
		for n := range rows {
			if _, err := write.Exec("INSERT OR REPLACE INTO filler VALUES ($1, zeroblob($2))", n, size); err != nil {
				t.Fatal(err)
			}
		}
		if d.st.Checkpoint(&last) {
			waits++
		}
	}
	for range rounds {
		round()
	}
	if waits > 1 {
		t.Errorf("the writer waited %d times for one who reads one moment", waits)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	round()
	round()
	round()
	if i, err := os.Stat(path + "-wal"); err != nil || i.Size() > 64<<20 {
		t.Errorf("the log does not begin anew: %v %v", i.Size()>>20, err)
	}
}
