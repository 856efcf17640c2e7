package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/store/storetest"
)

// Who has SQL and no key does to each log of a running service another thing: changes, removes, puts in, moves entries, cuts the end off,
// begins it anew, deletes its checkpoints; and adds a user. People of both sides are told of each by the service itself, doctor and export
// say it too.
func TestTheServiceTellsOfWhateverIsDoneToALog(t *testing.T) {
	attacks := []struct {
		name, agency string
		queries      []string
	}{
		{"an old entry is changed", "dinsos", []string{"UPDATE changes SET subject = 'User ID lain' WHERE agency_id = $L AND seq = 1"}},
		{"an old entry is removed", "dinkes", []string{"DELETE FROM changes WHERE agency_id = $L AND seq = 2"}},
		{"old entries are moved", "dinkop", []string{"UPDATE changes SET seq = -1 WHERE agency_id = $L AND seq = 1",
			"UPDATE changes SET seq = 1 WHERE agency_id = $L AND seq = 2", "UPDATE changes SET seq = 2 WHERE agency_id = $L AND seq = -1"}},
		{"an entry is put in the place of another", "dinpertan", []string{"DELETE FROM changes WHERE agency_id = $L AND seq = 3",
			"INSERT INTO changes (agency_id, seq, at_us, by_user, subject, reason, letter, before_text, after_text, leaf) " +
				"SELECT agency_id, 3, at_us, by_user, 'User ID tamu', '', '', '', 'diaktifkan', leaf FROM changes WHERE agency_id = $L " +
				"AND seq = 1"}},
		{"the end is cut off", "disperin", []string{"DELETE FROM changes WHERE agency_id = $L AND seq > 2",
			"DELETE FROM records WHERE agency_id = $L AND seq > 2", "UPDATE logs SET size = 3 WHERE id = $L"}},
		{"a log is begun anew and its checkpoints deleted", "dishub", []string{"DELETE FROM checkpoints WHERE agency_id = $L",
			"DELETE FROM nodes WHERE agency_id = $L", "DELETE FROM changes WHERE agency_id = $L",
			"DELETE FROM records WHERE agency_id = $L",
			"DELETE FROM logs WHERE id = $L"}},
	}
	storetest.Engines(t, func(t *testing.T, url string) {
		x := intrude(t, url)
		end := sync.OnceFunc(x.w.p.background())
		defer end()
		began := time.Now()
		names := map[string]string{}
		for _, a := range attacks {
			i, _, found, err := x.w.p.store.Institutions.InstitutionByCode(t.Context(), a.agency)
			if err != nil || !found {
				t.Fatal(a.agency, err)
			}
			names[a.agency], x.agency = i.Name, i.ID
			for _, q := range a.queries {
				x.exec(t, q)
			}
		}
		for _, a := range attacks {
			eventually(t, a.name, func() bool { // the office, and the agency
				return x.count(t, "notices WHERE agency_id = 0 AND text LIKE '"+names[a.agency]+": Jurnal akses bukan lagi%'") > 0 &&
					x.count(t, "notices n JOIN institutions i ON i.id = n.agency_id WHERE i.code = '"+a.agency+
						"' AND text LIKE 'Jurnal akses bukan lagi%'") > 0
			})
			t.Logf("%s: told within %s", a.name, time.Since(began))
		}
		x.exec(t, "INSERT INTO users (id, agency_id, login, name, position, role, methods, nda_signed, deactivated_us, password_hash) "+
			"SELECT 9999, agency_id, 'admin.tamu', name, position, role, methods, nda_signed, 0, password_hash FROM users WHERE login = "+
			"'admin'")
		eventually(t, "a user is added", func() bool { return x.count(t, "notices WHERE text LIKE '%baris users 9999%'") > 0 })
		end()
		ill := ""
		for _, f := range databaseFindings(t.Context(), x.w.p.cfg) {
			if !f.well {
				ill += f.what + " " + f.says + "\n"
			}
		}
		if !strings.Contains(ill, "users 9999") {
			t.Errorf("the doctor says nothing of the user: %q", ill)
		}
		for _, a := range attacks {
			i, _, _, err := x.w.p.store.Institutions.InstitutionByCode(t.Context(), a.agency)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(ill, "log of "+a.agency) && !strings.Contains(ill, fmt.Sprintf("record %d-", i.ID)) &&
				!strings.Contains(ill, fmt.Sprintf("log %d", i.ID)) {
				t.Errorf("%s: the doctor says nothing: %q", a.name, ill)
			}
			if err := (journalExport{Config: x.w.file, Agency: a.agency, Out: filepath.Join(t.TempDir(), "log")}).Run(); err == nil {
				t.Errorf("%s: the log is handed out", a.name)
			}
		}
	})
}
