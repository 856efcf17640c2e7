package console

import (
	"net/http"
	"strings"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/office/office"
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

// base is the address of this service as people open it: the configured one, or the one that this request came to.
func base(s *site.Site, o *office.Office, r *http.Request) string {
	switch {
	case o.Details.URL != "":
		return strings.TrimSuffix(o.Details.URL, "/")
	case s.Secure(r):
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
