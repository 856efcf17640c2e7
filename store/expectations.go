package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/office/report"
	"gapura/store/sqldb"
)

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
func (s *Balikan) FeedExpectations(ctx context.Context) error {
	logs, err := s.db.mainRead.q.LogsToFeed(ctx)
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
func (s *Balikan) feed(ctx context.Context, log, size int64) error {
	st, err := s.db.Rights.Agency(ctx, log)
	if err != nil {
		return err
	}
	for more := true; more; {
		err := s.db.main.tx(ctx, func(q *sqldb.Queries) error {
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
				reference, err := s.db.Journal.openReference(ctx, log, r)
				if err != nil {
					return err
				}
				if r.NikIndex == nil { // a chip without SAM names nobody: its reading answers for itself (H5)
					r.NikIndex = s.readingIndex(reference)
				}
				last, err := q.LastExpectation(ctx, sqldb.LastExpectationParams{AgencyID: log, NikIndex: r.NikIndex})
				known, err := foundRow(err, "expectation")
				if err != nil {
					return err
				}
				if known && balikan.Covers(last.State == 0, instant(last.DueUs), last.Reference, at, reference) {
					continue
				}
				day := st.Institution.Zone.Day(at)
				owed := agreement.Owed(st.Agreements, at, day)
				month := day.Format("2006-01")
				err = q.InsertExpectation(ctx, sqldb.InsertExpectationParams{
					AgencyID: log, NikIndex: r.NikIndex, Seq: r.Seq, OpenedUs: r.AtUs,
					DueUs: micros(st.Institution.Zone.Begin(day.AddDate(0, 0, owed.Days+1))), UserID: r.UserID,
					Reference: reference, Month: month,
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

// readingIndex stands where a person's index does, for a reading of a card that named nobody.
func (s *Balikan) readingIndex(reference string) []byte {
	return s.db.nikIndex.Index("pembacaan " + reference)
}

// catchUp takes what an agency has looked up before the call into its expectations.
func (s *Balikan) catchUp(ctx context.Context, agency int64) error {
	head, err := s.db.mainRead.q.LogHead(ctx, agency)
	if ok, err := foundRow(err, "log"); err != nil || !ok {
		return err
	}
	upto, err := s.db.mainRead.q.Fed(ctx, agency)
	if ok, err := foundRow(err, "place"); err != nil || ok && upto >= head.Size {
		return err
	}
	return s.feed(ctx, agency, head.Size)
}

// Excuse implements balikan.Store.
func (s *Balikan) Excuse(ctx context.Context, agency, seq, by int64, at time.Time, reason string) (ok bool, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		rows, err := q.ExcuseExpectation(ctx, sqldb.ExcuseExpectationParams{AgencyID: agency, Seq: seq, ClosedUs: micros(at),
			Reason: reason, ClosedBy: by})
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
func (s *Balikan) Rates(ctx context.Context, agency int64, from, to time.Time) ([]balikan.UserRate, error) {
	if err := s.catchUp(ctx, agency); err != nil {
		return nil, err
	}
	first, last := monthsOf(from, to)
	rows, err := s.db.mainRead.q.BalikanTotals(ctx, sqldb.BalikanTotalsParams{AgencyID: agency, FromMonth: first, ToMonth: last})
	if err != nil {
		return nil, fmt.Errorf("read totals: %w", err)
	}
	return each(rows, func(r sqldb.BalikanTotalsRow) balikan.UserRate {
		return balikan.UserRate{User: r.UserID, Login: r.Login, Rate: balikan.Rate{Opened: int(r.Opened), Met: int(r.Met),
			Late: int(r.Late), Excused: int(r.Excused)}}
	}), nil
}

// AllRates implements balikan.Store: by agency.
func (s *Balikan) AllRates(ctx context.Context, from, to time.Time) (map[int64]balikan.Rate, error) {
	first, last := monthsOf(from, to)
	rows, err := s.db.mainRead.q.AllBalikanTotals(ctx, sqldb.AllBalikanTotalsParams{FromMonth: first, ToMonth: last})
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
func (s *Balikan) Overdue(ctx context.Context, agency int64, now time.Time) (int, error) {
	n, err := s.db.mainRead.q.CountOverdue(ctx, sqldb.CountOverdueParams{AgencyID: agency, DueUs: micros(now)})
	if err != nil {
		return 0, fmt.Errorf("count overdue: %w", err)
	}
	return int(n), nil
}

// OverdueOf implements office.Balikan.
func (s *Balikan) OverdueOf(ctx context.Context, agency int64, p obligation.Semester, now time.Time) (int, error) {
	n, err := s.db.mainRead.q.CountOverdueOf(ctx, sqldb.CountOverdueOfParams{
		AgencyID: agency, NowUs: micros(now), FromMonth: p.Begins().Format("2006-01"), ToMonth: p.Ends().Format("2006-01"),
	})
	if err != nil {
		return 0, fmt.Errorf("count overdue of a period: %w", err)
	}
	return int(n), nil
}

// Outstanding implements balikan.Store.
func (s *Balikan) Outstanding(ctx context.Context, w balikan.OutstandingQuery) ([]balikan.Expectation, error) {
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
	rows, err := s.db.mainRead.q.OpenExpectations(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("read expectations: %w", err)
	}
	out := make([]balikan.Expectation, 0, len(rows))
	for _, r := range rows {
		rec, _, err := s.db.Journal.recordAt(ctx, journal.ID{Log: w.Agency, Seq: r.Seq})
		if err != nil {
			return nil, err
		}
		out = append(out, balikan.Expectation{
			Seq: r.Seq, Opened: instant(r.OpenedUs), Due: instant(r.DueUs), Login: r.Login, Reference: r.Reference, NIK: rec.NIK,
		})
	}
	return out, nil
}

// Reconciled implements office.Balikan. Whole months are read from their sums; what is left of a month is counted.
func (s *Balikan) Reconciled(ctx context.Context, agency int64, from, to, now time.Time) (out report.Balikan, err error) {
	i, err := s.db.Institutions.Institution(ctx, agency)
	if err != nil {
		return out, err
	}
	if err := s.catchUp(ctx, agency); err != nil {
		return out, err
	}
	users := map[int64]*report.BalikanLine{}
	add := func(user int64, login string, r balikan.Rate) {
		if users[user] == nil {
			users[user] = &report.BalikanLine{Login: login}
		}
		t := &users[user].Rate
		t.Opened, t.Met, t.Late, t.Excused = t.Opened+r.Opened, t.Met+r.Met, t.Late+r.Late, t.Excused+r.Excused
	}
	count := func(from, to time.Time) error {
		rows, err := s.db.mainRead.q.ReconciledBetween(ctx, sqldb.ReconciledBetweenParams{AgencyID: agency,
			FromUs: micros(i.Zone.Begin(from)), ToUs: micros(i.Zone.Begin(to))})
		for _, r := range rows {
			add(r.UserID, r.Login, balikan.Rate{Opened: int(r.Opened), Met: int(r.Met), Late: int(r.Late), Excused: int(r.Excused)})
		}
		return err
	}
	first, last := monthAfter(from.AddDate(0, 0, -1)), monthAfter(to).AddDate(0, -1, 0) // the whole months lie between
	if !first.Before(last) {
		err = count(from, to)
	} else {
		var rates []balikan.UserRate
		if rates, err = s.Rates(ctx, agency, first, last.AddDate(0, 0, -1)); err == nil {
			for _, r := range rates {
				add(r.User, r.Login, r.Rate)
			}
			err = errors.Join(count(from, first), count(last, to))
		}
	}
	if err != nil {
		return out, fmt.Errorf("reconcile: %w", err)
	}
	for _, u := range users {
		out.Users = append(out.Users, *u)
	}
	slices.SortFunc(out.Users, func(a, b report.BalikanLine) int { return strings.Compare(a.Login, b.Login) })
	a, b := micros(i.Zone.Begin(from)), micros(i.Zone.Begin(to))
	overdue, err := s.db.mainRead.q.CountOverdueBetween(ctx, sqldb.CountOverdueBetweenParams{AgencyID: agency, NowUs: micros(now),
		FromUs: a, ToUs: b})
	if err != nil {
		return out, fmt.Errorf("count overdue: %w", err)
	}
	unmatched, err := s.db.mainRead.q.CountUnmatchedBetween(ctx, sqldb.CountUnmatchedBetweenParams{AgencyID: agency, FromUs: a, ToUs: b})
	if err != nil {
		return out, fmt.Errorf("count unmatched: %w", err)
	}
	out.Overdue, out.Unmatched = int(overdue), int(unmatched)
	return out, nil
}

// monthAfter is the first day of the month after a day's.
func monthAfter(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month()+1, 1, 0, 0, 0, 0, time.UTC)
}
