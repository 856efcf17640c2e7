package abuse

import "fmt"

// hours sees lookups outside office hours. It warns, and makes other findings weigh more. In the
// evening and on days off it never suspends by itself, because offices do work late; at night no counter serves a queue.
func hours(s *scene) verdict {
	if !s.outside || s.user.outside < 3 {
		return verdict{}
	}
	level := min(float64(s.user.outside)*6, 50)
	if h := s.local.Hour(); h >= 22 || h < 5 {
		level = max(level, min(float64(s.user.outside)*3, 120))
	}
	return verdict{level: level, reason: func() string {
		return fmt.Sprintf("%d NIK dicari di luar jam kerja.", s.user.outside)
	}}
}
