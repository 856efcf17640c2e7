package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/store/sqldb"
)

// Institution reads an institution with the head in office.
func (s *Store) Institution(ctx context.Context, id int64) (party.Institution, error) {
	row, err := s.mainRead.q.Institution(ctx, id)
	if err != nil {
		return party.Institution{}, fmt.Errorf("read institution %d: %w", id, err)
	}
	heads, err := s.mainRead.q.Heads(ctx, id)
	if err != nil {
		return party.Institution{}, fmt.Errorf("read heads of institution %d: %w", id, err)
	}
	i := institutionOf(row)
	if n := len(heads); n > 0 {
		i.Head = headOf(heads[n-1])
	}
	return i, nil
}

func institutionOf(r sqldb.Institution) party.Institution {
	return party.Institution{ID: r.ID, Code: r.Code, Name: r.Name, Zone: party.Zone(r.Zone), Address: r.Address, Email: r.Email, Desk: party.Desk{Pin: string(r.DeskPin), Key: r.DeskKey, Since: instant(r.DeskSinceUs)}}
}

func headOf(h sqldb.Head) party.Head {
	return party.Head{
		Name: h.Name, Position: h.Position, SPTJMSigned: parseDay(h.SptjmSigned), SPTJMUntil: parseDay(h.SptjmUntil),
		Since: parseDay(h.Since), Until: parseDay(h.Until),
	}
}

// Heads are all heads of an institution, oldest first (B7).
func (s *Store) Heads(ctx context.Context, agency int64) ([]party.Head, error) {
	rows, err := s.mainRead.q.Heads(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read heads of institution %d: %w", agency, err)
	}
	return each(rows, headOf), nil
}

func each[A, B any](rows []A, of func(A) B) []B {
	out := make([]B, len(rows))
	for i, r := range rows {
		out[i] = of(r)
	}
	return out
}

func agreementOf(r sqldb.Agreement) (agreement.Agreement, error) {
	a := agreement.Agreement{
		ID: r.ID, Agency: r.AgencyID, ProviderNumber: r.ProviderNumber, AgencyNumber: r.AgencyNumber, Subject: r.Subject,
		SignedOn: parseDay(r.SignedOn), EndsOn: parseDay(r.EndsOn),
	}
	if err := json.Unmarshal([]byte(r.Terms), &a.Terms); err != nil {
		return a, fmt.Errorf("read terms of agreement %d: %w", r.ID, err)
	}
	return a, nil
}

func addendumOf(d sqldb.Addenda) (agreement.Addendum, error) {
	x := agreement.Addendum{Number: d.Number, EffectiveOn: parseDay(d.EffectiveOn)}
	if err := json.Unmarshal([]byte(d.TermsChange), &x.Change); err != nil {
		return x, fmt.Errorf("read addendum %d: %w", d.ID, err)
	}
	return x, nil
}

func pocOf(p sqldb.PocResult) agreement.PoCResult {
	return agreement.PoCResult{Letter: p.Letter, On: parseDay(p.DecidedOn), Passed: p.Passed}
}

func decisionOf(d sqldb.Decision) agreement.Decision {
	return agreement.Decision{Kind: d.Kind, From: instant(d.FromUs), Reason: d.Reason, Letter: d.Letter}
}

func (s *Store) agreements(ctx context.Context, agency int64) (access.Agreements, error) {
	rows, err := s.mainRead.q.Agreements(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read agreements of institution %d: %w", agency, err)
	}
	var all access.Agreements
	for _, r := range rows {
		a, err := agreementOf(r)
		if err != nil {
			return nil, err
		}
		addenda, err := s.mainRead.q.Addenda(ctx, r.ID)
		if err != nil {
			return nil, fmt.Errorf("read addenda of agreement %d: %w", r.ID, err)
		}
		for _, d := range addenda {
			x, err := addendumOf(d)
			if err != nil {
				return nil, err
			}
			a.Addenda = append(a.Addenda, x)
		}
		pocs, err := s.mainRead.q.PoCResults(ctx, r.ID)
		if err != nil {
			return nil, fmt.Errorf("read PoC results of agreement %d: %w", r.ID, err)
		}
		a.PoC = each(pocs, pocOf)
		decisions, err := s.mainRead.q.Decisions(ctx, r.ID)
		if err != nil {
			return nil, fmt.Errorf("read decisions on agreement %d: %w", r.ID, err)
		}
		a.Decisions = each(decisions, decisionOf)
		all = append(all, a)
	}
	return all, nil
}

