package portal

import (
	"context"
	"errors"
	"net/http"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/web/site"
)

// Receipts prove records; see journal.Notary.
type Receipts interface {
	Receipt(ctx context.Context, id journal.ID) ([]byte, error)
}

// receipt sends the proof of a record to who may see the record: the user's own, or as head of the agency any of the agency's.
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
	if rec, ok := journal.ReceiptRecord(receipt); v.User.Role != party.HeadOfAgency && (!ok || rec.User != v.User.ID) {
		return site.ErrNotFound
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="kuitansi-`+id.String()+`.txt"`)
	w.Write(receipt)
	return nil
}
