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
)

// Outbox is what waits to be brought to the provider: data balikan, and what is told of each card that was read.
type Outbox struct{ db *DB }

// post puts one person's data balikan into the outbox. It belongs to the officer whose cross-check it answers; the key makes a repeat
// harmless.
func (d *Outbox) post(ctx context.Context, t *sql.Tx, x Row, m Move, item client.Item) error {
	owner := m.By
	err := t.QueryRowContext(ctx, `SELECT by_user FROM checks WHERE application = ?1 ORDER BY id DESC LIMIT 1`, x.ID).Scan(&owner)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	var consent, read int64
	err = t.QueryRowContext(ctx, `SELECT k.id, o.made_us FROM consents k JOIN outbox o ON o.consent = k.id WHERE k.application = ?1`,
		x.ID).Scan(&consent, &read)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if consent != 0 {
		item.Reading = readingReference(instant(read), consent)
	}
	key := newKey()
	return d.put(ctx, t, Letter{Application: x.ID, Key: key, User: owner, Made: m.At}, client.Delivery{Key: key,
		Items: []client.Item{item}})
}

// readingReference is what a reading of a card is called, before there is an application.
func readingReference(at time.Time, consent int64) string {
	return fmt.Sprintf("BACA-%s-%d", at.UTC().Format("20060102"), consent)
}

func newKey() string { return party.NewSecret()[:32] }

// put seals what a letter holds, and puts it into the outbox.
func (d *Outbox) put(ctx context.Context, t *sql.Tx, l Letter, holds any) error {
	plain, err := json.Marshal(holds)
	if err != nil {
		return errors.New("encode letter")
	}
	defer clear(plain)
	_, err = t.ExecContext(ctx, `INSERT INTO outbox (key, application, consent, user_id, sealed, made_us, next_us)
		VALUES (?1, NULLIF(?2, 0), NULLIF(?3, 0), ?4, ?5, ?6, ?6)`,
		l.Key, l.Application, l.Consent, l.User, d.db.box.Seal(plain, []byte(l.Key)), micros(l.Made))
	return err
}

// A Letter is in the outbox: data balikan of an application, or a card that was read with a consent. What it holds is only filled by Due.
type Letter struct {
	Application int64  // of a card: the one that it filled in; 0: none
	Number      string // of the application
	Consent     int64  // 0: data balikan
	Key         string
	User        int64
	Made, Next  time.Time
	Tries       int
	Trouble     string    // what the last try came to; of a card that was told: why it should not have been read
	Sent        time.Time // zero: waits
	Record      string    // the provider's, of a card
	Delivery    client.Delivery
	Card        client.CardRead
}

// OfCard reports whether the letter tells of a card that was read.
func (l Letter) OfCard() bool { return l.Consent != 0 }

const letterColumns = `COALESCE(a.id, 0), COALESCE(a.number, ''), COALESCE(o.consent, 0), o.key, o.user_id, o.made_us, o.next_us, o.tries, o.trouble, o.sent_us, o.record`

const letterTables = ` FROM outbox o LEFT JOIN consents c ON c.id = o.consent LEFT JOIN applications a ON a.id = COALESCE(o.application, c.application) `

func scanLetter(r *sql.Rows, more ...any) (l Letter, err error) {
	var made, due, sent int64
	err = r.Scan(append([]any{&l.Application, &l.Number, &l.Consent, &l.Key, &l.User, &made, &due, &l.Tries, &l.Trouble, &sent, &l.Record},
		more...)...)
	l.Made, l.Next, l.Sent = instant(made), instant(due), instant(sent)
	return l, err
}

// Due are the letters whose time has come, with what they hold. Data balikan follow the card that filled their application in: they answer
// what its reading expects.
func (d *Outbox) Due(ctx context.Context, now time.Time, most int) ([]Letter, error) {
	return rows(ctx, d.db.read, func(r *sql.Rows) (Letter, error) {
		var sealed []byte
		l, err := scanLetter(r, &sealed)
		if err != nil {
			return l, err
		}
		plain, err := d.db.box.Open(nil, sealed, []byte(l.Key))
		if err != nil {
			return l, fmt.Errorf("open outbox: %w", err)
		}
		defer clear(plain)
		var into any = &l.Delivery
		if l.OfCard() {
			into = &l.Card
		}
		if json.Unmarshal(plain, into) != nil {
			return l, errors.New("outbox cannot be read")
		}
		return l, nil
	}, `SELECT `+letterColumns+`, o.sealed`+letterTables+`WHERE o.sent_us = 0 AND o.next_us <= ?1 AND NOT EXISTS (
			SELECT 1 FROM consents k JOIN outbox w ON w.consent = k.id WHERE k.application = o.application AND w.sent_us = 0)
		ORDER BY o.next_us LIMIT ?2`, micros(now), most)
}

// Letters are those that wait, or the newest that were sent.
func (d *Outbox) Letters(ctx context.Context, sent bool, most int) ([]Letter, error) {
	where := `o.sent_us = 0 ORDER BY o.made_us`
	if sent {
		where = `o.sent_us > 0 ORDER BY o.sent_us DESC`
	}
	return rows(ctx, d.db.read, func(r *sql.Rows) (Letter, error) { return scanLetter(r) },
		`SELECT `+letterColumns+letterTables+`WHERE `+where+` LIMIT ?1`, most)
}

