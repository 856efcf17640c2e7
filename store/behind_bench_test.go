package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/store/storetest"
)

// BenchmarkBehind measures what the work behind the log takes for each record of a person who was found, while no other work goes on.
func BenchmarkBehind(b *testing.B) {
	const records, clients = 20_000, 64
	d := open(b, storetest.SQLite(b))
	u := d.user(&testing.T{}, "aplikasi.dinpertan")
	ctx := context.Background()
	var spent time.Duration
	for b.Loop() {
		var wg sync.WaitGroup
		for c := range clients {
			wg.Go(func() {
				for n := range records / clients {
					r := request(u, agreement.API, d.out.Sample.Found[(c+n)%len(d.out.Sample.Found)])
					r.Reference = fmt.Sprintf("P-%d-%d", c, n)
					if a, err := d.gate.Lookup(ctx, r); err != nil || a.Code.Refused() {
						b.Error(a.Code, err)
						return
					}
				}
			})
		}
		wg.Wait()
		start := time.Now()
		if err := d.st.Derived.Fill(ctx); err != nil {
			b.Fatal(err)
		}
		spent += time.Since(start)
	}
	b.ReportMetric(float64(spent.Microseconds())/float64(b.N*(records/clients*clients)), "µs/record")
}
