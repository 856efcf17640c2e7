package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"gapura/web/bodies"
)

// maxBody bounds a request; a lookup needs a few hundred bytes.
const maxBody = 16 << 10

// decode reads one JSON object; when it cannot, it has answered. No answer repeats what was sent.
func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	return decodeUpTo(w, r, into, maxBody)
}

func decodeUpTo(w http.ResponseWriter, r *http.Request, into any, most int64) bool {
	if err := bodies.Process.Take(r, most); err != nil {
		tell(w, bodies.ErrBusy)
		return false
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		problem(w, http.StatusRequestEntityTooLarge, "input", fmt.Sprintf("isi permintaan melebihi %d KB", most>>10), "")
		return false
	case err != nil:
		problem(w, http.StatusBadRequest, "input", "isi permintaan tidak terbaca sampai selesai", "")
		return false
	case !utf8.Valid(data):
		problem(w, http.StatusBadRequest, "input", "isi permintaan harus JSON dalam UTF-8", "")
		return false
	}
	if p, ok := into.(interface{ plain(data []byte) bool }); ok && p.plain(data) {
		return true
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	dec.DisallowUnknownFields()
	if err = dec.Decode(into); err == nil {
		if _, more := dec.Token(); more == io.EOF {
			return true
		}
		problem(w, http.StatusBadRequest, "input", "isi permintaan harus tepat satu objek JSON", "")
		return false
	}
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) && typed.Field != "" {
		problem(w, http.StatusUnprocessableEntity, "input", fmt.Sprintf("field %q tidak bertipe yang diminta", typed.Field), "")
		return false
	}
	if m := unknownField.FindStringSubmatch(err.Error()); m != nil {
		problem(w, http.StatusUnprocessableEntity, "input", fmt.Sprintf("field %q tidak dikenal", m[1]), "")
		return false
	}
	problem(w, http.StatusBadRequest, "input", "isi permintaan bukan objek JSON yang sah", "")
	return false
}

// plainMember reads `"key": "value"` behind a separator, when neither has an escape; rest is what follows.
func plainMember(data []byte, separator byte) (key, value string, rest []byte, ok bool) {
	if len(data) == 0 || data[0] != separator {
		return "", "", nil, false
	}
	if key, rest, ok = plainText(data[1:]); !ok || len(rest) == 0 || rest[0] != ':' {
		return "", "", nil, false
	}
	value, rest, ok = plainText(rest[1:])
	return key, value, rest, ok
}

// plainText reads a JSON text without escapes; rest begins with what follows, space left out.
func plainText(data []byte) (text string, rest []byte, ok bool) {
	data = bytes.TrimLeft(data, " \t\r\n")
	if len(data) == 0 || data[0] != '"' {
		return "", nil, false
	}
	end := bytes.IndexByte(data[1:], '"') + 1
	if end == 0 || bytes.ContainsFunc(data[1:end], func(c rune) bool { return c < ' ' || c == '\\' }) {
		return "", nil, false
	}
	return string(data[1:end]), bytes.TrimLeft(data[end+1:], " \t\r\n"), true
}

// unknownField lets a name through only when it is a plain identifier, which no personal value is.
var unknownField = regexp.MustCompile(`unknown field "([a-z_]{1,32})"`)

func clean(s string, most int) bool {
	return len(s) <= most && !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f || c == utf8.RuneError })
}
