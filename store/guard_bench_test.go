package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gapura/access/guard"
	"gapura/agreement/agreement"
	"gapura/store/storetest"
)

// BenchmarkFirstLookup measures an agency's first lookup after a start, with 100,000 records of its last days in the log: from what was
// kept (goal: below 50 ms), and from the log alone.
func BenchmarkFirstLookup(b *testing.B) {
	const records, clients = 100_000, 64
	d, t := open(b, storetest.SQLite(b)), &testing.T{}
	u, ctx := d.user(t, "aplikasi.dinpertan"), context.Background()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := range records / clients {
				number := fmt.Sprintf("330301%02d%02d%02d%04d", 1+c%28, 1+n%12, 40+(n/12)%60, 1+c/28)
				if _, err := d.gate.Lookup(ctx, request(u, agreement.API, number)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	first := func() time.Duration {
		d.gate.Watch = guard.New(d.st.Guard, nil)
		start := time.Now()
		if _, err := d.gate.Lookup(ctx, request(u, agreement.API, d.out.Sample.Found[0])); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	var read, kept time.Duration
	for b.Loop() {
		read += first()
	}
	g := guard.New(d.st.Guard, nil)
	d.gate.Watch = g
	if _, err := d.gate.Lookup(ctx, request(u, agreement.API, d.out.Sample.Found[1])); err != nil {
		b.Fatal(err)
	}
	if err := g.Keep(ctx, now, 1); err != nil {
		b.Fatal(err)
	}
	for range b.N {
		kept += first()
	}
	b.ReportMetric(float64(read.Milliseconds())/float64(b.N), "ms-reading-the-log")
	b.ReportMetric(float64(kept.Microseconds())/1000/float64(b.N), "ms-from-what-was-kept")
}
