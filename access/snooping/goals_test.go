package snooping_test

import (
	"testing"

	"gapura/access/snooping"
	"gapura/access/snooping/snooptest"
)

// TestGoalsOnLabelledTraffic holds the figures of requirement D5 over traffic whose seeds no weight was chosen by: twelve weeks of fifty
// officers, three times. Run with -v for the figures.
func TestGoalsOnLabelledTraffic(t *testing.T) {
	const seeds = 3
	var sum snooptest.Figures
	for seed := uint64(9001); seed < 9001+seeds; seed++ {
		traffic := snooptest.New(seed, 50, 12)
		f := traffic.Measure(traffic.Judge(snooping.Settings{}))
		t.Logf("seed %d: %d lookups, %d stories; explained %.4f, recall %.2f (asked %.2f), precision %.2f, %.1f alerts a week; missed "+
			"%v, false %v",
			seed, len(traffic.Lines), len(traffic.Stories), f.Explained, f.Recall, f.Asked, f.Precision, f.Weekly, f.Missed, f.False)
		sum.Explained, sum.Recall = sum.Explained+f.Explained/seeds, sum.Recall+f.Recall/seeds
		sum.Precision, sum.Weekly = sum.Precision+f.Precision/seeds, sum.Weekly+f.Weekly/seeds
	}
	t.Logf("together: explained %.4f, recall %.2f, precision %.2f, %.1f alerts a week for fifty officers", sum.Explained, sum.Recall,
		sum.Precision, sum.Weekly)
	if sum.Explained < 0.98 || sum.Recall < 0.8 || sum.Precision < 0.5 || sum.Weekly > 5 {
		t.Error("want 0.98 explained, recall 0.8, precision 0.5, at most 5 alerts a week")
	}
}
