package site

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"gapura/access/access"
	"gapura/office/procedure"
)

// A FileStore keeps letters and scans.
type FileStore interface {
	File(ctx context.Context, id int64) (procedure.File, bool, error)
	FileContent(ctx context.Context, id int64) ([]byte, error)
}

// Send sends a file that the visitor may read, as a download; that it was read is a record.
func (s *Site) Send(store FileStore, w http.ResponseWriter, r *http.Request, v *Visitor, act access.Act,
	mayRead func(procedure.File) error) error {
	f, found, err := store.File(r.Context(), Number(r.PathValue("id")))
	if err != nil {
		return err
	}
	if !found {
		return ErrNotFound
	}
	if err := mayRead(f); err != nil {
		return err
	}
	content, err := store.FileContent(r.Context(), f.ID)
	if err != nil {
		return err
	}
	if err := s.Reads(r, v, act, "berkas "+strconv.FormatInt(f.ID, 10)); err != nil {
		return err
	}
	s.Unhurried(w)
	return Download(w, fileName(f), f.Media, content)
}

// The media types of what is made here to be downloaded.
const (
	PDF  = "application/pdf"
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	Text = "text/plain; charset=utf-8"
)

// Download answers with a file that the browser keeps under a name, plain ASCII without quotes. Whether a cache may keep it too was said
// before: what a signed-in person gets, none does.
func Download(w http.ResponseWriter, name, media string, content []byte) error {
	attach(w, name, media)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.Write(content) // a reader who left is no fault
	return nil
}

func attach(w http.ResponseWriter, name, media string) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

var extensions = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

// fileName is plain ASCII, so that no browser reads a header out of it.
func fileName(f procedure.File) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(f.Title))
	return strings.Trim(name, "-") + "-" + strconv.FormatInt(f.ID, 10) + extensions[f.Media]
}
