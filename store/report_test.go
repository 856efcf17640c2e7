package store_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/evaluation"
	"gapura/office/report"
	"gapura/person/population"
	"gapura/store"
	"gapura/store/storetest"
)

// scatter writes random records of an agency over the days from now on, midnights among them, and returns them.
func scatter(t *testing.T, st *store.DB, rng *rand.Rand, agency int64, n int) (all []journal.Record) {
	t.Helper()
	version, err := st.Rights.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	for range n {
		r := journal.Record{
			At: now.Add(time.Duration(rng.IntN(40*24*60)) * time.Minute), Act: pick(journal.ActLookup, journal.ActMatch, journal.ActSignIn),
			User:   int64(rng.IntN(4)),
			Method: pick(agreement.Portal, agreement.API), Purpose: pick("bantuan", "benih"), Outcome: pick(string(access.Found),
				string(access.Unknown), string(access.Quota)), Hit: rng.IntN(2) == 0,
		}
		if r.Outcome == string(access.Found) {
			r.Elements = population.Elements(rng.IntN(8))
		}
		if rng.IntN(5) == 0 { // the last microsecond of a day in WIB
			r.At = party.WIB.Begin(party.WIB.Day(r.At)).Add(-time.Microsecond)
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b journal.Record) int { return a.At.Compare(b.At) })
	for part := range slices.Chunk(all, 300) {
		var batch []*journal.Entry
		for _, r := range part {
			batch = append(batch, &journal.Entry{Log: agency, Day: party.WIB.Day(r.At), Rights: version,
				Decide: func(int) journal.Record { return r }})
		}
		if err := st.Journal.AppendRecords(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// sums adds records up by the plainest means there is.
func sums(all []journal.Record, from, to time.Time) map[report.Usage]int {
	out := map[report.Usage]int{}
	for _, r := range all {
		if day := party.WIB.Day(r.At); day.Before(from) || !day.Before(to) {
			continue
		}
		key := report.Usage{User: r.User, Act: r.Act, Method: r.Method, Purpose: r.Purpose, Outcome: r.Outcome}
		out[key]++
		if r.Hit {
			key.Hits = 1
			out[key]++
		}
	}
	return out
}

func asMap(list []report.Usage) map[report.Usage]int {
	out := map[report.Usage]int{}
	for _, u := range list {
		n, hits := u.Lookups, u.Hits
		u.Lookups, u.Hits = 0, 0
		out[u] = n
		if hits > 0 {
			u.Hits = 1
			out[u] = hits
		}
	}
	return out
}

// usesOf adds up what purposes used by the plainest means there is.
func usesOf(all []journal.Record, from, to time.Time) map[string]evaluation.Uses {
	out := map[string]evaluation.Uses{}
	for _, r := range all {
		if day := party.WIB.Day(r.At); day.Before(from) || !day.Before(to) || r.Act == journal.ActSignIn || r.Elements == 0 {
			continue
		}
		u := out[r.Purpose]
		out[r.Purpose] = evaluation.Uses{Persons: u.Persons + 1, Elements: u.Elements | r.Elements}
	}
	return out
}

// The sums are those of the records, whatever the period, over two processes that sum at once; made anew they are the same, and an archive
// takes nothing from them.
func TestSumsAreThoseOfTheRecords(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx := context.Background()
		d := open(t, url)
		agency := d.user(t, "petugas.dinpertan").Institution
		rng := rand.New(rand.NewPCG(1, 2))
		all := scatter(t, d.st, rng, agency, 1500)
		scatter(t, d.st, rng, d.user(t, "petugas.dinkes").Institution, 200) // another's
		other := storetest.Open(t, url, d.keys)
		day := party.WIB.Day(now)
		compare := func(st *store.DB, from, to time.Time) {
			t.Helper()
			got, err := st.Sums.Usage(ctx, agency, from, to)
			if err != nil || !maps.Equal(asMap(got), sums(all, from, to)) {
				t.Fatalf("%d kinds of sums, want %d, %v", len(got), len(sums(all, from, to)), err)
			}
			if used, err := st.Sums.UsedElements(ctx, agency, from, to); err != nil || !maps.Equal(used, usesOf(all, from, to)) {
				t.Fatalf("used elements: %v, want %v, %v", used, usesOf(all, from, to), err)
			}
		}
		var wg sync.WaitGroup
		for _, st := range []*store.DB{d.st, other, d.st, other} {
			wg.Go(func() {
				if err := st.Derived.Fill(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		compare(d.st, day, day.AddDate(0, 0, 60))
		compare(d.st, day.AddDate(0, 0, -1), day)
		all = append(all, scatter(t, d.st, rng, agency, 100)...)
		for range 20 { // without a call to sum up
			from := day.AddDate(0, 0, rng.IntN(40)-1)
			compare(other, from, from.AddDate(0, 0, rng.IntN(10)))
		}
		byDay, err := d.st.Sums.UsageByDay(ctx, agency, 2, day, day.AddDate(0, 0, 60))
		if err != nil {
			t.Fatal(err)
		}
		got, want := map[string]int{}, map[string]int{}
		for _, u := range byDay {
			got[fmt.Sprint(u.Day, u.Act, u.Outcome)] += u.Lookups
		}
		for _, r := range all {
			if on := party.WIB.Day(r.At); r.User == 2 && !on.Before(day) {
				want[fmt.Sprint(on, r.Act, r.Outcome)]++
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("a user's days: %d, want %d", len(got), len(want))
		}
		before, err := d.st.Sums.AllUsageByDay(ctx, day.AddDate(0, 0, -2), day.AddDate(0, 0, 60))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.st.Derived.Rebuild(ctx, func(store.Progress) {}); err != nil {
			t.Fatal(err)
		}
		compare(d.st, day.AddDate(0, 0, -2), day.AddDate(0, 0, 60))
		after, err := d.st.Sums.AllUsageByDay(ctx, day.AddDate(0, 0, -2), day.AddDate(0, 0, 60))
		if err != nil || !slices.Equal(before, after) {
			t.Errorf("made anew the days differ, %v", err)
		}
		byAgency, err := d.st.Sums.AllUsageByAgency(ctx, day.AddDate(0, 0, -2), day.AddDate(0, 0, 60))
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for _, u := range byAgency {
			if u.Agency == agency {
				total += u.Lookups
			}
		}
		if total != len(all) {
			t.Errorf("%d records of the agency, want %d", total, len(all))
		}
		// What is archived stays summed, and is made anew from the archive.
		n := notary(d.st)
		if _, err := n.Sign(ctx); err != nil {
			t.Fatal(err)
		}
		a, err := n.Archive(ctx, d.st.Journal, agency, "dinpertan", now.AddDate(1, 0, 0), journal.Change{At: now, Reason: "usia simpan"})
		if err != nil || a == nil || a.Size() < 512 {
			t.Fatal(a, err)
		}
		compare(d.st, day.AddDate(0, 0, -2), day.AddDate(0, 0, 60))
		if err := d.st.Derived.Rebuild(ctx, func(store.Progress) {}); err != nil {
			t.Fatal(err)
		}
		compare(d.st, day.AddDate(0, 0, -2), day.AddDate(0, 0, 60))
	})
}
