package deskdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gapura/agreement/party"
	"gapura/desk/client"
	"gapura/desk/desk"
	"gapura/exchange/balikan"
	"gapura/internal/document"
	"gapura/person/nik"
)

// A Row is an application in a list.
type Row struct {
	ID, By           int64
	Number           string
	Queue            int
	Service          string
	Version          int
	State            desk.State
	Created, Changed time.Time
	Sent             time.Time // data balikan accepted; zero: not yet, or none is owed
	Papers           desk.Papers
}

// An Application is one with all that is kept of it.
type Application struct {
	Row
	Steps    []desk.Step
	Files    []File // the newest of each document
	Checks   []desk.Check
	Document *Issued
}

// A File is a scan of one of the applicant's papers; its content is read apart.
type File struct {
	ID       int64
	Document string
	Media    string
	Size     int
	At       time.Time
	Content  []byte // when it is put in
}

// An Issued is the document that an approval made.
type Issued struct {
	Number, Code, Kind, Masked string
	At                         time.Time
	Revoked                    time.Time // zero: valid
	RevokedBy                  int64
	Why                        string // it was revoked
	Content                    []byte // of Document alone
}

// A New is an application at the counter. Consent is the number of the consent to the reading of a card, or 0.
type New struct {
	Service desk.Service
	Papers  desk.Papers
	Files   []File
	By      int64
	At      time.Time
	Day     time.Time // the office's calendar day
	Consent int64
}

// Take takes an application: its number, the queue of the day, its papers and step 1 in one transaction.
func (d *DB) Take(ctx context.Context, n New) (id int64, err error) {
	steps, state, err := desk.Take(n.Service, "", false, desk.Submit, party.Officer, n.By, n.At, "")
	if err != nil {
		return 0, err
	}
	err = d.tx(ctx, func(t *sql.Tx) error {
		day := n.Day.Format(time.DateOnly)
		if n.Papers.Identity == desk.Card {
			// A consent serves one application; without one nothing of a card is kept (H4).
			err := t.QueryRowContext(ctx, `SELECT note FROM consents WHERE id = ?1 AND application IS NULL AND by_user = ?2`, n.Consent, n.By).Scan(&n.Papers.Note)
			if err != nil {
				return fmt.Errorf("read consent: %w", none(err))
			}
		}
		queue, err := next(ctx, t, "queue "+day)
		if err != nil {
			return err
		}
		number := desk.Number(n.Service.Code, n.Day, queue)
		sealed, err := d.seal(number, n.Papers)
		if err != nil {
			return err
		}
		err = t.QueryRowContext(ctx, `INSERT INTO applications (number, day, queue, service, service_version, state, nik_index, sealed, created_us, created_by, changed_us)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?9) RETURNING id`,
			number, day, queue, n.Service.Key, n.Service.Version, string(state), d.niks.Index(n.Papers.NIK().Digits()), sealed, micros(n.At), n.By).Scan(&id)
		if err != nil {
			return err
		}
		if n.Papers.Identity == desk.Card {
			if err := one(ctx, t, `UPDATE consents SET application = ?2 WHERE id = ?1`, n.Consent, id); err != nil {
				return fmt.Errorf("link consent: %w", err)
			}
		}
		return errors.Join(d.addFiles(ctx, t, id, n.By, n.At, n.Files), d.addSteps(ctx, t, id, steps))
	})
	if err != nil {
		return 0, fmt.Errorf("take application: %w", err)
	}
	return id, nil
}

func (d *DB) seal(number string, p desk.Papers) ([]byte, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return nil, errors.New("encode papers")
	}
	defer clear(plain)
	return d.papers.Seal(plain, []byte(number)), nil
}

