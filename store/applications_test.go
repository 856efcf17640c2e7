package store_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store"
	"gapura/store/storetest"
)

// registered puts an application in an agency's register, with letters of its PoC.
func registered(t *testing.T, d *district, agency int64, name string, letters ...agreement.PoCLetter) party.App {
	t.Helper()
	ctx, note := context.Background(), journal.Change{At: now, Reason: "uji", Letter: "S/1"}
	a := party.App{Agency: agency, Name: name, Kind: party.ProgramApp, Methods: []string{agreement.API}, Answers: "Rekaan, Kabid",
		Since: now}
	made, err := d.st.Rights.Apply(ctx, note, procedure.RegisterApplication{App: a})
	if err != nil {
		t.Fatal(err)
	}
	a.ID = made[0].ID
	st, err := d.st.Rights.Agency(ctx, agency)
	if err != nil {
		t.Fatal(err)
	}
	g, _ := agreement.Current(st.Agreements, now, party.WIB.Day(now))
	for _, l := range letters {
		l.Application = a.ID
		if _, err := d.st.Rights.Apply(ctx, note, procedure.RecordPoC{Agreement: agreement.Agreement{ID: g.Agreement, Agency: agency},
			App:    a,
			Letter: l}); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// TestOnePassedPoCOpensNoOtherApplication (E11), through the gate and the database: a second application of an agency past its PoC is
// refused until its own is scheduled, then answered within the quota, then without; each record names the application.
func TestOnePassedPoCOpensNoOtherApplication(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		u := d.user(t, d.out.API[0].User)
		today := party.WIB.Day(now)
		second := registered(t, d, u.Institution, "Aplikasi Kedua")
		ask := func(app int64) access.Answer {
			t.Helper()
			r := request(u, agreement.API, d.out.Sample.Found[0])
			r.Who = func(context.Context) (access.Caller, error) { return access.Caller{User: u.ID, Application: app}, nil }
			a, err := d.gate.Lookup(ctx, r)
			if err != nil {
				t.Fatal(err)
			}
			list, _, err := d.st.Journal.Records(ctx, access.HistoryQuery{Agency: u.Institution, Limit: 1})
			if err != nil || list[0].Application != app && app != 0 || list[0].Outcome != string(a.Code) ||
				list[0].Hit != (a.Code == access.Found) ||
				app == second.ID && list[0].App != second.Name {
				t.Fatalf("%+v, %v", list, err)
			}
			return a
		}
		if a := ask(u.Application); a.Code != access.Found || !a.Quota.Unlimited {
			t.Fatalf("the first application, which has passed: %s, %+v", a.Code, a.Quota)
		}
		if a := ask(second.ID); a.Code != access.PoC || a.Person.Elements != 0 {
			t.Errorf("before its PoC: %s", a.Code)
		}
		st, err := d.st.Rights.Agency(ctx, u.Institution)
		if err != nil {
			t.Fatal(err)
		}
		record := func(l agreement.PoCLetter) {
			t.Helper()
			l.Application = second.ID
			if _, err := d.st.Rights.Apply(ctx, journal.Change{At: now}, procedure.RecordPoC{Agreement: st.Agreements[0], App: second,
				Letter: l}); err != nil {
				t.Fatal(err)
			}
		}
		record(agreement.PoCLetter{Letter: "J/1", On: today, Until: today})
		if a := ask(second.ID); a.Code != access.Found || a.Quota.Unlimited || a.Quota.Used != 1 || !strings.HasSuffix(a.Basis, "PoC J/1") {
			t.Errorf("on its day: %s, %+v on %q", a.Code, a.Quota, a.Basis)
		}
		record(agreement.PoCLetter{Letter: "H/1", On: today, Passed: true})
		if a := ask(second.ID); a.Code != access.Found || !a.Quota.Unlimited || !strings.HasSuffix(a.Basis, "PoC H/1") {
			t.Errorf("passed: %s, %+v on %q", a.Code, a.Quota, a.Basis)
		}
		if _, err := d.st.Rights.Apply(ctx, journal.Change{At: now, Letter: "S/9"}, procedure.EndApplication{App: second}); err != nil {
			t.Fatal(err)
		}
		if a := ask(second.ID); a.Code != access.PoC {
			t.Errorf("ended: %s", a.Code)
		}
		if got := changed(t, d.st, u.Institution, 4); !strings.Contains(strings.Join(got, "\n"), "Aplikasi Aplikasi Kedua") {
			t.Errorf("%q", got)
		}
	})
}

