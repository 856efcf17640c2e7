package api

import (
	"context"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/desk/leak"
)

// Canaries are an agency's test persons, who do not exist.
type Canaries interface {
	Canaries(ctx context.Context, agency int64) ([]leak.Canary, error)
}

type canaryAnswer struct {
	NIK     string    `json:"nik"`
	Planted time.Time `json:"planted"`
	Values  []string  `json:"values"`
	Records []string  `json:"records"`
}

// canaries tells an agency its canaries with their values, which are nobody's, for the search of what it keeps. The caller keeps them in
// memory only, else it finds itself.
func (a *API) canaries(w http.ResponseWriter, r *http.Request, s *access.Standing) {
	list, err := a.TestPersons.Canaries(r.Context(), s.Institution.ID)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	if err := a.reads(r, s, access.ToCanaries, "orang uji "+s.Institution.Code); err != nil {
		a.fault(w, r, err)
		return
	}
	out := struct {
		Canaries []canaryAnswer `json:"canaries"`
	}{make([]canaryAnswer, len(list))}
	for i, c := range list {
		out.Canaries[i] = canaryAnswer{c.NIK.Digits(), c.Planted, c.Values(), append([]string{}, c.Records...)}
	}
	a.sendJSON(w, out)
}
