// Package desk is the agency's counter without its database and pages: the kinds of aid, the way of an application through Lampiran II of
// the agreement, and the comparison of the applicant's papers with the provider's answer. All of it is values and pure functions: time,
// numbers and people come in.
//
// An answer of the provider passes through Compare alone, and nothing that Compare returns is for keeping: what is kept of a cross-check is
// a Check, which has no room for a value.
package desk

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Number is an application's number: the service's code, the day, and the queue's number of that day. It is the reference of every
// cross-check, so it holds nothing of the applicant.
func Number(code string, day time.Time, queue int) string {
	return fmt.Sprintf("%s-%s-%03d", code, day.Format("20060102"), queue)
}

// MaskName shows a name's initials only, for the check page that everybody may open.
func MaskName(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(first) + strings.Repeat("*", utf8.RuneCountInString(w[size:]))
	}
	return strings.Join(words, " ")
}
