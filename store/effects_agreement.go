package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/agreement"
	"gapura/store/sqldb"
)

// The rows of facts, as known from an instant on: the record's that brings them.

// signAgreement adds an agreement with all that came with it; file is the scan of what was signed.
func signAgreement(ctx context.Context, q *sqldb.Queries, a agreement.Agreement, file int64, known time.Time) (int64, error) {
	id, err := q.InsertAgreement(ctx, sqldb.InsertAgreementParams{
		AgencyID: a.Agency, ProviderNumber: a.ProviderNumber, AgencyNumber: a.AgencyNumber, Subject: a.Subject,
		SignedOn: dayText(a.SignedOn), EndsOn: dayText(a.EndsOn), Terms: jsonText(a.Terms), KnownUs: micros(known), Document: a.Document,
	})
	if err != nil {
		return 0, fmt.Errorf("insert agreement: %w", err)
	}
	a.ID = id
	for _, d := range a.Addenda {
		err = errors.Join(err, q.InsertAddendum(ctx, addendumRow(id, d, known)))
	}
	for _, p := range a.PoC {
		err = errors.Join(err, q.InsertPoCResult(ctx, pocRow(id, p, known)))
	}
	for _, d := range a.Decisions {
		err = errors.Join(err, q.InsertDecision(ctx, decisionRow(id, d, known)))
	}
	for _, s := range a.SPTJM {
		err = errors.Join(err, q.InsertSPTJM(ctx, sptjmRow(a, s, file, known)))
	}
	return id, err
}

func addendumRow(id int64, d agreement.Addendum, known time.Time) sqldb.InsertAddendumParams {
	return sqldb.InsertAddendumParams{AgreementID: id, Number: d.Number, SignedOn: dayText(d.SignedOn), EffectiveOn: dayText(d.EffectiveOn),
		TermsChange: jsonText(d.Change), KnownUs: micros(known), Document: d.Document}
}

func pocRow(id int64, p agreement.PoCLetter, known time.Time) sqldb.InsertPoCResultParams {
	return sqldb.InsertPoCResultParams{AgreementID: id, Letter: p.Letter, DecidedOn: dayText(p.On), Passed: p.Passed,
		KnownUs: micros(known), ApplicationID: p.Application, Until: dayText(p.Until)}
}

func decisionRow(id int64, d agreement.Decision, known time.Time) sqldb.InsertDecisionParams {
	return sqldb.InsertDecisionParams{AgreementID: id, Kind: d.Kind, FromUs: micros(d.From), Reason: d.Reason, Letter: d.Letter,
		KnownUs: micros(known)}
}

func sptjmRow(a agreement.Agreement, s agreement.SPTJM, file int64, known time.Time) sqldb.InsertSPTJMParams {
	return sqldb.InsertSPTJMParams{AgencyID: a.Agency, AgreementID: a.ID, HeadID: s.Head, ExtensionCase: s.Extension,
		Extended: int64(s.State), SignedOn: dayText(s.SignedOn), Until: dayText(s.Until), Letter: s.Letter, FileID: file,
		KnownUs: micros(known)}
}

func extensionRow(id int64, e agreement.ExtensionStep, known time.Time) sqldb.InsertExtensionStepParams {
	return sqldb.InsertExtensionStepParams{AgreementID: id, CaseID: e.Case, Kind: e.Kind, OnDay: dayText(e.On), Ends: dayText(e.Ends),
		FromUs: micros(e.From), Until: dayText(e.Until), Letter: e.Letter, KnownUs: micros(known)}
}
