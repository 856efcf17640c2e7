package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store/sqldb"
)

// Registry is the provider's own copy of SIAK, a population.Source. Residents are sealed whole and found by blind index.
type Registry struct{ db *DB }

// Find implements population.Source.
func (r *Registry) Find(ctx context.Context, n nik.NIK) (population.Person, bool, error) {
	var p population.Person
	index := r.db.personIndex.Index(n.Digits())
	row, err := r.row(ctx, place(index))
	if ok, err := foundRow(err, "resident"); err != nil {
		return p, false, err
	} else if !ok || !bytes.Equal(row.NikIndex, index) {
		return r.canary(ctx, index)
	}
	return p, true, r.openPerson(row.Sealed, index, &p)
}

func (r *Registry) row(ctx context.Context, place int64) (sqldb.ResidentRow, error) {
	if r.db.postgres {
		return r.db.people.q.Resident(ctx, place)
	}
	return r.db.snapshots.resident(ctx, place)
}

// place is where a resident stands in the table.
func place(index []byte) int64 { return int64(binary.BigEndian.Uint64(index)) }

// Count is the number of residents.
func (r *Registry) Count(ctx context.Context) (int64, error) {
	return r.db.people.q.CountResidents(ctx)
}

// importChunk is sorted by index before it is written: rows that come in the order of the tree touch each page once.
const importChunk = 100_000

// Import writes persons, replacing those whose NIK is there, in one transaction: all or none. An error of the sequence ends it, unless skip
// is given and takes it. progress, if not nil, is called now and then with the number of persons so far.
func (r *Registry) Import(ctx context.Context, people iter.Seq2[population.Person, error], skip func(error) bool,
	progress func(n int)) (int, error) {
	if _, err := r.db.people.PrepareContext(ctx, sqldb.PutResident); err != nil {
		return 0, fmt.Errorf("prepare import: %w", err)
	}
	count := 0
	err := r.db.people.tx(ctx, func(q *sqldb.Queries) error {
		chunk := make([]sqldb.PutResidentParams, 0, importChunk)
		flush := func() error {
			slices.SortStableFunc(chunk, func(a, b sqldb.PutResidentParams) int { return cmp.Compare(a.Place, b.Place) })
			for i, row := range chunk {
				switch n, err := q.PutResident(ctx, row); {
				case err != nil:
					return fmt.Errorf("write resident: %w", err)
				case n == 0: // as likely as drawing one given number out of 10^13 with a million residents
					return errors.New("write resident: another resident has this place; create a new key and import again")
				}
				if count++; progress != nil && i%10_000 == 0 {
					progress(count)
				}
			}
			chunk = chunk[:0]
			return nil
		}
		for p, err := range people {
			if err != nil {
				if skip != nil && skip(err) {
					continue
				}
				return err
			}
			plain, err := p.AppendBinary(nil)
			if err != nil {
				return fmt.Errorf("encode resident: %w", err)
			}
			index := r.db.personIndex.Index(p.NIK.Digits())
			chunk = append(chunk, sqldb.PutResidentParams{Place: place(index), NikIndex: index, Sealed: r.db.personSeal.Seal(plain, index)})
			if len(chunk) == importChunk {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		return flush()
	})
	if err != nil {
		return 0, err
	}
	if r.db.snapshots != nil {
		r.db.snapshots.imports.Add(1)
	}
	if progress != nil {
		progress(count)
	}
	return count, nil
}

// canary finds a person who was invented for the check of what an agency keeps.
func (r *Registry) canary(ctx context.Context, index []byte) (p population.Person, found bool, err error) {
	sealed, err := r.db.mainRead.q.Canary(ctx, index)
	if ok, err := foundRow(err, "canary"); err != nil || !ok {
		return p, false, err
	}
	return p, true, r.openPerson(sealed, index, &p)
}

func (r *Registry) openPerson(sealed, index []byte, p *population.Person) error {
	plain, err := r.db.personSeal.Open(nil, sealed, index)
	if err != nil {
		return fmt.Errorf("open resident: %w", err)
	}
	if err := p.UnmarshalBinary(plain); err != nil {
		return fmt.Errorf("decode resident: %w", err)
	}
	return nil
}
