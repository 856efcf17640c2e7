package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/store/sqldb"
)

// SetSender gives an institution a token for sending data balikan, with its record; older ones stop working. Only its hash is kept.
func (s *Store) SetSender(ctx context.Context, c journal.Change, x balikan.Sender, token string) error {
	h := party.HashSecret(token)
	c.Subject, c.After = "Data balikan", "token dikeluarkan untuk "+x.Name
	return s.change(ctx, x.Agency, c, func(q *sqldb.Queries) error {
		return errors.Join(q.RevokeBalikanTokens(ctx, sqldb.RevokeBalikanTokensParams{AgencyID: x.Agency, RevokedUs: micros(c.At)}),
			q.InsertBalikanToken(ctx, sqldb.InsertBalikanTokenParams{Hash: h[:], AgencyID: x.Agency, LembagaID: x.ID, Lembaga: x.Name, CreatedUs: micros(c.At)}))
	})
}

// Sender implements balikan.Store.
func (s *Store) Sender(ctx context.Context, token string) (balikan.Sender, bool, error) {
	h := party.HashSecret(token)
	r, err := s.mainRead.q.BalikanToken(ctx, h[:])
	ok, err := foundRow(err, "token")
	return balikan.Sender{Agency: r.AgencyID, ID: r.LembagaID, Name: r.Lembaga}, ok, err
}

// SenderOf is the institution's own name on the data balikan service; found is false when it has no token.
func (s *Store) SenderOf(ctx context.Context, agency int64) (balikan.Sender, bool, error) {
	r, err := s.mainRead.q.BalikanTokenOf(ctx, agency)
	ok, err := foundRow(err, "token")
	return balikan.Sender{Agency: r.AgencyID, ID: r.LembagaID, Name: r.Lembaga}, ok, err
}

// totals gathers changes of the sums, which are written once at the end of a transaction.
type totals map[sqldb.BalikanTotal]*sqldb.BalikanTotal

// of is the change for an agency, a user and a month.
func (t totals) of(agency, user int64, month string) *sqldb.BalikanTotal {
	key := sqldb.BalikanTotal{AgencyID: agency, UserID: user, Month: month}
	if t[key] == nil {
		row := key
		t[key] = &row
	}
	return t[key]
}

func (t totals) write(ctx context.Context, q *sqldb.Queries) error {
	for _, row := range t {
		if err := q.MoveTotals(ctx, sqldb.MoveTotalsParams(*row)); err != nil {
			return fmt.Errorf("move totals: %w", err)
		}
	}
	return nil
}

// feedBatch is how many places of a log one transaction reads; few, because records wait behind it.
const feedBatch = 1000

// FeedExpectations takes what has been looked up since into the expectations, all logs.
func (s *Store) FeedExpectations(ctx context.Context) error {
	logs, err := s.mainRead.q.LogsToFeed(ctx)
	if err != nil {
		return fmt.Errorf("read logs: %w", err)
	}
	for _, l := range logs {
		if err := s.feed(ctx, l.ID, l.Size); err != nil {
			return err
		}
	}
	return nil
}

// feed takes one log's lookups up to a place. Each transaction holds the log's row in balikan_fed, so that several processes take turns.
func (s *Store) feed(ctx context.Context, log, size int64) error {
	i, err := s.Institution(ctx, log)
	if err != nil {
		return err
	}
	all, err := s.agreements(ctx, log)
	if err != nil {
		return err
	}
	for more := true; more; {
		err := s.main.tx(ctx, func(q *sqldb.Queries) error {
			from, err := q.TakeFed(ctx, log)
			if err != nil || from >= size {
				more = false
				return err
			}
			to := min(from+feedBatch, size)
			rows, err := q.FoundFrom(ctx, sqldb.FoundFromParams{AgencyID: log, Seq: from, Seq_2: to})
			if err != nil {
				return err
			}
			sums := totals{}
			for _, r := range rows {
				at := instant(r.AtUs)
				last, err := q.LastExpectation(ctx, sqldb.LastExpectationParams{AgencyID: log, NikIndex: r.NikIndex})
				known, err := foundRow(err, "expectation")
				if err != nil {
					return err
				}
				if known && balikan.Covers(last.State == 0, instant(last.DueUs), last.Reference, at, r.Reference) {
					continue
				}
				day := i.Zone.Day(at)
				owed := agreement.DefaultBalikan
				if g, ok := agreement.Current(all, at, day); ok {
					owed = g.Balikan
				}
				month := day.Format("2006-01")
				err = q.InsertExpectation(ctx, sqldb.InsertExpectationParams{
					AgencyID: log, NikIndex: r.NikIndex, Seq: r.Seq, OpenedUs: r.AtUs, DueUs: micros(i.Zone.Begin(day.AddDate(0, 0, owed.Days+1))), UserID: r.UserID,
					Reference: r.Reference, Month: month,
				})
				if err != nil {
					return err
				}
				sums.of(log, r.UserID, month).Opened++
			}
			return errors.Join(sums.write(ctx, q), q.SetFed(ctx, sqldb.SetFedParams{AgencyID: log, Upto: to}))
		})
		if err != nil {
			return fmt.Errorf("feed expectations of log %d: %w", log, err)
		}
	}
	return nil
}

