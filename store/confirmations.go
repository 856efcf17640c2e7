package store

import (
	"context"
	"fmt"

	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Confirm keeps who confirmed the hash of what was signed, with its record in the agency's log; false when that side had confirmed before.
func (s *Rights) Confirm(ctx context.Context, c journal.Change, x office.Confirmation, told []procedure.Notice) (wrote bool, err error) {
	err = s.db.changes(ctx, func(q *sqldb.Queries) error {
		n, err := q.InsertConfirmation(ctx, sqldb.InsertConfirmationParams{AgencyID: x.Agency, Document: x.Document, Side: x.Side,
			AtUs: micros(x.At), ByUser: x.By})
		if err != nil {
			return fmt.Errorf("insert confirmation: %w", err)
		}
		if wrote = n == 1; !wrote {
			return nil
		}
		if err := s.db.record(ctx, q, x.Agency, c); err != nil {
			return err
		}
		return s.db.tell(ctx, q, told, nil)
	})
	return wrote, err
}

// Confirmations are those of an agency, or of all (below 0), oldest first.
func (s *Rights) Confirmations(ctx context.Context, agency int64) ([]office.Confirmation, error) {
	rows, err := s.db.mainRead.q.Confirmations(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read confirmations: %w", err)
	}
	return each(rows, func(r sqldb.ConfirmationsRow) office.Confirmation {
		return office.Confirmation{Agency: r.AgencyID, Document: r.Document, Side: r.Side, At: instant(r.AtUs), By: r.ByUser,
			ByName: r.UserName}
	}), nil
}
