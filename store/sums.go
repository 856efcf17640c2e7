package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gapura/access/access"
	"gapura/journal/journal"
	"gapura/office/evaluation"
	"gapura/office/report"
	"gapura/person/population"
	"gapura/store/sqldb"
)

// Sums is sums of the records by day; it implements report.Sums.
type Sums struct{ db *DB }

// Usage implements report.Sums.
func (s *Sums) Usage(ctx context.Context, agency int64, from, to time.Time) ([]report.Usage, error) {
	if err := s.db.Derived.catchUp(ctx, agency); err != nil {
		return nil, err
	}
	rows, err := s.db.derivedRead.q.UsageSums(ctx, sqldb.UsageSumsParams{AgencyID: agency, FromDay: report.DayNumber(from),
		ToDay: report.DayNumber(to)})
	if err != nil {
		return nil, fmt.Errorf("read sums: %w", err)
	}
	return each(rows, func(r sqldb.UsageSumsRow) report.Usage {
		return report.Usage{User: r.UserID, Act: r.Act, Method: r.Method, Purpose: r.Purpose, Outcome: r.Outcome, Lookups: int(r.Lookups),
			Hits: int(r.Hits)}
	}), nil
}

// UsedElements implements office.Sums.
func (s *Sums) UsedElements(ctx context.Context, agency int64, from, to time.Time) (map[string]evaluation.Uses, error) {
	if err := s.db.Derived.catchUp(ctx, agency); err != nil {
		return nil, err
	}
	rows, err := s.db.derivedRead.q.UsedElements(ctx, sqldb.UsedElementsParams{AgencyID: agency, FromDay: report.DayNumber(from),
		ToDay: report.DayNumber(to)})
	if err != nil {
		return nil, fmt.Errorf("read used elements: %w", err)
	}
	out := map[string]evaluation.Uses{}
	for _, r := range rows {
		u := out[r.Purpose]
		out[r.Purpose] = evaluation.Uses{Persons: u.Persons + int(r.Uses), Elements: u.Elements | population.Elements(r.Elements)}
	}
	return out, nil
}

// UsageByDay implements report.Sums.
func (s *Sums) UsageByDay(ctx context.Context, agency, user int64, from, to time.Time) ([]report.DayUsage, error) {
	if err := s.db.Derived.catchUp(ctx, agency); err != nil {
		return nil, err
	}
	first, last := report.DayNumber(from), report.DayNumber(to)
	if user != 0 {
		rows, err := s.db.derivedRead.q.UserUsageByDay(ctx, sqldb.UserUsageByDayParams{AgencyID: agency, UserID: user, FromDay: first,
			ToDay: last})
		if err != nil {
			return nil, fmt.Errorf("read sums: %w", err)
		}
		return each(rows, func(r sqldb.UserUsageByDayRow) report.DayUsage { return dayUsage(sqldb.UsageByDayRow(r)) }), nil
	}
	rows, err := s.db.derivedRead.q.UsageByDay(ctx, sqldb.UsageByDayParams{AgencyID: agency, FromDay: first, ToDay: last})
	if err != nil {
		return nil, fmt.Errorf("read sums: %w", err)
	}
	return each(rows, dayUsage), nil
}

func dayUsage(r sqldb.UsageByDayRow) report.DayUsage {
	return report.DayUsage{Day: report.Day(r.Day), Act: r.Act, Outcome: r.Outcome, Lookups: int(r.Lookups), Hits: int(r.Hits)}
}

// AllUsageByDay implements report.Sums.
func (s *Sums) AllUsageByDay(ctx context.Context, from, to time.Time) ([]report.DayUsage, error) {
	if err := s.db.Derived.caughtUp(ctx); err != nil {
		return nil, err
	}
	rows, err := s.db.derivedRead.q.AllUsageByDay(ctx, sqldb.AllUsageByDayParams{FromDay: report.DayNumber(from),
		ToDay: report.DayNumber(to)})
	if err != nil {
		return nil, fmt.Errorf("read sums: %w", err)
	}
	return each(rows, func(r sqldb.AllUsageByDayRow) report.DayUsage { return dayUsage(sqldb.UsageByDayRow(r)) }), nil
}

