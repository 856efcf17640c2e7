package nik

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
	var n NIK
	strange := false
	for _, r := range unquoted(s) {
		switch {
		case separates(r):
		case r < '0' || r > '9':
			strange = true
		default:
			if digits < len(n.veiled) {
				n.veiled[digits] = byte(r)
			}
			digits++
		}
	}
	n.veiled = n.digits()
	day, month := n.number(6, 8), n.number(8, 10)
	if day > 40 {
		day -= 40
	}
	switch {
	case strange:
		part = Characters
	case digits != len(n.veiled):
		part = Length
	case day < 1 || day > 31:
		part = Day
	case month < 1 || month > 12:
		part = Month
	case len(n.BirthDates()) == 0:
		part = Date
	case n.Serial() == 0:
		part = Serial
	}
	return part, digits
}
