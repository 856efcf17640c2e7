package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/office/report"
	"gapura/store/sqldb"
)

// sumBatch is how many places of a log one transaction sums up: some milliseconds, because records wait behind it.
const sumBatch = 5_000

// SumUsage takes what has been recorded since into the sums, all logs.
func (s *Store) SumUsage(ctx context.Context) error {
	logs, err := s.mainRead.q.LogsToSum(ctx)
	if err != nil {
		return fmt.Errorf("read logs: %w", err)
	}
	for _, l := range logs {
		if err := s.sum(ctx, l.ID, l.Size); err != nil {
			return err
		}
	}
	return nil
}

// sum takes one log's records up to a place. Each transaction holds the log's row in usage_fed, so that several processes take turns and each record counts once.
func (s *Store) sum(ctx context.Context, log, size int64) error {
	i, err := s.Institution(ctx, log)
	if err != nil {
		return err
	}
	for more := true; more; {
		err := s.main.tx(ctx, func(q *sqldb.Queries) error {
			from, err := q.TakeSummed(ctx, log)
			if err != nil || from >= size {
				more = false
				return err
			}
			to := min(from+sumBatch, size)
			return errors.Join(addUsage(ctx, q, log, from, to, 0, i.Zone), q.SetSummed(ctx, sqldb.SetSummedParams{AgencyID: log, Upto: to}))
		})
		if err != nil {
			return fmt.Errorf("sum up log %d: %w", log, err)
		}
	}
	return nil
}

// addUsage adds the records of some places that are not older than an instant (microseconds).
func addUsage(ctx context.Context, q *sqldb.Queries, log, from, to, since int64, z party.Zone) error {
	p := sqldb.SumUsageParams{AgencyID: log, FromSeq: from, ToSeq: to, SinceUs: since, OffsetUs: report.Shift(z)}
	return errors.Join(q.SumUsage(ctx, p), q.SumUsageDays(ctx, sqldb.SumUsageDaysParams(p)))
}

// RebuildUsage makes an agency's sums anew from its records. Days whose records went to an archive, wholly or in part, keep the sums that they have.
func (s *Store) RebuildUsage(ctx context.Context, agency int64) error {
	i, err := s.Institution(ctx, agency)
	if err != nil {
		return err
	}
	return s.main.tx(ctx, func(q *sqldb.Queries) error {
		upto, err := q.TakeSummed(ctx, agency)
		if err != nil {
			return err
		}
		from, day, since := int64(0), int64(0), int64(0)
		log, err := q.ArchiveOf(ctx, agency)
		if err != nil {
			return err
		}
		if log.Archived > 0 {
			first, err := q.FirstRecord(ctx, agency)
			if ok, err := foundRow(err, "first record"); err != nil || !ok {
				return err
			}
			begin := i.Zone.Day(instant(first)).AddDate(0, 0, 1)
			day, since = report.DayNumber(begin), micros(i.Zone.Begin(begin))
			if from, err = q.FirstRecordFrom(ctx, sqldb.FirstRecordFromParams{AgencyID: agency, AtUs: since}); err != nil || from < 0 {
				return err
			}
		}
		return errors.Join(
			q.DropUsage(ctx, sqldb.DropUsageParams{AgencyID: agency, Day: day}), q.DropUsageDays(ctx, sqldb.DropUsageDaysParams{AgencyID: agency, Day: day}),
			addUsage(ctx, q, agency, from, upto, since, i.Zone))
	})
}

// summed takes what an agency recorded before the call into its sums.
func (s *Store) summed(ctx context.Context, agency int64) error {
	head, err := s.mainRead.q.LogHead(ctx, agency)
	if ok, err := foundRow(err, "log"); err != nil || !ok {
		return err
	}
	upto, err := s.mainRead.q.Summed(ctx, agency)
	if ok, err := foundRow(err, "place"); err != nil || ok && upto >= head.Size {
		return err
	}
	return s.sum(ctx, agency, head.Size)
}

// Usage implements report.Sums.
func (s *Store) Usage(ctx context.Context, agency int64, from, to time.Time) ([]report.Usage, error) {
	if err := s.summed(ctx, agency); err != nil {
		return nil, err
	}
	rows, err := s.mainRead.q.UsageSums(ctx, sqldb.UsageSumsParams{AgencyID: agency, FromDay: report.DayNumber(from), ToDay: report.DayNumber(to)})
	if err != nil {
		return nil, fmt.Errorf("read sums: %w", err)
	}
	return each(rows, func(r sqldb.UsageSumsRow) report.Usage {
		return report.Usage{User: r.UserID, Act: r.Act, Method: r.Method, Purpose: r.Purpose, Outcome: r.Outcome, Lookups: int(r.Lookups), Hits: int(r.Hits)}
	}), nil
}

// UsageByDay implements report.Sums.
func (s *Store) UsageByDay(ctx context.Context, agency, user int64, from, to time.Time) ([]report.DayUsage, error) {
	if err := s.summed(ctx, agency); err != nil {
		return nil, err
	}
	first, last := report.DayNumber(from), report.DayNumber(to)
	if user != 0 {
		rows, err := s.mainRead.q.UserUsageByDay(ctx, sqldb.UserUsageByDayParams{AgencyID: agency, UserID: user, FromDay: first, ToDay: last})
		if err != nil {
			return nil, fmt.Errorf("read sums: %w", err)
		}
		return each(rows, func(r sqldb.UserUsageByDayRow) report.DayUsage { return dayUsage(sqldb.UsageByDayRow(r)) }), nil
	}
	rows, err := s.mainRead.q.UsageByDay(ctx, sqldb.UsageByDayParams{AgencyID: agency, FromDay: first, ToDay: last})
	if err != nil {
		return nil, fmt.Errorf("read sums: %w", err)
	}
	return each(rows, dayUsage), nil
}

func dayUsage(r sqldb.UsageByDayRow) report.DayUsage {
	return report.DayUsage{Day: report.Day(r.Day), Act: r.Act, Outcome: r.Outcome, Lookups: int(r.Lookups), Hits: int(r.Hits)}
}

// AllUsageByDay implements report.Sums.
func (s *Store) AllUsageByDay(ctx context.Context, from, to time.Time) ([]report.DayUsage, error) {
	if err := s.SumUsage(ctx); err != nil {
		return nil, err
	}
	rows, err := s.mainRead.q.AllUsageByDay(ctx, sqldb.AllUsageByDayParams{FromDay: report.DayNumber(from), ToDay: report.DayNumber(to)})
	if err != nil {
		return nil, fmt.Errorf("read sums: %w", err)
	}
	return each(rows, func(r sqldb.AllUsageByDayRow) report.DayUsage { return dayUsage(sqldb.UsageByDayRow(r)) }), nil
}

// AllUsageByAgency implements report.Sums.
func (s *Store) AllUsageByAgency(ctx context.Context, from, to time.Time) ([]report.AgencyUsage, error) {
	if err := s.SumUsage(ctx); err != nil {
		return nil, err
	}
	rows, err := s.mainRead.q.AllUsageByAgency(ctx, sqldb.AllUsageByAgencyParams{FromDay: report.DayNumber(from), ToDay: report.DayNumber(to)})
	if err != nil {
		return nil, fmt.Errorf("read sums: %w", err)
	}
	return each(rows, func(r sqldb.AllUsageByAgencyRow) report.AgencyUsage {
		return report.AgencyUsage{Agency: r.AgencyID, Act: r.Act, Outcome: r.Outcome, Lookups: int(r.Lookups), Hits: int(r.Hits)}
	}), nil
}
