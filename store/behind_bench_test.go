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
	passes := []struct {
		name string
		pass func(context.Context) error
	}{{"uses", d.st.Uses.IndexUses}, {"expectations", d.st.Balikan.FeedExpectations}, {"sums", d.st.Sums.SumUsage}}
	spent := make([]time.Duration, len(passes))
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
		for i, p := range passes {
			start := time.Now()
			if err := p.pass(ctx); err != nil {
				b.Fatal(err)
			}
			spent[i] += time.Since(start)
		}
	}
	for i, p := range passes {
		b.ReportMetric(float64(spent[i].Microseconds())/float64(b.N*(records/clients*clients)), "µs/record-"+p.name)
	}
}
