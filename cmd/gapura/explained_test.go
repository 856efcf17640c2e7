package main

import (
	"database/sql"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/journal/journal"
	"gapura/store/storetest"
)

// Who writes to the database of a running service without the key changes no right, forges no entry and puts no older database back: people
// are told by the service itself, nothing is answered on it, and doctor, export and replay say it too.
func TestTheServiceTellsOfWhatNoEntryExplains(t *testing.T) {
	attacks := []struct {
		name       string
		do         func(t *testing.T, x *intruder)
		says       string // to people
		doctor     string // which of its lines
		unanswered bool   // the agency's program, too
	}{
		{"a user is made an administrator", func(t *testing.T, x *intruder) {
			x.exec(t, "UPDATE users SET role = 'admin' WHERE login = 'petugas.dinpertan'")
		}, "baris users ", "hak", false},
		{"an agreement is made longer", func(t *testing.T, x *intruder) {
			x.exec(t, "UPDATE agreements SET ends_on = '2099-12-31' WHERE agency_id = $L")
		}, "baris agreements ", "hak", true},
		{"a token is made to last", func(t *testing.T, x *intruder) {
			x.exec(t, "UPDATE credentials SET expires_us = expires_us + 1 WHERE kind = 'api' AND agency_id = $L")
		}, " credentials ", "hak", true},
		{"an entry with a correct hash is forged", forge, "log of dinpertan", "journal", true},
		{"the whole database is put back", putBack, "log of dinpertan", "journal", true},
	}
	storetest.Engines(t, func(t *testing.T, url string) {
		for _, a := range attacks {
			t.Run(strings.ReplaceAll(a.name, " ", "_"), func(t *testing.T) {
				where := url
				if strings.HasPrefix(url, "postgres") {
					where = storetest.Postgres(t)
				}
				x := intrude(t, where)
				end := sync.OnceFunc(x.w.p.background())
				defer end()
				a.do(t, x)
				x.exec(t, "UPDATE rights SET version = version + 1")
				began := time.Now()
				eventually(t, "people are told", func() bool {
					return x.count(t, "notices WHERE text LIKE '%"+a.says+"%'") >= 2 // the office and the agency
				})
				t.Logf("told after %s", time.Since(began))
				end()
				for _, account := range x.w.out.API {
					if code := x.ask(account.Token); account.Agency == "dinpertan" && a.unanswered && code != 503 {
						t.Errorf("answered: %d", code)
					}
				}
				x.isTold(t, a.says, a.doctor)
			})
		}
	})
}

// isTold asks the commands.
func (x *intruder) isTold(t *testing.T, says, doctor string) {
	t.Helper()
	if err := (journalExport{Config: x.w.file, Agency: "dinpertan", Out: filepath.Join(t.TempDir(), "log")}).Run(); err == nil {
		t.Error("the log is handed out")
	}
	if err := (journalReplay{Config: x.w.file}).Run(); err == nil || doctor == "hak" && !strings.Contains(err.Error(), says) {
		t.Errorf("the replay says %v", err)
	}
	ill := ""
	for _, f := range databaseFindings(t.Context(), x.w.p.cfg) {
		if !f.well {
			ill += f.what + " " + f.says + "\n"
		}
	}
	if !strings.Contains(ill, doctor+" ") || !strings.Contains(ill, says) {
		t.Errorf("the doctor says %q", ill)
	}
}

// An intruder writes to the database of a service past the program.
type intruder struct {
	w      *walk
	db     *sql.DB
	agency int64
}

func intrude(t *testing.T, where string) *intruder {
	x := &intruder{w: newWalkOn(t, where)}
	agency, _, found, err := x.w.p.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
	if err != nil || !found {
		t.Fatal(err)
	}
	x.agency = agency.ID
	driver, url := "sqlite", "file:"+x.w.p.cfg.Database+"?_pragma=busy_timeout(10000)"
	if strings.HasPrefix(where, "postgres") {
		driver, url = "pgx", where
	}
	if x.db, err = sql.Open(driver, url); err != nil {
		t.Fatal(err)
	}
	x.db.SetMaxOpenConns(1)
	t.Cleanup(func() { x.db.Close() })
	if driver == "pgx" {
		x.exec(t, "SET session_replication_role = replica") // no foreign keys for this connection, as on SQLite
	}
	if _, err := x.w.p.notary.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *intruder) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := x.db.Exec(strings.ReplaceAll(query, "$L", fmt.Sprint(x.agency)), args...); err != nil {
		t.Fatal(query, err)
	}
}

func (x *intruder) count(t *testing.T, what string) (n int) {
	t.Helper()
	if err := x.db.QueryRow("SELECT COUNT(*) FROM " + what).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// ask is how a lookup by a program is answered.
func (x *intruder) ask(token string) int {
	r := httptest.NewRequest("POST", "/api/v1/lookups", strings.NewReader(fmt.Sprintf(`{"nik":%q,"purpose":"x","reference":"P-1"}`,
		x.w.out.Sample.Found[0])))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	r.RemoteAddr = "127.0.0.1:9"
	answer := httptest.NewRecorder()
	x.w.h.ServeHTTP(answer, r)
	return answer.Code
}

// forge appends an entry whose hash, place and tree are right; only its seal cannot be.
func forge(t *testing.T, x *intruder) {
	var size int64
	var frontier []byte
	if err := x.db.QueryRow(fmt.Sprintf("SELECT size, frontier FROM logs WHERE id = %d", x.agency)).Scan(&size, &frontier); err != nil {
		t.Fatal(err)
	}
	tree, err := journal.ReadFrontier(size, frontier)
	if err != nil {
		t.Fatal(err)
	}
	c := journal.Change{ID: journal.ID{Log: x.agency, Seq: size}, At: x.w.at, By: 1, Subject: "User ID tamu", After: "diaktifkan"}
	leaf := journal.LeafHash(journal.EncodeChange(c, journal.Closed{}))
	tree.Append(leaf)
	x.exec(t, "INSERT INTO changes (agency_id, seq, at_us, by_user, subject, reason, letter, before_text, after_text, leaf) VALUES "+
		"($L, $1, $2, 1, 'User ID tamu', '', '', '', 'diaktifkan', $3)", size, c.At.UnixMicro(), leaf[:])
	x.exec(t, "UPDATE logs SET size = $1, frontier = $2 WHERE id = $L", tree.Size, tree.Bytes())
}

// putBack puts all tables back to what they held before the last lookups, which were signed.
func putBack(t *testing.T, x *intruder) {
	list, into := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", " "
	if strings.HasPrefix(x.w.p.cfg.Database, "postgres") {
		list, into = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'", " OVERRIDING SYSTEM VALUE "
	}
	rows, err := x.db.Query(list)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	rows.Close()
	for _, name := range tables {
		x.exec(t, "CREATE TABLE was_"+name+" AS SELECT * FROM "+name)
	}
	before, _ := x.w.p.store.Journal.Anchor().Of(x.agency)
	for _, account := range x.w.out.API {
		x.ask(account.Token)
	}
	eventually(t, "the lookups are signed", func() bool {
		now, _ := x.w.p.store.Journal.Anchor().Of(x.agency)
		return now.Size > before.Size && now.Kept == now.Size
	})
	for _, name := range tables {
		x.exec(t, "DELETE FROM "+name)
		x.exec(t, "INSERT INTO "+name+into+"SELECT * FROM was_"+name)
	}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for !is() {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
