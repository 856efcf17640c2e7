package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/keyring"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// Credentials is the life of every credential: applications and their tokens, slips, passwords and second factors. Each step is a record in
// the agency's log and moves the rights version, so that it counts in every process at once. It implements admission.Factors.
type Credentials struct {
	db   *DB
	seal *keyring.Sealer // of what must be read again: secrets of one-time codes, public keys of passkeys
}

func credentialOf(r sqldb.Credential) party.Credential {
	return party.Credential{
		ID: r.ID, Kind: party.Kind(r.Kind), Agency: r.AgencyID, Owner: r.UserID, Application: r.ApplicationID, Agreement: r.AgreementID,
		Fingerprint: r.Fingerprint,
		Label:       r.Label, Letter: r.Letter, IssuedBy: r.IssuedBy, Issued: instant(r.IssuedUs), FirstUsed: instant(r.FirstUs),
		LastUsed: instant(r.UsedUs),
		Expires:  instant(r.ExpiresUs), Rotated: instant(r.RotatedUs), Revoked: instant(r.RevokedUs),
	}
}

// tokenName is a token as records name it.
func tokenName(c party.Credential) string { return c.Kind.Label() + " " + c.Fingerprint }

// Tokens are tokens before an id, newest first, whatever their state; agency -1: of all agencies, before 0: from the newest.
func (s *Credentials) Tokens(ctx context.Context, agency, before int64, most int) ([]party.Credential, error) {
	rows, err := s.db.mainRead.q.Tokens(ctx, sqldb.TokensParams{Agency: agency, Before: orLast(before), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	return each(rows, func(r sqldb.TokensRow) party.Credential {
		c := credentialOf(sqldb.Credential{
			ID: r.ID, Kind: r.Kind, AgencyID: r.AgencyID, UserID: r.UserID, ApplicationID: r.ApplicationID, AgreementID: r.AgreementID,
			Fingerprint: r.Fingerprint,
			Label:       r.Label, Letter: r.Letter, IssuedBy: r.IssuedBy, IssuedUs: r.IssuedUs, FirstUs: r.FirstUs, UsedUs: r.UsedUs,
			ExpiresUs: r.ExpiresUs,
			RotatedUs: r.RotatedUs, RevokedUs: r.RevokedUs,
		})
		c.OwnerLogin, c.AppName = r.Login, r.Application
		return c
	}), nil
}

// TokensOf are Tokens, each with why it opens nothing, if so.
func (s *Credentials) TokensOf(ctx context.Context, agency, before int64, most int, now time.Time) ([]party.Listed, error) {
	list, err := s.Tokens(ctx, agency, before, most)
	if err != nil {
		return nil, err
	}
	out := make([]party.Listed, len(list))
	for i, c := range list {
		g, err := s.ground(ctx, c, now)
		if err != nil {
			return nil, err
		}
		out[i] = party.Listed{Credential: c, Barred: c.Barred(g, now)}
	}
	return out, nil
}

// ground reads what a token stands on.
func (s *Credentials) ground(ctx context.Context, t party.Credential, now time.Time) (g party.Ground, err error) {
	q := s.db.mainRead.q
	if t.Owner != 0 { // the agency's own, from before tokens had owners
		u, err := q.User(ctx, t.Owner)
		if err != nil {
			return g, fmt.Errorf("read user %d: %w", t.Owner, err)
		}
		if g.User, err = userOf(u); err != nil {
			return g, err
		}
	}
	if t.Application != 0 {
		a, err := q.Application(ctx, t.Application)
		if err != nil {
			return g, fmt.Errorf("read application %d: %w", t.Application, err)
		}
		if g.App, err = appOf(a); err != nil {
			return g, err
		}
	}
	if t.Agreement == 0 {
		return g, nil
	}
	st, err := s.db.Rights.Agency(ctx, t.Agency)
	if err != nil {
		return g, err
	}
	day := st.Institution.Zone.Day(now)
	if grant, ok := agreement.Current(st.Agreements, now, day); ok {
		g.Agreement = grant.Agreement
	}
	for _, a := range st.Agreements {
		if a.ID != t.Agreement {
			continue
		}
		if from, ended := a.Terminated(now); ended {
			g.Ended = from
		} else if grant := a.At(now, day); grant.State == agreement.Ended {
			g.Ended = st.Institution.Zone.Begin(grant.EndsOn.AddDate(0, 0, 1))
		}
	}
	return g, nil
}

// RevokeToken ends the token with a fingerprint at once, with its record. A *told.Error says that none is to be revoked.
func (s *Credentials) RevokeToken(ctx context.Context, c journal.Change, fingerprint string) (party.Credential, error) {
	rows, err := s.db.mainRead.q.TokensByFingerprint(ctx, fingerprint)
	if err != nil {
		return party.Credential{}, fmt.Errorf("read tokens: %w", err)
	}
	if len(rows) == 0 {
		return party.Credential{}, told.Wrong("sidik", "Tidak ada token dengan sidik ini, atau sudah dicabut.")
	}
	for _, r := range rows { // one, but for a chance of one in a million million
		t := credentialOf(r)
		c.Subject, c.Before, c.After = tokenName(t), "berlaku", "dicabut"
		if err = s.db.change(ctx, t.Agency, c, func(q *sqldb.Queries) error {
			_, err := q.RevokeCredential(ctx, sqldb.RevokeCredentialParams{ID: r.ID, RevokedUs: micros(c.At)})
			return err
		}); err != nil {
			return party.Credential{}, err
		}
	}
	return credentialOf(rows[0]), nil
}

// under is the agreement that a token of the agency is issued under at an instant; 0 of the office's own, which rests on none.
func (s *Credentials) under(ctx context.Context, agency int64, at time.Time) (int64, error) {
	if agency == party.Provider {
		return 0, nil
	}
	st, err := s.db.Rights.Agency(ctx, agency)
	if err != nil {
		return 0, err
	}
	grant, ok := agreement.Current(st.Agreements, at, st.Institution.Zone.Day(at))
	if !ok {
		return 0, errUnbound
	}
	return grant.Agreement, nil
}

// errUnbound refuses an agency a token before its first agreement.
var errUnbound = told.Refuse("Instansi ini belum mempunyai perjanjian; token berdasar pada perjanjian.")

// AddToken keeps a token of a user that is known already, such as the demo's, whose secrets follow from its seed, under the agreement that
// decides then. An office issues slips instead.
func (s *Credentials) AddToken(ctx context.Context, c journal.Change, t party.Credential, token string) error {
	var err error
	if t.Agreement, err = s.under(ctx, t.Agency, c.At); err != nil {
		return err
	}
	t.Issued, t.IssuedBy, t.Letter = c.At, c.By, c.Letter
	t.Fingerprint = party.Fingerprint(party.HashSecret(token))
	c.Subject, c.After = tokenName(t), "diterbitkan"
	return s.db.change(ctx, t.Agency, c, func(q *sqldb.Queries) error {
		_, err := insertToken(ctx, q, t, token)
		return err
	})
}

// insertToken writes a token under the hash of its secret.
func insertToken(ctx context.Context, q *sqldb.Queries, t party.Credential, secret string) (int64, error) {
	h := party.HashSecret(secret)
	id, err := q.InsertCredential(ctx, sqldb.InsertCredentialParams{
		Kind: string(t.Kind), AgencyID: t.Agency, UserID: t.Owner, ApplicationID: t.Application, AgreementID: t.Agreement, Hash: h[:],
		Fingerprint: party.Fingerprint(h),
		Label:       t.Label, Letter: t.Letter, IssuedBy: t.IssuedBy, IssuedUs: micros(t.Issued), ExpiresUs: micros(t.Expires),
	})
	if err != nil {
		return 0, fmt.Errorf("insert token: %w", err)
	}
	return id, nil
}

// Own are a user's live credentials of every kind but sessions, as the page of the own account shows them; recovery codes one by one, with
// the one that was spent last. When the password was used is kept for as long as the source is known from which it was.
func (s *Credentials) Own(ctx context.Context, user int64) ([]party.Credential, error) {
	u, err := s.db.mainRead.q.User(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("read user %d: %w", user, err)
	}
	rows, err := s.db.mainRead.q.LiveCredentialsOfUser(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("read credentials: %w", err)
	}
	var out []party.Credential
	if u.PasswordHash != "" {
		used, err := s.db.mainRead.q.LastGood(ctx, user)
		if err != nil {
			return nil, fmt.Errorf("read when a password was used: %w", err)
		}
		out = append(out, party.Credential{Kind: party.Password, Agency: u.AgencyID, Owner: user, Issued: instant(u.PasswordUs),
			LastUsed: instant(used)})
	}
	spent, err := s.db.mainRead.q.LastSpent(ctx, sqldb.LastSpentParams{UserID: user, SinceUs: u.ResetUs})
	if there, err := foundRow(err, "recovery code"); err != nil {
		return nil, err
	} else if there {
		out = append(out, credentialOf(spent))
	}
	return append(out, each(rows, credentialOf)...), nil
}

// PasswordSet implements admission.Factors.
func (s *Credentials) PasswordSet(ctx context.Context, user int64) (time.Time, error) {
	u, err := s.db.mainRead.q.User(ctx, user)
	if err != nil {
		return time.Time{}, fmt.Errorf("read user %d: %w", user, err)
	}
	return instant(u.PasswordUs), nil
}

// ChangePassword sets a user's own password; all other sessions end.
func (s *Credentials) ChangePassword(ctx context.Context, u party.User, hash string, keep party.Hash, now time.Time) error {
	c := journal.Change{At: now, By: u.ID, Subject: "User ID " + u.Login, Reason: "oleh pemiliknya", After: "kata sandi diganti"}
	return s.db.change(ctx, u.Institution, c, func(q *sqldb.Queries) error {
		return errors.Join(q.DeleteOtherSessions(ctx, sqldb.DeleteOtherSessionsParams{UserID: u.ID, Hash: keep[:]}),
			q.SetUserPassword(ctx, sqldb.SetUserPasswordParams{ID: u.ID, PasswordHash: hash, PasswordUs: micros(now)}))
	})
}

// Reset takes all credentials of a user back by force: password, second factors, tokens, open slips, sessions. What follows is a new slip.
func (s *Credentials) Reset(ctx context.Context, c journal.Change, u party.User) error {
	c.Subject, c.After = "User ID "+u.Login, "semua kredensial dicabut: kata sandi, faktor kedua, token, dan sesi"
	return s.db.change(ctx, u.Institution, c, func(q *sqldb.Queries) error { return resetUser(ctx, q, u.ID, c.At) })
}

func resetUser(ctx context.Context, q *sqldb.Queries, user int64, at time.Time) error {
	_, err := q.UnlockUser(ctx, user) // what was tried with credentials that are no more holds nobody
	return errors.Join(err, q.ResetUser(ctx, sqldb.ResetUserParams{ID: user, ResetUs: micros(at)}),
		q.RevokeCredentialsOfUser(ctx, sqldb.RevokeCredentialsOfUserParams{UserID: user, AtUs: micros(at)}),
		q.SpendSlips(ctx, sqldb.SpendSlipsParams{UserID: user, AtUs: micros(at)}), q.DeleteSessionsOfUser(ctx, user))
}
