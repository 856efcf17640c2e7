package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Template implements office.Store.
func (s *Store) Template(ctx context.Context, key string) (text string, version int, found bool, err error) {
	r, err := s.mainRead.q.Template(ctx, key)
	ok, err := foundRow(err, "template")
	return r.Text, int(r.Version), ok, err
}

// SetTemplate keeps a new version of a template's text, with its record. The version is the one that the writer saw, plus one; a version that
// exists already is an error, so that nobody writes over somebody else's change.
func (s *Store) SetTemplate(ctx context.Context, c journal.Change, key, text string, version int) error {
	c.Subject, c.Before, c.After = "Templat "+key, fmt.Sprintf("versi %d", version-1), fmt.Sprintf("versi %d", version)
	return s.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
		return q.InsertTemplate(ctx, sqldb.InsertTemplateParams{Key: key, Version: int64(version), Text: text, ByUser: c.By, AtUs: micros(c.At)})
	})
}

// Emails implements office.Store: the institution's own address and those of its people.
func (s *Store) Emails(ctx context.Context, agency int64) ([]string, error) {
	i, err := s.mainRead.q.Institution(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read institution %d: %w", agency, err)
	}
	var list []string
	if i.Email != "" {
		list = append(list, i.Email)
	}
	people, err := s.mainRead.q.StaffEmails(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read addresses of institution %d: %w", agency, err)
	}
	for _, p := range people {
		if p != i.Email {
			list = append(list, p)
		}
	}
	return list, nil
}

// DutyFacts implements office.Store.
func (s *Store) DutyFacts(ctx context.Context, now time.Time) (map[int64]obligation.Facts, error) {
	q := s.mainRead.q
	all, err := s.Everyone(ctx)
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
	evidence, err := q.AllEvidence(ctx)
	if err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	evidenceOf := map[int64][]obligation.Evidence{}
	for _, e := range evidence {
		if e.JudgedUs == 0 || e.Accepted { // what was refused counts for nothing
			evidenceOf[e.AgreementID] = append(evidenceOf[e.AgreementID], obligation.Evidence{Rule: e.Rule, Period: e.Period, On: parseDay(e.OnDay), Accepted: e.Accepted})
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
			Users: int(usersOf[i.ID].Users), UsersWithoutNDA: int(usersOf[i.ID].WithoutNda), ReadersActive: active[i.ID], Evidence: evidenceOf[g.Agreement],
		}
		at := slices.IndexFunc(st.Agreements, func(a agreement.Agreement) bool { return a.ID == g.Agreement })
		f.SignedOn = st.Agreements[at].SignedOn
		if from, ok := st.Agreements[at].Terminated(now); ok {
			if last := i.Zone.Day(from); last.Before(f.EndsOn) {
				f.EndsOn = last
			}
		}
		for _, l := range letters {
			// A letter asks for the end that is near: within eight months before it.
			if day := parseDay(l.LetterDay); l.AgencyID == i.ID && day.After(g.EndsOn.AddDate(0, -8, 0)) && !day.After(g.EndsOn) {
				f.ExtensionAsked = day
			}
		}
		out[i.ID] = f
	}
	return out, nil
}

// Holidays implements office.Store. A calendar that was never edited is the decreed one.
func (s *Store) Holidays(ctx context.Context) ([]obligation.Holiday, error) {
	rows, err := s.mainRead.q.Holidays(ctx)
	if err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	if len(rows) == 0 {
		return obligation.DefaultHolidays(), nil
	}
	return each(rows, func(r sqldb.Holiday) obligation.Holiday {
		return obligation.Holiday{Day: parseDay(r.Day), Kind: r.Kind, Name: r.Name, Source: r.Source}
	}), nil
}

// PutHoliday adds or changes a day of the calendar, with its record.
func (s *Store) PutHoliday(ctx context.Context, c journal.Change, h obligation.Holiday) error {
	c.Subject, c.After = "Kalender "+dayText(h.Day), h.Name
	return s.editCalendar(ctx, c, func(q *sqldb.Queries) error { return putHoliday(ctx, q, h) })
}

