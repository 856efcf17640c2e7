package store

import (
	"context"
	"errors"
	"fmt"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

func appOf(a sqldb.Application) (party.App, error) {
	in := stored{table: "applications", key: a.ID}
	x := party.App{ID: a.ID, Agency: a.AgencyID, Name: a.Name, Kind: party.AppKind(a.Kind), Answers: a.Answers, Since: instant(a.SinceUs),
		Ended: instant(a.EndedUs), EndedBy: a.EndedBy}
	x.MatchOnly = a.MatchOnly
	in.json("methods", a.Methods, &x.Methods)
	if a.Purposes != "" {
		in.json("purposes", a.Purposes, &x.Purposes)
	}
	return x, in.err
}

// Applications are an agency's, by name, ended ones too.
func (s *Rights) Applications(ctx context.Context, agency int64) ([]party.App, error) {
	rows, err := s.db.mainRead.q.Applications(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	return eachRead(rows, appOf)
}

// everyApplication are all applications, by agency.
func everyApplication(ctx context.Context, q *sqldb.Queries) (map[int64][]party.App, error) {
	rows, err := q.AllApplications(ctx)
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	all := map[int64][]party.App{}
	for _, r := range rows {
		x, err := appOf(r)
		if err != nil {
			return nil, err
		}
		all[r.AgencyID] = append(all[r.AgencyID], x)
	}
	return all, nil
}

// registerApplication puts an application in the register, whose names in use are unique within an agency.
func registerApplication(ctx context.Context, q *sqldb.Queries, a party.App) (int64, error) {
	_, err := q.ApplicationNamed(ctx, sqldb.ApplicationNamedParams{AgencyID: a.Agency, Name: a.Name})
	if taken, err := foundRow(err, "application"); err != nil || taken {
		return 0, errors.Join(err, told.Wrong("aplikasi", "Aplikasi dengan nama ini sudah terdaftar."))
	}
	purposes := "" // of those from before there were any, so that their entries go on explaining them
	if len(a.Purposes) > 0 {
		purposes = listText(a.Purposes)
	}
	id, err := q.InsertApplication(ctx, sqldb.InsertApplicationParams{AgencyID: a.Agency, Name: a.Name, Kind: string(a.Kind),
		Methods: listText(a.Methods), Answers: a.Answers, SinceUs: micros(a.Since), MatchOnly: a.MatchOnly, Purposes: purposes})
	if err != nil {
		return 0, fmt.Errorf("insert application: %w", err)
	}
	return id, nil
}

func endApplication(ctx context.Context, q *sqldb.Queries, c journal.Change, a party.App) error {
	n, err := q.EndApplication(ctx, sqldb.EndApplicationParams{ID: a.ID, EndedUs: micros(c.At), EndedBy: c.Letter})
	if err == nil && n == 0 {
		err = told.Refuse("Aplikasi ini sudah diakhiri.")
	}
	return err
}

// application is the id of an agency's application in use, registered when it is new.
func (s *DB) application(ctx context.Context, q *sqldb.Queries, u party.User, name string, c journal.Change) (int64, error) {
	a, err := q.ApplicationNamed(ctx, sqldb.ApplicationNamedParams{AgencyID: u.Institution, Name: name})
	if ok, err := foundRow(err, "application"); ok || err != nil {
		return a.ID, err
	}
	app := procedure.NewApp(u, name)
	app.Since = c.At
	id, err := registerApplication(ctx, q, app)
	if err != nil {
		return 0, err
	}
	c.Subject, c.Before, c.After = procedure.RegisterApplication{App: app}.Words()
	return id, s.record(ctx, q, u.Institution, c)
}

// ownApplication is a user, who may have been made a moment ago by the same decision, and the application that is to be theirs; see
// application.
func (s *DB) ownApplication(ctx context.Context, q *sqldb.Queries, c journal.Change, login, name string) (u party.User,
	app int64, err error) {
	row, err := q.UserByLogin(ctx, loginKey(login))
	if err != nil {
		return u, 0, fmt.Errorf("read user: %w", err)
	}
	if u, err = userOf(row); err != nil {
		return u, 0, err
	}
	app, err = s.application(ctx, q, u, name, c)
	return u, app, err
}

// assignApplication gives a user an application.
func (s *Rights) assignApplication(ctx context.Context, q *sqldb.Queries, c journal.Change, e procedure.AssignApplication) error {
	u, app, err := s.db.ownApplication(ctx, q, c, e.User.Login, e.Application)
	if err != nil {
		return err
	}
	return q.SetUserApplication(ctx, sqldb.SetUserApplicationParams{ID: u.ID, ApplicationID: app})
}

// prepareToken prepares a token for a user and their application.
func (s *Rights) prepareToken(ctx context.Context, q *sqldb.Queries, c journal.Change, e procedure.PrepareToken) error {
	u, app, err := s.db.ownApplication(ctx, q, c, e.User.Login, e.Application)
	if err != nil {
		return err
	}
	_, err = s.db.Credentials.prepare(ctx, q, c, party.Credential{
		Kind: e.Kind, Agency: u.Institution, Owner: u.ID, Application: app, Agreement: e.Agreement, Label: e.Purpose,
	})
	return err
}
