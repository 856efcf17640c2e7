package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// Excuse implements balikan.Store.
func (s *Balikan) Excuse(ctx context.Context, agency, seq, by int64, at time.Time, reason string) (ok bool, err error) {
	for again := true; again; again = errors.Is(err, errAnswered) {
		if err := errors.Join(s.db.Derived.whole(ctx), s.db.Derived.catchUp(ctx, agency)); err != nil {
			return false, err
		}
		err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
			if _, err := s.answered(ctx, q, agency); err != nil {
				return err
			}
			e, err := s.db.derivedRead.q.ExpectationAt(ctx, sqldb.ExpectationAtParams{AgencyID: agency, Seq: seq})
			if known, err := foundRow(err, "expectation"); err != nil || !known || e.State != stateOpen {
				return err
			}
			ok = true
			return s.answer(ctx, q, agency, []sqldb.InsertAnswerParams{{State: stateExcused, Seq: seq, NikIndex: []byte{}, AtUs: micros(at),
				ByUser: by, Reason: reason}})
		})
	}
	if err != nil {
		return false, fmt.Errorf("excuse: %w", err)
	}
	return ok, nil
}

// errAnswered says that somebody answered between what was filled and the transaction.
var errAnswered = errors.New("somebody else answered meanwhile")

// answered holds the agency's answers and says how many there are, all of which are filled.
func (s *Balikan) answered(ctx context.Context, q *sqldb.Queries, agency int64) (int64, error) {
	n, err := q.TakeAnswers(ctx, sqldb.TakeAnswersParams{AgencyID: agency})
	if err != nil {
		return 0, fmt.Errorf("take answers of agency %d: %w", agency, err)
	}
	filled, err := s.db.derivedRead.q.FilledOf(ctx, agency)
	if _, err := foundRow(err, "place"); err != nil {
		return 0, err
	}
	if filled.Answers < n {
		return 0, errAnswered
	}
	return n, nil
}

// forget keeps the expectations of lookups before an instant, because the log will not tell them any more: of persons of whom a later
// record is left with their place, of all others without.
func (s *Balikan) forget(ctx context.Context, q *sqldb.Queries, agency int64, before time.Time) error {
	n, err := s.answered(ctx, q, agency)
	if err != nil {
		return err
	}
	later, err := s.db.derivedRead.q.UsedSince(ctx, sqldb.UsedSinceParams{AgencyID: agency, AtUs: micros(before)})
	if err != nil {
		return fmt.Errorf("read uses: %w", err)
	}
	left := make(map[int64]bool, len(later))
	for _, p := range later {
		left[p] = true
	}
	list, err := s.db.derivedRead.q.ExpectationsBefore(ctx, sqldb.ExpectationsBeforeParams{AgencyID: agency, OpenedUs: micros(before)})
	if err != nil {
		return fmt.Errorf("read expectations: %w", err)
	}
	for _, e := range list {
		if e.NikPlace == 0 {
			continue // forgotten before
		}
		index := []byte{}
		if left[e.NikPlace] {
			index = binary.BigEndian.AppendUint64(index, uint64(e.NikPlace))
		}
		err := q.KeepExpectation(ctx, sqldb.KeepExpectationParams{AgencyID: agency, Seq: e.Seq, N: n, NikIndex: index, OpenedUs: e.OpenedUs,
			DueUs: e.DueUs, UserID: e.UserID, Reference: e.Reference, Month: e.Month, State: e.State, ClosedUs: e.ClosedUs,
			ClosedPlace: e.ClosedPlace, ClosedBy: e.ClosedBy, Reason: e.Reason})
		if err != nil {
			return fmt.Errorf("keep expectation: %w", err)
		}
	}
	return s.answer(ctx, q, agency, []sqldb.InsertAnswerParams{{State: stateForgotten, Seq: -1, NikIndex: []byte{}, AtUs: micros(before)}})
}

