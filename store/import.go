package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"gapura/internal/told"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store/sqldb"
)

// importChunk is how many rows are sorted by place before they are written: rows that come in the order of the tree touch each page once,
// and of a large registry each chunk touches nearly all pages. So many take 60 MB at most.
const importChunk = 200_000

// Import takes a file of residents in as a new set, in one transaction: all or none, and no lookup rests on parts of two sets. It returns
// what it changed. While it runs, Running tells how far it is. An error of a row is the caller's to skip; every other error ends it.
func (r *Registry) Import(ctx context.Context, in population.Import) (population.Report, error) {
	run, err := r.beginImport(ctx, in)
	if err != nil {
		return in.Report, err
	}
	t := &take{db: r.db, in: in, report: in.Report, run: run}
	err = t.all(ctx)
	if err != nil {
		t.set = 0
	}
	return t.report, errors.Join(err, run.end(context.WithoutCancel(ctx), t.set, err))
}

// A take is one import in its transaction.
type take struct {
	db     *DB
	in     population.Import
	report population.Report
	run    *importRun
	set    int64
	chunk  []arrival
	plain  []byte // of all arrivals, one behind the other
	q      *sqldb.Queries
}

// An arrival is a row of a full set on its way to the table. It is small, because many wait together.
type arrival struct {
	place         int64
	index, digest [16]byte
	line          int32
	plain, size   uint32 // where it stands in the take's plain
}

// row is as much of the row as a report needs.
func (a *arrival) row() population.Row { return population.Row{Line: int(a.line)} }

func (t *take) all(ctx context.Context) error {
	floor, err := t.db.main.q.RightsNow(ctx)
	if err != nil {
		return fmt.Errorf("read set of residents: %w", err)
	}
	err = t.db.people.tx(ctx, func(q *sqldb.Queries) error {
		before, err := q.CurrentSet(ctx)
		if err != nil {
			return fmt.Errorf("read set of residents: %w", err)
		}
		now, err := setOf(before.SetNo, before.AsOf)
		if err != nil {
			return err
		}
		if t.in.AsOf.Before(now.AsOf) && !t.in.Older {
			return told.Refuse("data berkas ini lebih lama daripada data yang sedang dipakai")
		}
		t.q, t.set = q, max(now.Number, floor.PopulationSet)+1
		if t.report.Kind == population.Full {
			err = t.full(ctx)
		} else {
			err = t.changes(ctx)
		}
		if err != nil {
			return err
		}
		return t.finish(ctx)
	})
	if err != nil {
		return err
	}
	if s := t.db.snapshots; s != nil {
		s.atLeast(t.set)
		// Should this fail, the first lookup that rests on the set does it.
		_ = t.db.main.q.RaiseSet(ctx, t.set)
	}
	return nil
}

// finish writes the set's own row; on PostgreSQL, where all is one database, the set counts for all from the commit on.
func (t *take) finish(ctx context.Context) error {
	if t.in.Left != nil {
		t.report.Left = append(t.report.Left, t.in.Left()...)
	}
	err := t.q.AddSet(ctx, sqldb.AddSetParams{SetNo: t.set, AsOf: dayText(t.in.AsOf), AtUs: micros(t.in.At), Report: jsonText(t.report)})
	if err != nil {
		return fmt.Errorf("write set of residents: %w", err)
	}
	if t.db.postgres {
		return t.q.RaiseSet(ctx, t.set)
	}
	return nil
}

// skip counts a bad row out, unless nobody wants to go on without it.
func (t *take) skip(err error) error {
	if t.in.Skip == nil || !t.in.Skip(err) {
		return err
	}
	t.report.Bad++
	return nil
}

func (t *take) took() {
	t.report.Rows++
	t.run.rows.Store(int64(t.report.Rows))
	if t.in.Progress != nil && t.report.Rows%10_000 == 0 {
		t.in.Progress(t.report.Rows)
	}
}

// full writes all rows and takes away whom none of them is about.
func (t *take) full(ctx context.Context) error {
	for row, err := range t.in.Rows {
		if err == nil {
			err = t.arrives(ctx, row)
		} else {
			err = t.skip(err)
		}
		if err != nil {
			return err
		}
	}
	if err := t.flush(ctx); err != nil {
		return err
	}
	gone, err := t.q.RemoveMissing(ctx)
	if err == nil {
		err = t.q.ForgetArrivals(ctx)
	}
	if err != nil {
		return fmt.Errorf("remove residents: %w", err)
	}
	there := t.report.Counts[population.Same] + t.report.Counts[population.Corrected]
	if gone > 0 && t.in.MayRemove != nil {
		if err := t.in.MayRemove(int(gone), there+int(gone)); err != nil {
			return err
		}
	}
	t.report.Gone(int(gone))
	t.report.Total = there + t.report.Counts[population.Added]
	return nil
}

// arrives has a row wait until its chunk is full.
func (t *take) arrives(ctx context.Context, row population.Row) error {
	person, err := row.Onto(nil)
	if err != nil {
		return err
	}
	from := len(t.plain)
	if t.plain, err = person.AppendBinary(t.plain); err != nil {
		return fmt.Errorf("encode resident: %w", err)
	}
	plain := t.plain[from:]
	r := t.db.digest(person.NIK, plain)
	a := arrival{place: r.Place, line: int32(row.Line), plain: uint32(from), size: uint32(len(plain))}
	copy(a.index[:], r.NikIndex)
	copy(a.digest[:], r.Digest)
	if t.chunk = append(t.chunk, a); len(t.chunk) < importChunk {
		return nil
	}
	return t.flush(ctx)
}

