package abuse

import "fmt"

// pace sees that NIKs come faster than papers can be turned over and read, from one user or from several who share a list. A few at once are nothing: a
// typing error, a page reloaded. Both are vessels into which each NIK is poured and that empty at the rate that people keep up for hours.
func pace(s *scene) verdict {
	own, all := s.user.pace.points, s.agency.pace.points
	if own > 8 {
		return verdict{level: min((own-8)*8, 150), reason: func() string {
			return fmt.Sprintf("NIK dimasukkan lebih cepat daripada %.0f per menit yang dapat dibaca dari berkas.", s.settings.PerMinute)
		}}
	}
	// Not all counters are at their busiest at once: two fifths of the pace of each who works today. Who takes part enters fast enough too.
	if all > 15 && own > 2.5 {
		return verdict{level: min((all-15)*10, 150), reason: func() string {
			return "Para pengguna lembaga ini bersama-sama memasukkan NIK lebih cepat daripada yang dapat dibaca dari berkas."
		}}
	}
	return verdict{}
}

func (s *scene) pour() {
	perDay := s.settings.PerMinute * 60 * 24
	s.user.pace.drainTo(s.At, perDay)
	s.user.pace.points++
	s.agency.pace.drainTo(s.At, perDay*max(1, 0.4*float64(s.agency.busy)))
	s.agency.pace.points++
}
