// Package nik is the population number (Nomor Induk Kependudukan): its format rule, what its digits say, and how it is shown. A NIK never
// prints its digits by accident: every formatting, logging and encoding of the type is masked, and Digits is the one way to the number
// itself (K3).
package nik

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"gapura/internal/blank"
)

// ErrFormat says that a text is not a well-formed NIK. It carries no part of the text.
var ErrFormat = errors.New("NIK is not well-formed")

// A NIK is a well-formed number, or the zero value for none. It is comparable within a process.
//
// The digits are veiled by bytes that are random for each process: package fmt prints the unexported fields of an enclosing struct without
// asking any method, and then prints nothing of use.
type NIK struct{ veiled [16]byte }

var veil = func() (v [16]byte) { rand.Read(v[:]); return v }()

func (n NIK) digits() [16]byte {
	for i := range n.veiled {
		n.veiled[i] ^= veil[i]
	}
	return n.veiled
}

// separates reports whether people put r between digits: any blank, seen or not, dot or dash.
func separates(r rune) bool {
	return (r < '0' || r > '9') && (r == '.' || r == '\u2212' || unicode.Is(unicode.Pd, r) || blank.Is(r))
}

// Parse reads a NIK as people type it: blanks, dots and dashes are passed over. The rule: 16 digits; region (6), day 01–31 or 41–71 for
// women, month, year (2) that are a calendar date in 19YY or 20YY; serial (4) not 0000. Any region code is well-formed, because regions
// split and old numbers stay valid.
//
// A spreadsheet's ways to keep a number a text, '… and ="…", are passed over too.
func Parse(s string) (NIK, error) {
	s = unquoted(s)
	var digits [16]byte
	i := 0
	for _, r := range s {
		if separates(r) {
			continue
		}
		if r < '0' || r > '9' || i == len(digits) {
			return NIK{}, ErrFormat
		}
		digits[i] = byte(r)
		i++
	}
	n := NIK{digits}
	n.veiled = n.digits()
	if i != len(digits) || n.Serial() == 0 || len(n.BirthDates()) == 0 {
		return NIK{}, ErrFormat
	}
	return n, nil
}

// unquoted is a text without what a spreadsheet puts around a number that is to stay a text.
func unquoted(s string) string {
	s = strings.TrimFunc(s, separates)
	if inner, ok := strings.CutPrefix(s, `="`); ok {
		return strings.TrimSuffix(inner, `"`)
	}
	return strings.TrimPrefix(s, "'")
}

// IsZero reports whether n is no NIK.
func (n NIK) IsZero() bool { return n == NIK{} }

// Digits reveals the number: 16 digits, empty for the zero value. For storage under encryption, for the source, and for the element NIK of
// a grant.
func (n NIK) Digits() string {
	if n.IsZero() {
		return ""
	}
	d := n.digits()
	return string(d[:])
}

// Region is the region code in the number, 6 digits.
func (n NIK) Region() string {
	if n.IsZero() {
		return ""
	}
	return n.Digits()[:6]
}

// Female reports whether the day is written with 40 added; false for the zero value.
func (n NIK) Female() bool { return n.number(6, 8) > 40 }

// BirthDates are the calendar dates that the number can mean, in 19YY and 20YY, as UTC midnights; none for the zero value.
func (n NIK) BirthDates() []time.Time {
	day, month, year := n.number(6, 8), n.number(8, 10), n.number(10, 12)
	if day > 40 {
		day -= 40
	}
	var out []time.Time
	for _, century := range []int{1900, 2000} {
		t := time.Date(century+year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if t.Day() == day && int(t.Month()) == month {
			out = append(out, t)
		}
	}
	return out
}

// Serial is the running number, 1 to 9999; 0 for the zero value.
func (n NIK) Serial() int { return n.number(12, 16) }

func (n NIK) number(from, to int) int {
	if n.IsZero() {
		return 0
	}
	v, digits := 0, n.digits()
	for _, d := range digits[from:to] {
		v = v*10 + int(d-'0')
	}
	return v
}

// Masked shows the region and the last two digits: enough for an officer to recognise a line of the own history, not to ask again.
func (n NIK) Masked() string {
	if n.IsZero() {
		return ""
	}
	d := n.Digits()
	return d[:6] + strings.Repeat("•", 8) + d[14:]
}

// Group sets digits in fours, "3303 0101 0180 0001", as pages show them. It takes revealed digits rather than a NIK, so that Digits stays
// the one word to search for when asking where numbers come to light.
func Group(digits string) string {
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// String is Masked.
func (n NIK) String() string { return n.Masked() }

// Format is masked under every verb.
func (n NIK) Format(s fmt.State, _ rune) { fmt.Fprint(s, n.Masked()) }

// LogValue is masked.
func (n NIK) LogValue() slog.Value { return slog.StringValue(n.Masked()) }

// MarshalJSON is masked. A NIK that is to be answered is written with Digits.
func (n NIK) MarshalJSON() ([]byte, error) { return []byte(`"` + n.Masked() + `"`), nil }

// MarshalText is masked, for map keys and other encodings. There is no UnmarshalText: Parse is the one way in.
func (n NIK) MarshalText() ([]byte, error) { return []byte(n.Masked()), nil }
