package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Desks is the enrolment of agencies' desks. Each step of it is a record in the agency's log.
type Desks struct{ db *DB }

const deskSubject = "Pendaftaran loket"

// DeskCode makes a one-time code by which a machine asks to become an agency's desk until an instant; the ones before it end. Only its hash
// is kept.
func (s *Desks) DeskCode(ctx context.Context, c journal.Change, agency int64, until time.Time) (code string, err error) {
	code = party.NewSecret()
	h := party.HashSecret(code)
	c.Subject, c.After = deskSubject, "kode sekali pakai dibuat"
	return code, s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		if err := q.DropDeskCodes(ctx, agency); err != nil {
			return err
		}
		return q.PutDeskCode(ctx, sqldb.PutDeskCodeParams{Hash: h[:], AgencyID: agency, UntilUs: micros(until), ByUser: c.By})
	})
}

// DeskCodeOf finds the agency that a code is for and who made it, without using it; false when it is not there, used or too old.
func (s *Desks) DeskCodeOf(ctx context.Context, now time.Time, code string) (agency, by int64, ok bool, err error) {
	h := party.HashSecret(code)
	row, err := s.db.mainRead.q.DeskCode(ctx, sqldb.DeskCodeParams{Hash: h[:], UntilUs: micros(now)})
	ok, err = foundRow(err, "code")
	return row.AgencyID, row.ByUser, ok, err
}

// AskDesk uses a code: the machine's request waits for its approvals from now on, in place of any that waited, and the agency's people are
// told. ticket is how the machine asks how it stands. False when the code is not there, used or too old.
func (s *Desks) AskDesk(ctx context.Context, code string, r party.DeskRequest) (ticket string, ok bool, err error) {
	h := party.HashSecret(code)
	var found bool
	if r.Agency, r.CodeBy, found, err = s.DeskCodeOf(ctx, r.Asked, code); err != nil || !found {
		return "", false, err
	}
	ticket = party.NewSecret()
	t := party.HashSecret(ticket)
	c := journal.Change{At: r.Asked, Reason: "kode sekali pakai", Subject: deskSubject, After: "permintaan menunggu persetujuan: " +
		deskText(r)}
	err = s.db.change(ctx, r.Agency, c, func(q *sqldb.Queries) error {
		n, err := q.UseDeskCode(ctx, h[:])
		if err != nil {
			return err
		}
		if n == 0 {
			return errUsed // by another process, a moment ago
		}
		err = q.DisplaceDeskRequests(ctx, sqldb.DisplaceDeskRequestsParams{AgencyID: r.Agency, RefusedUs: micros(r.Asked),
			Why: "digantikan oleh permintaan yang lebih baru"})
		if err != nil {
			return err
		}
		_, err = q.InsertDeskRequest(ctx, sqldb.InsertDeskRequestParams{
			AgencyID: r.Agency, Ticket: t[:], Machine: r.Machine, Source: r.From, Pin: []byte(r.Desk.Pin), DeskKey: r.Desk.Key,
			Cosigner: r.Cosigner,
			CodeBy:   r.CodeBy, AskedUs: micros(r.Asked), UntilUs: micros(r.Asked.Add(party.DeskRequestLife)),
		})
		if err != nil {
			return err
		}
		return s.db.tell(ctx, q, []procedure.Notice{{Agency: r.Agency, At: r.Asked, Path: "/loket", Text: "Komputer " + r.Machine +
			" meminta menjadi loket instansi Anda. Periksa kata pengenalnya, lalu setujui atau tolak."}}, nil)
	})
	if errors.Is(err, errUsed) {
		return "", false, nil
	}
	return ticket, err == nil, err
}

var errUsed = errors.New("code was used")

func deskText(r party.DeskRequest) string {
	pin := "tanpa sertifikat"
	if r.Desk.Pin != "" {
		pin = "sertifikat SHA-256 " + hex.EncodeToString([]byte(r.Desk.Pin))
	}
	return fmt.Sprintf("komputer %s dari %s; kata pengenal %s; %s; kunci %s; penanda tangan bersama %s", r.Machine, r.From, r.Words(), pin,
		r.Desk.Key, r.Cosigner)
}

// DeskByTicket finds the request of a ticket.
func (s *Desks) DeskByTicket(ctx context.Context, ticket string) (r party.DeskRequest, ok bool, err error) {
	h := party.HashSecret(ticket)
	row, err := s.db.mainRead.q.DeskRequestByTicket(ctx, h[:])
	ok, err = foundRow(err, "desk request")
	return deskRequest(row), ok, err
}

