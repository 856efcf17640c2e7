package console

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/store/storetest"
)

// BenchmarkReconcile holds 1,000,000 lookups of one agency against 900,000 data balikan, compares every sum with a plain model of the
// rule, and prints the server's time of the agency's page (goal: under 100 ms). GAPURA_BENCH_LOOKUPS makes it fewer.
func BenchmarkReconcile(b *testing.B) {
	lookups := benchSize("LOOKUPS", 1_000_000)
	const step = 5_000
	url := storetest.SQLite(b)
	if os.Getenv("GAPURA_BENCH_POSTGRES") != "" {
		url = storetest.Postgres(b)
	}
	r := open(b, url)
	ctx := b.Context()
	officer, _, err := r.store.Users.UserByLogin(ctx, "petugas.dinpertan")
	if err != nil {
		b.Fatal(err)
	}
	version, err := r.store.Rights.Version(ctx)
	if err != nil {
		b.Fatal(err)
	}
	type service struct {
		open bool
		due  time.Time
		ref  int
	}
	var (
		rng     = rand.New(rand.NewPCG(1, 1))
		begin   = party.WIB.Begin(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
		persons = map[int]*service{}
		asked   []int // persons, in order
		want    balikan.Rate
		strange int
		number  = func(person int) nik.NIK {
			n, err := nik.Parse(fmt.Sprintf("33%02d%02d%02d%02d%02d%04d", 1+person/6_822_144%99, 1+person/243_648%28, 1+person/9_024%27,
				1+person/752%12, person/8%94, 1+person%8))
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
		at                time.Time
		tookIn, tookTaken time.Duration
	)
	for len(asked) < lookups {
		var batch []*journal.Entry
		for range step {
			person, ref := rng.IntN(lookups), rng.IntN(3)
			at = begin.Add(70 * 24 * time.Hour / time.Duration(lookups) * time.Duration(len(asked)))
			asked = append(asked, person)
			x := persons[person]
			if x == nil {
				x = &service{}
				persons[person] = x
			}
			if !x.open && (x.due.IsZero() || x.ref != ref || !at.Before(x.due)) {
				day := party.WIB.Day(at)
				*x = service{true, party.WIB.Begin(day.AddDate(0, 0, agreement.DefaultBalikan.Days+1)), ref}
				want.Opened++
			}
			rec := journal.Record{
				At: at, Act: journal.ActLookup, User: officer.ID, Method: agreement.Portal, Purpose: "bantuan", Reference: "P-" +
					strconv.Itoa(ref), NIK: number(person), Outcome: "found", Hit: true,
			}
			batch = append(batch, &journal.Entry{Log: officer.Institution, Day: party.WIB.Day(at), Rights: version,
				Decide: func(int) journal.Record { return rec }})
		}
		if err := r.store.Journal.AppendRecords(ctx, batch); err != nil {
			b.Fatal(err)
		}
		begun := time.Now()
		if err := r.store.Derived.Fill(ctx); err != nil {
			b.Fatal(err)
		}
		tookIn += time.Since(begun)
		d := balikan.Delivery{Agency: officer.Institution, At: at, Via: balikan.ByWire}
		for n := range step * 9 / 10 {
			person := asked[len(asked)-1-rng.IntN(min(len(asked), lookups*3/4))]
			if n%100 == 0 {
				person = lookups + len(asked) + n // nobody asked
			}
			d.Items = append(d.Items, balikan.Item{NIK: number(person),
				Params: []map[string]string{{"NOMOR": fmt.Sprintf("%d/%d", len(asked), n), "JENIS_BANTUAN": "Pupuk"}}})
			switch x := persons[person]; {
			case x == nil:
				strange++
			case x.open:
				x.open = false
				want.Met++
				if !at.Before(x.due) {
					want.Late++
				}
			}
		}
		begun = time.Now()
		if _, err := r.store.Balikan.TakeBalikan(ctx, d); err != nil {
			b.Fatal(err)
		}
		tookTaken += time.Since(begun)
	}
	rates, err := r.store.Balikan.AllRates(ctx, begin.AddDate(0, -1, 0), time.Time{})
	if err != nil || rates[officer.Institution] != want || want.Late == 0 || want.Open() == 0 {
		b.Fatalf("%+v, the model says %+v, %v", rates[officer.Institution], want, err)
	}
	if n, err := r.store.Balikan.Unmatched(ctx, officer.Institution); err != nil || n != strange {
		b.Fatalf("%d without a lookup, the model says %d, %v", n, strange, err)
	}
	overdue := 0
	r.now = at
	for _, x := range persons {
		if x.open && x.due.Before(at) {
			overdue++
		}
	}
	if n, err := r.store.Balikan.Overdue(ctx, officer.Institution, at); err != nil || n != overdue {
		b.Fatalf("%d overdue, the model says %d, %v", n, overdue, err)
	}
	admin := sessionOf(b, r, "admin")
	slowest := time.Duration(0)
	for b.Loop() {
		for _, path := range []string{"/konsol/balikan/dinpertan", "/konsol/balikan"} {
			q := httptest.NewRequest("GET", path, nil)
			q.AddCookie(&http.Cookie{Name: "gapura", Value: admin})
			w := httptest.NewRecorder()
			begun := time.Now()
			r.h.ServeHTTP(w, q)
			slowest = max(slowest, time.Since(begun))
			if w.Code != http.StatusOK {
				b.Fatal(w.Code, r.log)
			}
		}
	}
	b.ReportMetric(float64(slowest.Microseconds())/1000, "max-page-ms")
	b.ReportMetric(float64(tookIn.Microseconds())/float64(lookups), "µs/lookup")
	b.ReportMetric(float64(tookTaken.Microseconds())/float64(lookups*9/10), "µs/balikan")
	b.ReportMetric(float64(want.Opened), "expected")
}