// TestTheQuotaIsOneForAllApplicationsOnTrial: 64 clients of the portal and of two applications on trial, on PostgreSQL over two processes,
// get 200 answers together, while one that has passed goes on.
func TestTheQuotaIsOneForAllApplicationsOnTrial(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		gates := []*access.Gate{d.gate}
		if strings.HasPrefix(url, "postgres") {
			gates = append(gates, newGate(t, storetest.Open(t, url, d.keys), func() time.Time { return now }))
		}
		officer, program := d.user(t, "petugas.dinkes"), d.user(t, "aplikasi.dinkes")
		today := party.WIB.Day(now)
		other := registered(t, d, officer.Institution, "Aplikasi Lain", agreement.PoCLetter{Letter: "J", On: today, Until: today})
		passed := registered(t, d, officer.Institution, "Aplikasi Lulus", agreement.PoCLetter{Letter: "H", On: today, Passed: true})
		var mu sync.Mutex
		count, free := map[access.Code]int{}, map[access.Code]int{}
		var wg sync.WaitGroup
		for c := range 64 {
			wg.Go(func() {
				for i := range 10 {
					r := request(officer, agreement.Portal, d.out.Sample.Found[(c*10+i)%len(d.out.Sample.Found)])
					into := count
					if app := []int64{0, program.Application, other.ID, passed.ID}[i%4]; app != 0 {
						r.Method = agreement.API
						r.Who = func(context.Context) (access.Caller, error) {
							return access.Caller{User: program.ID, Application: app}, nil
						}
						if app == passed.ID {
							into = free
						}
					}
					a, err := gates[c%len(gates)].Lookup(ctx, r)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					into[a.Code]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if count[access.Found] != 200 || count[access.Quota] != 312 || free[access.Found] != 128 {
			t.Errorf("%v within the quota, %v without", count, free)
		}
		hits, err := d.st.Rights.Hits(ctx, officer.Institution, today)
		if err != nil || hits[0]+hits[program.Application]+hits[other.ID] != 200 || hits[passed.ID] != 128 {
			t.Errorf("%v, %v", hits, err)
		}
	})
}

// TestWhatWorkedGoesOnAfterTheUpgrade: the applications of an agency past its PoC count as passed; those of another have 90 days within the
// quota; officers who asked by their password have a desk; the hits of today stay counted.
func TestWhatWorkedGoesOnAfterTheUpgrade(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx, dialect, driver := t.Context(), goose.DialectSQLite3, "sqlite"
		if strings.HasPrefix(url, "postgres") {
			dialect, driver = goose.DialectPostgres, "pgx"
		}
		db, err := sql.Open(driver, url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := store.MigrateTo(ctx, db, dialect, 26); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{
			"INSERT INTO institutions (id, code, name, zone) VALUES (0, 'dinas', 'Dinas', 'WIB'), " +
				"(1, 'lulus', 'Lulus', 'WIB'), (2, 'belum', 'Belum', 'WIB')",
			"INSERT INTO agreements (id, agency_id, provider_number, agency_number, signed_on, ends_on, terms) VALUES " +
				"(1, 1, 'P/1', 'A/1', '2026-01-01', '2028-01-01', '{}'), (2, 2, 'P/2', 'A/2', '2026-01-01', '2028-01-01', '{}')",
			"INSERT INTO poc_results (agreement_id, letter, decided_on, passed) VALUES (1, 'H/0', '2026-02-01', FALSE), " +
				"(1, 'H/1', '2026-03-01', TRUE)",
			"INSERT INTO applications (id, agency_id, name, since_us, ended_us) VALUES (10, 1, 'Satu', 5, 0), (11, 1, 'Loket " +
				"pelayanan', 5, 0), " +
				"(12, 2, 'Dua', 5, 0), (13, 1, 'Mati', 5, 9)",
			"INSERT INTO users (agency_id, login, name, position, role, methods, nda_signed, deactivated_us, password_hash) VALUES " +
				"(2, 'petugas', 'P', '', 'officer', '[\"portal\",\"api\"]', '', 0, ''), " +
				"(1, 'petugas2', 'P', '', 'officer', '[\"api\"]', '', 0, '')",
			"INSERT INTO quota_days (agency_id, day, hits) VALUES (2, '2026-11-23', 17)",
		} {
			if _, err := db.ExecContext(ctx, s); err != nil {
				t.Fatal(s, err)
			}
		}
		if err := store.MigrateTo(ctx, db, dialect, 27); err != nil {
			t.Fatal(err)
		}
		read := func(query string) (out []string) {
			t.Helper()
			rows, err := db.QueryContext(ctx, query)
			if err != nil {
				t.Fatal(query, err)
			}
			defer rows.Close()
			for rows.Next() {
				var row string
				if err := rows.Scan(&row); err != nil {
					t.Fatal(err)
				}
				out = append(out, row)
			}
			return out
		}
		soon := time.Now().UTC().AddDate(0, 0, 90).Format(time.DateOnly)
		trial := "2 peralihan trial " + soon
		for query, want := range map[string][]string{
			"SELECT agreement_id || ' ' || letter || ' ' || application_id FROM poc_results WHERE passed ORDER BY id": {"1 H/1 0",
				"1 H/1 10",
				"1 H/1 11"},
			"SELECT agreement_id || ' ' || letter || ' trial ' || until FROM poc_results WHERE until <> '' ORDER BY id": {trial, trial},
			"SELECT agency_id || ' ' || name || ' ' || kind FROM applications WHERE ended_us = 0 ORDER BY agency_id, name": {
				"1 Loket pelayanan desk", "1 Satu program", "2 Dua program", "2 Loket pelayanan desk"},
			"SELECT agency_id || ' ' || day || ' ' || application_id || ' ' || hits FROM quota_hits": {"2 2026-11-23 0 17"},
		} {
			if got := read(query); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		if err := store.MigrateTo(ctx, db, dialect, 37); err != nil {
			t.Fatal(err)
		}
		told := []string{"0 /konsol/instansi/belum/aplikasi", "0 /konsol/instansi/belum/aplikasi", "2 /instansi/aplikasi",
			"2 /instansi/aplikasi"}
		got := read("SELECT agency_id || ' ' || path FROM notices WHERE text LIKE '%masa peralihan 90 hari%' ORDER BY agency_id")
		if !slices.Equal(got, told) {
			t.Errorf("told: %q, want %q", got, told)
		}
	})
}

// TestAnApplicationInGraceStandsOnTheBoard, until its own PoC is passed or it is ended.
func TestAnApplicationInGraceStandsOnTheBoard(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		u := d.user(t, d.out.API[0].User)
		today := party.WIB.Day(now)
		a := registered(t, d, u.Institution, "Aplikasi Lama", agreement.PoCLetter{Letter: "peralihan", On: today, Until: today.AddDate(0, 0,
			90)})
		trials := func() []obligation.Trial {
			t.Helper()
			facts, err := d.st.Duties.DutyFacts(t.Context(), 0, now)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range facts[u.Institution] {
				if f.Works {
					return f.Trials
				}
			}
			return nil
		}
		want := obligation.Trial{Application: "Aplikasi Lama", From: today, Until: today.AddDate(0, 0, 90)}
		if got := trials(); len(got) != 1 || got[0] != want {
			t.Fatalf("%v, want %v", got, want)
		}
		st, err := d.st.Rights.Agency(t.Context(), u.Institution)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.st.Rights.Apply(t.Context(), journal.Change{At: now, Reason: "uji"}, procedure.RecordPoC{Agreement: st.Agreements[0],
			App: a, Letter: agreement.PoCLetter{Application: a.ID, Letter: "H/1", On: today, Passed: true}}); err != nil {
			t.Fatal(err)
		}
		if got := trials(); len(got) != 1 || !got[0].Passed.Equal(today) {
			t.Errorf("passed: %v", got)
		}
	})
}
