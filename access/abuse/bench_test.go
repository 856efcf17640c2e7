package abuse

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"gapura/person/nik"
)

// busy is a month of an agency of twenty counters, which fill its window.
func busy() (out []Lookup) {
	d := newDice(1)
	for _, l := range d.honest(20, 20) {
		n, _ := nik.Parse(l.text)
		out = append(out, Lookup{At: l.at, Agency: 1, User: l.user, NIK: n})
	}
	slices.SortFunc(out, func(a, b Lookup) int { return a.At.Compare(b.At) })
	return out
}

// BenchmarkObserve measures one lookup in an agency whose window is full.
func BenchmarkObserve(b *testing.B) {
	lookups := busy()
	w, round := New(nil, nil), time.Duration(0)
	i := 0
	for b.Loop() {
		l := lookups[i]
		l.At = l.At.Add(round)
		w.Observe(l)
		if i++; i == len(lookups) { // again 35 days later, when the first round is forgotten
			i, round = 0, round+35*24*time.Hour
		}
	}
}

// BenchmarkAgency measures the memory of such an agency.
func BenchmarkAgency(b *testing.B) {
	lookups := busy()
	var kept []*Watcher
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		w := New(nil, nil)
		for _, l := range lookups {
			w.Observe(l)
		}
		kept = append(kept, w)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(kept)), "B/agency")
	runtime.KeepAlive(kept)
	runtime.KeepAlive(lookups)
}
