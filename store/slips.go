package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// An Issued slip is what the one who printed it may know: the first half. Without Mailed the second half waits until another person draws
// it; only from the command line, while two administrators are not there yet and nobody else could hand it over, that of an activation
// comes along. Without Code it waits in the console until somebody prints it.
type Issued struct {
	Slip   int64
	Code   string
	Second string
	Mailed bool
	Until  time.Time
}

func slipOf(r sqldb.Slip) party.Slip {
	s := party.Slip{
		ID: r.ID, For: party.Kind(r.Kind), Owner: r.UserID, Agency: r.AgencyID, Application: r.ApplicationID, Agreement: r.AgreementID,
		Life:    time.Duration(r.LifeUs) * time.Microsecond,
		Overlap: time.Duration(r.OverlapUs) * time.Microsecond, Letter: r.Letter, IssuedBy: r.IssuedBy, Issued: instant(r.IssuedUs),
		Printed: instant(r.PrintedUs),
		Until:   instant(r.UntilUs), DrawnBy: r.DrawnBy, Mailed: r.Mailed, Tries: int(r.Tries), Spent: instant(r.SpentUs),
	}
	copy(s.Code[:], r.Code)
	copy(s.Second[:], r.Second)
	return s
}

// slipWords says what a slip is for.
func slipWords(k party.Kind) string {
	if k == party.Password {
		return "aktivasi"
	}
	return "penyerahan " + k.Label()
}

// IssueSlip issues a slip to a user and prints it, with a record of each; open ones of the same kind end. Who gives commands on the server
// is not known: from there a slip of a person's password, or of an account that is nobody's agency, is printed only while the office is
// being founded, and waits afterwards to be printed in the console.
func (s *Credentials) IssueSlip(ctx context.Context, c journal.Change, u party.User, slip party.Slip) (out Issued, err error) {
	c.Subject, c.After = "User ID "+u.Login, "lembar "+slipWords(slip.For)+" diterbitkan"
	err = s.db.change(ctx, u.Institution, c, func(q *sqldb.Queries) error {
		out, err = s.issue(ctx, q, c, u, slip)
		return err
	})
	return out, err
}

// issue orders and prints.
func (s *Credentials) issue(ctx context.Context, q *sqldb.Queries, c journal.Change, u party.User, x party.Slip) (Issued, error) {
	id, err := s.order(ctx, q, c, u, x)
	if err != nil {
		return Issued{}, err
	}
	r, err := q.Slip(ctx, id)
	if err != nil {
		return Issued{}, fmt.Errorf("read slip: %w", err)
	}
	alone := false
	if c.By == 0 && (x.For == party.Password || u.Institution == party.Provider) {
		staff, err := s.db.withIdentity(ctx, q, party.Provider)
		if err != nil {
			return Issued{}, err
		}
		if alone = x.For == party.Password && !procedure.Founded(staff); !alone {
			return Issued{Slip: id, Until: c.At.Add(party.SlipLife)}, nil
		}
	}
	return s.print(ctx, q, c, u, slipOf(r), alone)
}

// order issues a slip that nobody can know the code of yet. It hands out the tokens that were prepared for the user, and is given one of
// its kind when there is none.
func (s *Credentials) order(ctx context.Context, q *sqldb.Queries, c journal.Change, u party.User, x party.Slip) (int64, error) {
	prepared, err := q.PreparedOfUser(ctx, u.ID)
	if err != nil {
		return 0, fmt.Errorf("read prepared tokens: %w", err)
	}
	if x.For.Token() && !slices.ContainsFunc(prepared, func(r sqldb.Credential) bool { return r.Kind == string(x.For) }) {
		t := party.Credential{Kind: x.For, Agency: u.Institution, Owner: u.ID, Application: x.Application, Agreement: x.Agreement,
			Letter: c.Letter, IssuedBy: c.By}
		if _, err := s.prepare(ctx, q, c, t); err != nil {
			return 0, err
		}
	}
	if err := q.SpendSlips(ctx, sqldb.SpendSlipsParams{UserID: u.ID, Kind: string(x.For), AtUs: micros(c.At)}); err != nil {
		return 0, err
	}
	nobody := party.HashSlip(party.NewSlipCode())
	id, err := q.InsertSlip(ctx, sqldb.InsertSlipParams{
		Kind: string(x.For), UserID: u.ID, AgencyID: u.Institution, ApplicationID: x.Application, AgreementID: x.Agreement,
		LifeUs:    x.Life.Microseconds(),
		OverlapUs: x.Overlap.Microseconds(), Letter: c.Letter, IssuedBy: c.By, IssuedUs: micros(c.At),
		UntilUs: micros(c.At.Add(party.SlipLife)), Code: nobody[:],
	})
	if err != nil {
		return 0, fmt.Errorf("insert slip: %w", err)
	}
	return id, q.BindPrepared(ctx, sqldb.BindPreparedParams{UserID: u.ID, SlipID: id})
}

