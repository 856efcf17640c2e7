package evaluation

import (
	"slices"
	"strings"

	"gapura/person/population"
)

// Uses are what a purpose used of the persons who were found: opened by lookups or compared by matches.
type Uses struct {
	Persons  int // lookups and matches that found a person
	Elements population.Elements
}

// Unused are elements that a purpose had all through a period and never used; they are named for removal (A11; UU 27/2022 art. 16).
type Unused struct {
	Purpose  string              `json:"purpose"`
	Elements population.Elements `json:"elements"`
	Persons  int                 `json:"persons"` // found by the purpose in the period; 0: the purpose itself was never used
}

// Labels are the elements' names.
func (u Unused) Labels() string { return strings.Join(population.Labels(u.Elements.Strings()), ", ") }

// UnusedOf compares what each purpose had with what it used. Elements that it had on some days only are not named: on the others they could
// not be used. The NIK, by which a person is found, is used by every lookup.
func UnusedOf(granted map[string]population.Elements, used map[string]Uses) (out []Unused) {
	for purpose, elements := range granted {
		u := used[purpose]
		if u.Persons > 0 {
			u.Elements = u.Elements.With(population.ElNIK)
		}
		if rest := elements &^ u.Elements; rest != 0 {
			out = append(out, Unused{purpose, rest, u.Persons})
		}
	}
	slices.SortFunc(out, func(a, b Unused) int { return strings.Compare(a.Purpose, b.Purpose) })
	return out
}
