package store_test

import (
	"context"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// TestWhatEndsWithADayOwesNothingOfTheNext ends agreements at a midnight and at noon, in each of the three zones: the last day on which
// they held is the one before the midnight, so that one that ended with December owes no report of the next half-year.
func TestWhatEndsWithADayOwesNothingOfTheNext(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		last := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
		for _, zone := range []party.Zone{party.WIB, party.WITA, party.WIT} {
			u := enrol(t, d, zone)
			for _, from := range []time.Time{zone.Begin(last.AddDate(0, 0, 1)), zone.Begin(last).Add(12 * time.Hour)} {
				st, err := d.st.Rights.Agency(ctx, u.Institution)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := d.st.Rights.Apply(ctx, journal.Change{At: now}, procedure.Decide{Agreement: st.Agreements[0],
					Decision: agreement.Decision{Kind: agreement.Terminate, From: from}}); err != nil {
					t.Fatal(err)
				}
				facts, err := d.st.Duties.DutyFacts(ctx, now)
				if err != nil || len(facts[u.Institution]) != 1 {
					t.Fatal(facts[u.Institution], err)
				}
				if got := facts[u.Institution][0].EndsOn; !got.Equal(last) {
					t.Errorf("%s, ended at %s: held until %s", zone, from.In(zone.Location()), got.Format(time.DateOnly))
				}
			}
		}
	})
}
