package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Files are scans and letters, sealed.
type Files struct{ db *DB }

// insertFile seals and keeps a file.
func (s *Files) insertFile(ctx context.Context, q *sqldb.Queries, f procedure.File) (int64, error) {
	versions, err := q.FileVersions(ctx, sqldb.FileVersionsParams{AgencyID: f.Agency, Kind: f.Kind, Title: f.Title})
	if err != nil {
		return 0, fmt.Errorf("count versions: %w", err)
	}
	sum := sha256.Sum256(f.Content)
	id, err := q.InsertFile(ctx, sqldb.InsertFileParams{
		AgencyID: f.Agency, CaseID: f.Case, CaseSeq: int64(f.CaseSeq), AgreementID: f.Agreement, Kind: f.Kind, Title: f.Title,
		Number:  f.Number,
		Version: versions + 1, Media: f.Media, Size: int64(len(f.Content)), Sha256: sum[:], ByUser: f.By, AtUs: micros(f.At),
	})
	if err != nil {
		return 0, fmt.Errorf("insert file: %w", err)
	}
	return id, q.InsertFileContent(ctx, sqldb.InsertFileContentParams{FileID: id, Sealed: s.db.fileSeal.Seal(f.Content, fileContext(id))})
}

func fileContext(id int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

func fileOf(r sqldb.File) procedure.File {
	f := procedure.File{
		ID: r.ID, Agency: r.AgencyID, Case: r.CaseID, CaseSeq: int(r.CaseSeq), Agreement: r.AgreementID, Kind: r.Kind, Title: r.Title,
		Number:  r.Number,
		Version: int(r.Version), Media: r.Media, Size: r.Size, By: r.ByUser, At: instant(r.AtUs),
	}
	copy(f.SHA256[:], r.Sha256)
	return f
}

// File reads what is known of a file, without its content.
func (s *Files) File(ctx context.Context, id int64) (procedure.File, bool, error) {
	r, err := s.db.mainRead.q.File(ctx, id)
	ok, err := foundRow(err, "file")
	return fileOf(r), ok, err
}

// FileContent reads a file's content; its checksum is compared first.
func (s *Files) FileContent(ctx context.Context, id int64) ([]byte, error) {
	f, ok, err := s.File(ctx, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("there is no file %d", id)
	}
	sealed, err := s.db.mainRead.q.FileContent(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read content of file %d: %w", id, err)
	}
	plain, err := s.db.fileSeal.Open(nil, sealed, fileContext(id))
	if err != nil {
		return nil, fmt.Errorf("open file %d: %w", id, err)
	}
	if sha256.Sum256(plain) != f.SHA256 {
		return nil, fmt.Errorf("file %d: checksum differs", id)
	}
	return plain, nil
}

// FilesOfCase returns the files of a case, oldest first.
func (s *Files) FilesOfCase(ctx context.Context, id int64) ([]procedure.File, error) {
	rows, err := s.db.mainRead.q.FilesOfCase(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read files of case %d: %w", id, err)
	}
	return each(rows, fileOf), nil
}

// Files returns an agency's files before an id, newest first.
func (s *Files) Files(ctx context.Context, agency, before int64, most int) ([]procedure.File, error) {
	rows, err := s.db.mainRead.q.FilesOfAgency(ctx, sqldb.FilesOfAgencyParams{AgencyID: agency, ID: orLast(before), Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	return each(rows, fileOf), nil
}