// errClosed refuses to print a slip.
var errClosed = told.Refuse("Lembar ini sudah digunakan, diganti, atau lewat masa berlakunya.")

// PrintSlip makes the code of an open slip, with its record, and its second half: that goes to the owner's address when the case fixed one.
// A slip that was printed before gets another code, so that the sheet before is void.
func (s *Credentials) PrintSlip(ctx context.Context, c journal.Change, slip int64) (code string, x party.Slip, err error) {
	r, err := s.db.mainRead.q.Slip(ctx, slip)
	if ok, err := foundRow(err, "slip"); !ok {
		return "", x, errors.Join(err, errClosed)
	}
	if x = slipOf(r); !x.Open(c.At) {
		return "", x, errClosed
	}
	row, err := s.db.mainRead.q.User(ctx, x.Owner)
	if err != nil {
		return "", x, fmt.Errorf("read user %d: %w", x.Owner, err)
	}
	u, err := userOf(row)
	if err != nil {
		return "", x, err
	}
	c.Letter, c.Subject, c.After = x.Letter, "User ID "+u.Login, "lembar "+slipWords(x.For)+" dicetak"
	if !x.Printed.IsZero() {
		c.After += " ulang; cetakan sebelumnya tidak berlaku lagi"
	}
	var out Issued
	err = s.db.change(ctx, x.Agency, c, func(q *sqldb.Queries) error {
		out, err = s.print(ctx, q, c, u, x, false)
		return err
	})
	x.OwnerLogin, x.Mailed, x.Until = u.Login, out.Mailed, out.Until
	return out.Code, x, err
}

// print makes the code; alone: nobody else is there who could hand the second half over, so that it comes along.
func (s *Credentials) print(ctx context.Context, q *sqldb.Queries, c journal.Change, u party.User, x party.Slip, alone bool) (Issued,
	error) {
	out := Issued{Slip: x.ID, Code: party.NewSlipCode(), Until: c.At.Add(party.SlipLife)}
	before := x.Code
	x.Code = party.HashSlip(out.Code)
	half := party.NewSecondCode()
	mailed, err := s.mailed(ctx, q, c, u)
	if err != nil {
		return out, err
	}
	var second []byte
	switch {
	case mailed:
		x, out.Mailed = x.Draw(half, 0, true), true
		if err := s.mailSecond(ctx, q, c, u, x, half, out.Until); err != nil {
			return out, err
		}
		second = x.Second[:]
	case alone:
		x, out.Second = x.Draw(half, 0, false), half
		second = x.Second[:]
	}
	n, err := q.PrintSlip(ctx, sqldb.PrintSlipParams{
		ID: x.ID, Code: x.Code[:], Second: second, Mailed: out.Mailed, ByUser: c.By, AtUs: micros(c.At), UntilUs: micros(out.Until),
		Expected: before[:],
	})
	switch {
	case err != nil:
		return out, fmt.Errorf("print slip: %w", err)
	case n == 0:
		return out, errClosed
	}
	return out, nil
}

// OpenSlips are an agency's slips that can still be redeemed, for who hands out their second halves; agency -1: of all agencies.
func (s *Credentials) OpenSlips(ctx context.Context, agency int64, now time.Time) ([]party.Slip, error) {
	rows, err := s.db.mainRead.q.OpenSlips(ctx, sqldb.OpenSlipsParams{Agency: agency, NowUs: micros(now)})
	if err != nil {
		return nil, fmt.Errorf("read slips: %w", err)
	}
	return each(rows, func(r sqldb.OpenSlipsRow) party.Slip {
		x := slipOf(sqldb.Slip{
			ID: r.ID, Kind: r.Kind, UserID: r.UserID, AgencyID: r.AgencyID, ApplicationID: r.ApplicationID, AgreementID: r.AgreementID,
			LifeUs: r.LifeUs, OverlapUs: r.OverlapUs,
			Letter: r.Letter, IssuedBy: r.IssuedBy, PrintedUs: r.PrintedUs, IssuedUs: r.IssuedUs, UntilUs: r.UntilUs, Code: r.Code,
			Second: r.Second, DrawnBy: r.DrawnBy, Mailed: r.Mailed, Tries: r.Tries, SpentUs: r.SpentUs,
		})
		x.OwnerLogin, x.AddressBy = r.Login, r.EmailBy
		return x
	}), nil
}

