package store

import (
	"context"
	"fmt"

	"gapura/access/access"
	"gapura/desk/leak"
	"gapura/internal/bahasa"
	"gapura/journal/journal"
	"gapura/person/population"
	"gapura/store/sqldb"
)

// Canaries are invented persons, planted for the check of what an agency keeps.
type Canaries struct{ db *DB }

// PlantCanaries keeps canaries for an agency, with a record in its log that names none of them.
func (s *Canaries) PlantCanaries(ctx context.Context, c journal.Change, agency int64, list []population.Person) error {
	c.Subject, c.After = "Orang uji", fmt.Sprintf("%s ditanam", bahasa.Number(len(list)))
	return s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		for _, p := range list {
			plain, err := p.AppendBinary(nil)
			if err != nil {
				return fmt.Errorf("encode canary: %w", err)
			}
			index := s.db.personIndex.Index(p.NIK.Digits())
			if err := q.PutCanary(ctx, sqldb.PutCanaryParams{NikIndex: index, AgencyID: agency, Sealed: s.db.personSeal.Seal(plain, index),
				PlantedUs: micros(c.At)}); err != nil {
				return fmt.Errorf("keep canary: %w", err)
			}
		}
		return nil
	})
}

// DropCanaries takes an agency's canaries away, with its record.
func (s *Canaries) DropCanaries(ctx context.Context, c journal.Change, agency int64) error {
	c.Subject, c.Before, c.After = "Orang uji", "ditanam", "dicabut"
	return s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		_, err := q.DropCanaries(ctx, agency)
		return err
	})
}

// Canaries are an agency's canaries with the records of its lookups of them.
func (s *Canaries) Canaries(ctx context.Context, agency int64) ([]leak.Canary, error) {
	rows, err := s.db.mainRead.q.Canaries(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read canaries: %w", err)
	}
	out := make([]leak.Canary, len(rows))
	for i, r := range rows {
		out[i].Planted = instant(r.PlantedUs)
		if err := s.db.Registry.openPerson(r.Sealed, r.NikIndex, &out[i].Person); err != nil {
			return nil, err
		}
		uses, _, err := s.db.Uses.Uses(ctx, access.UsesQuery{NIK: out[i].NIK, Withheld: true, Limit: 100})
		if err != nil {
			return nil, err
		}
		for _, u := range uses {
			if u.ID.Log == agency {
				out[i].Records = append(out[i].Records, u.ID.String())
			}
		}
	}
	return out, nil
}
