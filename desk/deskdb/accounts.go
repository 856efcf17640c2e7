package deskdb

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
)

var (
	_ admission.Accounts = (*Accounts)(nil)
	_ admission.Factors  = (*Credentials)(nil)
	_ party.Sessions     = (*Accounts)(nil)
)

// Accounts is what admission knows of the desk's user ids.
type Accounts struct{ db *DB }

// Account implements admission.Accounts; a user id that was ended is none.
func (x *Accounts) Account(ctx context.Context, login string) (a admission.Account, found bool, err error) {
	var role string
	err = x.db.read.QueryRowContext(ctx, `SELECT id, role, password_hash FROM users WHERE login = ?1 AND deactivated_us = 0`,
		loginKey(login)).Scan(&a.User, &role, &a.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	if err != nil {
		return a, false, err
	}
	a.Role, a.Lanes = party.Role(role), map[admission.Lane]admission.Hold{}
	if a.Factors, err = x.db.Credentials.Factors(ctx, a.User); err != nil {
		return a, false, err
	}
	type row struct {
		lane           string
		failures       int
		atUs, knownYet int64
	}
	lanes, err := rows(ctx, x.db.read, func(r *sql.Rows) (x row, err error) {
		return x, r.Scan(&x.lane, &x.failures, &x.atUs, &x.knownYet)
	}, `SELECT lane, failures, at_us, good_us FROM lanes WHERE user_id = ?1`, a.User)
	for _, x := range lanes {
		if lane := admission.Lane(x.lane); lane == admission.Strangers || x.knownYet != 0 {
			a.Lanes[lane] = admission.Hold{Failures: x.failures, At: instant(x.atUs)}
		}
	}
	return a, err == nil, err
}

// Reserve implements admission.Accounts.
func (x *Accounts) Reserve(ctx context.Context, user int64, lane admission.Lane, now time.Time) (ok bool, err error) {
	err = x.lane(ctx, user, lane, func(h admission.Hold) (next admission.Hold) {
		next, ok = h.Reserve(now)
		return next
	})
	return ok, err
}

// Count implements admission.Accounts.
func (x *Accounts) Count(ctx context.Context, user int64, lane admission.Lane, now time.Time, n int) error {
	return x.lane(ctx, user, lane, func(h admission.Hold) admission.Hold { return h.Count(now, n) })
}

func (x *Accounts) lane(ctx context.Context, user int64, lane admission.Lane, move func(admission.Hold) admission.Hold) error {
	return x.db.tx(ctx, func(t *sql.Tx) error {
		var h admission.Hold
		var at int64
		err := t.QueryRowContext(ctx, `SELECT failures, at_us FROM lanes WHERE user_id = ?1 AND lane = ?2`, user,
			string(lane)).Scan(&h.Failures, &at)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		h.At = instant(at)
		h = move(h)
		_, err = t.ExecContext(ctx, `INSERT INTO lanes (user_id, lane, failures, at_us) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (user_id, lane) DO UPDATE SET failures = excluded.failures, at_us = excluded.at_us`, user, string(lane), h.Failures, micros(h.At))
		return err
	})
}

// Stranger implements admission.Accounts.
func (x *Accounts) Stranger(ctx context.Context, now time.Time) error {
	return one(ctx, x.db.write, `UPDATE strangers SET failures = failures + 1, failed_us = ?1`, micros(now))
}

// Admit implements admission.Accounts.
func (x *Accounts) Admit(ctx context.Context, user int64, lane, source admission.Lane, now time.Time) error {
	return x.db.tx(ctx, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, `UPDATE lanes SET failures = 0 WHERE user_id = ?1 AND lane = ?2`, user, string(lane))
		if err != nil || source == "" {
			return err
		}
		_, err1 := t.ExecContext(ctx, `INSERT INTO lanes (user_id, lane, failures, at_us, good_us) VALUES (?1, ?2, 0, 0, ?3)
			ON CONFLICT (user_id, lane) DO UPDATE SET failures = 0, good_us = excluded.good_us`, user, string(source), micros(now))
		_, err2 := t.ExecContext(ctx, `DELETE FROM lanes WHERE user_id = ?1 AND lane NOT IN ('', 'code') AND (good_us < ?2 OR lane NOT IN (
			SELECT lane FROM lanes WHERE user_id = ?1 AND lane NOT IN ('', 'code') ORDER BY good_us DESC, lane LIMIT ?3))`, user, micros(now.Add(-admission.Known)), admission.MostKnown)
		return errors.Join(err1, err2)
	})
}

// Tried tells whom a sign-in that failed was about (0: nobody here), and whether attempts from its source are held for now.
func (x *Accounts) Tried(ctx context.Context, login string, source admission.Lane, now time.Time) (user int64, held bool, err error) {
	a, found, err := x.Account(ctx, login)
	if err != nil || !found {
		return 0, false, err
	}
	lane := admission.Strangers
	if _, known := a.Lanes[source]; known {
		lane = source
	}
	return a.User, now.Before(a.Lanes[lane].Until()), nil
}

