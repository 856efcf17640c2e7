package procedure

import (
	"slices"
	"testing"
)

// What a review lists is who filled in and who decided, by what was recorded; one person under two user ids is one.
func TestDecisionsTellWhoFilledInAndWhoDecided(t *testing.T) {
	p := &Procedure{Steps: []Step{{Key: "a", Name: "Permohonan", Fields: []Field{{Key: "x"}}}, {Key: "b", Name: "Telaah",
		Fields: []Field{{Key: "y"}}}, {Key: "c", Name: "Keputusan", Decision: true}, {Key: "d", Name: "Pengesahan", Decision: true}}}
	twin := func(a, b int64) bool { return min(a, b) == 5 && max(a, b) == 55 }
	for name, c := range map[string]struct {
		by    [4]int64
		alone []bool
	}{
		"three people":             {[4]int64{5, 6, 7, 8}, []bool{false, false}},
		"one decides twice":        {[4]int64{5, 6, 7, 7}, []bool{false, false}},
		"who asked decides":        {[4]int64{5, 6, 5, 8}, []bool{true, false}},
		"who looked into it seals": {[4]int64{5, 6, 7, 6}, []bool{false, true}},
		"a second user id":         {[4]int64{5, 6, 55, 8}, []bool{true, false}},
	} {
		file := Case{Procedure: p}
		for i, by := range c.by {
			name := string(rune('A' + by%50))
			file.Taken = append(file.Taken, Taken{Step: p.Steps[i].Key, By: by, ByName: name, At: day, Verdict: Approve})
		}
		got := file.Decisions(twin)
		if len(got) != 2 || got[0].Step != "Keputusan" || got[0].Verdict != Approve || !got[0].At.Equal(day) ||
			got[0].By != file.Taken[2].ByName || !slices.Equal(got[0].Filled, []string{file.Taken[0].ByName, file.Taken[1].ByName}) {
			t.Fatalf("%s: %+v", name, got)
		}
		if !slices.Equal([]bool{got[0].Alone, got[1].Alone}, c.alone) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	file := Case{Procedure: p, Taken: []Taken{{Step: "a", By: 5, ByName: "A"}, {Step: "a", By: 5, ByName: "A"}, {Step: "c", By: 6}}}
	if got := file.Decisions(twin); len(got) != 1 || !slices.Equal(got[0].Filled, []string{"A"}) || got[0].Alone {
		t.Errorf("a corrected step: %+v", got)
	}
}
