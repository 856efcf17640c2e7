package store_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/demo"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store/storetest"
)

const cardReader = "RDR-dinpertan-01"

func (d *district) reading(t *testing.T, key, number string) access.CardRead {
	t.Helper()
	n, err := nik.Parse(number)
	if err != nil {
		t.Fatal(err)
	}
	return access.CardRead{Who: access.Known(d.user(t, "petugas.dinpertan").ID), Address: netip.MustParseAddr("127.0.0.1"), Key: key,
		NIK:    n,
		Reader: cardReader, Purpose: demo.Purpose, Reference: "BACA-1", At: d.now}
}

func (d *district) tell(t *testing.T, r access.CardRead) (access.Answer, bool) {
	t.Helper()
	a, repeated, err := d.gate.Card(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return a, repeated
}

// TestAReadingIsRecordedOnceOverProcesses: two processes that are told of one reading at the same time write one record, the log verifies
// with it, and the resident is told of it.
func TestAReadingIsRecordedOnceOverProcesses(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		number := d.out.Sample.Found[0]
		gates := []*access.Gate{d.gate, d.gate}
		if strings.HasPrefix(url, "postgres") {
			gates[1] = newGate(t, storetest.Open(t, url, d.keys), func() time.Time { return d.now })
		}
		r := d.reading(t, "baca-000001", number)
		var wg sync.WaitGroup
		ids, fresh, mu := map[journal.ID]bool{}, 0, sync.Mutex{}
		for i := range 12 {
			wg.Go(func() {
				a, repeated, err := gates[i%2].Card(t.Context(), r)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || a.Code != access.Card {
					t.Errorf("%+v, %v", a, err)
				}
				ids[a.Record] = true
				if !repeated {
					fresh++
				}
			})
		}
		wg.Wait()
		if len(ids) != 1 || fresh != 1 {
			t.Fatalf("%d records, %d times new", len(ids), fresh)
		}
		r.Reference = "BACA-2"
		if _, _, err := d.gate.Card(t.Context(), r); !errors.Is(err, access.ErrCardKey) {
			t.Errorf("another reading under the key: %v", err)
		}
		hits, err := d.st.Rights.Hits(t.Context(), 1, d.now)
		if err != nil || hits.Of(nil) != 0 {
			t.Errorf("charged: %v, %v", hits, err)
		}
		n, _ := nik.Parse(number)
		uses, total, err := d.st.Uses.Uses(t.Context(), access.UsesQuery{NIK: n, Limit: 9, Today: d.now})
		if err != nil || total != 1 || uses[0].Act != journal.ActCard || uses[0].Reader != cardReader || !uses[0].ReadAt.Equal(d.now) {
			t.Errorf("the resident is told of %d: %+v, %v", total, uses, err)
		}
	})
}

// TestNoReadingAfterTheAddendumThatTakesTheMethodAway (A4): the same reader, the same user; the next reading is refused and recorded, one
// of before that is told late is not.
func TestNoReadingAfterTheAddendumThatTakesTheMethodAway(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		number := d.out.Sample.Found[0]
		late := d.reading(t, "baca-000001", number)
		st, err := d.st.Rights.Agency(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.st.Rights.Apply(t.Context(), journal.Change{At: d.now, Reason: "adendum"}, procedure.AddAddendum{
			Agreement: st.Agreements[0], Addendum: agreement.Addendum{Number: "A/1", SignedOn: d.now, EffectiveOn: d.now.AddDate(0, 0, 1),
				Change: agreement.Change{Methods: []string{agreement.Portal, agreement.API}}}}); err != nil {
			t.Fatal(err)
		}
		d.now = d.now.AddDate(0, 0, 1)
		if a, _ := d.tell(t, d.reading(t, "baca-000002", number)); a.Code != access.Method {
			t.Errorf("after the addendum: %s", a.Code)
		}
		if a, _ := d.tell(t, late); a.Code != access.Card {
			t.Errorf("of before the addendum: %s", a.Code)
		}
		rows, _, err := d.st.Journal.Records(t.Context(), access.HistoryQuery{Agency: 1, Method: agreement.Reader, Limit: 9})
		if err != nil || len(rows) != 2 || rows[0].Outcome != "card_read" || rows[1].Outcome != "method" || rows[1].NIK.Digits() != number {
			t.Errorf("%v %+v", err, rows)
		}
	})
}

