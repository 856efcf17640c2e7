package api_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"gapura/access/guard"
	"gapura/demo"
	"gapura/store/storetest"
)

// BenchmarkLookup measures the whole way of a lookup but for the network: 64 callers at once, with the watch. Beside the time it prints
// what a lookup costs in processor time (goal: 60 µs) and allocations (goal: 40).
func BenchmarkLookup(b *testing.B) {
	d := newDoorAt(b, storetest.SQLite(b))
	d.api.Gate.Watch = guard.New(d.st.Guard, nil)
	account, found := d.account("dinpertan"), d.out.Sample.Found
	requests := make([]string, len(found))
	for i, n := range found {
		requests[i] = body(n, demo.Purpose, "P-1")
	}
	if code, _, text := d.post("/api/v1/lookups", account.Token, requests[0]); code != 200 {
		b.Fatal(text)
	}
	var next atomic.Int64
	spent := func() float64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return float64(u.Utime.Nano()+u.Stime.Nano()) / 1000
	}
	b.ReportAllocs()
	b.SetParallelism(32)
	before := spent()
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			r := httptest.NewRequest("POST", "/api/v1/lookups", strings.NewReader(requests[int(next.Add(1))%len(requests)]))
			r.Header.Set("Authorization", "Bearer "+account.Token)
			w := httptest.NewRecorder()
			d.handler.ServeHTTP(w, r)
			if w.Code != 200 {
				text, _ := io.ReadAll(w.Body)
				b.Errorf("%d %s", w.Code, text)
				return
			}
		}
	})
	b.StopTimer()
	b.ReportMetric((spent()-before)/float64(b.N), "cpu-µs/op")
}
