package abuse

import "fmt"

// pace sees that NIKs come faster than papers can be turned over and read, from one user or from several who share a list. A few at once
// are nothing: a typing error, a page reloaded. Both are vessels into which each NIK is poured and that empty at the rate that people keep
// up for hours.
func pace(s *scene) verdict {
	own, all := s.user.pace.points, s.agency.pace.points
	alone, together := between(0, (own-8)*8, 150), 0.0
	if own > 2.5 { // takes part, and does not only work beside the others
		together = between(0, (all-15)*10, 150)
	}
	return verdict{level: max(alone, together), reason: func() string {
		if together > alone {
			return "Para pengguna lembaga ini bersama-sama memasukkan NIK lebih cepat daripada yang dapat dibaca dari berkas."
		}
		return fmt.Sprintf("NIK dimasukkan lebih cepat daripada %.0f per menit yang dapat dibaca dari berkas.", s.settings.PerMinute)
	}}
}

// pour counts a NIK into both vessels. Not all counters are at their busiest at once: the common one empties at half the pace of all who
// work today.
func (s *scene) pour() {
	perDay := s.settings.PerMinute * 60 * 24
	s.user.pace.drainTo(s.At, perDay)
	s.user.pace.points++
	s.agency.pace.drainTo(s.At, perDay*max(1, 0.5*float64(s.agency.busy)))
	s.agency.pace.points++
}
