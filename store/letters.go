package store

import (
	"context"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Letters is the register of letters, and the office's own texts of them.
type Letters struct{ db *DB }

// Signatories are all mandates to sign for the office, in the order of the records.
func (s *Letters) Signatories(ctx context.Context) (party.Signatories, error) {
	rows, err := s.db.mainRead.q.Signatories(ctx)
	if err != nil {
		return nil, fmt.Errorf("read signatories: %w", err)
	}
	return eachRead(rows, func(r sqldb.Signatory) (party.Signatory, error) {
		in := stored{table: "signatories", key: r.ID}
		return party.Signatory{Name: r.Name, Position: r.Position, NIP: r.Nip, Acting: party.Acting(r.Acting),
				From: in.day("from_day", r.FromDay), Until: in.day("until_day", r.UntilDay), Letter: r.Letter, Known: instant(r.KnownUs)},
			in.err
	})
}

func insertSignatory(ctx context.Context, q *sqldb.Queries, s party.Signatory, known time.Time) error {
	return q.InsertSignatory(ctx, sqldb.InsertSignatoryParams{Name: s.Name, Position: s.Position, Nip: s.NIP, Acting: string(s.Acting),
		FromDay: dayText(s.From), UntilDay: dayText(s.Until), Letter: s.Letter, KnownUs: micros(known)})
}

// TakeLetterNumber enters a letter into the register and returns its place in the year, 1 and up. A place is taken for good.
func (s *Letters) TakeLetterNumber(ctx context.Context, l procedure.Letter) (seq int, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		next, err := q.NextLetter(ctx, sqldb.NextLetterParams{Series: l.Series, Year: int64(l.Year)})
		if err != nil {
			return fmt.Errorf("take number: %w", err)
		}
		seq = int(next)
		return q.InsertLetter(ctx, sqldb.InsertLetterParams{
			Series: l.Series, Year: int64(l.Year), Seq: next, AgencyID: l.Agency, CaseID: l.Case, Subject: l.Subject, AtUs: micros(l.At),
		})
	})
	if err != nil {
		return 0, fmt.Errorf("take letter number: %w", err)
	}
	return seq, nil
}

// Letters returns the register of a series and year before a place, newest first.
func (s *Letters) Letters(ctx context.Context, series string, year int, before int64, most int) ([]procedure.Letter, error) {
	rows, err := s.db.mainRead.q.Letters(ctx, sqldb.LettersParams{Series: series, Year: int64(year), Seq: orLast(before),
		Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read register: %w", err)
	}
	return each(rows, func(r sqldb.LettersRow) procedure.Letter {
		return procedure.Letter{Series: r.Series, Year: int(r.Year), Seq: int(r.Seq), Agency: r.AgencyID, AgencyName: r.AgencyName,
			Case:    r.CaseID,
			Subject: r.Subject, At: instant(r.AtUs)}
	}), nil
}

// Template implements office.Letters.
func (s *Letters) Template(ctx context.Context, key string) (text string, version int, found bool, err error) {
	r, err := s.db.mainRead.q.Template(ctx, key)
	ok, err := foundRow(err, "template")
	return r.Text, int(r.Version), ok, err
}
