package store

import (
	"context"
	"errors"
	"fmt"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/store/sqldb"
)

// agreements are an agency's, with all facts that were added to them. Rows of facts are added and never changed: each tells since when it
// is known.
func (s *Rights) agreements(ctx context.Context, agency int64, heads party.Heads) (access.Agreements, error) {
	q := s.db.mainRead.q
	all, err := assemble(map[int64]party.Heads{agency: heads},
		of(ctx, q.Agreements, agency, "agreements"), of(ctx, q.Addenda, agency, "addenda"), of(ctx, q.PoCResults, agency, "PoC results"),
		of(ctx, q.Decisions, agency, "decisions"), of(ctx, q.SPTJM, agency, "SPTJM"),
		of(ctx, q.ExtensionSteps, agency, "extensions"))
	return all[agency], err
}

// allAgreements are those of all agencies.
func allAgreements(ctx context.Context, q *sqldb.Queries, heads map[int64]party.Heads) (map[int64]access.Agreements, error) {
	return assemble(heads,
		every(ctx, q.AllAgreements, "agreements"), every(ctx, q.AllAddenda, "addenda"), every(ctx, q.AllPoCResults, "PoC results"),
		every(ctx, q.AllDecisions, "decisions"), every(ctx, q.AllSPTJM, "SPTJM"), every(ctx, q.AllExtensionSteps, "extensions"))
}

// A read is rows, or why there are none.
type read[R any] struct {
	rows []R
	err  error
}

func of[R any](ctx context.Context, query func(context.Context, int64) ([]R, error), agency int64, what string) read[R] {
	return every(ctx, func(ctx context.Context) ([]R, error) { return query(ctx, agency) }, what)
}

func every[R any](ctx context.Context, query func(context.Context) ([]R, error), what string) read[R] {
	rows, err := query(ctx)
	if err != nil {
		err = fmt.Errorf("read %s: %w", what, err)
	}
	return read[R]{rows, err}
}

// assemble puts facts to their agreements, by agency.
func assemble(heads map[int64]party.Heads, agreements read[sqldb.Agreement], addenda read[sqldb.Addenda], pocs read[sqldb.PocResult],
	decisions read[sqldb.Decision], sptjm read[sqldb.Sptjm], extensions read[sqldb.ExtensionStep]) (map[int64]access.Agreements, error) {
	err := errors.Join(agreements.err, addenda.err, pocs.err, decisions.err, sptjm.err, extensions.err)
	addendaOf := grouped(addenda.rows, addendumOf, &err)
	pocsOf := grouped(pocs.rows, pocOf, &err)
	decisionsOf := grouped(decisions.rows, decisionOf, &err)
	sptjmOf := grouped(sptjm.rows, sptjmOf, &err)
	extensionsOf := grouped(extensions.rows, extensionOf, &err)
	out := map[int64]access.Agreements{}
	for _, r := range agreements.rows {
		a, wrong := agreementOf(r)
		if err = errors.Join(err, wrong); err != nil {
			break
		}
		a.Addenda, a.PoC, a.Decisions, a.SPTJM, a.Extensions = addendaOf[a.ID], pocsOf[a.ID], decisionsOf[a.ID], sptjmOf[a.ID],
			extensionsOf[a.ID]
		a.Heads = heads[a.Agency]
		out[a.Agency] = append(out[a.Agency], a)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// grouped reads rows, by the agreement that each belongs to.
func grouped[R, T any](rows []R, read func(R) (agreement int64, x T, err error), err *error) map[int64][]T {
	out := map[int64][]T{}
	for _, r := range rows {
		id, x, wrong := read(r)
		*err = errors.Join(*err, wrong)
		out[id] = append(out[id], x)
	}
	return out
}

func agreementOf(r sqldb.Agreement) (agreement.Agreement, error) {
	in := stored{table: "agreements", key: r.ID}
	a := agreement.Agreement{
		ID: r.ID, Agency: r.AgencyID, ProviderNumber: r.ProviderNumber, AgencyNumber: r.AgencyNumber, Subject: r.Subject,
		SignedOn: in.day("signed_on", r.SignedOn), EndsOn: in.day("ends_on", r.EndsOn), Known: instant(r.KnownUs), Document: r.Document,
	}
	in.json("terms", r.Terms, &a.Terms)
	return a, in.err
}

func addendumOf(d sqldb.Addenda) (int64, agreement.Addendum, error) {
	in := stored{table: "addenda", key: d.ID}
	x := agreement.Addendum{Number: d.Number, SignedOn: in.day("signed_on", d.SignedOn), EffectiveOn: in.day("effective_on", d.EffectiveOn),
		Known: instant(d.KnownUs), Document: d.Document}
	in.json("terms_change", d.TermsChange, &x.Change)
	return d.AgreementID, x, in.err
}

func pocOf(p sqldb.PocResult) (int64, agreement.PoCLetter, error) {
	in := stored{table: "poc_results", key: p.ID}
	x := agreement.PoCLetter{Application: p.ApplicationID, Letter: p.Letter, On: in.day("decided_on", p.DecidedOn),
		Until: in.day("until", p.Until), Passed: p.Passed, Known: instant(p.KnownUs)}
	return p.AgreementID, x, in.err
}

func decisionOf(d sqldb.Decision) (int64, agreement.Decision, error) {
	return d.AgreementID, agreement.Decision{Kind: d.Kind, From: instant(d.FromUs), Reason: d.Reason, Letter: d.Letter,
		Known: instant(d.KnownUs)}, nil
}

func sptjmOf(r sqldb.Sptjm) (int64, agreement.SPTJM, error) {
	in := stored{table: "sptjms", key: r.ID}
	x := agreement.SPTJM{Head: r.HeadID, SignedOn: in.day("signed_on", r.SignedOn), Until: in.day("until", r.Until),
		Extension: r.ExtensionCase, State: int(r.Extended), Letter: r.Letter, Known: instant(r.KnownUs)}
	return r.AgreementID, x, in.err
}

func extensionOf(r sqldb.ExtensionStep) (int64, agreement.ExtensionStep, error) {
	in := stored{table: "extension_steps", key: r.ID}
	x := agreement.ExtensionStep{Case: r.CaseID, Kind: r.Kind, On: in.day("on_day", r.OnDay), Ends: in.day("ends", r.Ends),
		From: instant(r.FromUs), Until: in.day("until", r.Until), Letter: r.Letter, Known: instant(r.KnownUs)}
	return r.AgreementID, x, in.err
}
