package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/reader"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Duties are what duties rest on: facts, reminders, evidence.
type Duties struct{ db *DB }

// DutyFacts implements office.Duties.
func (s *Duties) DutyFacts(ctx context.Context, now time.Time) (map[int64]obligation.Facts, error) {
	q := s.db.mainRead.q
	all, err := s.db.Rights.Everyone(ctx)
	if err != nil {
		return nil, err
	}
	users, err := q.CountUsers(ctx)
	if err != nil {
		return nil, fmt.Errorf("count users: %w", err)
	}
	usersOf := map[int64]sqldb.CountUsersRow{}
	for _, u := range users {
		usersOf[u.AgencyID] = u
	}
	readers, err := q.CountReaders(ctx)
	if err != nil {
		return nil, fmt.Errorf("count readers: %w", err)
	}
	active := map[int64]int{}
	for _, r := range readers {
		if reader.State(r.State) == reader.Active {
			active[r.AgencyID] = int(r.Readers)
		}
	}
	letters, err := q.ExtensionLetters(ctx)
	if err != nil {
		return nil, fmt.Errorf("read extension letters: %w", err)
	}
	lettersOf := map[int64][]time.Time{}
	for _, l := range letters {
		in := stored{table: "case_steps", key: fmt.Sprintf("institution %d", l.AgencyID)}
		lettersOf[l.AgencyID] = append(lettersOf[l.AgencyID], in.day("letter_day", l.LetterDay))
		if in.err != nil {
			return nil, in.err
		}
	}
	evidence, err := q.AllEvidence(ctx)
	if err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	evidenceOf := map[int64][]obligation.Evidence{}
	for _, e := range evidence {
		if e.JudgedUs == 0 || e.Accepted { // what was refused counts for nothing
			in := stored{table: "evidence", key: fmt.Sprintf("agreement %d", e.AgreementID)}
			x := obligation.Evidence{Rule: e.Rule, Period: e.Period, On: in.day("on_day", e.OnDay), Accepted: e.Accepted}
			if in.err != nil {
				return nil, in.err
			}
			evidenceOf[e.AgreementID] = append(evidenceOf[e.AgreementID], x)
		}
	}
	out := map[int64]obligation.Facts{}
	for _, st := range all {
		i := st.Institution
		g, ok := agreement.Current(st.Agreements, now, i.Zone.Day(now))
		if !ok {
			continue
		}
		f := obligation.Facts{
			Agency: i.ID, Agreement: g.Agreement, EndsOn: g.EndsOn, Works: g.State.Works() || g.State == agreement.Suspended,
			SPTJMSigned: i.Head.SPTJMSigned, SPTJMUntil: i.Head.SPTJMUntil, HeadSince: i.Head.Since,
			Users: int(usersOf[i.ID].Users), UsersWithoutNDA: int(usersOf[i.ID].WithoutNda), ReadersActive: active[i.ID],
			Evidence: evidenceOf[g.Agreement],
		}
		at := slices.IndexFunc(st.Agreements, func(a agreement.Agreement) bool { return a.ID == g.Agreement })
		f.SignedOn = st.Agreements[at].SignedOn
		if from, ok := st.Agreements[at].Terminated(now); ok {
			if last := i.Zone.Day(from); last.Before(f.EndsOn) {
				f.EndsOn = last
			}
		}
		f.ExtensionAsked = obligation.ExtensionAsked(g.EndsOn, lettersOf[i.ID])
		out[i.ID] = f
	}
	return out, nil
}

// Remind implements office.Duties.
func (s *Duties) Remind(ctx context.Context, r office.Reminder) (first bool, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		n, err := q.InsertReminder(ctx, sqldb.InsertReminderParams{
			AgreementID: r.Agreement, Rule: r.Rule, Period: r.Period, Threshold: int64(r.Threshold), AtUs: micros(r.At),
		})
		if err != nil || n == 0 {
			return err
		}
		first = true
		return tell(ctx, q, r.Notices, r.Mails)
	})
	if err != nil {
		return false, fmt.Errorf("remind: %w", err)
	}
	return first, nil
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
		return tell(ctx, q, told, nil)
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

// Judge accepts or refuses evidence, once, by somebody who did not deliver it; false when that is not so.
func (s *Duties) Judge(ctx context.Context, id, by int64, at time.Time, accept bool, told ...procedure.Notice) (ok bool, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		rows, err := q.JudgeEvidence(ctx, sqldb.JudgeEvidenceParams{ID: id, JudgedBy: by, JudgedUs: micros(at), Accepted: accept})
		if err != nil || rows == 0 {
			return err
		}
		ok = true
		return tell(ctx, q, told, nil)
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
		}
		return e, in.err
	})
}
