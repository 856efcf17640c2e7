package deskdb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
)

// Credentials are passwords and second factors: the ways in of the people of the desk.
type Credentials struct{ db *DB }

// Factors implements admission.Factors.
func (own *Credentials) Factors(ctx context.Context, user int64) (f party.Factors, err error) {
	kinds, err := rows(ctx, own.db.read, func(r *sql.Rows) (k string, err error) { return k, r.Scan(&k) },
		`SELECT kind FROM factors WHERE user_id = ?1`, user)
	for _, k := range kinds {
		switch party.Kind(k) {
		case party.TOTP:
			f.TOTP = true
		case party.Passkey:
			f.Passkeys++
		case party.RecoveryCode:
			f.Recovery++
		}
	}
	return f, err
}

// TOTP implements admission.Factors.
func (own *Credentials) TOTP(ctx context.Context, user int64) (secret string, found bool, err error) {
	var sealed []byte
	err = own.db.read.QueryRowContext(ctx, `SELECT sealed FROM factors WHERE user_id = ?1 AND kind = 'totp'`, user).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	plain, err := own.db.users.Open(nil, sealed, bound("totp", user))
	return string(plain), err == nil, err
}

// StepTOTP implements admission.Factors.
func (own *Credentials) StepTOTP(ctx context.Context, user, step int64, now time.Time) (bool, error) {
	err := one(ctx, own.db.write, `UPDATE factors SET step = ?2, used_us = ?3 WHERE user_id = ?1 AND kind = 'totp' AND step < ?2`, user, step,
		micros(now))
	if errors.Is(err, ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// SetTOTP implements admission.Factors.
func (own *Credentials) SetTOTP(ctx context.Context, u party.User, secret string, step int64, now time.Time) error {
	return own.db.rights(ctx, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, `DELETE FROM factors WHERE user_id = ?1 AND kind = 'totp'`, u.ID)
		if err != nil {
			return err
		}
		if secret == "" {
			return own.db.did(ctx, t, WayChanged, u.ID, now, "Kode verifikasi dihapus", "")
		}
		_, err = t.ExecContext(ctx, `INSERT INTO factors (kind, user_id, sealed, issued_us, step) VALUES ('totp', ?1, ?2, ?3, ?4)`,
			u.ID, own.db.users.Seal([]byte(secret), bound("totp", u.ID)), micros(now), step)
		return errors.Join(err, own.db.did(ctx, t, WayChanged, u.ID, now, "Kode verifikasi dipasang", ""))
	})
}

// Passkeys implements admission.Factors.
func (own *Credentials) Passkeys(ctx context.Context, user int64) ([]admission.Passkey, error) {
	return rows(ctx, own.db.read, func(r *sql.Rows) (k admission.Passkey, err error) {
		var hash, sealed []byte
		var issued, used int64
		if err := r.Scan(&k.ID, &hash, &sealed, &k.Label, &issued, &used); err != nil {
			return k, err
		}
		k.Kind, k.Owner, k.Issued, k.LastUsed, k.Fingerprint = party.Passkey, user, instant(issued), instant(used),
			party.Fingerprint(party.Hash(hash))
		k.Key, err = own.db.users.Open(nil, sealed, bound("passkey", user))
		return k, err
	}, `SELECT id, hash, sealed, label, issued_us, used_us FROM factors WHERE user_id = ?1 AND kind = 'passkey' ORDER BY id`, user)
}

// AddPasskey implements admission.Factors.
func (own *Credentials) AddPasskey(ctx context.Context, u party.User, id, key []byte, label string, now time.Time) error {
	h := sha256.Sum256(id)
	return own.db.rights(ctx, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx,
			`INSERT INTO factors (kind, user_id, hash, sealed, label, issued_us) VALUES ('passkey', ?1, ?2, ?3, ?4, ?5)`,
			u.ID, h[:], own.db.users.Seal(key, bound("passkey", u.ID)), label, micros(now))
		return errors.Join(err, own.db.did(ctx, t, WayChanged, u.ID, now, "Kunci sandi dipasang", ""))
	})
}

// UsePasskey implements admission.Factors.
func (own *Credentials) UsePasskey(ctx context.Context, user int64, id, key []byte, now time.Time) error {
	h := sha256.Sum256(id)
	return one(ctx, own.db.write, `UPDATE factors SET sealed = ?3, used_us = ?4 WHERE user_id = ?1 AND hash = ?2`, user, h[:],
		own.db.users.Seal(key, bound("passkey", user)), micros(now))
}

// DropPasskey implements admission.Factors.
func (own *Credentials) DropPasskey(ctx context.Context, u party.User, credential int64, now time.Time) error {
	return own.db.rights(ctx, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, `DELETE FROM factors WHERE id = ?1 AND user_id = ?2 AND kind = 'passkey'`, credential, u.ID)
		return errors.Join(err, own.db.did(ctx, t, WayChanged, u.ID, now, "Kunci sandi dihapus", ""))
	})
}

// SetRecovery implements admission.Factors.
func (own *Credentials) SetRecovery(ctx context.Context, u party.User, codes []party.Hash, now time.Time) error {
	return own.db.rights(ctx, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, `DELETE FROM factors WHERE user_id = ?1 AND kind = 'recovery'`, u.ID)
		for _, h := range codes {
			if err != nil {
				return err
			}
			_, err = t.ExecContext(ctx, `INSERT INTO factors (kind, user_id, hash, issued_us) VALUES ('recovery', ?1, ?2, ?3)`, u.ID, h[:],
				micros(now))
		}
		return errors.Join(err, own.db.did(ctx, t, WayChanged, u.ID, now, "Kode pemulihan dibuat", ""))
	})
}

// SpendRecovery implements admission.Factors.
func (own *Credentials) SpendRecovery(ctx context.Context, u party.User, h party.Hash, now time.Time) (bool, error) {
	err := own.db.rights(ctx, func(t *sql.Tx) error {
		if _, err := t.ExecContext(ctx, `DELETE FROM factors WHERE user_id = ?1 AND kind = 'spent'`, u.ID); err != nil {
			return err
		}
		if err := one(ctx, t, `UPDATE factors SET kind = 'spent', hash = NULL, used_us = ?3 WHERE user_id = ?1 AND hash = ?2 AND
			kind = 'recovery'`, u.ID, h[:], micros(now)); err != nil {
			return err
		}
		return own.db.did(ctx, t, WayChanged, u.ID, now, "Satu kode pemulihan dipakai", "")
	})
	if errors.Is(err, ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// DropFactors takes all second factors of a user away: the owner has lost them, and the head of the desk has seen who asks.
func (own *Credentials) DropFactors(ctx context.Context, user int64, now time.Time) error {
	return own.db.rights(ctx, func(t *sql.Tx) error {
		_, err1 := t.ExecContext(ctx, `DELETE FROM factors WHERE user_id = ?1`, user)
		_, err2 := t.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = ?1`, user)
		return errors.Join(err1, err2, own.db.did(ctx, t, WayChanged, user, now, "Faktor kedua dihapus oleh kepala loket", ""))
	})
}