// flush takes in the rows that came since the last: those that are new or changed are written.
func (t *take) flush(ctx context.Context) error {
	slices.SortFunc(t.chunk, func(a, b arrival) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.plain, b.plain)) })
	const step = 4096 // so that progress is seen
	for rest := t.chunk; len(rest) > 0; {
		n := min(step, len(rest))
		for n < len(rest) && rest[n].place == rest[n-1].place {
			n++
		}
		if err := t.part(ctx, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	t.chunk, t.plain = t.chunk[:0], t.plain[:0]
	return nil
}

func (t *take) part(ctx context.Context, rows []arrival) error {
	places := make([]int64, 0, len(rows))
	for i := range rows {
		if i == 0 || rows[i].place != rows[i-1].place {
			places = append(places, rows[i].place)
		}
	}
	fresh, err := t.db.take.Arrive(ctx, t.q, places)
	if err != nil {
		return fmt.Errorf("note residents: %w", err)
	}
	slices.Sort(fresh)
	there, err := t.db.take.Digests(ctx, t.q, fresh)
	if err != nil {
		return fmt.Errorf("read residents: %w", err)
	}
	var write []sqldb.PutResidentParams
	var repeats []*arrival
	for i := range rows {
		a := &rows[i]
		_, first := slices.BinarySearch(fresh, a.place)
		if !first || i > 0 && a.place == rows[i-1].place {
			repeats = append(repeats, a)
			continue
		}
		before, known := there[a.place]
		effect := population.Added
		switch {
		case known && !bytes.Equal(before.NikIndex, a.index[:]):
			return errPlace
		case known && bytes.Equal(before.Digest, a.digest[:]):
			effect = population.Same
		case known:
			effect = population.Corrected
		}
		if effect != population.Same {
			write = append(write, t.db.sealed(sqldb.ResidentDigestRow{Place: a.place, NikIndex: a.index[:], Digest: a.digest[:]},
				t.plain[a.plain:a.plain+a.size]))
		}
		t.report.Note(a.row(), effect)
		t.took()
	}
	if err := t.db.take.Put(ctx, t.q, write); err != nil {
		return fmt.Errorf("write residents: %w", err)
	}
	for _, a := range repeats {
		if err := t.again(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// again looks at a row whose resident this set has already.
func (t *take) again(ctx context.Context, a *arrival) error {
	there, err := t.q.ResidentDigest(ctx, a.place)
	switch {
	case err != nil:
		return fmt.Errorf("read resident: %w", err)
	case !bytes.Equal(there.NikIndex, a.index[:]):
		return errPlace
	case bytes.Equal(there.Digest, a.digest[:]):
		t.report.Repeats++
		return nil
	}
	return t.skip(a.row().Twice())
}

// errPlace is as likely as drawing one given number out of 10^13 with a million residents.
var errPlace = errors.New("write resident: another resident has this place; create a new key and import again")

// changes applies a change file, row by row.
func (t *take) changes(ctx context.Context) error {
	before, err := t.q.CountResidents(ctx)
	if err != nil {
		return fmt.Errorf("count residents: %w", err)
	}
	for row, err := range t.in.Rows {
		if err == nil {
			err = t.change(ctx, row)
		}
		var bad *population.RowError
		switch {
		case err == nil:
			t.took()
		case !errors.As(err, &bad):
			return err
		default:
			if err := t.skip(err); err != nil {
				return err
			}
		}
	}
	t.report.Total = int(before) + t.report.Counts[population.Added] - t.report.Counts[population.Removed]
	return nil
}

func (t *take) change(ctx context.Context, row population.Row) error {
	index := t.db.personIndex.Index(row.NIK.Digits())
	found, err := t.q.Resident(ctx, place(index))
	known, err := foundRow(err, "resident")
	if err != nil {
		return err
	}
	var before *population.Person
	if known && !bytes.Equal(found.NikIndex, index) {
		return errPlace
	}
	if known {
		before = &population.Person{}
		if err := t.db.Registry.openPerson(found.Sealed, index, before); err != nil {
			return err
		}
	}
	after, err := row.Onto(before)
	if err != nil {
		return err
	}
	effect := population.EffectOf(row.Change, before, after)
	switch effect {
	case population.Same:
	case population.Removed:
		err = t.q.RemoveResident(ctx, sqldb.RemoveResidentParams{Place: place(index), NikIndex: index})
	default:
		var plain []byte
		if plain, err = after.AppendBinary(nil); err == nil {
			err = t.q.PutResident(ctx, t.db.sealed(t.db.digest(after.NIK, plain), plain))
		}
	}
	if err != nil {
		return fmt.Errorf("write resident: %w", err)
	}
	t.report.Note(row, effect)
	return nil
}

// digest is where a resident stands, and what of the bytes that are sealed tells a changed one.
func (s *DB) digest(n nik.NIK, plain []byte) sqldb.ResidentDigestRow {
	index := s.personIndex.Index(n.Digits())
	return sqldb.ResidentDigestRow{Place: place(index), NikIndex: index, Digest: s.personIndex.Index(string(plain))[:16]}
}

func (s *DB) sealed(r sqldb.ResidentDigestRow, plain []byte) sqldb.PutResidentParams {
	return sqldb.PutResidentParams{Place: r.Place, NikIndex: r.NikIndex, Sealed: s.personSeal.Seal(plain, r.NikIndex), Digest: r.Digest}
}
