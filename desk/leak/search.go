// Package leak searches what a machine keeps for values that must not be there: canary persons' data (G8). It finds them as UTF-8 and
// UTF-16, in base64 and hex, escaped for URLs, JSON and HTML, in either case, and inside gzip, zlib, deflate, zip, PDF and SQLite files. It
// tells places, never values.
package leak

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"
)

// MinValue is the shortest value that is searched for, in bytes: shorter ones stand in files by chance.
const MinValue = 8

// A Search finds a set of values. It is set up once; safe for concurrent use then.
type Search struct {
	next  [][256]int32 // of each state by the next byte
	found []int32      // what ends in the state: index into forms + 1; 0: nothing
	forms []form
}

type form struct {
	value    int
	encoding string
}

// New prepares a search; values shorter than MinValue are an error that names their place.
func New(values []string) (*Search, error) {
	s := &Search{next: make([][256]int32, 1), found: make([]int32, 1)}
	for i, v := range values {
		if len(v) < MinValue {
			return nil, fmt.Errorf("value %d is shorter than %d bytes", i+1, MinValue)
		}
		for encoding, forms := range encodings(v) {
			for _, f := range forms {
				if f != "" {
					s.add(f, form{i, encoding})
				}
			}
		}
	}
	s.link()
	return s, nil
}

// encodings are the ways in which programs write a value. Everything is compared in lower case, also base64: what differs in case only is
// as long as a value.
func encodings(v string) map[string][]string {
	units := utf16.Encode([]rune(v))
	var le, be []byte
	for _, u := range units {
		le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
	}
	var percent, unicode, entity, entityHex strings.Builder
	for i := range len(v) {
		fmt.Fprintf(&percent, "%%%02x", v[i])
	}
	for _, u := range units {
		fmt.Fprintf(&unicode, `\u%04x`, u)
	}
	for _, r := range v {
		fmt.Fprintf(&entity, "&#%d;", r)
		fmt.Fprintf(&entityHex, "&#x%x;", r)
	}
	return map[string][]string{
		"UTF-8": {v}, "UTF-16": {string(le), string(be)}, "base64": append(inBase64(v), append(inBase64(string(le)),
			inBase64(string(be))...)...), "hex": {hex.EncodeToString([]byte(v))},
		"percent": {percent.String(), strings.ReplaceAll(v, " ", "%20"), strings.ReplaceAll(v, " ", "+")}, "JSON": {unicode.String()},
		"HTML": {entity.String(), entityHex.String()},
	}
}

// inBase64 is a text at each of the three places that it may have among others; characters that depend on its neighbours are left out.
func inBase64(v string) (out []string) {
	for before := range 3 {
		text := make([]byte, before, before+len(v))
		text = append(text, v...)
		whole := text[:len(text)/3*3]
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			coded := e.EncodeToString(whole)
			if before > 0 && len(coded) >= 4 {
				coded = coded[4:]
			}
			if len(coded) >= MinValue {
				out = append(out, coded)
			}
		}
	}
	return out
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// add puts a form into the trie.
func (s *Search) add(text string, f form) {
	state := int32(0)
	for i := range len(text) {
		b := lower(text[i])
		if s.next[state][b] == 0 {
			s.next[state][b] = int32(len(s.next))
			s.next, s.found = append(s.next, [256]int32{}), append(s.found, 0)
		}
		state = s.next[state][b]
	}
	if s.found[state] == 0 {
		s.forms = append(s.forms, f)
		s.found[state] = int32(len(s.forms))
	}
}

// link turns the trie into the automaton of Aho and Corasick: from each state each byte, in either case, leads on.
func (s *Search) link() {
	fail := make([]int32, len(s.next))
	var queue []int32
	for b := range 256 {
		if to := s.next[0][b]; to != 0 {
			queue = append(queue, to)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		if s.found[state] == 0 {
			s.found[state] = s.found[fail[state]]
		}
		for b := range 256 {
			to := s.next[state][b]
			if to == 0 {
				s.next[state][b] = s.next[fail[state]][b]
				continue
			}
			fail[to] = s.next[fail[state]][b]
			queue = append(queue, to)
		}
	}
	for i := range s.next {
		for b := byte('A'); b <= 'Z'; b++ {
			s.next[i][b] = s.next[i][lower(b)]
		}
	}
}
