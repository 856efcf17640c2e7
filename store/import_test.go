package store_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/demo"
	"gapura/internal/told"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store"
	"gapura/store/storetest"
)

// dataOf is the day of the data of the n-th import.
func dataOf(n int) time.Time { return time.Date(2026, 11, 23+n, 0, 0, 0, 0, time.UTC) }

func imported(t testing.TB, st *store.DB, n int, kind population.Kind, rows iter.Seq2[population.Row, error]) population.Report {
	t.Helper()
	r, err := st.Registry.Import(context.Background(), population.Import{Report: population.Report{Kind: kind, By: "uji", Hash: "00"},
		AsOf: dataOf(n), At: now, Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// residents are invented ones; each bears the number of a set in the name.
func residents(n, set int) []population.Person {
	out := slices.Collect(population.Generate(n, 7, demo.Regency))
	for i := range out {
		out[i].Name, out[i].Status = fmt.Sprintf("WARGA %d", set), population.Alive
	}
	return out
}

func rowsOf(people []population.Person) iter.Seq2[population.Row, error] {
	return population.Rows(slices.Values(people))
}

// file reads the text of a change file.
func file(t testing.TB, text string) iter.Seq2[population.Row, error] {
	t.Helper()
	f, err := population.Reading{Kind: population.Changes, Today: now}.Open(strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	return f.Rows()
}

// TestEveryReaderSeesAnImportOnceAndForAll imports twenty sets from one process while two others are asked without a pause: what an answer
// rested on, each later answer rests on or on what is newer, wherever it is given; no answer mixes two sets; and what is imported is seen
// by the next lookup of both.
func TestEveryReaderSeesAnImportOnceAndForAll(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		const imports = 20
		var gates []*access.Gate
		for range 2 {
			gates = append(gates, newGate(t, storetest.Open(t, url, d.keys), func() time.Time { return now }))
		}
		people := residents(40, 0)
		imported(t, d.st, 0, population.Full, rowsOf(people))
		user := d.user(t, "aplikasi.dinpertan")
		ask := func(g *access.Gate, n nik.NIK) (seen int) {
			a, err := g.Lookup(context.Background(), access.Request{Who: access.Known(user.ID), Method: agreement.API,
				Purpose: demo.Purpose, Reference: "P-1", NIK: n.Digits(), Address: netip.MustParseAddr("127.0.0.1")})
			if err != nil || a.Code != access.Found {
				t.Errorf("%v %v", a.Code, err)
				return 0
			}
			if _, err := fmt.Sscanf(a.Person.Name, "WARGA %d", &seen); err != nil || !a.AsOf.Equal(dataOf(seen)) {
				t.Errorf("%q of %s: two sets in one answer", a.Person.Name, a.AsOf)
			}
			return seen
		}
		var newest, asked atomic.Int64
		var readers sync.WaitGroup
		stop := make(chan struct{})
		for w := range 6 {
			readers.Go(func() {
				for i := w; ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					floor := newest.Load()
					seen := int64(ask(gates[i%2], people[i%len(people)].NIK))
					if asked.Add(1); seen < floor {
						t.Errorf("an answer rests on set %d after one that rested on %d", seen, floor)
						return
					}
					for old := floor; seen > old && !newest.CompareAndSwap(old, seen); old = newest.Load() {
					}
				}
			})
		}
		for n := 1; n <= imports; n++ {
			imported(t, d.st, n, population.Full, rowsOf(residents(40, n)))
			for i, g := range gates {
				if seen := ask(g, people[n].NIK); seen != n {
					t.Errorf("process %d answers from set %d after import %d", i, seen, n)
				}
			}
		}
		close(stop)
		readers.Wait()
		if asked.Load() < imports {
			t.Errorf("%d lookups meanwhile", asked.Load())
		}
	})
}

func TestAFullSetTakesAwayWhoIsNotInIt(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		st := storetest.Open(t, url, storetest.Keys(t))
		people := residents(300, 1)
		if r := imported(t, st, 1, population.Full, rowsOf(people)); r.Counts[population.Added] != 300 || r.Total != 300 || r.Rows != 300 {
			t.Errorf("%+v", r)
		}
		next := slices.Clone(people[20:])
		next[5].Address = "JALAN BARU"
		next = append(next, next[7], residents(301, 1)[300])
		twice := next[9]
		twice.Name = "ORANG LAIN"

		refuse := errors.New("no")
		var gone, before int
		in := population.Import{Report: population.Report{Kind: population.Full, By: "uji"}, AsOf: dataOf(2), At: now, Rows: rowsOf(next),
			MayRemove: func(g, b int) error { gone, before = g, b; return refuse }}
		if _, err := st.Registry.Import(t.Context(), in); !errors.Is(err, refuse) || gone != 20 || before != 300 {
			t.Fatal(err, gone, before)
		}
		if f, err := st.Registry.Find(t.Context(), people[0].NIK); err != nil || !f.Known || !f.Set.AsOf.Equal(dataOf(1)) {
			t.Fatalf("a refused import changed something: %+v, %v", f.Set, err)
		}
		in.Rows, in.MayRemove = rowsOf(append(next, twice)), nil
		if _, err := st.Registry.Import(t.Context(), in); err == nil || !strings.Contains(err.Error(), "baris 284, kolom NIK") {
			t.Fatalf("one resident with two contents: %v", err)
		}
		in.Skip = func(error) bool { return true }
		r, err := st.Registry.Import(t.Context(), in)
		want := map[population.Effect]int{population.Added: 1, population.Corrected: 1, population.Same: 279, population.Removed: 20}
		if err != nil || !maps.Equal(r.Counts, want) || r.Repeats != 1 || r.Bad != 1 || r.Total != 281 ||
			!slices.Equal(r.Lines[population.Corrected], []int{7}) || !slices.Equal(r.Lines[population.Added], []int{283}) {
			t.Fatalf("%+v, %v", r, err)
		}
		for i, p := range people {
			if f, err := st.Registry.Find(t.Context(), p.NIK); err != nil || f.Known != (i >= 20) || !f.Set.AsOf.Equal(dataOf(2)) {
				t.Fatal(i, f.Known, f.Set, err)
			}
		}
		if n, err := st.Registry.Count(t.Context()); err != nil || n != 281 {
			t.Error(n, err)
		}
		made, err := st.Registry.Sets(t.Context(), 0, 10)
		if err != nil || len(made) != 2 || made[0].Report.Total != 281 || made[0].Report.By != "uji" || !made[0].At.Equal(now) ||
			made[0].Set.Number <= made[1].Set.Number {
			t.Errorf("%+v, %v", made, err)
		}
	})
}

