package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// OpenCase begins a case and returns its id.
func (s *Store) OpenCase(ctx context.Context, agency int64, p *procedure.Procedure, at time.Time) (int64, error) {
	id, err := s.main.q.InsertCase(ctx, sqldb.InsertCaseParams{AgencyID: agency, ProcedureKey: p.Key, OpenedUs: micros(at)})
	if err != nil {
		return 0, fmt.Errorf("open case: %w", err)
	}
	return id, nil
}

// Case reads a case; found is false when there is none, or its procedure is not among all.
func (s *Store) Case(ctx context.Context, id int64, all []*procedure.Procedure) (c procedure.Case, found bool, err error) {
	row, err := s.mainRead.q.CaseByID(ctx, id)
	if ok, err := foundRow(err, "case"); !ok {
		return c, false, err
	}
	p, ok := procedure.Find(all, row.ProcedureKey)
	if !ok {
		return c, false, nil
	}
	c = procedure.Case{ID: row.ID, Agency: row.AgencyID, Procedure: p, State: procedure.State(row.State), Opened: instant(row.OpenedUs)}
	steps, err := s.mainRead.q.CaseSteps(ctx, id)
	if err != nil {
		return c, false, fmt.Errorf("read steps of case %d: %w", id, err)
	}
	for _, r := range steps {
		t := procedure.Taken{
			Step: r.Step, At: instant(r.AtUs), By: r.ByUser, ByName: r.ByName, Letter: r.Letter, LetterDay: parseDay(r.LetterDay), Verdict: r.Verdict,
		}
		plain, err := s.formSeal.Open(nil, r.FieldsSealed, stepContext(r.CaseID, r.Seq))
		if err != nil {
			return c, false, fmt.Errorf("open fields of case %d, step %d: %w", id, r.Seq, err)
		}
		if err := json.Unmarshal(plain, &t.Values); err != nil {
			return c, false, fmt.Errorf("read fields of case %d, step %d: %w", id, r.Seq, err)
		}
		c.Taken = append(c.Taken, t)
	}
	return c, true, nil
}

// stepContext binds sealed fields to their place, so that they cannot be moved to another case.
func stepContext(id, seq int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(id)), uint64(seq))
}

// TakeStep writes a step, its files, its changes of rights with their records, and what it tells people, in one transaction. office.ErrMoved means that nothing
// was written because the case was not where the caller saw it.
func (s *Store) TakeStep(ctx context.Context, n office.Step) (applied []office.Applied, err error) {
	c, t := n.Case, n.Result.Taken
	seq := int64(len(c.Taken))
	write := func(q *sqldb.Queries) error {
		var scan int64
		for i, f := range n.Files {
			f.Case, f.CaseSeq = c.ID, int(seq)
			id, err := s.insertFile(ctx, q, f)
			if err != nil {
				return err
			}
			if i == 0 && f.Kind == "scan" {
				scan = id
			}
		}
		after := *c
		after.Taken = append(append([]procedure.Taken(nil), c.Taken...), t)
		change := journal.Change{At: t.At, By: t.By, Reason: after.Reason(), Letter: after.Letter()}
		if applied, err = s.apply(ctx, q, change, scan, n.Result.Effects); err != nil {
			return err
		}
		agency := c.Agency
		for i, e := range n.Result.Effects {
			if _, ok := e.(procedure.CreateInstitution); ok {
				agency = applied[i].ID // from here on the case is the new agency's
			}
		}
		moved, err := q.AdvanceCase(ctx, sqldb.AdvanceCaseParams{ID: c.ID, Expected: seq, State: string(n.Result.State), AtUs: micros(t.At), Agency: agency})
		if err != nil {
			return fmt.Errorf("advance case: %w", err)
		}
		if moved != 1 {
			return office.ErrMoved
		}
		err = q.InsertCaseStep(ctx, sqldb.InsertCaseStepParams{
			CaseID: c.ID, Seq: seq, Step: t.Step, AtUs: micros(t.At), ByUser: t.By, Letter: t.Letter, LetterDay: dayText(t.LetterDay), Verdict: t.Verdict,
			FieldsSealed: s.formSeal.Seal([]byte(jsonText(t.Values)), stepContext(c.ID, seq)),
		})
		if err != nil {
			return fmt.Errorf("insert step: %w", err)
		}
		return tell(ctx, q, n.Notices, n.Mails)
	}
	if len(n.Result.Effects) > 0 {
		err = s.changes(ctx, write)
	} else {
		err = s.main.tx(ctx, write)
	}
	return applied, err
}

