package site

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"gapura/internal/told"
	"gapura/office/procedure"
)

const (
	maxScan  = 10 << 20
	maxScans = 5
)

// One is the first value of a field.
func One(f *multipart.Form, key string) string {
	if all := f.Value[key]; len(all) > 0 {
		return all[0]
	}
	return ""
}

// Upload reads a form with scans; no error repeats a value. A scan that cannot be taken is a fault of the field "pindaian" and comes with
// the rest of the form, so that a page can show again what was typed; with any other error there is no form.
func (s *Site) Upload(w http.ResponseWriter, r *http.Request) (*multipart.Form, []procedure.File, error) {
	say := func(status int, text string) error {
		return &Problem{Status: status, Message: Message{
			Heading: "Isian tidak dapat diterima", Advice: []string{text, "Silakan kembali dan isi formulir sekali lagi."},
		}}
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		return nil, nil, say(http.StatusUnsupportedMediaType, "Isian tidak dikirim dari formulir ini.")
	}
	s.Unhurried(w)
	r.Body = http.MaxBytesReader(w, r.Body, maxScan*maxScans+1<<20)
	if err := r.ParseMultipartForm(4 << 20); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, nil, say(http.StatusRequestEntityTooLarge,
				"Berkas yang diunggah melebihi batas 10 MB setiap berkas, paling banyak 5 berkas.")
		}
		return nil, nil, say(http.StatusBadRequest, "Isian memuat karakter yang tidak dikenal atau terputus di tengah jalan.")
	}
	var scans []procedure.File
	for _, h := range r.MultipartForm.File["pindaian"] {
		content, media, wrong := readScan(h)
		if wrong != "" || len(scans) == maxScans {
			return r.MultipartForm, nil, told.Wrong("pindaian", strings.TrimSpace(wrong+
				" Pindaian harus berupa PDF, JPEG, atau PNG, paling besar 10 MB, paling banyak 5 berkas."))
		}
		title := strings.TrimSpace(One(r.MultipartForm, "judul"))
		if title == "" || len(title) > 200 {
			title = "Pindaian"
		}
		scans = append(scans, procedure.File{Title: title, Media: media, Content: content})
	}
	return r.MultipartForm, scans, nil
}

// readScan reads an uploaded file and knows its kind by its content, not by its name.
func readScan(h *multipart.FileHeader) (content []byte, media, wrong string) {
	if h.Size == 0 || h.Size > maxScan {
		return nil, "", "Sebuah berkas kosong atau terlalu besar."
	}
	f, err := h.Open()
	if err != nil {
		return nil, "", "Sebuah berkas tidak dapat dibaca."
	}
	defer f.Close()
	if content, err = io.ReadAll(f); err != nil {
		return nil, "", "Sebuah berkas tidak dapat dibaca."
	}
	media = http.DetectContentType(content)
	if extensions[media] == "" {
		return nil, "", "Sebuah berkas bukan PDF, JPEG, atau PNG."
	}
	return content, media, ""
}
