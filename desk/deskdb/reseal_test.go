package deskdb_test

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/desk/desk"
	"gapura/internal/keyring"
	"gapura/internal/reseal"
	"gapura/store/storetest"
)

// All that the desk has sealed is sealed anew after its key file got a new key, and is read as before; the security log, whose chain closes
// over what is sealed, stays as it was written.
func TestAllOfTheDeskIsSealedAnewUnderANewKey(t *testing.T) {
	ctx, c := t.Context(), &counter{dir: t.TempDir(), t: t}
	key := filepath.Join(c.dir, "key")
	c.must(keyring.Create(key))
	keys, err := keyring.Load(key)
	c.must(err)
	file := filepath.Join(c.dir, "loket.db")
	c.DB = storetest.Desk(t, file, keys)
	c.must(c.Services.Seed(ctx, desk.DefaultServices(), now))
	c.officer, err = c.AddUser(ctx, "Petugas", "Ratnasari Puspaningtyas", party.Officer, "hash", now)
	c.must(err)
	c.service, err = c.Services.Service(ctx, "pupuk", 0)
	c.must(err)
	id := c.approved()
	c.must(c.SetToken(ctx, c.officer, "TOKEN-RAHASIA", now))
	c.must(c.Credentials.SetTOTP(ctx, party.User{ID: c.officer}, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 0, now))
	c.must(keyring.Rotate(key, time.Time{}))
	sealing := c.Sealing(keys)
	w := &reseal.Worker{Keys: keys, Parts: sealing.Parts(), Kept: sealing, Log: slog.New(slog.DiscardHandler)}
	c.must(w.Look(ctx))
	if left, err := reseal.Left(ctx, sealing.Parts()); err != nil || left != 0 {
		t.Error("left under the old key:", left, err)
	}
	if under, err := sealing.Resealed(ctx); err != nil || under != 2 {
		t.Error("kept as done under", under, err)
	}
	seen := map[string]bool{}
	for _, p := range sealing.Parts() {
		rows, err := p.Next(ctx, p.Read, nil, false)
		c.must(err)
		for _, r := range rows {
			seen[p.Table+"."+p.Name] = true
			if _, err := p.Open(r); err != nil || r.Sealed[0] != 2 {
				t.Error(p.Table, p.Name, err, r.Sealed[0])
			}
		}
	}
	if len(seen) < 7 {
		t.Error("the desk of this test has too little sealed:", seen)
	}
	if token, err := c.Token(ctx, c.officer); err != nil || token != "TOKEN-RAHASIA" {
		t.Error(token, err)
	}
	if a, err := c.Applications.Application(ctx, id); err != nil || a.Papers.Values["nama_lengkap"] != "RAHASIA SEKALI" {
		t.Error(err)
	}
	if _, _, err := c.Security.Check(ctx); err != nil {
		t.Error("the security log:", err)
	}
	known := map[string]bool{"security.sealed": true}
	for _, p := range sealing.Parts() {
		known[p.Table+"."+p.Name] = true
	}
	db, err := sql.Open("sqlite", file)
	c.must(err)
	defer db.Close()
	rows, err := db.Query(`SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'
		AND c.name IN ('sealed', 'ticket', 'note', 'revoked_why', 'token') AND c.type = 'BLOB'`)
	c.must(err)
	defer rows.Close()
	for rows.Next() {
		var table, column string
		c.must(rows.Scan(&table, &column))
		if !known[table+"."+column] {
			t.Errorf("%s.%s is sealed and not among the parts", table, column)
		}
	}
}
