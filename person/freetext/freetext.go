// Package freetext says what people may write where they write freely: references, reasons, notes, names of files and letters. Such a text
// comes to pages, mails and registers, so that no NIK may stand in it, however it is written (K3). It is the one rule of all doors.
package freetext

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gapura/person/nik"
	"gapura/person/region"
)

// What is wrong with a text, to be put behind its field's name.
const (
	HasNIK    = "tidak boleh memuat NIK atau nomor KK."
	Invisible = "memuat karakter yang tidak terlihat. Ketik ulang tanpa menyalin dari tempat lain."
)

// Problem is what is wrong with a text; empty: nothing. It repeats nothing of it.
func Problem(text string) string {
	for _, r := range text {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) && r != '\n' && r != '\r' && r != '\t' {
			return Invisible
		}
	}
	if holdsNIK(text) {
		return HasNIK
	}
	return ""
}

// A group is digits that stand together, as 0 to 9; letters that look like digits count as those. real is how many are no letters.
type group struct {
	digits string
	real   int
}

// apart is how many characters may stand between two groups of one number.
const apart = 3

// alike are letters that are typed, or read by a scanner, for a digit.
var alike = map[rune]byte{'O': '0', 'o': '0', 'l': '1', 'I': '1'}

// holdsNIK looks for 16 digits of a number's structure: in one group, or over several that only signs and blanks part. In several, the
// first four must be a regency, because numbers of letters and dates beside each other have 16 digits too.
func holdsNIK(text string) bool {
	if fewDigits(text) {
		return false
	}
	var groups []group
	var now []byte
	realDigits, lead, between := 0, 0, 0
	end := func() {
		for len(now) > 16 && lead > 0 { // "no3303…": letters of a word before it
			now, lead = now[1:], lead-1
		}
		if realDigits > 0 {
			groups = append(groups, group{string(now), realDigits})
		} else if len(now) > 0 { // a word of such letters
			groups = nil
		}
		now, realDigits, lead = nil, 0, 0
	}
	found, word := false, false // word: the character before is a letter, and no digit
	for _, r := range norm.NFKC.String(text) + "\n" {
		d, isDigit := digit(r)
		letter, isAlike := alike[r]
		switch {
		case isDigit:
			now, between, word = append(now, d), 0, false
			realDigits++
			continue
		case isAlike && !word:
			if now, between = append(now, letter), 0; realDigits == 0 {
				lead++
			}
			continue
		}
		end()
		word = unicode.IsLetter(r)
		found = found || ends(groups)
		if between++; between > apart || word {
			groups = nil
		}
	}
	return found
}

// leastReal is how many digits of a number are no letters, at least.
const leastReal = 10

// fewDigits reports whether a text has nothing but ASCII, with too few digits for such a number: most references, which each lookup has.
func fewDigits(text string) bool {
	n := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			return false
		case c >= '0' && c <= '9':
			n++
		}
	}
	return n < leastReal
}

// ends reports whether the last groups together are such a number.
func ends(groups []group) bool {
	digits, real := "", 0
	for i := len(groups) - 1; i >= 0 && len(digits) < 16; i-- {
		digits, real = groups[i].digits+digits, real+groups[i].real
		if len(digits) != 16 || real < leastReal {
			continue
		}
		_, err := nik.Parse(digits)
		return err == nil && (i == len(groups)-1 || known(digits[:4]))
	}
	return false
}

func known(regency string) bool {
	_, ok := region.Name(regency)
	return ok
}

// digit is the value of a decimal digit of any script.
func digit(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r), true
	}
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return '0' + byte((r-rune(t.Lo))%10), true
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return '0' + byte((r-rune(t.Lo))%10), true
		}
	}
	return 0, false
}
