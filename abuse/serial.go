package abuse

import "fmt"

// serial sees that a user's latest NIKs all have one serial. About half of all people have serial 1, some have 2, few any other.
func serial(s *scene) verdict {
	if s.NIK.IsZero() {
		return verdict{}
	}
	n, same := 0, 0
	for i := range s.user.recent.inputs {
		if in := &s.user.recent.inputs[i]; !in.malformed {
			if n++; in.point.serial == s.here.serial {
				same++
			}
		}
	}
	p := 0.15
	switch s.here.serial {
	case 1: // in small districts nearly all have it; what the agency usually asks tells
		p = 0.6
		if w := s.agency.window; len(w.seen) >= settled {
			p = max(p, min(0.95, float64(w.firstOne)/float64(len(w.seen))+0.03))
		}
	case 2:
		p = 0.35
	}
	level := between(0, (share(same, n, p)-2.5)*18, 150)
	return verdict{level: level, reason: func() string {
		return fmt.Sprintf("%d dari %d NIK terakhir bernomor urut sama, %04d.", same, n, s.here.serial)
	}}
}
