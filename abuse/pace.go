package abuse

import "fmt"

// fill counts a NIK into the pace: a vessel that empties at the rate that a person keeps up for hours.
func (g *gathered) fill(s *scene) {
	g.drainTo(s.At, s.settings.PerMinute*60*24)
	g.points++
}

// pace sees that NIKs come faster than papers can be turned over and read. A few at once are nothing: a typing error, a page reloaded.
func pace(s *scene) verdict {
	n := s.user.pace.points
	if n <= 8 {
		return verdict{}
	}
	return verdict{level: min((n-8)*8, 150), reason: func() string {
		return fmt.Sprintf("NIK dimasukkan lebih cepat daripada %.0f per menit yang dapat dibaca dari berkas.", s.settings.PerMinute)
	}}
}
