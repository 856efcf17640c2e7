package site

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"gapura/internal/told"
	"gapura/office/procedure"
	"gapura/web/bodies"
)

const (
	maxScan  = 10 << 20
	maxScans = 5
)

// Bounds of the texts of a form with files.
const (
	maxText  = 128 << 10
	maxTexts = 1000
)

// Sent is a form with files as it was posted: texts by field, and files.
type Sent struct {
	Values map[string][]string
	Files  []SentFile
}

// A SentFile is a file that was chosen for a field. One longer than was allowed has no content.
type SentFile struct {
	Field   string
	Content []byte
	Long    bool
}

// One is the first value of a field.
func One(f *Sent, key string) string {
	if all := f.Values[key]; len(all) > 0 {
		return all[0]
	}
	return ""
}

// Parts reads a form with files into memory, each file up to a length, all up to most bytes: nothing of it comes to a disk, which the
// standard's ParseMultipartForm would do. isFile tells which fields are files. Fields are searched as Form does; what is wrong with them
// comes as told.Errors beside the form, so that it can be shown again. No error repeats a value.
func (s *Site) Parts(w http.ResponseWriter, r *http.Request, most, each int64, isFile func(field string) bool) (*Sent, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, unreadable(http.StatusUnsupportedMediaType)
	}
	if err := bodies.Process.Take(r, most); err != nil {
		return nil, err
	}
	s.Unhurried(w)
	r.Body = http.MaxBytesReader(w, r.Body, most)
	f := &Sent{Values: map[string][]string{}}
	var faults told.Errors
	for texts := 0; ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, faults.Err()
		}
		if err != nil {
			return nil, cutShort(err, most)
		}
		name, limit := part.FormName(), int64(maxText)
		if isFile(name) {
			limit = each
		}
		content, err := io.ReadAll(io.LimitReader(part, limit+1))
		if err != nil {
			return nil, cutShort(err, most)
		}
		long := int64(len(content)) > limit
		switch {
		case isFile(name) && long:
			f.Files = append(f.Files, SentFile{Field: name, Long: true})
		case isFile(name):
			if len(content) > 0 || part.FileName() != "" { // else nothing was chosen
				f.Files = append(f.Files, SentFile{Field: name, Content: content})
			}
		case long || texts == maxTexts || !utf8.Valid(content) || strings.ContainsRune(string(content), 0):
			return nil, unreadable(http.StatusBadRequest)
		default:
			if !ofCase(name) {
				search(&faults, name, string(content))
			}
			texts++
			f.Values[name] = append(f.Values[name], string(content))
		}
	}
}

// ofCase reports whether a field is judged by the case whose step it fills in (procedure.Case.Take).
func ofCase(field string) bool {
	return strings.HasPrefix(field, "f.") || field == "surat" || field == "alasan_keputusan"
}

// cutShort is why a form was not read to its end.
func cutShort(err error, most int64) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return &Problem{Status: http.StatusRequestEntityTooLarge, Message: Message{Heading: "Berkas terlalu besar", Advice: []string{
			fmt.Sprintf("Seluruh berkas bersama-sama paling besar %d MB. Kecilkan berkasnya atau kirim sebagian lebih dahulu.", most>>20)}}}
	}
	return unreadable(http.StatusBadRequest)
}

// Upload reads a form with scans. A scan that cannot be taken is a fault of the field "pindaian" and comes with the rest of the form, so
// that a page can show again what was typed, and so does what a text may not hold; with any other error there is no form.
func (s *Site) Upload(w http.ResponseWriter, r *http.Request) (*Sent, []procedure.File, error) {
	f, err := s.Parts(w, r, maxScan*maxScans+1<<20, maxScan, func(field string) bool { return field == "pindaian" })
	if err != nil {
		return f, nil, err
	}
	title := strings.TrimSpace(One(f, "judul"))
	if title == "" || len(title) > 200 {
		title = "Pindaian"
	}
	var scans []procedure.File
	for _, x := range f.Files {
		media, wrong := kindOf(x)
		if wrong != "" || len(scans) == maxScans {
			return f, nil, told.Wrong("pindaian", strings.TrimSpace(wrong+
				" Pindaian harus berupa PDF, JPEG, atau PNG, paling besar 10 MB, paling banyak 5 berkas."))
		}
		scans = append(scans, procedure.File{Title: title, Media: media, Content: x.Content})
	}
	return f, scans, nil
}

// kindOf knows a file's kind by its content, not by its name.
func kindOf(x SentFile) (media, wrong string) {
	if x.Long || len(x.Content) == 0 {
		return "", "Sebuah berkas kosong atau terlalu besar."
	}
	media = http.DetectContentType(x.Content)
	if extensions[media] == "" {
		return "", "Sebuah berkas bukan PDF, JPEG, atau PNG."
	}
	return media, ""
}
