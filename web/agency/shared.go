package agency

import (
	"context"
	"time"

	"gapura/agreement/obligation"
)

// A DutyStore is what duties are computed from.
type DutyStore interface {
	DutyFacts(ctx context.Context, agency int64, now time.Time) (map[int64][]obligation.Facts, error)
	Holidays(ctx context.Context) ([]obligation.Holiday, error)
}

// Halves is how many half-years can be chosen.
const Halves = 6
