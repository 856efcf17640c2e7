package site

import (
	"errors"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// maxBody bounds a form, in bytes.
const maxBody = 64 << 10

// form reads the named fields of a posted form, never of the URL. When it returns false it has answered; no answer repeats a value.
func (s *Site) Form(w http.ResponseWriter, r *http.Request, v *Visitor, names ...string) (map[string]string, bool) {
	bad := Message{Heading: "Isian tidak dapat dibaca", Advice: []string{"Isian memuat karakter yang tidak dikenal atau tidak dikirim dari formulir ini. Silakan kembali dan isi formulir sekali lagi."}}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		s.Say(w, r, http.StatusUnsupportedMediaType, v, bad)
		return nil, false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			s.Say(w, r, http.StatusRequestEntityTooLarge, v, Message{
				Heading: "Isian terlalu besar", Advice: []string{"Isian yang dikirim melebihi batas 64 KB dan tidak diproses. Silakan kembali dan isi formulir seperlunya."},
			})
			return nil, false
		}
		s.Say(w, r, http.StatusBadRequest, v, bad)
		return nil, false
	}
	fields := make(map[string]string, len(names))
	for _, n := range names {
		all := r.PostForm[n]
		if len(all) > 1 || (len(all) == 1 && (!utf8.ValidString(all[0]) || strings.ContainsRune(all[0], 0))) {
			s.Say(w, r, http.StatusBadRequest, v, bad)
			return nil, false
		}
		fields[n] = r.PostForm.Get(n)
	}
	return fields, true
}
