package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Rights are standings, agreements and every change of a right; it implements access.Rights.
type Rights struct {
	db       *DB
	everyone atomic.Pointer[everyone] // all agencies, as of one version

	mu        sync.Mutex
	standings map[int64]*access.Standing    // guarded by mu: by user; all of one version
	agencies  map[int64]access.Standing     // guarded by mu: by agency, without a user; of the same version
	protected map[string][]sqldb.Protection // guarded by mu: by blind index; of the same version, nil: not read
	version   int64                         // guarded by mu
	around    lookAround                    // guarded by mu
}

func newRights(db *DB) *Rights {
	return &Rights{db: db, standings: map[int64]*access.Standing{}, agencies: map[int64]access.Standing{},
		around: lookAround{version: map[int64]int64{}, at: map[int64]time.Time{}, bad: map[int64][]unexplained{}}}
}

// Version implements access.Rights.
func (s *Rights) Version(ctx context.Context) (int64, error) { return s.db.version(ctx) }

// Forget makes the next call of Version and Standing read anew.
func (s *Rights) Forget() { s.db.seenAt.Store(0) }

// Standing implements access.Rights with a cache that lives as long as one version of the rights. One that rests on a row that no entry of
// the log explains is refused as a *journal.Tampered: as it is read, and from the next look around on.
func (s *Rights) Standing(ctx context.Context, user int64) (*access.Standing, error) {
	v, err := s.Version(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.version == v {
		if st, ok := s.standings[user]; ok {
			defer s.mu.Unlock()
			return st, s.stopped(st.User.Institution, user)
		}
	}
	s.mu.Unlock()
	var st access.Standing
	// The version is read first: if rights change while the rest is read, it is already old and the record's transaction says so.
	if st.Version, err = s.db.mainRead.q.RightsVersion(ctx); err != nil {
		return nil, fmt.Errorf("read rights version: %w", err)
	}
	u, err := s.db.mainRead.q.User(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("read user %d: %w", user, err)
	}
	if st.User, err = userOf(u); err != nil {
		return nil, err
	}
	// What answers rest on is read here and looked into at once, never taken from what pages keep.
	agency, err := s.readAgency(ctx, u.AgencyID)
	if err != nil {
		return nil, err
	}
	if err := s.explained(ctx, u.AgencyID, user); err != nil {
		return nil, err
	}
	st.Institution, st.Agreements, st.Apps = agency.Institution, agency.Agreements, agency.Apps
	s.keep(st.Version, func() { s.standings[user] = &st })
	s.db.sawVersion(st.Version)
	return &st, nil
}

// keep keeps what was read after the rights had this version, unless a newer one is known.
func (s *Rights) keep(version int64, put func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version > s.version {
		clear(s.standings)
		clear(s.agencies)
		s.protected = nil
		s.version = version
	}
	if version == s.version {
		put()
	}
}

// Hits implements access.Rights.
func (s *Rights) Hits(ctx context.Context, agency int64, day time.Time) (journal.Hits, error) {
	return hitsOf(ctx, s.db.mainRead.q, agency, day)
}

// Apply changes rights: each effect with its record, all in one transaction. The change says who, when, why and by which letter; what
// changed comes from the effects.
func (s *Rights) Apply(ctx context.Context, c journal.Change, list ...procedure.Effect) (out []office.Applied, err error) {
	err = s.db.changes(ctx, func(q *sqldb.Queries) error {
		out, err = s.apply(ctx, q, c, 0, list)
		return err
	})
	return out, err
}

// ApplyTold changes a right with its record and tells of it, in one transaction.
func (s *Rights) ApplyTold(ctx context.Context, c journal.Change, told []procedure.Notice, e procedure.Effect) error {
	return s.db.changes(ctx, func(q *sqldb.Queries) error {
		if _, err := s.apply(ctx, q, c, 0, []procedure.Effect{e}); err != nil {
			return err
		}
		return s.db.tell(ctx, q, told, nil)
	})
}

// CreateProvider sets up the provider's own institution, once.
func (s *Rights) CreateProvider(ctx context.Context, c journal.Change, p party.Institution) error {
	c.Subject, c.After = "Instansi "+p.Code, "Dinas Dukcapil dicatat: "+p.Name
	return s.db.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
		return q.InsertProvider(ctx, sqldb.InsertProviderParams{Code: p.Code, Name: p.Name, Zone: string(p.Zone)})
	})
}

// CreateUser adds a user id that has a password already: the first administrator, and the demo's users.
func (s *Rights) CreateUser(ctx context.Context, c journal.Change, u party.User, passwordHash string) (id int64, err error) {
	c.Subject, c.Before, c.After = procedure.CreateUser{User: u}.Words()
	err = s.db.change(ctx, u.Institution, c, func(q *sqldb.Queries) error {
		id, err = s.db.insertUser(ctx, q, u, passwordHash, c.At)
		return err
	})
	return id, err
}

