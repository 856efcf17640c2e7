package console

import (
	"net/http"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/web/site"
)

type signatoriesPage struct {
	Today    time.Time
	Head     party.Signatory  // of the office, whom the configuration names
	Now      *party.Signatory // who signs in the head's place today
	Rows     []party.Signatory
	Ahead    bool // a mandate runs or is to come
	MayFile  bool
	AsLabels map[party.Acting]string
}

// signatories shows who signs for the office today, and all mandates with their days.
func (c *Settings) signatories(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	all, err := c.Store.Signatories(r.Context())
	if err != nil {
		return err
	}
	d, today := c.Office.Details, party.WIB.Day(v.Now)
	p := signatoriesPage{Today: today, Head: party.Signatory{Name: d.Official, Position: d.OfficialPosition, NIP: d.OfficialID},
		Now: all.On(today), Ahead: all.Ahead(today), MayFile: v.May(access.ToFile),
		AsLabels: map[party.Acting]string{party.Definitive: "a.n. kepala dinas", party.Plt: "Plt. kepala dinas",
			party.Plh: "Plh. kepala dinas"}}
	for _, s := range slices.Backward(all) {
		p.Rows = append(p.Rows, s)
	}
	return c.Show(w, r, http.StatusOK, "penanda-tangan", c.Page(r, v, "Penanda tangan", p))
}
