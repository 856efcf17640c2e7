package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gapura/internal/keyring"
	"gapura/internal/schema"
	"gapura/person/population"
	"gapura/store"
	"gapura/store/storetest"
)

// people writes one invented resident.
func people(t *testing.T, s *store.DB) {
	t.Helper()
	_, err := s.Registry.Import(t.Context(), population.Import{Report: population.Report{Kind: population.Full},
		Rows: population.Rows(population.Generate(1, 1, "3303"))})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOnlyCreateMakesAnInstallation(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		o := store.Options{URL: url, Keys: storetest.Keys(t)}
		if there, err := store.Present(t.Context(), url); there || err != nil {
			t.Fatal(there, err)
		}
		if _, err := store.Open(t.Context(), o); !errors.Is(err, schema.ErrAbsent) {
			t.Fatalf("opened what nobody made: %v", err)
		}
		if err := store.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if there, err := store.Present(t.Context(), url); !there || err != nil {
			t.Fatal(there, err)
		}
		if err := store.Create(t.Context(), o); !errors.Is(err, schema.ErrPresent) {
			t.Errorf("made again: %v", err)
		}
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		people(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(t.Context(), store.Options{URL: url, Keys: storetest.Keys(t)}); !errors.Is(err, keyring.ErrForeign) {
			t.Errorf("another installation's keys: %v", err)
		}
		// A database of before the check knows its keys by what they open, once.
		change(t, url, "DELETE FROM installation")
		if _, err := store.Open(t.Context(), store.Options{URL: url, Keys: storetest.Keys(t)}); !errors.Is(err, keyring.ErrForeign) {
			t.Errorf("another's keys on a database of before the check: %v", err)
		}
		change(t, url, "UPDATE goose_main SET version_id = 999 WHERE version_id = (SELECT max(version_id) FROM goose_main)")
		if _, err := store.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "program yang lebih baru") {
			t.Errorf("a newer program's database: %v", err)
		}
	})
}

func TestALostFileIsNamedAndNotMadeAnew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "gapura.db")
	o := store.Options{URL: path, Keys: storetest.Keys(t)}
	other := storetest.SQLite(t)
	for _, url := range []string{path, other} {
		if err := store.Create(t.Context(), store.Options{URL: url, Keys: o.Keys}); err != nil {
			t.Fatal(err)
		}
	}
	residents := store.PopulationFile(path)
	move := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	refuses := func(what, says string) {
		t.Helper()
		if _, err := store.Open(context.Background(), o); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	move(residents, residents+".away")
	refuses("without residents", residents)
	if err := store.Create(t.Context(), o); !errors.Is(err, schema.ErrPresent) {
		t.Errorf("made anew beside a database: %v", err)
	}
	if _, err := os.Stat(residents); err == nil {
		t.Error("a file of residents was made")
	}
	move(store.PopulationFile(other), residents)
	refuses("residents of another installation", "instalasi lain")
	move(residents, residents+".other")
	move(residents+".away", residents)
	move(path, path+".away")
	refuses("without the database", path)
	if err := store.Create(t.Context(), o); !errors.Is(err, schema.ErrPresent) {
		t.Errorf("made anew beside residents: %v", err)
	}
	if err := os.WriteFile(path, []byte("bukan basis data, melainkan naskah biasa yang cukup panjang untuk dibaca sebagai kepala berkas "+
		"SQLite\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuses("another program's file", "tidak dapat dibaca")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refuses("an empty file", "bukan basis data Gapura")
}

func change(t *testing.T, url, statement string) {
	t.Helper()
	driver := "sqlite"
	if store.IsURL(url) {
		driver = "pgx"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}