// catchUp takes what an agency has looked up before the call into its expectations.
func (s *Store) catchUp(ctx context.Context, agency int64) error {
	head, err := s.mainRead.q.LogHead(ctx, agency)
	if ok, err := foundRow(err, "log"); err != nil || !ok {
		return err
	}
	upto, err := s.mainRead.q.Fed(ctx, agency)
	if ok, err := foundRow(err, "place"); err != nil || ok && upto >= head.Size {
		return err
	}
	return s.feed(ctx, agency, head.Size)
}

// TakeBalikan implements balikan.Store. What was looked up before the call is expected by then, so that nothing is called unmatched because the feed is behind.
func (s *Store) TakeBalikan(ctx context.Context, d balikan.Delivery) error {
	if err := s.catchUp(ctx, d.Agency); err != nil {
		return err
	}
	var rows []sqldb.InsertBalikanParams
	var excused []sqldb.ExcuseExpectationsParams
	for _, i := range d.Items {
		if i.Reason != "" {
			excused = append(excused, sqldb.ExcuseExpectationsParams{
				AgencyID: d.Agency, NikIndex: s.nikIndex.Index(i.NIK.Digits()), ClosedUs: micros(d.At), Reason: i.Reason, ClosedBy: d.By,
			})
			continue
		}
		row, err := s.balikanRow(d, i)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	// One order for all deliveries, so that two on PostgreSQL never wait for each other in a ring.
	slices.SortFunc(rows, func(a, b sqldb.InsertBalikanParams) int { return slices.Compare(a.NikIndex, b.NikIndex) })
	return s.main.tx(ctx, func(q *sqldb.Queries) error {
		if _, err := q.TakeFed(ctx, d.Agency); err != nil {
			return fmt.Errorf("take log %d: %w", d.Agency, err)
		}
		if d.Key != "" {
			if err := s.takeKey(ctx, q, d); err != nil {
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
		for _, r := range rows {
			met, err := q.MeetExpectations(ctx, sqldb.MeetExpectationsParams{AgencyID: d.Agency, NikIndex: r.NikIndex, ClosedUs: r.AtUs})
			if err != nil {
				return fmt.Errorf("meet expectations: %w", err)
			}
			for _, e := range met {
				t := sums.of(d.Agency, e.UserID, e.Month)
				t.Met++
				if r.AtUs >= e.DueUs {
					t.Late++
				}
			}
			if len(met) == 0 {
				n, err := q.Expected(ctx, sqldb.ExpectedParams{AgencyID: d.Agency, NikIndex: r.NikIndex})
				if err != nil {
					return fmt.Errorf("read expectations: %w", err)
				}
				r.Unmatched = n == 0
			}
			n, err := q.InsertBalikan(ctx, r)
			if err != nil {
				return fmt.Errorf("insert data balikan: %w", err)
			}
			if n == 0 {
				return balikan.ErrRepeated
			}
		}
		return sums.write(ctx, q)
	})
}

// takeKey notes a delivery's key, or says that it is there. The caller holds the log's row in balikan_fed, so that two of one key take turns.
func (s *Store) takeKey(ctx context.Context, q *sqldb.Queries, d balikan.Delivery) error {
	plain := d.Digest()
	digest := s.nikIndex.Index(string(plain[:]))
	n, err := q.InsertDelivery(ctx, sqldb.InsertDeliveryParams{AgencyID: d.Agency, Delivery: d.Key, Digest: digest, AtUs: micros(d.At), Items: int64(len(d.Items))})
	if err != nil {
		return fmt.Errorf("insert delivery: %w", err)
	}
	if n == 1 {
		return nil
	}
	was, err := q.Delivery(ctx, sqldb.DeliveryParams{AgencyID: d.Agency, Delivery: d.Key})
	if err != nil {
		return fmt.Errorf("read delivery: %w", err)
	}
	return &balikan.Repeat{At: instant(was.AtUs), Same: bytes.Equal(was.Digest, digest)}
}

// Sent implements balikan.Store.
func (s *Store) Sent(ctx context.Context, agency int64, items []balikan.Item) ([]bool, error) {
	out := make([]bool, len(items))
	for n, i := range items {
		count, err := s.mainRead.q.BalikanIsThere(ctx, sqldb.BalikanIsThereParams{AgencyID: agency, Digest: s.balikanDigest(i)})
		if err != nil {
			return nil, fmt.Errorf("look for data balikan: %w", err)
		}
		out[n] = count > 0
	}
	return out, nil
}

// balikanDigest is an item's digest, keyed because NIKs are few enough to be tried.
func (s *Store) balikanDigest(i balikan.Item) []byte {
	digest := i.Digest()
	return s.nikIndex.Index(string(digest[:]))
}

// balikanRow seals an item.
func (s *Store) balikanRow(d balikan.Delivery, i balikan.Item) (sqldb.InsertBalikanParams, error) {
	p := sqldb.InsertBalikanParams{
		AgencyID: d.Agency, Digest: s.balikanDigest(i), AtUs: micros(d.At), ByUser: d.By, Via: d.Via, NikIndex: s.nikIndex.Index(i.NIK.Digits()), Incomplete: i.Incomplete,
	}
	plain, err := json.Marshal(sealedItem{i.NIK.Digits(), i.Params})
	if err != nil {
		return p, fmt.Errorf("encode data balikan: %w", err)
	}
	p.Sealed = s.balikanSeal.Seal(plain, p.Digest)
	return p, nil
}

// A sealedItem is what is sealed of an item.
type sealedItem struct {
	NIK    string
	Params []map[string]string
}

// Excuse implements balikan.Store.
func (s *Store) Excuse(ctx context.Context, agency, seq, by int64, at time.Time, reason string) (ok bool, err error) {
	err = s.main.tx(ctx, func(q *sqldb.Queries) error {
		rows, err := q.ExcuseExpectation(ctx, sqldb.ExcuseExpectationParams{AgencyID: agency, Seq: seq, ClosedUs: micros(at), Reason: reason, ClosedBy: by})
		if err != nil {
			return err
		}
		sums := totals{}
		for _, r := range rows {
			ok = true
			sums.of(agency, r.UserID, r.Month).Excused++
		}
		return sums.write(ctx, q)
	})
	if err != nil {
		return false, fmt.Errorf("excuse: %w", err)
	}
	return ok, nil
}

func monthsOf(from, to time.Time) (string, string) {
	last := "9999-99"
	if !to.IsZero() {
		last = to.Format("2006-01")
	}
	return from.Format("2006-01"), last
}

// Rates implements balikan.Store: by user, for lookups of the months from one to another.
func (s *Store) Rates(ctx context.Context, agency int64, from, to time.Time) ([]balikan.UserRate, error) {
	if err := s.catchUp(ctx, agency); err != nil {
		return nil, err
	}
	first, last := monthsOf(from, to)
	rows, err := s.mainRead.q.BalikanTotals(ctx, sqldb.BalikanTotalsParams{AgencyID: agency, FromMonth: first, ToMonth: last})
	if err != nil {
		return nil, fmt.Errorf("read totals: %w", err)
	}
	return each(rows, func(r sqldb.BalikanTotalsRow) balikan.UserRate {
		return balikan.UserRate{User: r.UserID, Login: r.Login, Rate: balikan.Rate{Opened: int(r.Opened), Met: int(r.Met), Late: int(r.Late), Excused: int(r.Excused)}}
	}), nil
}

// AllRates implements balikan.Store: by agency.
func (s *Store) AllRates(ctx context.Context, from, to time.Time) (map[int64]balikan.Rate, error) {
	first, last := monthsOf(from, to)
	rows, err := s.mainRead.q.AllBalikanTotals(ctx, sqldb.AllBalikanTotalsParams{FromMonth: first, ToMonth: last})
	if err != nil {
		return nil, fmt.Errorf("read totals: %w", err)
	}
	out := map[int64]balikan.Rate{}
	for _, r := range rows {
		out[r.AgencyID] = balikan.Rate{Opened: int(r.Opened), Met: int(r.Met), Late: int(r.Late), Excused: int(r.Excused)}
	}
	return out, nil
}

// Overdue implements balikan.Store.
func (s *Store) Overdue(ctx context.Context, agency int64, now time.Time) (int, error) {
	n, err := s.mainRead.q.CountOverdue(ctx, sqldb.CountOverdueParams{AgencyID: agency, DueUs: micros(now)})
	if err != nil {
		return 0, fmt.Errorf("count overdue: %w", err)
	}
	return int(n), nil
}

// Unmatched is how many data balikan of an agency name somebody whom it never looked up.
func (s *Store) Unmatched(ctx context.Context, agency int64) (int, error) {
	n, err := s.mainRead.q.CountUnmatched(ctx, agency)
	if err != nil {
		return 0, fmt.Errorf("count unmatched: %w", err)
	}
	return int(n), nil
}

// Outstanding implements balikan.Store.
func (s *Store) Outstanding(ctx context.Context, w balikan.OutstandingQuery) ([]balikan.Expectation, error) {
	if err := s.catchUp(ctx, w.Agency); err != nil {
		return nil, err
	}
	p := sqldb.OpenExpectationsParams{AgencyID: w.Agency, AfterDue: -1, AfterSeq: w.AfterSeq, BeforeDue: 1 << 62, Most: int32(w.Limit)}
	if !w.Before.IsZero() {
		p.BeforeDue = micros(w.Before)
	}
	if !w.AfterDue.IsZero() {
		p.AfterDue = micros(w.AfterDue)
	}
	rows, err := s.mainRead.q.OpenExpectations(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("read expectations: %w", err)
	}
	out := make([]balikan.Expectation, 0, len(rows))
	for _, r := range rows {
		rec, _, err := s.recordAt(ctx, journal.ID{Log: w.Agency, Seq: r.Seq})
		if err != nil {
			return nil, err
		}
		out = append(out, balikan.Expectation{
			Seq: r.Seq, Opened: instant(r.OpenedUs), Due: instant(r.DueUs), Login: r.Login, Reference: r.Reference, NIK: rec.NIK,
		})
	}
	return out, nil
}

// Received implements balikan.Store, newest first.
func (s *Store) Received(ctx context.Context, agency int64, before time.Time, unmatched bool, most int) ([]balikan.Received, error) {
	until := int64(1) << 62
	if !before.IsZero() {
		until = micros(before)
	}
	var rows []sqldb.ReceivedBalikanRow
	var err error
	if unmatched {
		var list []sqldb.UnmatchedBalikanRow
		list, err = s.mainRead.q.UnmatchedBalikan(ctx, sqldb.UnmatchedBalikanParams{AgencyID: agency, BeforeUs: until, Most: int32(most)})
		rows = each(list, func(r sqldb.UnmatchedBalikanRow) sqldb.ReceivedBalikanRow {
			return sqldb.ReceivedBalikanRow{Digest: r.Digest, AtUs: r.AtUs, Via: r.Via, Sealed: r.Sealed, Incomplete: r.Incomplete, Unmatched: true}
		})
	} else {
		rows, err = s.mainRead.q.ReceivedBalikan(ctx, sqldb.ReceivedBalikanParams{AgencyID: agency, BeforeUs: until, Most: int32(most)})
	}
	if err != nil {
		return nil, fmt.Errorf("read data balikan: %w", err)
	}
	out := make([]balikan.Received, 0, len(rows))
	for _, r := range rows {
		plain, err := s.balikanSeal.Open(nil, r.Sealed, r.Digest)
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
			At: instant(r.AtUs), Via: r.Via, Item: balikan.Item{NIK: n, Params: sealed.Params, Incomplete: r.Incomplete}, Incomplete: r.Incomplete, Unmatched: r.Unmatched,
		})
	}
	return out, nil
}
