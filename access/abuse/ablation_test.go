//go:build ablation

package abuse

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestAblation prints, for each detector, what it stops alone and what nobody stops without it, as docs/abuse.md has it. It takes minutes.
func TestAblation(t *testing.T) {
	const days, users, hits = 8, 6, 80
	answered := func(a attack, s Settings) (worst int) {
		for seed := range seeds() {
			d := newDice(seed*1000 + 1)
			worst = max(worst, replay(append(d.honest(days, users/2), a.run(d, days, users, hits)...), s, nil).answered[a.name])
		}
		return worst
	}
	all := map[string]int{}
	for _, a := range attacks {
		all[a.name] = answered(a.attack, Settings{})
	}
	for r := Decoy; r < rules; r++ {
		without, only := Settings{}, Settings{}
		without.Off[r] = true
		for o := range rules {
			only.Off[o] = o != r && o != Shared // by itself Shared has nothing to share
		}
		var alone int
		var lost []string
		for _, a := range attacks {
			if answered(a.attack, only) <= a.limit && a.limit < hits {
				alone++
			}
			if n := answered(a.attack, without); n > all[a.name]+5 {
				lost = append(lost, fmt.Sprintf("%s %d → %d", a.name, all[a.name], n))
			}
		}
		slices.Sort(lost)
		fmt.Printf("| `%s` | %d | %s |\n", r, alone, strings.Join(lost, ", "))
	}
}
