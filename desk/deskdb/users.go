package deskdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
)

// A User is a user of the desk with what the users' page shows.
type User struct {
	party.User
	TOTP  bool
	Token bool // has a token for the provider
}

const userColumns = `id, login, name, role, password_hash <> '', deactivated_us, EXISTS (SELECT 1 FROM factors f WHERE f.user_id = users.id AND f.kind = 'totp'), token IS NOT NULL`

func scanUser(r interface{ Scan(...any) error }) (u User, err error) {
	var role string
	var gone int64
	err = r.Scan(&u.ID, &u.Login, &u.Name, &role, &u.HasPassword, &gone, &u.TOTP, &u.Token)
	u.Role, u.Deactivated = party.Role(role), instant(gone)
	return u, err
}

// Users are all users by login.
func (d *DB) Users(ctx context.Context) ([]User, error) {
	return rows(ctx, d.read, func(r *sql.Rows) (User, error) { return scanUser(r) }, `SELECT `+userColumns+` FROM users ORDER BY login`)
}

// User is one user.
func (d *DB) User(ctx context.Context, id int64) (User, error) {
	u, err := scanUser(d.read.QueryRowContext(ctx, `SELECT `+userColumns+` FROM users WHERE id = ?1`, id))
	return u, none(err)
}

func loginKey(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// ErrLogin says that a login is taken.
var ErrLogin = &told.Error{Kind: told.Refused, Field: "user", Text: "User ID ini sudah ada."}

// AddUser makes a user; without a password hash the user id waits for its slip.
func (d *DB) AddUser(ctx context.Context, login, name string, role party.Role, hash string, at time.Time) (id int64, err error) {
	err = d.rights(ctx, func(t *sql.Tx) error {
		err := t.QueryRowContext(ctx,
			`INSERT INTO users (login, name, role, password_hash, created_us, password_us)
				VALUES (?1, ?2, ?3, ?4, ?5, CASE WHEN ?4 = '' THEN 0 ELSE ?5 END) ON CONFLICT DO NOTHING RETURNING id`,
			loginKey(login), name, string(role), hash, micros(at)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrLogin
		}
		return errors.Join(err, d.note(ctx, t, Entry{At: at, Kind: UserMade, About: id, Text: "User ID dibuat sebagai " + role.Label()}))
	})
	return id, err
}

// SetRole changes what a user may do, and ends the user's sessions.
func (d *DB) SetRole(ctx context.Context, user int64, role party.Role, at time.Time) error {
	return d.rights(ctx, func(t *sql.Tx) error {
		var old party.Role
		if err := t.QueryRowContext(ctx, `SELECT role FROM users WHERE id = ?1 AND deactivated_us = 0`, user).Scan(&old); err != nil {
			return none(err)
		}
		_, err1 := t.ExecContext(ctx, `UPDATE users SET role = ?2 WHERE id = ?1`, user, string(role))
		_, err2 := t.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = ?1`, user)
		return errors.Join(err1, err2, d.note(ctx, t, Entry{At: at, Kind: RoleMoved, About: user, Text: "Peran diubah dari " + old.Label() +
			" menjadi " + role.Label()}))
	})
}

// rights runs a change of users and moves the version.
func (d *DB) rights(ctx context.Context, fn func(t *sql.Tx) error) error {
	return d.tx(ctx, func(t *sql.Tx) error {
		if err := fn(t); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, `UPDATE version SET n = n + 1`)
		return err
	})
}

// Deactivate ends a user id and its sessions, and forgets its token.
func (d *DB) Deactivate(ctx context.Context, user int64, at time.Time) error {
	return d.rights(ctx, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = ?1`, user)
		return errors.Join(err, one(ctx, t, `UPDATE users SET deactivated_us = ?2, token = NULL WHERE id = ?1 AND deactivated_us = 0`, user,
			micros(at)),
			d.note(ctx, t, Entry{At: at, Kind: UserMade, About: user, Text: "User ID diakhiri; sesi dan token Dukcapilnya dihapus"}))
	})
}

// SetToken keeps a user's token for the provider, sealed.
func (d *DB) SetToken(ctx context.Context, user int64, token string, at time.Time) error {
	return d.rights(ctx, func(t *sql.Tx) error {
		err := one(ctx, t, `UPDATE users SET token = ?2 WHERE id = ?1`, user, d.users.Seal([]byte(token), bound("token", user)))
		return errors.Join(err, d.did(ctx, t, TokenSet, user, at, "Token Dukcapil disimpan, sidik "+party.Fingerprint(
			party.HashSecret(token)), ""))
	})
}

func bound(what string, id int64) []byte { return []byte(what + " " + strconv.FormatInt(id, 10)) }

// Token is a user's token for the provider; ErrNone when there is none.
func (d *DB) Token(ctx context.Context, user int64) (string, error) {
	var sealed []byte
	err := d.read.QueryRowContext(ctx, `SELECT token FROM users WHERE id = ?1 AND token IS NOT NULL AND deactivated_us = 0`,
		user).Scan(&sealed)
	if err != nil {
		return "", none(err)
	}
	plain, err := d.users.Open(nil, sealed, bound("token", user))
	return string(plain), err
}

// AnyToken is the token of whichever active user has one: data balikan is the agency's, and its officer may have left.
func (d *DB) AnyToken(ctx context.Context) (string, error) {
	var user int64
	if err := d.read.QueryRowContext(ctx, `SELECT id FROM users WHERE token IS NOT NULL AND deactivated_us = 0 ORDER BY id LIMIT 1`).Scan(
		&user); err != nil {
		return "", none(err)
	}
	return d.Token(ctx, user)
}

// Rights tells the pages who is signed in, in the shape that they have on the provider's side. The desk's users have no quota of their own.
type Rights struct {
	DB     *DB
	Office party.Institution
}

// Standing implements access.Rights.
func (x Rights) Standing(ctx context.Context, user int64) (*access.Standing, error) {
	u, err := x.DB.User(ctx, user)
	if errors.Is(err, ErrNone) || err == nil && !u.Deactivated.IsZero() {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read user: %w", err)
	}
	return &access.Standing{User: u.User, Institution: x.Office}, nil
}

// Hits implements access.Rights.
func (Rights) Hits(context.Context, int64, time.Time) (journal.Hits, error) { return nil, nil }

// Version implements access.Rights.
func (x Rights) Version(ctx context.Context) (int64, error) { return x.DB.Accounts.Version(ctx) }

// Forget implements access.Rights.
func (Rights) Forget() {}
