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

// canary finds a person who was invented for the check of what an agency keeps.
func (r Registry) canary(ctx context.Context, index []byte) (p population.Person, found bool, err error) {
	sealed, err := r.s.mainRead.q.Canary(ctx, index)
	if ok, err := foundRow(err, "canary"); err != nil || !ok {
		return p, false, err
	}
	return p, true, r.s.openPerson(sealed, index, &p)
}

func (s *Store) openPerson(sealed, index []byte, p *population.Person) error {
	plain, err := s.personSeal.Open(nil, sealed, index)
	if err != nil {
		return fmt.Errorf("open resident: %w", err)
	}
	if err := p.UnmarshalBinary(plain); err != nil {
		return fmt.Errorf("decode resident: %w", err)
	}
	return nil
}

// PlantCanaries keeps canaries for an agency, with a record in its log that names none of them.
func (s *Store) PlantCanaries(ctx context.Context, c journal.Change, agency int64, list []population.Person) error {
	c.Subject, c.After = "Orang uji", fmt.Sprintf("%s ditanam", bahasa.Number(len(list)))
	return s.change(ctx, agency, c, func(q *sqldb.Queries) error {
		for _, p := range list {
			plain, err := p.AppendBinary(nil)
			if err != nil {
				return fmt.Errorf("encode canary: %w", err)
			}
			index := s.personIndex.Index(p.NIK.Digits())
			if err := q.PutCanary(ctx, sqldb.PutCanaryParams{NikIndex: index, AgencyID: agency, Sealed: s.personSeal.Seal(plain, index), PlantedUs: micros(c.At)}); err != nil {
				return fmt.Errorf("keep canary: %w", err)
			}
		}
		return nil
	})
}

// DropCanaries takes an agency's canaries away, with its record.
func (s *Store) DropCanaries(ctx context.Context, c journal.Change, agency int64) error {
	c.Subject, c.Before, c.After = "Orang uji", "ditanam", "dicabut"
	return s.change(ctx, agency, c, func(q *sqldb.Queries) error {
		_, err := q.DropCanaries(ctx, agency)
		return err
	})
}

// Canaries are an agency's canaries with the records of its lookups of them.
func (s *Store) Canaries(ctx context.Context, agency int64) ([]leak.Canary, error) {
	rows, err := s.mainRead.q.Canaries(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read canaries: %w", err)
	}
	out := make([]leak.Canary, len(rows))
	for i, r := range rows {
		out[i].Planted = instant(r.PlantedUs)
		if err := s.openPerson(r.Sealed, r.NikIndex, &out[i].Person); err != nil {
			return nil, err
		}
		uses, _, err := s.Uses(ctx, access.UsesQuery{NIK: out[i].NIK, Withheld: true, Limit: 100})
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
