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
	h := w.Header()
	h.Set("Content-Type", f.Media)
	h.Set("Content-Disposition", `attachment; filename="`+fileName(f)+`"`)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	w.Write(content)
	return nil
}

// SendSheet sends a sealed sheet with a code for a user id, as a download that no cache keeps.
func SendSheet(w http.ResponseWriter, login string, pdf []byte) error {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `attachment; filename="lembar-rahasia-`+login+`.pdf"`)
	_, err := w.Write(pdf)
	return err
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
