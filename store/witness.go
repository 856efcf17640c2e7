package store

import (
	"context"
	"fmt"
	"time"

	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Witness is what agencies' cosigners say about their logs.
type Witness struct{ db *DB }

// SetCosigner registers the first key with which an agency cosigns its log, with its record. A key that is there is never replaced from
// here: its owner renews it, or both sides approve a desk's request (Desks).
func (s *Witness) SetCosigner(ctx context.Context, c journal.Change, agency int64, verifierKey string) error {
	c.Subject, c.After = "Penanda tangan bersama jurnal", verifierKey
	return s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		inForce, err := q.CosignerOf(ctx, agency)
		if _, err = foundRow(err, "cosigner"); err != nil {
			return err
		}
		if inForce != "" && inForce != verifierKey {
			return errCosigned
		}
		return q.SetCosigner(ctx, sqldb.SetCosignerParams{AgencyID: agency, VerifierKey: verifierKey})
	})
}

var errCosigned = told.Refuse("Kunci penanda tangan bersama instansi ini sudah terdaftar dan tetap berlaku. Kunci lain menggantikannya " +
	"hanya apabila loket memperbaruinya sendiri (gapura loket enrol --renew) atau kedua pihak menyetujui permintaan loket baru.")

// CosignerKey is the verifier key with which an agency cosigns; empty: none.
func (s *Witness) CosignerKey(ctx context.Context, agency int64) (string, error) {
	key, err := s.db.mainRead.q.CosignerOf(ctx, agency)
	_, err = foundRow(err, "cosigner")
	return key, err
}

// KeepCosignature keeps an agency's cosignature under the checkpoint of a size; false when that checkpoint is not kept any more.
func (s *Witness) KeepCosignature(ctx context.Context, agency, size int64, at time.Time, line string) (ok bool, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		last, err := q.SeenOf(ctx, agency)
		if _, err = foundRow(err, "cosigner"); err != nil {
			return err
		}
		if size > last.Seen && micros(at) < last.SeenUs {
			return errCosignedEarlier
		}
		n, err := q.Cosign(ctx, sqldb.CosignParams{AgencyID: agency, Size: size, Cosignature: line})
		if ok = n == 1; err != nil || !ok {
			return err
		}
		return q.SetSeen(ctx, sqldb.SetSeenParams{AgencyID: agency, Seen: size, SeenUs: micros(at)})
	})
	if err != nil {
		return false, fmt.Errorf("keep cosignature of log %d: %w", agency, err)
	}
	return ok, nil
}

var errCosignedEarlier = told.Refuse(
	"Tanda tangan instansi ini bertanggal lebih awal daripada tanda tangannya yang terakhir. Periksa jam " +
		"komputer loket.")

// RaiseAlarm keeps what an agency's cosigner found wrong with its log and tells people, in one transaction.
func (s *Witness) RaiseAlarm(ctx context.Context, agency int64, at time.Time, text string, told []procedure.Notice,
	mails []notify.Mail) error {
	err := s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		if err := q.SetAlarm(ctx, sqldb.SetAlarmParams{AgencyID: agency, Alarm: text, AlarmUs: micros(at)}); err != nil {
			return err
		}
		return s.db.tell(ctx, q, told, mails)
	})
	if err != nil {
		return fmt.Errorf("raise alarm of log %d: %w", agency, err)
	}
	return nil
}

// EndAlarm ends the alarm about a log, with its record.
func (s *Witness) EndAlarm(ctx context.Context, c journal.Change, agency int64) error {
	c.Subject, c.Before, c.After = "Jurnal", "peringatan ketidakutuhan", "peringatan diselesaikan"
	return s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		return q.SetAlarm(ctx, sqldb.SetAlarmParams{AgencyID: agency})
	})
}
