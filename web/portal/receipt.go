package portal

import (
	"context"
	"errors"
	"net/http"

	"gapura/access/access"
	"gapura/journal/journal"
	"gapura/web/site"
)

// Receipts prove records; see journal.Notary.
type Receipts interface {
	Receipt(ctx context.Context, id journal.ID) ([]byte, error)
}

// receipt sends the proof of a record to who may see the record (access.Authorise).
func (p *Portal) receipt(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id, err := journal.ParseID(r.PathValue("id"))
	if err != nil {
		return site.ErrNotFound
	}
	if err := p.Allow(r, v, access.ToReview, id.Log); err != nil {
		return err
	}
	receipt, err := p.Receipts.Receipt(r.Context(), id)
	if errors.Is(err, journal.ErrNoRecord) {
		return site.ErrNotFound
	}
	if err != nil {
		return err
	}
	by := access.Whose(receipt)
	if err := p.AllowRecord(r, v, access.ToReview, id.Log, by); err != nil {
		return err
	}
	if by != v.User.ID {
		if err := p.Reads(r, v, access.ToReview, "kuitansi "+id.String()); err != nil {
			return err
		}
	}
	return site.Download(w, "kuitansi-"+id.String()+".txt", site.Text, receipt)
}
