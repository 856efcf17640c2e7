package store

import (
	"context"
	"errors"
	"fmt"

	"gapura/agreement/party"
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
		if u := changedUser(e); u != 0 {
			if err := keepUser(ctx, q, u, c.At); err != nil {
				return nil, err
			}
		}
		c.Subject, c.Before, c.After = e.Words()
		if err := s.db.record(ctx, q, log, c); err != nil {
			return nil, err
		}
		if _, creates := e.(procedure.CreateInstitution); creates { // its own log tells of its rights from the beginning
			if err := s.db.record(ctx, q, out[i].ID, c); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// applyOne writes one effect and returns the log that its record belongs to.
func (s *Rights) applyOne(ctx context.Context, q *sqldb.Queries, c journal.Change, file int64, effect procedure.Effect,
	out *office.Applied) (log int64, err error) {
	switch e := effect.(type) {
	case procedure.CreateInstitution:
		out.ID, err = createInstitution(ctx, q, e.Institution, c.At)
		return party.Provider, err
	case procedure.RenameInstitution:
		return e.New.ID, setInstitution(ctx, q, e.New.ID, e.New, e.On, c.At)
	case procedure.SetContacts:
		return e.Agency, setContacts(ctx, q, e, c.At)
	case procedure.SetConnection:
		return e.Agency, setConnection(ctx, q, e, c.At)
	case procedure.SetSignatory:
		return party.Provider, insertSignatory(ctx, q, e.Signatory, c.At)
	case procedure.SignAgreement:
		out.ID, err = signAgreement(ctx, q, e.Agreement, file, c.At)
		return e.Agreement.Agency, err
	case procedure.AddAddendum:
		return e.Agreement.Agency, q.InsertAddendum(ctx, addendumRow(e.Agreement.ID, e.Addendum, c.At))
	case procedure.RegisterApplication:
		out.ID, err = registerApplication(ctx, q, e.App)
		return e.App.Agency, err
	case procedure.EndApplication:
		return e.App.Agency, endApplication(ctx, q, c, e.App)
	case procedure.RecordPoC:
		return e.Agreement.Agency, q.InsertPoCResult(ctx, pocRow(e.Agreement.ID, e.Letter, c.At))
	case procedure.DecideEvaluation:
		return e.Agency, decideEvaluation(ctx, q, e, c)
	case procedure.Decide:
		return e.Agreement.Agency, q.InsertDecision(ctx, decisionRow(e.Agreement.ID, e.Decision, c.At))
	case procedure.CreateUser:
		out.ID, err = s.db.insertUser(ctx, q, e.User, "", c.At)
		return e.User.Institution, err
	case procedure.AssignApplication:
		return e.User.Institution, s.assignApplication(ctx, q, c, e)
	case procedure.IssueLink:
		out.Slip, err = s.db.Credentials.order(ctx, q, c, e.User, party.Slip{For: party.Password, Life: e.Life})
		return e.User.Institution, err
	case procedure.PrepareToken:
		return e.User.Institution, s.prepareToken(ctx, q, c, e)
	case procedure.IssueToken:
		out.Slip, err = s.db.Credentials.order(ctx, q, c, e.User, party.Slip{For: e.Kind, Life: e.Life, Overlap: e.Overlap})
		return e.User.Institution, err
	case procedure.RevokeToken:
		return e.Token.Agency, revokeToken(ctx, q, e, c.At)
	case procedure.ResetUser:
		return e.User.Institution, resetUser(ctx, q, e.User.ID, c.At)
	case procedure.Deactivate:
		return e.User.Institution, errors.Join(deactivate(ctx, q, e), s.keepsTwo(ctx, q, e.User))
	case procedure.ChangeUser:
		return e.New.Institution, errors.Join(setUserRights(ctx, q, e.New), s.keepsTwo(ctx, q, e.Old))
	case procedure.Restore:
		return e.User.Institution, restore(ctx, q, e, c.At)
	case procedure.SignNDA:
		return e.User.Institution, q.SetUserNDAForm(ctx, sqldb.SetUserNDAFormParams{ID: e.User.ID, NdaSigned: dayText(e.On),
			NdaForm: e.Form, NdaFile: file})
	case procedure.ChangeHead:
		return e.Agency, q.InsertHead(ctx, headRow(e.Agency, e.New, c.At))
	case procedure.SignSPTJM:
		return e.Agreement.Agency, q.InsertSPTJM(ctx, sptjmRow(e.Agreement, e.SPTJM, file, c.At))
	case procedure.StepExtension:
		return e.Agreement.Agency, q.InsertExtensionStep(ctx, extensionRow(e.Agreement.ID, e.Step, c.At))
	case procedure.AddReaders:
		return e.Agency, addReaders(ctx, q, e, c.At)
	case procedure.SetReader:
		return e.Agency, setReader(ctx, q, e, c.At)
	case procedure.ReinstateUser:
		return e.User.Institution, reinstate(ctx, q, e, c.At)
	case procedure.ChangeSetting:
		return e.Institution, s.db.changeSetting(ctx, q, c, e)
	case procedure.WithholdUses:
		return e.Institution.ID, s.withhold(ctx, q, e)
	case procedure.ProtectPerson:
		return party.Provider, s.protect(ctx, q, c, e)
	case procedure.EndProtection:
		return party.Provider, s.endProtection(ctx, q, e)
	case procedure.SettleObjection:
		return e.Institution.ID, s.settleObjection(ctx, q, c, e)
	}
	return 0, fmt.Errorf("effect %T is not known", effect)
}

// listText is the stored form of a list of texts, never null.
func listText(l []string) string {
	if l == nil {
		l = []string{}
	}
	return jsonText(l)
}