// DropHoliday makes a day a working day again, with its record.
func (s *Store) DropHoliday(ctx context.Context, c journal.Change, h obligation.Holiday) error {
	c.Subject, c.Before, c.After = "Kalender "+dayText(h.Day), h.Name, "hari kerja"
	return s.editCalendar(ctx, c, func(q *sqldb.Queries) error {
		_, err := q.DeleteHoliday(ctx, sqldb.DeleteHolidayParams{Day: dayText(h.Day), Kind: h.Kind})
		return err
	})
}

// editCalendar writes the decreed calendar down first, once, because from then on the office's own counts.
func (s *Store) editCalendar(ctx context.Context, c journal.Change, edit func(*sqldb.Queries) error) error {
	return s.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
		rows, err := q.Holidays(ctx)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			for _, h := range obligation.DefaultHolidays() {
				if err := putHoliday(ctx, q, h); err != nil {
					return err
				}
			}
		}
		return edit(q)
	})
}

func putHoliday(ctx context.Context, q *sqldb.Queries, h obligation.Holiday) error {
	return q.PutHoliday(ctx, sqldb.PutHolidayParams{Day: dayText(h.Day), Kind: h.Kind, Name: h.Name, Source: h.Source})
}

// Remind implements office.Store.
func (s *Store) Remind(ctx context.Context, r office.Reminder) (first bool, err error) {
	err = s.main.tx(ctx, func(q *sqldb.Queries) error {
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
func (s *Store) Deliver(ctx context.Context, e procedure.Evidence, f *procedure.File, told ...procedure.Notice) (id int64, err error) {
	err = s.main.tx(ctx, func(q *sqldb.Queries) error {
		if f != nil {
			if e.File, err = s.insertFile(ctx, q, *f); err != nil {
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
		AgencyID: e.Agency, AgreementID: e.Agreement, Rule: e.Rule, Period: e.Period, OnDay: dayText(e.On), Note: e.Note, FileID: e.File, ByUser: e.By, AtUs: micros(e.At),
	})
	if err != nil {
		return 0, fmt.Errorf("insert evidence: %w", err)
	}
	return id, nil
}

// Judge accepts or refuses evidence, once, by somebody who did not deliver it; false when that is not so.
func (s *Store) Judge(ctx context.Context, id, by int64, at time.Time, accept bool, told ...procedure.Notice) (ok bool, err error) {
	err = s.main.tx(ctx, func(q *sqldb.Queries) error {
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
func (s *Store) Evidence(ctx context.Context, id int64) (procedure.Evidence, bool, error) {
	r, err := s.mainRead.q.Evidence(ctx, id)
	ok, err := foundRow(err, "evidence")
	return procedure.Evidence{ID: r.ID, Agency: r.AgencyID, Agreement: r.AgreementID, Rule: r.Rule, Period: r.Period, By: r.ByUser, Judged: instant(r.JudgedUs)}, ok, err
}

// EvidenceOf returns an agency's last 200 pieces of evidence, newest first.
func (s *Store) EvidenceOf(ctx context.Context, agency int64) ([]procedure.Evidence, error) {
	rows, err := s.mainRead.q.EvidenceOfAgency(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	return each(rows, func(r sqldb.EvidenceOfAgencyRow) procedure.Evidence {
		return procedure.Evidence{
			ID: r.ID, Agency: r.AgencyID, Agreement: r.AgreementID, Rule: r.Rule, Period: r.Period, On: parseDay(r.OnDay), Note: r.Note, File: r.FileID,
			By: r.ByUser, ByName: r.ByName, At: instant(r.AtUs), JudgedBy: r.JudgedBy, Judged: instant(r.JudgedUs), Accepted: r.Accepted,
		}
	}), nil
}

// Contacts are an agency's contact persons of both sides.
func (s *Store) Contacts(ctx context.Context, agency int64) ([]party.Contact, error) {
	rows, err := s.mainRead.q.Contacts(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	return each(rows, func(r sqldb.Contact) party.Contact {
		return party.Contact{Side: r.Side, Name: r.Name, Position: r.Position, Phone: r.Phone, Email: r.Email}
	}), nil
}

// InstitutionByCode finds an institution.
func (s *Store) InstitutionByCode(ctx context.Context, code string) (party.Institution, access.Agreements, bool, error) {
	r, err := s.mainRead.q.InstitutionByCode(ctx, code)
	if ok, err := foundRow(err, "institution"); !ok {
		return party.Institution{}, nil, false, err
	}
	i, err := s.Institution(ctx, r.ID)
	if err != nil {
		return i, nil, false, err
	}
	all, err := s.agreements(ctx, r.ID)
	return i, all, err == nil, err
}

// Users returns users of all institutions whose login or name holds the text, after a login, by login.
func (s *Store) Users(ctx context.Context, text, after string, most int) ([]procedure.UserRow, error) {
	rows, err := s.mainRead.q.UsersLike(ctx, sqldb.UsersLikeParams{After: after, Pattern: "%" + likeText(strings.ToLower(text)) + "%", Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	return each(rows, func(r sqldb.UsersLikeRow) procedure.UserRow {
		return procedure.UserRow{User: userOf(sqldb.User{
			ID: r.ID, AgencyID: r.AgencyID, Login: r.Login, Name: r.Name, Position: r.Position, Role: r.Role, Methods: r.Methods, NdaSigned: r.NdaSigned,
			DeactivatedUs: r.DeactivatedUs, PasswordHash: r.PasswordHash, Email: r.Email, NdaForm: r.NdaForm,
		}), AgencyName: r.AgencyName, AgencyCode: r.AgencyCode}
	}), nil
}

// likeText takes the meaning from LIKE's signs: they become the sign for one character, which is near enough for a search.
func likeText(s string) string { return strings.NewReplacer("%", "_", `\`, "_").Replace(s) }

// AgencyReaders are the readers of one agency.
func (s *Store) AgencyReaders(ctx context.Context, agency int64) ([]reader.Reader, error) {
	rows, err := s.mainRead.q.ReadersOfAgency(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read readers: %w", err)
	}
	return readersOf(rows), nil
}

// Readers returns readers of all agencies after an id, of a state or of all.
func (s *Store) Readers(ctx context.Context, state reader.State, after int64, most int) ([]procedure.ReaderRow, error) {
	rows, err := s.mainRead.q.Readers(ctx, sqldb.ReadersParams{After: after, State: string(state), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read readers: %w", err)
	}
	return each(rows, func(r sqldb.ReadersRow) procedure.ReaderRow {
		return procedure.ReaderRow{
			ID: r.ID, Reader: reader.Reader{Serial: r.Serial, Model: r.Model, SAM: r.Sam, State: reader.State(r.State)},
			Agency: r.AgencyID, AgencyName: r.AgencyName, AgencyCode: r.AgencyCode, Since: instant(r.SinceUs),
		}
	}), nil
}

// Notices returns an institution's notices before an id, newest first.
func (s *Store) Notices(ctx context.Context, agency, before int64, most int) ([]procedure.Notice, error) {
	rows, err := s.mainRead.q.Notices(ctx, sqldb.NoticesParams{AgencyID: agency, ID: orLast(before), Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return each(rows, func(r sqldb.Notice) procedure.Notice {
		return procedure.Notice{ID: r.ID, Agency: r.AgencyID, At: instant(r.AtUs), Text: r.Text, Path: r.Path}
	}), nil
}

// Unread counts the notices of a user's institution that came after those that the user has read.
func (s *Store) Unread(ctx context.Context, user int64) (int, error) {
	u, err := s.mainRead.q.User(ctx, user)
	if err != nil {
		return 0, fmt.Errorf("read user %d: %w", user, err)
	}
	n, err := s.mainRead.q.CountNotices(ctx, sqldb.CountNoticesParams{AgencyID: u.AgencyID, ID: u.NoticesRead})
	if err != nil {
		return 0, fmt.Errorf("count notices: %w", err)
	}
	return int(n), nil
}

// ReadNotices notes that a user has read the notices up to an id.
func (s *Store) ReadNotices(ctx context.Context, user, upTo int64) error {
	return s.main.q.ReadNotices(ctx, sqldb.ReadNoticesParams{ID: user, NoticesRead: upTo})
}
