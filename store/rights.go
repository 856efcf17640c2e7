package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gapura/access"
	"gapura/agreement"
	"gapura/journal"
	"gapura/party"
	"gapura/store/sqldb"
)

// Version returns the rights version as this process last saw it, at most a second ago or as of the last record.
func (s *Store) Version(ctx context.Context) (int64, error) {
	now := time.Now().UnixNano()
	if v := s.seen.Load(); v != 0 && now-s.seenAt.Load() < int64(time.Second) {
		return v, nil
	}
	v, err := s.mainRead.q.RightsVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read rights version: %w", err)
	}
	s.sawVersion(v)
	return v, nil
}

func (s *Store) sawVersion(v int64) {
	s.seenAt.Store(time.Now().UnixNano())
	for {
		old := s.seen.Load()
		if v <= old || s.seen.CompareAndSwap(old, v) {
			return
		}
	}
}

// Forget makes the next call of Version and Standing read anew.
func (s *Store) Forget() { s.seenAt.Store(0) }

// Standing implements access.Rights with a cache that lives as long as one version of the rights.
func (s *Store) Standing(ctx context.Context, user int64) (*access.Standing, error) {
	v, err := s.Version(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.version == v {
		if st, ok := s.standings[user]; ok {
			s.mu.Unlock()
			return st, nil
		}
	}
	s.mu.Unlock()
	var st access.Standing
	// The version is read first: if rights change while the rest is read, it is already old and the record's transaction says so.
	if st.Version, err = s.mainRead.q.RightsVersion(ctx); err != nil {
		return nil, fmt.Errorf("read rights version: %w", err)
	}
	u, err := s.mainRead.q.User(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("read user %d: %w", user, err)
	}
	st.User = userOf(u)
	inst, err := s.mainRead.q.Institution(ctx, u.AgencyID)
	if err != nil {
		return nil, fmt.Errorf("read institution %d: %w", u.AgencyID, err)
	}
	if err := s.fillInstitution(ctx, &st, inst); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.Version > s.version {
		clear(s.standings)
		s.version = st.Version
	}
	if st.Version == s.version {
		s.standings[user] = &st
	}
	s.sawVersion(st.Version)
	return &st, nil
}

func (s *Store) fillInstitution(ctx context.Context, st *access.Standing, i sqldb.Institution) error {
	st.Institution = party.Institution{ID: i.ID, Code: i.Code, Name: i.Name, Zone: party.Zone(i.Zone)}
	heads, err := s.mainRead.q.Heads(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("read heads of institution %d: %w", i.ID, err)
	}
	if n := len(heads); n > 0 {
		h := heads[n-1]
		st.Institution.Head = party.Head{
			Name: h.Name, Position: h.Position, SPTJMSigned: parseDay(h.SptjmSigned), SPTJMUntil: parseDay(h.SptjmUntil),
			Since: parseDay(h.Since), Until: parseDay(h.Until),
		}
	}
	st.Agreements, err = s.agreements(ctx, i.ID)
	return err
}

func (s *Store) agreements(ctx context.Context, agency int64) (access.Agreements, error) {
	rows, err := s.mainRead.q.Agreements(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read agreements of institution %d: %w", agency, err)
	}
	var all access.Agreements
	for _, r := range rows {
		a := agreement.Agreement{
			ID: r.ID, Agency: r.AgencyID, ProviderNumber: r.ProviderNumber, AgencyNumber: r.AgencyNumber,
			SignedOn: parseDay(r.SignedOn), EndsOn: parseDay(r.EndsOn),
		}
		if err := json.Unmarshal([]byte(r.Terms), &a.Terms); err != nil {
			return nil, fmt.Errorf("read terms of agreement %d: %w", r.ID, err)
		}
		addenda, err := s.mainRead.q.Addenda(ctx, r.ID)
		if err != nil {
			return nil, fmt.Errorf("read addenda of agreement %d: %w", r.ID, err)
		}
		for _, d := range addenda {
			x := agreement.Addendum{Number: d.Number, EffectiveOn: parseDay(d.EffectiveOn)}
			if err := json.Unmarshal([]byte(d.TermsChange), &x.Change); err != nil {
				return nil, fmt.Errorf("read addendum %d: %w", d.ID, err)
			}
			a.Addenda = append(a.Addenda, x)
		}
		pocs, err := s.mainRead.q.PoCResults(ctx, r.ID)
		if err != nil {
			return nil, fmt.Errorf("read PoC results of agreement %d: %w", r.ID, err)
		}
		for _, p := range pocs {
			a.PoC = append(a.PoC, agreement.PoCResult{Letter: p.Letter, On: parseDay(p.DecidedOn), Passed: p.Passed})
		}
		decisions, err := s.mainRead.q.Decisions(ctx, r.ID)
		if err != nil {
			return nil, fmt.Errorf("read decisions on agreement %d: %w", r.ID, err)
		}
		for _, d := range decisions {
			a.Decisions = append(a.Decisions, agreement.Decision{Kind: d.Kind, From: instant(d.FromUs), Reason: d.Reason, Letter: d.Letter})
		}
		all = append(all, a)
	}
	return all, nil
}

func userOf(u sqldb.User) party.User {
	p := party.User{
		ID: u.ID, Institution: u.AgencyID, Login: u.Login, Name: u.Name, Position: u.Position, Role: party.Role(u.Role),
		NDASigned: parseDay(u.NdaSigned), Deactivated: instant(u.DeactivatedUs), HasPassword: u.PasswordHash != "",
	}
	_ = json.Unmarshal([]byte(u.Methods), &p.Methods) // written by jsonText; without methods the user can do nothing
	return p
}

// Hits returns what the agency has used on the day.
func (s *Store) Hits(ctx context.Context, agency int64, day time.Time) (int, error) {
	n, err := s.mainRead.q.QuotaHits(ctx, sqldb.QuotaHitsParams{AgencyID: agency, Day: dayText(day)})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read hits of institution %d: %w", agency, err)
	}
	return int(n), nil
}

