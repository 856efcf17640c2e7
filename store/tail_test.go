package store_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gapura/access/guard"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store"
	"gapura/store/storetest"
)

// What is held of the log is what the database would tell: records of every kind, with changes of rights between them and what another
// process wrote, in whatever stretches they are read; and nothing that was destroyed.
func TestWhatIsHeldOfTheLogIsWhatTheDatabaseTells(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		officer := d.user(t, "petugas.dinpertan")
		agency, rng := officer.Institution, rand.New(rand.NewPCG(1, 9))
		sizes, err := d.st.Guard.LogSizes(ctx)
		if err != nil {
			t.Fatal(err)
		}
		from := sizes[agency]
		other := storetest.Open(t, url, d.keys)
		scatter(t, d.st, rng, agency, 700)
		for n, s := range [][]string{d.out.Sample.Found[:5], d.out.Sample.Deceased, d.out.Sample.Unknown, d.out.Sample.Malformed, {""}} {
			for _, number := range s {
				d.now = d.now.Add(time.Second + 345*time.Nanosecond)
				r := request(officer, agreement.Portal, number)
				r.Reference = fmt.Sprint("R-", n)
				if _, err := d.gate.Lookup(ctx, r); err != nil {
					t.Fatal(err)
				}
			}
			st := []*store.DB{d.st, other}[n%2]
			if _, err := st.Rights.Apply(ctx, journal.Change{At: d.now, Reason: "pergantian"}, procedure.SetContacts{Agency: agency,
				Side: "agency", Contacts: []party.Contact{{Side: "agency", Name: "A"}}, On: d.now}); err != nil {
				t.Fatal(err)
			}
			scatter(t, st, rng, agency, 40)
		}
		if sizes, err = d.st.Guard.LogSizes(ctx); err != nil {
			t.Fatal(err)
		}
		to := sizes[agency]
		type piece struct{ from, to int64 }
		pieces := []piece{{from, to}, {from - 3, to}, {from + 1, from + 2}, {to, to}}
		for range 30 {
			a := from + rng.Int64N(to-from)
			pieces = append(pieces, piece{a, a + rng.Int64N(to-a+1)})
		}
		told := func() (all []string) {
			t.Helper()
			for _, p := range pieces {
				if err := d.st.Guard.Lookups(ctx, agency, p.from, p.to, func(s guard.Seen) {
					all = append(all, fmt.Sprintf("%d %v %d %s %s", s.Seq, s.At, s.User, s.NIK.Digits(), s.Outcome))
				}); err != nil {
					t.Fatal(err)
				}
				rows, err := d.st.Derived.Recorded(ctx, agency, p.from, p.to)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, rows...)
			}
			return all
		}
		if d.st.Held() < 700 {
			t.Fatalf("%d records are held", d.st.Held())
		}
		held := told()
		d.st.DropTail()
		read := told()
		for i := range min(len(held), len(read)) {
			if held[i] != read[i] {
				t.Fatalf("held %s\nread %s", held[i], read[i])
			}
		}
		if len(held) != len(read) {
			t.Errorf("%d held, %d read", len(held), len(read))
		}
		scatter(t, d.st, rng, agency, 10)
		if _, err := d.st.Journal.ForgetNIKs(ctx, journal.Change{At: d.now, Reason: "masa simpan", Letter: "470/9"}, agency,
			now); err != nil {
			t.Fatal(err)
		}
		if d.st.Held() != 0 {
			t.Error("what was destroyed is still held")
		}
	})
}
