package access

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"gapura/journal"
	"gapura/nik"
	"gapura/party"
)

// A Use is one time that an agency asked for a resident's data.
type Use struct {
	journal.Record
	Agency, Code string
}

// Uses finds the records that ask for a NIK, newest first, with their total. Nothing that was answered before the call is missing.
type Uses interface {
	Uses(ctx context.Context, n nik.NIK, offset, limit int) (list []Use, total int, err error)
}

// A Disclosure tells a resident who asked for the resident's own data (UU 27/2022, K4). It never tells who asked about relatives: only records of this
// NIK are found. Safe for concurrent use.
type Disclosure struct {
	Uses   Uses
	Log    Log
	Rights interface {
		Version(ctx context.Context) (int64, error)
		Forget()
	}
	Now func() time.Time
}

// MaxUses is how many uses are told at once.
const MaxUses = 1000

// OutcomeTold is the outcome of a disclosure's own record.
const OutcomeTold = "told"

// ErrNIK says that the number is not well-formed.
var ErrNIK = errors.New("not a well-formed NIK")

// Tell records the disclosure in the provider's log, by whom and for which letter, and only then returns what it tells. ErrNIK when the typed number is none.
func (d *Disclosure) Tell(ctx context.Context, user int64, address netip.Addr, letter, typed string) (id journal.ID, list []Use, total int, err error) {
	n, err := nik.Parse(typed)
	if err != nil {
		return id, nil, 0, ErrNIK
	}
	if list, total, err = d.Uses.Uses(ctx, n, 0, MaxUses); err != nil {
		return id, nil, 0, err
	}
	now := d.Now()
	for range maxStale {
		version, err := d.Rights.Version(ctx)
		if err != nil {
			return id, nil, 0, err
		}
		e := &journal.Entry{Log: party.Provider, Day: party.WIB.Day(now), Rights: version, Decide: func(int) journal.Record {
			return journal.Record{At: now, Act: journal.ActTell, User: user, Method: "console", Purpose: "riwayat penduduk", Reference: letter, Address: address, NIK: n, Outcome: OutcomeTold}
		}}
		switch err = d.Log.Append(ctx, e); {
		case err == nil:
			return e.Written.ID, list, total, nil
		case !errors.Is(err, journal.ErrStale):
			return id, nil, 0, fmt.Errorf("record disclosure: %w", err)
		}
		d.Rights.Forget()
	}
	return id, nil, 0, journal.ErrStale
}
