// Package evaluation judges how an agency used its access in a half-year (PKS 8(2); Juknis V.D): figures come in, a score with its parts, a
// grade and recommendations come out. Weights, thresholds and texts are an office's setting (bobot-evaluasi.toml). It is pure; what was
// decided is kept with the figures that it rested on.
package evaluation

import (
	"fmt"
	"gapura/agreement/obligation"
	"math"
	"slices"
	"strconv"
	"time"
)

// Figures are what an agency did and owed in a period.
type Figures struct {
	Lookups   int `json:"lookups"`
	Found     int `json:"found"`
	Unknown   int `json:"unknown"`
	Malformed int `json:"malformed"`
	Notices   int `json:"notices"` // all five kinds
	Refused   int `json:"refused"`
	Hits      int `json:"hits"`
	// Data balikan of the persons looked up in the period; Overdue are without any although their days have passed.
	Opened  int `json:"opened"`
	Met     int `json:"met"`
	Late    int `json:"late"` // of those met
	Excused int `json:"excused"`
	Overdue int `json:"overdue"`
	Counts  `json:"counts"`
	// Duties that were due by the end of the period, or by today when it goes on; without the report's.
	DutiesDue int    `json:"duties_due"`
	DutiesMet int    `json:"duties_met"`
	Report    Report `json:"report"`
	// Unassessed: no agreement was in force on any day of the period.
	Unassessed bool `json:"unassessed,omitempty"`
}

// A Report says how the semester report came.
type Report string

// How the report came.
const (
	NotDue  Report = "not_due"
	OnTime  Report = "on_time"
	Tardy   Report = "late"
	Missing Report = "missing"
)

// A Decision of the provider.
type Decision string

// The decisions. Limiting and ending are done by the procedures of the agreement; the decision says that they are to be.
const (
	Continue Decision = "continue"
	Warn     Decision = "warn"
	Limit    Decision = "limit"
	End      Decision = "end"
)

// Decisions are all of them with their words.
var Decisions = []struct {
	Key   Decision
	Label string
}{{Continue, "Dilanjutkan"}, {Warn, "Diperingatkan"}, {Limit, "Dibatasi"}, {End, "Diakhiri"}}

// Label is the decision in Indonesian.
func (d Decision) Label() string {
	for _, x := range Decisions {
		if x.Key == d {
			return x.Label
		}
	}
	return ""
}

// A Part of the score.
type Part struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Clause string `json:"clause"`
	Weight int    `json:"weight"`
	Score  int    `json:"score"`  // 0 to 100
	Counts bool   `json:"counts"` // false: nothing to judge, and the others weigh more
}

// A Result is the judgement of figures.
type Result struct {
	Score   int      `json:"score"` // 0 to 100
	Grade   string   `json:"grade"`
	Name    string   `json:"grade_name"`
	Suggest Decision `json:"suggest"`
	Parts   []Part   `json:"parts"`
	Advice  []string `json:"advice"`
	Unused  []Unused `json:"unused,omitempty"` // elements to be removed from their purposes
}

// Assessed reports whether anything was judged: without an agreement in the period, or without any figure, there is no score and no grade.
func (r Result) Assessed() bool { return r.Grade != "" }

// Points are the score in words; a dash when nothing was judged.
func (r Result) Points() string {
	if !r.Assessed() {
		return "—"
	}
	return strconv.Itoa(r.Score)
}

// Words are score and grade.
func (r Result) Words() string {
	if !r.Assessed() {
		return "tidak dinilai"
	}
	return fmt.Sprintf("%d (%s)", r.Score, r.Grade)
}

// Evaluate judges figures.
func (r Rules) Evaluate(f Figures) Result {
	var out Result
	points, weight := 0.0, 0
	for _, p := range r.Parts {
		score, counts := r.score(p.Key, f)
		counts = counts && !f.Unassessed
		part := Part{Key: p.Key, Name: p.Name, Clause: p.Clause, Weight: p.Weight, Score: int(math.Round(score)), Counts: counts}
		out.Parts = append(out.Parts, part)
		if !counts {
			continue
		}
		points, weight = points+score*float64(p.Weight), weight+p.Weight
		for _, a := range p.Advice {
			if part.Score < a.Below {
				out.Advice = append(out.Advice, a.Text)
				break
			}
		}
	}
	if weight == 0 {
		return out // nothing to judge is no best grade
	}
	out.Score = int(math.Round(points / float64(weight)))
	if len(out.Advice) == 0 {
		out.Advice = []string{"Pertahankan pelaksanaan perjanjian seperti pada periode ini."}
	}
	g := r.Grades[slices.IndexFunc(r.Grades, func(g Grade) bool { return out.Score >= g.From })]
	out.Grade, out.Name, out.Suggest = g.Letter, g.Name, g.decision()
	return out
}

// score is a part's, 0 to 100; counts is false when there is nothing to judge.
func (r Rules) score(part string, f Figures) (score float64, counts bool) {
	switch part {
	case "balikan":
		due := f.Met + f.Excused + f.Overdue
		if due == 0 {
			return 0, false
		}
		return 100 * (float64(f.Met-f.Late+f.Excused) + r.Late.Balikan*float64(f.Late)) / float64(due), true
	case "tidak-dikenal":
		asked := f.Found + f.Notices
		if asked == 0 {
			return 0, false
		}
		share := float64(f.Unknown+f.Malformed) / float64(asked)
		return 100 * min(1, max(0, (r.Unknown.Bad-share)/(r.Unknown.Bad-r.Unknown.Good))), true
	case "penyalahgunaan":
		if f.Lookups+f.Found+f.Notices+f.Refused+f.Alerts()+f.Stops+f.Incidents == 0 {
			return 0, false
		}
		lost := f.Warned*r.Abuse.Warned + f.Slowed*r.Abuse.Slowed + (f.Stops-f.FalseAlarms)*r.Abuse.Stop + f.Incidents*r.Abuse.Incident +
			f.Counts.Late*r.Abuse.LateIncident
		return float64(max(0, 100-lost)), true
	case "kewajiban":
		if f.DutiesDue == 0 {
			return 0, false
		}
		return 100 * float64(f.DutiesMet) / float64(f.DutiesDue), true
	case "laporan":
		switch f.Report {
		case OnTime:
			return 100, true
		case Tardy:
			return float64(r.Late.Report), true
		case Missing:
			return 0, true
		}
	}
	return 0, false
}

// An Evaluation was proposed, with the figures of that moment; it is decided by a case with four eyes.
type Evaluation struct {
	ID, Agency int64
	AgencyName string
	Period     obligation.Semester
	At         time.Time
	ByName     string
	Case       int64
	CaseState  string
	Figures    Figures
	Result     Result
	Decision   Decision
	Decided    time.Time // zero: not yet
}

// A MinistryReport was made of a period for the Director General.
type MinistryReport struct {
	Period obligation.Semester
	File   int64
	Number string
	Made   time.Time
	Sent   time.Time // zero: not yet
}
