package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"gapura/internal/durable"
)

// An Archive holds the old part of a log outside the database: in the folder log the entries as they are handed out, up to a size for which
// a checkpoint was signed, so that they verify as any export does; in the folder nik beside it the sealed salts, NIKs and texts, 256
// records a file, which can be destroyed. It is not changed after it was written, but for that.
type Archive struct {
	dir  string
	size int64
}

// OpenArchive is the archive of a log's first entries below a folder for archives.
func OpenArchive(folder, code string, size int64) *Archive {
	return &Archive{filepath.Join(folder, code, strconv.FormatInt(size, 10)), size}
}

// Size is how many entries it holds: a multiple of 256.
func (a *Archive) Size() int64 { return a.size }

// Dir is the folder that Verify takes.
func (a *Archive) Dir() string { return filepath.Join(a.dir, "log") }

// read reads a file of a log. One that is not there is evidence; one that cannot be read now (a disk, too many open files) is not.
func read(log fs.FS, path, where string) ([]byte, error) {
	content, err := fs.ReadFile(log, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Tampered{where + path, "is missing"}
	}
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	return content, nil
}

// bundle reads the entries of a bundle and holds them against the hashes beside them.
func (a *Archive) bundle(n int64) ([][]byte, error) {
	path := tilePath(-1, n, tileWidth)
	content, err := read(os.DirFS(a.Dir()), path, "archive ")
	if err != nil {
		return nil, err
	}
	hashes, err := a.Hashes(n*tileWidth, tileWidth)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, 0, tileWidth)
	for i := range hashes {
		if len(content) < 2 || len(content) < 2+int(binary.BigEndian.Uint16(content)) {
			return nil, &Tampered{"archive " + path, fmt.Sprintf("ends within entry %d", n*tileWidth+int64(i))}
		}
		size := int(binary.BigEndian.Uint16(content))
		entry := content[2 : 2+size]
		if LeafHash(entry) != hashes[i] {
			return nil, &Tampered{"archive " + path, fmt.Sprintf("entry %d is not the one that was written", n*tileWidth+int64(i))}
		}
		out, content = append(out, entry), content[2+size:]
	}
	return out, nil
}

