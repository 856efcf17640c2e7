package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gapura/access/access"
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

// TakeBalikan implements balikan.Store. It waits for nothing that is filled behind the log: whom the agency looked up is read from what is
// filled, and for the delivery's persons alone from the log's records since.
func (s *Balikan) TakeBalikan(ctx context.Context, d balikan.Delivery) (balikan.Receipt, error) {
	var rows []placedRow
	var answers []sqldb.InsertAnswerParams
	for place, i := range d.Items {
		if i.Reason != "" {
			answers = append(answers, sqldb.InsertAnswerParams{State: stateExcused, Seq: -1, NikIndex: s.db.nikIndex.Index(i.NIK.Digits()),
				AtUs: micros(d.At), ByUser: d.By, Reason: i.Reason})
			if i.Reading != "" {
				of := answers[len(answers)-1]
				of.NikIndex = s.readingIndex(i.Reading)
				answers = append(answers, of)
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
	for _, r := range rows {
		if !r.Incomplete { // what is owed is the number and the kind of aid: without values it answers nothing
			answers = append(answers, sqldb.InsertAnswerParams{State: stateMet, Seq: -1, NikIndex: r.NikIndex, AtUs: r.AtUs})
			if r.reading != "" {
				answers = append(answers, sqldb.InsertAnswerParams{State: stateMet, Seq: -1, NikIndex: s.readingIndex(r.reading),
					AtUs: r.AtUs})
			}
		}
	}
	known, err := s.lookedUp(ctx, d.Agency, rows)
	if err != nil {
		return balikan.Receipt{}, err
	}
	got := balikan.Receipt{At: d.At}
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		if _, err := q.TakeAnswers(ctx, sqldb.TakeAnswersParams{AgencyID: d.Agency}); err != nil {
			return fmt.Errorf("take answers of agency %d: %w", d.Agency, err)
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
		if err := known.since(ctx, q); err != nil {
			return err
		}
		var there []int
		for _, r := range rows {
			r.Unmatched = !known.there[string(r.NikIndex)] && (r.reading == "" || !known.there[string(s.readingIndex(r.reading))])
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
		return s.answer(ctx, q, d.Agency, answers)
	})
	return got, err
}

// A placedRow is an item's row with its place in the delivery.
type placedRow struct {
	sqldb.InsertBalikanParams
	place   int
	reading string
}

// A lookedUp is which of a delivery's persons the agency found by a lookup before a place of its log.
type lookedUp struct {
	of           *Balikan
	agency, upto int64
	there        map[string]bool // by blind index
	readings     bool            // some name the reading of a card that named nobody
}

// lookedUp reads for a delivery's persons what is filled, and then the log's records since.
func (s *Balikan) lookedUp(ctx context.Context, agency int64, rows []placedRow) (*lookedUp, error) {
	l := &lookedUp{of: s, agency: agency, there: make(map[string]bool, len(rows))}
	persons, index := make([]int64, 0, len(rows)), make(map[int64]string, len(rows))
	ask := func(of []byte) {
		if _, twice := l.there[string(of)]; !twice {
			l.there[string(of)] = false
			persons, index[place(of)] = append(persons, place(of)), string(of)
		}
	}
	for _, r := range rows {
		ask(r.NikIndex)
		if r.reading != "" {
			l.readings = true
			ask(s.readingIndex(r.reading))
		}
	}
	if len(persons) == 0 {
		return l, nil
	}
	slices.Sort(persons)
	err := s.db.derivedRead.tx(ctx, func(q *sqldb.Queries) error { // both of one moment
		filled, err := q.FilledOf(ctx, agency)
		if _, err := foundRow(err, "place"); err != nil {
			return err
		}
		l.upto = filled.Upto
		list, err := s.db.derive.ExpectationsOf(ctx, q, agency, persons)
		for _, e := range list {
			l.there[index[e.NikPlace]] = true
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read expectations: %w", err)
	}
	return l, errors.Join(s.db.Derived.foundInArchive(ctx, l), l.since(ctx, s.db.mainRead.q))
}

// since adds what the log's records say from the place on, up to its end.
func (l *lookedUp) since(ctx context.Context, q *sqldb.Queries) error {
	if len(l.there) == 0 {
		return nil
	}
	head, err := q.LogHead(ctx, l.agency)
	if _, err := foundRow(err, "log"); err != nil {
		return err
	}
	const most = 4096
	for ; l.upto < head.Size; l.upto = min(l.upto+most, head.Size) {
		list, err := q.FoundIndexes(ctx, sqldb.FoundIndexesParams{AgencyID: l.agency, Seq: l.upto, Seq_2: min(l.upto+most, head.Size)})
		if err != nil {
			return fmt.Errorf("read records: %w", err)
		}
		for _, i := range list {
			l.found(i)
		}
		if !l.readings {
			continue
		}
		rows, err := q.RecordsToFill(ctx, sqldb.RecordsToFillParams{AgencyID: l.agency, Seq: l.upto, Seq_2: min(l.upto+most, head.Size)})
		if err != nil {
			return fmt.Errorf("read records: %w", err)
		}
		for _, r := range rows {
			if r.Nobody && r.Outcome == string(access.Card) {
				reference, err := l.of.db.Journal.openReference(ctx, l.agency, r)
				if err != nil {
					return err
				}
				l.found(l.of.readingIndex(reference))
			}
		}
	}
	return nil
}

func (l *lookedUp) found(index []byte) {
	if _, asked := l.there[string(index)]; asked {
		l.there[string(index)] = true
	}
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
