// Package quote appends JSON texts to a buffer and reads plain ones, without reflection, for what is read and answered at every lookup.
package quote

import (
	"bytes"
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

// Member reads `"key": "value"` behind a separator, a brace or a comma, when neither has an escape or a control character; rest is what
// follows, space left out. Anything else is to be left to encoding/json.
func Member(data []byte, separator byte) (key, value string, rest []byte, ok bool) {
	if len(data) == 0 || data[0] != separator {
		return "", "", nil, false
	}
	if key, rest, ok = plain(data[1:]); !ok || len(rest) == 0 || rest[0] != ':' {
		return "", "", nil, false
	}
	value, rest, ok = plain(rest[1:])
	return key, value, rest, ok
}

// plain reads a JSON text without escapes.
func plain(data []byte) (text string, rest []byte, ok bool) {
	data = bytes.TrimLeft(data, " \t\r\n")
	if len(data) == 0 || data[0] != '"' {
		return "", nil, false
	}
	end := bytes.IndexByte(data[1:], '"') + 1
	if end == 0 {
		return "", nil, false
	}
	for _, c := range data[1:end] {
		if c < ' ' || c == '\\' {
			return "", nil, false
		}
	}
	return string(data[1:end]), bytes.TrimLeft(data[end+1:], " \t\r\n"), true
}
