package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// Factors implements admission.Factors.
func (s *Credentials) Factors(ctx context.Context, user int64) (f party.Factors, err error) {
	rows, err := s.db.mainRead.q.LiveCredentialsOfUser(ctx, user)
	if err != nil {
		return f, fmt.Errorf("read credentials: %w", err)
	}
	for _, r := range rows {
		switch party.Kind(r.Kind) {
		case party.TOTP:
			f.TOTP = true
		case party.Passkey:
			f.Passkeys++
		case party.RecoveryCode:
			f.Recovery++
		}
	}
	return f, nil
}

// Deciders is how many different people can decide as administrators: with a password and a second factor of their own. Below two nothing
// that needs four eyes can be done.
func (s *Credentials) Deciders(ctx context.Context) (int, error) {
	staff, err := s.db.withIdentity(ctx, s.db.mainRead.q, party.Provider)
	if err != nil {
		return 0, err
	}
	var able []party.User
	for _, u := range staff {
		if u.Role != party.Administrator || !u.Deactivated.IsZero() || !u.HasPassword {
			continue
		}
		f, err := s.Factors(ctx, u.ID)
		if err != nil {
			return 0, err
		}
		if f.Any() {
			able = append(able, u)
		}
	}
	return party.Persons(able), nil
}

// sealed binds a sealed secret to its owner and kind.
func sealed(k party.Kind, user int64) []byte {
	return []byte(string(k) + " " + strconv.FormatInt(user, 10))
}

// TOTP implements admission.Factors.
func (s *Credentials) TOTP(ctx context.Context, user int64) (secret string, found bool, err error) {
	rows, err := s.db.mainRead.q.LiveCredentialsOfUser(ctx, user)
	if err != nil {
		return "", false, fmt.Errorf("read credentials: %w", err)
	}
	for _, r := range rows {
		if party.Kind(r.Kind) == party.TOTP {
			plain, err := s.seal.Open(nil, r.Sealed, sealed(party.TOTP, user))
			return string(plain), err == nil, err
		}
	}
	return "", false, nil
}

// StepTOTP implements admission.Factors: of two uses of one step at once, one fails.
func (s *Credentials) StepTOTP(ctx context.Context, user, step int64, now time.Time) (bool, error) {
	n, err := s.db.main.q.StepTOTP(ctx, sqldb.StepTOTPParams{UserID: user, Step: step, UsedUs: micros(now)})
	return n == 1, err
}

// SetTOTP implements admission.Factors.
func (s *Credentials) SetTOTP(ctx context.Context, u party.User, secret string, step int64, now time.Time) error {
	after := "kode verifikasi dipasang"
	if secret == "" {
		after = "kode verifikasi dihapus"
	}
	return s.own(ctx, u, now, after, func(q *sqldb.Queries) error {
		if err := q.RevokeCredentialsOfKind(ctx, sqldb.RevokeCredentialsOfKindParams{UserID: u.ID, Kind: string(party.TOTP),
			AtUs: micros(now)}); err != nil || secret == "" {
			return err
		}
		_, err := q.InsertCredential(ctx, sqldb.InsertCredentialParams{
			Kind: string(party.TOTP), AgencyID: u.Institution, UserID: u.ID, IssuedBy: u.ID, IssuedUs: micros(now), Step: step,
			Sealed: s.seal.Seal([]byte(secret), sealed(party.TOTP, u.ID)),
		})
		return err
	})
}

// Passkeys implements admission.Factors.
func (s *Credentials) Passkeys(ctx context.Context, user int64) (out []admission.Passkey, err error) {
	rows, err := s.db.mainRead.q.LiveCredentialsOfUser(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("read credentials: %w", err)
	}
	for _, r := range rows {
		if party.Kind(r.Kind) != party.Passkey {
			continue
		}
		key, err := s.seal.Open(nil, r.Sealed, sealed(party.Passkey, user))
		if err != nil {
			return nil, fmt.Errorf("open passkey %d: %w", r.ID, err)
		}
		out = append(out, admission.Passkey{Credential: credentialOf(r), Key: key})
	}
	return out, nil
}

