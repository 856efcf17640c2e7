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

// Outbox is the data balikan that wait to be brought to the provider.
type Outbox struct{ db *DB }

// post puts one person's data balikan into the outbox. It belongs to the officer whose cross-check it answers; the key makes a repeat
// harmless.
func (d *Outbox) post(ctx context.Context, t *sql.Tx, x Row, m Move, item client.Item) error {
	owner := m.By
	err := t.QueryRowContext(ctx, `SELECT by_user FROM checks WHERE application = ?1 ORDER BY id DESC LIMIT 1`, x.ID).Scan(&owner)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	delivery := client.Delivery{Key: party.NewSecret()[:32], Items: []client.Item{item}}
	plain, err := json.Marshal(delivery)
	if err != nil {
		return errors.New("encode data balikan")
	}
	defer clear(plain)
	_, err = t.ExecContext(ctx, `INSERT INTO outbox (application, key, user_id, sealed, made_us, next_us) VALUES (?1, ?2, ?3, ?4, ?5, ?5)`,
		x.ID, delivery.Key, owner, d.db.box.Seal(plain, []byte(delivery.Key)), micros(m.At))
	return err
}

// A Letter is data balikan in the outbox. Delivery is only filled by Due.
type Letter struct {
	Application int64
	Number      string // of the application
	Key         string
	User        int64
	Made, Next  time.Time
	Tries       int
	Trouble     string    // what the last try came to
	Sent        time.Time // zero: waits
	Delivery    client.Delivery
}

const letterColumns = `o.application, a.number, o.key, o.user_id, o.made_us, o.next_us, o.tries, o.trouble, o.sent_us`

func scanLetter(r *sql.Rows, more ...any) (l Letter, err error) {
	var made, due, sent int64
	err = r.Scan(append([]any{&l.Application, &l.Number, &l.Key, &l.User, &made, &due, &l.Tries, &l.Trouble, &sent}, more...)...)
	l.Made, l.Next, l.Sent = instant(made), instant(due), instant(sent)
	return l, err
}

// Due are the letters whose time has come, with what they hold.
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
		if json.Unmarshal(plain, &l.Delivery) != nil {
			return l, errors.New("outbox cannot be read")
		}
		return l, nil
	}, `SELECT `+letterColumns+`, o.sealed FROM outbox o JOIN applications a ON a.id = o.application WHERE o.sent_us = 0 AND o.next_us <= ?1 ORDER BY o.next_us LIMIT ?2`, micros(now), most)
}

// Letters are those that wait, or the newest that were sent.
func (d *Outbox) Letters(ctx context.Context, sent bool, most int) ([]Letter, error) {
	where := `o.sent_us = 0 ORDER BY o.made_us`
	if sent {
		where = `o.sent_us > 0 ORDER BY o.application DESC`
	}
	return rows(ctx, d.db.read, func(r *sql.Rows) (Letter, error) { return scanLetter(r) },
		`SELECT `+letterColumns+` FROM outbox o JOIN applications a ON a.id = o.application WHERE `+where+` LIMIT ?1`, most)
}

// Waiting is how many letters wait.
func (d *Outbox) Waiting(ctx context.Context) (n int, err error) {
	err = d.db.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM outbox WHERE sent_us = 0`).Scan(&n)
	return n, err
}

// Delivered notes that the provider has a letter, and takes step 6, and with it 7 or 11 when nothing else is left. Noting it again changes
// nothing.
func (d *Outbox) Delivered(ctx context.Context, l Letter, taken client.Taken, now time.Time) error {
	return d.db.tx(ctx, func(t *sql.Tx) error {
		err := one(ctx, t,
			`UPDATE outbox SET sent_us = ?2, repeated = ?3, trouble = '', tries = tries + 1 WHERE application = ?1 AND sent_us = 0`,
			l.Application, micros(taken.At), taken.Repeated)
		if errors.Is(err, ErrNone) {
			return nil
		}
		if err != nil {
			return err
		}
		x, err := d.db.Applications.scanRow(t.QueryRowContext(ctx, `SELECT `+rowColumns+` FROM applications WHERE id = ?1`, l.Application))
		if err != nil {
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

// Trouble notes why a letter was not taken and when it is tried next.
func (d *Outbox) Trouble(ctx context.Context, l Letter, text string, next time.Time) error {
	return one(ctx, d.db.write, `UPDATE outbox SET tries = tries + 1, trouble = ?2, next_us = ?3 WHERE application = ?1 AND sent_us = 0`,
		l.Application, text, micros(next))
}

// Hurry makes all letters that wait due.
func (d *Outbox) Hurry(ctx context.Context, now time.Time) error {
	_, err := d.db.write.ExecContext(ctx, `UPDATE outbox SET next_us = ?1 WHERE sent_us = 0`, micros(now))
	return err
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
