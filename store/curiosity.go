package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gapura/access/snooping"
	"gapura/internal/notify"
	"gapura/journal/journal"
	"gapura/office/curiosity"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store/sqldb"
)

// Curiosity is what the evening's runs read and keep: services, questions, cases.
type Curiosity struct{ db *DB }

// LastRun is the day of an agency's last run; zero: none.
func (s *Curiosity) LastRun(ctx context.Context, agency int64) (time.Time, error) {
	text, err := s.db.mainRead.q.LastSnoopingRun(ctx, agency)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	in := stored{table: "snooping_runs", key: agency}
	return in.day("day", text), in.err
}

// Waiting are the places of questions that nobody has answered.
func (s *Curiosity) Waiting(ctx context.Context, agency int64) ([]int64, error) {
	return s.db.mainRead.q.OpenSnoopingQuestions(ctx, agency)
}

// errJudged says that another process kept the run first.
var errJudged = errors.New("the run is kept already")

// KeepRun implements office.Curiosity.
func (s *Curiosity) KeepRun(ctx context.Context, run curiosity.Run, told []procedure.Notice, mails []notify.Mail) (kept bool, err error) {
	since, err := s.db.Guard.PlaceAt(ctx, run.Agency, run.Day.Add(-snooping.Memory))
	if err != nil {
		return false, err
	}
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		n, err := q.InsertSnoopingRun(ctx, sqldb.InsertSnoopingRunParams{AgencyID: run.Agency, Day: dayText(run.Day), AtUs: micros(run.At),
			Lookups: int64(run.Lookups), Explained: int64(run.Explained)})
		if err == nil && n == 0 {
			err = errJudged
		}
		if err != nil {
			return err
		}
		for _, x := range run.Questions {
			if err := s.ask(ctx, q, run, x, since); err != nil {
				return err
			}
		}
		for _, seq := range run.Settled {
			if err := q.SettleSnoopingQuestion(ctx, sqldb.SettleSnoopingQuestionParams{AgencyID: run.Agency, Seq: seq,
				AnsweredUs: micros(run.At),
				Sealed:     s.db.incidentSeal.Seal([]byte(curiosity.Later), questionContext(run.Agency, seq))}); err != nil {
				return fmt.Errorf("settle question: %w", err)
			}
		}
		return s.db.tell(ctx, q, told, mails)
	})
	if errors.Is(err, errJudged) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("keep run: %w", err)
	}
	return true, nil
}

func questionContext(agency, seq int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64([]byte("question"), uint64(agency)), uint64(seq))
}

// foundContext binds the sealed circumstances of a question, or what explains it, to its place.
func foundContext(agency, seq int64) []byte {
	return append([]byte("found "), questionContext(agency, seq)...)
}

// The kinds of questions, as they are kept.
const (
	askedFor    = "ask"
	askedAlert  = "alert"
	askedSample = "sample"
)

// ask writes a question, and with an alert the case that it begins, with its series from the place since on, or belongs to.
func (s *Curiosity) ask(ctx context.Context, q *sqldb.Queries, run curiosity.Run, x curiosity.Question, since int64) error {
	kind, of := askedFor, int64(0)
	switch {
	case x.Sample:
		kind = askedSample
	case x.Alert:
		kind = askedAlert
	}
	if !x.Sample {
		index := s.db.nikIndex.Index(x.NIK.Digits())
		id, err := q.OpenSnoopingCase(ctx, sqldb.OpenSnoopingCaseParams{AgencyID: run.Agency, UserID: x.User, NikIndex: index})
		known, err := foundRow(err, "case")
		if err != nil {
			return err
		}
		if of = id; !known && x.Alert {
			if of, err = s.open(ctx, q, run, x, index, since); err != nil {
				return err
			}
		}
	}
	found := each(x.Rules, snooping.Rule.String)
	if x.Sample {
		found = []string{x.By.String()}
	}
	_, err := q.InsertSnoopingQuestion(ctx, sqldb.InsertSnoopingQuestionParams{AgencyID: run.Agency, Seq: x.ID.Seq, Day: dayText(run.Day),
		UserID: x.User, AtUs: micros(x.At), Kind: kind, Score: x.Score, Repeats: int64(x.Repeats), CaseID: of, Sealed: []byte{},
		FoundSealed: s.db.incidentSeal.Seal([]byte(strings.Join(found, " ")), foundContext(run.Agency, x.ID.Seq))})
	if err != nil {
		return fmt.Errorf("insert question: %w", err)
	}
	return nil
}

