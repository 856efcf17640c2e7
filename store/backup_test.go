package store_test

import (
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store"
	"gapura/store/storetest"
)

// An installation that goes on from an older backup gives out no number of a letter again, not in a year that began since either; it tells
// of it in its log, and desks are told since when what they brought may be lost.
func TestAnOlderBackupGivesOutNoNumberAgain(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx, d := t.Context(), open(t, url)
		made := time.Date(2026, 12, 30, 3, 0, 0, 0, time.UTC)
		now := made.AddDate(0, 0, 5) // the next year
		number := func(year int) int {
			t.Helper()
			n, err := d.st.Letters.TakeLetterNumber(ctx, procedure.Letter{Series: "surat", Year: year, Subject: "x", At: now})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		first := number(2026)
		stand := store.Standing{Held: map[int64]journal.Anchored{}, Lags: []store.Lag{{Log: party.Provider, Has: 1, Had: 9}}}
		if err := d.st.Journal.Resume(ctx, journal.Change{At: now, Reason: "uji"}, stand, made); err != nil {
			t.Fatal(err)
		}
		if n := number(2026); n < first+1000 {
			t.Errorf("letter %d after %d", n, first)
		}
		if n := number(2027); n < 1000 {
			t.Errorf("letter %d in the year that began since", n)
		}
		at, since, err := d.st.Journal.Restored(ctx)
		if err != nil || !at.Equal(now) || !since.Equal(made) {
			t.Errorf("restored %v since %v, %v", at, since, err)
		}
		list, err := d.st.Journal.Changes(ctx, party.Provider, 0, 1)
		if err != nil || len(list) != 1 || list[0].Subject != "Pemulihan" ||
			list[0].Before != "1 log lebih panjang daripada cadangan, dengan 8 catatan yang hilang" {
			t.Errorf("the log tells %+v %v", list, err)
		}
	})
}
