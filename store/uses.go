package store

import (
	"context"
	"errors"
	"fmt"

	"gapura/access/access"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Uses is who asked for a NIK; it implements access.Uses.
type Uses struct{ db *DB }

// Uses implements access.Uses: it first takes in what has come since, so that nothing is missing;
// while the index is made anew it tells nothing.
func (s *Uses) Uses(ctx context.Context, w access.UsesQuery) ([]access.Use, int, error) {
	if err := errors.Join(s.db.Derived.whole(ctx), s.db.Derived.Fill(ctx)); err != nil {
		return nil, 0, err
	}
	p := sqldb.UsesParams{
		NikIndex: s.db.nikIndex.Index(w.NIK.Digits()), FromUs: micros(w.From), ToUs: 1 << 62, WithheldToo: w.Withheld,
		Today: dayText(w.Today), Skip: int32(w.Offset), Most: int32(w.Limit),
	}
	if !w.To.IsZero() {
		p.ToUs = micros(w.To)
	}
	p.NikPlace = place(p.NikIndex)
	total, err := s.db.derivedRead.q.CountUses(ctx, sqldb.CountUsesParams{NikPlace: p.NikPlace, NikIndex: p.NikIndex,
		FromUs: p.FromUs, ToUs: p.ToUs,
		WithheldToo: p.WithheldToo, Today: p.Today})
	if err != nil {
		return nil, 0, fmt.Errorf("count uses: %w", err)
	}
	rows, err := s.db.derivedRead.q.Uses(ctx, p)
	if err != nil {
		return nil, 0, fmt.Errorf("read uses: %w", err)
	}
	out := make([]access.Use, 0, len(rows))
	for _, r := range rows {
		rec, salt, err := s.db.Journal.recordAt(ctx, journal.ID{Log: r.AgencyID, Seq: r.Seq})
		if err != nil {
			return nil, 0, err
		}
		if rec.NIK != w.NIK {
			return nil, 0, fmt.Errorf("record %s: the index of uses does not fit", rec.ID)
		}
		out = append(out, access.Use{Record: rec, Salt: salt, Agency: r.AgencyName, Code: r.AgencyCode})
	}
	return out, int(total), nil
}

// withhold writes the effect that an order to withhold uses has; it keeps the NIK as its blind index only.
func (s *Rights) withhold(ctx context.Context, q *sqldb.Queries, e procedure.WithholdUses) error {
	i := e.Institution
	return q.InsertWithholding(ctx, sqldb.InsertWithholdingParams{
		AgencyID: i.ID, NikIndex: s.db.nikIndex.Index(e.NIK.Digits()), FromUs: micros(i.Zone.Begin(e.From)),
		ToUs: micros(i.Zone.Begin(e.To.AddDate(0, 0, 1))), Until: dayText(e.Until), OrderNumber: e.Order, Authority: e.Authority,
	})
}
