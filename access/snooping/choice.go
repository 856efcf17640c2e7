package snooping

import (
	"fmt"
	"strconv"
	"strings"

	"gapura/internal/told"
)

// A Choice is what an office has decided about the rules for an agency; the zero value is the default.
type Choice struct {
	Weights map[string]float64 `json:"weights,omitempty"`  // by a rule's code: how often its points count; 0: it is off
	AlertAt float64            `json:"alert_at,omitempty"` // points; 0: the default
}

// Settings are the Judge's, for an agency of so many officers.
func (c Choice) Settings(users int) Settings {
	s := Settings{AlertAt: c.AlertAt, Users: users}
	for code, w := range c.Weights {
		if r, ok := ParseRule(code); ok {
			if s.Weight[r] = w; w == 0 {
				s.Weight[r] = -1
			}
		}
	}
	return s
}

// Check is a *told.Error when the choice cannot be used.
func (c Choice) Check() error {
	for code, w := range c.Weights {
		if _, ok := ParseRule(code); !ok || w < 0 || w > 5 {
			return told.Wrong(code, "Bobot harus 0 sampai 5; 0 berarti aturan dimatikan.")
		}
	}
	if c.AlertAt != 0 && (c.AlertAt < 1 || c.AlertAt > 20) {
		return told.Wrong("ambang", "Ambang peringatan harus 1 sampai 20 poin.")
	}
	return nil
}

// Words are the choice in Indonesian, what is the default left out.
func (c Choice) Words() string {
	var list []string
	for r := range Rules {
		if w, ok := c.Weights[r.String()]; ok && w != 1 {
			text := r.Label() + " ×" + strings.ReplaceAll(strconv.FormatFloat(w, 'f', -1, 64), ".", ",")
			if w == 0 {
				text = r.Label() + " dimatikan"
			}
			list = append(list, text)
		}
	}
	if c.AlertAt != 0 {
		list = append(list, "ambang "+strings.ReplaceAll(strconv.FormatFloat(c.AlertAt, 'f', -1, 64), ".", ",")+" poin")
	}
	if len(list) == 0 {
		return "bawaan"
	}
	return strings.Join(list, ", ")
}

// A Trial is what settings would have brought on a past.
type Trial struct {
	Lookups, Explained, Asked, Alerts int
	ByRule                            [Rules]int // alerts by their strongest rule
}

// Try judges a past, oldest first, and counts.
func Try(s Settings, who Directory, services []Service, lookups []Lookup) (t Trial) {
	Replay(s, who, services, lookups, func(_ int, v Verdict) {
		t.Lookups++
		switch {
		case v.Explained:
			t.Explained++
		case v.Finding.New:
			t.Alerts++
			t.ByRule[v.Finding.Rules[0]]++
			t.Asked++
		default:
			t.Asked++
		}
	})
	return t
}

// Replay judges a past, oldest first, as the runs of its days did, and gives the verdict of each lookup by its place.
func Replay(s Settings, who Directory, services []Service, lookups []Lookup, give func(n int, v Verdict)) {
	j := New(s, who)
	for _, x := range services {
		j.Serve(x)
	}
	for from := 0; from < len(lookups); {
		run, to := RunOf(lookups[from].At), from
		for to < len(lookups) && RunOf(lookups[to].At).Equal(run) {
			to++
		}
		for i, v := range j.Run(run, lookups[from:to]) {
			give(from+i, v)
		}
		from = to
	}
}

// Percent is a share in words with one decimal.
func Percent(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return strings.ReplaceAll(fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole)), ".", ",")
}
