package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Accounts is what people and programs are let in by; it implements admission.Accounts and party.Sessions.
type Accounts struct{ db *DB }

// Account implements admission.Accounts.
func (s *Accounts) Account(ctx context.Context, login string) (admission.Account, bool, error) {
	q := s.db.mainRead.q
	u, err := q.UserByLogin(ctx, loginKey(login))
	if ok, err := foundRow(err, "account"); !ok {
		return admission.Account{}, false, err
	}
	if err := s.db.Rights.explained(ctx, u.AgencyID, u.ID); err != nil {
		return admission.Account{}, false, err
	}
	a := admission.Account{User: u.ID, Role: party.Role(u.Role), Hash: u.PasswordHash, Lanes: map[admission.Lane]admission.Hold{}}
	if a.Factors, err = s.db.Credentials.Factors(ctx, u.ID); err != nil {
		return a, false, err
	}
	lanes, err := q.LanesOfUser(ctx, u.ID)
	if err != nil {
		return a, false, fmt.Errorf("read lanes: %w", err)
	}
	for _, l := range lanes {
		lane := admission.Lane(l.Lane)
		if lane == admission.Strangers || l.GoodUs != 0 {
			a.Lanes[lane] = admission.Hold{Failures: int(l.Failures), At: instant(l.AtUs)}
		}
	}
	return a, true, nil
}

// Reserve implements admission.Accounts. The lane's row belongs to the transaction from its first statement on, over processes too.
func (s *Accounts) Reserve(ctx context.Context, user int64, lane admission.Lane, now time.Time) (ok bool, err error) {
	err = s.lane(ctx, user, lane, func(h admission.Hold) (next admission.Hold) {
		next, ok = h.Reserve(now)
		return next
	})
	return ok, err
}

// Count implements admission.Accounts.
func (s *Accounts) Count(ctx context.Context, user int64, lane admission.Lane, now time.Time, n int) error {
	return s.lane(ctx, user, lane, func(h admission.Hold) admission.Hold { return h.Count(now, n) })
}

func (s *Accounts) lane(ctx context.Context, user int64, lane admission.Lane, move func(admission.Hold) admission.Hold) error {
	err := s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		r, err := q.TouchLane(ctx, sqldb.TouchLaneParams{UserID: user, Lane: string(lane)})
		if err != nil {
			return err
		}
		was := admission.Hold{Failures: int(r.Failures), At: instant(r.AtUs)}
		h := move(was)
		if h == was {
			return nil
		}
		return q.SetLane(ctx, sqldb.SetLaneParams{UserID: user, Lane: string(lane), Failures: int64(h.Failures), AtUs: micros(h.At)})
	})
	if err != nil {
		return fmt.Errorf("count attempt: %w", err)
	}
	return nil
}

// Stranger implements admission.Accounts.
func (s *Accounts) Stranger(ctx context.Context, now time.Time) error {
	return s.db.main.q.CountStranger(ctx, micros(now))
}

// Admit implements admission.Accounts.
func (s *Accounts) Admit(ctx context.Context, user int64, lane, source admission.Lane, now time.Time) error {
	err := s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		if err := q.SetLane(ctx, sqldb.SetLaneParams{UserID: user, Lane: string(lane)}); err != nil || source == "" {
			return err
		}
		if err := q.KnowLane(ctx, sqldb.KnowLaneParams{UserID: user, Lane: string(source), GoodUs: micros(now)}); err != nil {
			return err
		}
		return q.ForgetLanes(ctx, sqldb.ForgetLanesParams{Owner: user, BeforeUs: micros(now.Add(-admission.Known)),
			Most: admission.MostKnown})
	})
	if err != nil {
		return fmt.Errorf("note sign-in: %w", err)
	}
	return nil
}

// TokenByHash implements admission.Accounts.
func (s *Accounts) TokenByHash(ctx context.Context, h party.Hash, now time.Time) (t admission.Token, found bool, err error) {
	q := s.db.mainRead.q
	r, err := q.CredentialByHash(ctx, h[:])
	if ok, err := foundRow(err, "token"); !ok {
		return t, false, err
	}
	t.Credential = credentialOf(r)
	if !t.Kind.Token() {
		return t, false, nil
	}
	if err := s.db.Rights.explained(ctx, t.Agency, t.Owner); err != nil {
		return t, false, err
	}
	t.Ground, err = s.db.Credentials.ground(ctx, t.Credential, now)
	return t, err == nil, err
}

// Use implements admission.Accounts. The first use is a step in the token's life, and so a record in its agency's log: one, however many
// callers come at once, because each further one would move the rights' version and have every decision under way taken anew.
func (s *Accounts) Use(ctx context.Context, c party.Credential) error {
	use := sqldb.UseCredentialParams{ID: c.ID, FirstUs: micros(c.FirstUsed), UsedUs: micros(c.LastUsed)}
	if !c.FirstUsed.Equal(c.LastUsed) {
		return s.db.main.q.UseCredential(ctx, use)
	}
	err := s.db.change(ctx, c.Agency, journal.Change{At: c.FirstUsed, By: c.Owner, Subject: tokenName(c), Reason: "pemakaian pertama",
		Before: "diterbitkan", After: "dipakai"},
		func(q *sqldb.Queries) error {
			n, err := q.FirstUseOfCredential(ctx, sqldb.FirstUseOfCredentialParams{ID: c.ID, FirstUs: use.FirstUs})
			if err == nil && n == 0 {
				err = errUsed
			}
			return err
		})
	if errors.Is(err, errUsed) {
		return nil
	}
	return err
}

// Version implements admission.Accounts.
func (s *Accounts) Version(ctx context.Context) (int64, error) { return s.db.version(ctx) }

// Unlock ends all failures of a user's lanes, with its record: the administrator of the agency or the provider has seen to it that the
// owner is who tries. Notices tell of it.
func (s *Accounts) Unlock(ctx context.Context, c journal.Change, u party.User, told ...procedure.Notice) error {
	c.Subject, c.Before, c.After = "User ID "+u.Login, "ditahan karena percobaan masuk yang gagal", "dibuka kembali"
	return s.db.change(ctx, u.Institution, c, func(q *sqldb.Queries) error {
		if _, err := q.UnlockUser(ctx, u.ID); err != nil {
			return err
		}
		return s.db.tell(ctx, q, told, nil)
	})
}

// Held is until when each lane of a user is held at an instant; empty: none is.
func (s *Accounts) Held(ctx context.Context, user int64, now time.Time) (map[admission.Lane]time.Time, error) {
	lanes, err := s.db.mainRead.q.LanesOfUser(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("read lanes: %w", err)
	}
	out := map[admission.Lane]time.Time{}
	for _, l := range lanes {
		if until := (admission.Hold{Failures: int(l.Failures), At: instant(l.AtUs)}).Until(); now.Before(until) {
			out[admission.Lane(l.Lane)] = until
		}
	}
	return out, nil
}

// HeldOf is until when sign-ins to an agency's user ids are held at an instant, by user, the longest wait of each; those that nobody waits
// for are not in it.
func (s *Users) HeldOf(ctx context.Context, agency int64, now time.Time) (map[int64]time.Time, error) {
	lanes, err := s.db.mainRead.q.LanesOfAgency(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read lanes of agency %d: %w", agency, err)
	}
	out := map[int64]time.Time{}
	for _, l := range lanes {
		until := (admission.Hold{Failures: int(l.Failures), At: instant(l.AtUs)}).Until()
		if now.Before(until) && until.After(out[l.UserID]) {
			out[l.UserID] = until
		}
	}
	return out, nil
}
