package snooptest

import (
	"slices"

	"gapura/access/snooping"
)

// Figures are what a Judge reaches on labelled traffic.
type Figures struct {
	Explained float64 // share of honest lookups
	Recall    float64 // share of stories with an alert
	Asked     float64 // share of the stories' lookups that are asked about, or alerts
	Precision float64 // share of alerts (series) that are stories
	Weekly    float64 // alerts a week for fifty officers
	Missed    map[string]int
	False     map[string]int // honest alerts by their strongest rule
}

// Judge lets a Judge with some settings judge the traffic, and gives each line's verdict in order.
func (t *Traffic) Judge(s snooping.Settings) (out []snooping.Verdict) {
	s.Users = len(t.Officers)
	list := make([]snooping.Lookup, len(t.Lines))
	for i, l := range t.Lines {
		list[i] = l.Lookup
	}
	snooping.Replay(s, t, t.Services, list, func(_ int, v snooping.Verdict) { out = append(out, v) })
	return out
}

// Measure holds verdicts against the labels.
func (t *Traffic) Measure(verdicts []snooping.Verdict) Figures {
	f := Figures{Missed: map[string]int{}, False: map[string]int{}}
	var honest, explained, spied, asked, alerts, right float64
	found := map[int]bool{}
	for i, v := range verdicts {
		l := t.Lines[i]
		if l.Story == 0 {
			honest++
			if v.Explained {
				explained++
			}
		} else {
			spied++
			if !v.Explained {
				asked++
			}
			found[l.Story] = found[l.Story] || v.Finding.Action == snooping.Alert
		}
		if v.Finding.New {
			alerts++
			if l.Story != 0 {
				right++
			} else {
				f.False[v.Finding.Rules[0].String()]++
			}
		}
	}
	told := 0.0
	for id, kind := range t.Stories {
		if found[id] {
			told++
		} else if slices.ContainsFunc(t.Lines, func(l Line) bool { return l.Story == id }) {
			f.Missed[kind]++
		}
	}
	f.Explained, f.Recall, f.Asked = explained/honest, told/float64(len(t.Stories)), asked/spied
	f.Precision, f.Weekly = right/max(alerts, 1), alerts/float64(t.Weeks)/float64(len(t.Officers))*50
	return f
}
