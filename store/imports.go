package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gapura/internal/told"
	"gapura/person/population"
	"gapura/store/sqldb"
)

// An importRun tells others how far an import is.
type importRun struct {
	db   *DB
	id   int64
	rows atomic.Int64
	stop chan struct{}
	done sync.WaitGroup
}

// beginImport notes that an import begins; of two at once the second is refused.
func (r *Registry) beginImport(ctx context.Context, in population.Import) (*importRun, error) {
	last, known, err := r.LastImport(ctx)
	if err != nil {
		return nil, err
	}
	if known && last.Running(time.Now()) {
		return nil, told.Refuse("impor lain sedang berjalan; tunggu sampai selesai")
	}
	id, err := r.db.main.q.BeginImport(ctx, sqldb.BeginImportParams{BeganUs: in.At.UnixMicro(), SeenUs: time.Now().UnixMicro(),
		ByWhom: in.Report.By, Kind: string(in.Report.Kind), FileHash: in.Report.Hash})
	if err != nil {
		return nil, fmt.Errorf("note import: %w", err)
	}
	run := &importRun{db: r.db, id: id, stop: make(chan struct{})}
	run.done.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-run.stop:
				return
			case now := <-tick.C: // what fails is said a second later
				_ = r.db.main.q.SeeImport(ctx, sqldb.SeeImportParams{ID: id, SeenUs: now.UnixMicro(), FileRows: run.rows.Load()})
			}
		}
	})
	return run, nil
}

// end says how the import ended: the set that it made, or why it made none.
func (run *importRun) end(ctx context.Context, set int64, why error) error {
	close(run.stop)
	run.done.Wait()
	problem := ""
	if why != nil {
		problem = "terjadi gangguan"
		var bad *population.RowError
		if text, ok := told.Text(why); ok {
			problem = text
		} else if errors.As(why, &bad) {
			problem = bad.Error()
		}
	}
	err := run.db.main.q.EndImport(ctx, sqldb.EndImportParams{ID: run.id, SeenUs: time.Now().UnixMicro(), FileRows: run.rows.Load(),
		SetNo: set, Problem: problem})
	if err != nil {
		return fmt.Errorf("note end of import: %w", err)
	}
	return nil
}

// LastImport is the import that began last.
func (r *Registry) LastImport(ctx context.Context) (population.Run, bool, error) {
	row, err := r.db.mainRead.q.LastImport(ctx)
	if ok, err := foundRow(err, "import"); err != nil || !ok {
		return population.Run{}, false, err
	}
	return population.Run{Began: instant(row.BeganUs), Seen: instant(row.SeenUs), Ended: row.EndedUs != 0,
		By: row.ByWhom, Kind: population.Kind(row.Kind), Rows: int(row.FileRows), Set: row.SetNo, Problem: row.Problem}, true, nil
}

// Current is the set that lookups rest on.
func (r *Registry) Current(ctx context.Context) (population.Set, error) {
	row, err := r.db.peopleRead.q.CurrentSet(ctx)
	if err != nil {
		return population.Set{}, fmt.Errorf("read set of residents: %w", err)
	}
	return setOf(row.SetNo, row.AsOf)
}

// Sets are what imports made, the newest first, below a number.
func (r *Registry) Sets(ctx context.Context, before int64, limit int) ([]population.Made, error) {
	rows, err := r.db.peopleRead.q.Sets(ctx, sqldb.SetsParams{SetNo: orLast(before), Limit: int32(limit)})
	if err != nil {
		return nil, fmt.Errorf("read sets of residents: %w", err)
	}
	return eachRead(rows, func(row sqldb.PopulationSet) (population.Made, error) {
		r := stored{table: "population_sets", key: row.SetNo}
		m := population.Made{Set: population.Set{Number: row.SetNo, AsOf: r.day("as_of", row.AsOf)}, At: instant(row.AtUs)}
		r.json("report", row.Report, &m.Report)
		return m, r.err
	})
}

func setOf(number int64, asOf string) (population.Set, error) {
	r := stored{table: "population_sets", key: number}
	return population.Set{Number: number, AsOf: r.day("as_of", asOf)}, r.err
}