// Quotas implements access.History: every agency with what it is granted and has used today.
func (s *Store) Quotas(ctx context.Context, now time.Time) ([]access.QuotaRow, error) {
	list, err := s.mainRead.q.Institutions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read institutions: %w", err)
	}
	var out []access.QuotaRow
	for _, i := range list {
		if i.ID == party.Provider {
			continue
		}
		var row access.QuotaRow
		if err := s.fillInstitution(ctx, &row.Standing, i); err != nil {
			return nil, err
		}
		day := row.Standing.Institution.Zone.Day(now)
		if row.Left.Used, err = s.Hits(ctx, i.ID, day); err != nil {
			return nil, err
		}
		if g, ok := agreement.Current(row.Standing.Agreements, now, day); ok {
			row.Left.Quota, row.Left.Unlimited = g.Quota, g.Unlimited
		}
		out = append(out, row)
	}
	return out, nil
}

// change runs fn, records the change of a right in the agency's log and moves the rights version on, all in one transaction.
func (s *Store) change(ctx context.Context, agency int64, c journal.Change, fn func(q *sqldb.Queries) error) error {
	var version int64
	err := s.main.tx(ctx, func(q *sqldb.Queries) error {
		var err error
		// First, so that on PostgreSQL changes of rights come one after another.
		if version, err = q.BumpRights(ctx); err != nil {
			return fmt.Errorf("move rights version: %w", err)
		}
		if err := fn(q); err != nil {
			return err
		}
		size, err := q.TakePlaces(ctx, sqldb.TakePlacesParams{ID: agency, Size: 1})
		if err != nil {
			return fmt.Errorf("take place in log %d: %w", agency, err)
		}
		return q.InsertChange(ctx, sqldb.InsertChangeParams{
			AgencyID: agency, Seq: size - 1, AtUs: c.At.UnixMicro(), ByUser: c.By, Subject: c.Subject, Reason: c.Reason, Letter: c.Letter,
			BeforeText: c.Before, AfterText: c.After,
		})
	})
	if err != nil {
		return fmt.Errorf("record change of rights: %w", err)
	}
	s.sawVersion(version)
	return nil
}