// AddPasskey implements admission.Factors.
func (s *Credentials) AddPasskey(ctx context.Context, u party.User, id, key []byte, label string, now time.Time) error {
	h := party.Hash(sha256.Sum256(id))
	return s.own(ctx, u, now, "kunci sandi "+party.Fingerprint(h)+" dipasang", func(q *sqldb.Queries) error {
		_, err := q.InsertCredential(ctx, sqldb.InsertCredentialParams{
			Kind: string(party.Passkey), AgencyID: u.Institution, UserID: u.ID, Hash: h[:], Fingerprint: party.Fingerprint(h), Label: label,
			IssuedBy: u.ID, IssuedUs: micros(now),
			Sealed: s.seal.Seal(key, sealed(party.Passkey, u.ID)),
		})
		return err
	})
}

// UsePasskey implements admission.Factors.
func (s *Credentials) UsePasskey(ctx context.Context, user int64, id, key []byte, now time.Time) error {
	h := sha256.Sum256(id)
	r, err := s.db.mainRead.q.CredentialByHash(ctx, h[:])
	if err != nil || r.UserID != user {
		return errors.Join(fmt.Errorf("read passkey of user %d", user), err)
	}
	return s.db.main.q.ResealCredential(ctx, sqldb.ResealCredentialParams{ID: r.ID, Sealed: s.seal.Seal(key, sealed(party.Passkey, user)),
		UsedUs: micros(now)})
}

// DropPasskey implements admission.Factors.
func (s *Credentials) DropPasskey(ctx context.Context, u party.User, id int64, now time.Time) error {
	r, err := s.db.mainRead.q.Credential(ctx, id)
	if ok, err := foundRow(err, "passkey"); !ok || r.UserID != u.ID || party.Kind(r.Kind) != party.Passkey {
		return err
	}
	return s.own(ctx, u, now, "kunci sandi "+r.Fingerprint+" dihapus", func(q *sqldb.Queries) error {
		_, err := q.RevokeCredential(ctx, sqldb.RevokeCredentialParams{ID: id, RevokedUs: micros(now)})
		return err
	})
}

// SetRecovery implements admission.Factors.
func (s *Credentials) SetRecovery(ctx context.Context, u party.User, codes []party.Hash, now time.Time) error {
	return s.own(ctx, u, now, fmt.Sprintf("%d kode pemulihan dibuat", len(codes)), func(q *sqldb.Queries) error {
		err := q.RevokeCredentialsOfKind(ctx, sqldb.RevokeCredentialsOfKindParams{UserID: u.ID, Kind: string(party.RecoveryCode),
			AtUs: micros(now)})
		for _, h := range codes {
			if err != nil {
				return err
			}
			_, err = q.InsertCredential(ctx, sqldb.InsertCredentialParams{Kind: string(party.RecoveryCode), AgencyID: u.Institution,
				UserID: u.ID, Hash: h[:], IssuedBy: u.ID, IssuedUs: micros(now)})
		}
		return err
	})
}

// SpendRecovery implements admission.Factors.
func (s *Credentials) SpendRecovery(ctx context.Context, u party.User, h party.Hash, now time.Time) (bool, error) {
	r, err := s.db.mainRead.q.CredentialByHash(ctx, h[:])
	if ok, err := foundRow(err, "recovery code"); !ok || r.UserID != u.ID || r.RevokedUs != 0 {
		return false, err
	}
	spent := false
	err = s.own(ctx, u, now, "satu kode pemulihan dipakai", func(q *sqldb.Queries) error {
		n, err := q.SpendCredential(ctx, sqldb.SpendCredentialParams{ID: r.ID, RevokedUs: micros(now)})
		if err == nil && n == 0 {
			err = errSpent
		}
		spent = n == 1
		return err
	})
	if errors.Is(err, errSpent) {
		return false, nil
	}
	return spent && err == nil, err
}

// own records a step that a user takes with the own credentials.
func (s *Credentials) own(ctx context.Context, u party.User, now time.Time, after string, fn func(*sqldb.Queries) error) error {
	return s.db.change(ctx, u.Institution, journal.Change{At: now, By: u.ID, Subject: "User ID " + u.Login, Reason: "oleh pemiliknya",
		After: after}, fn)
}
