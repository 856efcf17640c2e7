// Package quote appends JSON texts to a buffer, for answers that are made for every lookup.
package quote

import (
	"encoding/json"
	"unicode/utf8"
)

// Text appends a JSON string; a text with anything to escape goes through encoding/json.
func Text(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // texts always encode
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// Known appends a JSON string, or null for the empty text, which is a value that is not known.
func Known(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return Text(b, s)
}
