package store_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/internal/keyring"
	"gapura/internal/reseal"
	"gapura/person/nik"
	"gapura/store"
	"gapura/store/storetest"
)

// Every column that is sealed is sealed anew after the key file got a new key, while lookups go on; a stop in the middle loses nothing, and
// what was done is not done again.
func TestAllIsSealedAnewUnderANewKey(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx, file := t.Context(), filepath.Join(t.TempDir(), "key")
		if err := keyring.Create(file); err != nil {
			t.Fatal(err)
		}
		keys, err := keyring.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		st := storetest.Open(t, url, keys)
		out, err := demo.Build(ctx, st, now, 200, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		d := &district{now: now, st: st, out: out, gate: newGate(t, st, func() time.Time { return now })}
		known := withNIKs(t, d)
		look := func() {
			t.Helper()
			a, err := d.gate.Lookup(ctx, request(d.user(t, "petugas.dinpertan"), agreement.Portal, out.Sample.Found[0]))
			if err != nil || a.Code != access.Found {
				t.Fatal("a lookup meanwhile:", a.Code, err)
			}
		}
		worker := func(kept reseal.Kept) *reseal.Worker {
			return &reseal.Worker{Keys: keys, Parts: st.Sealing.Parts(), Kept: kept, Log: slog.New(slog.DiscardHandler)}
		}
		if err := worker(st.Sealing).Look(ctx); err != nil {
			t.Fatal(err)
		}
		before, err := keyring.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := keyring.Rotate(file, time.Time{}); err != nil {
			t.Fatal(err)
		}
		// The first pass is stopped by the first lookup beside it.
		stopped, stop := context.WithCancel(ctx)
		w := worker(st.Sealing)
		w.Rest = 1 << 20
		done := make(chan error)
		go func() { done <- w.Look(stopped) }()
		for under := false; !under; _, under = w.Progress() {
			look()
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatal("a stopped pass:", err)
		}
		all := st.Sealing.Parts()
		left, err := reseal.Left(ctx, all)
		if err != nil || left == 0 {
			t.Fatal("nothing is left after a stop:", left, err)
		}
		counted := &counting{Sealing: st.Sealing}
		if err := worker(counted).Look(ctx); err != nil {
			t.Fatal(err)
		}
		if left, err := reseal.Left(ctx, all); err != nil || left != 0 || counted.set != 2 {
			t.Error("left under the old key:", left, err, "kept:", counted.set)
		}
		for _, p := range all {
			rows, err := p.Next(ctx, p.Read, nil, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				if _, err := p.Open(r); err != nil || r.Sealed[0] != 2 {
					t.Fatal(err, r.Sealed[0])
				}
			}
		}
		look()
		// A copy of the key file of before is refused from now on, although no process was started since.
		if _, err := store.Open(ctx, store.Options{URL: url, Keys: before}); !errors.Is(err, keyring.ErrForeign) {
			t.Error("a copy of the key file of before:", err)
		}
		rightsStand(t, d, known, url, keys)
	})
}

// withNIKs are user ids of two institutions whose NIK is known.
func withNIKs(t *testing.T, d *district) (list []party.User) {
	t.Helper()
	for i, login := range []string{"kenal.dinas", "petugas.kenal", "operator.kenal"} {
		u := party.User{Login: login, Role: party.Operator, Identity: party.Identity{NIK: found(t, d, i)}}
		if i > 0 {
			u.Institution, u.Role = d.user(t, "petugas.dinpertan").Institution, party.Officer
		}
		list = append(list, d.made(t, u, "x"))
	}
	return list
}

func found(t *testing.T, d *district, i int) nik.NIK {
	t.Helper()
	n, err := nik.Parse(d.out.Sample.Found[i])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// rightsStand holds all rights against the logs after keys changed: every row is explained, those whose NIK is known are let in, and their
// institutions are changed by a program that was started since.
func rightsStand(t *testing.T, d *district, known []party.User, url string, keys *keyring.Ring) {
	t.Helper()
	ctx := t.Context()
	if err := d.st.Rights.LookAround(ctx, 0); err != nil {
		t.Fatal(err)
	}
	for log, err := range d.st.Rights.Unexplained() {
		t.Errorf("institution %d: %v", log, err)
	}
	for _, u := range known {
		if _, err := d.st.Rights.Standing(ctx, u.ID); err != nil {
			t.Error(u.Login, err)
		}
	}
	d.st = storetest.Open(t, url, keys)
	all, err := d.st.Rights.Logs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, log := range all {
		if err := d.st.Rights.Explained(ctx, log); err != nil {
			t.Errorf("institution %d: %v", log, err)
		}
		if _, err := d.st.Journal.Replay(ctx, log); err != nil {
			t.Errorf("institution %d by its log alone: %v", log, err)
		}
	}
	for i, u := range known {
		u.Login, u.Identity.NIK = u.Login+".lagi", found(t, d, len(known)+i)
		d.made(t, u, "x")
	}
}

type counting struct {
	*store.Sealing
	set byte
}

func (c *counting) SetResealed(ctx context.Context, key byte) error {
	c.set = key
	return c.Sealing.SetResealed(ctx, key)
}

// No sealed column is forgotten: each that the schema has is one of the parts, or lies under the key of a month.
func TestEverySealedColumnIsAmongTheParts(t *testing.T) {
	url := storetest.SQLite(t)
	st := storetest.Open(t, url, storetest.Keys(t))
	known := map[string]bool{"records.text_sealed": true, "changes.text_sealed": true}
	for _, p := range st.Sealing.Parts() {
		known[p.Table+"."+p.Name] = true
	}
	for _, file := range []string{url, store.PopulationFile(url)} {
		rows, err := raw(t, file).Query(`SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var table, column string
			if err := rows.Scan(&table, &column); err != nil {
				t.Fatal(err)
			}
			if (column == "sealed" || strings.HasSuffix(column, "_sealed")) && !known[table+"."+column] {
				t.Errorf("%s.%s is sealed and not among the parts", table, column)
			}
		}
	}
}
