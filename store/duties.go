package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/notify"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Duties are what duties rest on: facts, reminders, evidence.
type Duties struct {
	db   *DB
	kept atomic.Pointer[counts] // as of one version of the rights
}

// counts are what duties ask of user ids and readers, by agency. Both are rights, so that they are read once for each version.
type counts struct {
	version int64
	users   map[int64]sqldb.CountUsersRow
	readers map[int64][]reader.Device
}

func (s *Duties) counts(ctx context.Context) (*counts, error) {
	q := s.db.mainRead.q
	v, err := q.RightsVersion(ctx) // first: what changes meanwhile belongs to a newer one
	if err != nil {
		return nil, fmt.Errorf("read rights version: %w", err)
	}
	if c := s.kept.Load(); c != nil && c.version == v {
		return c, nil
	}
	c := &counts{version: v, users: map[int64]sqldb.CountUsersRow{}}
	users, err := q.CountUsers(ctx)
	if err != nil {
		return nil, fmt.Errorf("count users: %w", err)
	}
	for _, u := range users {
		c.users[u.AgencyID] = u
	}
	if c.readers, err = allDevices(ctx, q); err != nil {
		return nil, err
	}
	s.kept.Store(c)
	return c, nil
}

// DutyFacts implements office.Duties.
func (s *Duties) DutyFacts(ctx context.Context, agency int64, now time.Time) (map[int64][]obligation.Facts, error) {
	first, last := agency, agency
	var all []access.Standing
	var err error
	if agency == 0 {
		last = math.MaxInt64
		all, err = s.db.Rights.Everyone(ctx)
	} else {
		all = make([]access.Standing, 1)
		all[0], err = s.db.Rights.Agency(ctx, agency)
	}
	if err != nil {
		return nil, err
	}
	counts, err := s.counts(ctx)
	if err != nil {
		return nil, err
	}
	papers, err := s.papers(ctx, first, last)
	if err != nil {
		return nil, err
	}
	out := map[int64][]obligation.Facts{}
	for _, st := range all {
		i := st.Institution
		day := i.Zone.Day(now)
		current, _ := agreement.Current(st.Agreements, now, day)
		users, active := counts.users[i.ID], 0
		for _, r := range reader.At(counts.readers[i.ID], now, now) {
			if r.State == reader.Active {
				active++
			}
		}
		for _, a := range st.Agreements {
			g := a.At(now, day)
			if g.State == agreement.Draft {
				continue // nothing is owed before the signing
			}
			f := obligation.Facts{
				Agency: i.ID, Agreement: a.ID, Number: a.ProviderNumber, SignedOn: a.SignedOn, EndsOn: g.LastDay(i.Zone),
				Closes:    !g.Closes.IsZero(),
				Works:     current.Agreement == a.ID && (g.State.Works() || g.State == agreement.Suspended),
				HeadSince: i.Head(day).Since,
				Users:     int(users.Users), UsersWithoutNDA: int(users.WithoutNda), ReadersActive: active,
				Evidence: papers.evidence[a.ID], Forwards: papers.forwarded(i),
			}
			s, last, signed := a.Sworn(now, day)
			if f.SPTJMUntil = last; signed {
				f.SPTJMSigned = s.SignedOn
			}
			if by, ok := a.RenewBy(); ok {
				f.RenewBy = i.Zone.Day(by).AddDate(0, 0, -1)
			}
			f.Trials = trials(&g, a, st.Apps, now)
			f.ExtensionAsked = a.AskedOn(g.EndsOn, now)
			out[i.ID] = append(out[i.ID], f)
		}
	}
	return out, nil
}

// graceLetter stands in the place of a letter for what an upgrade gave an application that was in use (migration 27).
const graceLetter = "peralihan"

// trials are the applications that are in use by the grace of an upgrade, until they pass their own PoC.
func trials(g *agreement.Grant, a agreement.Agreement, apps []party.App, now time.Time) (out []obligation.Trial) {
	for _, p := range a.PoC {
		i := slices.IndexFunc(apps, func(app party.App) bool { return app.ID == p.Application && app.InUse(now) })
		if i < 0 || p.Letter != graceLetter || p.Until.IsZero() {
			continue
		}
		t := obligation.Trial{Application: apps[i].Name, From: p.On, Until: p.Until}
		if trial, by := g.Trial(p.Application); trial == agreement.Passed {
			t.Passed = by.On
		}
		out = append(out, t)
	}
	return out
}

// papers are what was delivered and passed on.
type papers struct {
	evidence map[int64][]obligation.Evidence // by agreement
	forwards map[int64][]passed              // by agency
	ministry []passed                        // evaluations of all agencies
}

type passed struct {
	rule, period string
	at           time.Time
}

