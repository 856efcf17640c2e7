package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/store/sqldb"
)

// Balikan is data balikan and what lookups expect of it; it implements balikan.Store.
type Balikan struct{ db *DB }

// SetSender keeps the name that an institution has on the data balikan service, with its record; its tokens are credentials.
func (s *Balikan) SetSender(ctx context.Context, c journal.Change, x balikan.Sender) error {
	c.Subject, c.After = "Data balikan", "nama pada layanan data balikan: "+x.Name
	return s.db.change(ctx, x.Agency, c, func(q *sqldb.Queries) error {
		return q.PutBalikanSender(ctx, sqldb.PutBalikanSenderParams{AgencyID: x.Agency, LembagaID: x.ID, Lembaga: x.Name})
	})
}

// Sender implements balikan.Intake's store.
func (s *Balikan) Sender(ctx context.Context, agency int64) (balikan.Sender, bool, error) {
	r, err := s.db.mainRead.q.BalikanSender(ctx, agency)
	ok, err := foundRow(err, "name on the data balikan service")
	return balikan.Sender{Agency: agency, ID: r.LembagaID, Name: r.Lembaga}, ok, err
}

// TakeBalikan implements balikan.Store. What was looked up before the call is expected by then, so that nothing is called unmatched
// because the feed is behind.
func (s *Balikan) TakeBalikan(ctx context.Context, d balikan.Delivery) (balikan.Receipt, error) {
	if err := s.catchUp(ctx, d.Agency); err != nil {
		return balikan.Receipt{}, err
	}
	var rows []placedRow
	var excused []sqldb.ExcuseExpectationsParams
	for place, i := range d.Items {
		if i.Reason != "" {
			excused = append(excused, sqldb.ExcuseExpectationsParams{
				AgencyID: d.Agency, NikIndex: s.db.nikIndex.Index(i.NIK.Digits()), ClosedUs: micros(d.At), Reason: i.Reason, ClosedBy: d.By,
			})
			if i.Reading != "" {
				of := excused[len(excused)-1]
				of.NikIndex = s.readingIndex(i.Reading)
				excused = append(excused, of)
			}
			continue
		}
		row, err := s.balikanRow(d, i)
		if err != nil {
			return balikan.Receipt{}, err
		}
		rows = append(rows, placedRow{row, place, i.Reading})
	}
	// One order for all deliveries, so that two on PostgreSQL never wait for each other in a ring.
	slices.SortFunc(rows, func(a, b placedRow) int { return slices.Compare(a.NikIndex, b.NikIndex) })
	got := balikan.Receipt{At: d.At}
	err := s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		if _, err := q.TakeFed(ctx, d.Agency); err != nil {
			return fmt.Errorf("take log %d: %w", d.Agency, err)
		}
		if d.Key != "" {
			was, err := s.takeKey(ctx, q, d)
			if err != nil {
				return err
			}
			if !was.IsZero() {
				got = balikan.Receipt{Repeated: true, At: was}
				got.Unmatched, err = s.unmatched(ctx, q, rows)
				return err
			}
		}
		sums := totals{}
		for _, x := range excused {
			list, err := q.ExcuseExpectations(ctx, x)
			if err != nil {
				return fmt.Errorf("excuse expectations: %w", err)
			}
			for _, e := range list {
				sums.of(d.Agency, e.UserID, e.Month).Excused++
			}
		}
		var there []int
		for _, r := range rows {
			if err := s.meet(ctx, q, &r, sums); err != nil {
				return err
			}
			n, err := q.InsertBalikan(ctx, r.InsertBalikanParams)
			if err != nil {
				return fmt.Errorf("insert data balikan: %w", err)
			}
			if n == 0 {
				there = append(there, r.place)
			}
			if r.Unmatched {
				got.Unmatched = append(got.Unmatched, r.place)
			}
		}
		if len(there) > 0 {
			return &balikan.AlreadySent{Items: there}
		}
		return sums.write(ctx, q)
	})
	return got, err
}

