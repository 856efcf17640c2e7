package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// Accounts is what people and programs sign in with; it implements party.Accounts.
type Accounts struct{ db *DB }

// Account implements party.Accounts.
func (s *Accounts) Account(ctx context.Context, login string) (party.Account, bool, error) {
	u, err := s.db.mainRead.q.UserByLogin(ctx, loginKey(login))
	if ok, err := foundRow(err, "account"); !ok {
		return party.Account{}, false, err
	}
	return party.Account{User: u.ID, PasswordHash: u.PasswordHash, Failures: int(u.Failures), FailedAt: instant(u.FailedUs)}, true, nil
}

// CountFailure implements party.Accounts.
func (s *Accounts) CountFailure(ctx context.Context, user int64, at time.Time) error {
	return s.db.main.q.CountFailure(ctx, sqldb.CountFailureParams{ID: user, FailedUs: micros(at)})
}

// CountStranger implements party.Accounts.
func (s *Accounts) CountStranger(ctx context.Context, at time.Time) error {
	return s.db.main.q.CountStranger(ctx, micros(at))
}

// ClearFailures implements party.Accounts.
func (s *Accounts) ClearFailures(ctx context.Context, user int64) error {
	return s.db.main.q.ClearFailures(ctx, user)
}

// TokenUser implements party.Accounts.
func (s *Accounts) TokenUser(ctx context.Context, h party.Hash) (int64, bool, error) {
	user, err := s.db.mainRead.q.TokenUser(ctx, h[:])
	ok, err := foundRow(err, "token")
	return user, ok, err
}

// OpenSession implements party.Accounts; sessions beyond any limit are swept on the way.
func (s *Accounts) OpenSession(ctx context.Context, h party.Hash, n party.Session) error {
	if err := s.db.main.q.DeleteSessionsBefore(ctx, micros(n.Opened.Add(-party.SessionAbsolute))); err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	return s.db.main.q.InsertSession(ctx, sqldb.InsertSessionParams{Hash: h[:], UserID: n.User, OpenedUs: micros(n.Opened), SeenUs: micros(n.LastSeen)})
}

// Session implements party.Accounts.
func (s *Accounts) Session(ctx context.Context, h party.Hash) (party.Session, bool, error) {
	r, err := s.db.mainRead.q.Session(ctx, h[:])
	if ok, err := foundRow(err, "session"); !ok {
		return party.Session{}, false, err
	}
	return party.Session{User: r.UserID, Opened: instant(r.OpenedUs), LastSeen: instant(r.SeenUs)}, true, nil
}

// TouchSession implements party.Accounts.
func (s *Accounts) TouchSession(ctx context.Context, h party.Hash, seen time.Time) error {
	return s.db.main.q.TouchSession(ctx, sqldb.TouchSessionParams{Hash: h[:], SeenUs: micros(seen)})
}

// CloseSession implements party.Accounts.
func (s *Accounts) CloseSession(ctx context.Context, h party.Hash) error {
	return s.db.main.q.DeleteSession(ctx, h[:])
}

// Link implements party.Accounts.
func (s *Accounts) Link(ctx context.Context, h party.Hash, now time.Time) (party.User, bool, error) {
	id, err := s.db.mainRead.q.LinkUser(ctx, sqldb.LinkUserParams{Hash: h[:], ExpiresUs: micros(now)})
	if ok, err := foundRow(err, "link"); !ok {
		return party.User{}, false, err
	}
	u, err := s.db.mainRead.q.User(ctx, id)
	if err != nil {
		return party.User{}, false, fmt.Errorf("read user %d: %w", id, err)
	}
	p, err := userOf(u)
	return p, err == nil, err
}

// UseLink implements party.Accounts: the link is spent, the password set and old sessions ended in one transaction; it is a change of a right.
func (s *Accounts) UseLink(ctx context.Context, h party.Hash, passwordHash string, now time.Time) (bool, error) {
	u, ok, err := s.Link(ctx, h, now)
	if err != nil || !ok {
		return false, err
	}
	spent := errors.New("spent")
	err = s.db.change(ctx, u.Institution, journal.Change{At: now, By: u.ID, Subject: "user " + u.Login, Reason: "activation link used", After: "password set"},
		func(q *sqldb.Queries) error {
			id, err := q.SpendLink(ctx, sqldb.SpendLinkParams{Hash: h[:], UsedUs: micros(now)})
			if errors.Is(err, sql.ErrNoRows) {
				return spent
			}
			if err != nil {
				return fmt.Errorf("spend link: %w", err)
			}
			if err := q.DeleteSessionsOfUser(ctx, id); err != nil {
				return err
			}
			return q.SetUserPassword(ctx, sqldb.SetUserPasswordParams{ID: id, PasswordHash: passwordHash})
		})
	if errors.Is(err, spent) {
		return false, nil
	}
	return err == nil, err
}

// Version implements party.Accounts.
func (s *Accounts) Version(ctx context.Context) (int64, error) { return s.db.version(ctx) }
