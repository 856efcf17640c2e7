package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/exchange/balikan"
	"gapura/store"
	"gapura/store/storetest"
)

// What is derived is thrown away, cut off in the middle of being made anew, and lost with its file: the same comes again from the log and
// from what people answered, in which lookups, deliveries and reasons overlap. Until then no figure is given.
func TestWhatIsDerivedComesAgainFromTheLogs(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		agency := d.user(t, "petugas.dinpertan").Institution
		rng := rand.New(rand.NewPCG(3, 5))
		scatter(t, d.st, rng, agency, 5000)
		for n := range 120 {
			if n%5 == 0 {
				d.now = d.now.AddDate(0, 0, 9)
			}
			d.ask(t, "petugas.dinpertan", d.out.Sample.Found[rng.IntN(12)])
			if n%3 != 0 {
				continue
			}
			params := map[string]string{}
			for _, f := range agreement.DefaultBalikan.Fields {
				params[f] = fmt.Sprint("x", n)
			}
			item, err := balikan.NewItem(0, d.out.Sample.Found[rng.IntN(12)], []map[string]string{params}, agreement.DefaultBalikan)
			if err != nil {
				t.Fatal(err)
			}
			if n%9 == 0 {
				item.Reason = balikan.Reasons[0].Key
			}
			if _, err := d.st.Balikan.TakeBalikan(ctx, balikan.Delivery{Agency: agency, At: d.now, Via: balikan.ByUpload,
				Items: []balikan.Item{item}}); err != nil {
				t.Fatal(err)
			}
		}
		figures := func(st *store.DB) string {
			t.Helper()
			rates, err1 := st.Balikan.Rates(ctx, agency, now.AddDate(-1, 0, 0), time.Time{})
			left, err2 := st.Balikan.Outstanding(ctx, balikan.OutstandingQuery{Agency: agency, Limit: 1000})
			usage, err3 := st.Sums.Usage(ctx, agency, now.AddDate(-1, 0, 0), now.AddDate(3, 0, 0))
			if err := errors.Join(err1, err2, err3); err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, u := range usage {
				lines = append(lines, fmt.Sprintln(u))
			}
			slices.Sort(lines)
			for _, e := range left {
				lines = append(lines, fmt.Sprintln(e.Seq, e.Opened, e.Due, e.Login, e.Reference))
			}
			return fmt.Sprintln(rates, lines)
		}
		want := figures(d.st)
		cut, stop := context.WithCancel(ctx)
		if err := d.st.Derived.Rebuild(cut, func(store.Progress) { stop() }); err == nil {
			t.Fatal("a run that was cut short came to its end")
		}
		if _, err := d.st.Balikan.Rates(ctx, agency, now, time.Time{}); !errors.Is(err, store.ErrBuilding) {
			t.Errorf("half of it is shown: %v", err)
		}
		if err := d.st.Derived.Rebuild(ctx, func(store.Progress) {}); err != nil {
			t.Fatal(err)
		}
		if got := figures(d.st); got != want {
			t.Errorf("made anew:\n%s\nwant\n%s", got, want)
		}
		if store.IsURL(url) {
			return
		}
		for _, part := range []string{"", "-wal", "-shm"} { // as after a crash: the first goes on with what it has open
			if err := os.Remove(store.DerivedFile(url) + part); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(store.DerivedFile(url), []byte("no database any more, by far no database any more"), 0o600); err != nil {
			t.Fatal(err)
		}
		st := storetest.Open(t, url, d.keys)
		if err := st.Derived.Fill(ctx); err != nil {
			t.Fatal(err)
		}
		if got := figures(st); got != want {
			t.Errorf("of a damaged file:\n%s\nwant\n%s", got, want)
		}
	})
}
