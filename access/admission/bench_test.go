package admission

import (
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"

	"gapura/agreement/party"
)

// BenchmarkKnownUserUnderFlood prints how long a user waits for signing in while 400 strangers try at once: from a source that is known,
// and for the first time.
func BenchmarkKnownUserUnderFlood(b *testing.B) {
	logins := []string{}
	for i := range b.N {
		logins = append(logins, fmt.Sprint("known", i), fmt.Sprint("new", i))
	}
	m := &memory{accounts: map[string]Account{}, lanes: map[int64]map[Lane]Hold{}, tokens: map[party.Hash]Token{}}
	hash, err := party.HashPassword(b.Context(), right)
	if err != nil {
		b.Fatal(err)
	}
	for i, l := range logins {
		m.accounts[l], m.lanes[int64(i+1)] = Account{User: int64(i + 1), Role: party.Officer, Hash: hash}, map[Lane]Hold{}
		if i%2 == 0 {
			m.lanes[int64(i+1)][Source(office)] = Hold{}
		}
	}
	worst := map[string]time.Duration{}
	c := newClock()
	for i := range b.N {
		a := New(m, c.now)
		var wg sync.WaitGroup
		for n := range 400 {
			from := netip.AddrFrom4([4]byte{198, 51, 100, byte(n)})
			wg.Go(func() { a.Authenticate(b.Context(), attempt(fmt.Sprint("nobody", n), wrong, from)) })
		}
		for kind, from := range map[string]netip.Addr{"known": office, "new": foreign} {
			begin := time.Now()
			r, err := a.Authenticate(b.Context(), attempt(fmt.Sprint(kind, i), right, from))
			if err != nil || r.User == 0 {
				b.Fatal(kind, r, err)
			}
			worst[kind] = max(worst[kind], time.Since(begin))
		}
		wg.Wait()
	}
	b.ReportMetric(float64(worst["known"].Milliseconds()), "worst_known_ms")
	b.ReportMetric(float64(worst["new"].Milliseconds()), "worst_new_ms")
}

// BenchmarkAnonymousFlood prints what 50,000 failures from as many sources leave in memory and in records.
func BenchmarkAnonymousFlood(b *testing.B) {
	for range b.N {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var y Tally
		var x budget
		c := newClock()
		records := 0
		for i := range 50_000 {
			from := netip.AddrFrom4([4]byte{198, byte(i >> 16), byte(i >> 8), byte(i)})
			x.spend(Source(from), c.now())
			if y.First("api", from, c.now()) {
				records++
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		c.move(time.Minute)
		records += len(y.Over(c.now()))
		b.ReportMetric(float64(records), "records")
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1024, "KiB_kept")
		runtime.KeepAlive(&x)
	}
}
