package store

import (
	"bytes"
	"context"
	"errors"

	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/store/sqldb"
)

// sealSalted seals a salt with what it hides, bound to its entry and what it is of it: destroying the one field closes the commitment for
// ever.
func sealSalted(key *keyring.Sealer, what string, id journal.ID, plain []byte) (sealed []byte, c journal.Commitment) {
	salt := journal.NewSalt()
	return key.Seal(append(salt[:], plain...), []byte(what+id.String())), journal.CommitText(salt, plain)
}

// What a sealed part is of its entry. A NIK's is empty, as it was before there were others.
const (
	sealedNIK  = ""
	sealedText = "text "
)

// openSalted opens what sealSalted made and holds it against the commitment; nil when the key of its month was destroyed.
func (s *Journal) openSalted(ctx context.Context, what string, id journal.ID, of journal.Period, sealed []byte,
	c *journal.Commitment) (plain []byte, salt journal.Salt, err error) {
	key, err := s.db.periods.toOpen(ctx, of)
	if errors.Is(err, errNoKey) {
		err = &journal.Tampered{Place: "record " + id.String(), Why: err.Error()}
	}
	if err != nil || key == nil {
		return nil, salt, err
	}
	if plain, err = key.Open(nil, sealed, []byte(what+id.String())); err != nil || len(plain) < len(salt) {
		return nil, salt, unfit(id)
	}
	salt, plain = journal.Salt(plain[:len(salt)]), plain[len(salt):]
	if c == nil || journal.CommitText(salt, plain) != *c {
		return nil, salt, unfit(id)
	}
	return plain, salt, nil
}

// unfit is evidence: what lies sealed beside an entry, or its blind index, is not what was written with it.
func unfit(id journal.ID) error {
	return &journal.Tampered{Place: "record " + id.String(), Why: "what is sealed of it does not fit its commitment"}
}

// openParts puts back what is sealed of a record, as far as it was not destroyed; the salt opens the NIK's commitment.
func (s *Journal) openParts(ctx context.Context, r *journal.Record, p journal.Sealed, c journal.Closed) (salt journal.Salt, err error) {
	if len(p.NIK) > 0 {
		var digits []byte
		if digits, salt, err = s.openSalted(ctx, sealedNIK, r.ID, c.Period, p.NIK, c.NIK); err == nil && digits != nil {
			r.NIK, err = nik.Parse(string(digits))
		}
	}
	if err == nil && len(p.Text) > 0 {
		var text []byte
		if text, _, err = s.openSalted(ctx, sealedText, r.ID, c.Period, p.Text, c.Text); err == nil && text != nil {
			err = r.OpenText(text)
		}
	}
	return salt, err
}

// openReference is the reference of a record of which little else was read.
func (s *Journal) openReference(ctx context.Context, log int64, row sqldb.RecordsToFillRow) (string, error) {
	r := journal.Record{ID: journal.ID{Log: log, Seq: row.Seq}, Reference: row.Reference}
	_, err := s.openParts(ctx, &r, journal.Sealed{Text: row.TextSealed},
		journal.Closed{Period: journal.Period(row.Period), Text: commitment(row.TextCommitment)})
	return r.Reference, err
}

func closedOf(p sqldb.Record) journal.Closed {
	return journal.Closed{Period: journal.Period(p.Period), NIK: commitment(p.NikCommitment), Text: commitment(p.TextCommitment)}
}

func commitment(b []byte) *journal.Commitment {
	if len(b) != len(journal.Commitment{}) {
		return nil
	}
	return (*journal.Commitment)(b)
}

// openChange reads a change of a right.
func (s *Journal) openChange(ctx context.Context, p sqldb.Change) (x journal.Change, c journal.Closed, err error) {
	x = journal.Change{
		ID: journal.ID{Log: p.AgencyID, Seq: p.Seq}, At: instant(p.AtUs), By: p.ByUser, Subject: p.Subject, Reason: p.Reason,
		Letter: p.Letter, Before: p.BeforeText, After: p.AfterText, State: p.State,
	}
	c = journal.Closed{Period: journal.Period(p.Period), Text: commitment(p.TextCommitment)}
	if c.Period != 0 && x.SealedText() != nil { // its texts are sealed, so what stands open was put there
		return x, c, unfit(x.ID)
	}
	if len(p.TextSealed) == 0 {
		return x, c, nil
	}
	text, _, err := s.openSalted(ctx, sealedText, x.ID, c.Period, p.TextSealed, c.Text)
	if err == nil && text != nil {
		err = x.OpenText(text)
	}
	return x, c, err
}

// sealRecord seals what a record keeps sealed, into its row.
func (s *Journal) sealRecord(p *sqldb.InsertRecordParams, r journal.Record, of journal.Period, key *keyring.Sealer) (c journal.Closed) {
	c.Period, p.Period = of, int64(of)
	if !r.NIK.IsZero() {
		digits := r.NIK.Digits()
		sealed, nik := sealSalted(key, sealedNIK, r.ID, []byte(digits))
		c.NIK, p.NikSealed, p.NikIndex, p.NikCommitment = &nik, sealed, s.db.nikIndex.Index(digits), nik[:]
	}
	if text := r.SealedText(); text != nil {
		sealed, of := sealSalted(key, sealedText, r.ID, text)
		c.Text, p.TextSealed, p.TextCommitment = &of, sealed, of[:]
	}
	return c
}

// fits reports whether a record's blind index is that of its NIK.
func (s *Journal) fits(r journal.Record, index []byte) bool {
	return r.NIK.IsZero() || bytes.Equal(s.db.nikIndex.Index(r.NIK.Digits()), index)
}
