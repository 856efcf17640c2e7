package desk

import (
	"errors"
	"net/http"

	"gapura/desk/deskdb"
	"gapura/internal/bahasa"
)

type checkPageBody struct {
	Valid                      bool
	Revoked                    string // when; empty: it was not
	Number, Kind, Masked, When string
	Office                     string
}

// checkPage tells everybody who holds a document whether it is one of this office. It is open to anybody, because the code on the paper is
// the key: 22 letters that nobody guesses. It tells what stands on the paper, with what is personal masked.
func (d *Desk) checkPage(w http.ResponseWriter, r *http.Request) error {
	p, status := checkPageBody{Office: d.Office.Name}, http.StatusOK
	x, err := d.DB.Applications.DocumentByCode(r.Context(), r.PathValue("code"))
	switch {
	case errors.Is(err, deskdb.ErrNone):
		status = http.StatusNotFound
	case err != nil:
		return err
	default: // a revoked letter is told as such and not as unknown: it was genuine
		if !x.Revoked.IsZero() {
			p.Revoked = bahasa.Date(x.Revoked.In(d.Zone.Location()))
		}
		p.Valid, p.Number, p.Kind, p.Masked, p.When = true, x.Number, x.Kind, x.Masked, bahasa.Date(x.At.In(d.Zone.Location()))
	}
	return d.Show(w, r, status, "periksa", d.Page(r, nil, "Pemeriksaan surat", p))
}
