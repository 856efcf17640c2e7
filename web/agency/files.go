package agency

import (
	"net/http"

	"gapura/access/access"
	"gapura/office/procedure"
	"gapura/web/site"
)

// ownDownload sends the file of evidence to the head of the agency that delivered it.
func (c Duties) ownDownload(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.Send(c.Store, w, r, v, access.ToOwn, func(f procedure.File) error {
		if f.Case != 0 {
			return site.ErrNotFound
		}
		return c.Allow(r, v, access.ToOwn, f.Agency)
	})
}
