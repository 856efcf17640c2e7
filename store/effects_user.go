package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
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

// application is the id of an application in use, registered when it is new.
func application(ctx context.Context, q *sqldb.Queries, agency int64, name string, c journal.Change) (int64, error) {
	a, err := q.ApplicationNamed(ctx, sqldb.ApplicationNamedParams{AgencyID: agency, Name: name})
	if ok, err := foundRow(err, "application"); ok || err != nil {
		return a.ID, err
	}
	id, err := q.InsertApplication(ctx, sqldb.InsertApplicationParams{AgencyID: agency, Name: name, SinceUs: micros(c.At)})
	if err != nil {
		return 0, fmt.Errorf("insert application: %w", err)
	}
	c.Subject, c.Before, c.After = "Aplikasi "+name, "", "didaftarkan"
	return id, record(ctx, q, agency, c)
}

// assignApplication is for a user who was made a moment ago, by the same decision.
func assignApplication(ctx context.Context, q *sqldb.Queries, c journal.Change, e procedure.AssignApplication) error {
	u, err := q.UserByLogin(ctx, loginKey(e.User.Login))
	if err != nil {
		return fmt.Errorf("read user: %w", err)
	}
	app, err := application(ctx, q, u.AgencyID, e.Application, c)
	if err != nil {
		return err
	}
	return q.SetUserApplication(ctx, sqldb.SetUserApplicationParams{ID: u.ID, ApplicationID: app})
}

// prepareToken prepares a token for a user who may have been made a moment ago, by the same decision.
func (s *Rights) prepareToken(ctx context.Context, q *sqldb.Queries, c journal.Change, e procedure.PrepareToken) error {
	u, err := q.UserByLogin(ctx, loginKey(e.User.Login))
	if err != nil {
		return fmt.Errorf("read user: %w", err)
	}
	app, err := application(ctx, q, u.AgencyID, e.Application, c)
	if err != nil {
		return err
	}
	_, err = s.db.Credentials.prepare(ctx, q, c, party.Credential{
		Kind: e.Kind, Agency: u.AgencyID, Owner: u.ID, Application: app, Agreement: e.Agreement, Label: e.Purpose,
	})
	return err
}

func (db *DB) insertUser(ctx context.Context, q *sqldb.Queries, u party.User, passwordHash string, known time.Time) (int64, error) {
	id, err := q.InsertUser(ctx, sqldb.InsertUserParams{
		AgencyID: u.Institution, Login: loginKey(u.Login), Name: u.Name, Position: u.Position, Role: string(u.Role),
		Methods:   listText(u.Methods),
		NdaSigned: dayText(u.NDASigned), DeactivatedUs: micros(u.Deactivated), PasswordHash: passwordHash, Email: u.Email,
		ApplicationID: u.Application,
		MatchOnly:     u.MatchOnly, Purposes: listText(u.Purposes), Nip: u.Identity.NIP, NikSealed: db.sealNIK(u.Login, u.Identity.NIK),
	})
	if err != nil {
		return 0, fmt.Errorf("insert user: %w", err)
	}
	return id, keepUser(ctx, q, id, known)
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
