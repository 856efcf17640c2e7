package store

import (
	"context"
	"errors"
	"fmt"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// apply runs the effects; file is the signed scan that they rest on, 0 when there is none.
func (s *Rights) apply(ctx context.Context, q *sqldb.Queries, c journal.Change, file int64, list []procedure.Effect) ([]office.Applied,
	error) {
	out := make([]office.Applied, len(list))
	for i, e := range list {
		log, err := s.applyOne(ctx, q, c, file, e, &out[i])
		if err != nil {
			return nil, err
		}
		c.Subject, c.Before, c.After = e.Words()
		if err := record(ctx, q, log, c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// applyOne writes one effect and returns the log that its record belongs to.
func (s *Rights) applyOne(ctx context.Context, q *sqldb.Queries, c journal.Change, file int64, effect procedure.Effect,
	out *office.Applied) (log int64, err error) {
	switch e := effect.(type) {
	case procedure.CreateInstitution:
		i := e.Institution
		out.ID, err = q.InsertInstitution(ctx, sqldb.InsertInstitutionParams{Code: i.Code, Name: i.Name, Zone: string(i.Zone)})
		if err != nil {
			return 0, fmt.Errorf("insert institution: %w", err)
		}
		if err := q.SetInstitution(ctx, sqldb.SetInstitutionParams{ID: out.ID, Name: i.Name, Address: i.Address,
			Email: i.Email}); err != nil {
			return 0, err
		}
		return party.Provider, q.InsertHead(ctx, headRow(out.ID, i.Head))
	case procedure.RenameInstitution:
		n := e.New
		return n.ID, q.SetInstitution(ctx, sqldb.SetInstitutionParams{ID: n.ID, Name: n.Name, Address: n.Address, Email: n.Email})
	case procedure.SetContacts:
		err = q.DeleteContacts(ctx, sqldb.DeleteContactsParams{AgencyID: e.Agency, Side: e.Side})
		for _, p := range e.Contacts {
			err = errors.Join(err, q.InsertContact(ctx, sqldb.InsertContactParams{
				AgencyID: e.Agency, Side: p.Side, Name: p.Name, Position: p.Position, Phone: p.Phone, Email: p.Email,
			}))
		}
		return e.Agency, err
	case procedure.SignAgreement:
		out.ID, err = signAgreement(ctx, q, e.Agreement)
		return e.Agreement.Agency, err
	case procedure.AddAddendum:
		return e.Agreement.Agency, q.InsertAddendum(ctx, addendumRow(e.Agreement.ID, e.Addendum))
	case procedure.RecordPoC:
		return e.Agreement.Agency, q.InsertPoCResult(ctx, pocRow(e.Agreement.ID, e.Result))
	case procedure.DecideEvaluation:
		return e.Agency, decideEvaluation(ctx, q, e, c)
	case procedure.Decide:
		return e.Agreement.Agency, q.InsertDecision(ctx, decisionRow(e.Agreement.ID, e.Decision))
	case procedure.CreateUser:
		out.ID, err = s.db.insertUser(ctx, q, e.User, "")
		return e.User.Institution, err
	case procedure.AssignApplication:
		return e.User.Institution, assignApplication(ctx, q, c, e)
	case procedure.IssueLink:
		out.Slip, err = s.db.Credentials.order(ctx, q, c, e.User, party.Slip{For: party.Password})
		return e.User.Institution, err
	case procedure.PrepareToken:
		return e.User.Institution, s.prepareToken(ctx, q, c, e)
	case procedure.IssueToken:
		out.Slip, err = s.db.Credentials.order(ctx, q, c, e.User, party.Slip{For: e.Kind, Life: e.Life, Overlap: e.Overlap})
		return e.User.Institution, err
	case procedure.RevokeToken:
		n, err := q.RevokeCredential(ctx, sqldb.RevokeCredentialParams{ID: e.Token.ID, RevokedUs: micros(c.At)})
		if err == nil && n == 0 {
			err = told.Refuse("Token ini sudah dicabut.")
		}
		return e.Token.Agency, err
	case procedure.ResetUser:
		return e.User.Institution, resetUser(ctx, q, e.User.ID, c.At)
	case procedure.Deactivate:
		err = errors.Join(q.DeleteSessionsOfUser(ctx, e.User.ID),
			q.SetUserDeactivated(ctx, sqldb.SetUserDeactivatedParams{ID: e.User.ID, DeactivatedUs: micros(e.At)}))
		return e.User.Institution, errors.Join(err, s.keepsTwo(ctx, q, e.User))
	case procedure.ChangeUser:
		n := e.New
		err = q.SetUserRights(ctx, sqldb.SetUserRightsParams{
			ID: n.ID, Role: string(n.Role), Methods: listText(n.Methods), MatchOnly: n.MatchOnly, Purposes: listText(n.Purposes),
		})
		return n.Institution, errors.Join(err, s.keepsTwo(ctx, q, e.Old))
	case procedure.Restore:
		err = errors.Join(q.SetUserDeactivated(ctx, sqldb.SetUserDeactivatedParams{ID: e.User.ID}), resetUser(ctx, q, e.User.ID, c.At))
		return e.User.Institution, err
	case procedure.SignNDA:
		return e.User.Institution, q.SetUserNDAForm(ctx, sqldb.SetUserNDAFormParams{ID: e.User.ID, NdaSigned: dayText(e.On),
			NdaForm: e.Form, NdaFile: file})
	case procedure.ChangeHead:
		if err := q.EndHeads(ctx, sqldb.EndHeadsParams{AgencyID: e.Agency, Until: dayText(e.New.Since.AddDate(0, 0, -1))}); err != nil {
			return 0, err
		}
		return e.Agency, q.InsertHead(ctx, headRow(e.Agency, e.New))
	case procedure.SignSPTJM:
		return e.Agency, q.SetSPTJM(ctx, sqldb.SetSPTJMParams{
			AgencyID: e.Agency, SptjmSigned: dayText(e.Head.SPTJMSigned), SptjmUntil: dayText(e.Head.SPTJMUntil), SptjmFile: file,
		})
	case procedure.AddReaders:
		for _, r := range e.Readers {
			err = errors.Join(err, q.InsertReader(ctx, sqldb.InsertReaderParams{
				AgencyID: e.Agency, Serial: r.Serial, Model: r.Model, Sam: r.SAM, State: string(r.State), SinceUs: micros(c.At),
			}))
		}
		return e.Agency, err
	case procedure.SetReader:
		n, err := q.SetReader(ctx, sqldb.SetReaderParams{AgencyID: e.Agency, Serial: e.New.Serial, State: string(e.New.State),
			SinceUs: micros(c.At), Sam: e.New.SAM})
		if err == nil && n != 1 {
			err = errors.New("reader is not registered")
		}
		return e.Agency, err
	case procedure.ReinstateUser:
		return e.User.Institution, reinstate(ctx, q, e, c.At)
	case procedure.WithholdUses:
		i := e.Institution
		return i.ID, q.InsertWithholding(ctx, sqldb.InsertWithholdingParams{
			AgencyID: i.ID, NikIndex: s.db.nikIndex.Index(e.NIK.Digits()), FromUs: micros(i.Zone.Begin(e.From)),
			ToUs: micros(i.Zone.Begin(e.To.AddDate(0, 0, 1))), Until: dayText(e.Until), OrderNumber: e.Order, Authority: e.Authority,
		})
	}
	return 0, fmt.Errorf("effect %T is not known", effect)
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

// listText is the stored form of a list of texts, never null.
func listText(l []string) string {
	if l == nil {
		l = []string{}
	}
	return jsonText(l)
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

func headRow(agency int64, h party.Head) sqldb.InsertHeadParams {
	return sqldb.InsertHeadParams{
		AgencyID: agency, Name: h.Name, Position: h.Position, SptjmSigned: dayText(h.SPTJMSigned), SptjmUntil: dayText(h.SPTJMUntil),
		Since: dayText(h.Since), Until: dayText(h.Until),
	}
}

func (db *DB) insertUser(ctx context.Context, q *sqldb.Queries, u party.User, passwordHash string) (int64, error) {
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
	return id, nil
}

func signAgreement(ctx context.Context, q *sqldb.Queries, a agreement.Agreement) (int64, error) {
	id, err := q.InsertAgreement(ctx, sqldb.InsertAgreementParams{
		AgencyID: a.Agency, ProviderNumber: a.ProviderNumber, AgencyNumber: a.AgencyNumber, Subject: a.Subject,
		SignedOn: dayText(a.SignedOn),
		EndsOn:   dayText(a.EndsOn), Terms: jsonText(a.Terms),
	})
	if err != nil {
		return 0, fmt.Errorf("insert agreement: %w", err)
	}
	for _, d := range a.Addenda {
		err = errors.Join(err, q.InsertAddendum(ctx, addendumRow(id, d)))
	}
	for _, p := range a.PoC {
		err = errors.Join(err, q.InsertPoCResult(ctx, pocRow(id, p)))
	}
	for _, d := range a.Decisions {
		err = errors.Join(err, q.InsertDecision(ctx, decisionRow(id, d)))
	}
	return id, err
}

func addendumRow(id int64, d agreement.Addendum) sqldb.InsertAddendumParams {
	return sqldb.InsertAddendumParams{AgreementID: id, Number: d.Number, EffectiveOn: dayText(d.EffectiveOn),
		TermsChange: jsonText(d.Change)}
}

func pocRow(id int64, p agreement.PoCResult) sqldb.InsertPoCResultParams {
	return sqldb.InsertPoCResultParams{AgreementID: id, Letter: p.Letter, DecidedOn: dayText(p.On), Passed: p.Passed}
}

func decisionRow(id int64, d agreement.Decision) sqldb.InsertDecisionParams {
	return sqldb.InsertDecisionParams{AgreementID: id, Kind: d.Kind, FromUs: micros(d.From), Reason: d.Reason, Letter: d.Letter}
}