// DeskRequests are an agency's newest requests, newest first.
func (s *Desks) DeskRequests(ctx context.Context, agency int64, most int) ([]party.DeskRequest, error) {
	rows, err := s.db.mainRead.q.DeskRequests(ctx, sqldb.DeskRequestsParams{AgencyID: agency, Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read desk requests: %w", err)
	}
	return each(rows, deskRequest), nil
}

func deskRequest(r sqldb.DeskRequest) party.DeskRequest {
	return party.DeskRequest{
		ID: r.ID, Agency: r.AgencyID, Desk: party.Desk{Pin: string(r.Pin), Key: r.DeskKey}, Cosigner: r.Cosigner, Machine: r.Machine,
		From: r.Source, CodeBy: r.CodeBy,
		Asked: instant(r.AskedUs), Until: instant(r.UntilUs), AgencyBy: r.AgencyBy, AgencyAt: instant(r.AgencyUs), ProviderBy: r.ProviderBy,
		ProviderAt: instant(r.ProviderUs), Enrolled: instant(r.EnrolledUs), Refused: instant(r.RefusedUs), Why: r.Why,
	}
}

// DecideDesk takes a person's approval or refusal (with why) of an agency's request. With the last approval that is needed the machine
// becomes the desk in the same transaction. What is needed is judged there, by the key that is in force then. A *told.Error says why it may
// not be.
func (s *Desks) DecideDesk(ctx context.Context, now time.Time, by party.User, agency, id int64, approve bool,
	why string) (r party.DeskRequest, err error) {
	c := journal.Change{At: now, By: by.ID, Reason: why, Subject: deskSubject}
	err = s.db.changes(ctx, func(q *sqldb.Queries) error {
		row, err := q.DeskRequest(ctx, sqldb.DeskRequestParams{AgencyID: agency, ID: id})
		if found, err := foundRow(err, "desk request"); err != nil || !found {
			return errors.Join(err, errNoRequest)
		}
		inForce, err := q.CosignerOf(ctx, agency)
		if _, err = foundRow(err, "cosigner"); err != nil {
			return err
		}
		r = deskRequest(row)
		c.Before = "permintaan menunggu persetujuan"
		if approve {
			hands, who, err := s.db.hands(ctx, q, by, agency, r.CodeBy, r.AgencyBy, r.ProviderBy)
			if err != nil {
				return err
			}
			if r, err = r.Approve(who, inForce, now, hands...); err != nil {
				return err
			}
			c.After = "disetujui " + by.Role.Label() + ", menunggu persetujuan pihak lain: " + deskText(r)
		} else {
			r, err = r.Refuse(by, why, now)
			c.After = "ditolak " + by.Role.Label() + ": " + deskText(r)
		}
		if err != nil {
			return err
		}
		if r.At(now) == party.DeskEnrolled {
			c.After = "disetujui " + by.Role.Label() + ", loket terdaftar: " + deskText(r)
			if r.Replaces(inForce) {
				c.Before = "penanda tangan bersama " + inForce
			}
			if err := setDesk(ctx, q, now, agency, r.Desk, r.Cosigner); err != nil {
				return err
			}
		}
		err = q.DecideDeskRequest(ctx, sqldb.DecideDeskRequestParams{
			ID: id, AgencyBy: r.AgencyBy, AgencyUs: micros(r.AgencyAt), ProviderBy: r.ProviderBy, ProviderUs: micros(r.ProviderAt),
			EnrolledUs: micros(r.Enrolled),
			RefusedUs:  micros(r.Refused), Why: r.Why,
		})
		if err != nil {
			return err
		}
		return s.db.record(ctx, q, agency, c)
	})
	return r, err
}

var errNoRequest = &told.Error{Kind: told.Missing, Text: "Permintaan loket ini tidak ada."}

func setDesk(ctx context.Context, q *sqldb.Queries, now time.Time, agency int64, d party.Desk, cosigner string) error {
	if err := q.SetDesk(ctx, sqldb.SetDeskParams{ID: agency, DeskPin: []byte(d.Pin), DeskKey: d.Key,
		DeskSinceUs: micros(now)}); err != nil {
		return err
	}
	return q.SetCosigner(ctx, sqldb.SetCosignerParams{AgencyID: agency, VerifierKey: cosigner})
}

// RenewDesk takes the new keys that an enrolled desk signed with the cosigner's key in force, named by the statement; the caller has
// checked both signatures. False when that key is not in force any more, no desk is enrolled, or the statement is not fresh: nothing is
// changed then.
func (s *Desks) RenewDesk(ctx context.Context, now time.Time, agency int64, st party.DeskStatement) (ok bool, err error) {
	c := journal.Change{At: now, Reason: "ditandatangani dengan kunci lama", Subject: deskSubject, Before: "penanda tangan bersama " +
		st.Old}
	c.After = "kunci diperbarui: " + deskText(party.DeskRequest{Desk: st.Desk, Cosigner: st.Cosigner, Machine: "loket yang terdaftar",
		From: "jaringan instansi"})
	err = s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		i, err := q.Institution(ctx, agency)
		if err != nil {
			return err
		}
		inForce, err := q.CosignerOf(ctx, agency)
		if _, err = foundRow(err, "cosigner"); err != nil {
			return err
		}
		if inForce == "" || inForce != st.Old || i.DeskSinceUs == 0 || !st.Fresh(now, instant(i.DeskSinceUs)) {
			return errUsed
		}
		return setDesk(ctx, q, now, agency, st.Desk, st.Cosigner)
	})
	if errors.Is(err, errUsed) {
		return false, nil
	}
	return err == nil, err
}

// EndDesk forgets an agency's desk: its certificate is asked for no more, and its code and requests, if some are open, end. Its cosigner's
// key stays in force, so that another desk's takes its place with both sides' approval only.
func (s *Desks) EndDesk(ctx context.Context, c journal.Change, agency int64) error {
	c.Subject, c.After = deskSubject, "dicabut"
	return s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		if err := q.DropDeskCodes(ctx, agency); err != nil {
			return err
		}
		if err := q.DisplaceDeskRequests(ctx, sqldb.DisplaceDeskRequestsParams{AgencyID: agency, RefusedUs: micros(c.At),
			Why: "pendaftaran dicabut"}); err != nil {
			return err
		}
		return q.SetDesk(ctx, sqldb.SetDeskParams{ID: agency, DeskPin: []byte{}})
	})
}
