package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// Desks is the enrolment of agencies' desks.
type Desks struct{ db *DB }

// DeskCode makes a one-time code by which an agency's desk is enrolled until an instant; the ones before it end. Only its hash is kept.
func (s *Desks) DeskCode(ctx context.Context, c journal.Change, agency int64, until time.Time) (code string, err error) {
	code = party.NewSecret()
	h := party.HashSecret(code)
	c.Subject, c.After = "Pendaftaran loket", "kode sekali pakai dibuat"
	return code, s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		if err := q.DropDeskCodes(ctx, agency); err != nil {
			return err
		}
		return q.PutDeskCode(ctx, sqldb.PutDeskCodeParams{Hash: h[:], AgencyID: agency, UntilUs: micros(until)})
	})
}

// DeskCodeOf finds the agency that a code is for, without using it; false when it is not there, used or too old.
func (s *Desks) DeskCodeOf(ctx context.Context, now time.Time, code string) (agency int64, ok bool, err error) {
	h := party.HashSecret(code)
	agency, err = s.db.mainRead.q.DeskCode(ctx, sqldb.DeskCodeParams{Hash: h[:], UntilUs: micros(now)})
	ok, err = foundRow(err, "code")
	return agency, ok, err
}

// EnrolDesk uses a code: the desk's certificate is pinned, its keys are registered, in one transaction with their record. False when the code is not there, used or too old.
func (s *Desks) EnrolDesk(ctx context.Context, now time.Time, code string, d party.Desk, cosigner string) (agency int64, ok bool, err error) {
	h := party.HashSecret(code)
	if agency, ok, err = s.DeskCodeOf(ctx, now, code); err != nil || !ok {
		return 0, false, err
	}
	pin := "tanpa sertifikat"
	if d.Pin != "" {
		pin = "sertifikat SHA-256 " + hex.EncodeToString([]byte(d.Pin))
	}
	c := journal.Change{At: now, Reason: "kode sekali pakai", Subject: "Pendaftaran loket", After: fmt.Sprintf("%s; kunci %s; penanda tangan bersama %s", pin, d.Key, cosigner)}
	err = s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		n, err := q.UseDeskCode(ctx, h[:])
		if err != nil {
			return err
		}
		if n == 0 {
			return errUsed // by another process, a moment ago
		}
		if err := q.SetDesk(ctx, sqldb.SetDeskParams{ID: agency, DeskPin: []byte(d.Pin), DeskKey: d.Key, DeskSinceUs: micros(now)}); err != nil {
			return err
		}
		return q.SetCosigner(ctx, sqldb.SetCosignerParams{AgencyID: agency, VerifierKey: cosigner})
	})
	if errors.Is(err, errUsed) {
		return 0, false, nil
	}
	return agency, err == nil, err
}

var errUsed = errors.New("code was used")

// EndDesk forgets an agency's desk: its certificate is asked for no more, and its code, if one is open, ends.
func (s *Desks) EndDesk(ctx context.Context, c journal.Change, agency int64) error {
	c.Subject, c.After = "Pendaftaran loket", "dicabut"
	return s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		if err := q.DropDeskCodes(ctx, agency); err != nil {
			return err
		}
		return q.SetDesk(ctx, sqldb.SetDeskParams{ID: agency, DeskPin: []byte{}})
	})
}
