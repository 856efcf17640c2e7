package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// What effects write about a user id and its credentials.

func revokeToken(ctx context.Context, q *sqldb.Queries, e procedure.RevokeToken, at time.Time) error {
	n, err := q.RevokeCredential(ctx, sqldb.RevokeCredentialParams{ID: e.Token.ID, RevokedUs: micros(at)})
	if err == nil && n == 0 {
		err = told.Refuse("Token ini sudah dicabut.")
	}
	return err
}

func deactivate(ctx context.Context, q *sqldb.Queries, e procedure.Deactivate) error {
	return errors.Join(q.DeleteSessionsOfUser(ctx, e.User.ID),
		q.SetUserDeactivated(ctx, sqldb.SetUserDeactivatedParams{ID: e.User.ID, DeactivatedUs: micros(e.At)}))
}

func setUserRights(ctx context.Context, q *sqldb.Queries, n party.User) error {
	return q.SetUserRights(ctx, sqldb.SetUserRightsParams{
		ID: n.ID, Role: string(n.Role), Methods: listText(n.Methods), MatchOnly: n.MatchOnly, Purposes: listText(n.Purposes),
	})
}

// keepsTwo refuses, in the change's transaction, to take the role of an administrator from the last two: of two who take each other's at
// once, one is refused.
func (s *Rights) keepsTwo(ctx context.Context, q *sqldb.Queries, was party.User) error {
	if was.Role != party.Administrator {
		return nil
	}
	staff, err := s.db.withIdentity(ctx, q, party.Provider)
	if err == nil && !procedure.KeepsTwo(staff, 0) {
		err = procedure.ErrLastTwo
	}
	return err
}

func (db *DB) insertUser(ctx context.Context, q *sqldb.Queries, u party.User, passwordHash string, known time.Time) (int64, error) {
	id, err := q.InsertUser(ctx, sqldb.InsertUserParams{
		AgencyID: u.Institution, Login: loginKey(u.Login), Name: u.Name, Position: u.Position, Role: string(u.Role),
		Methods:   listText(u.Methods),
		NdaSigned: dayText(u.NDASigned), DeactivatedUs: micros(u.Deactivated), PasswordHash: passwordHash, Email: u.Email,
		ApplicationID: u.Application,
		MatchOnly:     u.MatchOnly, Purposes: listText(u.Purposes), Nip: u.Identity.NIP, NikSealed: db.sealNIK(u.Login, u.Identity.NIK),
		EmailBy: u.EmailBy,
	})
	if err != nil {
		return 0, fmt.Errorf("insert user: %w", err)
	}
	return id, keepUser(ctx, q, id, known)
}

// restore takes a deactivation back, and the NDA with it when that no longer holds.
func restore(ctx context.Context, q *sqldb.Queries, e procedure.Restore, at time.Time) error {
	err := errors.Join(q.SetUserDeactivated(ctx, sqldb.SetUserDeactivatedParams{ID: e.User.ID}), resetUser(ctx, q, e.User.ID, at))
	if e.NewNDA {
		err = errors.Join(err, q.SetUserNDAForm(ctx, sqldb.SetUserNDAFormParams{ID: e.User.ID}))
	}
	return err
}

// changedUser is the user id of which an effect changes what it may do; 0: none.
func changedUser(effect procedure.Effect) int64 {
	switch e := effect.(type) {
	case procedure.ChangeUser:
		return e.New.ID
	case procedure.Deactivate:
		return e.User.ID
	case procedure.Restore:
		return e.User.ID
	case procedure.SignNDA:
		return e.User.ID
	}
	return 0
}

// keepUser keeps what a user id may do from now on beside what it could do before.
func keepUser(ctx context.Context, q *sqldb.Queries, id int64, known time.Time) error {
	if err := q.KeepUserVersion(ctx, sqldb.KeepUserVersionParams{ID: id, KnownUs: micros(known)}); err != nil {
		return fmt.Errorf("keep version of user %d: %w", id, err)
	}
	return nil
}
