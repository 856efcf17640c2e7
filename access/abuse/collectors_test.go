//go:build !race

package abuse

import (
	"fmt"
	"testing"
)

// TestCollectorsOfManyKinds goes beyond the goals, with a short past and few colleagues.
func TestCollectorsOfManyKinds(t *testing.T) {
	const days, users, hits = 8, 6, 80
	for _, a := range attacks {
		worst := 0
		for seed := range seeds() {
			d := newDice(seed*1000 + 1)
			r := replay(append(d.honest(days, users/2), a.run(d, days, users, hits)...), Settings{}, nil)
			worst = max(worst, r.answered[a.name])
		}
		if testing.Verbose() {
			fmt.Printf("%-32s %2d of %d answered, limit %d\n", a.name, worst, hits, a.limit)
		}
		if worst > a.limit {
			t.Errorf("%s: %d lookups were answered, want at most %d", a.name, worst, a.limit)
		}
	}
}
