package site

import (
	"cmp"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"gapura/internal/told"
	"gapura/person/freetext"
)

// maxBody bounds a form, in bytes.
const maxBody = 64 << 10

// lineTime is what five scans of 10 MB take on a line of 1 Mbps, and somewhat more.
const lineTime = 10 * time.Minute

// Unhurried gives a signed-in person's request the time that files take on an office's line; the server's own limits are for strangers.
func (s *Site) Unhurried(w http.ResponseWriter) {
	control := http.NewResponseController(w)
	until := time.Now().Add(lineTime) // the connection's clock, not the office's
	if err := errors.Join(control.SetReadDeadline(until), control.SetWriteDeadline(until)); err != nil &&
		!errors.Is(err, http.ErrNotSupported) {
		s.Log.Warn("site: set time of a request", "err", err)
	}
}

// unreadable is a form that this site has not sent.
func unreadable(status int) error {
	return &Problem{Status: status, Message: Message{
		Heading: "Isian tidak dapat dibaca",
		Advice: []string{"Isian memuat karakter yang tidak dikenal atau tidak dikirim dari formulir ini. Silakan kembali dan isi " +
			"formulir sekali lagi."},
	}}
}

// unsearched are the fields in which a resident's number may stand, because that is what they ask for, or that hold a secret or what the
// site itself wrote. Every other field of every form is searched (K3), so that a new one is without anybody's doing.
var unsearched = map[string]bool{
	"nik": true, "identitas": true, "cari": true, // a resident's number
	// secrets, and who signs in
	"user": true, "password": true, "lama": true, "kode": true, "token": true, "rahasia": true, "jawaban": true,
	"reference": true, "purpose": true, // the gate's, which records the refusal
	"cabut": true, "baris": true, "bukti": true, "permintaan": true, "naskah": true, "lembar": true, // the site's own numbers
}

// called are fields by what their pages call them; others are told as what was filled in.
var called = map[string]string{"alasan": "Alasan", "alasan_tarik": "Alasan", "alasan_keputusan": "Alasan", "catatan": "Catatan",
	"uraian": "Uraian", "tindakan": "Tindakan", "keterangan": "Keterangan", "judul": "Judul", "surat": "Nomor surat",
	"nomor": "Nomor", "dasar": "Dasar", "rekomendasi": "Rekomendasi", "label": "Nama"}

// search adds to faults what is wrong with what was written into a field.
func search(faults *told.Errors, field, text string) {
	if unsearched[field] {
		return
	}
	if problem := freetext.Problem(text); problem != "" {
		faults.Add(field, cmp.Or(called[field], "Isian")+" "+problem)
	}
}

// Form reads the named fields of a posted form, never of the URL, and searches them for numbers of residents and for what is not seen. No
// error repeats a value.
func (s *Site) Form(w http.ResponseWriter, r *http.Request, names ...string) (map[string]string, error) {
	f, err := s.Unsearched(w, r, names...)
	if err != nil {
		return nil, err
	}
	var faults told.Errors
	for _, n := range names {
		search(&faults, n, f[n])
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

// Unsearched reads a form as Form does and does not search it: it is what an agency tells of a resident.
func (s *Site) Unsearched(w http.ResponseWriter, r *http.Request, names ...string) (map[string]string, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, unreadable(http.StatusUnsupportedMediaType)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, &Problem{Status: http.StatusRequestEntityTooLarge, Message: Message{
				Heading: "Isian terlalu besar", Advice: []string{
					"Isian yang dikirim melebihi batas 64 KB dan tidak diproses. Silakan kembali dan isi formulir seperlunya."},
			}}
		}
		return nil, unreadable(http.StatusBadRequest)
	}
	fields := make(map[string]string, len(names))
	for _, n := range names {
		all := r.PostForm[n]
		if len(all) > 1 || (len(all) == 1 && (!utf8.ValidString(all[0]) || strings.ContainsRune(all[0], 0))) {
			return nil, unreadable(http.StatusBadRequest)
		}
		fields[n] = r.PostForm.Get(n)
	}
	return fields, nil
}
