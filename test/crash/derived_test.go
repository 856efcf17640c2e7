package crash

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/store"
	"gapura/store/storetest"
)

// kill -9 while what is derived is filled behind lookups and deliveries, and again and again while it is made anew: in the end who used a
// person's data, what is still owed for it and the sums are what a plain count over the log and the deliveries says (F3, I1, L1).
func TestWhatIsDerivedIsRightAfterKills(t *testing.T) {
	const rounds = 4
	storetest.Engines(t, func(t *testing.T, url string) {
		d := setUp(t, url)
		l, s := d.api["dinpertan"], d.senders[0]
		common, rare := d.found[3*rounds:], d.found[:3*rounds]
		st, before := d.records(t, 1)
		used := map[string]int{} // by NIK: how often before
		for _, k := range d.found {
			used[k] = uses(t, st, k)
		}
		waits := map[string]int64{} // by NIK: the lookup that is owed data balikan
		for _, e := range outstanding(t, st) {
			waits[e.NIK.Digits()] = e.Seq
		}
		st.Close()
		met := map[string]int64{} // by NIK: place of the log up to which its lookups are answered
		for round := range rounds {
			url, process := d.serve(t)
			var n atomic.Int64
			kill := time.AfterFunc(20*time.Second, func() { process.Process.Kill() })
			load(8, func(c, i int) (answer, bool) {
				if n.Add(1) == 2000 {
					kill.Reset(time.Duration(rand.IntN(1500)) * time.Millisecond)
				}
				a, status, err := lookup(url, l, common[(c+7*i)%len(common)], fmt.Sprintf("D-%d-%d-%d", round, c, i))
				return a, err == nil && status == http.StatusOK
			})
			process.Wait()
			for range 2 {
				d.rebuildAndKill(t)
			}
			// Data balikan comes for some of them, and for some between two lookups; then the server is killed while that is taken in.
			all := d.next(t)
			url, process = d.serve(t)
			send := func(k string) {
				status, err := s.send(t, url, s.body(t, []map[string]any{{"NIK": k,
					"param": []map[string]string{{"NOMOR": fmt.Sprint("D-", round, k[10:]), "JENIS_BANTUAN": "Benih"}}}}))
				if err != nil || status != http.StatusOK {
					t.Fatalf("round %d: data balikan: %d %v", round, status, err)
				}
			}
			for _, k := range common[3*round : 3*round+3] {
				send(k)
				met[k] = all
			}
			for n, k := range rare[3*round : 3*round+3] {
				for again := range 2 {
					a, status, err := lookup(url, l, k, fmt.Sprintf("J-%d-%d-%d", round, n, again))
					if err != nil || status != http.StatusOK {
						t.Fatalf("round %d: lookup: %d %v", round, status, err)
					}
					if id, err := journal.ParseID(a.Record); err != nil {
						t.Fatal(err)
					} else if again == 0 {
						send(k)
						met[k] = id.Seq + 1
					}
				}
			}
			process.Process.Kill()
			process.Wait()
		}
		d.rebuildAndKill(t)
		gapura(t, "database", "rebuild", "--config", filepath.Join(d.dir, "provider.toml"))
		st, records := d.records(t, 1)
		defer st.Close()
		if len(records) < len(before)+rounds*2000 {
			t.Fatalf("%d records: too few to prove anything", len(records))
		}
		compare(t, st, records, int64(len(before)), used, waits, met)
	})
}

// next is the place after agency 1's last record.
func (d district) next(t *testing.T) int64 {
	t.Helper()
	st, all := d.records(t, 1)
	defer st.Close()
	return all[len(all)-1].ID.Seq + 1
}

// rebuildAndKill begins to make anew what is derived, and kills that on the way.
func (d district) rebuildAndKill(t *testing.T) {
	t.Helper()
	c := exec.Command(program, "database", "rebuild", "--config", filepath.Join(d.dir, "provider.toml"))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(time.Duration(50+rand.IntN(400))*time.Millisecond, func() { c.Process.Kill() })
	c.Wait()
}

// compare counts plainly what follows from the records after the first ones, beginning with what was used and waited before them, and from
// what was answered up to which place: the first lookup of a person is owed data balikan and covers those that follow until it comes.
func compare(t *testing.T, st *store.DB, records []journal.Record, first int64, used map[string]int, waits, met map[string]int64) {
	t.Helper()
	hits := 0
	for n, r := range records {
		if int64(n) >= first && r.Act == journal.ActLookup {
			used[r.NIK.Digits()]++
		}
		if r.Hit {
			hits++
		}
		k := r.NIK.Digits()
		if seq, ok := waits[k]; int64(n) >= first && r.Outcome == string(access.Found) && (!ok || seq < met[k] && r.ID.Seq >= met[k]) {
			waits[k] = r.ID.Seq
		}
	}
	maps.DeleteFunc(waits, func(k string, seq int64) bool { return seq < met[k] })
	got := map[string]int64{}
	for _, e := range outstanding(t, st) {
		got[e.NIK.Digits()] = e.Seq
	}
	if !maps.Equal(got, waits) {
		t.Errorf("%d persons' data balikan is owed, a plain count says %d: %v and %v", len(got), len(waits), got, waits)
	}
	for k, want := range used {
		if total := uses(t, st, k); total != want {
			t.Errorf("a person's data was used %d times, the index says %d", want, total)
		}
	}
	sums, err := st.Sums.AllUsageByAgency(t.Context(), time.Now().AddDate(-5, 0, 0), time.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	summed := 0
	for _, x := range sums {
		if x.Agency == 1 {
			summed += x.Hits
		}
	}
	if summed != hits {
		t.Errorf("the sums say %d hits, the log %d", summed, hits)
	}
	t.Logf("%d records, %d persons, %d owed, %d hits", len(records), len(used), len(waits), hits)
}

// outstanding is what agency 1 owes data balikan for.
func outstanding(t *testing.T, st *store.DB) []balikan.Expectation {
	t.Helper()
	list, err := st.Balikan.Outstanding(t.Context(), balikan.OutstandingQuery{Agency: 1, Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// uses is how often the index says that a person's data was asked for.
func uses(t *testing.T, st *store.DB, digits string) int {
	t.Helper()
	number, err := nik.Parse(digits)
	_, total, err2 := st.Uses.Uses(t.Context(), access.UsesQuery{NIK: number, Withheld: true, Limit: 1})
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return total
}
