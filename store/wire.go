package store

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gapura/exchange/wire"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// Wire is how paths of the legacy wire speak.
type Wire struct {
	db   *DB
	wire atomic.Pointer[profiles] // as of one version of the rights

	mu     sync.Mutex
	calls  map[callKey]*call // guarded by mu
	minute time.Time         // of which strangers are counted; guarded by mu
	newly  int               // strangers' calls kept in it; guarded by mu
}

// profiles are all profiles by their path, as of one version of the rights.
type profiles struct {
	version int64
	byPath  map[string]wire.Profile
}

// Profile implements legacy.Profiles from a copy in memory, which lives as long as one version of the rights.
func (s *Wire) Profile(ctx context.Context, path string) (wire.Profile, bool, error) {
	v, err := s.db.version(ctx)
	if err != nil {
		return wire.Profile{}, false, err
	}
	all := s.wire.Load()
	if all == nil || all.version != v {
		// The version is read first: what changes meanwhile is newer and read again.
		list, err := s.Profiles(ctx)
		if err != nil {
			return wire.Profile{}, false, err
		}
		all = &profiles{v, map[string]wire.Profile{}}
		for _, p := range list {
			all.byPath[p.Path] = p
		}
		s.wire.Store(all)
	}
	p, ok := all.byPath[path]
	return p, ok, nil
}

// Profiles are all profiles of the legacy wire, by path.
func (s *Wire) Profiles(ctx context.Context) ([]wire.Profile, error) {
	rows, err := s.db.mainRead.q.WireProfiles(ctx)
	if err != nil {
		return nil, fmt.Errorf("read profiles: %w", err)
	}
	out := make([]wire.Profile, 0, len(rows))
	for _, r := range rows {
		var p wire.Profile
		if err := json.Unmarshal([]byte(r.Profile), &p); err != nil {
			return nil, fmt.Errorf("read profile %d: %w", r.ID, err)
		}
		p.ID, p.Agency, p.Path = r.ID, r.AgencyID, r.Path
		out = append(out, p)
	}
	return out, nil
}

// PutProfile configures a path of an institution, with its record.
func (s *Wire) PutProfile(ctx context.Context, c journal.Change, p wire.Profile) error {
	c.Subject, c.After = "Layanan lama "+wire.Base+p.Path, p.Words()
	return s.db.change(ctx, p.Agency, c, func(q *sqldb.Queries) error { return putProfile(ctx, q, p) })
}

func putProfile(ctx context.Context, q *sqldb.Queries, p wire.Profile) error {
	owner, err := q.WireProfileOwner(ctx, p.Path)
	if taken, err := foundRow(err, "profile"); err != nil {
		return err
	} else if taken && owner != p.Agency {
		return wire.ErrTaken
	}
	return q.PutWireProfile(ctx, sqldb.PutWireProfileParams{AgencyID: p.Agency, Path: p.Path, Profile: jsonText(p)})
}