// tell writes notices and queues mails.
func tell(ctx context.Context, q *sqldb.Queries, notices []procedure.Notice, mails []notify.Mail) error {
	for _, x := range notices {
		if err := q.InsertNotice(ctx, sqldb.InsertNoticeParams{AgencyID: x.Agency, AtUs: micros(x.At), Text: x.Text, Path: x.Path}); err != nil {
			return fmt.Errorf("insert notice: %w", err)
		}
	}
	for _, m := range mails {
		err := q.InsertMail(ctx, sqldb.InsertMailParams{Recipient: m.To, Subject: m.Subject, Body: m.Body, FileID: m.File, CreatedUs: micros(m.Created)})
		if err != nil {
			return fmt.Errorf("queue mail: %w", err)
		}
	}
	return nil
}

// insertFile seals and keeps a file.
func (s *Store) insertFile(ctx context.Context, q *sqldb.Queries, f procedure.File) (int64, error) {
	versions, err := q.FileVersions(ctx, sqldb.FileVersionsParams{AgencyID: f.Agency, Kind: f.Kind, Title: f.Title})
	if err != nil {
		return 0, fmt.Errorf("count versions: %w", err)
	}
	sum := sha256.Sum256(f.Content)
	id, err := q.InsertFile(ctx, sqldb.InsertFileParams{
		AgencyID: f.Agency, CaseID: f.Case, CaseSeq: int64(f.CaseSeq), AgreementID: f.Agreement, Kind: f.Kind, Title: f.Title, Number: f.Number,
		Version: versions + 1, Media: f.Media, Size: int64(len(f.Content)), Sha256: sum[:], ByUser: f.By, AtUs: micros(f.At),
	})
	if err != nil {
		return 0, fmt.Errorf("insert file: %w", err)
	}
	return id, q.InsertFileContent(ctx, sqldb.InsertFileContentParams{FileID: id, Sealed: s.fileSeal.Seal(f.Content, fileContext(id))})
}

