package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gapura/agreement/party"
	"gapura/office/evaluation"
	"gapura/office/report"
	"gapura/store"
	"gapura/store/storetest"
)

// Totals by agency and by day are what a query of its own finds in the records, for spans with whole months in them and without.
func TestTotalsAreThoseOfTheRecords(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		rng := rand.New(rand.NewPCG(3, 4))
		one, two := d.user(t, "petugas.dinpertan").Institution, d.user(t, "petugas.dinkes").Institution
		scatter(t, d.st, rng, one, 900)
		scatter(t, d.st, rng, two, 300)
		db := raw(t, url)
		const sum = `SELECT COUNT(*), COALESCE(SUM(CASE WHEN hit THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN outcome = 'found' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN outcome = 'unknown' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN outcome = 'malformed' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN outcome IN ('deceased', 'duplicate', 'unknown', 'inactive', 'malformed') THEN 1 ELSE 0 END), 0)
			FROM records WHERE act IN ('lookup', 'match') AND at_us >= $1 AND at_us < $2 AND agency_id >= $3 AND agency_id <= $4`
		day := party.WIB.Day(now)
		for _, span := range [][2]int{{-1, 70}, {-60, 70}, {3, 20}, {0, 1}, {100, 300}} {
			from, to := day.AddDate(0, 0, span[0]), day.AddDate(0, 0, span[1])
			count := func(low, high int64, days ...int) (lookups, hits, found, unknown, malformed, notices int) {
				t.Helper()
				a, b := from, to
				if len(days) == 1 {
					a, b = day.AddDate(0, 0, days[0]), day.AddDate(0, 0, days[0]+1)
				}
				if err := db.QueryRow(sum, party.WIB.Begin(a).UnixMicro(), party.WIB.Begin(b).UnixMicro(), low, high).Scan(&lookups, &hits,
					&found, &unknown, &malformed, &notices); err != nil {
					t.Fatal(err)
				}
				return
			}
			all, err := d.st.Sums.AgencyTotals(ctx, from, to)
			if err != nil {
				t.Fatal(err)
			}
			for _, agency := range []int64{one, two} {
				lookups, hits, found, unknown, malformed, notices := count(agency, agency)
				x := all[agency]
				if x.Lookups != lookups || x.Hits != hits || x.Found != found || x.Unknown != unknown || x.Malformed != malformed ||
					x.Notices() != notices || x.Refused() != lookups-found-notices {
					t.Errorf("%v: %+v, the records say %d, %d, %d, %d, %d, %d", span, x, lookups, hits, found, unknown, malformed, notices)
				}
				if own, err := d.st.Sums.TotalsOf(ctx, agency, from, to); err != nil || own != x {
					t.Errorf("%v: one agency's are %+v, among all %+v, %v", span, own, x, err)
				}
			}
			days, err := d.st.Sums.DayTotals(ctx, from, to)
			if err != nil {
				t.Fatal(err)
			}
			got := map[int64]evaluation.DayTotals{}
			for _, x := range days {
				got[report.DayNumber(x.Day)] = x
			}
			for n := span[0]; n < span[1]; n++ {
				lookups, hits, found, _, _, notices := count(0, 1<<40, n)
				if x := got[report.DayNumber(day.AddDate(0, 0, n))]; x.Lookups != lookups || x.Hits != hits || x.Found != found ||
					x.Notices != notices {
					t.Errorf("day %d: %+v, the records say %d, %d, %d, %d", n, x, lookups, hits, found, notices)
				}
			}
		}
	})
}

// The sums by month that an upgrade makes of the sums by day are those that filling makes of the records.
func TestAnUpgradeSumsMonthsAsFillingDoes(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		scatter(t, d.st, rand.New(rand.NewPCG(5, 6)), d.user(t, "petugas.dinpertan").Institution, 600)
		if _, err := d.st.Sums.AgencyTotals(ctx, now.AddDate(0, 0, -400), now.AddDate(0, 0, 400)); err != nil {
			t.Fatal(err)
		}
		engine, at := "postgres", url
		if !strings.HasPrefix(url, "postgres") {
			engine, at = "sqlite", store.DerivedFile(url)
		}
		db := raw(t, at)
		months := func() (out []string) {
			t.Helper()
			rows, err := db.Query("SELECT month, agency_id, outcome, lookups, hits FROM usage_months ORDER BY 1, 2, 3")
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				var month, agency, lookups, hits int64
				var outcome string
				if err := rows.Scan(&month, &agency, &outcome, &lookups, &hits); err != nil {
					t.Fatal(err)
				}
				out = append(out, fmt.Sprint(month, agency, outcome, lookups, hits))
			}
			return out
		}
		filled := months()
		file, err := os.ReadFile(filepath.Join("migrations", engine, "derived", "00002_months.sql"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("DELETE FROM usage_months"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(string(file)[strings.Index(string(file), "INSERT INTO usage_months"):]); err != nil {
			t.Fatal(err)
		}
		if upgraded := months(); len(filled) < 6 || !slices.Equal(filled, upgraded) {
			t.Errorf("filled:\n%s\nupgraded:\n%s", strings.Join(filled, "\n"), strings.Join(upgraded, "\n"))
		}
	})
}
