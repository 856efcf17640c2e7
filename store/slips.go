package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// An Issued slip is what the one who issued it may know: the printed half. Without Mailed the second half waits until another person draws it; only from the command
// line, where an office's first people are activated and nobody else is there yet, that of an activation comes along.
type Issued struct {
	Slip   int64
	Code   string
	Second string
	Mailed bool
	Until  time.Time
}

func slipOf(r sqldb.Slip) party.Slip {
	s := party.Slip{
		ID: r.ID, For: party.Kind(r.Kind), Owner: r.UserID, Agency: r.AgencyID, Application: r.ApplicationID, Agreement: r.AgreementID, Life: time.Duration(r.LifeUs) * time.Microsecond,
		Letter: r.Letter, IssuedBy: r.IssuedBy, Issued: instant(r.IssuedUs), Until: instant(r.UntilUs), DrawnBy: r.DrawnBy, Mailed: r.Mailed, Tries: int(r.Tries), Spent: instant(r.SpentUs),
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

// IssueSlip issues a slip to a user, with its record; open ones of the same kind end. The second half goes to the user's e-mail address when there is one.
func (s *Credentials) IssueSlip(ctx context.Context, c journal.Change, u party.User, slip party.Slip) (out Issued, err error) {
	c.Subject, c.After = "User ID "+u.Login, "lembar "+slipWords(slip.For)+" diterbitkan"
	err = s.db.change(ctx, u.Institution, c, func(q *sqldb.Queries) error {
		out, err = issueSlip(ctx, q, c, u, slip)
		return err
	})
	return out, err
}

// IssueToken issues the slip of a token for a user's application, under the agreement that decides now. A *told.Error says why the user may not have one. Who issues it
// never sees the token.
func (s *Credentials) IssueToken(ctx context.Context, c journal.Change, u party.User, kind party.Kind, application string, life time.Duration) (out Issued, err error) {
	st, err := s.db.Rights.Agency(ctx, u.Institution)
	if err != nil {
		return out, err
	}
	grant, ok := agreement.Current(st.Agreements, c.At, st.Institution.Zone.Day(c.At))
	switch {
	case u.Role.OfProvider():
		return out, told.Refuse("Pegawai Dinas tidak mempunyai token untuk program.")
	case !kind.Token():
		return out, told.Wrong("untuk", "Token hanya untuk api, balikan, atau desk.")
	case !u.Deactivated.IsZero() || !u.HasPassword && u.Role != party.Application:
		return out, told.Refuse("User ID ini belum atau tidak lagi aktif: tokennya terbit setelah berkas user ID selesai.")
	case !ok || !grant.State.Works():
		return out, told.Refuse("Instansi ini tidak mempunyai perjanjian yang berlaku.")
	case life < 0 || life > party.MostTokenLife:
		return out, told.Wrong("hari", "Masa berlaku token paling lama 730 hari.")
	}
	x := party.Slip{For: kind, Application: u.Application, Agreement: grant.Agreement, Life: life}
	c.Subject, c.After = "User ID "+u.Login, "lembar "+slipWords(kind)+" diterbitkan"
	err = s.db.change(ctx, u.Institution, c, func(q *sqldb.Queries) (err error) {
		if x.Application == 0 {
			if x.Application, err = ownApplication(ctx, q, c, u, application); err != nil {
				return err
			}
		}
		out, err = issueSlip(ctx, q, c, u, x)
		return err
	})
	return out, err
}

// ownApplication finds an agency's application by its name, and registers it when it is not there.
func ownApplication(ctx context.Context, q *sqldb.Queries, c journal.Change, u party.User, name string) (int64, error) {
	if name == "" {
		return 0, told.Wrong("aplikasi", "Sebutkan nama aplikasi yang memakai token ini.")
	}
	a, err := q.ApplicationNamed(ctx, sqldb.ApplicationNamedParams{AgencyID: u.Institution, Name: name})
	if there, err := foundRow(err, "application"); err != nil || there {
		return a.ID, err
	}
	id, err := q.InsertApplication(ctx, sqldb.InsertApplicationParams{AgencyID: u.Institution, Name: name, SinceUs: micros(c.At)})
	if err != nil {
		return 0, fmt.Errorf("insert application: %w", err)
	}
	c.Subject, c.After = "Aplikasi "+name, "didaftarkan"
	return id, record(ctx, q, u.Institution, c)
}

func issueSlip(ctx context.Context, q *sqldb.Queries, c journal.Change, u party.User, x party.Slip) (Issued, error) {
	out := Issued{Code: party.NewSlipCode(), Until: c.At.Add(party.SlipLife)}
	x.Owner, x.Agency, x.IssuedBy, x.Letter, x.Issued, x.Until, x.Code = u.ID, u.Institution, c.By, c.Letter, c.At, out.Until, party.HashSlip(out.Code)
	var second []byte
	if u.Email != "" && !u.Role.OfProvider() { // whoever asks for a user id of the staff could have named an own address; a colleague hands the code over
		half := party.NewSecondCode()
		x = x.Draw(half, 0, true)
		out.Mailed, second = true, x.Second[:]
		m := notify.Mail{To: u.Email, Created: c.At, Subject: "Kode kedua untuk User ID " + u.Login, Body: "Kode kedua Anda: " + half + "\n\n" +
			"Kode ini dipakai bersama kode pada lembar " + slipWords(x.For) + " yang Anda terima secara terpisah, paling lambat " + out.Until.In(party.WIB.Location()).Format("02-01-2006 15.04") +
			" WIB.\nJangan memberikan kode ini kepada siapa pun, juga tidak kepada petugas. Jika Anda tidak menunggu lembar tersebut, beri tahu administrator instansi Anda.\n"}
		if err := tell(ctx, q, nil, []notify.Mail{m}); err != nil {
			return out, err
		}
	}
	if second == nil && c.By == 0 && x.For == party.Password {
		out.Second = party.NewSecondCode()
		x = x.Draw(out.Second, 0, false)
		second = x.Second[:]
	}
	if err := q.SpendSlips(ctx, sqldb.SpendSlipsParams{UserID: u.ID, Kind: string(x.For), AtUs: micros(c.At)}); err != nil {
		return out, err
	}
	var err error
	out.Slip, err = q.InsertSlip(ctx, sqldb.InsertSlipParams{
		Kind: string(x.For), UserID: x.Owner, AgencyID: x.Agency, ApplicationID: x.Application, AgreementID: x.Agreement, LifeUs: x.Life.Microseconds(), Letter: x.Letter,
		IssuedBy: x.IssuedBy, IssuedUs: micros(x.Issued), UntilUs: micros(x.Until), Code: x.Code[:], Second: second, Mailed: out.Mailed,
	})
	if err != nil {
		return out, fmt.Errorf("insert slip: %w", err)
	}
	return out, nil
}

// errDrawn refuses a second half in words.
var errDrawn = told.Refuse("Kode kedua sudah diambil, lembarnya sudah tidak berlaku, atau Anda sendiri yang menerbitkannya. Kode kedua diserahkan oleh orang lain.")

// DrawSecond draws the second half of a slip that was not mailed, once, by another person than the one who issued it. It is shown to that person alone, who hands it over.
func (s *Credentials) DrawSecond(ctx context.Context, slip, by int64, now time.Time) (second string, err error) {
	r, err := s.db.mainRead.q.Slip(ctx, slip)
	if ok, err := foundRow(err, "slip"); !ok {
		return "", errors.Join(err, errDrawn)
	}
	x := slipOf(r)
	if !x.MayDraw(by, now) {
		return "", errDrawn
	}
	staff, err := s.db.withIdentity(ctx, s.db.mainRead.q, party.Provider)
	if err != nil {
		return "", err
	}
	who := func(id int64) party.User {
		i := slices.IndexFunc(staff, func(u party.User) bool { return u.ID == id })
		if i < 0 {
			return party.User{ID: id}
		}
		return staff[i]
	}
	if party.SamePerson(who(by), who(x.IssuedBy)) {
		return "", errDrawn // by another user id of the one who printed it
	}
	second = party.NewSecondCode()
	x = x.Draw(second, by, false)
	u, err := s.db.mainRead.q.User(ctx, x.Owner)
	if err != nil {
		return "", fmt.Errorf("read user %d: %w", x.Owner, err)
	}
	c := journal.Change{At: now, By: by, Letter: x.Letter, Subject: "User ID " + u.Login, After: "kode kedua lembar " + slipWords(x.For) + " diserahkan"}
	return second, s.db.change(ctx, x.Agency, c, func(q *sqldb.Queries) error {
		n, err := q.DrawSlip(ctx, sqldb.DrawSlipParams{ID: slip, Second: x.Second[:], DrawnBy: by})
		if err == nil && n == 0 {
			err = errDrawn // by somebody else, a moment ago
		}
		return err
	})
}

// OpenSlips are an agency's slips that can still be redeemed, for who hands out their second halves; agency -1: of all agencies.
func (s *Credentials) OpenSlips(ctx context.Context, agency int64, now time.Time) ([]party.Slip, error) {
	rows, err := s.db.mainRead.q.OpenSlips(ctx, sqldb.OpenSlipsParams{Agency: agency, NowUs: micros(now)})
	if err != nil {
		return nil, fmt.Errorf("read slips: %w", err)
	}
	return each(rows, func(r sqldb.OpenSlipsRow) party.Slip {
		x := slipOf(sqldb.Slip{
			ID: r.ID, Kind: r.Kind, UserID: r.UserID, AgencyID: r.AgencyID, ApplicationID: r.ApplicationID, AgreementID: r.AgreementID, LifeUs: r.LifeUs, Letter: r.Letter,
			IssuedBy: r.IssuedBy, IssuedUs: r.IssuedUs, UntilUs: r.UntilUs, Code: r.Code, Second: r.Second, DrawnBy: r.DrawnBy, Mailed: r.Mailed, Tries: r.Tries, SpentUs: r.SpentUs,
		})
		x.OwnerLogin = r.Login
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

// Activate sets a password by a slip's two halves; old sessions end. False: they do not fit, and the try was counted.
func (s *Credentials) Activate(ctx context.Context, code, second, passwordHash string, now time.Time) (bool, error) {
	return s.redeem(ctx, code, second, now, func(q *sqldb.Queries, x party.Slip, _ party.User) (string, error) {
		if x.For != party.Password {
			return "", errSpent
		}
		return "kata sandi dibuat oleh pemiliknya", errors.Join(q.DeleteSessionsOfUser(ctx, x.Owner),
			q.SetUserPassword(ctx, sqldb.SetUserPasswordParams{ID: x.Owner, PasswordHash: passwordHash, PasswordUs: micros(now)}))
	})
}

// RedeemToken hands out the token of a slip to whoever has both halves, once. Live tokens of the same kind, owner and application are rotated: they work for
// party.Overlap longer. False: the halves do not fit, and the try was counted.
func (s *Credentials) RedeemToken(ctx context.Context, code, second string, now time.Time) (token string, c party.Credential, ok bool, err error) {
	token = party.NewSecret()
	ok, err = s.redeem(ctx, code, second, now, func(q *sqldb.Queries, x party.Slip, _ party.User) (string, error) {
		if !x.For.Token() {
			return "", errSpent
		}
		old, err := q.LiveCredentialsOfUser(ctx, x.Owner)
		if err != nil {
			return "", err
		}
		for _, r := range old {
			if o := credentialOf(r); o.Kind == x.For && o.Application == x.Application && o.At(now) == party.Live {
				o = o.Rotate(now, party.Overlap)
				if _, err := q.RotateCredential(ctx, sqldb.RotateCredentialParams{ID: o.ID, RotatedUs: micros(o.Rotated), ExpiresUs: micros(o.Expires)}); err != nil {
					return "", err
				}
			}
		}
		life := x.Life
		if life <= 0 {
			life = party.TokenLife
		}
		c = party.Credential{Kind: x.For, Agency: x.Agency, Owner: x.Owner, Application: x.Application, Agreement: x.Agreement, Letter: x.Letter, IssuedBy: x.IssuedBy, Issued: now, Expires: now.Add(life)}
		c.Fingerprint = party.Fingerprint(party.HashSecret(token))
		c.ID, err = insertToken(ctx, q, c, token)
		return tokenName(c) + " diambil oleh pemiliknya", err
	})
	if !ok {
		token, c = "", party.Credential{}
	}
	return token, c, ok, err
}

// errSpent ends a redemption that does not come to pass.
var errSpent = errors.New("slip does not fit")

// redeem tries the halves of a slip. The slip's row is changed only as it was read, so that two tries at once are two tries.
func (s *Credentials) redeem(ctx context.Context, code, second string, now time.Time, do func(*sqldb.Queries, party.Slip, party.User) (string, error)) (bool, error) {
	for {
		x, u, open, err := s.Slip(ctx, code, now)
		if err != nil || !open {
			return false, err
		}
		next, ok := x.Redeem(code, second, now)
		try := sqldb.TrySlipParams{ID: x.ID, Tries: int64(next.Tries), SpentUs: micros(next.Spent), Expected: int64(x.Tries)}
		if !ok {
			n, err := s.db.main.q.TrySlip(ctx, try)
			if err != nil || n == 1 {
				return false, err
			}
			continue // somebody else tried meanwhile
		}
		c := journal.Change{At: now, By: u.ID, Letter: x.Letter, Subject: "User ID " + u.Login, Reason: "lembar " + slipWords(x.For) + " dengan kode kedua"}
		err = s.db.changes(ctx, func(q *sqldb.Queries) error {
			n, err := q.TrySlip(ctx, try)
			if err == nil && n == 0 {
				err = errSpent
			}
			if err != nil {
				return err
			}
			if c.After, err = do(q, x, u); err != nil {
				return err
			}
			return record(ctx, q, x.Agency, c)
		})
		if errors.Is(err, errSpent) {
			return false, nil
		}
		return err == nil, err
	}
}