// Leaves gives entries from a place up to another.
func (a *Archive) Leaves(from, to int64, give func(entry []byte) error) error {
	for from < to {
		list, err := a.bundle(from / tileWidth)
		if err != nil {
			return err
		}
		end := min((from/tileWidth+1)*tileWidth, to)
		for ; from < end; from++ {
			if err := give(list[from%tileWidth]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Hashes reads n hashes of leaves from a place on.
func (a *Archive) Hashes(from, n int64) ([]Hash, error) {
	out := make([]Hash, 0, n)
	for end := from + n; from < end; {
		path := tilePath(0, from/tileWidth, tileWidth)
		content, err := read(os.DirFS(a.Dir()), path, "archive ")
		if err != nil {
			return nil, err
		}
		if len(content) != tileWidth*len(Hash{}) {
			return nil, &Tampered{"archive " + path, "is not as long as its hashes"}
		}
		for upTo := min((from/tileWidth+1)*tileWidth, end); from < upTo; from++ {
			out = append(out, Hash(content[from%tileWidth*int64(len(Hash{})):][:len(Hash{})]))
		}
	}
	return out, nil
}

// A Sealed is what the database keeps of a record's sealed parts: salt and NIK, salt and text.
type Sealed struct {
	Seq  int64
	NIK  []byte `json:",omitempty"`
	Text []byte `json:",omitempty"`
	AtUS int64  // when it was looked up, microseconds since 1970 UTC: what is destroyed goes by time
}

func (a *Archive) sealedFile(n int64) string {
	return filepath.Join(a.dir, "nik", filepath.FromSlash(tilePath(0, n, tileWidth)))
}

// Sealed reads the sealed parts of a record; empty when there are none, or none any more.
func (a *Archive) Sealed(seq int64) (Sealed, error) {
	list, err := a.sealed(seq / tileWidth)
	for _, s := range list {
		if s.Seq == seq {
			return s, err
		}
	}
	return Sealed{}, err
}

// SealedFrom reads the sealed parts of the records of whole bundles from a place up to another.
func (a *Archive) SealedFrom(from, to int64) (out []Sealed, err error) {
	for ; from < to && err == nil; from += tileWidth {
		var list []Sealed
		list, err = a.sealed(from / tileWidth)
		out = append(out, list...)
	}
	return out, err
}

func (a *Archive) sealed(n int64) (out []Sealed, err error) {
	content, err := os.ReadFile(a.sealedFile(n))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read archive: %w", err)
	}
	for line := range bytes.Lines(content) {
		var s Sealed
		if err := json.Unmarshal(line, &s); err != nil {
			return nil, &Tampered{fmt.Sprintf("archive, sealed NIKs %d", n), "cannot be read"}
		}
		out = append(out, s)
	}
	return out, nil
}

// putSealed writes a file of sealed parts durably, or removes it when there are none.
func (a *Archive) putSealed(n int64, list []Sealed) error {
	path := a.sealedFile(n)
	if len(list) == 0 {
		err := os.Remove(path)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	var b bytes.Buffer
	for _, s := range list {
		line, err := json.Marshal(s)
		if err != nil {
			return err
		}
		b.Write(append(line, '\n'))
	}
	return durable.Write(path, b.Bytes())
}

// Forget destroys the sealed parts of records from before an instant and returns of how many.
func (a *Archive) Forget(before time.Time) (forgotten int64, err error) {
	for n := range a.size / tileWidth {
		list, err := a.sealed(n)
		if err != nil {
			return forgotten, err
		}
		keep := make([]Sealed, 0, len(list))
		for _, s := range list {
			if s.AtUS >= before.UnixMicro() {
				keep = append(keep, s)
			}
		}
		if len(keep) == len(list) {
			continue
		}
		if err := a.putSealed(n, keep); err != nil {
			return forgotten, err
		}
		forgotten += int64(len(list) - len(keep))
	}
	return forgotten, nil
}

// Archived is the storage that archiving needs beside Checkpoints.
type Archived interface {
	// Archives is the folder of all archives; empty: none.
	Archives() string
	// Archived is how many entries of a log lie in its archive.
	Archived(ctx context.Context, log int64) (int64, error)
	// FirstFrom is the place of the first entry of an instant or later; the log's size when there is none.
	FirstFrom(ctx context.Context, log int64, at time.Time) (int64, error)
	// SealedParts are those of the records from a place up to another, archived or not.
	SealedParts(ctx context.Context, log, from, to int64) ([]Sealed, error)
	// MoveOut says that the entries before a place lie in the archive, and drops their records, with the change's record. Durable when it
	// returns.
	MoveOut(ctx context.Context, log, upTo int64, c Change) error
}

// copySealed puts the sealed parts of the archive's entries beside them.
func (a *Archive) copySealed(ctx context.Context, db Archived, log int64) error {
	for b := range a.size / tileWidth {
		list, err := db.SealedParts(ctx, log, b*tileWidth, (b+1)*tileWidth)
		if err != nil {
			return err
		}
		if err := a.putSealed(b, list); err != nil {
			return err
		}
	}
	return nil
}

// Archive moves the entries from before an instant into an archive, whole bundles of 256, and returns it; nil when there is nothing to
// move. The archive was verified before anything is dropped from the database. An older archive of the log is part of the new one and is
// removed.
func (n *Notary) Archive(ctx context.Context, db Archived, log int64, code string, before time.Time, c Change) (*Archive, error) {
	folder := db.Archives()
	if folder == "" {
		return nil, errors.New("no folder for archives is configured")
	}
	already, err := db.Archived(ctx, log)
	if err != nil {
		return nil, err
	}
	upTo, err := db.FirstFrom(ctx, log, before)
	if err != nil {
		return nil, err
	}
	if upTo -= upTo % tileWidth; upTo <= already {
		return nil, nil
	}
	last, err := n.published(ctx, log, upTo, true)
	if err != nil {
		return nil, err
	}
	a := OpenArchive(folder, code, upTo)
	if err := os.RemoveAll(a.dir); err != nil { // left by a run that was killed: the database does not know it
		return nil, err
	}
	x, err := NewExporter(a.Dir())
	if err != nil {
		return nil, err
	}
	s, err := n.Signer(code)
	if err != nil {
		return nil, err
	}
	kept, err := n.Store.Checkpoints(ctx, log)
	if err != nil {
		return nil, err
	}
	if err := x.expect(kept, s.VerifierKeys()); err != nil {
		return nil, err
	}
	if err := n.Store.Leaves(ctx, log, 0, upTo, x.Add); err != nil {
		return nil, err
	}
	// What is signed now must be a beginning of what was signed: else a record that was changed would be made good by archiving it.
	proof, err := ProveConsistency(last.Tree.Size, upTo, n.nodes(ctx, log))
	if err != nil {
		return nil, err
	}
	if err := CheckConsistency(last.Checkpoint(), Checkpoint{Size: upTo, Root: x.t.frontier.Root()}, proof); err != nil {
		return nil, err
	}
	signed, err := s.Sign(upTo, x.t.frontier.Root())
	if err != nil {
		return nil, err
	}
	if _, err := x.Finish(signed, s.VerifierKeys()); err != nil {
		return nil, err
	}
	if last.Quorum {
		// Nobody cosigns a smaller size than it has seen: what is cosigned is a later checkpoint, proven to go on from the archive's.
		if err := errors.Join(x.t.emit(CosignedFile, last.Note()), x.t.emit(CosignedProofFile, EncodeProof(proof))); err != nil {
			return nil, err
		}
	}
	if err := a.copySealed(ctx, db, log); err != nil {
		return nil, err
	}
	if _, err := Verify(os.DirFS(a.Dir()), s.VerifierKeys(), nil, nil); err != nil {
		return nil, err
	}
	if err := syncTree(a.dir); err != nil {
		return nil, err
	}
	c.Subject, c.After = "Jurnal", fmt.Sprintf("%d catatan dari sebelum %s dipindahkan ke arsip", upTo, before.Format(time.DateOnly))
	if err := db.MoveOut(ctx, log, upTo, c); err != nil {
		return nil, err
	}
	if already > 0 {
		err = os.RemoveAll(OpenArchive(folder, code, already).dir)
	}
	return a, err
}

// syncTree makes every file and folder below a folder durable, and the folder's own name.
func syncTree(dir string) error {
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return durable.Sync(path) // a file is synced the same way
	})
	return errors.Join(err, durable.Sync(filepath.Dir(dir)), durable.Sync(filepath.Dir(filepath.Dir(dir))))
}
