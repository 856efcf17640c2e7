package evaluation

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWeightsAreWhole(t *testing.T) {
	sum := 0
	for _, p := range DefaultRules.Parts {
		sum += p.Weight
		if _, known := DefaultRules.score(p.Key, Figures{Met: 1, Found: 1, DutiesDue: 1, Report: OnTime}); !known {
			t.Errorf("part %s is not computed", p.Key)
		}
		last := 0
		for _, a := range p.Advice {
			if a.Below <= last {
				t.Errorf("part %s: advice for %d is never given", p.Key, a.Below)
			}
			last = a.Below
		}
	}
	if sum != 100 {
		t.Errorf("weights sum up to %d", sum)
	}
	if g := DefaultRules.Grades[len(DefaultRules.Grades)-1]; g.From != 0 {
		t.Error("a score has no grade")
	}
}

// The scores of a few agencies, worked out by hand.
func TestScores(t *testing.T) {
	for name, x := range map[string]struct {
		f     Figures
		parts string
		score int
		grade string
		want  Decision
		says  string
	}{
		"exemplary": {Figures{Found: 1000, Met: 990, Excused: 10, DutiesDue: 5, DutiesMet: 5, Report: OnTime}, "100 100 100 100 100", 100,
			"A", Continue, "Pertahankan"},
		// Data balikan (70 in time + 5 excused + half of 10 late) of 100; 11 % not known: half of the way from 20 % to 2 %; a stop: 60; 3
		// of 4 duties; late report.
		"middling": {Figures{Found: 89, Unknown: 8, Malformed: 3, Notices: 11, Met: 80, Late: 10, Excused: 5, Overdue: 15,
			Counts: Counts{Stops: 2, FalseAlarms: 1}, DutiesDue: 4, DutiesMet: 3, Report: Tardy},
			"80 50 60 75 60", 68, "C", Warn, "Penuhi kewajiban"},
		"bad": {Figures{Found: 10, Unknown: 30, Notices: 30, Overdue: 10, Counts: Counts{Slowed: 3, Stops: 2, Incidents: 1, Late: 1},
			DutiesDue: 5, Report: Missing}, "0 0 0 0 0", 0, "D", Limit, "ditangguhkan"},
		// Nothing was asked, found or due: there is nothing to judge. Without an agreement nothing is judged, whatever the figures.
		"idle":         {Figures{Report: NotDue}, "- - - - -", 0, "", "", ""},
		"no agreement": {Figures{Unassessed: true, Found: 10, DutiesDue: 2, Report: Missing}, "- - - - -", 0, "", "", ""},
		"false alarm":  {Figures{Counts: Counts{Stops: 3, FalseAlarms: 3}}, "- - 100 - -", 100, "A", Continue, "Pertahankan"},
	} {
		r := DefaultRules.Evaluate(x.f)
		var parts []string
		for _, p := range r.Parts {
			text := "-"
			if p.Counts {
				text = strconv.Itoa(p.Score)
			}
			parts = append(parts, text)
		}
		if got := strings.Join(parts, " "); got != x.parts || r.Score != x.score || r.Grade != x.grade || r.Suggest != x.want {
			t.Errorf("%s: parts %s, score %d, grade %s, %s", name, got, r.Score, r.Grade, r.Suggest)
		}
		if !strings.Contains(strings.Join(r.Advice, " "), x.says) {
			t.Errorf("%s: advice %v", name, r.Advice)
		}
	}
}

// Whatever the figures: scores stay within 0 and 100, doing better is never judged worse, and somebody gets a grade and advice.
func TestScoresAreMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int { return rapid.IntRange(0, 500).Draw(t, name) }
		f := Figures{
			Found: n("found"), Unknown: n("unknown"), Malformed: n("malformed"), Met: n("met"), Excused: n("excused"),
			Overdue: n("overdue"),
			Counts:  Counts{Warned: n("warned"), Slowed: n("slowed"), Stops: n("stops"), Incidents: n("incidents")}, DutiesDue: n("due"),
			Report: rapid.SampledFrom([]Report{NotDue, OnTime, Tardy, Missing}).Draw(t, "report"),
		}
		f.Notices, f.Late, f.DutiesMet = f.Unknown+f.Malformed, rapid.IntRange(0, f.Met).Draw(t, "late"),
			rapid.IntRange(0, f.DutiesDue).Draw(t, "duties")
		f.FalseAlarms = rapid.IntRange(0, f.Stops).Draw(t, "mistaken")
		r := DefaultRules.Evaluate(f)
		if !r.Assessed() {
			for _, p := range r.Parts {
				if p.Counts {
					t.Fatalf("%s counts, and nothing is judged", p.Key)
				}
			}
			return
		}
		if r.Score < 0 || r.Score > 100 || len(r.Advice) == 0 || r.Suggest.Label() == "" {
			t.Fatalf("%+v", r)
		}
		better := f
		better.Late, better.FalseAlarms, better.DutiesMet, better.Met, better.Overdue = 0, f.Stops, f.DutiesDue, f.Met+f.Overdue, 0
		better.Warned, better.Slowed, better.Incidents = 0, 0, 0
		if b := DefaultRules.Evaluate(better); b.Score < r.Score {
			t.Fatalf("%+v is %d, and better figures %d", f, r.Score, b.Score)
		}
	})
}
