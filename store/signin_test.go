package store_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/store/storetest"
)

// TestFailedSignInTellsNobodyWhetherTheUserExists signs in over a real store with every kind of failure. Each must compute exactly one hash, and no kind may
// be told from a wrong password by its time.
func TestFailedSignInTellsNobodyWhetherTheUserExists(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		in := party.NewSignIn(d.st.Accounts, func() time.Time { return now })
		known, held, password := d.user(t, d.out.Logins[0].User), d.user(t, d.out.Logins[1].User), d.out.Logins[1].Password
		for range 9 {
			if err := d.st.Accounts.CountFailure(ctx, held.ID, now); err != nil {
				t.Fatal(err)
			}
		}
		kinds := []struct{ name, login, password string }{
			{"wrong password", known.Login, "bukan-kata-sandinya"},
			{"unknown user", "tidak.ada", "bukan-kata-sandinya"},
			{"held account", held.Login, "bukan-kata-sandinya"},
			{"held account with its password", held.Login, password},
			{"nothing typed", "", ""},
		}
		times := make([][]time.Duration, len(kinds))
		fail := func(kind int) time.Duration {
			k := kinds[kind]
			began := time.Now()
			user, err := in.Password(ctx, k.login, k.password)
			took := time.Since(began)
			if err != nil || user != 0 {
				t.Fatalf("%s: user %d, %v", k.name, user, err)
			}
			if err := d.st.Accounts.ClearFailures(ctx, known.ID); err != nil { // else the account is held from the fifth on
				t.Fatal(err)
			}
			return took
		}
		for i, k := range kinds {
			const hash = 12 << 20 // one argon2id takes 12 MiB, nothing else in a sign-in takes a tenth of that
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			fail(i)
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took < hash || took > hash*3/2 {
				t.Errorf("%s: took %.1f MiB; one hash takes 12", k.name, float64(took)/(1<<20))
			}
		}
		// In turns and in any order, so that whatever else the machine does hits all kinds alike; quartiles, so that pauses count for nothing.
		random := rand.New(rand.NewPCG(1, 2))
		for range 30 {
			for _, i := range random.Perm(len(kinds)) {
				times[i] = append(times[i], fail(i))
			}
		}
		quartile := func(i int) time.Duration { slices.Sort(times[i]); return times[i][len(times[i])/4] }
		wrong := quartile(0)
		for i, k := range kinds {
			q := quartile(i)
			t.Logf("%-32s lower quartile %v", k.name, q)
			if q < wrong/2 || q > wrong*2 {
				t.Errorf("%s: lower quartile %v, wrong password %v", k.name, q, wrong)
			}
		}
	})
}
