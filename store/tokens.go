package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// IssueToken issues the slip of a token for a user's application, under the agreement that decides now. A *told.Error says why the user may
// not have one. Who issues it never sees the token.
func (s *Credentials) IssueToken(ctx context.Context, c journal.Change, u party.User, kind party.Kind, app string,
	life time.Duration) (out Issued, err error) {
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
	case u.Application == 0 && app == "":
		return out, told.Wrong("aplikasi", "Sebutkan nama aplikasi yang memakai token ini.")
	case life < 0 || life > party.MostTokenLife:
		return out, told.Wrong("hari", "Masa berlaku token paling lama 730 hari.")
	}
	x := party.Slip{For: kind, Application: u.Application, Agreement: grant.Agreement, Life: life}
	c.Subject, c.After = "User ID "+u.Login, "lembar "+slipWords(kind)+" diterbitkan"
	err = s.db.change(ctx, u.Institution, c, func(q *sqldb.Queries) (err error) {
		if c.By == 0 {
			if err := s.handsAtAgency(ctx, q, c, u, kind, st.Institution.Zone.Day(c.At)); err != nil {
				return err
			}
		}
		if x.Application == 0 {
			if x.Application, err = s.db.application(ctx, q, u, app, c); err != nil {
				return err
			}
		}
		out, err = s.issue(ctx, q, c, u, x)
		return err
	})
	return out, err
}

// handOut opens the tokens that were prepared for a slip. From here on their hashes alone are kept.
func (s *Credentials) handOut(ctx context.Context, q *sqldb.Queries, x party.Slip, now time.Time) (out []party.Handed, err error) {
	prepared, err := q.PreparedOfUser(ctx, x.Owner)
	if err != nil {
		return nil, fmt.Errorf("read prepared tokens: %w", err)
	}
	old, err := q.LiveCredentialsOfUser(ctx, x.Owner)
	if err != nil {
		return nil, fmt.Errorf("read credentials: %w", err)
	}
	for _, r := range prepared {
		if r.SlipID != x.ID {
			continue
		}
		h := party.Handed{Credential: credentialOf(r)}
		h.Issued, h.Expires = now, now.Add(cmp.Or(x.Life, party.TokenLife))
		plain, err := s.seal.Open(nil, r.Sealed, sealed(h.Kind, h.Owner))
		if err != nil {
			return nil, fmt.Errorf("open token %s: %w", h.Fingerprint, err)
		}
		h.Token = string(plain)
		if a, err := q.Application(ctx, h.Application); err == nil {
			h.AppName = a.Name
		} else if !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("read application: %w", err)
		}
		if n, err := q.TakeCredential(ctx, sqldb.TakeCredentialParams{ID: h.ID, IssuedUs: micros(now),
			ExpiresUs: micros(h.Expires)}); err != nil || n != 1 {
			return nil, errors.Join(err, errSpent)
		}
		for _, r := range old {
			if o := credentialOf(r); o.Kind == h.Kind && o.Application == h.Application && o.At(now) == party.Live {
				o = o.Rotate(now, cmp.Or(x.Overlap, party.Overlap))
				if _, err := q.RotateCredential(ctx, sqldb.RotateCredentialParams{ID: o.ID, RotatedUs: micros(o.Rotated),
					ExpiresUs: micros(o.Expires)}); err != nil {
					return nil, err
				}
			}
		}
		out = append(out, h)
	}
	return out, nil
}

// prepare makes a token whose secret lies sealed until its owner takes it, so that letters can name it by its fingerprint before. One of
// the same kind and application that still waits is dropped.
func (s *Credentials) prepare(ctx context.Context, q *sqldb.Queries, c journal.Change, t party.Credential) (party.Credential, error) {
	if t.Agreement == 0 {
		var err error
		if t.Agreement, err = s.under(ctx, t.Agency, c.At); err != nil {
			return t, err
		}
	}
	if err := q.DropPrepared(ctx, sqldb.DropPreparedParams{UserID: t.Owner, Kind: string(t.Kind), ApplicationID: t.Application,
		AtUs: micros(c.At)}); err != nil {
		return t, fmt.Errorf("drop prepared tokens: %w", err)
	}
	secret := party.NewSecret()
	h := party.HashSecret(secret)
	t.Fingerprint = party.Fingerprint(h)
	var err error
	t.ID, err = q.InsertCredential(ctx, sqldb.InsertCredentialParams{
		Kind: string(t.Kind), AgencyID: t.Agency, UserID: t.Owner, ApplicationID: t.Application, AgreementID: t.Agreement, Hash: h[:],
		Fingerprint: t.Fingerprint,
		Label:       t.Label, Letter: c.Letter, IssuedBy: c.By, Sealed: s.seal.Seal([]byte(secret), sealed(t.Kind, t.Owner)),
	})
	if err != nil {
		return t, fmt.Errorf("insert token: %w", err)
	}
	return t, nil
}
