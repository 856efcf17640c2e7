package desk

import (
	"net/http"
	"strings"

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

// read takes a form with files into memory, never to a disk: scans are personal, and kept sealed only.
func (d *Desk) read(w http.ResponseWriter, r *http.Request) (f filled, err error) {
	sent, err := d.Parts(w, r, maxBody, maxFile, func(field string) bool { return strings.HasPrefix(field, "d.") })
	if f.faults = told.Invalids(err); err != nil && f.faults == nil {
		return f, err
	}
	f.values = map[string]string{}
	for name := range sent.Values {
		f.values[name] = site.One(sent, name)
	}
	for _, x := range sent.Files {
		media, _, _ := strings.Cut(http.DetectContentType(x.Content), ";")
		switch {
		case x.Long:
			f.faults.Add(x.Field, "Berkas melebihi 10 MB.")
		case len(x.Content) == 0: // nothing was chosen
		case !mediaTypes[media]:
			f.faults.Add(x.Field, "Berkas harus gambar (JPEG, PNG, WebP) atau PDF.")
		default:
			f.files = append(f.files, deskdb.File{Document: strings.TrimPrefix(x.Field, "d."), Media: media, Content: x.Content})
		}
	}
	return f, nil
}
