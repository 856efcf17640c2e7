package site

import (
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// maxBody bounds a form, in bytes.
const maxBody = 64 << 10

// lineTime is what five scans of 10 MB take on a line of 1 Mbps, and somewhat more.
const lineTime = 10 * time.Minute

// Unhurried gives a signed-in person's request the time that files take on an office's line; the server's own limits are for strangers.
func (s *Site) Unhurried(w http.ResponseWriter) {
	control := http.NewResponseController(w)
	until := time.Now().Add(lineTime) // the connection's clock, not the office's
	if err := errors.Join(control.SetReadDeadline(until), control.SetWriteDeadline(until)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.Log.Warn("site: set time of a request", "err", err)
	}
}

// Form reads the named fields of a posted form, never of the URL. When it returns false it has answered; no answer repeats a value.
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
