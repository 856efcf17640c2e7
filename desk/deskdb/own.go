package deskdb

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gapura/agreement/party"
)

// Own are a user's live credentials but sessions and the token for the provider, as the page of the own account shows them; recovery codes
// one by one, with the one that was spent last.
func (own *Credentials) Own(ctx context.Context, user int64) (out []party.Credential, err error) {
	var set, used int64
	err = own.db.read.QueryRowContext(ctx, `SELECT password_us, (SELECT COALESCE(MAX(good_us), 0) FROM lanes WHERE user_id = ?1) FROM users
		WHERE id = ?1 AND password_hash <> ''`, user).Scan(&set, &used)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if err == nil {
		out = append(out, party.Credential{Kind: party.Password, Owner: user, Issued: instant(set), LastUsed: instant(used)})
	}
	factors, err := rows(ctx, own.db.read, func(r *sql.Rows) (c party.Credential, err error) {
		var issued, used int64
		err = r.Scan(&c.ID, &c.Kind, &c.Label, &issued, &used)
		c.Owner, c.Issued, c.LastUsed = user, instant(issued), instant(used)
		if c.Kind == "spent" { // a recovery code, of which nothing is kept but when it was used
			c.Kind, c.Revoked = party.RecoveryCode, c.LastUsed
		}
		return c, err
	}, `SELECT id, kind, label, issued_us, used_us FROM factors WHERE user_id = ?1 ORDER BY id`, user)
	return append(out, factors...), err
}

// PasswordSet implements admission.Factors.
func (own *Credentials) PasswordSet(ctx context.Context, user int64) (time.Time, error) {
	var set int64
	err := own.db.read.QueryRowContext(ctx, `SELECT password_us FROM users WHERE id = ?1`, user).Scan(&set)
	return instant(set), none(err)
}

// ChangePassword sets a user's own password; all other sessions end.
func (own *Credentials) ChangePassword(ctx context.Context, u party.User, hash string, keep party.Hash, now time.Time) error {
	return own.db.rights(ctx, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = ?1 AND hash <> ?2`, u.ID, keep[:])
		if err != nil {
			return err
		}
		if err := one(ctx, t, `UPDATE users SET password_hash = ?2, password_us = ?3 WHERE id = ?1 AND deactivated_us = 0`, u.ID, hash,
			micros(now)); err != nil {
			return err
		}
		return own.db.did(ctx, t, WayChanged, u.ID, now, "Kata sandi diganti", "")
	})
}
