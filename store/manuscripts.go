package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/manuscript"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Manuscripts are versions of agreements and guidelines as documents, with initials and signed scans.
type Manuscripts struct{ db *DB }

// manuscriptContext binds what a manuscript says to its file, so that neither can be put in another's place.
func manuscriptContext(file int64) []byte {
	return binary.BigEndian.AppendUint64([]byte("manuscript"), uint64(file))
}

// Manuscripts are all of an agency, oldest first.
func (s *Manuscripts) Manuscripts(ctx context.Context, agency int64) ([]manuscript.Manuscript, error) {
	q := s.db.mainRead.q
	rows, err := q.ManuscriptsOfAgency(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read manuscripts: %w", err)
	}
	initials, err := q.InitialsOfAgency(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read initials: %w", err)
	}
	out := make([]manuscript.Manuscript, len(rows))
	for n, r := range rows {
		m := manuscript.Manuscript{ID: r.ID, Agency: r.AgencyID, Agreement: r.AgreementID, Case: r.CaseID, Kind: manuscript.Kind(r.Kind),
			Version: int(r.Version), Reason: r.Reason, By: r.ByUser, ByName: r.ByName, At: instant(r.AtUs)}
		plain, err := s.db.formSeal.Open(nil, r.ContentSealed, manuscriptContext(r.FileID))
		if err == nil {
			err = json.Unmarshal(plain, &m.Content)
		}
		if err != nil {
			return nil, fmt.Errorf("read manuscript %d: %w", r.ID, err)
		}
		for _, f := range []struct {
			id int64
			to *procedure.File
		}{{r.FileID, &m.File}, {r.ScanID, &m.Scan}} {
			if f.id == 0 {
				continue
			}
			kept, found, err := s.db.Files.File(ctx, f.id)
			if err != nil || !found {
				return nil, fmt.Errorf("manuscript %d: file %d: %w", r.ID, f.id, err)
			}
			*f.to = kept
		}
		for _, i := range initials {
			if i.ManuscriptID != r.ID {
				continue
			}
			in := stored{table: "initials", key: fmt.Sprintf("manuscript %d, %s", r.ID, i.Side)}
			m.Initials = append(m.Initials, manuscript.Initial{Side: i.Side, Name: i.Name, Position: i.Position,
				On: in.day("on_day", i.OnDay), By: i.ByUser, At: instant(i.AtUs)})
			if in.err != nil {
				return nil, in.err
			}
		}
		out[n] = m
	}
	return out, nil
}

// KeepManuscript keeps a new version with its PDF and its record, and tells people, in one transaction. A version that exists already is an
// error, so that two people who draw one up at once do not take each other's place.
func (s *Manuscripts) KeepManuscript(ctx context.Context, c journal.Change, m manuscript.Manuscript, pdf procedure.File,
	notices []procedure.Notice) (id int64, err error) {
	err = s.db.change(ctx, m.Agency, c, func(q *sqldb.Queries) error {
		file, err := s.db.Files.insertFile(ctx, q, pdf)
		if err != nil {
			return err
		}
		id, err = q.InsertManuscript(ctx, sqldb.InsertManuscriptParams{AgencyID: m.Agency, AgreementID: m.Agreement, CaseID: m.Case,
			Kind: string(m.Kind), Version: int64(m.Version), Reason: m.Reason, FileID: file, ByUser: m.By, AtUs: micros(m.At),
			ContentSealed: s.db.formSeal.Seal([]byte(jsonText(m.Content)), manuscriptContext(file))})
		if err != nil {
			return fmt.Errorf("insert manuscript: %w", err)
		}
		return s.db.tell(ctx, q, notices, nil)
	})
	return id, err
}

// AddInitial records one party's initials of a version, with its record. They are put once.
func (s *Manuscripts) AddInitial(ctx context.Context, c journal.Change, m manuscript.Manuscript, i manuscript.Initial) error {
	return s.db.change(ctx, m.Agency, c, func(q *sqldb.Queries) error {
		n, err := q.InsertInitial(ctx, sqldb.InsertInitialParams{ManuscriptID: m.ID, Side: i.Side, Name: i.Name, Position: i.Position,
			OnDay: dayText(i.On), ByUser: i.By, AtUs: micros(i.At)})
		if err == nil && n == 0 {
			err = told.Refuse("Paraf pihak ini sudah dicatat pada versi ini.")
		}
		return err
	})
}

// KeepScan keeps the signed scan of a version, with its record. There is one.
func (s *Manuscripts) KeepScan(ctx context.Context, c journal.Change, m manuscript.Manuscript, scan procedure.File) error {
	return s.db.change(ctx, m.Agency, c, func(q *sqldb.Queries) error {
		file, err := s.db.Files.insertFile(ctx, q, scan)
		if err != nil {
			return err
		}
		n, err := q.SetManuscriptScan(ctx, sqldb.SetManuscriptScanParams{ID: m.ID, ScanID: file})
		if err == nil && n == 0 {
			err = told.Refuse("Pindaian naskah versi ini sudah disimpan.")
		}
		return err
	})
}

// Applications are the names of an agency's programs that work.
func (s *Manuscripts) Applications(ctx context.Context, agency int64) (names []string, err error) {
	rows, err := s.db.mainRead.q.Applications(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	for _, r := range rows {
		if r.EndedUs == 0 {
			names = append(names, r.Name)
		}
	}
	return names, nil
}
