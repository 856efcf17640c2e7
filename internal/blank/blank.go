// Package blank knows what of a text nobody sees.
package blank

import "unicode"

// Is reports whether a rune is a blank or one of the invisible marks that come along when a text is copied out of a page or a word
// processor:
// soft hyphen, zero-width blanks and joiners, direction marks, byte order mark.
func Is(r rune) bool {
	switch {
	case unicode.IsSpace(r), r == '\u00ad', r == '\ufeff',
		r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2069':
		return true
	}
	return false
}