func (d *DB) addFiles(ctx context.Context, t *sql.Tx, application, by int64, at time.Time, files []File) error {
	for _, f := range files {
		_, err := t.ExecContext(ctx, `INSERT INTO files (application, document, media, size, at_us, by_user, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
			application, f.Document, f.Media, len(f.Content), micros(at), by, d.files.Seal(f.Content, bound("file", application)))
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) addSteps(ctx context.Context, t *sql.Tx, application int64, steps []desk.Step) error {
	for _, s := range steps {
		var note any
		if s.Note != "" {
			note = d.notes.Seal([]byte(s.Note), bound("note", application))
		}
		_, err := t.ExecContext(ctx, `INSERT INTO steps (application, step, act, at_us, by_user, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`, application, s.Number, string(s.Act), micros(s.At), s.By, note)
		if err != nil {
			return err
		}
	}
	return nil
}

const rowColumns = `id, number, queue, service, service_version, state, created_us, created_by, changed_us, sent_us, sealed`

func (d *DB) scanRow(r interface{ Scan(...any) error }) (x Row, err error) {
	var created, changed, sent int64
	var state string
	var sealed []byte
	if err = r.Scan(&x.ID, &x.Number, &x.Queue, &x.Service, &x.Version, &state, &created, &x.By, &changed, &sent, &sealed); err != nil {
		return x, none(err)
	}
	x.State, x.Created, x.Changed, x.Sent = desk.State(state), instant(created), instant(changed), instant(sent)
	plain, err := d.papers.Open(nil, sealed, []byte(x.Number))
	if err != nil {
		return x, fmt.Errorf("open papers: %w", err)
	}
	defer clear(plain)
	if json.Unmarshal(plain, &x.Papers) != nil {
		return x, errors.New("papers cannot be read")
	}
	return x, nil
}

// Application reads one.
func (d *DB) Application(ctx context.Context, id int64) (a Application, err error) {
	if a.Row, err = d.scanRow(d.read.QueryRowContext(ctx, `SELECT `+rowColumns+` FROM applications WHERE id = ?1`, id)); err != nil {
		return a, err
	}
	a.Steps, err = rows(ctx, d.read, func(r *sql.Rows) (s desk.Step, err error) {
		var at int64
		var act string
		var note []byte
		if err = r.Scan(&s.Number, &act, &at, &s.By, &note); err != nil {
			return s, err
		}
		if note != nil {
			if note, err = d.notes.Open(nil, note, bound("note", id)); err != nil {
				return s, err
			}
		}
		s.Act, s.At, s.Note = desk.Act(act), instant(at), string(note)
		return s, nil
	}, `SELECT step, act, at_us, by_user, note FROM steps WHERE application = ?1 ORDER BY id`, id)
	if err != nil {
		return a, fmt.Errorf("read steps: %w", err)
	}
	a.Files, err = rows(ctx, d.read, func(r *sql.Rows) (f File, err error) {
		var at int64
		err = r.Scan(&f.ID, &f.Document, &f.Media, &f.Size, &at)
		f.At = instant(at)
		return f, err
	}, `SELECT MAX(id), document, media, size, at_us FROM files WHERE application = ?1 GROUP BY document ORDER BY document`, id)
	if err != nil {
		return a, fmt.Errorf("read files: %w", err)
	}
	a.Checks, err = rows(ctx, d.read, scanCheck, `SELECT id, mode, at_us, by_user, outcome, message, record, receipt IS NOT NULL, verdicts FROM checks WHERE application = ?1 ORDER BY id`, id)
	if err != nil {
		return a, fmt.Errorf("read checks: %w", err)
	}
	doc, err := d.document(ctx, id)
	switch {
	case err == nil:
		a.Document = &doc
	case !errors.Is(err, ErrNone):
		return a, err
	}
	return a, nil
}

func scanCheck(r *sql.Rows) (c desk.Check, err error) {
	var at int64
	var mode, verdicts string
	if err = r.Scan(&c.ID, &mode, &at, &c.By, &c.Outcome, &c.Message, &c.Record, &c.Receipt, &verdicts); err != nil {
		return c, err
	}
	c.Mode, c.At = desk.Mode(mode), instant(at)
	return c, json.Unmarshal([]byte(verdicts), &c.Verdicts)
}

// A Filter chooses applications for a list.
type Filter struct {
	Day    time.Time  // of the queue; zero: any
	State  desk.State // "": any
	Open   bool       // those that wait for somebody at the counter
	NIK    nik.NIK    // zero: any
	Number string
	After  int64 // behind this id, in the order of the list
	Most   int
}

// Applications are those of a day in the order of the queue, or the newest first.
func (d *DB) Applications(ctx context.Context, f Filter) ([]Row, error) {
	where, args := "1 = 1", []any{}
	and := func(condition string, values ...any) { where, args = where+" AND "+condition, append(args, values...) }
	order := "id DESC"
	if f.After > 0 {
		and("id < ?", f.After)
	}
	if !f.Day.IsZero() {
		and("day = ?", f.Day.Format(time.DateOnly))
	}
	if f.State != "" {
		and("state = ?", string(f.State))
	}
	if f.Open {
		and("state IN ('diajukan','diperiksa','sesuai','tidak-sesuai','perbaikan','dilengkapi','terbit')")
	}
	if !f.NIK.IsZero() {
		and("nik_index = ?", d.niks.Index(f.NIK.Digits()))
	}
	if f.Number != "" {
		and("number = ?", f.Number)
	}
	list, err := rows(ctx, d.read, func(r *sql.Rows) (Row, error) { return d.scanRow(r) }, `SELECT `+rowColumns+` FROM applications WHERE `+where+` ORDER BY `+order+` LIMIT ?`, append(args, f.Most)...)
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	return list, nil
}

// Counts are the day's applications by state, and all that are open from before.
func (d *DB) Counts(ctx context.Context, day time.Time) (map[desk.State]int, error) {
	out := map[desk.State]int{}
	_, err := rows(ctx, d.read, func(r *sql.Rows) (x struct{}, err error) {
		var state string
		var n int
		err = r.Scan(&state, &n)
		out[desk.State(state)] = n
		return x, err
	}, `SELECT state, COUNT(*) FROM applications WHERE day = ?1 GROUP BY state`, day.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("count applications: %w", err)
	}
	return out, nil
}

// A Move is one act with what comes along.
type Move struct {
	Act   desk.Act
	Role  party.Role
	By    int64
	At    time.Time
	Note  string
	Seen  desk.State   // the state that the page showed; another: desk.ErrAct
	Check *desk.Check  // of a cross-check
	Files []File       // of a repair
	Fixed *desk.Papers // of a repair
	// Issue makes the document of an approval from its number and code.
	Issue  func(number, code string) ([]byte, error)
	Reason string // of a rejection, a key of balikan.Reasons
}

// Move moves an application: the act, the steps, and all that comes of it in one transaction; with a decision also the data balikan that waits for the provider.
func (d *DB) Move(ctx context.Context, id int64, m Move) error {
	err := d.tx(ctx, func(t *sql.Tx) error {
		x, err := d.scanRow(t.QueryRowContext(ctx, `SELECT `+rowColumns+` FROM applications WHERE id = ?1`, id))
		if err != nil {
			return err
		}
		if m.Seen != x.State {
			return desk.ErrAct
		}
		s, err := d.serviceIn(ctx, t, x.Service, x.Version)
		if err != nil {
			return err
		}
		steps, to, err := desk.Take(s, x.State, !x.Sent.IsZero(), m.Act, m.Role, m.By, m.At, m.Note)
		if err != nil {
			return err
		}
		switch m.Act {
		case desk.CrossMatch, desk.CrossDiff:
			err = d.addCheck(ctx, t, id, m)
		case desk.Accept:
			err = d.found(ctx, t, id)
		case desk.Complete:
			err = d.addFiles(ctx, t, id, m.By, m.At, m.Files)
			if err == nil && m.Fixed != nil {
				err = d.fix(ctx, t, x, *m.Fixed)
			}
		case desk.Approve:
			err = d.issue(ctx, t, x, s, m) // Matched is reached by a found person only
		case desk.Reject:
			var owed bool
			if owed, err = d.excuse(ctx, t, x, m); err == nil && !owed {
				// Nobody was looked up, so that no data balikan is expected.
				steps, to = append(steps, desk.Step{Number: "11", Act: m.Act, At: m.At, By: m.By}), desk.Done
			}
		}
		if err != nil {
			return err
		}
		err = one(ctx, t, `UPDATE applications SET state = ?2, changed_us = ?3 WHERE id = ?1`, id, string(to), micros(m.At))
		return errors.Join(err, d.addSteps(ctx, t, id, steps))
	})
	if err != nil {
		return fmt.Errorf("%s: %w", m.Act, err)
	}
	return nil
}

func (d *DB) serviceIn(ctx context.Context, t *sql.Tx, key string, version int) (desk.Service, error) {
	var text string
	if err := t.QueryRowContext(ctx, `SELECT text FROM services WHERE key = ?1 AND version = ?2`, key, version).Scan(&text); err != nil {
		return desk.Service{}, none(err)
	}
	return readService(version, text)
}

func (d *DB) addCheck(ctx context.Context, t *sql.Tx, id int64, m Move) error {
	if m.Check == nil || m.Check.Act() != m.Act {
		return desk.ErrAct
	}
	verdicts, err := json.Marshal(m.Check.Verdicts)
	if err != nil {
		return errors.New("encode verdicts")
	}
	_, err = t.ExecContext(ctx, `INSERT INTO checks (application, mode, at_us, by_user, outcome, message, record, verdicts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		id, string(m.Check.Mode), micros(m.At), m.By, m.Check.Outcome, m.Check.Message, m.Check.Record, string(verdicts))
	return err
}

// found refuses what rests on a cross-check whose last answer was a notice: no explanation makes somebody of a NIK that was not found.
func (d *DB) found(ctx context.Context, t *sql.Tx, id int64) error {
	var outcome string
	err := t.QueryRowContext(ctx, `SELECT outcome FROM checks WHERE application = ?1 ORDER BY id DESC LIMIT 1`, id).Scan(&outcome)
	if errors.Is(err, sql.ErrNoRows) || err == nil && outcome != "found" {
		return desk.ErrAct
	}
	return err
}

func (d *DB) fix(ctx context.Context, t *sql.Tx, x Row, p desk.Papers) error {
	sealed, err := d.seal(x.Number, p)
	if err != nil {
		return err
	}
	return one(ctx, t, `UPDATE applications SET sealed = ?2, nik_index = ?3 WHERE id = ?1`, x.ID, sealed, d.niks.Index(p.NIK().Digits()))
}

// issue numbers and keeps the document, and puts the data balikan into the outbox. A number whose document cannot be made is not spent.
func (d *DB) issue(ctx context.Context, t *sql.Tx, x Row, s desk.Service, m Move) error {
	year := m.At.Year()
	n, err := next(ctx, t, fmt.Sprintf("document %d", year))
	if err != nil {
		return err
	}
	number, code := document.LetterNumber(s.Class, n, year), party.NewSecret()[:22]
	content, err := m.Issue(number, code)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO documents (application, number, code, kind, masked, at_us, by_user, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		x.ID, number, code, s.Name, desk.MaskName(x.Papers.Values["nama_lengkap"]), micros(m.At), m.By, d.files.Seal(content, bound("document", x.ID)))
	if err != nil {
		return err
	}
	return d.post(ctx, t, x, m, client.Item{NIK: x.Papers.NIK().Digits(), Param: []map[string]string{s.BalikanValues(number)}})
}

// excuse puts the reason of a rejection into the outbox, if somebody was looked up.
func (d *DB) excuse(ctx context.Context, t *sql.Tx, x Row, m Move) (owed bool, err error) {
	if _, known := balikan.ReasonLabel(m.Reason); !known {
		return false, desk.ErrNote
	}
	if err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM checks WHERE application = ?1 AND outcome = 'found')`, x.ID).Scan(&owed); err != nil || !owed {
		return false, err
	}
	return true, d.post(ctx, t, x, m, client.Item{NIK: x.Papers.NIK().Digits(), Reason: m.Reason})
}

// Content is a file's content.
func (d *DB) Content(ctx context.Context, application, file int64) (f File, err error) {
	var sealed []byte
	var at int64
	err = d.read.QueryRowContext(ctx, `SELECT id, document, media, size, at_us, sealed FROM files WHERE application = ?1 AND id = ?2`, application, file).Scan(&f.ID, &f.Document, &f.Media, &f.Size, &at, &sealed)
	if err != nil {
		return f, none(err)
	}
	f.At = instant(at)
	f.Content, err = d.files.Open(nil, sealed, bound("file", application))
	return f, err
}

func (d *DB) document(ctx context.Context, application int64) (x Issued, err error) {
	var at, revoked int64
	var why []byte
	err = d.read.QueryRowContext(ctx, `SELECT number, code, kind, masked, at_us, revoked_us, revoked_by, revoked_why FROM documents WHERE application = ?1`, application).
		Scan(&x.Number, &x.Code, &x.Kind, &x.Masked, &at, &revoked, &x.RevokedBy, &why)
	if x.At, x.Revoked = instant(at), instant(revoked); err != nil || why == nil {
		return x, none(err)
	}
	why, err = d.notes.Open(nil, why, bound("revoked", application))
	x.Why = string(why)
	return x, err
}

// Revoke takes a document's validity away, with a reason; its number stays spent. ErrNone when there is none, or it was revoked before.
func (d *DB) Revoke(ctx context.Context, application, by int64, at time.Time, why string) error {
	return one(ctx, d.write, `UPDATE documents SET revoked_us = ?2, revoked_by = ?3, revoked_why = ?4 WHERE application = ?1 AND revoked_us = 0`,
		application, micros(at), by, d.notes.Seal([]byte(why), bound("revoked", application)))
}

// Document is an application's issued document with its content.
func (d *DB) Document(ctx context.Context, application int64) (Issued, error) {
	x, err := d.document(ctx, application)
	if err != nil {
		return x, err
	}
	var sealed []byte
	if err := d.read.QueryRowContext(ctx, `SELECT sealed FROM documents WHERE application = ?1`, application).Scan(&sealed); err != nil {
		return x, none(err)
	}
	x.Content, err = d.files.Open(nil, sealed, bound("document", application))
	return x, err
}

// DocumentByCode is what the check page shows of a document.
func (d *DB) DocumentByCode(ctx context.Context, code string) (Issued, error) {
	var id int64
	if err := d.read.QueryRowContext(ctx, `SELECT application FROM documents WHERE code = ?1`, code).Scan(&id); err != nil {
		return Issued{}, none(err)
	}
	return d.document(ctx, id)
}

// Consent keeps a resident's consent to the reading of the card, before it is read.
func (d *DB) Consent(ctx context.Context, by int64, at time.Time, reader string) (id int64, err error) {
	err = d.write.QueryRowContext(ctx, `INSERT INTO consents (at_us, by_user, reader) VALUES (?1, ?2, ?3) RETURNING id`, micros(at), by, reader).Scan(&id)
	return id, err
}

// ConsentNote keeps how the card was read that a consent was for (card.Origin.Note).
func (d *DB) ConsentNote(ctx context.Context, id int64, note string) error {
	return one(ctx, d.write, `UPDATE consents SET note = ?2 WHERE id = ?1`, id, note)
}

// Names are the users' names by id, for pages that say by whom.
func (d *DB) Names(ctx context.Context) (map[int64]string, error) {
	out := map[int64]string{}
	users, err := d.Users(ctx)
	for _, u := range users {
		out[u.ID] = u.Name
	}
	return out, err
}

// HasState reports whether a state is among those that a list may be filtered by.
func HasState(s desk.State) bool { return slices.Contains(desk.States, s) }
