package abuse

import "fmt"

// unknown sees that more of a user's latest NIKs are nobody's than typing errors and newcomers explain: the mark of guessing. It needs
// Outcome.
func unknown(s *scene) verdict {
	nobody, n := 0, 0
	last := s.user.recent.last(32)
	for i := range last {
		if in := &last[i]; in.answered {
			if n++; in.unknown {
				nobody++
			}
		}
	}
	if nobody < 4 {
		return verdict{}
	}
	return verdict{level: between(0, (share(nobody, n, 0.15)-1.5)*15, 150), reason: func() string {
		return fmt.Sprintf("%d dari %d NIK terakhir tidak terdapat pada data kependudukan.", nobody, n)
	}}
}
