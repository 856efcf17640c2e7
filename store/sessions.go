package store

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// OpenSession implements party.Sessions; sessions beyond any limit are swept on the way.
func (s *Accounts) OpenSession(ctx context.Context, n party.Session) error {
	if err := s.db.main.q.DeleteSessionsBefore(ctx, micros(n.Opened.Add(-party.SessionAbsolute))); err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	return s.db.main.q.InsertSession(ctx, sqldb.InsertSessionParams{
		Hash: n.Hash[:], UserID: n.User, OpenedUs: micros(n.Opened), SeenUs: micros(n.LastSeen), Stage: int64(n.Stage), Source: n.Source,
		Agent: n.Agent, Seal: s.db.sealSession(n.Hash[:], n.User, micros(n.Opened), int64(n.Stage)),
	})
}

// sealSession is the MAC of a session: who writes to the database without the key opens none, and takes none over.
func (s *DB) sealSession(hash []byte, user, openedUs, stage int64) []byte {
	return s.logIndex.Index(fmt.Sprintf("session\x00%x %d %d %d", hash, user, openedUs, stage))
}

func (s *DB) isSession(r sqldb.Session) bool {
	return hmac.Equal(r.Seal, s.sealSession(r.Hash, r.UserID, r.OpenedUs, r.Stage))
}

// Session implements party.Sessions.
func (s *Accounts) Session(ctx context.Context, h party.Hash) (party.Session, bool, error) {
	r, err := s.db.mainRead.q.Session(ctx, h[:])
	if ok, err := foundRow(err, "session"); !ok || !s.db.isSession(r) {
		return party.Session{}, false, err
	}
	return sessionOf(r), true, nil
}

func sessionOf(r sqldb.Session) party.Session {
	s := party.Session{
		User: r.UserID, Opened: instant(r.OpenedUs), LastSeen: instant(r.SeenUs), Stage: party.Stage(r.Stage), Source: r.Source,
		Agent: r.Agent, Question: r.Question,
	}
	copy(s.Hash[:], r.Hash)
	return s
}

// TouchSession implements party.Sessions.
func (s *Accounts) TouchSession(ctx context.Context, h party.Hash, seen time.Time) error {
	return s.db.main.q.TouchSession(ctx, sqldb.TouchSessionParams{Hash: h[:], SeenUs: micros(seen)})
}

// CloseSession implements party.Sessions.
func (s *Accounts) CloseSession(ctx context.Context, h party.Hash) error {
	_, err := s.db.main.q.DeleteSession(ctx, h[:])
	return err
}

// EndSession implements party.Sessions.
func (s *Accounts) EndSession(ctx context.Context, x party.Session, at time.Time) error {
	u, err := s.db.mainRead.q.User(ctx, x.User)
	if err != nil {
		return fmt.Errorf("read user %d: %w", x.User, err)
	}
	c := journal.Change{At: at, By: u.ID, Subject: "User ID " + u.Login, Reason: "oleh pemiliknya",
		After: "sesi " + party.Fingerprint(x.Hash) + " diakhiri"}
	err = s.db.change(ctx, u.AgencyID, c, func(q *sqldb.Queries) error {
		n, err := q.DeleteSession(ctx, x.Hash[:])
		if err == nil && n == 0 {
			err = errSpent // somebody else ended it meanwhile, who recorded it
		}
		return err
	})
	if errors.Is(err, errSpent) {
		return nil
	}
	return err
}

// AskSession implements party.Sessions.
func (s *Accounts) AskSession(ctx context.Context, h party.Hash, question []byte) error {
	_, err := s.db.main.q.AskSession(ctx, sqldb.AskSessionParams{Hash: h[:], Question: question})
	return err
}

// TakeQuestion implements party.Sessions.
func (s *Accounts) TakeQuestion(ctx context.Context, h party.Hash) (question []byte, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		r, err := q.Session(ctx, h[:])
		if ok, err := foundRow(err, "session"); !ok || !s.db.isSession(r) {
			return err
		}
		// Whoever clears it has it: two answers at once are one.
		n, err := q.ClearQuestion(ctx, sqldb.ClearQuestionParams{Hash: h[:], Question: r.Question})
		if n == 1 {
			question = r.Question
		}
		return err
	})
	return question, err
}

// SessionsOf implements party.Sessions.
func (s *Accounts) SessionsOf(ctx context.Context, user int64, since time.Time) ([]party.Session, error) {
	rows, err := s.db.mainRead.q.SessionsOfUser(ctx, sqldb.SessionsOfUserParams{UserID: user, OpenedUs: micros(since)})
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	return each(rows, sessionOf), nil
}
