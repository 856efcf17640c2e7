package store_test

import (
	"context"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
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
				facts, err := d.st.Duties.DutyFacts(ctx, 0, now)
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

// TestDutiesFollowUsersAndReadersAtOnce reads the facts of duties, of one agency and of all, after each change of what they count.
func TestDutiesFollowUsersAndReadersAtOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		u := enrol(t, d, party.WIB)
		facts := func() (users, readers int) {
			t.Helper()
			all, err := d.st.Duties.DutyFacts(ctx, 0, now)
			if err != nil {
				t.Fatal(err)
			}
			one, err := d.st.Duties.DutyFacts(ctx, u.Institution, now)
			if err != nil || len(one) != 1 || len(one[u.Institution]) != 1 {
				t.Fatal(one, err)
			}
			f := one[u.Institution][0]
			if g := all[u.Institution][0]; g.Users != f.Users || g.ReadersActive != f.ReadersActive || !g.EndsOn.Equal(f.EndsOn) {
				t.Fatalf("of one agency %+v, among all %+v", f, g)
			}
			return f.Users, f.ReadersActive
		}
		users, readers := facts()
		for _, step := range []struct {
			effect         procedure.Effect
			users, readers int // more than at first
		}{
			{procedure.CreateUser{User: party.User{Institution: u.Institution, Login: "kedua." + u.Login, Name: "Kedua Rekaan",
				Role: party.Officer}}, 1, 0},
			{procedure.AddReaders{Agency: u.Institution, Readers: []reader.Reader{{Serial: "R-1", Model: "A", State: reader.Active},
				{Serial: "R-2", Model: "A", State: reader.Requested}}}, 1, 1},
			{procedure.AddReaders{Agency: u.Institution, Readers: []reader.Reader{{Serial: "R-3", Model: "A", State: reader.Active,
				Since: now.Add(time.Hour)}}}, 1, 1},
		} {
			if _, err := d.st.Rights.Apply(ctx, journal.Change{At: now}, step.effect); err != nil {
				t.Fatal(err)
			}
			if nu, nr := facts(); nu != users+step.users || nr != readers+step.readers {
				t.Errorf("after %T: %d users, %d active readers, want %d and %d", step.effect, nu, nr, users+step.users,
					readers+step.readers)
			}
		}
	})
}

// TestWhatIsAgreedToEndIsOwedByItsLastDay: both sides agree on a last day weeks before it comes; what is owed by the end is owed by that
// day from then on (PKS 5 a).
func TestWhatIsAgreedToEndIsOwedByItsLastDay(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		for _, zone := range []party.Zone{party.WIB, party.WITA, party.WIT} {
			u := enrol(t, d, zone)
			st, err := d.st.Rights.Agency(ctx, u.Institution)
			if err != nil {
				t.Fatal(err)
			}
			last := zone.Day(now).AddDate(0, 0, 20)
			if _, err := d.st.Rights.Apply(ctx, journal.Change{At: now}, procedure.Decide{Agreement: st.Agreements[0],
				Decision: agreement.Decision{Kind: agreement.Terminate, From: zone.Begin(last.AddDate(0, 0, 1))}}); err != nil {
				t.Fatal(err)
			}
			facts, err := d.st.Duties.DutyFacts(ctx, u.Institution, now)
			if err != nil || len(facts[u.Institution]) != 1 {
				t.Fatal(facts[u.Institution], err)
			}
			if f := facts[u.Institution][0]; !f.Works || !f.Closes || !f.EndsOn.Equal(last) {
				t.Errorf("%s: works %t, is being ended %t, holds until %s", zone, f.Works, f.Closes, f.EndsOn.Format(time.DateOnly))
			}
		}
	})
}