// Slip finds an open slip by its code, and whom it is for; false when there is none. It tells nothing that the slip itself does not say.
func (s *Credentials) Slip(ctx context.Context, code string, now time.Time) (party.Slip, party.User, bool, error) {
	h := party.HashSlip(code)
	r, err := s.db.mainRead.q.SlipByCode(ctx, h[:])
	if ok, err := foundRow(err, "slip"); !ok {
		return party.Slip{}, party.User{}, false, err
	}
	u, err := s.db.mainRead.q.User(ctx, r.UserID)
	if err != nil {
		return party.Slip{}, party.User{}, false, fmt.Errorf("read user %d: %w", r.UserID, err)
	}
	x := slipOf(r)
	owner, err := userOf(u)
	return x, owner, err == nil && x.Open(now) && u.DeactivatedUs == 0, err
}

// Redeem tries both halves of a slip. One for activation sets the password and ends the owner's sessions; every slip hands out the tokens
// that were prepared for it, and live ones of the same kind, owner and application are rotated: they work for the slip's overlap longer.
// False: the halves do not fit, and the try was counted.
func (s *Credentials) Redeem(ctx context.Context, code, second, passwordHash string, now time.Time) (got []party.Handed, ok bool,
	err error) {
	ok, err = s.redeem(ctx, code, second, now, func(q *sqldb.Queries, x party.Slip) (did string, err error) {
		if (x.For == party.Password) != (passwordHash != "") {
			return "", errSpent
		}
		var words []string
		if passwordHash != "" {
			words = append(words, "kata sandi dibuat oleh pemiliknya")
			err = errors.Join(q.DeleteSessionsOfUser(ctx, x.Owner), q.SetUserPassword(ctx, sqldb.SetUserPasswordParams{ID: x.Owner,
				PasswordHash: passwordHash, PasswordUs: micros(now)}))
			if err != nil {
				return "", err
			}
		}
		if got, err = s.handOut(ctx, q, x, now); err != nil {
			return "", err
		}
		for _, h := range got {
			words = append(words, tokenName(h.Credential)+" diambil oleh pemiliknya")
		}
		if len(words) == 0 { // its tokens were revoked meanwhile
			return "", errSpent
		}
		return strings.Join(words, "; "), nil
	})
	if !ok {
		got = nil
	}
	return got, ok, err
}

// countTry counts halves that do not fit. The one that voids the slip is a step in its life, and so a record.
func (s *Credentials) countTry(ctx context.Context, x party.Slip, u party.User, try sqldb.TrySlipParams, now time.Time) (n int64,
	err error) {
	if try.SpentUs == 0 {
		return s.db.main.q.TrySlip(ctx, try)
	}
	c := journal.Change{At: now, Letter: x.Letter, Subject: "User ID " + u.Login, After: "lembar " + slipWords(x.For) +
		" gugur karena kodenya berulang kali salah"}
	err = s.db.change(ctx, x.Agency, c, func(q *sqldb.Queries) error {
		if n, err = q.TrySlip(ctx, try); err == nil && n == 0 {
			err = errSpent
		}
		return err
	})
	if errors.Is(err, errSpent) {
		err = nil
	}
	return n, err
}

// errSpent ends a redemption that does not come to pass.
var errSpent = errors.New("slip does not fit")

// redeem tries the halves of a slip. The slip's row is changed only as it was read, so that two tries at once are two tries.
func (s *Credentials) redeem(ctx context.Context, code, second string, now time.Time, do func(*sqldb.Queries, party.Slip) (string, error)) (
	bool, error) {
	for {
		x, u, open, err := s.Slip(ctx, code, now)
		if err != nil || !open {
			return false, err
		}
		next, ok := x.Redeem(code, second, now)
		try := sqldb.TrySlipParams{ID: x.ID, Tries: int64(next.Tries), SpentUs: micros(next.Spent), Expected: int64(x.Tries),
			Code: x.Code[:]}
		if !ok {
			n, err := s.countTry(ctx, x, u, try, now)
			if err != nil || n == 1 {
				return false, err
			}
			continue // somebody else tried meanwhile
		}
		c := journal.Change{At: now, By: u.ID, Letter: x.Letter, Subject: "User ID " + u.Login, Reason: "lembar " + slipWords(x.For) +
			" dengan kode kedua"}
		err = s.db.changes(ctx, func(q *sqldb.Queries) error {
			n, err := q.TrySlip(ctx, try)
			if err == nil && n == 0 {
				err = errSpent
			}
			if err != nil {
				return err
			}
			if c.After, err = do(q, x); err != nil {
				return err
			}
			return s.db.record(ctx, q, x.Agency, c)
		})
		if errors.Is(err, errSpent) {
			return false, nil
		}
		return err == nil, err
	}
}
