package abuse

import (
	"fmt"
	"math"
)

// A histogram counts serials by size: 1, 2, 3, 4–5, 6–9, 10–20, more.
type histogram [7]float64

// usual is what to expect of an agency of which little is known.
var usual = histogram{0.52, 0.22, 0.11, 0.09, 0.04, 0.015, 0.005}

const usualWeight = 200 // lookups that usual counts as beside the agency's own

func size(serial uint16) int {
	switch {
	case serial <= 3:
		return int(serial) - 1
	case serial <= 5:
		return 3
	case serial <= 9:
		return 4
	case serial <= 20:
		return 5
	}
	return 6
}

// serial sees that the serials of a user's latest NIKs spread otherwise than those that the agency asks about: all the same, or too even,
// as nobody who makes numbers up gets them right.
func serial(s *scene) verdict {
	if s.NIK.IsZero() {
		return verdict{}
	}
	var seen histogram
	n, ones := 0.0, 0.0
	for i := range s.user.recent.inputs {
		if in := &s.user.recent.inputs[i]; !in.malformed {
			seen[size(in.point.serial)]++
			n++
		}
	}
	if n < 12 {
		return verdict{}
	}
	ones = seen[0]
	all := float64(s.agency.window.size()) + usualWeight
	distance := 0.0 // Kullback–Leibler, in nats
	for i, k := range seen {
		if k > 0 {
			expected := (s.agency.window.serials[i] + usual[i]*usualWeight) / all
			distance += k / n * math.Log(k/n/expected)
		}
	}
	// Villages and groups differ a little (0.08), and seven sizes spread by themselves (2.5).
	level := between(0, (n*(distance-0.08)/math.Ln10-2.5)*18, 150)
	return verdict{level: level, reason: func() string {
		return fmt.Sprintf("Sebaran nomor urut pada %.0f NIK terakhir tidak wajar: %.0f di antaranya bernomor urut 0001.", n, ones)
	}}
}
