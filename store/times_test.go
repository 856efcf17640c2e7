package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"gapura/store/storetest"
)

// The numbers of the last migrations before two times were kept, and before tokens were bound to their agreements.
const (
	beforeTimes = 22
	beforeBound = 37
)

// older is the schema of a database as of a migration, with the means to bring it up to date.
func older(t *testing.T, url string, last int64) (*sql.DB, *goose.Provider) {
	t.Helper()
	dialect, driver, dir := goose.DialectSQLite3, "sqlite", "migrations/sqlite/main"
	if strings.HasPrefix(url, "postgres") {
		dialect, driver, dir = goose.DialectPostgres, "pgx", "migrations/postgres/main"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	p, err := goose.NewProvider(dialect, db, os.DirFS(dir), goose.WithTableName("goose_main"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	return db, p
}

// Nothing that works stops at the upgrade: an SPTJM that was signed under the agreement as it stands goes on, another one for 90 days, with
// a notice to both sides; facts are known since the records that brought them.
func TestTheUpgradeToTwoTimesStopsNothing(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		db, p := older(t, url, beforeTimes)
		at := func(day string) int64 {
			d, err := time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			return d.Add(9 * time.Hour).UnixMicro()
		}
		do := func(query string, args ...any) {
			t.Helper()
			if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
				t.Fatal(query, err)
			}
		}
		for id, code := range map[int]string{0: "dukcapil", 1: "dinlama", 2: "dinbaru"} {
			do("INSERT INTO institutions (id, code, name, zone) VALUES ($1, $2, $3, 'WIB')", id, code, "Dinas "+code)
		}
		head := "INSERT INTO heads (agency_id, name, position, sptjm_signed, sptjm_until, since, until) " +
			"VALUES ($1, $2, 'Kepala', $3, $4, $5, $6)"
		do(head, 1, "Rekaan Satu", "2023-05-02", "", "2020-01-02", "") // of an agreement before this one
		do(head, 2, "Rekaan Dua", "2026-01-12", "", "2020-01-02", "2026-05-31")
		do(head, 2, "Rekaan Tiga", "2026-06-02", "2099-01-01", "2026-06-01", "")
		for id := range 2 {
			do(`INSERT INTO agreements (id, agency_id, provider_number, agency_number, signed_on, ends_on, terms) VALUES ($1, $1, $2, 'A', '2026-01-12',
				'2028-01-12', '{"elements":["nik"],"methods":["portal"],"quota":200,"networks":[],"purposes":[]}')`, id+1, fmt.Sprintf("P/%d", id+1))
		}
		for _, change := range []string{`{"quota":300}`, `{"quota":400}`, `{"ends_on":"2029-01-12T00:00:00Z"}`} {
			do("INSERT INTO addenda (agreement_id, number, effective_on, terms_change) VALUES (2, 'A', '2026-04-01', $1)", change)
		}
		do("INSERT INTO poc_results (agreement_id, letter, decided_on, passed) VALUES (2, 'L', '2026-02-01', TRUE)")
		do("INSERT INTO decisions (agreement_id, kind, from_us, reason, letter) VALUES (2, 'suspend', $1, 'r', 'l')", at("2026-07-01"))
		do(`INSERT INTO users (id, agency_id, login, name, position, role, methods, nda_signed, deactivated_us, password_hash) VALUES
			(5, 2, 'petugas', 'N', 'J', 'officer', '["portal"]', '2026-02-03', $1, 'x')`, at("2026-08-01"))
		n := 0
		change := func(agency int, day, subject, after string) {
			n++
			do(`INSERT INTO changes (agency_id, seq, at_us, by_user, subject, reason, letter, before_text, after_text, leaf) VALUES
				($1, $2, $3, 1, $4, '', '', '', $5, $6)`, agency, n, at(day), subject, after, []byte(fmt.Sprintf("%032d", n)))
		}
		change(0, "2025-12-01", "Instansi dinbaru", "didaftarkan")
		change(2, "2026-01-20", "Perjanjian P/2", "ditandatangani 12 Januari 2026")
		change(2, "2026-02-10", "Perjanjian P/2", "PoC lulus, kuota harian dicabut mulai 1 Februari 2026")
		change(2, "2026-03-01", "Perjanjian P/2", "kuota: 300 per hari; mulai 1 April 2026")
		change(2, "2026-03-02", "Perjanjian P/2", "kuota: 400 per hari; mulai 1 April 2026")
		change(2, "2026-03-03", "Perjanjian P/2", "berlaku sampai 12 Januari 2029; mulai 1 April 2026")
		change(2, "2026-05-20", "Penanggung jawab", "Rekaan Tiga, Kepala, sejak 1 Juni 2026")
		change(2, "2026-06-03", "SPTJM Rekaan Tiga", "ditandatangani 2 Juni 2026")
		change(2, "2026-01-30", "User ID petugas", "didaftarkan untuk N")
		change(2, "2026-02-04", "User ID petugas", "NDA ditandatangani 3 Februari 2026, formulir F")
		change(2, "2026-08-01", "User ID petugas", "dinonaktifkan")
		do("INSERT INTO cases (id, agency_id, procedure_key, state, steps, opened_us, changed_us) " +
			"VALUES (9, 2, 'perpanjangan', 'open', 1, 1, 1)")
		do(`INSERT INTO case_steps (case_id, seq, step, at_us, by_user, letter, letter_day, verdict, fields_sealed) VALUES
			(9, 0, 'permohonan', $1, 1, 'S/1', '2028-09-01', '', $2)`, at("2028-09-02"), []byte{1})
		if _, err := p.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		grace := time.Now().UTC().AddDate(0, 0, 90)
		query := func(text string) string {
			t.Helper()
			rows, err := db.QueryContext(t.Context(), text)
			if err != nil {
				t.Fatal(text, err)
			}
			defer rows.Close()
			out := ""
			for rows.Next() {
				columns, _ := rows.Columns()
				values := make([]any, len(columns))
				for i := range values {
					values[i] = new(string)
				}
				if err := rows.Scan(values...); err != nil {
					t.Fatal(err)
				}
				for _, v := range values {
					out += *v.(*string) + " "
				}
			}
			if rows.Err() != nil {
				t.Fatal(rows.Err())
			}
			return strings.TrimSpace(out)
		}
		day := func(us string) string { return "CAST((" + us + ") / 86400000000 AS TEXT)" }
		since := func(days ...string) string {
			out := make([]string, len(days))
			for i, d := range days {
				out[i] = fmt.Sprint(at(d) / 86400000000)
			}
			return strings.Join(out, " ")
		}
		for what, c := range map[string][2]string{
			"the agreement":        {"SELECT " + day("known_us") + " FROM agreements WHERE id = 2", since("2026-01-20")},
			"one without a record": {"SELECT " + day("known_us") + " FROM agreements WHERE id = 1", "0"},
			"addenda": {"SELECT " + day("known_us") + " FROM addenda ORDER BY id", since("2026-03-01", "2026-03-02",
				"2026-03-03")},
			"PoC":       {"SELECT " + day("known_us") + " FROM poc_results", since("2026-02-10")},
			"decisions": {"SELECT " + day("known_us") + " FROM decisions", since("2026-07-01")},
			"heads": {"SELECT " + day("known_us") + " FROM heads WHERE agency_id = 2 ORDER BY id", since("2025-12-01",
				"2026-05-20")},
			"SPTJM of the agreement as it stands": {"SELECT s.until || ' ' || extended || ' ' || " + day("s.known_us") +
				" FROM sptjms s JOIN heads h ON h.id = s.head_id WHERE name = 'Rekaan Tiga'", "2099-01-01 1 " + since("2026-06-03")},
			"SPTJM of before the last extension": {"SELECT extended FROM sptjms s JOIN heads h ON h.id = s.head_id WHERE " +
				"name = 'Rekaan Dua'", "1"},
			"versions of the user id": {"SELECT nda_signed || '/' || " + day("known_us") + " || '/' || " + day("deactivated_us") +
				" FROM user_versions ORDER BY id", "/" + since("2026-01-30") + "/0 2026-02-03/" + since("2026-02-04") + "/0 2026-02-03/" +
				since("2026-08-01") + "/" + since("2026-08-01")},
			"the extension that is being decided": {"SELECT kind || ' ' || on_day || ' ' || ends || ' ' || letter || ' ' || " +
				"agreement_id FROM extension_steps",
				"asked 2028-09-01 2029-01-12 S/1 2"},
			"who is told": {"SELECT agency_id FROM notices WHERE text LIKE '%SPTJM%' ORDER BY agency_id", "0 1"},
		} {
			if got := query(c[0]); got != c[1] {
				t.Errorf("%s: %q, want %q", what, got, c[1])
			}
		}
		until := query("SELECT s.until FROM sptjms s JOIN heads h ON h.id = s.head_id WHERE name = 'Rekaan Satu'")
		if end, err := time.Parse(time.DateOnly, until); err != nil || grace.Sub(end).Abs() > 48*time.Hour {
			t.Errorf("an SPTJM of an older agreement goes on until %q, want %s", until, grace.Format(time.DateOnly))
		}
	})
}

