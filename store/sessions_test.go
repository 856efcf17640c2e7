package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/store/storetest"
)

// A session that its user ends is a record, once however many end it at once; one that waits for its second step is none.
func TestTheEndOfASessionIsARecord(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx, clock := open(t, url), t.Context(), now
		u := d.user(t, "petugas.dinpertan")
		in := party.NewSignIn(d.st.Accounts, func() time.Time { return clock })
		session := func(stage party.Stage) (string, string) {
			t.Helper()
			token, err := in.Open(ctx, party.Session{User: u.ID, Stage: stage})
			if err != nil {
				t.Fatal(err)
			}
			return token, "User ID " + u.Login + ": sesi " + party.Fingerprint(party.HashSecret(token)) + " diakhiri"
		}
		var want []string
		left, gone := session(party.Signed)
		if err := in.Close(ctx, left); err != nil {
			t.Fatal(err)
		}
		want = append(want, gone)
		waits, _ := session(party.AskCode)
		if err := in.Close(ctx, waits); err != nil {
			t.Fatal(err)
		}
		one, gone := session(party.Signed)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := in.End(ctx, u.ID, party.Fingerprint(party.HashSecret(one))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		want = append(want, gone)
		keep, _ := session(party.Signed)
		_, gone = session(party.Signed)
		if err := in.EndOthers(ctx, u.ID, party.HashSecret(keep)); err != nil {
			t.Fatal(err)
		}
		want = append(want, gone)
		slices.Reverse(want)
		if got := changed(t, d.st, u.Institution, 3); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if _, kept, err := in.Session(ctx, keep); !kept || err != nil {
			t.Error("the session that was to be kept ended", err)
		}
	})
}
