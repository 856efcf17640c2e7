package console

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
)

// BenchmarkDashboard writes 1,000,000 records of 200 agencies and half a year, and prints the server's time of each dashboard (goal: under
// 100 ms) and its size. GAPURA_BENCH_LOOKUPS makes it more or fewer; what dashboards read are the sums, which do not grow with it.
func BenchmarkDashboard(b *testing.B) {
	lookups := benchSize("LOOKUPS", 1_000_000)
	b.Setenv("GAPURA_BENCH_DAYS", "0")
	r := openLarge(b)
	ctx := b.Context()
	all, err := r.store.Rights.Everyone(ctx)
	if err != nil {
		b.Fatal(err)
	}
	users := map[int64][]int64{}
	for _, st := range all {
		list, err := r.store.Users.UsersOfAgency(ctx, st.Institution.ID, "", 100)
		if err != nil {
			b.Fatal(err)
		}
		for _, u := range list {
			users[st.Institution.ID] = append(users[st.Institution.ID], u.ID)
		}
	}
	version, err := r.store.Rights.Version(ctx)
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	outcomes := []access.Code{access.Found, access.Found, access.Found, access.Found, access.Found, access.Unknown, access.Deceased,
		access.Malformed, access.Quota}
	const step, days = 5_000, 182
	begun := time.Now()
	for n := 0; n < lookups; n += step {
		var batch []*journal.Entry
		for k := range step {
			i := all[rng.IntN(len(all))].Institution
			at := party.WIB.Begin(party.WIB.Day(start).AddDate(0, 0, 1-days)).Add(time.Duration(float64(n+k) / float64(lookups) * float64(
				days*24*time.Hour)))
			outcome := outcomes[rng.IntN(len(outcomes))]
			rec := journal.Record{
				At: at, Act: journal.ActLookup, User: users[i.ID][rng.IntN(len(users[i.ID]))], Method: agreement.Portal, Purpose: "bantuan",
				Reference: "B/1", Outcome: string(outcome), Hit: outcome == access.Found,
			}
			batch = append(batch, &journal.Entry{Log: i.ID, Day: party.WIB.Day(at), Rights: version,
				Decide: func(int) journal.Record { return rec }})
		}
		if err := r.store.Journal.AppendRecords(ctx, batch); err != nil {
			b.Fatal(err)
		}
	}
	wrote := time.Since(begun)
	begun = time.Now()
	if err := r.store.Derived.Fill(ctx); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d records written in %s, summed up in %s", lookups, wrote.Round(time.Second), time.Since(begun).Round(time.Millisecond))
	admin, head, officer := sessionOf(b, r, "admin"), sessionOf(b, r, "kepala.dinpertan"), sessionOf(b, r, "petugas.dinpertan")
	for _, page := range []struct{ session, path string }{
		{admin, "/konsol/dasbor"}, {admin, "/konsol/dasbor?periode=semester"}, {admin, "/konsol/dasbor?instansi=dinas077"},
		{admin, "/konsol/dasbor?instansi=dinas077&periode=semester"},
		{admin, "/konsol/evaluasi?semester=2026-1"}, {admin, "/konsol/evaluasi/dinas077?semester=2026-1"},
		{head, "/dasbor?periode=semester"}, {officer, "/dasbor?periode=semester"},
	} {
		b.Run(page.path, func(b *testing.B) {
			var times []time.Duration
			size, used := 0, cpu()
			for b.Loop() {
				q := httptest.NewRequest("GET", page.path, nil)
				q.AddCookie(&http.Cookie{Name: "gapura", Value: page.session})
				q.Header.Set("Accept-Encoding", "gzip")
				w := httptest.NewRecorder()
				begun := time.Now()
				r.h.ServeHTTP(w, q)
				times = append(times, time.Since(begun))
				if size = w.Body.Len(); w.Code != http.StatusOK {
					b.Fatal(w.Code, r.log)
				}
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(slices.Max(times).Microseconds())/1000, "max-ms")
			b.ReportMetric(float64((cpu()-used).Microseconds())/1000/float64(len(times)), "cpu-ms")
			b.ReportMetric(float64(size)/1024, "KB")
		})
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Logf("memory from the system: %d MB", m.Sys>>20)
}

// cpu is the processor time of this process: on a machine that others use too it says more than the clock.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
