package abuse

import (
	"testing"
)

func TestCollectorsAreStopped(t *testing.T) {
	const seeds, days, users, hits = 3, 10, 6, 80
	type row struct{ worst, sum int }
	rows := map[string]row{}
	var all tally
	all.why = map[string]int{}
	for seed := range uint64(seeds) {
		for _, a := range attacks {
			d := newDice(seed*1000 + 1)
			lines := append(d.honest(days, users), a.run(d, days, users, hits)...)
			r := replay(lines, Settings{}, nil)
			x := rows[a.name]
			x.worst, x.sum = max(x.worst, r.answered[a.name]), x.sum+r.answered[a.name]
			rows[a.name] = x
			all.days, all.warned, all.ended = all.days+r.days, all.warned+r.warned, all.ended+r.ended
			for k, n := range r.why {
				all.why[k] += n
			}
		}
	}
	for _, a := range attacks {
		r := rows[a.name]
		t.Logf("%-32s mean %5.1f  worst %3d  limit %3d", a.name, float64(r.sum)/seeds, r.worst, a.limit)
		if r.worst > a.limit {
			t.Errorf("%s: %d lookups were answered, want at most %d", a.name, r.worst, a.limit)
		}
	}
	t.Logf("honest user-days %d, warned %.2f %%, suspended %.2f %% %v", all.days, percent(all.warned, all.days), percent(all.ended, all.days), all.why)
}
