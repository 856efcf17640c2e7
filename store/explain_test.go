package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store"
	"gapura/store/storetest"
)

// Whatever the program does to rights is told by the log: nothing is found unexplained, and the log alone rebuilds it.
func TestTheLogAloneRebuildsAllRights(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		if err := d.st.Rights.LookAround(ctx, 0); err != nil {
			t.Fatal(err)
		}
		for _, err := range d.st.Rights.Unexplained() {
			t.Error(err)
		}
		all, err := d.st.Rights.Logs(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, log := range all {
			n, err := d.st.Journal.Replay(ctx, log)
			if err != nil || n < 3 {
				t.Errorf("institution %d: %d rows, %v", log, n, err)
			}
		}
	})
}

// Who writes to the database without the key changes no right: the standing that rests on the row is refused as it is read, the next look
// around names the row, so does a replay of the log, and no change of the program takes it over. Others go on. What is put right counts
// again.
func TestARightThatNoEntryExplainsIsRefused(t *testing.T) {
	const user = "(SELECT id FROM users WHERE login = 'petugas.dinpertan')"
	attacks := []struct {
		name, row string // row: how what is found begins
		queries   []string
		door      func(d *district) error // besides a lookup of the user, which is refused where it is nil
	}{
		{"a role is changed", "users ", []string{"UPDATE users SET role = 'agency-admin' WHERE id = " + user}, nil},
		{"a purpose is added", "users ", []string{`UPDATE users SET purposes = '["apa saja"]' WHERE id = ` + user}, nil},
		{"a stop is ended", "users ", []string{"UPDATE users SET stopped_us = 5 WHERE id = " + user}, nil},
		{"an agreement is made longer", "agreements ", []string{"UPDATE agreements SET ends_on = '2099-12-31' WHERE agency_id = $L"}, nil},
		{"an addendum is added", "addenda ", []string{"INSERT INTO addenda (agreement_id, number, signed_on, effective_on, " +
			"terms_change, known_us) " +
			"SELECT id, 'X', signed_on, signed_on, '{}', known_us FROM agreements WHERE agency_id = $L"}, nil},
		{"the evening's rules are changed", "snooping_settings", []string{"INSERT INTO snooping_settings (agency_id, settings) " +
			"VALUES ($L, '{}')"}, nil},
		{"a head is removed", "heads ", []string{"DELETE FROM sptjms WHERE agency_id = $L", "DELETE FROM heads WHERE agency_id = $L"}, nil},
		{"a fact and what was noted of it are removed", "sptjms ", []string{"DELETE FROM sptjms WHERE agency_id = $L",
			"DELETE FROM explained WHERE agency_id = $L AND row_name LIKE 'sptjms %'"}, nil},
		{"a password is another's", "users ", []string{"UPDATE users SET password_hash = 'x' WHERE id = " +
			user}, func(d *district) error {
			_, _, err := d.st.Accounts.Account(context.Background(), "petugas.dinpertan")
			return err
		}},
		{"a user id is added", "users ", []string{"INSERT INTO users (agency_id, login, name, position, role, methods, nda_signed, " +
			"deactivated_us, " +
			"password_hash, email, application_id, match_only, purposes, nip) SELECT agency_id, 'tamu', name, position, role, methods, " +
			"nda_signed, " +
			"deactivated_us, password_hash, email, application_id, match_only, purposes, nip FROM users WHERE id = " + user},
			func(d *district) error {
				_, _, err := d.st.Accounts.Account(context.Background(), "tamu")
				return err
			}},
		{"a token is planted", "users ",
			[]string{"INSERT INTO credentials (kind, agency_id, user_id, application_id, agreement_id, hash, " +
				"fingerprint, label, letter, issued_by, issued_us, expires_us) SELECT kind, agency_id, user_id, application_id, " +
				"agreement_id, $H, 'F', " +
				"label, letter, issued_by, issued_us, expires_us FROM credentials WHERE agency_id = $L AND kind = 'api'"}, plantedToken},
		{"a slip is planted", "users ", []string{"INSERT INTO slips (kind, user_id, agency_id, application_id, agreement_id, life_us, " +
			"letter, " +
			"issued_by, issued_us, until_us, code) SELECT 'password', id, agency_id, 0, 0, 0, '', 0, 1, 9999999999999999, $H FROM users " +
			"WHERE id = " +
			user}, nil},
	}
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		db, was := raw(t, url), d.user(t, "petugas.dinpertan")
		db.SetMaxOpenConns(1)
		d.ask(t, "petugas.dinpertan", d.out.Sample.Found[0])
		h, hash := party.HashSecret("planted"), "X'%x'"
		if strings.HasPrefix(url, "postgres") {
			hash = `'\x%x'`
			run(t, db, "SET session_replication_role = replica") // no foreign keys for this connection, as on SQLite
		}
		tables := []string{"users", "agreements", "addenda", "heads", "sptjms", "credentials", "slips", "snooping_settings", "explained"}
		for _, table := range tables {
			run(t, db, "CREATE TABLE kept_"+table+" AS SELECT * FROM "+table)
		}
		for _, a := range attacks {
			t.Run(strings.ReplaceAll(a.name, " ", "_"), func(t *testing.T) {
				for _, q := range append(a.queries, "UPDATE rights SET version = version + 1") {
					run(t, db, strings.NewReplacer("$L", fmt.Sprint(was.Institution), "$H", fmt.Sprintf(hash, h[:])).Replace(q))
				}
				d.st.Rights.Forget()
				door := a.door
				if door == nil {
					door = func(d *district) error {
						_, err := d.gate.Lookup(ctx, request(was, agreement.Portal, d.out.Sample.Found[1]))
						return err
					}
				}
				if err := door(d); !tampered(err) {
					t.Errorf("the door says %v", err)
				}
				if err := d.st.Rights.LookAround(ctx, 0); err != nil {
					t.Fatal(err)
				}
				found := d.st.Rights.Unexplained()
				if err := found[was.Institution]; err == nil || !strings.Contains(err.Error(), "baris "+a.row) || len(found) != 1 {
					t.Errorf("found: %v", found)
				}
				if _, err := d.st.Journal.Replay(ctx, was.Institution); !tampered(err) {
					t.Errorf("the replay says %v", err)
				}
				if err := d.st.Witness.EndAlarm(ctx, journal.Change{At: now, Reason: "uji"}, was.Institution); !tampered(err) {
					t.Errorf("a change of the program takes it over: %v", err)
				}
				d.ask(t, "petugas.dinsos", d.out.Sample.Found[2]) // the others go on
				for _, table := range tables {
					run(t, db, "DELETE FROM "+table)
					run(t, db, "INSERT INTO "+table+" SELECT * FROM kept_"+table)
				}
				if err := d.st.Rights.LookAround(ctx, 0); err != nil {
					t.Fatal(err)
				}
				d.st.Rights.Forget()
				d.ask(t, "petugas.dinpertan", d.out.Sample.Found[1])
			})
		}
	})
}

