package abuse

import "fmt"

// volume sees more NIKs in a day than one counter serves.
func volume(s *scene) verdict {
	over := s.user.count - s.settings.PerDay
	if over <= 0 {
		return verdict{}
	}
	return verdict{level: min(20+80*float64(over)/float64(s.settings.PerDay), 150), reason: func() string {
		return fmt.Sprintf("%d NIK dicari hari ini; satu loket lazimnya tidak melebihi %d.", s.user.count, s.settings.PerDay)
	}}
}
