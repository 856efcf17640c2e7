package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// periods are the keys that entries' NIKs and texts are sealed under, one for each month. A key is random, made by the first entry of its
// month in that entry's transaction, and lies in the database wrapped by the key file: destroying what is wrapped destroys, for everybody
// who has the key file too, all that was sealed in that month (K7).
type periods struct {
	db   *DB
	wrap *keyring.Sealer

	mu    sync.RWMutex
	known map[journal.Period]periodKey // read from committed rows alone: a key whose transaction fails must never be used again
}

// A periodKey is a key as it was read; a nil sealer says that it was destroyed.
type periodKey struct {
	seal *keyring.Sealer
	read time.Time
}

// keyFor is how long a key is used without looking whether it was destroyed, by whatever process.
const keyFor = time.Minute

// errDestroyed says that an entry was to be sealed under a key that is no more.
var errDestroyed = errors.New("the key of this month was destroyed: nothing more can be recorded in it")

// errNoKey says that a key that was there is not: a destroyed one keeps its row.
var errNoKey = errors.New("the key of its month is missing from the database")

// committed is the key of a period as the database has it; found is false while there is none.
func (p *periods) committed(ctx context.Context, of journal.Period) (k periodKey, found bool, err error) {
	now := time.Now()
	p.mu.RLock()
	k, found = p.known[of]
	p.mu.RUnlock()
	if found && now.Sub(k.read) < keyFor {
		return k, true, nil
	}
	wrapped, err := p.db.mainRead.q.PeriodKey(ctx, int64(of))
	if ok, err := foundRow(err, "key of a month"); !ok || err != nil {
		return periodKey{}, false, err
	}
	if k, err = p.unwrap(wrapped, of); err != nil {
		return k, false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[journal.Period]periodKey{}
	}
	p.known[of] = k
	return k, true, nil
}

func (p *periods) unwrap(wrapped []byte, of journal.Period) (k periodKey, err error) {
	k.read = time.Now()
	if len(wrapped) == 0 {
		return k, nil
	}
	if k.seal, err = p.wrap.Unwrap(wrapped, of.String()); err != nil {
		return k, fmt.Errorf("key of %s: %w", of, err)
	}
	return k, nil
}

// toSeal is the key that an entry of an instant is sealed under, made in its transaction when it is the first of its month.
func (p *periods) toSeal(ctx context.Context, q *sqldb.Queries, at time.Time) (journal.Period, *keyring.Sealer, error) {
	of := journal.PeriodOf(at)
	k, found, err := p.committed(ctx, of)
	if err == nil && !found {
		err = q.AddPeriodKey(ctx, sqldb.AddPeriodKeyParams{Period: int64(of), Wrapped: p.wrap.NewKey(of.String()), MadeUs: micros(at)})
		if err != nil {
			return of, nil, fmt.Errorf("make key of %s: %w", of, err)
		}
		var wrapped []byte
		if wrapped, err = q.PeriodKey(ctx, int64(of)); err == nil {
			k, err = p.unwrap(wrapped, of)
		}
	}
	if err == nil && k.seal == nil {
		err = errDestroyed
	}
	return of, k.seal, err
}

// prime makes the key of this month before a transaction takes the row of any log, so that two processes never wait for each other in a
// ring.
func (p *periods) prime(ctx context.Context, q *sqldb.Queries) error {
	_, _, err := p.toSeal(ctx, q, time.Now())
	return err
}

// toOpen is the key of a period; nil when it was destroyed.
func (p *periods) toOpen(ctx context.Context, of journal.Period) (*keyring.Sealer, error) {
	if of == 0 {
		return p.db.nikSeal, nil
	}
	k, found, err := p.committed(ctx, of)
	if err == nil && !found {
		err = errNoKey
	}
	return k.seal, err
}

// rewrap puts all keys under the newest key of the key file, so that an older one no longer opens any.
func (p *periods) rewrap(ctx context.Context) error {
	rows, err := p.db.mainRead.q.PeriodKeys(ctx)
	if err != nil {
		return fmt.Errorf("read keys of months: %w", err)
	}
	for _, r := range rows {
		again, changed, err := p.wrap.Rewrap(r.Wrapped, journal.Period(r.Period).String())
		if err == nil && changed {
			err = p.db.main.q.RewrapPeriodKey(ctx, sqldb.RewrapPeriodKeyParams{Period: r.Period, Wrapped: again, Was: r.Wrapped})
		}
		if err != nil {
			return fmt.Errorf("wrap key of %s anew: %w", journal.Period(r.Period), err)
		}
	}
	return nil
}
