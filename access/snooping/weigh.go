package snooping

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// honestly is how often a circumstance occurs in lookups that are explained: each thing weighs by how rare it is in honest work, so that an
// office in whose village everybody lives is not alarmed by neighbours. Until enough was seen it is taken for three in a hundred.
type honestly struct{ of, n float64 }

const (
	prior     = 50
	usually   = 0.03
	whenSpied = 0.3 // how often a circumstance occurs when somebody snoops
)

func (h *honestly) count(is bool) {
	h.n++
	if is {
		h.of++
	}
}

func (h *honestly) rate(before float64) float64 { return (h.of + before*prior) / (h.n + prior) }

// evidence is points for a circumstance that occurs at a rate in honest work.
func evidence(rate, most float64) float64 { return min(max(math.Log2(whenSpied/rate), 0), most) }

// word is the last word of a name, by which families are known where there are family names; short ones are titles.
func word(name string) string {
	all := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return r == ' ' || r == ',' || r == '.' })
	for _, w := range slices.Backward(all) {
		if len(w) > 3 {
			return w
		}
	}
	return ""
}

// relation is the strongest relation of the person to the officer; Rules: none.
func (l *seen) relation() Rule {
	switch {
	case !l.ownNIK.IsZero() && l.NIK == l.ownNIK:
		return Self
	case !l.known || l.ownNIK.IsZero():
		return Rules
	case l.person.Card != "" && l.person.Card == l.own.Card:
		return Family
	case word(l.person.Name) != "" && word(l.person.Name) == word(l.own.Name):
		return Namesake
	case l.person.Place != "" && l.person.Place == l.own.Place:
		return Neighbor
	}
	return Rules
}

// late reports whether an instant lies outside office hours: before 6, after 18, or on a Sunday. Saturdays are worked on in many offices.
func late(at time.Time) bool { return at.Hour() < 6 || at.Hour() >= 18 || at.Weekday() == time.Sunday }

// weigh adds up what speaks against a lookup that nothing explains.
func (j *Judge) weigh(l *seen) Finding {
	f := Finding{Lookup: l.Lookup, Action: Ask}
	var points [Rules]float64
	j.related(l, &points)
	j.referred(l, &points)
	s := j.series[pair{l.User, l.NIK}]
	if s != nil && !l.NIK.IsZero() {
		f.Repeats = len(s.before(l.day))
		if f.Repeats > 0 {
			points[Repeated] = min(2+1.5*float64(f.Repeats-1), 5)
			if l.day.Sub(s.days[0]) >= 5*day {
				points[Repeated] += 2
			}
		}
	}
	switch others := j.colleagues(l); {
	case others >= 2:
		points[Shared] = 4
	case others == 1:
		points[Shared] = 1.5
	}
	if late(l.At) {
		points[Late] = evidence(j.late.rate(0.02), 3)
	}
	if l.dormant {
		points[Dormant] = 3
	}
	for r := range Rules {
		if points[r] *= j.set.Weighs(r); points[r] > 0 {
			f.Score += points[r]
			f.Rules = append(f.Rules, r)
		}
	}
	slices.SortStableFunc(f.Rules, func(a, b Rule) int { return cmp.Compare(points[b], points[a]) })
	f.Reason = Reason(f.Rules)
	return f
}

// related weighs the person's relation to the officer.
func (j *Judge) related(l *seen, points *[Rules]float64) {
	switch l.relation() {
	case Self:
		points[Self] = 6
	case Family:
		points[Family] = 6
	case Namesake:
		n := honestly{j.words[word(l.own.Name)], j.named}
		points[Namesake] = evidence((n.of+0.5)/(n.n+prior), 4)
		if l.person.Place == l.own.Place && l.own.Place != "" {
			points[Neighbor] = j.neighbour(l)
		}
	case Neighbor:
		points[Neighbor] = j.neighbour(l)
	}
}

func (j *Judge) neighbour(l *seen) float64 {
	return evidence(j.near[l.User].rate(j.allNear.rate(usually)), 3.5)
}

// referred weighs the reference.
func (j *Judge) referred(l *seen, points *[Rules]float64) {
	if meaningless(l.reference) {
		points[Empty] = max(evidence(j.empty[l.User].rate(usually), 3), 0.5)
		return
	}
	list := j.byReference[l.reference]
	switch {
	case len(list) == 0:
		points[Nowhere] = 1
	case slices.ContainsFunc(list, func(s *service) bool { return s.NIK == l.NIK || s.NIK.IsZero() }):
		points[Stale] = 2
	default:
		points[Borrowed] = 2.5
	}
}

// colleagues is how many other officers looked the person up without explanation in the two weeks before.
func (j *Judge) colleagues(l *seen) (n int) {
	if l.NIK.IsZero() {
		return 0
	}
	for user, last := range j.unexplained[l.NIK] {
		if user != l.User && l.day.Sub(last) <= 14*day {
			n++
		}
	}
	return n
}

// Reason says in formal Indonesian, without any number of a person, that nothing explains a lookup, and which circumstances speak against
// it, strongest first.
func Reason(rules []Rule) string {
	if len(rules) == 0 {
		return "Tidak ada layanan yang menjelaskan pencarian ini."
	}
	texts := make([]string, min(3, len(rules)))
	for i := range texts {
		texts[i] = ruleReasons[rules[i]]
	}
	return "Tidak ada layanan yang menjelaskan pencarian ini; " + strings.Join(texts, "; ") + "."
}
