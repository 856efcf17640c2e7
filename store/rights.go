package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/store/sqldb"
)

// Version returns the rights version as this process last saw it, at most a second ago or as of the last record.
func (s *Store) Version(ctx context.Context) (int64, error) {
	now := time.Now().UnixNano()
	if v := s.seen.Load(); v != 0 && now-s.seenAt.Load() < int64(time.Second) {
		return v, nil
	}
	v, err := s.mainRead.q.RightsVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read rights version: %w", err)
	}
	s.sawVersion(v)
	return v, nil
}

func (s *Store) sawVersion(v int64) {
	s.seenAt.Store(time.Now().UnixNano())
	for {
		old := s.seen.Load()
		if v <= old || s.seen.CompareAndSwap(old, v) {
			return
		}
	}
}

// Forget makes the next call of Version and Standing read anew.
func (s *Store) Forget() { s.seenAt.Store(0) }

// Standing implements access.Rights with a cache that lives as long as one version of the rights.
func (s *Store) Standing(ctx context.Context, user int64) (*access.Standing, error) {
	v, err := s.Version(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.version == v {
		if st, ok := s.standings[user]; ok {
			s.mu.Unlock()
			return st, nil
		}
	}
	s.mu.Unlock()
	var st access.Standing
	// The version is read first: if rights change while the rest is read, it is already old and the record's transaction says so.
	if st.Version, err = s.mainRead.q.RightsVersion(ctx); err != nil {
		return nil, fmt.Errorf("read rights version: %w", err)
	}
	u, err := s.mainRead.q.User(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("read user %d: %w", user, err)
	}
	st.User = userOf(u)
	if st.Institution, err = s.Institution(ctx, u.AgencyID); err != nil {
		return nil, err
	}
	if st.Agreements, err = s.agreements(ctx, u.AgencyID); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.Version > s.version {
		clear(s.standings)
		s.version = st.Version
	}
	if st.Version == s.version {
		s.standings[user] = &st
	}
	s.sawVersion(st.Version)
	return &st, nil
}

func userOf(u sqldb.User) party.User {
	p := party.User{
		ID: u.ID, Institution: u.AgencyID, Login: u.Login, Name: u.Name, Position: u.Position, Role: party.Role(u.Role),
		NDASigned: parseDay(u.NdaSigned), Deactivated: instant(u.DeactivatedUs), HasPassword: u.PasswordHash != "",
		NDAForm: u.NdaForm, Email: u.Email, Stopped: instant(u.StoppedUs),
	}
	_ = json.Unmarshal([]byte(u.Methods), &p.Methods) // written by jsonText; without methods the user can do nothing
	return p
}

// Hits returns what the agency has used on the day.
func (s *Store) Hits(ctx context.Context, agency int64, day time.Time) (int, error) {
	n, err := s.mainRead.q.QuotaHits(ctx, sqldb.QuotaHitsParams{AgencyID: agency, Day: dayText(day)})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read hits of institution %d: %w", agency, err)
	}
	return int(n), nil
}