// A placedRow is an item's row with its place in the delivery.
type placedRow struct {
	sqldb.InsertBalikanParams
	place   int
	reading string
}

// meet answers what lookups of an item's person expect, and notes whether anybody looked that person up at all. An item without values
// answers nothing: what is owed is the number and the kind of aid.
func (s *Balikan) meet(ctx context.Context, q *sqldb.Queries, r *placedRow, sums totals) error {
	if !r.Incomplete {
		met, err := q.MeetExpectations(ctx, sqldb.MeetExpectationsParams{AgencyID: r.AgencyID, NikIndex: r.NikIndex, ClosedUs: r.AtUs})
		if err != nil {
			return fmt.Errorf("meet expectations: %w", err)
		}
		if r.reading != "" {
			read, err := q.MeetExpectations(ctx, sqldb.MeetExpectationsParams{AgencyID: r.AgencyID, NikIndex: s.readingIndex(r.reading),
				ClosedUs: r.AtUs})
			if err != nil {
				return fmt.Errorf("meet expectations of a reading: %w", err)
			}
			met = append(met, read...)
		}
		for _, e := range met {
			t := sums.of(r.AgencyID, e.UserID, e.Month)
			t.Met++
			if r.AtUs >= e.DueUs {
				t.Late++
			}
		}
		if len(met) > 0 {
			return nil
		}
	}
	n, err := q.Expected(ctx, sqldb.ExpectedParams{AgencyID: r.AgencyID, NikIndex: r.NikIndex})
	if err != nil {
		return fmt.Errorf("read expectations: %w", err)
	}
	r.Unmatched = n == 0
	return nil
}

// unmatched are the places of what came when nobody had looked the person up.
func (s *Balikan) unmatched(ctx context.Context, q *sqldb.Queries, rows []placedRow) (places []int, err error) {
	for _, r := range rows {
		list, err := q.BalikanThere(ctx, sqldb.BalikanThereParams{AgencyID: r.AgencyID, Digest: r.Digest})
		if err != nil {
			return nil, fmt.Errorf("look for data balikan: %w", err)
		}
		if slices.Contains(list, true) {
			places = append(places, r.place)
		}
	}
	return places, nil
}

// takeKey notes a delivery's key, or says since when it is there. The caller holds the log's row in balikan_fed, so that two of one key
// take turns.
func (s *Balikan) takeKey(ctx context.Context, q *sqldb.Queries, d balikan.Delivery) (was time.Time, err error) {
	plain := d.Digest()
	digest := s.db.nikIndex.Index(string(plain[:]))
	n, err := q.InsertDelivery(ctx, sqldb.InsertDeliveryParams{AgencyID: d.Agency, Delivery: d.Key, Digest: digest, AtUs: micros(d.At),
		Items: int64(len(d.Items))})
	if err != nil {
		return was, fmt.Errorf("insert delivery: %w", err)
	}
	if n == 1 {
		return was, nil
	}
	kept, err := q.Delivery(ctx, sqldb.DeliveryParams{AgencyID: d.Agency, Delivery: d.Key})
	if err != nil {
		return was, fmt.Errorf("read delivery: %w", err)
	}
	if !bytes.Equal(kept.Digest, digest) {
		return was, balikan.ErrKey
	}
	return instant(kept.AtUs), nil
}

// Sent implements balikan.Store.
func (s *Balikan) Sent(ctx context.Context, agency int64, items []balikan.Item) ([]bool, error) {
	out := make([]bool, len(items))
	for n, i := range items {
		list, err := s.db.mainRead.q.BalikanThere(ctx, sqldb.BalikanThereParams{AgencyID: agency, Digest: s.balikanDigest(i)})
		if err != nil {
			return nil, fmt.Errorf("look for data balikan: %w", err)
		}
		out[n] = len(list) > 0
	}
	return out, nil
}

// balikanDigest is an item's digest, keyed because NIKs are few enough to be tried.
func (s *Balikan) balikanDigest(i balikan.Item) []byte {
	digest := i.Digest()
	return s.db.nikIndex.Index(string(digest[:]))
}

