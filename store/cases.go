package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Cases are runs of procedures.
type Cases struct {
	db     *DB
	Region string // Kemendagri code of the office's district, from its configuration; may be empty
}

// OpenCase begins a case, with a draft of its first step or without, and returns its id.
func (s *Cases) OpenCase(ctx context.Context, agency int64, p *procedure.Procedure, draft map[string]string, at time.Time) (id int64,
	err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		if id, err = q.InsertCase(ctx, sqldb.InsertCaseParams{AgencyID: agency, ProcedureKey: p.Key, OpenedUs: micros(at)}); err != nil ||
			draft == nil {
			return err
		}
		_, err = q.SetDraft(ctx, sqldb.SetDraftParams{ID: id, DraftSealed: s.sealDraft(id, draft)})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("open case: %w", err)
	}
	return id, nil
}

// Redraft changes the draft of a case whose first step is not taken; false when it was.
func (s *Cases) Redraft(ctx context.Context, id int64, draft map[string]string) (bool, error) {
	n, err := s.db.main.q.SetDraft(ctx, sqldb.SetDraftParams{ID: id, DraftSealed: s.sealDraft(id, draft)})
	if err != nil {
		return false, fmt.Errorf("change draft: %w", err)
	}
	return n == 1, nil
}

// draftSeq stands for the draft where a step has its number, so that neither can be put in the other's place.
const draftSeq = -1

func (s *Cases) sealDraft(id int64, draft map[string]string) []byte {
	return s.db.formSeal.Seal([]byte(jsonText(draft)), stepContext(id, draftSeq))
}

// fields opens what was filled in.
func (s *Cases) fields(sealed []byte, id, seq int64) (values map[string]string, err error) {
	plain, err := s.db.formSeal.Open(nil, sealed, stepContext(id, seq))
	if err == nil {
		err = json.Unmarshal(plain, &values)
	}
	if err != nil {
		return nil, fmt.Errorf("read fields of case %d, step %d: %w", id, seq, err)
	}
	return values, nil
}

// Case reads a case; found is false when there is none, or its procedure is not among all.
func (s *Cases) Case(ctx context.Context, id int64, all []*procedure.Procedure) (c procedure.Case, found bool, err error) {
	row, err := s.db.mainRead.q.CaseByID(ctx, id)
	if ok, err := foundRow(err, "case"); !ok {
		return c, false, err
	}
	p, ok := procedure.Find(all, row.ProcedureKey)
	if !ok {
		return c, false, nil
	}
	c = procedure.Case{ID: row.ID, Agency: row.AgencyID, Procedure: p, State: procedure.State(row.State), Opened: instant(row.OpenedUs)}
	if len(row.DraftSealed) > 0 {
		if c.Draft, err = s.fields(row.DraftSealed, id, draftSeq); err != nil {
			return c, false, err
		}
	}
	steps, err := s.db.mainRead.q.CaseSteps(ctx, id)
	if err != nil {
		return c, false, fmt.Errorf("read steps of case %d: %w", id, err)
	}
	for _, r := range steps {
		in := stored{table: "case_steps", key: fmt.Sprintf("case %d, step %d", r.CaseID, r.Seq)}
		t := procedure.Taken{
			Step: r.Step, At: instant(r.AtUs), By: r.ByUser, ByName: r.ByName, Letter: r.Letter, LetterDay: in.day("letter_day",
				r.LetterDay), Verdict: r.Verdict,
		}
		if in.err != nil {
			return c, false, in.err
		}
		if t.Values, err = s.fields(r.FieldsSealed, r.CaseID, r.Seq); err != nil {
			return c, false, err
		}
		c.Taken = append(c.Taken, t)
	}
	files, err := s.db.Files.FilesOfCase(ctx, id)
	if err != nil {
		return c, false, err
	}
	for _, f := range files {
		if f.Kind == "scan" && f.CaseSeq < len(c.Taken) {
			t := &c.Taken[f.CaseSeq]
			t.Scans = append(t.Scans, fmt.Sprintf("%x", f.SHA256))
		}
	}
	return c, true, nil
}

// stepContext binds sealed fields to their place, so that they cannot be moved to another case.
func stepContext(id, seq int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(id)), uint64(seq))
}

