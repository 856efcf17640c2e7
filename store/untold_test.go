package store

import (
	"context"

	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// Untell makes an installation for tests of one from before logs told of rights: sealed, and with nothing told.
func (s *DB) Untell(ctx context.Context) error {
	return s.main.tx(ctx, func(q *sqldb.Queries) error {
		logs, err := q.Unsealed(ctx)
		for _, l := range logs {
			tree, bad := journal.ReadFrontier(l.Size, l.Frontier)
			if bad != nil {
				return bad
			}
			row, bad := q.SealedLog(ctx, l.ID)
			if bad != nil {
				return bad
			}
			if err := q.UnexplainAll(ctx, l.ID); err != nil {
				return err
			}
			if err := s.setFrontier(ctx, q, l.ID, takenLog{tree, []byte{}}, instant(row.SealedUs)); err != nil {
				return err
			}
		}
		return err
	})
}
