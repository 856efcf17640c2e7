package agreement

import (
	"slices"
	"time"
)

// Believed is the agreement as the records knew it at an instant: without what was recorded after it. False: it was not known itself.
// What was believed on a day never changes, whatever is written later: Believed(then).At(…) (E2).
func (a Agreement) Believed(at time.Time) (Agreement, bool) {
	a.Addenda = believed(a.Addenda, at, func(d Addendum) time.Time { return d.Known })
	a.PoC = believed(a.PoC, at, func(p PoCLetter) time.Time { return p.Known })
	a.Decisions = believed(a.Decisions, at, func(d Decision) time.Time { return d.Known })
	a.SPTJM = believed(a.SPTJM, at, func(s SPTJM) time.Time { return s.Known })
	a.Extensions = believed(a.Extensions, at, func(e ExtensionStep) time.Time { return e.Known })
	a.Heads = a.Heads.Believed(at)
	return a, !a.Known.After(at)
}

// Believed are the agreements that the records knew at an instant, each as it was known.
func Believed(all []Agreement, at time.Time) []Agreement {
	var out []Agreement
	for _, a := range all {
		if b, known := a.Believed(at); known {
			out = append(out, b)
		}
	}
	return out
}

func believed[T any](list []T, at time.Time, known func(T) time.Time) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return known(x).After(at) })
}
