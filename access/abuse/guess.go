package abuse

import (
	"fmt"
	"time"

	"gapura/person/nik"
)

// People's serials are small, because a serial counts the births of one day in one district, and few people are older than 87. Who makes
// numbers up does not know it. A typing error has such a serial too, but then the right number follows.
func guess(s *scene) verdict {
	if s.NIK.IsZero() {
		return verdict{}
	}
	adds := s.here.oddity(s.At)
	if adds == 0 {
		if u := s.user; corrects(s.NIK, u.last.NIK) && s.At.Sub(u.last.At) < 3*time.Minute {
			return verdict{adds: -at(u.last.NIK, u.last.At).oddity(u.last.At)}
		}
		return verdict{adds: -0.3}
	}
	return verdict{adds: adds, reason: func() string {
		return fmt.Sprintf("Nomor urut atau tahun lahir pada %s jarang dimiliki penduduk; pencarian seperti ini berulang kali terjadi.",
			s.NIK.Masked())
	}}
}

// oddity is how little a NIK looks like a person's, in points.
func (p point) oddity(now time.Time) (points float64) {
	switch {
	case p.serial > 999:
		points = 12
	case p.serial > 99:
		points = 10
	case p.serial > 20:
		points = 8
	}
	if elder(p.monthDay) { // many share these dates
		points /= 2
	}
	if now.Year()-int(p.year) > 87 {
		points += 6
	}
	return points
}

// corrects reports whether two NIKs differ in one digit, or in two neighbours that changed places.
func corrects(right, wrong nik.NIK) bool {
	a, b := right.Digits(), wrong.Digits()
	if len(a) != len(b) {
		return false
	}
	first, differ := -1, 0
	for i := range len(a) {
		if a[i] != b[i] {
			if differ++; first < 0 {
				first = i
			}
		}
	}
	return differ == 1 || differ == 2 && first+1 < len(a) && a[first] == b[first+1] && a[first+1] == b[first]
}
