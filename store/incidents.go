package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"gapura/access/access"
	"gapura/internal/bahasa"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store/sqldb"
)

// Incidents is the register of incidents.
type Incidents struct{ db *DB }

// ReportIncident implements office.Incidents.
func (s *Incidents) ReportIncident(ctx context.Context, c journal.Change, i incident.Incident, told []procedure.Notice,
	mails []notify.Mail) (id int64, err error) {
	err = s.db.changes(ctx, func(q *sqldb.Queries) error {
		id, err = s.report(ctx, q, c, i, told, mails)
		return err
	})
	return id, err
}

// report is ReportIncident within a transaction.
func (s *Incidents) report(ctx context.Context, q *sqldb.Queries, c journal.Change, i incident.Incident, told []procedure.Notice,
	mails []notify.Mail) (id int64, err error) {
	id, err = q.InsertIncident(ctx, sqldb.InsertIncidentParams{
		AgencyID: i.Agency, Kind: i.Kind, State: string(i.State), UserID: i.User, KnownUs: micros(i.Known),
		FromUs: micros(i.From), ToUs: micros(i.To),
		ReportedUs: micros(c.At), ReportedBy: c.By,
	})
	if err != nil {
		return 0, fmt.Errorf("insert incident: %w", err)
	}
	for n, e := range i.Entries {
		if err := s.addEntry(ctx, q, id, int64(n), i.State, e); err != nil {
			return 0, err
		}
	}
	c.Subject, c.Before, c.After = incidentName(id), "", "dilaporkan: "+incident.KindLabel(i.Kind)
	if err := s.db.record(ctx, q, i.Agency, c); err != nil {
		return 0, err
	}
	for n := range told {
		told[n].Path += fmt.Sprint(id)
	}
	return id, s.db.tell(ctx, q, told, mails)
}

func incidentName(id int64) string { return fmt.Sprintf("Insiden %d", id) }

// addEntry writes the next line of an incident's register and its state; incident.ErrMoved when somebody else wrote one meanwhile.
func (s *Incidents) addEntry(ctx context.Context, q *sqldb.Queries, id, seq int64, state incident.State, e incident.Entry) error {
	n, err := q.AdvanceIncident(ctx, sqldb.AdvanceIncidentParams{ID: id, Expected: seq, State: string(state), AtUs: micros(e.At)})
	if err != nil {
		return fmt.Errorf("advance incident: %w", err)
	}
	if n != 1 {
		return incident.ErrMoved
	}
	err = q.InsertIncidentEntry(ctx, sqldb.InsertIncidentEntryParams{
		IncidentID: id, Seq: seq, AtUs: micros(e.At), ByUser: e.By, Act: e.Act, Sealed: s.db.incidentSeal.Seal([]byte(e.Text),
			incidentContext(id, seq)),
	})
	if err != nil {
		return fmt.Errorf("insert entry of incident: %w", err)
	}
	return nil
}

// incidentContext binds a sealed line to its place.
func incidentContext(id, seq int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64([]byte("entry"), uint64(id)), uint64(seq))
}

// personContext binds a sealed NIK to its incident and index.
func personContext(id int64, index []byte) []byte {
	return append(binary.BigEndian.AppendUint64([]byte("person"), uint64(id)), index...)
}