// Changes returns the changes of rights in a log, oldest first.
func (s *Store) Changes(ctx context.Context, agency int64) ([]journal.Change, error) {
	rows, err := s.mainRead.q.Changes(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read changes of log %d: %w", agency, err)
	}
	out := make([]journal.Change, 0, len(rows))
	for _, r := range rows {
		out = append(out, journal.Change{
			ID: journal.ID{Log: r.AgencyID, Seq: r.Seq}, At: instant(r.AtUs), By: r.ByUser, Subject: r.Subject, Reason: r.Reason, Letter: r.Letter,
			Before: r.BeforeText, After: r.AfterText,
		})
	}
	return out, nil
}

// CreateProvider sets up the provider's own institution, once.
func (s *Store) CreateProvider(ctx context.Context, c journal.Change, p party.Institution) error {
	c.Subject, c.After = "institution "+p.Code, jsonText(p)
	return s.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
		return q.InsertProvider(ctx, sqldb.InsertProviderParams{Code: p.Code, Name: p.Name, Zone: string(p.Zone)})
	})
}

// CreateInstitution adds an agency with its responsible head and returns its id.
func (s *Store) CreateInstitution(ctx context.Context, c journal.Change, i party.Institution) (id int64, err error) {
	c.Subject, c.After = "institution "+i.Code, jsonText(i)
	err = s.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
		if id, err = q.InsertInstitution(ctx, sqldb.InsertInstitutionParams{Code: i.Code, Name: i.Name, Zone: string(i.Zone)}); err != nil {
			return fmt.Errorf("insert institution: %w", err)
		}
		return q.InsertHead(ctx, headRow(id, i.Head))
	})
	return id, err
}

func headRow(agency int64, h party.Head) sqldb.InsertHeadParams {
	return sqldb.InsertHeadParams{
		AgencyID: agency, Name: h.Name, Position: h.Position, SptjmSigned: dayText(h.SPTJMSigned), SptjmUntil: dayText(h.SPTJMUntil),
		Since: dayText(h.Since), Until: dayText(h.Until),
	}
}

// CreateUser adds a user id; passwordHash may be empty for one that is activated by link. It returns the id.
func (s *Store) CreateUser(ctx context.Context, c journal.Change, u party.User, passwordHash string) (id int64, err error) {
	u.Login = loginKey(u.Login)
	c.Subject, c.After = "user "+u.Login, jsonText(u)
	err = s.change(ctx, u.Institution, c, func(q *sqldb.Queries) error {
		if u.Methods == nil {
			u.Methods = []string{}
		}
		id, err = q.InsertUser(ctx, sqldb.InsertUserParams{
			AgencyID: u.Institution, Login: u.Login, Name: u.Name, Position: u.Position, Role: string(u.Role), Methods: jsonText(u.Methods),
			NdaSigned: dayText(u.NDASigned), DeactivatedUs: micros(u.Deactivated), PasswordHash: passwordHash,
		})
		return err
	})
	return id, err
}

// Deactivate ends a user id at the instant, with its sessions.
func (s *Store) Deactivate(ctx context.Context, c journal.Change, user int64, at time.Time) error {
	u, err := s.mainRead.q.User(ctx, user)
	if err != nil {
		return fmt.Errorf("read user %d: %w", user, err)
	}
	c.Subject, c.Before, c.After = "user "+u.Login, "active", "deactivated"
	return s.change(ctx, u.AgencyID, c, func(q *sqldb.Queries) error {
		if err := q.DeleteSessionsOfUser(ctx, user); err != nil {
			return err
		}
		return q.SetUserDeactivated(ctx, sqldb.SetUserDeactivatedParams{ID: user, DeactivatedUs: micros(at)})
	})
}

