package console

import (
	"net/http"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/web/site"
)

// institution finds the agency of the path.
func institution(r *http.Request, s site.Finder) (party.Institution, access.Agreements, error) {
	i, all, found, err := s.InstitutionByCode(r.Context(), r.PathValue("code"))
	if err == nil && (!found || i.ID == party.Provider) {
		err = site.ErrNotFound
	}
	return i, all, err
}