// TakeIncident implements office.Incidents.
func (s *Incidents) TakeIncident(ctx context.Context, n office.IncidentStep) error {
	c, i := n.Change, n.Incident
	c.Subject, c.Before, c.After = incidentName(i.ID), i.State.Label(), n.Words
	return s.db.change(ctx, i.Agency, c, func(q *sqldb.Queries) error {
		e := incident.Entry{At: c.At, By: c.By, Act: n.Act, Text: n.Text}
		if err := s.addEntry(ctx, q, i.ID, int64(len(i.Entries)), n.State, e); err != nil {
			return err
		}
		for _, u := range n.Uses {
			index := s.db.nikIndex.Index(u.NIK.Digits())
			_, err := q.InsertIncidentUse(ctx, sqldb.InsertIncidentUseParams{
				IncidentID: i.ID, AgencyID: u.ID.Log, Seq: u.ID.Seq, NikIndex: index, AtUs: micros(u.At), UserID: u.User,
				Purpose: u.Purpose, Reference: u.Reference, Elements: int64(u.Elements),
			})
			if err == nil {
				_, err = q.InsertIncidentPerson(ctx, sqldb.InsertIncidentPersonParams{IncidentID: i.ID, NikIndex: index,
					Sealed: s.db.incidentSeal.Seal([]byte(u.NIK.Digits()), personContext(i.ID, index))})
			}
			if err != nil {
				return fmt.Errorf("keep affected access: %w", err)
			}
		}
		for _, f := range n.Letters {
			id, err := s.db.Files.insertFile(ctx, q, f)
			if err == nil {
				err = q.InsertIncidentLetter(ctx, sqldb.InsertIncidentLetterParams{IncidentID: i.ID, FileID: id, Kind: f.Kind,
					Number: f.Number, MadeUs: micros(c.At)})
			}
			if err != nil {
				return fmt.Errorf("keep letter of incident: %w", err)
			}
		}
		if n.Sent != "" {
			rows, err := q.SendIncidentLetters(ctx, sqldb.SendIncidentLettersParams{IncidentID: i.ID, Number: n.Sent, SentUs: micros(c.At)})
			if err != nil {
				return fmt.Errorf("mark letter as sent: %w", err)
			}
			if rows == 0 {
				return told.Refuse("Surat itu tidak ada, atau sudah disampaikan.")
			}
		}
		return s.db.tell(ctx, q, n.Notices, n.Mails)
	})
}

func incidentOf(r sqldb.IncidentsRow) incident.Incident {
	return incident.Incident{
		ID: r.ID, Agency: r.AgencyID, AgencyName: r.AgencyName, Code: r.Code, Kind: r.Kind, State: incident.State(r.State), User: r.UserID,
		Login: r.Login,
		Known: instant(r.KnownUs), From: instant(r.FromUs), To: instant(r.ToUs), Reported: instant(r.ReportedUs), Reporter: r.Reporter,
		NotifiedAt: instant(r.NotifiedUs), ClosedAt: instant(r.ClosedUs), People: int(r.People), Uses: int(r.Uses),
	}
}