// answer keeps what was answered, in the order of the agency's answers, at the place that its log has now.
func (s *Balikan) answer(ctx context.Context, q *sqldb.Queries, agency int64, list []sqldb.InsertAnswerParams) error {
	if len(list) == 0 {
		return nil
	}
	after, err := q.TakeAnswers(ctx, sqldb.TakeAnswersParams{AgencyID: agency, Answers: int64(len(list))})
	if err != nil {
		return fmt.Errorf("number answers: %w", err)
	}
	head, err := q.LogHead(ctx, agency)
	if _, err := foundRow(err, "log"); err != nil {
		return err
	}
	for i, a := range list {
		a.AgencyID, a.N, a.Place = agency, after-int64(len(list)-i), head.Size
		if err := q.InsertAnswer(ctx, a); err != nil {
			return fmt.Errorf("insert answer: %w", err)
		}
	}
	return nil
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
	if err := s.db.Derived.catchUp(ctx, agency); err != nil {
		return nil, err
	}
	first, last := monthsOf(from, to)
	rows, err := s.db.derivedRead.q.BalikanTotals(ctx, sqldb.BalikanTotalsParams{AgencyID: agency, FromMonth: first, ToMonth: last})
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
	if err := s.db.Derived.caughtUp(ctx); err != nil {
		return nil, err
	}
	first, last := monthsOf(from, to)
	rows, err := s.db.derivedRead.q.AllBalikanTotals(ctx, sqldb.AllBalikanTotalsParams{FromMonth: first, ToMonth: last})
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
	if err := s.db.Derived.catchUp(ctx, agency); err != nil {
		return 0, err
	}
	n, err := s.db.derivedRead.q.CountOverdue(ctx, sqldb.CountOverdueParams{AgencyID: agency, DueUs: micros(now)})
	if err != nil {
		return 0, fmt.Errorf("count overdue: %w", err)
	}
	return int(n), nil
}

// OverdueOf implements office.Balikan.
func (s *Balikan) OverdueOf(ctx context.Context, agency int64, p obligation.Semester, now time.Time) (int, error) {
	if err := errors.Join(s.db.Derived.whole(ctx), s.db.Derived.catchUp(ctx, agency)); err != nil {
		return 0, err
	}
	n, err := s.db.derivedRead.q.CountOverdueOf(ctx, sqldb.CountOverdueOfParams{
		AgencyID: agency, NowUs: micros(now), FromMonth: p.Begins().Format("2006-01"), ToMonth: p.Ends().Format("2006-01"),
	})
	if err != nil {
		return 0, fmt.Errorf("count overdue of a period: %w", err)
	}
	return int(n), nil
}

// Outstanding implements balikan.Store.
func (s *Balikan) Outstanding(ctx context.Context, w balikan.OutstandingQuery) ([]balikan.Expectation, error) {
	if err := s.db.Derived.catchUp(ctx, w.Agency); err != nil {
		return nil, err
	}
	p := sqldb.OpenExpectationsParams{AgencyID: w.Agency, AfterDue: -1, AfterSeq: w.AfterSeq, BeforeDue: 1 << 62, Most: int32(w.Limit)}
	if !w.Before.IsZero() {
		p.BeforeDue = micros(w.Before)
	}
	if !w.AfterDue.IsZero() {
		p.AfterDue = micros(w.AfterDue)
	}
	rows, err := s.db.derivedRead.q.OpenExpectations(ctx, p)
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
	if err := errors.Join(s.db.Derived.whole(ctx), s.db.Derived.catchUp(ctx, agency)); err != nil {
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
		rows, err := s.db.derivedRead.q.ReconciledBetween(ctx, sqldb.ReconciledBetweenParams{AgencyID: agency,
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
	overdue, err := s.db.derivedRead.q.CountOverdueBetween(ctx, sqldb.CountOverdueBetweenParams{AgencyID: agency, NowUs: micros(now),
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

// readingIndex stands where a person's index does, for a reading of a card that named nobody.
func (s *Balikan) readingIndex(reference string) []byte {
	return s.db.nikIndex.Index("pembacaan " + reference)
}
