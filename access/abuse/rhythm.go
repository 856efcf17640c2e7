package abuse

import (
	"fmt"
	"math"
	"slices"
)

// rhythm sees that most pauses between a user's latest NIKs are as even as only a program keeps them.
func rhythm(s *scene) verdict {
	const (
		pauses = 24
		clock  = 60.0 // seconds: whoever asks once each morning is even to some minutes, a program to less than one
	)
	in := s.user.recent.last(pauses + 1)
	if len(in) <= pauses {
		return verdict{}
	}
	var all [pauses]float64
	for i := range all {
		all[i] = in[i+1].at.Sub(in[i].at).Seconds()
	}
	sorted := all
	slices.Sort(sorted[:])
	usual, even := sorted[pauses/2], 0
	for _, d := range all {
		if math.Abs(d-usual) <= min(0.07*usual, clock) {
			even++
		}
	}
	// A quarter would be even at a counter in full swing.
	level := between(0, (share(even, pauses, 0.25)-3)*25, 150)
	return verdict{level: level, reason: func() string {
		return fmt.Sprintf("%d dari %d jeda terakhir hampir sama, sekitar %.0f detik, seperti dimasukkan oleh program.", even, pauses,
			usual)
	}}
}
