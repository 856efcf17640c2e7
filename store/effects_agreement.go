package store

import (
	"context"
	"errors"
	"fmt"

	"gapura/agreement/agreement"
	"gapura/store/sqldb"
)

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
