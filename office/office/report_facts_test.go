package office_test

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/access/guard"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/journal/journal"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/office/report"
	"gapura/store/storetest"
)

// What a report says besides the use, counted by queries of the test's own: stops, incidents, readers, users with NDA, head with SPTJM,
// duties. The period's first and last microseconds belong to it, those beside it do not.
func TestReportTellsWhatHeld(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		ctx := t.Context()
		driver := "sqlite"
		if strings.HasPrefix(url, "postgres") {
			driver = "pgx"
		}
		db, err := sql.Open(driver, url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		query := func(columns int, text string, args ...any) (out [][]string) {
			t.Helper()
			rows, err := db.QueryContext(ctx, fmt.Sprintf(text, args...))
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				line, into := make([]string, columns), make([]any, columns)
				for i := range line {
					into[i] = &line[i]
				}
				if err := rows.Scan(into...); err != nil {
					t.Fatal(err)
				}
				out = append(out, line)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			return out
		}
		s := obligation.Semester{Year: 2026, Half: 2}
		p := report.Semester(s)
		i, _ := w.agency("dinpertan")
		first, after := party.WIB.Begin(p.From), party.WIB.Begin(p.After())
		edges := []time.Time{first.Add(-time.Microsecond), first, after.Add(-time.Microsecond), after}
		users, err := w.store.Users.UsersOfAgency(ctx, i.ID, "", 100)
		users = slices.DeleteFunc(users, func(u party.User) bool { return u.Role == party.AgencyAdmin })
		if err != nil || len(users) < len(edges) {
			t.Fatal(len(users), err)
		}
		for n, at := range edges {
			if ok, err := w.store.Guard.StopUser(ctx, users[n], guard.Finding{At: at, Reasons: []string{"rekaan"}}, journal.Change{At: at,
				Reason: "rekaan"}, nil, nil); err != nil || !ok {
				t.Fatal(ok, err)
			}
			w.now = at.Add(time.Hour)
			if _, err := office.IncidentsOf(w.office).Report(ctx, operator, incident.Incident{Agency: i.ID, Kind: incident.Kinds[n].Key,
				Known: at},
				"Uraian rekaan yang cukup panjang.", ""); err != nil {
				t.Fatal(err)
			}
		}
		// One user ends with the period's last microsecond, one with the first after it; one signs the NDA a day late.
		change := func(list ...procedure.Effect) {
			t.Helper()
			if _, err := w.store.Rights.Apply(ctx, journal.Change{At: w.now, Reason: "rekaan"}, list...); err != nil {
				t.Fatal(err)
			}
		}
		change(procedure.Deactivate{User: users[0], At: edges[2]}, procedure.Deactivate{User: users[2], At: edges[3]},
			procedure.SignNDA{User: users[4], On: p.After(), Form: "N-9"})
		w.now = after.AddDate(0, 1, 0)
		k, err := office.ReportsOf(w.office).Report(ctx, i.ID, p)
		if err != nil {
			t.Fatal(err)
		}
		r := k.Report
		within := fmt.Sprintf("agency_id = %d AND %%s >= %d AND %%s < %d", i.ID, first.UnixMicro(), after.UnixMicro())
		if n := len(query(1, "SELECT user_id FROM stops WHERE "+within, "at_us", "at_us")); r.Stops != n || n != 2 {
			t.Errorf("%d stops, want %d", r.Stops, n)
		}
		known := query(1, "SELECT kind FROM incidents WHERE "+within, "known_us", "known_us")
		if len(r.Incidents) != len(known) || len(known) != 2 {
			t.Errorf("%d incidents, want %d", len(r.Incidents), len(known))
		}
		for _, x := range known {
			found := false
			for _, n := range r.Incidents {
				found = found || strings.Contains(n.Name, incident.KindLabel(x[0]))
			}
			if !found {
				t.Errorf("%v lacks %s", r.Incidents, x[0])
			}
		}
		want, got := map[string]string{}, map[string]string{}
		for _, x := range query(2, "SELECT s.state, CAST(COUNT(*) AS TEXT) FROM readers r JOIN reader_states s ON s.serial = r.serial "+
			"WHERE r.agency_id = %d "+
			"AND s.n = (SELECT MAX(x.n) FROM reader_states x WHERE x.serial = r.serial) GROUP BY s.state", i.ID) {
			want[reader.State(x[0]).Label()] = x[1]
		}
		for _, x := range r.Readers {
			if x.N > 0 {
				got[x.Name] = fmt.Sprint(x.N)
			}
		}
		if !maps.Equal(got, want) || len(want) == 0 {
			t.Errorf("readers %v, want %v", got, want)
		}
		clear(want)
		clear(got)
		for _, x := range query(4, "SELECT login, nda_signed, CAST(deactivated_us AS TEXT), password_hash FROM users WHERE agency_id = %d",
			i.ID) {
			var ended int64
			fmt.Sscan(x[2], &ended)
			signed := x[1] != "" && x[1] <= p.To.Format(time.DateOnly)
			state := "Belum aktif"
			switch {
			case ended != 0 && ended < after.UnixMicro():
				state = "Nonaktif"
			case signed && x[3] != "":
				state = "Aktif"
			}
			want[x[0]] = fmt.Sprint(state, " ", signed)
		}
		for _, x := range r.People {
			got[x.Login] = fmt.Sprint(x.State, " ", !x.NDA.IsZero())
		}
		if !maps.Equal(got, want) || got[users[0].Login] != "Nonaktif true" || got[users[2].Login] != "Aktif true" ||
			got[users[4].Login] != "Belum aktif false" {
			t.Errorf("users %v, want %v", got, want)
		}
		head := query(2,
			"SELECT h.name, s.signed_on FROM heads h JOIN sptjms s ON s.head_id = h.id WHERE h.agency_id = %d AND since <= '%s' "+
				"AND (h.until = '' OR h.until >= '%[2]s')",
			i.ID, p.To.Format(time.DateOnly))
		if len(head) != 1 || r.Head != head[0][0] || r.SPTJM.Format(time.DateOnly) != head[0][1] {
			t.Errorf("head %s, SPTJM %s, want %v", r.Head, r.SPTJM, head)
		}
		delivered := map[string]bool{}
		for _, x := range query(2, "SELECT rule, period FROM evidence WHERE agency_id = %d AND accepted AND on_day <= '%s'", i.ID,
			p.To.Format(time.DateOnly)) {
			for _, rule := range obligation.Rules() {
				if rule.Key == x[0] {
					delivered[strings.TrimSpace(rule.Name+" "+x[1])] = true
				}
			}
		}
		met := 0
		for _, d := range r.Duties {
			if delivered[d.Name] {
				met++
			}
			if delivered[d.Name] != (d.State == "Dipenuhi") && !strings.HasPrefix(d.Name, "SPTJM") && !strings.HasPrefix(d.Name,
				"Pembaca") && !strings.HasPrefix(d.Name, "NDA") {
				t.Errorf("%+v, evidence %v", d, delivered[d.Name])
			}
		}
		if met == 0 {
			t.Errorf("no duty is met: %v of %v", r.Duties, delivered)
		}
	})
}
