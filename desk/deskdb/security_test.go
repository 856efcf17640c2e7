package deskdb_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"gapura/agreement/party"
	"gapura/desk/deskdb"
)

// tamper opens the file beside the program, without what forbids changes, and runs a statement.
func (c *counter) tamper(statement string) {
	c.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(c.dir, "loket.db"))
	c.must(err)
	defer db.Close()
	for _, s := range []string{"PRAGMA busy_timeout=5000", "DROP TRIGGER IF EXISTS security_unchanged",
		"DROP TRIGGER IF EXISTS security_kept", statement} {
		if _, err := db.Exec(s); err != nil {
			c.t.Fatal(s, err)
		}
	}
}

func filled(t *testing.T) *counter {
	t.Helper()
	c := open(t) // one entry: the officer
	c.must(c.SetToken(t.Context(), c.officer, "TOKEN-RAHASIA", now))
	c.must(c.SetRole(deskdb.As(t.Context(), 7, "192.0.2.7"), c.officer, party.HeadOfAgency, now))
	c.must(c.Security.Note(t.Context(), deskdb.Entry{At: now, Kind: deskdb.PaperSeen, Text: "Pindaian 1 permohonan 1 dibuka"}))
	return c
}

func TestTheSecurityLogSaysWhatWasDoneAndByWhom(t *testing.T) {
	c := filled(t)
	list, err := c.Security.Entries(t.Context(), deskdb.SecurityFilter{Most: 10})
	c.must(err)
	if len(list) != 4 || list[0].Seq != 4 || list[1].By != 7 || list[1].About != c.officer || list[1].Source != "192.0.2.7" ||
		list[1].Text != "Peran diubah dari Petugas menjadi Kepala Instansi" || list[2].By != c.officer {
		t.Errorf("%+v", list)
	}
	for _, e := range list {
		if strings.Contains(e.Text, "TOKEN-RAHASIA") || strings.Contains(e.Text, "Ratnasari") {
			t.Errorf("%+v", e)
		}
	}
	only, err := c.Security.Entries(t.Context(), deskdb.SecurityFilter{Kind: deskdb.RoleMoved, User: 7, From: now, Before: 4, Most: 10})
	if err != nil || len(only) != 1 || only[0].Seq != 3 {
		t.Errorf("%+v %v", only, err)
	}
	if size, end, err := c.Security.Check(t.Context()); err != nil || size != 4 || len(end) != 32 {
		t.Error(size, end, err)
	}
}

func TestEveryChangeOfTheSecurityLogIsFound(t *testing.T) {
	for statement, at := range map[string]int64{
		"UPDATE security SET by_user = 8 WHERE seq = 3":                                          3,
		"UPDATE security SET at_us = at_us + 1 WHERE seq = 2":                                    2,
		"UPDATE security SET source = '' WHERE seq = 3":                                          3,
		"UPDATE security SET sealed = (SELECT sealed FROM security WHERE seq = 1) WHERE seq = 2": 2,
		"DELETE FROM security WHERE seq = 2":                                                     2,
		"DELETE FROM security WHERE seq = 4":                                                     4,
		"DELETE FROM security":                                                                   1,
		"DELETE FROM security_head":                                                              5,
		"INSERT INTO security SELECT 5, at_us, kind, by_user, about, source, sealed, mac FROM security WHERE seq = 4": 5,
	} {
		c := filled(t)
		c.tamper(statement)
		_, _, err := c.Security.Check(t.Context())
		if broken, ok := errors.AsType[*deskdb.ErrBroken](err); !ok || broken.Seq != at {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestTheSecurityLogIsOnlyAddedTo(t *testing.T) {
	c := filled(t)
	db, err := sql.Open("sqlite", filepath.Join(c.dir, "loket.db"))
	c.must(err)
	defer db.Close()
	for _, s := range []string{"UPDATE security SET by_user = 8", "DELETE FROM security WHERE seq = 4"} {
		if _, err := db.Exec(s); err == nil || !strings.Contains(err.Error(), "only added to") {
			t.Error(s, err)
		}
	}
}