// SignAgreement adds an agreement, with its addenda, PoC results and decisions, and returns its id.
func (s *Store) SignAgreement(ctx context.Context, c journal.Change, a agreement.Agreement) (id int64, err error) {
	c.Subject, c.After = "agreement "+a.ProviderNumber, jsonText(a)
	err = s.change(ctx, a.Agency, c, func(q *sqldb.Queries) error {
		id, err = q.InsertAgreement(ctx, sqldb.InsertAgreementParams{
			AgencyID: a.Agency, ProviderNumber: a.ProviderNumber, AgencyNumber: a.AgencyNumber, SignedOn: dayText(a.SignedOn),
			EndsOn: dayText(a.EndsOn), Terms: jsonText(a.Terms),
		})
		if err != nil {
			return fmt.Errorf("insert agreement: %w", err)
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
		return err
	})
	return id, err
}

func addendumRow(id int64, d agreement.Addendum) sqldb.InsertAddendumParams {
	return sqldb.InsertAddendumParams{AgreementID: id, Number: d.Number, EffectiveOn: dayText(d.EffectiveOn), TermsChange: jsonText(d.Change)}
}

func pocRow(id int64, p agreement.PoCResult) sqldb.InsertPoCResultParams {
	return sqldb.InsertPoCResultParams{AgreementID: id, Letter: p.Letter, DecidedOn: dayText(p.On), Passed: p.Passed}
}

func decisionRow(id int64, d agreement.Decision) sqldb.InsertDecisionParams {
	return sqldb.InsertDecisionParams{AgreementID: id, Kind: d.Kind, FromUs: micros(d.From), Reason: d.Reason, Letter: d.Letter}
}

// AddAddendum changes an agreement from the addendum's effective date on (E2).
func (s *Store) AddAddendum(ctx context.Context, c journal.Change, a agreement.Agreement, d agreement.Addendum) error {
	c.Subject, c.Letter, c.After = "agreement "+a.ProviderNumber, d.Number, jsonText(d)
	return s.change(ctx, a.Agency, c, func(q *sqldb.Queries) error { return q.InsertAddendum(ctx, addendumRow(a.ID, d)) })
}

// RecordPoC records the PoC's result letter; when passed it lifts the quota (C2).
func (s *Store) RecordPoC(ctx context.Context, c journal.Change, a agreement.Agreement, p agreement.PoCResult) error {
	c.Subject, c.Letter, c.After = "agreement "+a.ProviderNumber, p.Letter, jsonText(p)
	return s.change(ctx, a.Agency, c, func(q *sqldb.Queries) error { return q.InsertPoCResult(ctx, pocRow(a.ID, p)) })
}

// Decide suspends, reinstates or terminates an agreement (E7).
func (s *Store) Decide(ctx context.Context, c journal.Change, a agreement.Agreement, d agreement.Decision) error {
	c.Subject, c.Letter, c.Reason, c.After = "agreement "+a.ProviderNumber, d.Letter, d.Reason, jsonText(d)
	return s.change(ctx, a.Agency, c, func(q *sqldb.Queries) error { return q.InsertDecision(ctx, decisionRow(a.ID, d)) })
}

// AddToken lets a user authenticate by a secret of party.NewSecret; only its hash is kept.
func (s *Store) AddToken(ctx context.Context, c journal.Change, u party.User, token string) error {
	h := party.HashSecret(token)
	c.Subject, c.After = "user "+u.Login, "API token issued"
	return s.change(ctx, u.Institution, c, func(q *sqldb.Queries) error {
		return q.InsertToken(ctx, sqldb.InsertTokenParams{Hash: h[:], UserID: u.ID, CreatedUs: micros(c.At)})
	})
}

// IssueLink gives a user a one-time activation link and returns its secret (B1).
func (s *Store) IssueLink(ctx context.Context, c journal.Change, u party.User) (string, error) {
	secret := party.NewSecret()
	h := party.HashSecret(secret)
	c.Subject, c.After = "user "+u.Login, "activation link issued"
	return secret, s.change(ctx, u.Institution, c, func(q *sqldb.Queries) error {
		return q.InsertLink(ctx, sqldb.InsertLinkParams{Hash: h[:], UserID: u.ID, ExpiresUs: micros(c.At.Add(party.LinkLife))})
	})
}
