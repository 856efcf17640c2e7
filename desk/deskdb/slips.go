package deskdb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
)

// Slips bring a user to a password in two halves, as at the provider (party.Slip): who prints one never sees the other half, which a
// colleague draws. Issuing one takes nothing away; the old password ends when the slip is redeemed.
type Slips struct{ db *DB }

// A Printed slip is what the one who printed it may know.
type Printed struct {
	party.Slip
	First  string // half
	Second string // only from the command line, while nobody else at the desk could hand it over
}

const slipColumns = `s.id, s.user_id, u.login, s.issued_us, s.until_us, s.code, s.issued_by, s.printed_us, s.second, s.drawn_by, s.tries,
	s.spent_us FROM slips s JOIN users u ON u.id = s.user_id AND u.deactivated_us = 0 `

func scanSlip(r interface{ Scan(...any) error }) (s party.Slip, err error) {
	var issued, until, printed, spent int64
	var code, second []byte
	err = r.Scan(&s.ID, &s.Owner, &s.OwnerLogin, &issued, &until, &code, &s.IssuedBy, &printed, &second, &s.DrawnBy, &s.Tries, &spent)
	copy(s.Code[:], code)
	copy(s.Second[:], second)
	s.For, s.Issued, s.Until, s.Printed, s.Spent = party.Password, instant(issued), instant(until), instant(printed), instant(spent)
	return s, err
}

// Issue issues a slip to a user, whose open ones end. Nobody knows its code before it is printed.
func (own *Slips) Issue(ctx context.Context, user int64, now time.Time) (id int64, err error) {
	var nobody [32]byte
	rand.Read(nobody[:])
	err = own.db.tx(ctx, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, `UPDATE slips SET spent_us = ?2 WHERE user_id = ?1 AND spent_us = 0`, user, micros(now))
		if err != nil {
			return err
		}
		if err := t.QueryRowContext(ctx, `INSERT INTO slips (user_id, issued_us, until_us, code) VALUES (?1, ?2, ?3, ?4) RETURNING id`, user,
			micros(now), micros(now.Add(party.SlipLife)), nobody[:]).Scan(&id); err != nil {
			return err
		}
		return own.db.note(ctx, t, Entry{At: now, Kind: WayChanged, About: user,
			Text: "Lembar rahasia diterbitkan; kata sandi dapat ditentukan dengannya"})
	})
	return id, err
}

// errClosed refuses to print a slip, errDrawn to draw its second half.
var (
	errClosed = told.Refuse("Lembar ini sudah digunakan, diganti, atau lewat masa berlakunya.")
	errDrawn  = told.Refuse("Kode kedua sudah diambil, lembarnya sudah tidak berlaku, atau Anda sendiri yang mencetaknya. Kode kedua " +
		"diserahkan oleh orang lain.")
)

// Print makes the code of an open slip; a sheet of before is void, and so is a second half. By 0 is the command line.
func (own *Slips) Print(ctx context.Context, id, by int64, now time.Time) (out Printed, err error) {
	err = own.db.tx(ctx, func(t *sql.Tx) error {
		s, err := scanSlip(t.QueryRowContext(ctx, `SELECT `+slipColumns+`WHERE s.id = ?1`, id))
		if err = none(err); err != nil || !s.Open(now) {
			if err == nil || errors.Is(err, ErrNone) {
				return errClosed
			}
			return err
		}
		words := "Lembar rahasia dicetak"
		if !s.Printed.IsZero() {
			words += " ulang; cetakan sebelumnya tidak berlaku lagi"
		}
		out.First = party.NewSlipCode()
		s.Code, s.Second, s.DrawnBy, s.IssuedBy, s.Printed = party.HashSlip(out.First), party.Hash{}, 0, by, now
		s.Until, s.Tries = now.Add(party.SlipLife), 0
		var second []byte
		if by == 0 {
			founded := false
			if err := t.QueryRowContext(ctx, `SELECT COUNT(*) >= 2 FROM users WHERE deactivated_us = 0 AND password_hash <> ''`).Scan(
				&founded); err != nil {
				return err
			}
			if !founded {
				out.Second = party.NewSecondCode()
				s = s.Draw(out.Second, 0, false)
				second = s.Second[:]
			}
		}
		out.Slip = s
		return errors.Join(one(ctx, t, `UPDATE slips SET code = ?2, second = ?3, drawn_by = 0, issued_by = ?4, printed_us = ?5, until_us = ?6,
			tries = 0 WHERE id = ?1`, id, s.Code[:], second, by, micros(now), micros(s.Until)),
			own.db.note(ctx, t, Entry{At: now, Kind: WayChanged, About: s.Owner, Text: words}))
	})
	return out, err
}