// Identify notes whose user id of the provider's staff is, when nothing is known of it.
func (s *Rights) Identify(ctx context.Context, c journal.Change, u party.User) error {
	c.Subject, c.After = "User ID "+u.Login, "pemiliknya dicatat dengan NIP atau nomor pegawai"
	return s.db.change(ctx, u.Institution, c, func(q *sqldb.Queries) error {
		n, err := q.IdentifyUser(ctx, sqldb.IdentifyUserParams{ID: u.ID, Nip: u.Identity.NIP})
		if err == nil && n != 1 {
			err = errors.New("whose user id this is, is known already")
		}
		return err
	})
}

// Everyone returns all agencies with their agreements, by name; kept as long as no right changes.
func (s *Rights) Everyone(ctx context.Context) ([]access.Standing, error) {
	v, err := s.db.mainRead.q.RightsVersion(ctx)
	if err != nil {
		return nil, fmt.Errorf("read rights version: %w", err)
	}
	if e := s.everyone.Load(); e != nil && e.version == v {
		return e.all, nil
	}
	all, err := s.readEveryone(ctx)
	if err != nil {
		return nil, err
	}
	s.everyone.Store(&everyone{v, all})
	return all, nil
}

type everyone struct {
	version int64
	all     []access.Standing
}

// Agency returns an agency with its agreements; it has no user. Like Everyone it is for pages and kept as long as no right changes: it is
// not to be written to.
func (s *Rights) Agency(ctx context.Context, id int64) (access.Standing, error) {
	v, err := s.db.mainRead.q.RightsVersion(ctx)
	if err != nil {
		return access.Standing{}, fmt.Errorf("read rights version: %w", err)
	}
	s.mu.Lock()
	st, kept := s.agencies[id]
	kept = kept && s.version == v
	s.mu.Unlock()
	if kept {
		return st, nil
	}
	if st, err = s.readAgency(ctx, id); err != nil {
		return st, err
	}
	s.keep(v, func() { s.agencies[id] = st })
	return st, nil
}

func (s *Rights) readAgency(ctx context.Context, id int64) (st access.Standing, err error) {
	if st.Institution, err = s.db.Institutions.Institution(ctx, id); err != nil {
		return st, err
	}
	if st.Agreements, err = s.agreements(ctx, id, st.Institution.Heads); err != nil {
		return st, err
	}
	st.Apps, err = s.Applications(ctx, id)
	return st, err
}

func (s *Rights) readEveryone(ctx context.Context) ([]access.Standing, error) {
	q := s.db.mainRead.q
	institutions, err := q.InstitutionsByName(ctx)
	if err != nil {
		return nil, fmt.Errorf("read institutions: %w", err)
	}
	rows, err := q.AllHeads(ctx)
	if err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	heads, err := headsOf(rows)
	if err != nil {
		return nil, err
	}
	agreements, err := allAgreements(ctx, q, heads)
	if err != nil {
		return nil, err
	}
	apps, err := everyApplication(ctx, q)
	if err != nil {
		return nil, err
	}
	helpers, err := s.db.Institutions.helpers(ctx, -1)
	if err != nil {
		return nil, err
	}
	var all []access.Standing
	for _, r := range institutions {
		if r.ID == party.Provider {
			continue
		}
		i := institutionOf(r)
		i.Heads = heads[r.ID]
		i.Helpers, i.Office = helpers[r.ID].of()
		all = append(all, access.Standing{Institution: i, Agreements: agreements[r.ID], Apps: apps[r.ID]})
	}
	return all, nil
}

// Quotas implements access.History: every agency with what it is granted and has used today, by name.
func (s *Rights) Quotas(ctx context.Context, now time.Time) ([]access.QuotaRow, error) {
	all, err := s.Everyone(ctx)
	if err != nil {
		return nil, err
	}
	used := map[string]map[int64]journal.Hits{} // by day, because agencies lie in three time zones
	out := make([]access.QuotaRow, 0, len(all))
	for _, st := range all {
		day := st.Institution.Zone.Day(now)
		hits, ok := used[dayText(day)]
		if !ok {
			rows, err := s.db.mainRead.q.HitsOfDay(ctx, dayText(day))
			if err != nil {
				return nil, fmt.Errorf("read hits of a day: %w", err)
			}
			hits = map[int64]journal.Hits{}
			for _, r := range rows {
				if hits[r.AgencyID] == nil {
					hits[r.AgencyID] = journal.Hits{}
				}
				hits[r.AgencyID][r.ApplicationID] = int(r.Hits)
			}
			used[dayText(day)] = hits
		}
		g, _ := agreement.Current(st.Agreements, now, day)
		row := access.QuotaRow{Standing: st, Left: access.Shared(g, hits[st.Institution.ID])}
		out = append(out, row)
	}
	return out, nil
}