func (s *Duties) papers(ctx context.Context, first, last int64) (p papers, err error) {
	q := s.db.mainRead.q
	p = papers{evidence: map[int64][]obligation.Evidence{}, forwards: map[int64][]passed{}}
	evidence, err := q.EvidenceOfAgencies(ctx, sqldb.EvidenceOfAgenciesParams{First: first, Last: last})
	if err != nil {
		return p, fmt.Errorf("read evidence: %w", err)
	}
	for _, e := range evidence {
		if e.JudgedUs == 0 || e.Accepted { // what was refused counts for nothing
			in := stored{table: "evidence", key: fmt.Sprintf("agreement %d", e.AgreementID)}
			x := obligation.Evidence{Rule: e.Rule, Period: e.Period, On: in.day("on_day", e.OnDay), Accepted: e.Accepted}
			if in.err != nil {
				return p, in.err
			}
			p.evidence[e.AgreementID] = append(p.evidence[e.AgreementID], x)
		}
	}
	only := int64(0) // all
	if first == last {
		only = first
	}
	forwards, err := q.Forwards(ctx, only)
	if err != nil {
		return p, fmt.Errorf("read what was forwarded: %w", err)
	}
	for _, f := range forwards {
		p.forwards[f.AgencyID] = append(p.forwards[f.AgencyID], passed{f.Rule, f.Period, instant(f.SentUs)})
	}
	ministry, err := q.SentMinistryReports(ctx)
	if err != nil {
		return p, fmt.Errorf("read reports of evaluations: %w", err)
	}
	for _, m := range ministry {
		p.ministry = append(p.ministry, passed{"evaluasi", m.Period, instant(m.SentUs)})
	}
	return p, nil
}

// forwarded is what the Director General has of an agency.
func (p papers) forwarded(i party.Institution) (out []obligation.Forward) {
	for _, x := range slices.Concat(p.forwards[i.ID], p.ministry) {
		out = append(out, obligation.Forward{Rule: x.rule, Period: x.period, On: i.Zone.Day(x.at)})
	}
	return out
}

// Remind implements office.Duties.
func (s *Duties) Remind(ctx context.Context, r office.Reminder, say func(fresh []int) ([]procedure.Notice, []notify.Mail)) (bool, error) {
	row := func(m office.Mark) sqldb.InsertReminderParams {
		return sqldb.InsertReminderParams{AgreementID: m.Of, Rule: m.Rule, Period: m.Period, Threshold: int64(m.Threshold),
			AtUs: micros(r.At)}
	}
	known := func(q *sqldb.Queries, m office.Mark) (bool, error) {
		x := row(m)
		n, err := q.CountReminders(ctx, sqldb.CountRemindersParams{AgreementID: x.AgreementID, Rule: x.Rule, Period: x.Period,
			Threshold: x.Threshold})
		return n > 0, err
	}
	if r.Once.Rule != "" { // most looks find that all is said: they write nothing
		if told, err := known(s.db.mainRead.q, r.Once); err != nil || told {
			return false, err
		}
	}
	news := false
	for _, m := range r.Marks {
		told, err := known(s.db.mainRead.q, m)
		if err != nil {
			return false, fmt.Errorf("read reminders: %w", err)
		}
		news = news || !told
	}
	if !news {
		return false, nil
	}
	sent := false
	err := s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		sent = false
		if r.Once.Rule != "" {
			if n, err := q.InsertReminder(ctx, row(r.Once)); err != nil || n == 0 {
				return err
			}
		}
		var fresh []int
		for i, m := range r.Marks {
			n, err := q.InsertReminder(ctx, row(m))
			if err != nil {
				return err
			}
			if n > 0 {
				fresh = append(fresh, i)
			}
		}
		if len(fresh) == 0 {
			return nil
		}
		sent = true
		notices, mails := say(fresh)
		return s.db.tell(ctx, q, notices, mails)
	})
	if err != nil {
		return false, fmt.Errorf("remind: %w", err)
	}
	return sent, nil
}

// Forward notes that what an accepted piece of evidence brought was passed on, and queues the mails that carry it, in one transaction;
// false when it was passed on before.
func (s *Duties) Forward(ctx context.Context, f procedure.Forwarding, mails []notify.Mail) (ok bool, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		n, err := q.InsertForward(ctx, sqldb.InsertForwardParams{EvidenceID: f.Evidence, AgencyID: f.Agency, SentUs: micros(f.At),
			ByUser: f.By, Mailed: f.Mailed})
		if err != nil || n == 0 {
			return err
		}
		ok = true
		return s.db.tell(ctx, q, nil, mails)
	})
	if err != nil {
		return false, fmt.Errorf("forward a report: %w", err)
	}
	return ok, nil
}

