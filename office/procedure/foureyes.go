package procedure

import (
	"slices"
	"time"
)

// A Decision is one of a case, as a review of four eyes lists it (E15).
type Decision struct {
	Step    string // its name
	Verdict string
	At      time.Time
	By      string   // who took it
	Filled  []string // who filled in what it was about, each once
	Alone   bool     // whoever took it had filled in some of it
}

// Decisions are the decisions of a case, oldest first. It reads only what was recorded and asks same whether two user ids are one person's,
// so that it finds what the engine should never have let pass.
func (c *Case) Decisions(same func(a, b int64) bool) (list []Decision) {
	var filled []Taken
	for _, t := range c.Taken {
		s, known := c.Procedure.Step(t.Step)
		if known && s.Decision {
			d := Decision{Step: s.Name, Verdict: t.Verdict, At: t.At, By: t.ByName}
			for _, f := range filled {
				if f.ByName != "" && !slices.Contains(d.Filled, f.ByName) {
					d.Filled = append(d.Filled, f.ByName)
				}
				d.Alone = d.Alone || f.By == t.By || same(f.By, t.By)
			}
			list = append(list, d)
		}
		if c.fills(t) {
			filled = append(filled, t)
		}
	}
	return list
}