// What was recorded and summed before the sums by element is taken in by the upgrade, by the agency's own day; what was not summed yet is
// left to the next look.
func TestTheUpgradeSumsWhatPurposesUsed(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		db, p := older(t, url, beforeTimes)
		if _, err := p.UpTo(t.Context(), 27); err != nil {
			t.Fatal(err)
		}
		do := func(query string, args ...any) {
			t.Helper()
			if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
				t.Fatal(query, err)
			}
		}
		do("INSERT INTO institutions (id, code, name, zone) VALUES (1, 'wit', 'W', 'WIT'), (2, 'wib', 'W', 'WIB')")
		do("INSERT INTO usage_fed (agency_id, upto) VALUES (1, 5), (2, 5)")
		evening := time.Date(2026, 1, 1, 16, 0, 0, 0, time.UTC).UnixMicro() // 2 January in WIT, 1 January in WIB
		for seq, r := range []struct {
			agency, elements int
			act              string
		}{{1, 3, "lookup"}, {1, 3, "match"}, {2, 6, "match"}, {1, 0, "lookup"}, {1, 3, "sign_in"}, {1, 3, "lookup"}} {
			do(`INSERT INTO records (agency_id, seq, at_us, act, user_id, agreement_id, basis, method, purpose, reference, address, outcome, hit,
				elements, leaf) VALUES ($1, $2, $3, $4, 1, 1, '', 'portal', 'bantuan', '', '', 'found', TRUE, $5, $6)`,
				r.agency, seq, evening, r.act, r.elements, []byte(fmt.Sprintf("%032d", seq)))
		}
		if _, err := p.UpTo(t.Context(), 28); err != nil {
			t.Fatal(err)
		}
		rows, err := db.QueryContext(t.Context(), "SELECT agency_id, day, elements, uses FROM usage_elements ORDER BY agency_id")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		got := ""
		for rows.Next() {
			var agency, day, elements, uses int
			if err := rows.Scan(&agency, &day, &elements, &uses); err != nil {
				t.Fatal(err)
			}
			got += fmt.Sprintln(agency, day, elements, uses)
		}
		if err := rows.Err(); err != nil || got != "1 20455 3 2\n2 20454 6 1\n" {
			t.Errorf("%q, %v", got, err)
		}
	})
}
