package deskdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
)

// Ticket is the ticket of the request that waits with the provider; empty: none.
func (d *DB) Ticket(ctx context.Context) (string, error) {
	var sealed []byte
	if err := d.read.QueryRowContext(ctx, `SELECT ticket FROM enrolment`).Scan(&sealed); err != nil {
		return "", fmt.Errorf("read enrolment: %w", err)
	}
	if sealed == nil {
		return "", nil
	}
	plain, err := d.users.Open(nil, sealed, bound("ticket", 1))
	return string(plain), err
}

// SetTicket keeps the ticket of a request, sealed; empty: none waits any more.
func (d *DB) SetTicket(ctx context.Context, ticket string) error {
	var sealed any
	if ticket != "" {
		sealed = d.users.Seal([]byte(ticket), bound("ticket", 1))
	}
	return one(ctx, d.write, `UPDATE enrolment SET ticket = ?1`, sealed)
}

// Cosigner is the verifier key of this desk that is in force with the provider, as far as the desk knows; empty: none.
func (d *DB) Cosigner(ctx context.Context) (key string, err error) {
	if err := d.read.QueryRowContext(ctx, `SELECT cosigner FROM enrolment`).Scan(&key); err != nil {
		return "", fmt.Errorf("read enrolment: %w", err)
	}
	return key, nil
}

// PasswordPolicy is what the provider asks of passwords, as far as the desk was told; NIST's before it is enrolled.
func (d *DB) PasswordPolicy(ctx context.Context) (p party.Policy, err error) {
	err = d.read.QueryRowContext(ctx, `SELECT password_min, password_kinds, password_days FROM enrolment`).Scan(&p.Min, &p.Kinds, &p.Days)
	if err != nil {
		return p, fmt.Errorf("read rules of passwords: %w", err)
	}
	return p, nil
}

// SetCosigner keeps the key that the provider took and what it asks of passwords, and ends the request.
func (d *DB) SetCosigner(ctx context.Context, key string, p party.Policy, at time.Time) error {
	return d.tx(ctx, func(t *sql.Tx) error {
		err := one(ctx, t, `UPDATE enrolment SET cosigner = ?1, ticket = NULL, password_min = ?2, password_kinds = ?3, password_days = ?4`,
			key, p.Min, p.Kinds, p.Days)
		return errors.Join(err, d.note(ctx, t, Entry{At: at, Kind: Enrolled, Text: "Loket terdaftar pada Dukcapil dengan kunci " + key}))
	})
}
