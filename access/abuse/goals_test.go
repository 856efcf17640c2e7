package abuse

import (
	"slices"
	"testing"
)

// seeds is of how many traffics each kind is tried. What the race detector looks for is in TestConcurrentUse.
func seeds() uint64 {
	if race || testing.Short() {
		return 1
	}
	return 2
}

// TestGoalsAfterAMonth holds the goals of the requirement (D1–D3) with six users after twenty working days, on seeds that no threshold was
// chosen by.
func TestGoalsAfterAMonth(t *testing.T) {
	goals := map[string]int{"sequence": 15, "descending": 15, "step 3": 15, "dates": 15, "sequence by three": 15, "shuffled dates": 25,
		"list by program": 25}
	for seed := range seeds() {
		honest := newDice(9000+seed).honest(20, 6)
		for _, a := range attacks {
			goal, ok := goals[a.name]
			if !ok {
				continue
			}
			r := replay(append(slices.Clone(honest), a.run(newDice(9100+seed), 20, 6, 80)...), Settings{}, nil)
			if n := r.answered[a.name]; n > goal {
				t.Errorf("%s, seed %d: %d of 80 lookups were answered, want at most %d", a.name, seed, n, goal)
			}
		}
	}
}

// TestSeveralCollectorsAtOnce: attacks do not hide behind each other.
func TestSeveralCollectorsAtOnce(t *testing.T) {
	d := newDice(77)
	lines := d.honest(10, 6)
	for _, a := range attacks[:14] {
		lines = append(lines, a.run(d, 10, 6, 80)...)
	}
	r := replay(lines, Settings{}, nil)
	for _, a := range attacks[:14] {
		if n := r.answered[a.name]; n > 30 {
			t.Errorf("%s: %d lookups were answered, want at most 30", a.name, n)
		}
	}
}

// TestHonestWorkGoesOn: counters with farmers' groups, classes of pupils, families, twins, elders, typing errors and retries.
func TestHonestWorkGoesOn(t *testing.T) {
	days, warned, ended := 0, 0, 0
	for seed := range 2 * seeds() {
		r := replay(newDice(500+seed).honest(20, 6), Settings{}, func(l line, j Judgement) {
			if j.Action == Suspend {
				t.Errorf("seed %d, %v: an honest user was suspended: %v %v", seed, l.at, j.Rule, j.Findings)
			}
		})
		days, warned, ended = days+r.days, warned+r.warned, ended+r.ended
	}
	if p := percent(warned, days); p > 0.5 {
		t.Errorf("%.2f %% of honest user-days were warned, want at most 0.5", p)
	}
	if ended > 0 {
		t.Errorf("%d of %d honest user-days were suspended", ended, days)
	}
}

// TestGroupsOfOneVillageGoOn: groups of thirty one after the other, of which the Watcher knows nothing before; elders among them.
func TestGroupsOfOneVillageGoOn(t *testing.T) {
	for seed := range uint64(150) {
		d := newDice(seed)
		var lines []line
		at := day(0)
		for range 2 {
			region := d.home()
			for range 30 {
				s := d.person(region)
				if seed%3 == 0 {
					s = d.born(region, d.in(1940, 1965))
				}
				lines = append(lines, line{at, 1, s, ""})
				at = at.Add(d.seconds(18, 55))
			}
		}
		replay(lines, Settings{}, func(l line, j Judgement) {
			if j.Action >= Slow || j.Action == Warn && seed%3 != 0 {
				t.Errorf("seed %d: %v in a farmers' group: %v", seed, j.Action, j.Findings)
			}
		})
	}
}

// TestColleaguesGoOn: who works honestly beside collectors is not suspended with them.
func TestColleaguesGoOn(t *testing.T) {
	for seed := range seeds() {
		for _, a := range attacks {
			if a.plan.users < 2 {
				continue
			}
			a.plan.users = min(a.plan.users, 4)
			d := newDice(seed + 300)
			lines, attackers := d.honest(6, 8), map[int64]bool{}
			for _, l := range a.run(d, 6, 8, 80) {
				attackers[l.user] = true
				lines = append(lines, l)
			}
			replay(lines, Settings{}, func(l line, j Judgement) {
				if j.Action == Suspend && !attackers[l.user] {
					t.Errorf("%s, seed %d: a colleague was suspended for %v: %v", a.name, seed, j.Rule, j.Findings)
				}
			})
		}
	}
}
