package agency

import (
	"net/http"
	"strconv"
	"strings"

	"gapura/access/access"
	"gapura/office/procedure"
	"gapura/web/site"
)

// ownDownload sends the file of evidence to the head of the agency that delivered it.
func (c *Agency) ownDownload(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return Send(c.Site, c.Store, w, r, v, access.ToOwn, func(f procedure.File) error {
		if f.Case != 0 {
			return site.ErrNotFound
		}
		return c.Allow(r, v, access.ToOwn, f.Agency)
	})
}

// Send sends a file that the visitor may read, as a download; that it was read is a record.
func Send(s *site.Site, store FileStore, w http.ResponseWriter, r *http.Request, v *site.Visitor, act access.Act, mayRead func(procedure.File) error) error {
	f, found, err := store.File(r.Context(), site.Number(r.PathValue("id")))
	if err != nil {
		return err
	}
	if !found {
		return site.ErrNotFound
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