// Everyone returns all agencies with their agreements, by name; kept as long as no right changes.
func (s *Store) Everyone(ctx context.Context) ([]access.Standing, error) {
	v, err := s.mainRead.q.RightsVersion(ctx)
	if err != nil {
		return nil, fmt.Errorf("read rights version: %w", err)
	}
	if e := s.everyone.Load(); e != nil && e.version == v {
		return e.all, nil
	}
	all, err := s.readEveryone(ctx)
	if err != nil {
		return nil, err
	}
	s.everyone.Store(&everyone{v, all})
	return all, nil
}

type everyone struct {
	version int64
	all     []access.Standing
}

// Agency returns an agency with its agreements; it has no user.
func (s *Store) Agency(ctx context.Context, id int64) (st access.Standing, err error) {
	if st.Institution, err = s.Institution(ctx, id); err != nil {
		return st, err
	}
	st.Agreements, err = s.agreements(ctx, id)
	return st, err
}

func (s *Store) readEveryone(ctx context.Context) ([]access.Standing, error) {
	q := s.mainRead.q
	institutions, err := q.InstitutionsByName(ctx)
	if err != nil {
		return nil, fmt.Errorf("read institutions: %w", err)
	}
	heads, err := q.AllHeads(ctx)
	if err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	headIn := map[int64]party.Head{}
	for _, h := range heads {
		headIn[h.AgencyID] = headOf(h) // the last is in office
	}
	addenda, err := q.AllAddenda(ctx)
	if err != nil {
		return nil, fmt.Errorf("read addenda: %w", err)
	}
	addendaOf := map[int64][]agreement.Addendum{}
	for _, d := range addenda {
		x, err := addendumOf(d)
		if err != nil {
			return nil, err
		}
		addendaOf[d.AgreementID] = append(addendaOf[d.AgreementID], x)
	}
	pocs, err := q.AllPoCResults(ctx)
	if err != nil {
		return nil, fmt.Errorf("read PoC results: %w", err)
	}
	pocsOf := map[int64][]agreement.PoCResult{}
	for _, p := range pocs {
		pocsOf[p.AgreementID] = append(pocsOf[p.AgreementID], pocOf(p))
	}
	decisions, err := q.AllDecisions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	decisionsOf := map[int64][]agreement.Decision{}
	for _, d := range decisions {
		decisionsOf[d.AgreementID] = append(decisionsOf[d.AgreementID], decisionOf(d))
	}
	rows, err := q.AllAgreements(ctx)
	if err != nil {
		return nil, fmt.Errorf("read agreements: %w", err)
	}
	agreementsOf := map[int64]access.Agreements{}
	for _, r := range rows {
		a, err := agreementOf(r)
		if err != nil {
			return nil, err
		}
		a.Addenda, a.PoC, a.Decisions = addendaOf[a.ID], pocsOf[a.ID], decisionsOf[a.ID]
		agreementsOf[a.Agency] = append(agreementsOf[a.Agency], a)
	}
	var all []access.Standing
	for _, r := range institutions {
		if r.ID == party.Provider {
			continue
		}
		i := institutionOf(r)
		i.Head = headIn[r.ID]
		all = append(all, access.Standing{Institution: i, Agreements: agreementsOf[r.ID]})
	}
	return all, nil
}

// Quotas implements access.History: every agency with what it is granted and has used today, by name.
func (s *Store) Quotas(ctx context.Context, now time.Time) ([]access.QuotaRow, error) {
	all, err := s.Everyone(ctx)
	if err != nil {
		return nil, err
	}
	used := map[string]map[int64]int64{} // by day, because agencies lie in three time zones
	out := make([]access.QuotaRow, 0, len(all))
	for _, st := range all {
		day := st.Institution.Zone.Day(now)
		hits, ok := used[dayText(day)]
		if !ok {
			rows, err := s.mainRead.q.HitsOfDay(ctx, dayText(day))
			if err != nil {
				return nil, fmt.Errorf("read hits of a day: %w", err)
			}
			hits = map[int64]int64{}
			for _, r := range rows {
				hits[r.AgencyID] = r.Hits
			}
			used[dayText(day)] = hits
		}
		row := access.QuotaRow{Standing: st, Left: access.Left{Used: int(hits[st.Institution.ID])}}
		if g, ok := agreement.Current(st.Agreements, now, day); ok {
			row.Left.Quota, row.Left.Unlimited = g.Quota, g.Unlimited
		}
		out = append(out, row)
	}
	return out, nil
}
