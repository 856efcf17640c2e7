package wire

import (
	"strconv"
	"strings"
)

// Whole is a decimal number, in plain or scientific notation, as the digits of the whole number that it is. False for what is no whole
// number and for one whose digits are not all written out: 3.303e+15 has lost some on its way through a floating point number, and which
// nobody knows.
func Whole(text string) (digits string, ok bool) {
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(text), "e")
	shift := 0
	if scientific {
		n, err := strconv.Atoi(exponent)
		if err != nil || n < -maxValue || n > maxValue {
			return "", false
		}
		shift = n
	}
	before, after, _ := strings.Cut(mantissa, ".")
	digits = before + after
	point := len(before) + shift
	if before == "" || strings.Trim(digits, "0123456789") != "" || point < 1 || point > len(digits) ||
		strings.Trim(digits[point:], "0") != "" {
		return "", false
	}
	if digits = strings.TrimLeft(digits[:point], "0"); digits == "" {
		digits = "0"
	}
	return digits, true
}

// number is a JSON number as a text: whole ones as their digits, any other in a notation that nothing takes for digits with dots or dashes
// between them, as people write them.
func number(text string) string {
	if digits, ok := Whole(text); ok {
		return digits
	}
	if !strings.ContainsAny(text, "eE") {
		text += "e0"
	}
	return text
}
