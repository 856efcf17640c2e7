package store

import (
	"context"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/outage"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Outages are planned outages as they were announced.
type Outages struct{ db *DB }

// AnnounceOutage implements office.Outages: the announcement with its record in the provider's own log.
func (s *Outages) AnnounceOutage(ctx context.Context, c journal.Change, o outage.Outage, told []procedure.Notice,
	mails []notify.Mail) error {
	c.Subject, c.After = "Gangguan terencana", o.Period(party.WIB)
	return s.db.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
		_, err := q.InsertOutage(ctx, sqldb.InsertOutageParams{FromUs: micros(o.From), ToUs: micros(o.To), Reason: o.Reason,
			AnnouncedUs: micros(c.At), AnnouncedBy: c.By})
		if err != nil {
			return fmt.Errorf("insert outage: %w", err)
		}
		return s.db.tell(ctx, q, told, mails)
	})
}

var errOutageOver = &told.Error{Kind: told.Moved, Field: "Pengumuman",
	Text: "Pengumuman ini sudah ditarik atau gangguannya sudah selesai. Silakan buka kembali halaman ini."}

// WithdrawOutage implements office.Outages: of one that is not over and was not withdrawn, with its record.
func (s *Outages) WithdrawOutage(ctx context.Context, c journal.Change, o outage.Outage, told []procedure.Notice,
	mails []notify.Mail) error {
	c.Subject, c.Before, c.After = "Gangguan terencana", o.Period(party.WIB), "ditarik"
	return s.db.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
		n, err := q.WithdrawOutage(ctx, sqldb.WithdrawOutageParams{ID: o.ID, AtUs: micros(c.At), ByUser: c.By})
		if err != nil {
			return fmt.Errorf("withdraw outage: %w", err)
		}
		if n != 1 {
			return errOutageOver
		}
		return s.db.tell(ctx, q, told, mails)
	})
}

// Outages are announcements before an id, newest first, those that are over or withdrawn too.
func (s *Outages) Outages(ctx context.Context, before int64, most int) ([]outage.Outage, error) {
	rows, err := s.db.mainRead.q.Outages(ctx, sqldb.OutagesParams{Before: orLast(before), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read outages: %w", err)
	}
	return each(rows, func(r sqldb.OutagesRow) outage.Outage {
		return outage.Outage{ID: r.ID, From: instant(r.FromUs), To: instant(r.ToUs), Reason: r.Reason, Announced: instant(r.AnnouncedUs),
			AnnouncedBy: r.Announcer, Withdrawn: instant(r.WithdrawnUs), TakenBack: r.Withdrawer}
	}), nil
}

// Standing are the announcements that are not over at an instant nor withdrawn, the next first.
func (s *Outages) Standing(ctx context.Context, now time.Time) ([]outage.Outage, error) {
	rows, err := s.db.mainRead.q.StandingOutages(ctx, micros(now))
	if err != nil {
		return nil, fmt.Errorf("read outages: %w", err)
	}
	return each(rows, func(r sqldb.Outage) outage.Outage {
		return outage.Outage{ID: r.ID, From: instant(r.FromUs), To: instant(r.ToUs), Reason: r.Reason, Announced: instant(r.AnnouncedUs)}
	}), nil
}
