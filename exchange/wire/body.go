package wire

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// ErrBody says that a body cannot be read in any of the forms.
var ErrBody = errors.New("body is not JSON, a form or multipart")

// Bare is a body as UTF-8 without what stands around its content: a byte order mark, blanks and NUL bytes. JSON that a form's encoder
// wrapped, as the name of a field without a value (%7B%22nik%22…%7D=), is unwrapped.
func Bare(body []byte) []byte {
	body = eightBits(body)
	body = bytes.Trim(bytes.TrimPrefix(bytes.TrimLeft(body, "\x00"), []byte("\ufeff")), " \t\r\n\x00")
	if len(body) > 2 && body[0] == '%' && body[1] >= '5' && body[1] <= '7' {
		if text := strings.TrimSuffix(unescape(string(body)), "="); strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
			return []byte(text)
		}
	}
	if n := len(body) - 1; n > 0 && body[n] == '=' && (body[0] == '{' && body[n-1] == '}' || body[0] == '[' && body[n-1] == ']') {
		return body[:n]
	}
	return body
}

// eightBits reads a body in UTF-16, which programs of Windows send: by its mark, or by the zero beside each of its first characters. Any
// other stays.
func eightBits(body []byte) []byte {
	if len(body) < 4 {
		return body
	}
	order := unicode.LittleEndian
	switch even, odd := body[0]|body[2], body[1]|body[3]; {
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}), even != 0 && odd == 0:
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}), even == 0 && odd != 0:
		order = unicode.BigEndian
	default:
		return body
	}
	out, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(body[:len(body)&^1])
	if err != nil {
		return body
	}
	return out
}

// A Pair is one field of a form, in the order in which it was sent.
type Pair struct{ Key, Value string }

// Form reads the fields of a body that is no JSON: multipart, whose boundary is taken from the body itself, or else a form.
func Form(body []byte) ([]Pair, error) {
	if bytes.HasPrefix(body, []byte("--")) {
		return parts(body)
	}
	return urlencoded(strings.TrimSpace(string(body))), nil
}

// urlencoded never fails: a percent sign without two hex digits and a semicolon are ordinary characters. What has no equals sign is no
// field.
func urlencoded(text string) (list []Pair) {
	for pair := range strings.SplitSeq(text, "&") {
		if key, value, ok := strings.Cut(pair, "="); ok {
			list = append(list, Pair{unescape(key), unescape(value)})
		}
	}
	return list
}

func unescape(s string) string {
	if strings.ContainsAny(s, "%+") {
		b := make([]byte, 0, len(s))
		for i := 0; i < len(s); i++ {
			switch c := s[i]; {
			case c == '+':
				b = append(b, ' ')
			case c == '%' && i+2 < len(s) && hex(s[i+1]) >= 0 && hex(s[i+2]) >= 0:
				b = append(b, byte(hex(s[i+1])<<4|hex(s[i+2])))
				i += 2
			default:
				b = append(b, c)
			}
		}
		s = string(b)
	}
	return readable(s)
}

// hex is the value of a hex digit; below 0 for what is none.
func hex(c byte) int {
	if c >= 'A' && c <= 'F' {
		c += 'a' - 'A'
	}
	return strings.IndexByte("0123456789abcdef", c)
}

// parts reads multipart; a last boundary that was not sent is added.
func parts(body []byte) (list []Pair, err error) {
	line, _, _ := bytes.Cut(body, []byte("\n"))
	boundary := strings.TrimSpace(strings.TrimPrefix(string(line), "--"))
	if boundary == "" || len(boundary) > 200 {
		return nil, ErrBody
	}
	if end := "--" + boundary + "--"; !bytes.Contains(body, []byte(end)) {
		body = append(bytes.TrimRight(body, "\r\n"), "\r\n"+end+"\r\n"...)
	}
	for r := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := r.NextPart()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, ErrBody
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, ErrBody
		}
		if name := part.FormName(); name != "" {
			list = append(list, Pair{readable(name), readable(string(value))})
		}
	}
}

// readable is a text in UTF-8: a byte that is none is read as Windows-1252, or left out when that has no character for it.
func readable(s string) string {
	if utf8.ValidString(s) && !strings.ContainsRune(s, utf8.RuneError) {
		return s
	}
	b := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(s[i])
		}
		if r != utf8.RuneError && (r < 0x80 || r > 0x9f) {
			b = utf8.AppendRune(b, r)
		}
		i += size
	}
	return string(b)
}

// Mended is a JSON text in which what encoding/json would refuse for one value's sake is put right: control characters become blanks, and
// a backslash that escapes nothing is left out (MA\'RUFAH, as PHP's addslashes writes it).
func Mended(body []byte) []byte {
	out := make([]byte, 0, len(body))
	within := false
	for i := 0; i < len(body); i++ {
		c := body[i]
		switch {
		case c < ' ':
			c = ' '
		case c == '"':
			within = !within
		case c == '\\' && within:
			if !escapes(body[i+1:]) {
				continue
			}
			out = append(out, c)
			i++
			c = body[i]
		}
		out = append(out, c)
	}
	return []byte(readable(string(out)))
}

// escapes reports whether what stands after a backslash is one of JSON's escapes.
func escapes(rest []byte) bool {
	if len(rest) == 0 || !strings.ContainsRune(`"\/bfnrtu`, rune(rest[0])) {
		return false
	}
	if rest[0] != 'u' {
		return true
	}
	return len(rest) > 4 && hex(rest[1]) >= 0 && hex(rest[2]) >= 0 && hex(rest[3]) >= 0 && hex(rest[4]) >= 0
}
