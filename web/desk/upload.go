package desk

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"gapura/desk/deskdb"
	"gapura/internal/told"
	"gapura/web/site"
)

// Bounds of scans: a photograph of a telephone has 3 to 8 MB.
const (
	maxFile = 10 << 20
	maxBody = 40 << 20
)

var mediaTypes = map[string]bool{"image/jpeg": true, "image/png": true, "image/webp": true, "application/pdf": true}

// A filled is a form with files: texts by name, scans by document.
type filled struct {
	values map[string]string
	files  []deskdb.File
	faults told.Errors
}

// read takes a form with files into memory: nothing of it comes to a disk, which the standard's ParseMultipartForm would do.
func (d *Desk) read(w http.ResponseWriter, r *http.Request) (f filled, err error) {
	d.Unhurried(w)
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	f.values = map[string]string{}
	parts, err := r.MultipartReader()
	for err == nil {
		part, e := parts.NextPart()
		if err = e; err != nil {
			break
		}
		var content []byte
		if content, err = io.ReadAll(io.LimitReader(part, maxFile+1)); err != nil {
			break
		}
		name := part.FormName()
		document, isFile := strings.CutPrefix(name, "d.")
		switch {
		case !isFile && (len(content) > 4000 || !utf8.Valid(content) || len(f.values) > 100):
			err = errors.New("unfit field")
		case !isFile:
			f.values[name] = string(content)
		case len(content) == 0: // nothing was chosen
		case len(content) > maxFile:
			f.faults.Add(name, "Berkas melebihi 10 MB.")
		default:
			media, _, _ := strings.Cut(http.DetectContentType(content), ";")
			if !mediaTypes[media] {
				f.faults.Add(name, "Berkas harus gambar (JPEG, PNG, WebP) atau PDF.")
				break
			}
			f.files = append(f.files, deskdb.File{Document: document, Media: media, Content: content})
		}
	}
	if err == io.EOF {
		return f, nil
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return f, &site.Problem{Status: http.StatusRequestEntityTooLarge, Message: site.Message{Heading: "Berkas terlalu besar",
			Advice: []string{"Seluruh berkas bersama-sama paling besar 40 MB. Kecilkan atau kirim sebagian lebih dahulu."}}}
	}
	return f, &site.Problem{Status: http.StatusBadRequest, Message: site.Message{Heading: "Isian tidak dapat dibaca",
		Advice: []string{"Isian tidak diterima sampai selesai atau tidak dikirim dari formulir ini. Silakan kembali dan isi formulir " +
			"sekali lagi."}}}
}