// Forwards are an agency's reports that were passed on, or with 0 all agencies'.
func (s *Duties) Forwards(ctx context.Context, agency int64) ([]procedure.Forwarding, error) {
	rows, err := s.db.mainRead.q.Forwards(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read what was forwarded: %w", err)
	}
	return each(rows, func(r sqldb.ForwardsRow) procedure.Forwarding {
		return procedure.Forwarding{Evidence: r.EvidenceID, Agency: r.AgencyID, Rule: r.Rule, Period: r.Period, At: instant(r.SentUs),
			By: r.ByUser, ByName: r.ByName, Mailed: r.Mailed}
	}), nil
}

// Received is the last accepted evidence for a rule and a period of an agency.
func (s *Duties) Received(ctx context.Context, agency int64, rule, period string) (procedure.Evidence, bool, error) {
	r, err := s.db.mainRead.q.ReceivedEvidence(ctx, sqldb.ReceivedEvidenceParams{AgencyID: agency, Rule: rule, Period: period})
	ok, err := foundRow(err, "evidence")
	return procedure.Evidence{ID: r.ID, Agency: r.AgencyID, Agreement: r.AgreementID, Rule: r.Rule, Period: r.Period, File: r.FileID,
		By: r.ByUser}, ok, err
}

// Deliver keeps evidence with its file and tells of it, in one transaction; it returns the evidence's id.
func (s *Duties) Deliver(ctx context.Context, e procedure.Evidence, f *procedure.File, told ...procedure.Notice) (id int64, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		if f != nil {
			if e.File, err = s.db.Files.insertFile(ctx, q, *f); err != nil {
				return err
			}
		}
		if id, err = insertEvidence(ctx, q, e); err != nil {
			return err
		}
		return s.db.tell(ctx, q, told, nil)
	})
	return id, err
}

func insertEvidence(ctx context.Context, q *sqldb.Queries, e procedure.Evidence) (int64, error) {
	id, err := q.InsertEvidence(ctx, sqldb.InsertEvidenceParams{
		AgencyID: e.Agency, AgreementID: e.Agreement, Rule: e.Rule, Period: e.Period, OnDay: dayText(e.On), Note: e.Note, FileID: e.File,
		ByUser: e.By, AtUs: micros(e.At),
	})
	if err != nil {
		return 0, fmt.Errorf("insert evidence: %w", err)
	}
	return id, nil
}

// Judge accepts or refuses evidence, once, by a person who did not deliver it, by whatever user id; false when that is not so.
func (s *Duties) Judge(ctx context.Context, id, by int64, at time.Time, accept bool, note string, told ...procedure.Notice) (ok bool,
	err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		e, err := q.Evidence(ctx, id)
		if found, err := foundRow(err, "evidence"); err != nil || !found {
			return err
		}
		giver, judge, err := s.db.hands(ctx, q, party.User{ID: by, Institution: party.Provider}, e.AgencyID, e.ByUser)
		if err != nil || slices.ContainsFunc(giver, func(u party.User) bool { return party.SamePerson(u, judge) }) {
			return err
		}
		rows, err := q.JudgeEvidence(ctx, sqldb.JudgeEvidenceParams{ID: id, JudgedBy: by, JudgedUs: micros(at), Accepted: accept,
			JudgedNote: note})
		if err != nil || rows == 0 {
			return err
		}
		ok = true
		return s.db.tell(ctx, q, told, nil)
	})
	return ok, err
}

// Evidence reads one piece of evidence.
func (s *Duties) Evidence(ctx context.Context, id int64) (procedure.Evidence, bool, error) {
	r, err := s.db.mainRead.q.Evidence(ctx, id)
	ok, err := foundRow(err, "evidence")
	return procedure.Evidence{ID: r.ID, Agency: r.AgencyID, Agreement: r.AgreementID, Rule: r.Rule, Period: r.Period, By: r.ByUser,
		Judged: instant(r.JudgedUs)}, ok, err
}

// EvidenceOf returns an agency's last 200 pieces of evidence, newest first.
func (s *Duties) EvidenceOf(ctx context.Context, agency int64) ([]procedure.Evidence, error) {
	rows, err := s.db.mainRead.q.EvidenceOfAgency(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	return eachRead(rows, func(r sqldb.EvidenceOfAgencyRow) (procedure.Evidence, error) {
		in := stored{table: "evidence", key: r.ID}
		e := procedure.Evidence{
			ID: r.ID, Agency: r.AgencyID, Agreement: r.AgreementID, Rule: r.Rule, Period: r.Period, On: in.day("on_day", r.OnDay),
			Note: r.Note, File: r.FileID,
			By: r.ByUser, ByName: r.ByName, At: instant(r.AtUs), JudgedBy: r.JudgedBy, Judged: instant(r.JudgedUs), Accepted: r.Accepted,
			JudgedNote: r.JudgedNote,
		}
		return e, in.err
	})
}
