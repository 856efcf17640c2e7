package abuse

import "fmt"

// hours sees lookups outside office hours. It warns, and makes other findings weigh more; it never suspends by itself, because offices do work late.
func hours(s *scene) verdict {
	if !s.outside || s.user.outside < 3 {
		return verdict{}
	}
	return verdict{level: min(float64(s.user.outside)*6, 50), reason: func() string {
		return fmt.Sprintf("%d NIK dicari di luar jam kerja.", s.user.outside)
	}}
}