// AllUsageByAgency implements report.Sums.
func (s *Sums) AllUsageByAgency(ctx context.Context, from, to time.Time) ([]report.AgencyUsage, error) {
	if err := s.db.Derived.caughtUp(ctx); err != nil {
		return nil, err
	}
	rows, err := s.db.derivedRead.q.AllUsageByAgency(ctx, sqldb.AllUsageByAgencyParams{FromDay: report.DayNumber(from),
		ToDay: report.DayNumber(to)})
	if err != nil {
		return nil, fmt.Errorf("read sums: %w", err)
	}
	return each(rows, func(r sqldb.AllUsageByAgencyRow) report.AgencyUsage {
		return report.AgencyUsage{Agency: r.AgencyID, Act: r.Act, Outcome: r.Outcome, Lookups: int(r.Lookups), Hits: int(r.Hits)}
	}), nil
}

// DayTotals are the sums of all agencies, by day.
func (s *Sums) DayTotals(ctx context.Context, from, to time.Time) ([]evaluation.DayTotals, error) {
	if err := s.db.Derived.caughtUp(ctx); err != nil {
		return nil, err
	}
	rows, err := s.db.derivedRead.q.DayTotals(ctx, sqldb.DayTotalsParams{FromDay: report.DayNumber(from), ToDay: report.DayNumber(to)})
	if err != nil {
		return nil, fmt.Errorf("read sums by day: %w", err)
	}
	return each(rows, func(r sqldb.DayTotalsRow) evaluation.DayTotals {
		return evaluation.DayTotals{Day: report.Day(r.Day), Lookups: int(r.Lookups), Hits: int(r.Hits), Found: int(r.Found),
			Notices: int(r.Notices)}
	}), nil
}

// TotalsOf implements office.Sums.
func (s *Sums) TotalsOf(ctx context.Context, agency int64, from, to time.Time) (t evaluation.Totals, err error) {
	rows, err := s.UsageByDay(ctx, agency, 0, from, to)
	for _, u := range rows {
		if u.Act != journal.ActLookup && u.Act != journal.ActMatch {
			continue
		}
		t.Lookups, t.Hits = t.Lookups+u.Lookups, t.Hits+u.Hits
		if n := map[access.Code]*int{
			access.Found: &t.Found, access.Deceased: &t.Deceased, access.Duplicate: &t.Duplicate, access.Unknown: &t.Unknown,
			access.Inactive: &t.Inactive, access.Malformed: &t.Malformed,
		}[access.Code(u.Outcome)]; n != nil {
			*n += u.Lookups
		}
	}
	return t, err
}

// AgencyTotals implements office.Sums. Whole months have sums of their own; days are read only before the first and after the last of them.
func (s *Sums) AgencyTotals(ctx context.Context, from, to time.Time) (map[int64]evaluation.Totals, error) {
	if err := s.db.Derived.caughtUp(ctx); err != nil {
		return nil, err
	}
	q, out := s.db.derivedRead.q, map[int64]evaluation.Totals{}
	add := func(rows []sqldb.AgencyTotalsRow, err error) error {
		if err != nil {
			return fmt.Errorf("read sums by agency: %w", err)
		}
		for _, r := range rows {
			t := out[r.AgencyID]
			t.Add(evaluation.Totals{Lookups: int(r.Lookups), Hits: int(r.Hits), Found: int(r.Found), Deceased: int(r.Deceased),
				Duplicate: int(r.Duplicate), Unknown: int(r.Unknown), Inactive: int(r.Inactive), Malformed: int(r.Malformed)})
			out[r.AgencyID] = t
		}
		return nil
	}
	days := func(from, to time.Time) error {
		if !from.Before(to) {
			return nil
		}
		return add(q.AgencyTotals(ctx, sqldb.AgencyTotalsParams{FromDay: report.DayNumber(from), ToDay: report.DayNumber(to)}))
	}
	first, last := monthBegin(from.AddDate(0, 0, -1)).AddDate(0, 1, 0), monthBegin(to)
	if !first.Before(last) {
		return out, days(from, to)
	}
	months, err := q.AgencyMonthTotals(ctx, sqldb.AgencyMonthTotalsParams{FromMonth: report.MonthNumber(first),
		ToMonth: report.MonthNumber(last)})
	err = add(each(months, func(r sqldb.AgencyMonthTotalsRow) sqldb.AgencyTotalsRow { return sqldb.AgencyTotalsRow(r) }), err)
	return out, errors.Join(err, days(from, first), days(last, to))
}

// monthBegin is the first day of a day's month.
func monthBegin(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, day.Location())
}
