package abuse

import "fmt"

// malformed sees that more of a user's latest inputs are no NIK than typing errors explain.
func malformed(s *scene) verdict {
	last := s.user.recent.last(24)
	bad, n := 0, len(last)
	for i := range last {
		if last[i].malformed {
			bad++
		}
	}
	if !s.NIK.IsZero() || bad < 4 {
		return verdict{}
	}
	return verdict{level: between(0, (share(bad, n, 0.08)-1.5)*20, 150), reason: func() string {
		return fmt.Sprintf("%d dari %d masukan terakhir bukan NIK yang sah bentuknya.", bad, n)
	}}
}
