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

// unknownField lets a name through only when it is a plain identifier, which no personal value is.
var unknownField = regexp.MustCompile(`unknown field "([a-z_]{1,32})"`)

func clean(s string, most int) bool {
	return len(s) <= most && !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f || c == utf8.RuneError })
}