// TakeStep writes a step, its files, its changes of rights with their records, and what it tells people, in one transaction.
// office.ErrMoved means that nothing was written because the case was not where the caller saw it.
func (s *Cases) TakeStep(ctx context.Context, n office.Step) (applied []office.Applied, err error) {
	c, t := n.Case, n.Result.Taken
	seq := int64(len(c.Taken))
	write := func(q *sqldb.Queries) error {
		var scan int64
		for i, f := range n.Files {
			f.Case, f.CaseSeq = c.ID, int(seq)
			id, err := s.db.Files.insertFile(ctx, q, f)
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
		if applied, err = s.db.Rights.apply(ctx, q, change, scan, n.Result.Effects); err != nil {
			return err
		}
		agency := c.Agency
		for i, e := range n.Result.Effects {
			switch e.(type) {
			case procedure.CreateInstitution:
				agency = applied[i].ID // from here on the case is the new agency's
			case procedure.SignAgreement:
				// What the case drew up is the agreement's from here on.
				if err := q.SettleManuscripts(ctx, sqldb.SettleManuscriptsParams{Agreement: applied[i].ID, PreparedBy: c.ID}); err != nil {
					return fmt.Errorf("settle manuscripts: %w", err)
				}
			}
		}
		moved, err := q.AdvanceCase(ctx, sqldb.AdvanceCaseParams{ID: c.ID, Expected: seq, State: string(n.Result.State), AtUs: micros(t.At),
			Agency: agency})
		if err != nil {
			return fmt.Errorf("advance case: %w", err)
		}
		if moved != 1 {
			return office.ErrMoved
		}
		if err := q.DropTypedOfCase(ctx, c.ID); err != nil {
			return fmt.Errorf("drop what was typed: %w", err)
		}
		err = q.InsertCaseStep(ctx, sqldb.InsertCaseStepParams{
			CaseID: c.ID, Seq: seq, Step: t.Step, AtUs: micros(t.At), ByUser: t.By, Letter: t.Letter, LetterDay: dayText(t.LetterDay),
			Verdict:      t.Verdict,
			FieldsSealed: s.db.formSeal.Seal([]byte(jsonText(t.Values)), stepContext(c.ID, seq)),
		})
		if err != nil {
			return fmt.Errorf("insert step: %w", err)
		}
		return s.db.tell(ctx, q, n.Notices, n.Mails)
	}
	if len(n.Result.Effects) > 0 {
		err = s.db.changes(ctx, write)
	} else {
		err = s.db.main.tx(ctx, write)
	}
	return applied, err
}

// Cases returns cases before an id, newest first; agency below 0 and an empty state mean all.
func (s *Cases) Cases(ctx context.Context, agency int64, state procedure.State, before int64, most int) ([]procedure.CaseRow, error) {
	return s.FindCases(ctx, procedure.CaseFilter{Agency: agency, State: state}, before, most)
}

// FindCases returns the cases of a filter before an id, newest first.
func (s *Cases) FindCases(ctx context.Context, f procedure.CaseFilter, before int64, most int) ([]procedure.CaseRow, error) {
	q := sqldb.CasesParams{Before: orLast(before), State: string(f.State), Agency: f.Agency, Number: f.Number, Kind: f.Procedure,
		ToUs: math.MaxInt64, Most: int32(most)}
	if f.Letter != "" {
		q.Pattern = "%" + strings.ToLower(likeText(f.Letter)) + "%"
	}
	if !f.From.IsZero() {
		q.FromUs = micros(f.From)
	}
	if !f.To.IsZero() {
		q.ToUs = micros(f.To)
	}
	rows, err := s.db.mainRead.q.Cases(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	return each(rows, func(r sqldb.CasesRow) procedure.CaseRow {
		return procedure.CaseRow{
			ID: r.ID, Agency: r.AgencyID, AgencyName: r.AgencyName, AgencyCode: r.AgencyCode, Procedure: r.ProcedureKey,
			State: procedure.State(r.State), Letter: r.Letter,
			Steps: int(r.Taken), Opened: instant(r.OpenedUs), Changed: instant(r.ChangedUs),
		}
	}), nil
}

// Facts reads what a step of an agency's case is checked against.
func (s *Cases) Facts(ctx context.Context, agency int64, now time.Time) (procedure.Facts, error) {
	x := procedure.Facts{Now: now, Region: s.Region}
	st, err := s.db.Rights.Agency(ctx, agency)
	if err != nil {
		return x, err
	}
	all := st.Agreements
	x.Institution, x.Apps, x.Today = st.Institution, st.Apps, st.Institution.Zone.Day(now)
	if g, ok := agreement.Current(all, now, x.Today); ok {
		x.Grant = g
		for i := range all {
			if all[i].ID == g.Agreement {
				x.Agreement = &all[i]
			}
		}
	}
	q := s.db.mainRead.q
	if x.Users, err = s.db.withIdentity(ctx, q, agency); err != nil {
		return x, err
	}
	if x.Staff = x.Users; agency != party.Provider {
		if x.Staff, err = s.db.withIdentity(ctx, q, party.Provider); err != nil {
			return x, err
		}
	}
	connections, err := s.db.Institutions.connections(ctx, agency)
	if err != nil {
		return x, err
	}
	x.Connection, _ = party.AsOf(connections, x.Today, now)
	if x.Signatories, err = s.db.Letters.Signatories(ctx); err != nil {
		return x, err
	}
	readers, err := devices(ctx, q, agency)
	if err != nil {
		return x, err
	}
	x.Readers = reader.At(readers, now, now)
	if x.Reader, err = readerSpecification(ctx, q); err != nil {
		return x, err
	}
	tokens, err := s.db.Credentials.Tokens(ctx, agency, 0, 1<<30)
	if err != nil {
		return x, err
	}
	x.Tokens = slices.DeleteFunc(tokens, func(t party.Credential) bool {
		s := t.At(now)
		return s == party.IsRevoked || s == party.Expired
	})
	return x, nil
}

// Request is the letter by which the agency asked last for an agreement or its extension, unless it was refused; the zero Request: none.
// Which procedures ask so follows from their effects, whatever they are called.
func (s *Cases) Request(ctx context.Context, agency int64, all []*procedure.Procedure) (procedure.Request, error) {
	last := int64(0)
	for _, p := range all {
		if !p.Requests() {
			continue
		}
		id, err := s.db.mainRead.q.LastCase(ctx, sqldb.LastCaseParams{AgencyID: agency, ProcedureKey: p.Key})
		if _, err := foundRow(err, "request"); err != nil {
			return procedure.Request{}, err
		}
		last = max(last, id)
	}
	c, found, err := s.Case(ctx, last, all)
	if err != nil || !found {
		return procedure.Request{}, err
	}
	return c.Request(), nil
}

// InUse are those of some names that an institution or a user has, and those of some records that are in the institution's log.
func (s *Cases) InUse(ctx context.Context, asked procedure.Names) (used procedure.Names, err error) {
	for _, code := range asked.Codes {
		_, err := s.db.mainRead.q.InstitutionByCode(ctx, code)
		ok, err := foundRow(err, "institution")
		if err != nil {
			return used, err
		}
		if ok {
			used.Codes = append(used.Codes, code)
		}
	}
	for _, login := range asked.Logins {
		_, ok, err := s.db.Users.UserByLogin(ctx, login)
		if err != nil {
			return used, err
		}
		if ok {
			used.Logins = append(used.Logins, login)
		}
	}
	for _, number := range asked.Records {
		id, err := journal.ParseID(number)
		if err != nil || id.Log != asked.Of {
			continue
		}
		r, _, err := s.db.Journal.recordAt(ctx, id)
		ok, err := foundRow(err, "record")
		if err != nil {
			return used, err
		}
		if ok && r.User != 0 {
			used.Records = append(used.Records, number)
		}
	}
	return used, nil
}

// readerSpecification is the office's, or the one that comes with the program.
func readerSpecification(ctx context.Context, q *sqldb.Queries) (reader.Specification, error) {
	t, err := q.Template(ctx, procedure.SpecificationKey)
	own, err := foundRow(err, "specification of readers")
	if err != nil || !own {
		return reader.DefaultSpecification, err
	}
	return reader.LoadSpecification(t.Text)
}