// DrawSecond draws the second half of a printed slip, once, by another person than the one who printed it and than its owner. It is shown
// to that person alone, who hands it over.
func (own *Slips) DrawSecond(ctx context.Context, id, by int64, now time.Time) (second string, err error) {
	err = own.db.tx(ctx, func(t *sql.Tx) error {
		s, err := scanSlip(t.QueryRowContext(ctx, `SELECT `+slipColumns+`WHERE s.id = ?1`, id))
		switch err = none(err); {
		case errors.Is(err, ErrNone):
			return errDrawn
		case err != nil:
			return err
		case by == s.Owner || !s.MayDraw(by, now):
			return errDrawn
		}
		second = party.NewSecondCode()
		s = s.Draw(second, by, false)
		return errors.Join(one(ctx, t, `UPDATE slips SET second = ?2, drawn_by = ?3 WHERE id = ?1`, id, s.Second[:], by),
			own.db.note(ctx, t, Entry{At: now, Kind: WayChanged, About: s.Owner, Text: "Kode kedua lembar rahasia diserahkan"}))
	})
	return second, err
}

// Open are the slips that can still be redeemed, newest first.
func (own *Slips) Open(ctx context.Context, now time.Time) ([]party.Slip, error) {
	return rows(ctx, own.db.read, func(r *sql.Rows) (party.Slip, error) { return scanSlip(r) },
		`SELECT `+slipColumns+`WHERE s.spent_us = 0 AND s.until_us >= ?1 AND s.tries < ?2 ORDER BY s.id DESC`, micros(now), party.MostTries)
}

// Find finds an open slip by its first half, and whose it is.
func (own *Slips) Find(ctx context.Context, code string, now time.Time) (party.Slip, party.User, bool, error) {
	h := party.HashSlip(code)
	s, err := scanSlip(own.db.read.QueryRowContext(ctx, `SELECT `+slipColumns+`WHERE s.code = ?1`, h[:]))
	if err = none(err); err != nil || !s.Open(now) || s.Printed.IsZero() {
		if errors.Is(err, ErrNone) {
			err = nil
		}
		return s, party.User{}, false, err
	}
	u, err := own.db.User(ctx, s.Owner)
	return s, u.User, err == nil, err
}

// Redeem tries both halves of a slip and sets the password; the user's sessions end. False: the halves do not fit, and the try was counted.
func (own *Slips) Redeem(ctx context.Context, code, second, passwordHash string, now time.Time) (ok bool, err error) {
	h := party.HashSlip(code)
	err = own.db.rights(ctx, func(t *sql.Tx) error {
		s, err := scanSlip(t.QueryRowContext(ctx, `SELECT `+slipColumns+`WHERE s.code = ?1`, h[:]))
		if err = none(err); err != nil {
			return err
		}
		next, fits := s.Redeem(code, second, now)
		if err := one(ctx, t, `UPDATE slips SET tries = ?2, spent_us = ?3 WHERE id = ?1`, s.ID, next.Tries, micros(next.Spent)); err != nil ||
			!fits {
			return err
		}
		ok = true
		_, err = t.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = ?1`, s.Owner)
		return errors.Join(err, one(ctx, t, `UPDATE users SET password_hash = ?2, password_us = ?3 WHERE id = ?1 AND deactivated_us = 0`,
			s.Owner, passwordHash, micros(now)),
			own.db.did(ctx, t, WayChanged, s.Owner, now, "Kata sandi dibuat dengan lembar rahasia dan kode kedua", ""))
	})
	if errors.Is(err, ErrNone) {
		return false, nil
	}
	return ok && err == nil, err
}
