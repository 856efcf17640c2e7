package abuse

import "fmt"

// settled is how many lookups an agency's window must hold before it is known what the agency usually asks.
const settled = 300

// region sees that a user asks about regions that the agency has not asked about for as long as the Watcher remembers.
func region(s *scene) verdict {
	n, far := 0, 0
	last := s.user.recent.last(24)
	for i := range last {
		if in := &last[i]; !in.malformed {
			if n++; in.far && s.At.Sub(in.at) < fading {
				far++
			}
		}
	}
	if far == 0 || s.NIK.IsZero() {
		return verdict{}
	}
	return verdict{level: between(0, (share(far, n, 0.15)-2.5)*15, 120), reason: func() string {
		return fmt.Sprintf("%d dari %d NIK terakhir berasal dari wilayah yang sebelumnya tidak pernah dicari lembaga ini.", far, n)
	}}
}
