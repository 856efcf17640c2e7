package nik

import "time"

// A Part is a part of a NIK that somebody can check on a document by itself.
type Part int

// The parts, in the order in which they are looked at.
const (
	Whole      Part = iota // nothing is wrong
	Characters             // something that is neither a digit nor between digits
	Length                 // not 16 digits
	Day                    // digits 7 and 8: neither 01–31 nor 41–71
	Month                  // digits 9 and 10: not 01–12
	Date                   // digits 7 to 12: no day of the calendar
	Serial                 // the last four digits: 0000
)

// Misread tells people where to look again: the first part of a text that breaks the rule of Parse, and how many digits the text has. It
// is Whole for what Parse takes. Neither repeats what was typed.
func Misread(s string) (part Part, digits int) {
	var d [16]int
	strange := false
	for _, r := range unquoted(s) {
		switch {
		case separates(r):
		case r < '0' || r > '9':
			strange = true
		default:
			if digits < len(d) {
				d[digits] = int(r - '0')
			}
			digits++
		}
	}
	two := func(at int) int { return 10*d[at] + d[at+1] }
	day, month, year := two(6), two(8), two(10)
	if day > 40 {
		day -= 40
	}
	real := func(century int) bool {
		return time.Date(century+year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
	}
	switch {
	case strange:
		part = Characters
	case digits != len(d):
		part = Length
	case day < 1 || day > 31:
		part = Day
	case month < 1 || month > 12:
		part = Month
	case !real(1900) && !real(2000):
		part = Date
	case 100*two(12)+two(14) == 0:
		part = Serial
	}
	return part, digits
}