func (s *Curiosity) open(ctx context.Context, q *sqldb.Queries, run curiosity.Run, x curiosity.Question, index []byte,
	since int64) (int64, error) {
	id, err := q.InsertSnoopingCase(ctx, sqldb.InsertSnoopingCaseParams{AgencyID: run.Agency, UserID: x.User, NikIndex: index,
		Sealed: s.db.incidentSeal.Seal([]byte(x.NIK.Digits()), whomContext(index)), Rule: x.Rules[0].String(),
		OpenedUs: micros(run.At)})
	if err != nil {
		return 0, fmt.Errorf("open case: %w", err)
	}
	err = s.addLine(ctx, q, id, 0, curiosity.Open, curiosity.Entry{At: run.At, Act: curiosity.ActAlert, Text: x.Reason()})
	if err == nil {
		err = q.JoinSnoopingSeries(ctx, sqldb.JoinSnoopingSeriesParams{OfCase: id, Agency: run.Agency, OfUser: x.User, Since: since,
			NikIndex: index})
	}
	return id, err
}

func (s *Curiosity) addLine(ctx context.Context, q *sqldb.Queries, id, seq int64, state curiosity.State, e curiosity.Entry) error {
	n, err := q.AdvanceSnoopingCase(ctx, sqldb.AdvanceSnoopingCaseParams{ID: id, Expected: seq, State: string(state),
		Finding: string(e.Finding),
		AtUs:    micros(e.At)})
	if err != nil {
		return fmt.Errorf("advance case: %w", err)
	}
	if n != 1 {
		return curiosity.ErrMoved
	}
	return q.InsertSnoopingEntry(ctx, sqldb.InsertSnoopingEntryParams{CaseID: id, Seq: seq, AtUs: micros(e.At), ByUser: e.By, Act: e.Act,
		Finding: string(e.Finding), Sealed: s.db.incidentSeal.Seal([]byte(e.Text), lineContext(id, seq))})
}

// whomContext binds the sealed person of a case to the blind index.
func whomContext(index []byte) []byte { return append([]byte("curiosity"), index...) }

func lineContext(id, seq int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64([]byte("curiosity line"), uint64(id)), uint64(seq))
}

// TakeCuriosity writes a line of a case with its record in the agency's log.
func (s *Curiosity) TakeCuriosity(ctx context.Context, c journal.Change, x *curiosity.Case, state curiosity.State, e curiosity.Entry,
	told []procedure.Notice, mails []notify.Mail) error {
	c.Subject, c.Before = fmt.Sprintf("Pencarian tanpa dasar %d", x.ID), x.State.Label()
	c.After = strings.ToLower(curiosity.ActLabel(e.Act))
	if e.Finding != "" {
		c.After += ": " + e.Finding.Label()
	}
	return s.db.change(ctx, x.Agency, c, func(q *sqldb.Queries) error {
		if err := s.addLine(ctx, q, x.ID, int64(len(x.Entries)), state, e); err != nil {
			return err
		}
		return s.db.tell(ctx, q, told, mails)
	})
}

// Answer keeps an officer's answer; false when the question is not theirs or is answered.
func (s *Curiosity) Answer(ctx context.Context, agency, user int64, seqs []int64, at time.Time, text string) (n int, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		n = 0
		for _, seq := range seqs {
			rows, err := q.AnswerSnoopingQuestion(ctx, sqldb.AnswerSnoopingQuestionParams{AgencyID: agency, Seq: seq, UserID: user,
				AnsweredUs: micros(at), Sealed: s.db.incidentSeal.Seal([]byte(text), questionContext(agency, seq))})
			if err != nil {
				return fmt.Errorf("answer question: %w", err)
			}
			n += int(rows)
		}
		return nil
	})
	return n, err
}

