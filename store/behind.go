package store

import (
	"context"
	"fmt"
)

// Behind is how many records the work behind the log has still to take in: the index of uses, expectations of data balikan, and sums.
func (db *DB) Behind(ctx context.Context) (map[string]int64, error) {
	q := db.mainRead.q
	var uses, expectations, sums int64
	toIndex, err := q.LogsToIndex(ctx)
	if err != nil {
		return nil, fmt.Errorf("read logs to index: %w", err)
	}
	for _, l := range toIndex {
		uses += l.Size - l.Upto
	}
	toFeed, err := q.LogsToFeed(ctx)
	if err != nil {
		return nil, fmt.Errorf("read logs to feed: %w", err)
	}
	for _, l := range toFeed {
		expectations += l.Size - l.Upto
	}
	toSum, err := q.LogsToSum(ctx)
	if err != nil {
		return nil, fmt.Errorf("read logs to sum: %w", err)
	}
	for _, l := range toSum {
		upto, err := q.Summed(ctx, l.ID)
		if _, err = foundRow(err, "place"); err != nil { // no row: nothing was summed yet, upto is 0
			return nil, err
		}
		sums += max(0, l.Size-upto)
	}
	return map[string]int64{"uses": uses, "expectations": expectations, "sums": sums}, nil
}
