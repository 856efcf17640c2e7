package agreement

import (
	"testing"
	"time"

	"gapura/agreement/party"
)

// BenchmarkAt is the derivation on the way of every lookup: an agreement with two addenda, a head and an SPTJM.
func BenchmarkAt(b *testing.B) {
	a := pks
	a.Decisions = nil
	a.Heads, a.SPTJM = heads("2020-01-01"), []SPTJM{{Head: 1, SignedOn: date("2025-09-16"), State: 1}}
	day := date("2026-09-01")
	b.ReportAllocs()
	for b.Loop() {
		if g := a.At(day.Add(time.Hour), day); !g.Opens() {
			b.Fatal(g)
		}
	}
}

// TestDerivingARightAllocatesItsBasisAlone: it is on the way of every lookup.
func TestDerivingARightAllocatesItsBasisAlone(t *testing.T) {
	a, day := pks, date("2026-09-01")
	if n := testing.AllocsPerRun(100, func() { a.At(day, day) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

// heads take office one after another.
func heads(since ...string) (all party.Heads) {
	for i, day := range since {
		all = append(all, party.Head{ID: int64(i + 1), Name: "Kepala", Since: date(day)})
	}
	return all
}
