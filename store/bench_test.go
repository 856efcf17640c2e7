package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"gapura/agreement"
	"gapura/store/storetest"
)

// BenchmarkJournalCost prints how many lookups a second pass with the log's tree relative to without it, in one run and taking turns (goal: at least 0.85).
func BenchmarkJournalCost(b *testing.B) {
	const clients, turn, turns = 64, time.Second, 6
	made := func(treeless bool) (ask func() int) {
		t := &testing.T{}
		d := &district{st: storetest.Open(b, storetest.SQLite(b), storetest.Keys(b)), now: now}
		fill(t, d)
		if treeless {
			d.st.Treeless()
		}
		u := d.user(t, "aplikasi.dinpertan")
		return func() int {
			ctx, stop := context.WithTimeout(context.Background(), turn)
			defer stop()
			var wg sync.WaitGroup
			counts := make([]int, clients)
			for c := range clients {
				wg.Go(func() {
					for i := 0; ctx.Err() == nil; i++ {
						a, err := d.gate.Lookup(context.Background(), request(u, agreement.API, d.out.Sample.Found[(c+i)%len(d.out.Sample.Found)]))
						if err != nil || a.Code.Refused() {
							b.Error(a.Code, err)
							return
						}
						counts[c]++
					}
				})
			}
			wg.Wait()
			n := 0
			for _, c := range counts {
				n += c
			}
			return n
		}
	}
	with, without := made(false), made(true)
	for b.Loop() {
		var n, bare int
		for range turns {
			n += with()
			bare += without()
		}
		b.ReportMetric(float64(n)/float64(turns)/turn.Seconds(), "lookups/s")
		b.ReportMetric(float64(bare)/float64(turns)/turn.Seconds(), "lookups/s-without")
		b.ReportMetric(float64(n)/float64(bare), "ratio")
	}
}