// TokenByHash implements admission.Accounts: the desk has no doors for programs.
func (x *Accounts) TokenByHash(context.Context, party.Hash, time.Time) (admission.Token, bool, error) {
	return admission.Token{}, false, nil
}

// Use implements admission.Accounts.
func (x *Accounts) Use(context.Context, party.Credential) error { return nil }

// Version implements admission.Accounts and access.Rights.
func (x *Accounts) Version(ctx context.Context) (n int64, err error) {
	err = x.db.read.QueryRowContext(ctx, `SELECT n FROM version`).Scan(&n)
	return n, err
}

// OpenSession implements party.Sessions; sessions beyond any limit are swept on the way.
func (x *Accounts) OpenSession(ctx context.Context, s party.Session) error {
	return x.db.tx(ctx, func(t *sql.Tx) error {
		_, err1 := t.ExecContext(ctx, `DELETE FROM sessions WHERE opened_us < ?1`, micros(s.Opened.Add(-party.SessionAbsolute)))
		_, err2 := t.ExecContext(ctx,
			`INSERT INTO sessions (hash, user_id, opened_us, seen_us, stage, source, agent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
			s.Hash[:], s.User, micros(s.Opened), micros(s.LastSeen), int64(s.Stage), s.Source, s.Agent)
		if err := errors.Join(err1, err2); err != nil || s.Stage != party.Signed {
			return err
		}
		return x.db.did(ctx, t, CameIn, s.User, s.Opened, "Masuk", s.Source)
	})
}

const sessionColumns = `hash, user_id, opened_us, seen_us, stage, source, agent, question`

func scanSession(r interface{ Scan(...any) error }) (s party.Session, err error) {
	var h []byte
	var opened, seen int64
	err = r.Scan(&h, &s.User, &opened, &seen, &s.Stage, &s.Source, &s.Agent, &s.Question)
	copy(s.Hash[:], h)
	s.Opened, s.LastSeen = instant(opened), instant(seen)
	return s, err
}

// Session implements party.Sessions.
func (x *Accounts) Session(ctx context.Context, h party.Hash) (party.Session, bool, error) {
	s, err := scanSession(x.db.read.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE hash = ?1`, h[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return party.Session{}, false, nil
	}
	return s, err == nil, err
}

// SessionsOf implements party.Sessions.
func (x *Accounts) SessionsOf(ctx context.Context, user int64, since time.Time) ([]party.Session, error) {
	return rows(ctx, x.db.read, func(r *sql.Rows) (party.Session, error) { return scanSession(r) },
		`SELECT `+sessionColumns+` FROM sessions WHERE user_id = ?1 AND opened_us >= ?2 ORDER BY opened_us DESC`, user, micros(since))
}

// TouchSession implements party.Sessions.
func (x *Accounts) TouchSession(ctx context.Context, h party.Hash, seen time.Time) error {
	_, err := x.db.write.ExecContext(ctx, `UPDATE sessions SET seen_us = ?2 WHERE hash = ?1`, h[:], micros(seen))
	return err
}

// CloseSession implements party.Sessions.
func (x *Accounts) CloseSession(ctx context.Context, h party.Hash) error {
	_, err := x.db.write.ExecContext(ctx, `DELETE FROM sessions WHERE hash = ?1`, h[:])
	return err
}

// EndSession implements party.Sessions.
func (x *Accounts) EndSession(ctx context.Context, s party.Session, at time.Time) error {
	return x.db.tx(ctx, func(t *sql.Tx) error {
		r, err := t.ExecContext(ctx, `DELETE FROM sessions WHERE hash = ?1`, s.Hash[:])
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return x.db.did(ctx, t, CameOut, s.User, at, "Sesi "+party.Fingerprint(s.Hash)+" diakhiri", "")
	})
}

// AskSession implements party.Sessions.
func (x *Accounts) AskSession(ctx context.Context, h party.Hash, question []byte) error {
	return one(ctx, x.db.write, `UPDATE sessions SET question = ?2 WHERE hash = ?1`, h[:], question)
}

// TakeQuestion implements party.Sessions.
func (x *Accounts) TakeQuestion(ctx context.Context, h party.Hash) (question []byte, err error) {
	err = x.db.tx(ctx, func(t *sql.Tx) error {
		err := t.QueryRowContext(ctx, `SELECT question FROM sessions WHERE hash = ?1`, h[:]).Scan(&question)
		if err != nil {
			return none(err)
		}
		_, err = t.ExecContext(ctx, `UPDATE sessions SET question = NULL WHERE hash = ?1`, h[:])
		return err
	})
	return question, err
}
