//go:build !windows

package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gapura/access/guard"
	"gapura/agreement/agreement"
	"gapura/journal/journal"
	"gapura/store/storetest"
)

// processorTime is what this process has used.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// versus prints how many lookups a second pass one gate relative to another, in one run and taking turns, and how much processor time one
// takes relative to the other's, which a machine that others use too tells better. number gives the NIK of a client's n-th lookup.
func versus(b *testing.B, clients int, with, without func(*district), number func(d *district, client, n int) string) {
	const turn, turns = time.Second, 6
	made := func(prepare func(*district)) (ask func() int) {
		t := &testing.T{}
		d := open(b, storetest.SQLite(b))
		var minutes atomic.Int64 // one passes with each lookup, so that an agency's month holds as many as a busy one's
		d.gate.Now = func() time.Time { return now.Add(time.Duration(minutes.Add(1)) * time.Minute) }
		prepare(d)
		u := d.user(t, "aplikasi.dinpertan")
		asked := make([]int, clients)
		return func() int {
			ctx, stop := context.WithTimeout(context.Background(), turn)
			defer stop()
			var wg sync.WaitGroup
			counts := make([]int, clients)
			for c := range clients {
				wg.Go(func() {
					for ; ctx.Err() == nil; asked[c]++ {
						a, err := d.gate.Lookup(context.Background(), request(u, agreement.API, number(d, c, asked[c])))
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
	one, other := made(with), made(without)
	for b.Loop() {
		var n, bare int
		var took, bareTook time.Duration
		for range turns {
			from := processorTime(b)
			n += one()
			between := processorTime(b)
			bare += other()
			took, bareTook = took+between-from, bareTook+processorTime(b)-between
		}
		b.ReportMetric(float64(took.Nanoseconds())/float64(n)/1000, "cpu-µs/lookup")
		b.ReportMetric(float64(took)/float64(n)/(float64(bareTook)/float64(bare)), "cpu-ratio")
		b.ReportMetric(float64(n)/float64(turns)/turn.Seconds(), "lookups/s")
		b.ReportMetric(float64(bare)/float64(turns)/turn.Seconds(), "lookups/s-without")
		b.ReportMetric(float64(n)/float64(bare), "ratio")
	}
}

// BenchmarkJournalCost compares the gate with the log's tree and without it (goal: at least 0.85).
func BenchmarkJournalCost(b *testing.B) {
	versus(b, 64, func(*district) {}, func(d *district) { d.st.Treeless() }, func(d *district, client, n int) string {
		return d.out.Sample.Found[(client+n)%len(d.out.Sample.Found)]
	})
}

// BenchmarkSealCost compares the gate with the log's seal and its anchor and without them (goal: at most 2 % more processor time).
func BenchmarkSealCost(b *testing.B) {
	for name, clients := range map[string]int{"counter": 1, "busy": 64} {
		b.Run(name, func(b *testing.B) {
			versus(b, clients, func(*district) {}, func(d *district) { d.st.Sealless() }, func(d *district, client, n int) string {
				return d.out.Sample.Found[(client+n)%len(d.out.Sample.Found)]
			})
		})
	}
}

// BenchmarkSealOfATransaction is the seal's work alone, of a log of a million entries.
func BenchmarkSealOfATransaction(b *testing.B) {
	d := open(b, storetest.SQLite(b))
	var tree journal.Frontier
	for range 1<<20 - 1 {
		tree.Append(journal.Hash{})
	}
	for b.Loop() {
		if !d.st.SealAnew(99, &tree) {
			b.Fatal("not sealed")
		}
	}
}

// BenchmarkWatchCost compares the gate with the Watcher and without it: at one counter, where the durable record takes most of a lookup's
// time (goal: at least
// 0.95), and with all cores busy for one agency, where each microsecond shows.
// Every lookup is of another NIK, and all detectors look; only what follows from
// what they find is put out of reach.
func BenchmarkWatchCost(b *testing.B) {
	watched := func(d *district) {
		u := d.user(&testing.T{}, "aplikasi.dinpertan")
		far := guard.Settings{RecordAt: 970, WarnAt: 980, SlowAt: 990, SuspendAt: 1000}
		if err := d.st.Guard.SetAbuseSettings(context.Background(), journal.Change{At: now, Reason: "pengukuran"}, u.Institution,
			far); err != nil {
			b.Fatal(err)
		}
		d.gate.Watch = guard.New(d.st.Guard, failing{errors.New("not reached")})
	}
	seeds := make([]*rand.Rand, 64)
	for i := range seeds {
		seeds[i] = rand.New(rand.NewPCG(1, uint64(i)))
	}
	for name, clients := range map[string]int{"counter": 1, "busy": len(seeds)} {
		b.Run(name, func(b *testing.B) {
			versus(b, clients, watched, func(*district) {}, func(_ *district, client, _ int) string {
				r := seeds[client]
				return fmt.Sprintf("3303%02d%02d%02d%02d%04d", 1+r.IntN(18), 1+r.IntN(28)+40*r.IntN(2), 1+r.IntN(12), 40+r.IntN(60),
					1+r.IntN(9))
			})
		})
	}
}
