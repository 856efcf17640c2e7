package deskdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/desk/client"
	"gapura/desk/desk"
	"gapura/exchange/balikan"
	"gapura/internal/document"
)

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

// Move moves an application: the act, the steps, and all that comes of it in one transaction; with a decision also the data balikan that
// waits for the provider.
func (d *Applications) Move(ctx context.Context, id int64, m Move) error {
	err := d.db.tx(ctx, func(t *sql.Tx) error {
		x, err := d.scanRow(t.QueryRowContext(ctx, `SELECT `+rowColumns+` FROM applications WHERE id = ?1`, id))
		if err != nil {
			return err
		}
		if m.Seen != x.State { // another was quicker, and this person decided on what no longer holds
			return desk.ErrAct
		}
		s, err := d.db.Services.serviceIn(ctx, t, x.Service, x.Version)
		if err != nil {
			return err
		}
		f, err := d.facts(ctx, t, x)
		if err != nil {
			return err
		}
		steps, to, err := desk.Take(s, f, m.Act, m.Role, m.By, m.At, m.Note)
		if err != nil {
			return err
		}
		switch m.Act {
		case desk.CrossMatch, desk.CrossDiff:
			err = d.addCheck(ctx, t, id, m)
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

func (d *Services) serviceIn(ctx context.Context, t *sql.Tx, key string, version int) (desk.Service, error) {
	var text string
	if err := t.QueryRowContext(ctx, `SELECT text FROM services WHERE key = ?1 AND version = ?2`, key, version).Scan(&text); err != nil {
		return desk.Service{}, none(err)
	}
	return readService(version, text)
}

func (d *Applications) addCheck(ctx context.Context, t *sql.Tx, id int64, m Move) error {
	if m.Check == nil || m.Check.Act() != m.Act { // verdicts decide whether it is a match, not the caller
		return desk.ErrAct
	}
	verdicts, err := json.Marshal(m.Check.Verdicts)
	if err != nil {
		return errors.New("encode verdicts")
	}
	_, err = t.ExecContext(ctx,
		`INSERT INTO checks (application, mode, at_us, by_user, outcome, message, record, verdicts, data_as_of)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`, id, string(m.Check.Mode), micros(m.At), m.By, m.Check.Outcome, m.Check.Message, m.Check.Record, string(verdicts), dayText(m.Check.AsOf))
	return err
}

// facts reads what an act rests on, in the act's transaction.
func (d *Applications) facts(ctx context.Context, t *sql.Tx, x Row) (desk.Facts, error) {
	f := desk.Facts{State: x.State, Sent: !x.Sent.IsZero(), Have: map[string]bool{}}
	var outcome string
	err := t.QueryRowContext(ctx, `SELECT outcome FROM checks WHERE application = ?1 ORDER BY id DESC LIMIT 1`, x.ID).Scan(&outcome)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return f, err
	}
	f.Found = outcome == "found"
	rows, err := t.QueryContext(ctx, `SELECT DISTINCT document FROM files WHERE application = ?1`, x.ID)
	if err != nil {
		return f, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return f, err
		}
		f.Have[key] = true
	}
	return f, rows.Err()
}

func (d *Applications) fix(ctx context.Context, t *sql.Tx, x Row, p desk.Papers) error {
	sealed, err := d.seal(x.Number, p)
	if err != nil {
		return err
	}
	return one(ctx, t, `UPDATE applications SET sealed = ?2, nik_index = ?3 WHERE id = ?1`, x.ID, sealed, d.db.niks.Index(p.NIK().Digits()))
}

// issue numbers and keeps the document, and puts the data balikan into the outbox. A number whose document cannot be made is not spent.
func (d *Applications) issue(ctx context.Context, t *sql.Tx, x Row, s desk.Service, m Move) error {
	year := m.At.Year()
	n, err := next(ctx, t, documentsOf(year))
	if err != nil {
		return err
	}
	number, code := document.LetterNumber(s.Class, document.Letters, n, year), party.NewSecret()[:22]
	content, err := m.Issue(number, code)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx,
		`INSERT INTO documents (application, number, code, kind, masked, at_us, by_user, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		x.ID, number, code, s.Name, desk.MaskName(x.Papers.Values["nama_lengkap"]), micros(m.At), m.By, d.db.files.Seal(content,
			bound("document", x.ID)))
	if err != nil {
		return err
	}
	return d.db.Outbox.post(ctx, t, x, m, client.Item{NIK: x.Papers.NIK().Digits(), Param: []map[string]string{s.BalikanValues(number)}})
}

// excuse puts the reason of a rejection into the outbox, if somebody was looked up.
func (d *Applications) excuse(ctx context.Context, t *sql.Tx, x Row, m Move) (owed bool, err error) {
	if _, known := balikan.ReasonLabel(m.Reason); !known {
		return false, desk.ErrNote
	}
	if err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM checks WHERE application = ?1 AND outcome = 'found')`,
		x.ID).Scan(&owed); err != nil || !owed {
		return false, err
	}
	return true, d.db.Outbox.post(ctx, t, x, m, client.Item{NIK: x.Papers.NIK().Digits(), Reason: m.Reason})
}
