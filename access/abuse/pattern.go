package abuse

import "fmt"

// pattern sees numbers that are made at the keyboard: 11-11-11, 1111, 1234 (Juknis II.E.1: patterned).
func pattern(s *scene) verdict {
	if s.NIK.IsZero() || !s.here.patterned() {
		return verdict{}
	}
	return verdict{adds: 12, reason: func() string {
		return fmt.Sprintf("Angka pada %s berpola; NIK seperti ini berulang kali dicari.", s.NIK.Masked())
	}}
}

func (p point) patterned() bool {
	day, month, year := p.monthDay%100, p.monthDay/100, p.year%100
	if day == month && month == year {
		return true
	}
	n := int(p.serial)
	a, b, c, d := n/1000, n/100%10, n/10%10, n%10
	return b-a == c-b && c-b == d-c && b-a >= -1 && b-a <= 1 // 1111, 1234, 4321; never 0000
}
