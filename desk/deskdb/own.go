package deskdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
)

// did notes what was done with a user's ways in, in the transaction that does it.
func did(ctx context.Context, t *sql.Tx, user int64, at time.Time, text, source string) error {
	_, err := t.ExecContext(ctx, `INSERT INTO activity (user_id, at_us, text, source) VALUES (?1, ?2, ?3, ?4)`, user, micros(at), text, source)
	if err != nil {
		return fmt.Errorf("note activity: %w", err)
	}
	return nil
}

// Activity is what was lately done with a user's ways in, newest first.
func (d *DB) Activity(ctx context.Context, u party.User, most int) ([]party.Activity, error) {
	return rows(ctx, d.read, func(r *sql.Rows) (a party.Activity, err error) {
		var at int64
		err = r.Scan(&at, &a.Text, &a.From)
		a.At = instant(at)
		return a, err
	}, `SELECT at_us, text, source FROM activity WHERE user_id = ?1 ORDER BY id DESC LIMIT ?2`, u.ID, most)
}

// Own are a user's live credentials but sessions and the token for the provider, as the page of the own account shows them; recovery codes one by one.
func (d *DB) Own(ctx context.Context, user int64) (out []party.Credential, err error) {
	var set int64
	err = d.read.QueryRowContext(ctx, `SELECT password_us FROM users WHERE id = ?1 AND password_hash <> ''`, user).Scan(&set)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if err == nil {
		out = append(out, party.Credential{Kind: party.Password, Owner: user, Issued: instant(set)})
	}
	factors, err := rows(ctx, d.read, func(r *sql.Rows) (c party.Credential, err error) {
		var issued, used int64
		err = r.Scan(&c.ID, &c.Kind, &c.Label, &issued, &used)
		c.Owner, c.Issued, c.LastUsed = user, instant(issued), instant(used)
		return c, err
	}, `SELECT id, kind, label, issued_us, used_us FROM factors WHERE user_id = ?1 ORDER BY id`, user)
	return append(out, factors...), err
}

// ChangePassword sets a user's own password; all other sessions end.
func (d *DB) ChangePassword(ctx context.Context, u party.User, hash string, keep party.Hash, now time.Time) error {
	return d.rights(ctx, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = ?1 AND hash <> ?2`, u.ID, keep[:])
		if err != nil {
			return err
		}
		if err := one(ctx, t, `UPDATE users SET password_hash = ?2, password_us = ?3 WHERE id = ?1 AND deactivated_us = 0`, u.ID, hash, micros(now)); err != nil {
			return err
		}
		return did(ctx, t, u.ID, now, "Kata sandi diganti", "")
	})
}