// Waiting is how many letters wait.
func (d *Outbox) Waiting(ctx context.Context) (n int, err error) {
	err = d.db.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM outbox WHERE sent_us = 0`).Scan(&n)
	return n, err
}

// Delivered notes that the provider has a letter. Data balikan take step 6, and with it 7 or 11 when nothing else is left; of a card
// nothing is kept but the record's number. Noting it again changes nothing.
func (d *Outbox) Delivered(ctx context.Context, l Letter, taken client.Taken, now time.Time) error {
	return d.db.tx(ctx, func(t *sql.Tx) error {
		err := d.done(ctx, t, l, taken, "")
		if errors.Is(err, ErrNone) {
			return nil
		}
		if err != nil || l.OfCard() {
			return err
		}
		x, err := d.db.Applications.scanRow(t.QueryRowContext(ctx, `SELECT `+rowColumns+` FROM applications WHERE id = ?1`, l.Application))
		if err != nil || !x.Sent.IsZero() { // it was sent before, and again because the provider was restored
			return err
		}
		steps, to, err := desk.Take(desk.Service{}, desk.Facts{State: x.State}, desk.Sent, "", 0, now, "")
		if err != nil {
			return err
		}
		err = one(ctx, t, `UPDATE applications SET state = ?2, changed_us = ?3, sent_us = ?4 WHERE id = ?1`, x.ID, string(to), micros(now),
			micros(taken.At))
		return errors.Join(err, d.db.Applications.addSteps(ctx, t, x.ID, steps))
	})
}

// Judged notes that the provider has recorded a card as one that should not have been read, and why.
func (d *Outbox) Judged(ctx context.Context, l Letter, taken client.Taken, why string) error {
	return d.db.tx(ctx, func(t *sql.Tx) error {
		if err := d.done(ctx, t, l, taken, why); !errors.Is(err, ErrNone) {
			return err
		}
		return nil
	})
}

// done takes a letter from those that wait; ErrNone: it was done before.
func (d *Outbox) done(ctx context.Context, t *sql.Tx, l Letter, taken client.Taken, trouble string) error {
	return one(ctx, t, `UPDATE outbox SET sent_us = ?2, repeated = ?3, trouble = ?4, tries = tries + 1, record = ?5,
		sealed = CASE WHEN consent IS NULL THEN sealed END WHERE key = ?1 AND sent_us = 0`,
		l.Key, micros(taken.At), taken.Repeated, trouble, taken.Record)
}

// Trouble notes why a letter was not taken and when it is tried next.
func (d *Outbox) Trouble(ctx context.Context, l Letter, text string, next time.Time) error {
	return one(ctx, d.db.write, `UPDATE outbox SET tries = tries + 1, trouble = ?2, next_us = ?3 WHERE key = ?1 AND sent_us = 0`,
		l.Key, text, micros(next))
}

// Hurry makes all letters that wait due.
func (d *Outbox) Hurry(ctx context.Context, now time.Time) error {
	_, err := d.db.write.ExecContext(ctx, `UPDATE outbox SET next_us = ?1 WHERE sent_us = 0`, micros(now))
	return err
}

// slack is how far clocks of desk and provider, and the beginning of a backup, may lie apart.
const slack = 10 * time.Minute

// Again puts all data balikan that the provider has taken since its backup back among those that wait, once for each restoration. Of cards
// that were told nothing is kept that could be sent again.
func (d *Outbox) Again(ctx context.Context, r client.Restored, now time.Time) error {
	if r.At.IsZero() {
		return nil
	}
	return d.db.tx(ctx, func(t *sql.Tx) error {
		err := one(ctx, t, `UPDATE enrolment SET restored_us = ?1 WHERE restored_us < ?1`, micros(r.At))
		if errors.Is(err, ErrNone) {
			return nil
		}
		if err != nil {
			return err
		}
		again, err := t.ExecContext(ctx, `UPDATE outbox SET sent_us = 0, tries = 0, next_us = ?2 WHERE sent_us >= ?1 AND consent IS NULL`,
			micros(r.Since.Add(-slack)), micros(now))
		if err != nil {
			return err
		}
		n, err := again.RowsAffected()
		if err != nil {
			return err
		}
		return d.db.note(ctx, t, Entry{At: now, Kind: Restored, Text: fmt.Sprintf("Dukcapil dipulihkan dari cadangan %s; %d data balikan "+
			"dikirim ulang dengan kuncinya", r.Since.UTC().Format(time.RFC3339), n)})
	})
}

// An Unproved is a cross-check whose record's receipt is not here yet.
type Unproved struct {
	Check, User int64
	Record      string
}

// Unproved are the oldest of them after an instant: a record that its provider has not signed for a day is not asked for again and again.
func (d *Outbox) Unproved(ctx context.Context, since time.Time, most int) ([]Unproved, error) {
	return rows(ctx, d.db.read, func(r *sql.Rows) (u Unproved, err error) {
		err = r.Scan(&u.Check, &u.User, &u.Record)
		return u, err
	}, `SELECT id, by_user, record FROM checks WHERE receipt IS NULL AND at_us >= ?1 ORDER BY at_us LIMIT ?2`, micros(since), most)
}

// KeepReceipt keeps the proof of a cross-check's record.
func (d *Outbox) KeepReceipt(ctx context.Context, check int64, receipt []byte) error {
	return one(ctx, d.db.write, `UPDATE checks SET receipt = ?2 WHERE id = ?1`, check, receipt)
}

// Receipt is the proof of a cross-check's record.
func (d *Outbox) Receipt(ctx context.Context, application, check int64) (receipt []byte, err error) {
	err = d.db.read.QueryRowContext(ctx, `SELECT receipt FROM checks WHERE application = ?1 AND id = ?2 AND receipt IS NOT NULL`,
		application, check).Scan(&receipt)
	return receipt, none(err)
}