// Incidents are incidents before an id, newest first, without their lines; agency below 0 means all.
func (s *Incidents) Incidents(ctx context.Context, agency int64, open bool, before int64, most int) ([]incident.Incident, error) {
	rows, err := s.db.mainRead.q.Incidents(ctx, sqldb.IncidentsParams{Before: orLast(before), Agency: agency, OpenOnly: open,
		Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read incidents: %w", err)
	}
	return each(rows, incidentOf), nil
}

// Incident reads an incident whole.
func (s *Incidents) Incident(ctx context.Context, id int64) (i incident.Incident, found bool, err error) {
	rows, err := s.db.mainRead.q.Incidents(ctx, sqldb.IncidentsParams{Before: id + 1, After: id - 1, Agency: -1, Most: 1})
	if err != nil || len(rows) == 0 {
		return i, false, err
	}
	i = incidentOf(rows[0])
	entries, err := s.db.mainRead.q.IncidentEntries(ctx, id)
	if err != nil {
		return i, false, fmt.Errorf("read entries of incident %d: %w", id, err)
	}
	for _, e := range entries {
		plain, err := s.db.incidentSeal.Open(nil, e.Sealed, incidentContext(id, e.Seq))
		if err != nil {
			return i, false, fmt.Errorf("open entry %d of incident %d: %w", e.Seq, id, err)
		}
		i.Entries = append(i.Entries, incident.Entry{At: instant(e.AtUs), By: e.ByUser, ByName: e.ByName, Act: e.Act, Text: string(plain)})
	}
	letters, err := s.db.mainRead.q.IncidentLetters(ctx, id)
	if err != nil {
		return i, false, fmt.Errorf("read letters of incident %d: %w", id, err)
	}
	i.Letters = each(letters, func(l sqldb.IncidentLetter) incident.Letter {
		return incident.Letter{Kind: l.Kind, Number: l.Number, File: l.FileID, Made: instant(l.MadeUs), Sent: instant(l.SentUs)}
	})
	return i, true, nil
}

// IncidentPeople implements office.Incidents.
func (s *Incidents) IncidentPeople(ctx context.Context, id int64, skip, most int, give func(incident.Person) error) (more bool, err error) {
	rows, err := s.db.mainRead.q.IncidentPeople(ctx, sqldb.IncidentPeopleParams{IncidentID: id, Limit: int32(most) + 1,
		Offset: int32(skip)})
	if err != nil {
		return false, fmt.Errorf("read people of incident %d: %w", id, err)
	}
	if more = len(rows) > most; more {
		rows = rows[:most]
	}
	for _, r := range rows {
		plain, err := s.db.incidentSeal.Open(nil, r.Sealed, personContext(id, r.NikIndex))
		if err != nil {
			return false, fmt.Errorf("open person of incident %d: %w", id, err)
		}
		p := incident.Person{}
		if p.NIK, err = nik.Parse(string(plain)); err != nil || !bytes.Equal(s.db.nikIndex.Index(p.NIK.Digits()), r.NikIndex) {
			return false, fmt.Errorf("open person of incident %d: the index does not fit", id)
		}
		uses, err := s.db.mainRead.q.IncidentUsesOf(ctx, sqldb.IncidentUsesOfParams{IncidentID: id, NikIndex: r.NikIndex})
		if err != nil {
			return false, fmt.Errorf("read uses of incident %d: %w", id, err)
		}
		for _, u := range uses {
			p.Uses = append(p.Uses, incident.Use{
				ID: journal.ID{Log: u.AgencyID, Seq: u.Seq}, At: instant(u.AtUs), User: u.UserID, Login: u.Login, Agency: u.AgencyName,
				Code: u.Code, NIK: p.NIK,
				Purpose: u.Purpose, Reference: u.Reference, Elements: population.Elements(u.Elements),
			})
		}
		if err := give(p); err != nil {
			return false, err
		}
	}
	return more, nil
}

// slack is how much records of the same moment may lie out of order.
const slack = time.Minute

// FindUses finds the accesses of a query that showed somebody's data, in the database and in the archive, oldest first. A *told.Error says
// that they are too many for one search: what is left out of such a list is a resident who is not told.
func (s *Incidents) FindUses(ctx context.Context, w incident.Query) ([]incident.Use, error) {
	from, err := s.db.Guard.PlaceAt(ctx, w.Agency, w.From.Add(-slack))
	if err != nil {
		return nil, err
	}
	to, err := s.db.Guard.PlaceAt(ctx, w.Agency, w.To.Add(slack))
	if err != nil {
		return nil, err
	}
	archive, err := s.db.Journal.archiveOf(ctx, w.Agency)
	if err != nil {
		return nil, err
	}
	logins, err := s.db.Users.UsersOfAgency(ctx, w.Agency, "", 1<<30)
	if err != nil {
		return nil, err
	}
	login := map[int64]string{}
	for _, u := range logins {
		login[u.ID] = u.Login
	}
	var out []incident.Use
	add := func(r journal.Record) error {
		if r.Outcome != string(access.Found) || r.NIK.IsZero() || r.At.Before(w.From) || !r.At.Before(w.To) ||
			(w.User != 0 && r.User != w.User) || (w.Purpose != "" && r.Purpose != w.Purpose) {
			return nil
		}
		if len(out) == incident.MaxUses {
			return told.Wrong("", "Pencarian menemukan lebih dari "+bahasa.Number(
				incident.MaxUses)+" akses. Persempit periodenya, dan catat bagian demi bagian.")
		}
		out = append(out, incident.Use{ID: r.ID, At: r.At, User: r.User, Login: login[r.User], NIK: r.NIK, Purpose: r.Purpose,
			Reference: r.Reference, Elements: r.Elements})
		return nil
	}
	for ; from < min(to, archive.Size()); from++ {
		var r journal.Record
		access := false
		err := archive.Leaves(from, from+1, func(entry []byte) (err error) {
			r, _, access, err = journal.DecodeRecord(entry)
			return err
		})
		if err == nil && access {
			if r, _, err = s.db.Journal.recordAt(ctx, journal.ID{Log: w.Agency, Seq: from}); err == nil {
				err = add(r)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	for ; from < to; from += leafBatch {
		rows, err := s.db.mainRead.q.ShownFrom(ctx, sqldb.ShownFromParams{Agency: w.Agency, FromSeq: from, ToSeq: min(from+leafBatch, to),
			UserID: w.User, Purpose: w.Purpose})
		if err != nil {
			return nil, fmt.Errorf("read records of log %d: %w", w.Agency, err)
		}
		for _, p := range rows {
			r, _, err := s.db.Journal.openRecord(ctx, p)
			if err == nil {
				err = add(r)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
