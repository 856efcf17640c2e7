package deskdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
)

// Enrolment is how far the desk has come with the provider: a ticket, then a cosigner and the rules of passwords.
type Enrolment struct{ db *DB }

// Ticket is the ticket of the request that waits with the provider; empty: none.
func (s *Enrolment) Ticket(ctx context.Context) (string, error) {
	var sealed []byte
	if err := s.db.read.QueryRowContext(ctx, `SELECT ticket FROM enrolment`).Scan(&sealed); err != nil {
		return "", fmt.Errorf("read enrolment: %w", err)
	}
	if sealed == nil {
		return "", nil
	}
	plain, err := s.db.users.Open(nil, sealed, bound("ticket", 1))
	return string(plain), err
}

// SetTicket keeps the ticket of a request, sealed; empty: none waits any more.
func (s *Enrolment) SetTicket(ctx context.Context, ticket string) error {
	var sealed any
	if ticket != "" {
		sealed = s.db.users.Seal([]byte(ticket), bound("ticket", 1))
	}
	return one(ctx, s.db.write, `UPDATE enrolment SET ticket = ?1`, sealed)
}

// Cosigner is the verifier key of this desk that is in force with the provider, as far as the desk knows; empty: none.
func (s *Enrolment) Cosigner(ctx context.Context) (key string, err error) {
	if err := s.db.read.QueryRowContext(ctx, `SELECT cosigner FROM enrolment`).Scan(&key); err != nil {
		return "", fmt.Errorf("read enrolment: %w", err)
	}
	return key, nil
}

// PasswordPolicy is what the provider asks of passwords, as far as the desk was told; NIST's before it is enrolled.
func (s *Enrolment) PasswordPolicy(ctx context.Context) (p party.Policy, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT password_min, password_kinds, password_days FROM enrolment`).Scan(&p.Min, &p.Kinds, &p.Days)
	if err != nil {
		return p, fmt.Errorf("read rules of passwords: %w", err)
	}
	return p, nil
}

// SetCosigner keeps the key that the provider took and what it asks of passwords, and ends the request.
func (s *Enrolment) SetCosigner(ctx context.Context, key string, p party.Policy, at time.Time) error {
	return s.db.tx(ctx, func(t *sql.Tx) error {
		err := one(ctx, t, `UPDATE enrolment SET cosigner = ?1, ticket = NULL, password_min = ?2, password_kinds = ?3, password_days = ?4`,
			key, p.Min, p.Kinds, p.Days)
		return errors.Join(err, s.db.note(ctx, t, Entry{At: at, Kind: Enrolled, Text: "Loket terdaftar pada Dukcapil dengan kunci " + key}))
	})
}
