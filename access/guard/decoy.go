package guard

import (
	"fmt"

	"gapura/person/nik"
)

// NewDecoy makes a well-formed NIK of a district (six digits) with a serial as no region hands out; the caller makes sure that nobody has
// it. random returns a number from 0 to below n.
func NewDecoy(district string, random func(n int) int) (nik.NIK, error) {
	day := 1 + random(28) + 40*random(2)
	return nik.Parse(fmt.Sprintf("%s%02d%02d%02d%04d", district, day, 1+random(12), 55+random(45), 1000+random(8000)))
}
