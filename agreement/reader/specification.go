package reader

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gapura/internal/setting"
	"gapura/internal/told"
)

// A Point is one of the technical specification that a reader's model must meet (PKS 2(1)e; H2).
type Point struct {
	Name string `toml:"nama"`
	Want string `toml:"uraian"` // when it is met
}

// A Specification is the office's, point by point.
type Specification []Point

// DefaultText is the specification that comes with the program, as the office's setting writes it.
//
//go:embed spesifikasi-pembaca.toml
var DefaultText string

// DefaultSpecification is that of DefaultText.
var DefaultSpecification = func() Specification {
	s, err := LoadSpecification(DefaultText)
	if err != nil {
		panic("spesifikasi-pembaca.toml: " + err.Error()) // a defect of the build
	}
	return s
}()

// Bounds of a specification: its points, and a text in letters.
const (
	maxPoints = 40
	maxName   = 100
	maxWant   = 400
)

// LoadSpecification reads a specification and says, in Indonesian, what is wrong with it.
func LoadSpecification(text string) (Specification, error) {
	var s struct {
		Points Specification `toml:"butir"`
	}
	if _, err := setting.Decode(text, &s); err != nil {
		return nil, err
	}
	if len(s.Points) == 0 || len(s.Points) > maxPoints {
		return nil, told.Wrong("teks", fmt.Sprintf("Spesifikasi harus mempunyai 1 sampai %d [[butir]].", maxPoints))
	}
	for n, p := range s.Points {
		switch {
		case p.Name == "" || p.Want == "" || strings.TrimSpace(p.Name) != p.Name || strings.ContainsAny(p.Name+p.Want, "\n\r\t;"):
			return nil, told.Wrong("teks", fmt.Sprintf("Butir ke-%d harus mempunyai nama dan uraian, masing-masing satu baris tanpa "+
				"titik koma.",
				n+1))
		case utf8.RuneCountInString(p.Name) > maxName || utf8.RuneCountInString(p.Want) > maxWant:
			return nil, told.Wrong("teks", fmt.Sprintf("Butir ke-%d terlalu panjang: nama sampai %d huruf, uraian sampai %d.", n+1, maxName,
				maxWant))
		case s.Points[:n].Has(p.Name):
			return nil, told.Wrong("teks", fmt.Sprintf("Butir “%s” ditulis dua kali.", p.Name))
		}
	}
	return s.Points, nil
}

// Has reports whether a point is of the specification.
func (s Specification) Has(name string) bool {
	return slices.ContainsFunc(s, func(p Point) bool { return p.Name == name })
}

// Missing are the points that are not among those that a model meets.
func (s Specification) Missing(met []string) (names []string) {
	for _, p := range s {
		if !slices.Contains(met, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}