// TestEachReadingExpectsDataBalikan (F4, H5): like a lookup, once for what one delivery answers; what gave no NIK by its own reference;
// what was refused expects nothing.
func TestEachReadingExpectsDataBalikan(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		found := d.out.Sample.Found
		d.tell(t, d.reading(t, "baca-000001", found[0])) // leads to an application, with a lookup
		d.tell(t, d.reading(t, "baca-000002", found[1])) // to none
		d.tell(t, d.reading(t, "baca-000003", found[2])) // nothing will come of it
		without := d.reading(t, "baca-000004", found[3])
		without.NIK = nik.NIK{}
		d.tell(t, without)
		refused := d.reading(t, "baca-000005", found[4])
		refused.Reader = "RDR-dinpertan-02"
		d.tell(t, refused)
		officer := d.user(t, "petugas.dinpertan")
		if a, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, found[0])); err != nil || a.Code != access.Found {
			t.Fatalf("%+v, %v", a, err)
		}
		rate := func() (r balikan.Rate) {
			t.Helper()
			list, err := d.st.Balikan.Rates(ctx, 1, d.now.AddDate(-1, 0, 0), time.Time{})
			if err != nil || len(list) != 1 || list[0].User != officer.ID {
				t.Fatalf("%+v, %v", list, err)
			}
			return list[0].Rate
		}
		if got := rate(); got != (balikan.Rate{Opened: 4}) {
			t.Errorf("expected: %+v", got)
		}
		open, err := d.st.Balikan.Outstanding(ctx, balikan.OutstandingQuery{Agency: 1, Limit: 9})
		if err != nil || len(open) != 4 || open[0].NIK.Digits() != found[0] || open[0].Reference != "BACA-1" ||
			!open[3].NIK.IsZero() {
			t.Errorf("%+v, %v", open, err)
		}
		n, _ := nik.Parse(found[0])
		item, err := balikan.NewItem(1, n.Digits(), []map[string]string{{"NOMOR": "P-1", "JENIS_BANTUAN": "PUPUK"}},
			agreement.DefaultBalikan)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.st.Deliveries().TakeBalikan(ctx, balikan.Delivery{Agency: 1, By: officer.ID, At: d.now, Via: balikan.ByAPI,
			Items: []balikan.Item{item}}); err != nil {
			t.Fatal(err)
		}
		if ok, err := d.st.Balikan.Excuse(ctx, 1, open[2].Seq, officer.ID, d.now, "mundur"); err != nil || !ok {
			t.Fatal(ok, err)
		}
		if got := rate(); got != (balikan.Rate{Opened: 4, Met: 1, Excused: 1}) {
			t.Errorf("after a delivery and a reason: %+v", got)
		}
		// What named nobody is answered by the data balikan that name its reading, and by no other.
		for n, reading := range []string{"BACA-9999", open[3].Reference} {
			item.Params, item.Reading = []map[string]string{{"NOMOR": "P-2", "JENIS_BANTUAN": reading}}, reading
			if _, err := d.st.Deliveries().TakeBalikan(ctx, balikan.Delivery{Agency: 1, By: officer.ID, At: d.now, Via: balikan.ByAPI,
				Items: []balikan.Item{item}}); err != nil {
				t.Fatal(err)
			}
			if got := rate(); got != (balikan.Rate{Opened: 4, Met: 1 + n, Excused: 1}) {
				t.Errorf("after data balikan of %s: %+v", reading, got)
			}
		}
		if n, err := d.st.Balikan.Unmatched(ctx, 1); err != nil || n != 0 {
			t.Errorf("%d unmatched, %v", n, err)
		}
	})
}