func plantedToken(d *district) error {
	_, _, err := d.st.Accounts.TokenByHash(context.Background(), party.HashSecret("planted"), now)
	return err
}

func tampered(err error) bool {
	_, bad := errors.AsType[*journal.Tampered](err)
	return bad
}

// A session that was written past the program opens nothing, nor does one that was moved to another user.
func TestASessionIsOpenedByTheProgramAlone(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		db, u := raw(t, url), d.user(t, "petugas.dinpertan")
		h := party.HashSecret("own")
		if err := d.st.Accounts.OpenSession(ctx, party.Session{Hash: h, User: u.ID, Opened: now, LastSeen: now}); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := d.st.Accounts.Session(ctx, h); !ok || err != nil {
			t.Fatal(ok, err)
		}
		run(t, db, "UPDATE sessions SET user_id = (SELECT id FROM users WHERE role = 'admin' ORDER BY id LIMIT 1)")
		if _, ok, err := d.st.Accounts.Session(ctx, h); ok || err != nil {
			t.Error("a session is taken over:", ok, err)
		}
	})
}

// The rights of an installation from before logs told of rights are told as they are found, once: what is added past the program after that
// is not taken over by a further start.
func TestRightsFromBeforeAreToldAsFoundOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		if err := d.st.Untell(ctx); err != nil {
			t.Fatal(err)
		}
		start := func() (*store.DB, int64) {
			st := storetest.Open(t, url, d.keys)
			if err := st.Rights.LookAround(ctx, 0); err != nil {
				t.Fatal(err)
			}
			return st, size(t, st, 1)
		}
		before := size(t, d.st, 1)
		st, after := start()
		found, err := st.Journal.Changes(ctx, 1, 0, 1)
		if err != nil || after != before+1 || len(found) != 1 || found[0].After != "dicatat sebagaimana ditemukan" || !found[0].Whole {
			t.Fatal(before, after, found, err)
		}
		if bad := st.Rights.Unexplained(); len(bad) > 0 {
			t.Error("not told:", bad)
		}
		if n, err := st.Journal.Replay(ctx, 1); err != nil || n < 3 {
			t.Error(n, err)
		}
		run(t, raw(t, url), "INSERT INTO institutions (code, name, zone) VALUES ('tamu', 'Tamu', 'WIB')")
		again, last := start()
		if bad := again.Rights.Unexplained(); last != after || len(bad) != 1 {
			t.Errorf("%d entries after %d; unexplained: %v", last, after, bad)
		}
	})
}
