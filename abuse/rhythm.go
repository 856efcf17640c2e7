package abuse

import (
	"fmt"
	"math"
)

// rhythm sees that the pauses between a user's latest NIKs are as even as only a program keeps them.
func rhythm(s *scene) verdict {
	const pauses = 20
	in := s.user.recent.inputs
	if len(in) <= pauses {
		return verdict{}
	}
	in = in[len(in)-pauses-1:]
	var sum, squares float64
	for i := range pauses {
		d := in[i+1].at.Sub(in[i].at).Seconds()
		sum += d
		squares += d * d
	}
	mean := sum / pauses
	spread := math.Sqrt(max(0, squares/pauses-mean*mean)) / mean
	if mean == 0 || spread >= 0.15 {
		return verdict{}
	}
	return verdict{level: (0.15 - spread) * 700, reason: func() string {
		return fmt.Sprintf("Jeda antara %d NIK terakhir hampir sama, sekitar %.0f detik, seperti dimasukkan oleh program.", pauses, mean)
	}}
}
