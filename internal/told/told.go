// Package told is what a person may see of an error: a kind, the field that it is about, and a text in formal Indonesian that repeats no
// value. Every other error is a fault: the person gets a number, the log the rest. Any room may return one; each door turns kinds into its
// own answers, in one place.
package told

import (
	"errors"
	"strconv"
	"strings"
)

// A Kind says what the person can do about it.
type Kind string

// The kinds.
const (
	Refused   Kind = "refused"   // the rules do not allow it, or not now
	Forbidden Kind = "forbidden" // not for this person, whatever they do
	Invalid   Kind = "invalid"   // what was typed: to be corrected and sent again
	Missing   Kind = "missing"   // what was asked for is not there
	Moved     Kind = "moved"     // somebody else has changed it meanwhile: look at it again. The field names what, for instance "Berkas"
	Busy      Kind = "busy"      // nothing is wrong with the request: try again later
)

// An Error is what a person may see. It is a value that is compared by its address, so that a package can name one and callers use
// errors.Is.
type Error struct {
	Kind  Kind
	Field string // as the form names it; empty: none
	Text  string // Indonesian, shown
	After int    // seconds after which to try again; with Busy
}

func (e *Error) Error() string { return e.Text }

// RetryAfter is the value of that header, for an error that says that it is busy.
func RetryAfter(err error) (seconds string, busy bool) {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Busy {
		return "", false
	}
	return strconv.Itoa(e.After), true
}

// Ill says what an error of the installation's own storage is told as; nil for every other error.
type Ill func(error) *Error

// Of is what an error is told as; nil when it is no illness, or nobody knows of illnesses.
func (i Ill) Of(err error) *Error {
	if i == nil || err == nil {
		return nil
	}
	return i(err)
}

// Refuse is a refusal in words.
func Refuse(text string) *Error { return &Error{Kind: Refused, Text: text} }

// Wrong says what is wrong with a field; an empty field means the form as a whole.
func Wrong(field, text string) *Error { return &Error{Kind: Invalid, Field: field, Text: text} }

// Errors are all faults of a form, so that a person corrects them at once.
type Errors []*Error

// Add adds what is wrong with a field.
func (l *Errors) Add(field, text string) { *l = append(*l, Wrong(field, text)) }

// Of is the text for a field; empty when nothing is wrong with it.
func (l Errors) Of(field string) string {
	for _, e := range l {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// Err is the list as an error; nil when it is empty.
func (l Errors) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// Error holds the texts, one sentence after the other.
func (l Errors) Error() string {
	texts := make([]string, len(l))
	for i, e := range l {
		texts[i] = e.Text
	}
	return strings.Join(texts, " ")
}

// Invalids are the faults of a form in err; nil when it is none, or something else.
func Invalids(err error) Errors {
	if l, ok := errors.AsType[Errors](err); ok {
		return l
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == Invalid {
		return Errors{e}
	}
	return nil
}

// Text is what the person is told; false means that err is a fault, which is shown as a number.
func Text(err error) (string, bool) {
	if l, ok := errors.AsType[Errors](err); ok {
		return l.Error(), true
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Text, true
	}
	return "", false
}
