package desk

import (
	"slices"
	"strings"
	"time"

	"gapura/person/population"
	"gapura/person/value"
)

// A Mode is how a cross-check asks.
type Mode string

// The modes.
const (
	ByVerdict Mode = "match"  // the provider compares; no value comes
	BySight   Mode = "lookup" // the provider's values are shown, in that page only
)

// A Check is all that is kept of a cross-check. There is no field in it for a value of the answer, and none may be added (G8).
type Check struct {
	ID       int64
	Mode     Mode
	At       time.Time
	By       int64
	Outcome  string    // "found" or a notice's code
	Message  string    // the notice in its words
	AsOf     time.Time // day of the data that it rests on, UTC midnight; zero: not known
	Record   string    // in the agency's log with the provider
	Receipt  bool      // whether the proof of the record is here
	Verdicts []Verdict
}

// A Verdict tells of one element whether the papers say the same.
type Verdict struct {
	Key    string       `json:"key"`
	Match  bool         `json:"match"`
	Score  *int         `json:"score,omitempty"`
	Reason value.Reason `json:"reason,omitempty"` // why nothing was compared: NotGranted, or the provider's
	None   bool         `json:"none,omitempty"`   // as older desks wrote a reason
}

// NotGranted says that the provider compares no such element for this agency.
const NotGranted value.Reason = "not_granted"

// Compared reports whether there is a verdict at all. What was not compared makes nothing differ; the officer looks.
func (v Verdict) Compared() bool { return !v.None && v.Reason == "" }

// Same reports whether a found person's verdicts are all good. Without a single comparison nothing is the same.
func (c Check) Same() bool {
	compared := 0
	for _, v := range c.Verdicts {
		if !v.Compared() {
			continue
		}
		if !v.Match {
			return false
		}
		compared++
	}
	return c.Outcome == "found" && compared > 0
}

// Act is what the check does to the application.
func (c Check) Act() Act {
	if c.Same() {
		return CrossMatch
	}
	return CrossDiff
}

// SortVerdicts puts them into the order of the papers.
func SortVerdicts(list []Verdict) {
	place := func(key string) int {
		return slices.IndexFunc(paperFields, func(f PaperField) bool { return f.Key == key })
	}
	slices.SortFunc(list, func(a, b Verdict) int { return place(a.Key) - place(b.Key) })
}

// A Span is a piece of a text that is the same on both sides or not.
type Span struct {
	Text    string
	Differs bool
}

// A Line is one element beside its counterpart. It is for one page and never kept.
type Line struct {
	Label         string
	Paper, Answer []Span
	Verdict       Verdict
}

// String shows nothing of it.
func (l Line) String() string { return l.Label }

// GoString shows nothing of it.
func (l Line) GoString() string { return l.Label }

// Compare puts the claims beside an answer, by the rules with which the provider compares. get returns a value of the answer and whether it
// was granted.
func Compare(claims map[string]string, get func(key string) (string, bool), threshold int) []Line {
	var out []Line
	for _, f := range paperFields {
		text, ok := claims[f.Key]
		if !ok {
			continue
		}
		key := f.Key
		if key == "alamat" {
			key = "alamat.alamat"
		}
		stored, granted := get(key)
		line := Line{Label: f.Label, Verdict: Verdict{Key: f.Key, Reason: NotGranted}}
		line.Paper, line.Answer = Diff(text, stored)
		if granted {
			line.Verdict = compare(f.Key, stored, text, threshold)
		}
		out = append(out, line)
	}
	return out
}

// compare holds a claim against a value of an answer, as the provider does.
func compare(key, stored, text string, threshold int) Verdict {
	out := Verdict{Key: key}
	c, err := claim(key, text, value.Ever)
	if err != nil { // CheckPapers lets none through
		return Verdict{Key: key, Reason: value.NotClaimed}
	}
	v := population.CompareText(c, stored, threshold)
	out.Match, out.Reason = v.Match, v.Reason
	if v.Fuzzy && v.Reason == "" {
		out.Score = &v.Score
	}
	return out
}

// Diff marks to the letter where two texts differ, without regard to case: what is not in their longest common subsequence.
func Diff(a, b string) (left, right []Span) {
	x, y := []rune(a), []rune(b)
	fold := func(s string) []rune { return []rune(strings.ToUpper(s)) }
	u, v := fold(a), fold(b)
	if len(u) != len(x) || len(v) != len(y) || len(u) > 4*maxValue || len(v) > 4*maxValue {
		return spans(x, make([]bool, len(x))), spans(y, make([]bool, len(y))) // a letter that changes its length with its case
	}
	longest := make([][]int, len(u)+1)
	for i := range longest {
		longest[i] = make([]int, len(v)+1)
	}
	for i := len(u) - 1; i >= 0; i-- {
		for j := len(v) - 1; j >= 0; j-- {
			if u[i] == v[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	inA, inB := make([]bool, len(u)), make([]bool, len(v))
	for i, j := 0, 0; i < len(u) && j < len(v); {
		switch {
		case u[i] == v[j]:
			inA[i], inB[j] = true, true
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return spans(x, inA), spans(y, inB)
}

func spans(text []rune, same []bool) []Span {
	var out []Span
	for i, r := range text {
		if n := len(out); n > 0 && out[n-1].Differs == !same[i] {
			out[n-1].Text += string(r)
			continue
		}
		out = append(out, Span{string(r), !same[i]})
	}
	return out
}
