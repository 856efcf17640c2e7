//go:build !race

package store_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"gapura/access/admission"
	"gapura/store/storetest"
)

// TestFailedSignInTellsNobodyWhetherTheUserExists signs in over a real store with every kind of failure. Each must compute exactly one
// hash, and no kind may be told from a wrong password by its time: at the real cost, which the race detector's phase does not link.
func TestFailedSignInTellsNobodyWhetherTheUserExists(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		clock := now
		in := admission.New(d.st.Accounts, func() time.Time { return clock })
		known, held, password := d.user(t, d.out.Logins[0].User), d.user(t, d.out.Logins[1].User), d.out.Logins[1].Password
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
			clock = clock.Add(time.Minute) // a source has some failures a minute
			if err := d.st.Accounts.Count(ctx, held.ID, admission.Strangers, clock, 9); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			r, err := in.Authenticate(ctx, admission.Attempt{Door: admission.Portal, Login: k.login, Secret: k.password})
			took := time.Since(began)
			if err != nil || r.User != 0 {
				t.Fatalf("%s: user %d, %v", k.name, r.User, err)
			}
			// else the account is held from the fifth on
			if err := d.st.Accounts.Admit(ctx, known.ID, admission.Strangers, "", clock); err != nil {
				t.Fatal(err)
			}
			return took
		}
		if testing.Short() {
			for i := range kinds {
				fail(i)
			}
			return // make quick links cheaper hashes: make test measures what they take, and compares the times
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
		// In turns and in any order, so that whatever else the machine does hits all kinds alike.
		random := rand.New(rand.NewPCG(1, 2))
		for range 30 {
			for _, i := range random.Perm(len(kinds)) {
				times[i] = append(times[i], fail(i))
			}
		}
		for i, k := range kinds[1:] {
			// The share of pairs in which this kind is the slower one: a half when nothing tells them apart, whatever the noise is like;
			// with 30 samples of each it strays by less than 0.08 (one sigma). A kind that computes no hash gives 0.
			slower := 0.0
			for _, x := range times[i+1] {
				for _, wrong := range times[0] {
					if x > wrong {
						slower += 1 / float64(len(times[0])*len(times[i+1]))
					}
				}
			}
			t.Logf("%-32s slower than a wrong password in %.2f of all pairs", k.name, slower)
			if slower < 0.1 || slower > 0.9 {
				t.Errorf("%s: slower than a wrong password in %.2f of all pairs", k.name, slower)
			}
		}
	})
}