func fileContext(id int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

func fileOf(r sqldb.File) procedure.File {
	f := procedure.File{
		ID: r.ID, Agency: r.AgencyID, Case: r.CaseID, CaseSeq: int(r.CaseSeq), Agreement: r.AgreementID, Kind: r.Kind, Title: r.Title, Number: r.Number,
		Version: int(r.Version), Media: r.Media, Size: r.Size, By: r.ByUser, At: instant(r.AtUs),
	}
	copy(f.SHA256[:], r.Sha256)
	return f
}

// File reads what is known of a file, without its content.
func (s *Store) File(ctx context.Context, id int64) (procedure.File, bool, error) {
	r, err := s.mainRead.q.File(ctx, id)
	ok, err := foundRow(err, "file")
	return fileOf(r), ok, err
}

// FileContent reads a file's content; its checksum is compared first.
func (s *Store) FileContent(ctx context.Context, id int64) ([]byte, error) {
	f, ok, err := s.File(ctx, id)
	if err != nil || !ok {
		return nil, errors.Join(err, errors.New("there is no such file"))
	}
	sealed, err := s.mainRead.q.FileContent(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read content of file %d: %w", id, err)
	}
	plain, err := s.fileSeal.Open(nil, sealed, fileContext(id))
	if err != nil {
		return nil, fmt.Errorf("open file %d: %w", id, err)
	}
	if sha256.Sum256(plain) != f.SHA256 {
		return nil, fmt.Errorf("file %d: checksum differs", id)
	}
	return plain, nil
}

// FilesOfCase returns the files of a case, oldest first.
func (s *Store) FilesOfCase(ctx context.Context, id int64) ([]procedure.File, error) {
	rows, err := s.mainRead.q.FilesOfCase(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read files of case %d: %w", id, err)
	}
	return each(rows, fileOf), nil
}

// Files returns an agency's files before an id, newest first.
func (s *Store) Files(ctx context.Context, agency, before int64, most int) ([]procedure.File, error) {
	rows, err := s.mainRead.q.FilesOfAgency(ctx, sqldb.FilesOfAgencyParams{AgencyID: agency, ID: orLast(before), Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	return each(rows, fileOf), nil
}

// orLast makes 0 the place behind the newest row.
func orLast(before int64) int64 {
	if before <= 0 {
		return 1 << 62
	}
	return before
}

// Cases returns cases before an id, newest first; agency below 0 and an empty state mean all.
func (s *Store) Cases(ctx context.Context, agency int64, state procedure.State, before int64, most int) ([]procedure.CaseRow, error) {
	rows, err := s.mainRead.q.Cases(ctx, sqldb.CasesParams{Before: orLast(before), State: string(state), Agency: agency, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	return each(rows, func(r sqldb.CasesRow) procedure.CaseRow {
		return procedure.CaseRow{
			ID: r.ID, Agency: r.AgencyID, AgencyName: r.AgencyName, AgencyCode: r.AgencyCode, Procedure: r.ProcedureKey, State: procedure.State(r.State),
			Steps: int(r.Steps), Opened: instant(r.OpenedUs), Changed: instant(r.ChangedUs),
		}
	}), nil
}

// TakeLetterNumber enters a letter into the register and returns its place in the year, 1 and up. A place is taken for good.
func (s *Store) TakeLetterNumber(ctx context.Context, l procedure.Letter) (seq int, err error) {
	err = s.main.tx(ctx, func(q *sqldb.Queries) error {
		next, err := q.NextLetter(ctx, int64(l.Year))
		if err != nil {
			return fmt.Errorf("take number: %w", err)
		}
		seq = int(next)
		return q.InsertLetter(ctx, sqldb.InsertLetterParams{
			Year: int64(l.Year), Seq: next, AgencyID: l.Agency, CaseID: l.Case, Subject: l.Subject, AtUs: micros(l.At),
		})
	})
	if err != nil {
		return 0, fmt.Errorf("take letter number: %w", err)
	}
	return seq, nil
}

// Letters returns the register of a year before a place, newest first.
func (s *Store) Letters(ctx context.Context, year int, before int64, most int) ([]procedure.Letter, error) {
	rows, err := s.mainRead.q.Letters(ctx, sqldb.LettersParams{Year: int64(year), Seq: orLast(before), Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read register: %w", err)
	}
	return each(rows, func(r sqldb.LettersRow) procedure.Letter {
		return procedure.Letter{Year: int(r.Year), Seq: int(r.Seq), Agency: r.AgencyID, AgencyName: r.AgencyName, Case: r.CaseID, Subject: r.Subject, At: instant(r.AtUs)}
	}), nil
}

// Facts reads what a step of an agency's case is checked against.
func (s *Store) Facts(ctx context.Context, agency int64, now time.Time) (procedure.Facts, error) {
	x := procedure.Facts{Now: now}
	var err error
	if x.Institution, err = s.Institution(ctx, agency); err != nil {
		return x, err
	}
	x.Today = x.Institution.Zone.Day(now)
	all, err := s.agreements(ctx, agency)
	if err != nil {
		return x, err
	}
	if g, ok := agreement.Current(all, now, x.Today); ok {
		x.Grant = g
		for i := range all {
			if all[i].ID == g.Agreement {
				x.Agreement = &all[i]
			}
		}
	}
	if x.Users, err = s.UsersOfAgency(ctx, agency, "", 1<<30); err != nil {
		return x, err
	}
	readers, err := s.mainRead.q.ReadersOfAgency(ctx, agency)
	if err != nil {
		return x, fmt.Errorf("read readers: %w", err)
	}
	x.Readers = readersOf(readers)
	x.Taken = func(code string) bool {
		_, err := s.mainRead.q.InstitutionByCode(ctx, code)
		return err == nil // a fault shows when the row is written: codes are unique
	}
	x.Known = func(login string) bool {
		_, found, err := s.UserByLogin(ctx, login)
		return err == nil && found
	}
	return x, nil
}

// UsersOfAgency returns an agency's users after a login, by login.
func (s *Store) UsersOfAgency(ctx context.Context, agency int64, after string, most int) ([]party.User, error) {
	rows, err := s.mainRead.q.UsersOfAgency(ctx, sqldb.UsersOfAgencyParams{AgencyID: agency, Login: after, Limit: int32(min(most, 1<<30))})
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	return each(rows, userOf), nil
}