// balikanRow seals an item.
func (s *Balikan) balikanRow(d balikan.Delivery, i balikan.Item) (sqldb.InsertBalikanParams, error) {
	p := sqldb.InsertBalikanParams{
		AgencyID: d.Agency, Digest: s.balikanDigest(i), AtUs: micros(d.At), ByUser: d.By, Via: d.Via,
		NikIndex: s.db.nikIndex.Index(i.NIK.Digits()), Incomplete: i.Incomplete,
	}
	plain, err := json.Marshal(sealedItem{i.NIK.Digits(), i.Params})
	if err != nil {
		return p, fmt.Errorf("encode data balikan: %w", err)
	}
	p.Sealed = s.db.balikanSeal.Seal(plain, p.Digest)
	return p, nil
}

// A sealedItem is what is sealed of an item.
type sealedItem struct {
	NIK    string
	Params []map[string]string
}

// Unmatched is how many data balikan of an agency name somebody whom it never looked up.
func (s *Balikan) Unmatched(ctx context.Context, agency int64) (int, error) {
	n, err := s.db.mainRead.q.CountUnmatched(ctx, agency)
	if err != nil {
		return 0, fmt.Errorf("count unmatched: %w", err)
	}
	return int(n), nil
}

// Received implements balikan.Store, newest first.
func (s *Balikan) Received(ctx context.Context, agency int64, before time.Time, unmatched bool, most int) ([]balikan.Received, error) {
	until := int64(1) << 62
	if !before.IsZero() {
		until = micros(before)
	}
	if unmatched {
		list, err := s.db.mainRead.q.UnmatchedBalikan(ctx, sqldb.UnmatchedBalikanParams{AgencyID: agency, BeforeUs: until,
			Most: int32(most)})
		return s.opened(each(list, func(r sqldb.UnmatchedBalikanRow) sqldb.ReceivedBalikanRow {
			return sqldb.ReceivedBalikanRow{Digest: r.Digest, AtUs: r.AtUs, Via: r.Via, Sealed: r.Sealed, Incomplete: r.Incomplete,
				Unmatched: true}
		}), err)
	}
	list, err := s.db.mainRead.q.ReceivedBalikan(ctx, sqldb.ReceivedBalikanParams{AgencyID: agency, BeforeUs: until, Most: int32(most)})
	return s.opened(list, err)
}

// Incomplete implements balikan.Store, newest first.
func (s *Balikan) Incomplete(ctx context.Context, agency int64, most int) ([]balikan.Received, error) {
	list, err := s.db.mainRead.q.IncompleteBalikan(ctx, sqldb.IncompleteBalikanParams{AgencyID: agency, Most: int32(most)})
	return s.opened(each(list, func(r sqldb.IncompleteBalikanRow) sqldb.ReceivedBalikanRow { return sqldb.ReceivedBalikanRow(r) }), err)
}

// opened are rows with what is sealed in them.
func (s *Balikan) opened(rows []sqldb.ReceivedBalikanRow, err error) ([]balikan.Received, error) {
	if err != nil {
		return nil, fmt.Errorf("read data balikan: %w", err)
	}
	out := make([]balikan.Received, 0, len(rows))
	for _, r := range rows {
		plain, err := s.db.balikanSeal.Open(nil, r.Sealed, r.Digest)
		if err != nil {
			return nil, fmt.Errorf("open data balikan: %w", err)
		}
		var sealed sealedItem
		if err := json.Unmarshal(plain, &sealed); err != nil {
			return nil, errors.New("data balikan cannot be read")
		}
		n, err := nik.Parse(sealed.NIK)
		if err != nil {
			return nil, errors.New("data balikan: its NIK cannot be read")
		}
		out = append(out, balikan.Received{
			At: instant(r.AtUs), Via: r.Via, Item: balikan.Item{NIK: n, Params: sealed.Params, Incomplete: r.Incomplete},
			Unmatched: r.Unmatched,
		})
	}
	return out, nil
}