func TestAChangeFileDoesWhatItsRowsSay(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		st := storetest.Open(t, url, storetest.Keys(t))
		people := residents(8, 1)
		imported(t, st, 1, population.Full, rowsOf(people[:7]))
		line := func(i int, rest string) string { return people[i].NIK.Digits() + "," + rest + "\n" }
		const heading = "NIK,JENIS_PERUBAHAN,TGL_BERLAKU,NAMA_LGKP,TGL_LHR,FLAG_STATUS,ALAMAT,NO_PROP,NO_KAB,NO_KEC,NO_KEL\n"
		text := heading + line(0, "ubah,2026-11-02,NAMA BARU,,,,,,,") + line(1, "MATI,1 November 2026,,,,,,,,") +
			line(2, "PINDAH,2026-11-01,,,,,,,,") + line(3, "PINDAH,2026-11-01,,,,JALAN LAIN,33,3,1,2001") +
			line(4, "HAPUS,2026-11-01,,,,,,,,") +
			line(7, "TAMBAH,2026-10-30,WARGA BARU,1990-01-02,0,JALAN,33,3,1,2001") + line(5, "PINDAH,2026-11-01,,,,JALAN JAUH,32,1,1,2001")
		r := imported(t, st, 2, population.Changes, file(t, text))
		want := map[population.Effect]int{population.Corrected: 1, population.Died: 1, population.Moved: 3, population.Removed: 1,
			population.Added: 1}
		if !maps.Equal(r.Counts, want) || r.Total != 7 || r.First != "2026-10-30" || r.Last != "2026-11-02" ||
			!slices.Equal(r.Lines[population.Moved], []int{4, 5, 8}) {
			t.Errorf("%+v", r)
		}
		got := make([]population.Finding, 8)
		for i, p := range people {
			var err error
			if got[i], err = st.Registry.Find(t.Context(), p.NIK); err != nil || !got[i].Set.AsOf.Equal(dataOf(2)) {
				t.Fatal(got[i].Set, err)
			}
		}
		renamed := people[0]
		renamed.Name = "NAMA BARU"
		if got[0].Person != renamed {
			t.Errorf("a correction changed more than its columns: %+v", got[0].Person)
		}
		for i, want := range map[int]population.LifeStatus{1: population.Deceased, 2: population.Inactive, 3: population.Alive,
			5: population.Inactive} {
			if s := got[i].Person.Status; s != want {
				t.Errorf("resident %d is %d", i, s)
			}
		}
		if p := got[3].Person; p.Address != "JALAN LAIN" || p.Village != "3303012001" || p.Name != people[3].Name {
			t.Errorf("%+v", p)
		}
		if got[4].Known || !got[7].Known || got[7].Person.Name != "WARGA BARU" || got[6].Person != people[6] {
			t.Error("removed, added and untouched residents")
		}
		for what, text := range map[string]string{"TAMBAH who is there": line(0, "TAMBAH,2026-11-02,LAIN,1990-01-02,0,J,33,3,1,2001"),
			"nobody": line(4, "MATI,2026-11-02,,,,,,,,"), "no change": line(0, "LAHIR,2026-11-02,,,,,,,,"),
			"no day": line(0, "MATI,,,,,,,,,"), "tomorrow": line(0, "MATI,2026-11-30,,,,,,,,"),
			"a birth to come": line(0, "UBAH,2026-11-02,,2027-01-01,,,,,,")} {
			_, err := st.Registry.Import(t.Context(), population.Import{Report: population.Report{Kind: population.Changes},
				AsOf: dataOf(3), At: now, Rows: file(t, heading+text)})
			if bad := (*population.RowError)(nil); !errors.As(err, &bad) || bad.Line != 2 {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// TestWhatAnImportEndedWithIsTold: who looks sees one that runs, a second beside it is refused, and why one failed stands there without a
// value; data of an earlier day is refused unless it is wanted.
func TestWhatAnImportEndedWithIsTold(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		st := storetest.Open(t, url, storetest.Keys(t))
		in := population.Import{Report: population.Report{Kind: population.Full, By: "uji", Hash: "ab"}, AsOf: dataOf(3), At: now}
		var second error
		in.Rows = func(yield func(population.Row, error) bool) {
			run, known, err := st.Registry.LastImport(t.Context())
			if err != nil || !known || !run.Running(time.Now()) || run.By != "uji" || run.Kind != population.Full {
				t.Errorf("%+v, %v, %v", run, known, err)
			}
			_, second = st.Registry.Import(t.Context(), in)
			yield(population.Row{}, &population.RowError{Line: 9, Column: "NIK", Problem: "tidak dapat dibaca"})
		}
		if _, err := st.Registry.Import(t.Context(), in); err == nil {
			t.Error("a bad row was taken")
		}
		if text, ok := told.Text(second); !ok || !strings.Contains(text, "sedang berjalan") {
			t.Error(second)
		}
		run, _, err := st.Registry.LastImport(t.Context())
		if err != nil || run.Running(time.Now()) || !run.Ended || run.Set != 0 || run.Problem != "baris 9, kolom NIK: tidak dapat dibaca" {
			t.Errorf("%+v, %v", run, err)
		}
		in.Rows = rowsOf(residents(5, 1))
		if _, err := st.Registry.Import(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		if run, _, err = st.Registry.LastImport(t.Context()); err != nil || run.Set == 0 || run.Rows != 5 || run.Problem != "" {
			t.Errorf("%+v, %v", run, err)
		}
		in.AsOf = dataOf(2)
		if _, err := st.Registry.Import(t.Context(), in); err == nil {
			t.Error("older data was taken unasked")
		}
		in.Older = true
		if _, err := st.Registry.Import(t.Context(), in); err != nil {
			t.Error(err)
		}
		if set, err := st.Registry.Current(t.Context()); err != nil || !set.AsOf.Equal(dataOf(2)) {
			t.Error(set, err)
		}
	})
}

// TestAnOldFileOfResidentsIsNotAnsweredFrom: a file that was put back is older than answers that were given, until residents are imported
// anew.
func TestAnOldFileOfResidentsIsNotAnsweredFrom(t *testing.T) {
	url, keys := storetest.SQLite(t), storetest.Keys(t)
	with := func(then func(*store.DB)) {
		st, err := store.Open(t.Context(), store.Options{URL: url, Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		then(st)
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	move := func(from, to string) {
		b, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Create(t.Context(), store.Options{URL: url, Keys: keys}); err != nil {
		t.Fatal(err)
	}
	people := residents(3, 1)
	with(func(st *store.DB) { imported(t, st, 1, population.Full, rowsOf(people)) })
	move(store.PopulationFile(url), url+".old")
	with(func(st *store.DB) { imported(t, st, 2, population.Full, rowsOf(residents(3, 2))) })
	move(url+".old", store.PopulationFile(url))
	with(func(st *store.DB) {
		if f, err := st.Registry.Find(t.Context(), people[0].NIK); err == nil {
			t.Errorf("answered from %+v", f.Set)
		}
		imported(t, st, 3, population.Full, rowsOf(residents(3, 3)))
		if f, err := st.Registry.Find(t.Context(), people[0].NIK); err != nil || f.Person.Name != "WARGA 3" {
			t.Error(f, err)
		}
	})
}
