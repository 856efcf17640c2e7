package abuse

import "fmt"

// People's serials are small, because a serial counts the births of one day in one district, and few people are older than 90. Who makes numbers up
// does not know it.
func guess(s *scene) verdict {
	if s.NIK.IsZero() {
		return verdict{}
	}
	adds := 0.0
	switch n := s.here.serial; {
	case n > 999:
		adds = 12
	case n > 99:
		adds = 8
	case n > 20:
		adds = 4
	}
	if elder(s.here.monthDay()) { // many share these dates
		adds /= 2
	}
	if age := s.At.Year() - int(s.here.date/10000); age > 87 {
		adds += 6
	}
	if adds == 0 {
		return verdict{adds: -3}
	}
	return verdict{adds: adds, reason: func() string {
		return fmt.Sprintf("Nomor urut atau tahun lahir pada %s jarang dimiliki penduduk; pencarian seperti ini berulang kali terjadi.", s.NIK.Masked())
	}}
}
