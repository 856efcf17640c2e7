package access

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"gapura/journal/journal"
)

// Strangers sums the failures of callers whom nobody knows, so that a flood of them is not a flood of records (B11). Safe for concurrent
// use.
type Strangers interface {
	// First reports whether a failure is to be recorded by itself; otherwise it was counted.
	First(method string, source netip.Addr, at time.Time) bool
	// Over hands out the sums of minutes that are over at the instant; Keep takes back those that could not be recorded.
	Over(at time.Time) []Sum
	Keep([]Sum)
}

// A Sum is how many failures came from a source by a method in a minute, beyond the first when that has a record of its own. A zero source
// stands for many.
type Sum struct {
	Method string
	Source netip.Addr
	Minute time.Time
	Count  int
}

// record is a failed sign-in whose reference says how many it stands for.
func (s Sum) record() journal.Record {
	return journal.Record{
		At: s.Minute, Act: journal.ActSignIn, Method: s.Method, Address: s.Source, Outcome: string(Login),
		Reference: fmt.Sprintf("%d kegagalan lain dalam satu menit", s.Count),
	}
}

// RecordSums writes the sums of strangers' failures, one record each. What could not be written is tried again by the next call.
func (g *Gate) RecordSums(ctx context.Context, at time.Time) error {
	if g.Strangers == nil {
		return nil
	}
	sums := g.Strangers.Over(at)
	for i, s := range sums {
		v, err := g.Rights.Version(ctx)
		if err == nil {
			err = g.Log.Append(ctx, &journal.Entry{Rights: v, Day: at.UTC().Truncate(24 * time.Hour),
				Decide: func(int) journal.Record { return s.record() }})
		}
		if err != nil {
			g.Strangers.Keep(sums[i:])
			g.Rights.Forget()
			return fmt.Errorf("record sums of failures: %w", err)
		}
	}
	return nil
}
