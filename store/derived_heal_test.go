package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"gapura/internal/told"
	"gapura/store"
	"gapura/store/storetest"
)

// A file of what is derived that is damaged while the program runs is made anew by the next pass, whoever met the damage; records and
// figures are as before.
func TestDamageOfWhatIsDerivedIsHealedWhileRunning(t *testing.T) {
	url := storetest.SQLite(t)
	d, ctx := open(t, url), t.Context()
	agency := d.user(t, "petugas.dinpertan").Institution
	scatter(t, d.st, rand.New(rand.NewPCG(3, 5)), agency, 3000)
	figures := func() (string, error) {
		usage, err := d.st.Sums.Usage(ctx, agency, now.AddDate(-1, 0, 0), now.AddDate(3, 0, 0))
		lines := make([]string, len(usage))
		for i, u := range usage {
			lines[i] = fmt.Sprint(u)
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n"), err
	}
	if err := d.st.Derived.Fill(ctx); err != nil {
		t.Fatal(err)
	}
	want, err := figures()
	if err != nil || want == "" {
		t.Fatal(want, err)
	}
	state, err := d.st.Derived.State(ctx)
	if err != nil || state.Bytes < 100_000 || state.Behind != 0 || state.Building {
		t.Fatalf("%+v %v", state, err)
	}
	for round, meet := range map[string]func() error{
		"by who reads":  func() error { _, err := figures(); return err },
		"by who writes": func() error { d.ask(t, "petugas.dinpertan", d.out.Sample.Found[1]); return d.st.Derived.Fill(ctx) },
	} {
		d.st.Uncached() // the last connection takes the write-ahead log over
		whole, err := os.ReadFile(store.DerivedFile(url))
		if err != nil {
			t.Fatal(err)
		}
		const page = 4096
		if err := os.WriteFile(store.DerivedFile(url), append(whole[:page:page], bytes.Repeat([]byte{0x5a}, len(whole)-page)...),
			0o600); err != nil {
			t.Fatal(err)
		}
		if err := meet(); err == nil {
			t.Fatalf("%s: the damage is not met", round)
		}
		for range 2 { // a small log is made anew at once
			if err := d.st.Derived.Fill(ctx); err != nil {
				t.Fatalf("%s: %v", round, err)
			}
		}
		got, err := figures()
		if err != nil || round == "by who reads" && got != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", round, err, got, want)
		}
		if want = got; d.st.Examine(ctx) != nil {
			t.Errorf("%s: still damaged", round)
		}
	}
}

// While figures are made anew people are told so, how far it is and when to come again.
func TestWhoAsksForFiguresThatAreMadeAnewIsToldHowFarItIs(t *testing.T) {
	d, ctx := open(t, storetest.SQLite(t)), t.Context()
	agency := d.user(t, "petugas.dinpertan").Institution
	scatter(t, d.st, rand.New(rand.NewPCG(3, 5)), agency, 9000)
	if err := d.st.Derived.Fill(ctx); err != nil {
		t.Fatal(err)
	}
	cut, stop := context.WithCancel(ctx)
	if err := d.st.Derived.Rebuild(cut, func(store.Progress) { stop() }); err == nil {
		t.Fatal("a run that was cut short came to its end")
	}
	_, err := d.st.Sums.Usage(ctx, agency, now.AddDate(-1, 0, 0), now)
	words, ok := errors.AsType[*told.Error](err)
	state, err2 := d.st.Derived.State(ctx)
	if !ok || !errors.Is(err, store.ErrBuilding) || words.After == 0 || err2 != nil || !state.Building ||
		!strings.Contains(words.Text, fmt.Sprintf("(%d %% selesai)", state.Progress.Percent())) {
		t.Errorf("%v, %+v %v", err, state, err2)
	}
}

