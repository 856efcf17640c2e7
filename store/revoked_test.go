package store_test

import (
	"testing"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store/storetest"
)

// A token that one process revokes is refused by another, which had let it in a moment ago, within a second.
func TestARevokedTokenIsRefusedByAnotherProcessWithinASecond(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx, d := t.Context(), open(t, url)
		other := storetest.Open(t, url, d.keys)
		in := admission.New(other.Accounts, func() time.Time { return now })
		enters := func() bool {
			t.Helper()
			r, err := in.Authenticate(ctx, admission.Attempt{Door: admission.API, Kind: party.APIToken, Secret: d.out.API[0].Token})
			if err != nil {
				t.Fatal(err)
			}
			return r.User != 0
		}
		if !enters() {
			t.Fatal("the token is not let in")
		}
		if _, err := d.st.Credentials.RevokeToken(ctx, journal.Change{At: now, By: 1},
			party.Fingerprint(party.HashSecret(d.out.API[0].Token))); err != nil {
			t.Fatal(err)
		}
		for began := time.Now(); enters(); {
			if time.Since(began) > time.Second {
				t.Fatal("let in a second after it was revoked")
			}
		}
	})
}
