package party

import (
	"strings"

	"gapura/person/nik"
)

// An Identity is who the owner of a user id is: what persons are compared by, because one person may have several user ids.
type Identity struct {
	NIK nik.NIK // zero: not known, or not opened (only what compares persons opens it)
	NIP string  // NIP of 18 digits, or the number that the own institution gave; empty: not known
}

// Known reports whether the person can be told from others.
func (i Identity) Known() bool { return !i.NIK.IsZero() || staffNumber(i.NIP) != "" }

// SamePerson reports whether two user ids are one person's, as far as is known. A staff number that is no NIP counts within its institution
// only.
func SamePerson(a, b User) bool {
	if a.ID != 0 && a.ID == b.ID || !a.Identity.NIK.IsZero() && a.Identity.NIK == b.Identity.NIK {
		return true
	}
	n := staffNumber(a.Identity.NIP)
	return n != "" && n == staffNumber(b.Identity.NIP) && (len(n) == 18 || a.Institution == b.Institution)
}

// staffNumber is the number without the blanks, dots and dashes that people write into it.
func staffNumber(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '-' || r == '/' {
			return -1
		}
		return r
	}, strings.ToUpper(s))
}

// Persons are how many different persons the users are.
func Persons(list []User) int {
	n := 0
	for i, u := range list {
		if !anySame(list[:i], u) {
			n++
		}
	}
	return n
}

func anySame(list []User, u User) bool {
	for _, o := range list {
		if SamePerson(o, u) {
			return true
		}
	}
	return false
}