// What was expected before the expectations moved out of the database (migration 43) comes again as answers in their order: each closes
// what was open before the person's next one was opened, and before the place that was taken in then. What no record tells any more is
// kept as it was.
func TestExpectationsOfBeforeBecomeAnswers(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx, dialect, driver := t.Context(), goose.DialectSQLite3, "sqlite"
		if store.IsURL(url) {
			dialect, driver = goose.DialectPostgres, "pgx"
		}
		db, err := sql.Open(driver, url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := store.MigrateTo(ctx, db, dialect, 42); err != nil {
			t.Fatal(err)
		}
		run := func(query string, args ...any) {
			t.Helper()
			if _, err := db.ExecContext(ctx, query, args...); err != nil {
				t.Fatal(query, err)
			}
		}
		at := func(days int) int64 { return now.Add(time.Duration(days) * 24 * time.Hour).UnixMicro() }
		for seq, person := range []string{"A", "B", "", "A", "-", "E", "A"} {
			var index any
			if person != "" {
				index = []byte(person)
			}
			if person != "-" { // archived
				run("INSERT INTO records (agency_id, seq, at_us, act, user_id, agreement_id, basis, method, purpose, reference, "+
					"address, nik_index, "+
					"outcome, hit, elements) VALUES (1, $1, $2, 'lookup', 5, 1, 'P', 'api', 'x', '', '', $3, 'found', TRUE, 1)", seq,
					at(seq), index)
			}
		}
		run("INSERT INTO balikan_fed (agency_id, upto) VALUES (1, 7)")
		for _, e := range []struct {
			person string
			seq    int
			state  int
			by     int
			reason string
		}{{"A", 0, 1, 0, ""}, {"B", 1, 2, 8, "tidak jadi"}, {"C", 2, 1, 0, ""}, {"A", 3, 2, 9, "ganda"}, {"D", 4, 0, 0, ""},
			{"E", 5, 0, 0, ""},
			{"A", 6, 0, 0, ""}} {
			closed := int64(0)
			if e.state != 0 {
				closed = at(10 + e.seq)
			}
			run("INSERT INTO expectations (agency_id, nik_index, seq, opened_us, due_us, user_id, reference, month, state, closed_us, "+
				"closed_by, "+
				"reason) VALUES (1, $1, $2, $3, $4, 5, 'R', '2026-11', $5, $6, $7, $8)", []byte(e.person), e.seq, at(e.seq), at(e.seq+5),
				e.state,
				closed, e.by, e.reason)
		}
		if err := store.MigrateTo(ctx, db, dialect, 43); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string][]string{
			"SELECT n || ' ' || seq || ' before ' || place || ' ' || state || ' ' || at_us || ' ' || by_user || ' ' || reason FROM " +
				"answers WHERE agency_id = 1 ORDER BY n": {fmt.Sprintf("0 0 before 3 1 %d 0 ", at(10)),
				fmt.Sprintf("1 3 before 6 2 %d 9 ganda", at(13)),
				fmt.Sprintf("2 1 before 7 2 %d 8 tidak jadi", at(11))},
			"SELECT agency_id || ' ' || answers FROM answer_counts": {"1 3"},
			"SELECT seq || ' ' || n || ' ' || state || ' before ' || closed_place || ' ' || opened_us || ' ' || due_us || ' ' || " +
				"reference || ' ' || " +
				"month FROM kept_expectations ORDER BY seq": {fmt.Sprintf("2 -1 1 before 7 %d %d R 2026-11", at(2), at(7)),
				fmt.Sprintf("4 -1 0 before 0 %d %d R 2026-11", at(4), at(9))},
		} {
			rows, err := db.QueryContext(ctx, query)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for rows.Next() {
				var line string
				if err := rows.Scan(&line); err != nil {
					t.Fatal(err)
				}
				got = append(got, line)
			}
			if err := rows.Err(); err != nil || !slices.Equal(got, want) {
				t.Errorf("%q\nwant %q, %v", got, want, err)
			}
		}
	})
}
