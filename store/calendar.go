package store

import (
	"context"
	"fmt"

	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/store/sqldb"
)

// Calendar is the days on which nobody works.
type Calendar struct{ db *DB }

// Holidays implements office.Calendar. A calendar that was never edited is the decreed one.
func (s *Calendar) Holidays(ctx context.Context) ([]obligation.Holiday, error) {
	rows, err := s.db.mainRead.q.Holidays(ctx)
	if err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	if len(rows) == 0 {
		return obligation.DefaultHolidays(), nil
	}
	return eachRead(rows, func(r sqldb.Holiday) (obligation.Holiday, error) {
		in := stored{table: "holidays", key: r.Name}
		h := obligation.Holiday{Day: in.day("day", r.Day), Kind: r.Kind, Name: r.Name, Source: r.Source, Estimated: r.Estimated}
		return h, in.err
	})
}

// PutHoliday adds or changes a day of the calendar, with its record.
func (s *Calendar) PutHoliday(ctx context.Context, c journal.Change, h obligation.Holiday) error {
	c.Subject, c.After = "Kalender "+dayText(h.Day), h.Name
	return s.db.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
		return editCalendar(ctx, q, func(q *sqldb.Queries) error { return putHoliday(ctx, q, h) })
	})
}

// editCalendar writes the decreed calendar down first, once, because from then on the office's own counts.
func editCalendar(ctx context.Context, q *sqldb.Queries, edit func(*sqldb.Queries) error) error {
	rows, err := q.Holidays(ctx)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		for _, h := range obligation.DefaultHolidays() {
			if err := putHoliday(ctx, q, h); err != nil {
				return err
			}
		}
	}
	return edit(q)
}

// putDecree puts a decree's days in the place of all of its year.
func putDecree(ctx context.Context, q *sqldb.Queries, d office.DecreeChange) error {
	if err := q.DeleteYear(ctx, fmt.Sprintf("%04d-%%", d.Year)); err != nil {
		return fmt.Errorf("clear the calendar of %d: %w", d.Year, err)
	}
	for _, h := range d.Days {
		if h.Day.Year() != d.Year {
			return fmt.Errorf("a day of the decree of %d is not of that year", d.Year)
		}
		if err := putHoliday(ctx, q, h); err != nil {
			return err
		}
	}
	return nil
}

func putHoliday(ctx context.Context, q *sqldb.Queries, h obligation.Holiday) error {
	return q.PutHoliday(ctx, sqldb.PutHolidayParams{Day: dayText(h.Day), Kind: h.Kind, Name: h.Name, Source: h.Source,
		Estimated: h.Estimated})
}
