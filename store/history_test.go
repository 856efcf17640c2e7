package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/journal/journal"
	"gapura/store/storetest"
)

// TestRecordsOfATimeAreThoseOfAModel asks for the records of any time, user and outcome, over three weeks in which a record's instant may
// be hours before that of the record before it, and compares with a plain search.
func TestRecordsOfATimeAreThoseOfAModel(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx, at := open(t, url), t.Context(), now
		gate := newGate(t, d.st, func() time.Time { return at })
		officer, head := d.user(t, "petugas.dinpertan"), d.user(t, "kepala.dinpertan")
		app := d.user(t, "aplikasi.dinpertan")
		random := rand.New(rand.NewPCG(7, 7))
		numbers := []string{d.out.Sample.Found[0], d.out.Sample.Unknown[0], d.out.Sample.Malformed[0]}
		for i := range 150 {
			at = now.Add(time.Duration(i)*3*time.Hour - time.Duration(random.IntN(20))*time.Hour)
			who, method := officer, agreement.Portal
			if i%5 > 0 {
				who, method = app, agreement.API
			}
			if _, err := gate.Lookup(ctx, request(who, method, numbers[random.IntN(3)])); err != nil {
				t.Fatal(err)
			}
		}
		all, _, err := d.st.Journal.Records(ctx, access.HistoryQuery{Agency: officer.Institution, Limit: 1000})
		if err != nil || len(all) < 150 {
			t.Fatalf("%d records, %v", len(all), err)
		}
		some := 0
		for range 120 {
			q := access.HistoryQuery{Agency: officer.Institution, Oldest: random.IntN(2) == 0, Limit: 1000}
			q.User = []int64{0, officer.ID, app.ID, head.ID}[random.IntN(4)]
			q.Outcome = []access.Code{"", access.Found, access.Unknown}[random.IntN(3)]
			from := now.Add(time.Duration(random.IntN(500)) * time.Hour)
			if random.IntN(3) > 0 {
				q.From = from
			}
			if random.IntN(3) > 0 {
				q.To = from.Add(time.Duration(random.IntN(100)) * time.Hour)
			}
			got, _, err := d.st.Journal.Records(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			want := slices.DeleteFunc(slices.Clone(all), func(r access.HistoryRow) bool {
				return q.User != 0 && r.User != q.User || q.Outcome != "" && r.Outcome != string(q.Outcome) ||
					!q.From.IsZero() && r.At.Before(q.From) || !q.To.IsZero() && !r.At.Before(q.To)
			})
			if q.Oldest {
				slices.Reverse(want)
			}
			if ids(got) != ids(want) {
				t.Fatalf("%+v: %s, want %s", q, ids(got), ids(want))
			}
			some += len(got)
		}
		if some < 500 {
			t.Errorf("only %d records were asked for", some)
		}
	})
}

func ids(rows []access.HistoryRow) string {
	out := []journal.ID{}
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return fmt.Sprint(out)
}

// TestAUsersRecordsAreFoundByTheirIndex asks SQLite how it finds a user's records: by the index by user, for any log is long.
func TestAUsersRecordsAreFoundByTheirIndex(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	_, read := d.st.Pools()
	code, err := os.ReadFile("sqldb/journal.sql.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"recordsOfUserNewest", "recordsOfUserOldest"} {
		query := regexp.MustCompile("(?s)const " + name + " = `(.*?)`").FindSubmatch(code)
		if query == nil {
			t.Fatal("no query " + name)
		}
		args := make([]any, 12)
		for i := range args {
			args[i] = 1
		}
		rows, err := read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+string(query[1]), args...)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, step)
		}
		if text := strings.Join(plan, "; "); !strings.Contains(text,
			"COVERING INDEX records_of_user (agency_id=? AND user_id=?)") ||
			strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%s: %s", name, text)
		}
	}
}
