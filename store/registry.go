package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store/sqldb"
)

// Registry is the provider's own copy of SIAK, a population.Source. Residents are sealed whole and found by blind index.
type Registry struct{ db *DB }

// Find implements population.Source. The row and the set that it is of are read at one moment.
func (r *Registry) Find(ctx context.Context, n nik.NIK) (population.Finding, error) {
	var f population.Finding
	index := r.db.personIndex.Index(n.Digits())
	row, err := r.row(ctx, place(index))
	if err != nil {
		return f, fmt.Errorf("read resident: %w", err)
	}
	if f.Set, err = setOf(row.SetNo, row.AsOf); err != nil {
		return f, err
	}
	if !bytes.Equal(row.NikIndex, index) {
		f.Person, f.Known, err = r.canary(ctx, index)
		return f, err
	}
	f.Known = true
	return f, r.openPerson(row.Sealed, index, &f.Person)
}

func (r *Registry) row(ctx context.Context, place int64) (sqldb.ResidentNowRow, error) {
	if r.db.postgres {
		return r.db.peopleRead.q.ResidentNow(ctx, place)
	}
	return r.db.snapshots.resident(ctx, place)
}

// place is where a resident stands in the table.
func place(index []byte) int64 { return int64(binary.BigEndian.Uint64(index)) }

// Count is the number of residents.
func (r *Registry) Count(ctx context.Context) (int64, error) {
	return r.db.peopleRead.q.CountResidents(ctx)
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
