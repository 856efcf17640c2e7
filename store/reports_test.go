package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/office/report"
	"gapura/person/nik"
	"gapura/store"
	"gapura/store/storetest"
)

// Data balikan of any period, parts of months among them, are those of the expectations that its lookups opened, counted by the plainest
// means there is.
func TestReconciledIsWhatLookupsOfThePeriodExpect(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx := context.Background()
		d := open(t, url)
		agency := d.user(t, "petugas.dinpertan").Institution
		logins := []string{"petugas.dinpertan", "kepala.dinpertan", "aplikasi.dinpertan"}
		rng := rand.New(rand.NewPCG(7, 8))
		version, err := d.st.Rights.Version(ctx)
		if err != nil {
			t.Fatal(err)
		}
		person := func(n int) string { return fmt.Sprintf("330301%02d0180%04d", 1+n%28, 1+n) }
		begin := party.WIB.Begin(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		const days = 200
		var batch []*journal.Entry
		for n := range 600 {
			at := begin.Add(days * 24 * time.Hour * time.Duration(n) / 600)
			if n%9 == 0 { // the last microsecond of a month
				y, m, _ := at.In(party.WIB.Location()).Date()
				at = time.Date(y, m, 1, 0, 0, 0, 0, party.WIB.Location()).Add(-time.Microsecond)
			}
			known, err := nik.Parse(person(rng.IntN(250)))
			if err != nil {
				t.Fatal(err)
			}
			r := journal.Record{
				At: at, Act: journal.ActLookup, User: d.user(t, logins[rng.IntN(3)]).ID, Method: agreement.Portal, Purpose: "bantuan",
				Reference: fmt.Sprint("P-", rng.IntN(3)), NIK: known, Outcome: string(access.Found), Hit: true,
			}
			batch = append(batch, &journal.Entry{Log: agency, Day: party.WIB.Day(at), Rights: version,
				Decide: func(int) journal.Record { return r }})
		}
		if err := d.st.Journal.AppendRecords(ctx, batch); err != nil {
			t.Fatal(err)
		}
		for n := range 300 { // 150 of the 250 persons, and 150 whom nobody looked up
			params := map[string]string{}
			for _, f := range agreement.DefaultBalikan.Fields {
				params[f] = fmt.Sprint("x", n)
			}
			item, err := balikan.NewItem(0, person(n/2+n%2*1000), []map[string]string{params}, agreement.DefaultBalikan)
			if err != nil {
				t.Fatal(err)
			}
			at := begin.Add(time.Duration(rng.IntN(days*24)) * time.Hour)
			if _, err := d.st.Balikan.TakeBalikan(ctx, balikan.Delivery{Agency: agency, At: at, Via: balikan.ByUpload,
				Items: []balikan.Item{item}}); err != nil {
				t.Fatal(err)
			}
		}
		for n := range int64(60) {
			if _, err := d.st.Balikan.Excuse(ctx, agency, n*7, 1, begin.AddDate(0, 0, 30), balikan.Reasons[0].Key); err != nil {
				t.Fatal(err)
			}
		}

		type expected struct {
			login              string
			opened, due, ended int64
			state              int
		}
		var all []expected
		var strange []int64
		if err := d.st.Derived.Fill(ctx); err != nil {
			t.Fatal(err)
		}
		db := raw(t, url)
		if !store.IsURL(url) {
			db.SetMaxOpenConns(1)
			if _, err := db.ExecContext(ctx, "ATTACH DATABASE $1 AS derived", store.DerivedFile(url)); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT u.login, e.opened_us, e.due_us, e.closed_us, e.state FROM expectations e, "+
			"users u WHERE u.id = e.user_id AND e.agency_id = %d", agency))
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var e expected
			if err := rows.Scan(&e.login, &e.opened, &e.due, &e.ended, &e.state); err != nil {
				t.Fatal(err)
			}
			all = append(all, e)
		}
		if rows, err = db.QueryContext(ctx, fmt.Sprintf("SELECT at_us FROM balikan WHERE unmatched AND agency_id = %d",
			agency)); err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var at int64
			if err := rows.Scan(&at); err != nil {
				t.Fatal(err)
			}
			strange = append(strange, at)
		}
		if len(all) < 200 || len(strange) < 100 {
			t.Fatalf("%d expectations, %d unmatched", len(all), len(strange))
		}
		at := begin.AddDate(0, 0, 120)
		plain := func(from, to time.Time) (want report.Balikan) {
			a, b := party.WIB.Begin(from).UnixMicro(), party.WIB.Begin(to).UnixMicro()
			users := map[string]*report.BalikanLine{}
			for _, e := range all {
				if e.opened < a || e.opened >= b {
					continue
				}
				if users[e.login] == nil {
					users[e.login] = &report.BalikanLine{Login: e.login}
				}
				u := users[e.login]
				u.Opened++
				switch e.state {
				case 0:
					if e.due < at.UnixMicro() {
						want.Overdue++
					}
				case 1:
					u.Met++
					if e.ended >= e.due {
						u.Late++
					}
				case 2:
					u.Excused++
				}
			}
			for _, u := range users {
				want.Users = append(want.Users, *u)
			}
			slices.SortFunc(want.Users, func(a, b report.BalikanLine) int { return strings.Compare(a.Login, b.Login) })
			for _, s := range strange {
				if s >= a && s < b {
					want.Unmatched++
				}
			}
			return want
		}
		first := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
		periods := [][2]time.Time{{first.AddDate(0, 1, 0), first.AddDate(0, 7, 0)}, {first, first.AddDate(0, 1, 0)}}
		for range 60 {
			from := first.AddDate(0, 0, rng.IntN(240))
			periods = append(periods, [2]time.Time{from, from.AddDate(0, 0, 1+rng.IntN(120))})
		}
		for _, p := range periods {
			got, err := d.st.Balikan.Reconciled(ctx, agency, p[0], p[1], at)
			want := plain(p[0], p[1])
			if err != nil || !slices.Equal(got.Users, want.Users) || got.Overdue != want.Overdue || got.Unmatched != want.Unmatched {
				t.Errorf("%s to %s: %+v, want %+v, %v", p[0].Format(time.DateOnly), p[1].Format(time.DateOnly), got, want, err)
			}
		}
	})
}
