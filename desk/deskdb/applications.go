package deskdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/desk/client"
	"gapura/desk/desk"
	"gapura/person/nik"
)

// Applications are what people apply for, from the counter to the document.
type Applications struct{ db *DB }

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

// Facts are what the next act rests on; Move reads them again.
func (a *Application) Facts() desk.Facts {
	f := desk.Facts{State: a.State, Sent: !a.Sent.IsZero(), Have: map[string]bool{}}
	for _, x := range a.Files {
		f.Have[x.Document] = true
	}
	if n := len(a.Checks); n > 0 {
		f.Found = a.Checks[n-1].Outcome == "found"
	}
	return f
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
func (d *Applications) Take(ctx context.Context, n New) (id int64, err error) {
	steps, state, err := desk.Take(n.Service, desk.Facts{}, desk.Submit, party.Officer, n.By, n.At, "")
	if err != nil {
		return 0, err
	}
	err = d.db.tx(ctx, func(t *sql.Tx) error {
		day := n.Day.Format(time.DateOnly)
		if n.Papers.Identity == desk.Card {
			// A consent serves one application; without one nothing of a card is kept (H4).
			err := t.QueryRowContext(ctx, `SELECT note FROM consents WHERE id = ?1 AND application IS NULL AND by_user = ?2`, n.Consent,
				n.By).Scan(&n.Papers.Note)
			if err != nil {
				return fmt.Errorf("read consent: %w", none(err))
			}
		}
		queue, err := next(ctx, t, queueOf(n.Day))
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
			number, day, queue, n.Service.Key, n.Service.Version, string(state), d.db.niks.Index(n.Papers.NIK().Digits()), sealed,
			micros(n.At), n.By).Scan(&id)
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

func (d *Applications) seal(number string, p desk.Papers) ([]byte, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return nil, errors.New("encode papers")
	}
	defer clear(plain)
	return d.db.papers.Seal(plain, []byte(number)), nil
}

func (d *Applications) addFiles(ctx context.Context, t *sql.Tx, application, by int64, at time.Time, files []File) error {
	for _, f := range files {
		_, err := t.ExecContext(ctx,
			`INSERT INTO files (application, document, media, size, at_us, by_user, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
			application, f.Document, f.Media, len(f.Content), micros(at), by, d.db.files.Seal(f.Content, bound("file", application)))
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Applications) addSteps(ctx context.Context, t *sql.Tx, application int64, steps []desk.Step) error {
	for _, s := range steps {
		var note any
		if s.Note != "" {
			note = d.db.notes.Seal([]byte(s.Note), bound("note", application))
		}
		_, err := t.ExecContext(ctx, `INSERT INTO steps (application, step, act, at_us, by_user, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
			application, s.Number, string(s.Act), micros(s.At), s.By, note)
		if err != nil {
			return err
		}
	}
	return nil
}

const rowColumns = `id, number, queue, service, service_version, state, created_us, created_by, changed_us, sent_us, sealed`

func (d *Applications) scanRow(r interface{ Scan(...any) error }) (x Row, err error) {
	var created, changed, sent int64
	var state string
	var sealed []byte
	if err = r.Scan(&x.ID, &x.Number, &x.Queue, &x.Service, &x.Version, &state, &created, &x.By, &changed, &sent, &sealed); err != nil {
		return x, none(err)
	}
	x.State, x.Created, x.Changed, x.Sent = desk.State(state), instant(created), instant(changed), instant(sent)
	plain, err := d.db.papers.Open(nil, sealed, []byte(x.Number))
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
func (d *Applications) Application(ctx context.Context, id int64) (a Application, err error) {
	if a.Row, err = d.scanRow(d.db.read.QueryRowContext(ctx, `SELECT `+rowColumns+` FROM applications WHERE id = ?1`, id)); err != nil {
		return a, err
	}
	a.Steps, err = rows(ctx, d.db.read, func(r *sql.Rows) (s desk.Step, err error) {
		var at int64
		var act string
		var note []byte
		if err = r.Scan(&s.Number, &act, &at, &s.By, &note); err != nil {
			return s, err
		}
		if note != nil {
			if note, err = d.db.notes.Open(nil, note, bound("note", id)); err != nil {
				return s, err
			}
		}
		s.Act, s.At, s.Note = desk.Act(act), instant(at), string(note)
		return s, nil
	}, `SELECT step, act, at_us, by_user, note FROM steps WHERE application = ?1 ORDER BY id`, id)
	if err != nil {
		return a, fmt.Errorf("read steps: %w", err)
	}
	a.Files, err = rows(ctx, d.db.read, func(r *sql.Rows) (f File, err error) {
		var at int64
		err = r.Scan(&f.ID, &f.Document, &f.Media, &f.Size, &at)
		f.At = instant(at)
		return f, err
	}, `SELECT MAX(id), document, media, size, at_us FROM files WHERE application = ?1 GROUP BY document ORDER BY document`, id)
	if err != nil {
		return a, fmt.Errorf("read files: %w", err)
	}
	a.Checks, err = rows(ctx, d.db.read, scanCheck,
		`SELECT id, mode, at_us, by_user, outcome, message, record, receipt IS NOT NULL, verdicts, data_as_of
FROM checks WHERE application = ?1 ORDER BY id`, id)
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
	var mode, verdicts, asOf string
	if err = r.Scan(&c.ID, &mode, &at, &c.By, &c.Outcome, &c.Message, &c.Record, &c.Receipt, &verdicts, &asOf); err != nil {
		return c, err
	}
	if c.AsOf, err = dayOf(asOf); err != nil {
		return c, fmt.Errorf("day of the data of check %d: %w", c.ID, err)
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
func (d *Applications) Applications(ctx context.Context, f Filter) ([]Row, error) {
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
		var waiting []any
		for _, s := range desk.Waiting() {
			waiting = append(waiting, string(s))
		}
		and("state IN (?"+strings.Repeat(", ?", len(waiting)-1)+")", waiting...)
	}
	if !f.NIK.IsZero() {
		and("nik_index = ?", d.db.niks.Index(f.NIK.Digits()))
	}
	if f.Number != "" {
		and("number = ?", f.Number)
	}
	list, err := rows(ctx, d.db.read, func(r *sql.Rows) (Row, error) { return d.scanRow(r) },
		`SELECT `+rowColumns+` FROM applications WHERE `+where+` ORDER BY `+order+` LIMIT ?`, append(args, f.Most)...)
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	return list, nil
}

// An Earlier is what the desk already has for a person: an application that is not decided, or a letter that is valid.
type Earlier struct {
	ID              int64
	Number, Service string
	State           desk.State
	Created         time.Time
	Letter          string // its number; empty: there is none
}

// mostEarlier is how many of them a page names.
const mostEarlier = 5

// Earlier are a person's open applications of any kind of aid and the valid letters of this one, newest first. Nothing is opened for it:
// the blind index finds them.
func (d *Applications) Earlier(ctx context.Context, n nik.NIK, service string) ([]Earlier, error) {
	args, open := []any{d.db.niks.Index(n.Digits()), service, mostEarlier}, []string{}
	for _, s := range desk.States {
		if s.Open() {
			args = append(args, string(s))
			open = append(open, fmt.Sprintf("?%d", len(args)))
		}
	}
	list, err := rows(ctx, d.db.read, func(r *sql.Rows) (e Earlier, err error) {
		var at int64
		err = r.Scan(&e.ID, &e.Number, &e.Service, &e.State, &at, &e.Letter)
		e.Created = instant(at)
		return e, err
	}, `SELECT a.id, a.number, a.service, a.state, a.created_us, COALESCE(d.number, '') FROM applications a
		LEFT JOIN documents d ON d.application = a.id AND d.revoked_us = 0
		WHERE a.nik_index = ?1 AND (a.state IN (`+strings.Join(open, ", ")+`) OR (a.service = ?2 AND d.number IS NOT NULL))
		ORDER BY a.id DESC LIMIT ?3`, args...)
	if err != nil {
		return nil, fmt.Errorf("read earlier applications: %w", err)
	}
	return list, nil
}

// Counts are the day's applications by state.
func (d *Applications) Counts(ctx context.Context, day time.Time) (map[desk.State]int, error) {
	out := map[desk.State]int{}
	_, err := rows(ctx, d.db.read, func(r *sql.Rows) (x struct{}, err error) {
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

// Consent keeps a resident's consent to the reading of the card, before it is read.
func (d *Applications) Consent(ctx context.Context, by int64, at time.Time, reader string) (id int64, err error) {
	err = d.db.write.QueryRowContext(ctx, `INSERT INTO consents (at_us, by_user, reader) VALUES (?1, ?2, ?3) RETURNING id`, micros(at), by,
		reader).Scan(&id)
	return id, err
}

// CardRead keeps how the card was read that a consent was for (card.Origin.Note), and puts what is told of it into the outbox, in one
// transaction: what was read is shown to nobody before. The letter's key and reference are given here.
func (d *Applications) CardRead(ctx context.Context, consent int64, note string, by int64, r client.CardRead) error {
	return d.db.tx(ctx, func(t *sql.Tx) error {
		if err := one(ctx, t, `UPDATE consents SET note = ?2 WHERE id = ?1`, consent, note); err != nil {
			return err
		}
		r.Key, r.Reference = newKey(), readingReference(r.ReadAt, consent)
		return d.db.Outbox.put(ctx, t, Letter{Consent: consent, Key: r.Key, User: by, Made: r.ReadAt}, r)
	})
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