// Questions are an agency's, of one user or of all (0), those that wait first.
func (s *Curiosity) Questions(ctx context.Context, agency, user int64, most int) ([]curiosity.Question, error) {
	return s.questions(ctx, sqldb.SnoopingQuestionsParams{Agency: agency, OfUser: user, Most: int32(most)})
}

func (s *Curiosity) questions(ctx context.Context, p sqldb.SnoopingQuestionsParams) ([]curiosity.Question, error) {
	rows, err := s.db.mainRead.q.SnoopingQuestions(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	return eachRead(rows, func(r sqldb.SnoopingQuestionsRow) (curiosity.Question, error) {
		in := stored{table: "snooping_questions", key: r.Seq}
		x := curiosity.Question{ID: journal.ID{Log: r.AgencyID, Seq: r.Seq}, Run: in.day("day", r.Day), User: r.UserID, Login: r.Login,
			At: instant(r.AtUs), Sample: r.Kind == askedSample, Alert: r.Kind == askedAlert, Score: r.Score,
			Repeats: int(r.Repeats), Case: r.CaseID, Answered: instant(r.AnsweredUs)}
		if err := s.openFound(&x, r.FoundSealed); err != nil {
			return x, err
		}
		rec, _, err := s.db.Journal.recordAt(ctx, x.ID)
		x.NIK, x.Purpose, x.Ref = rec.NIK, rec.Purpose, rec.Reference
		if err == nil && len(r.Sealed) > 0 {
			var plain []byte
			plain, err = s.db.incidentSeal.Open(nil, r.Sealed, questionContext(r.AgencyID, r.Seq))
			x.Answer = string(plain)
		}
		return x, errors.Join(in.err, err)
	})
}

// openFound opens what speaks against a lookup, or what explains it. A question from before this was sealed keeps neither.
func (s *Curiosity) openFound(x *curiosity.Question, sealed []byte) error {
	if len(sealed) == 0 {
		return nil
	}
	plain, err := s.db.incidentSeal.Open(nil, sealed, foundContext(x.ID.Log, x.ID.Seq))
	if err != nil {
		return fmt.Errorf("open question %s: %w", x.ID, err)
	}
	for code := range strings.FieldsSeq(string(plain)) {
		if x.Sample {
			x.By, _ = snooping.ParseKind(code)
		} else if rule, ok := snooping.ParseRule(code); ok {
			x.Rules = append(x.Rules, rule)
		}
	}
	return nil
}

// CuriosityCases are cases before an id, newest first, without their lines.
func (s *Curiosity) CuriosityCases(ctx context.Context, open bool, before int64, most int) ([]curiosity.Case, error) {
	rows, err := s.db.mainRead.q.SnoopingCases(ctx, sqldb.SnoopingCasesParams{Before: orLast(before), OpenOnly: open, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	return eachRead(rows, s.caseOf)
}

func (s *Curiosity) caseOf(r sqldb.SnoopingCasesRow) (c curiosity.Case, err error) {
	c = curiosity.Case{ID: r.ID, Agency: r.AgencyID, User: r.UserID, AgencyName: r.AgencyName, Code: r.Code, Login: r.Login,
		UserName: r.UserName, State: curiosity.State(r.State), Opened: instant(r.OpenedUs), Closed: instant(r.ClosedUs),
		Finding: curiosity.Finding(r.Finding)}
	c.Rule, _ = snooping.ParseRule(r.Rule)
	plain, err := s.db.incidentSeal.Open(nil, r.Sealed, whomContext(r.NikIndex))
	if err == nil {
		c.NIK, err = nik.Parse(string(plain))
	}
	if err != nil {
		return c, fmt.Errorf("open person of case %d: %w", r.ID, err)
	}
	return c, nil
}

// CuriosityCase reads a case whole.
func (s *Curiosity) CuriosityCase(ctx context.Context, id int64) (c curiosity.Case, found bool, err error) {
	rows, err := s.db.mainRead.q.SnoopingCases(ctx, sqldb.SnoopingCasesParams{Before: id + 1, After: id - 1, Most: 1})
	if err != nil || len(rows) == 0 {
		return c, false, err
	}
	if c, err = s.caseOf(rows[0]); err != nil {
		return c, false, err
	}
	lines, err := s.db.mainRead.q.SnoopingEntries(ctx, id)
	if err != nil {
		return c, false, fmt.Errorf("read lines of case %d: %w", id, err)
	}
	for _, e := range lines {
		plain, err := s.db.incidentSeal.Open(nil, e.Sealed, lineContext(id, e.Seq))
		if err != nil {
			return c, false, fmt.Errorf("open line %d of case %d: %w", e.Seq, id, err)
		}
		c.Entries = append(c.Entries, curiosity.Entry{At: instant(e.AtUs), By: e.ByUser, ByName: e.ByName, Act: e.Act,
			Finding: curiosity.Finding(e.Finding), Text: string(plain)})
	}
	c.Questions, err = s.questions(ctx, sqldb.SnoopingQuestionsParams{OfCase: id, Most: 200})
	return c, true, err
}

// Sums are the agencies' shares since a day.
func (s *Curiosity) Sums(ctx context.Context, since time.Time) ([]curiosity.Sum, error) {
	rows, err := s.db.mainRead.q.SnoopingSums(ctx, dayText(since))
	if err != nil {
		return nil, fmt.Errorf("read sums of runs: %w", err)
	}
	return each(rows, func(r sqldb.SnoopingSumsRow) curiosity.Sum {
		return curiosity.Sum{Agency: r.Name, Code: r.Code, Lookups: int(r.Lookups), Explained: int(r.Explained), Waiting: int(r.Waiting)}
	}), nil
}

// Precision is how the cases of each rule ended.
func (s *Curiosity) Precision(ctx context.Context) (out []curiosity.Precision, err error) {
	rows, err := s.db.mainRead.q.SnoopingPrecision(ctx)
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	for _, r := range rows {
		rule, ok := snooping.ParseRule(r.Rule)
		if !ok {
			continue
		}
		if len(out) == 0 || out[len(out)-1].Rule != rule {
			out = append(out, curiosity.Precision{Rule: rule})
		}
		p, n := &out[len(out)-1], int(r.N)
		switch {
		case r.State != string(curiosity.Closed):
			p.Open += n
		case r.Finding == string(curiosity.Misuse):
			p.Misuse += n
		case r.Finding == string(curiosity.Unproven):
			p.Unproven += n
		default:
			p.Justified += n
		}
	}
	return out, nil
}

// Choice is what was decided about an agency's rules.
func (s *Curiosity) Choice(ctx context.Context, agency int64) (snooping.Choice, error) {
	return s.choice(ctx, s.db.mainRead.q, agency)
}

func (s *Curiosity) choice(ctx context.Context, q *sqldb.Queries, agency int64) (c snooping.Choice, err error) {
	text, err := q.SnoopingSettings(ctx, agency)
	if ok, err := foundRow(err, "settings"); err != nil || !ok {
		return c, err
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, fmt.Errorf("read choice of rules: %w", err)
	}
	return c, nil
}

// changeChoice writes a choice that two people came to.
func (s *Curiosity) changeChoice(ctx context.Context, q *sqldb.Queries, e procedure.ChangeSetting) error {
	var set snooping.Choice
	if err := readSetting(e, &set); err != nil {
		return err
	}
	now, err := s.choice(ctx, q, e.Institution)
	if err != nil {
		return err
	}
	if set.Check() != nil || now.Words() != e.Before {
		return errSettingMoved
	}
	return q.PutSnoopingSettings(ctx, sqldb.PutSnoopingSettingsParams{AgencyID: e.Institution, Settings: jsonText(set)})
}

// Drawn reports whether a lookup's record is one of the hundred of which one is asked about by chance: nobody who has no key can tell.
func (s *Curiosity) Drawn(id journal.ID) bool {
	return binary.BigEndian.Uint64(s.db.nikIndex.Index("sample "+id.String()))%100 == 0
}
