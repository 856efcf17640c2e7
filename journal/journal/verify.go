package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// A Tampered says that a log is not what its provider signed, and the first place where that shows.
type Tampered struct{ Place, Why string }

func (t *Tampered) Error() string { return t.Place + ": " + t.Why }

// An Untidy says that a log is whole, and that its folder is not as it was handed out: files that belong to something else, or files
// whose line ends a copy in text mode has changed. Nobody tampered with anything.
type Untidy struct{ Stray, LineEnds []string }

func (u *Untidy) Error() string {
	var why []string
	if len(u.Stray) > 0 {
		why = append(why, strings.Join(u.Stray, ", ")+": not of the log")
	}
	if len(u.LineEnds) > 0 {
		why = append(why, strings.Join(u.LineEnds, ", ")+": line ends were changed, as a copy in text mode does")
	}
	return strings.Join(why, "; ")
}

// Verify checks an exported log offline: the checkpoint's signature, each entry's form, place and hash, each tile, and the root. An old
// checkpoint of the same log, when given, must be a beginning of it. Progress is told the entries that were checked; it may be nil. The
// error is a *Tampered when the log is not whole, and a *Untidy beside a checkpoint when it is, but its folder is not as it should be.
func Verify(log fs.FS, verifierKeys string, old []byte, progress func(int64)) (Checkpoint, error) {
	v := verifier{log: log, want: map[string]bool{CheckpointFile: true, KeyFile: true, CosignedFile: true,
		CosignedProofFile: true}, number: -1}
	v.t.emit = v.holds
	c, err := v.checkpoint(verifierKeys)
	if err != nil {
		return Checkpoint{}, err
	}
	if v.before, err = earlier(old, verifierKeys, c); err != nil {
		return Checkpoint{}, err
	}
	for n := int64(0); n*tileWidth < c.Size; n++ {
		if err := v.bundle(n, int(min(tileWidth, c.Size-n*tileWidth))); err != nil {
			return Checkpoint{}, err
		}
		if progress != nil {
			progress(v.t.frontier.Size)
		}
	}
	if v.before.Size == c.Size && v.before.Root != c.Root {
		return Checkpoint{}, tampered(CheckpointFile, "the log was rewritten within its first %d entries", c.Size)
	}
	if err := v.t.finish(); err != nil {
		return Checkpoint{}, err
	}
	if v.t.frontier.Root() != c.Root {
		return Checkpoint{}, tampered(CheckpointFile, "the entries do not give the root that was signed")
	}
	if err := v.strays(); err != nil {
		return Checkpoint{}, err
	}
	if len(v.untidy.Stray)+len(v.untidy.LineEnds) > 0 {
		return c, &v.untidy
	}
	return c, nil
}

func tampered(place, format string, args ...any) error {
	return &Tampered{place, fmt.Sprintf(format, args...)}
}

// A verifier is one check of a folder.
type verifier struct {
	log    fs.FS
	t      tiler
	before Checkpoint      // kept from earlier
	number int64           // of the log; -1: no entry was read yet
	want   map[string]bool // files of the log
	untidy Untidy
}

// asText and fromText are what copies in text mode make of a file.
func asText(b []byte) []byte   { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) }
func fromText(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }

func (v *verifier) checkpoint(keys string) (Checkpoint, error) {
	signed, err := read(v.log, CheckpointFile, "")
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := OpenCheckpoint(signed, keys)
	if err == nil {
		return c, nil
	}
	if c, again := OpenCheckpoint(fromText(signed), keys); again == nil {
		v.untidy.LineEnds = append(v.untidy.LineEnds, CheckpointFile)
		return c, nil
	}
	return c, tampered(CheckpointFile, "%v", err)
}

// holds reports whether a file is what the entries give.
func (v *verifier) holds(path string, content []byte) error {
	v.want[path] = true
	got, err := read(v.log, path, "")
	switch {
	case err != nil:
		return err
	case bytes.Equal(got, content):
		return nil
	case bytes.Equal(got, asText(content)), bytes.Equal(got, fromText(content)):
		if !slices.Contains(v.untidy.LineEnds, path) {
			v.untidy.LineEnds = append(v.untidy.LineEnds, path)
		}
		return nil
	}
	return tampered(path, "differs from what the entries give")
}

// bundle checks the n-th bundle of entries and adds them.
func (v *verifier) bundle(n int64, width int) error {
	path := tilePath(-1, n, width)
	content, err := read(v.log, path, "")
	if err != nil {
		return err
	}
	leaves, _ := fs.ReadFile(v.log, tilePath(0, n, width)) // a missing or short one is told by emit
	entries, err := v.entries(path, content, leaves, n*tileWidth, width)
	if err != nil { // a copy in text mode breaks both: lengths and hashes stand in them as bytes
		var again error
		entries, again = v.entries(path, fromText(content), nil, n*tileWidth, width)
		if again != nil || !sameText(leaves, entries) {
			return err
		}
	}
	for i, entry := range entries {
		if seq := n*tileWidth + int64(i); v.before.Size == seq && v.before.Root != v.t.frontier.Root() {
			return tampered(path, "the log was rewritten within its first %d entries", seq)
		}
		if err := v.t.add(entry); err != nil {
			return err
		}
	}
	return nil
}

// sameText reports whether hashes are those of entries, apart from line ends.
func sameText(leaves []byte, entries [][]byte) bool {
	var want []byte
	for _, e := range entries {
		h := LeafHash(e)
		want = append(want, h[:]...)
	}
	return bytes.Equal(leaves, want) || bytes.Equal(leaves, asText(want)) || bytes.Equal(leaves, fromText(want))
}

// entries takes a bundle apart, and holds it against the hashes beside it when there are some.
func (v *verifier) entries(path string, bundle, leaves []byte, first int64, width int) (list [][]byte, err error) {
	for i := range width {
		seq := first + int64(i)
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return nil, tampered(path, "ends within entry %d", seq)
		}
		size := int(binary.BigEndian.Uint16(bundle))
		entry := bundle[2 : 2+size]
		bundle = bundle[2+size:]
		if len(leaves) >= (i+1)*tlog.HashSize && LeafHash(entry) != Hash(leaves[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
			return nil, tampered(path, "entry %d is not the one that was signed", seq)
		}
		id, err := place(entry)
		if err != nil || id.Seq != seq || (v.number >= 0 && id.Log != v.number) {
			return nil, tampered(path, "entry %d is not of this place", seq)
		}
		v.number = id.Log
		list = append(list, entry)
	}
	if len(bundle) > 0 {
		return nil, tampered(path, "holds more than its entries")
	}
	return list, nil
}

// Entries gives the entries of an exported log of a size, in their order; Verify must have taken it.
func Entries(log fs.FS, size int64, each func(entry []byte) error) error {
	v := verifier{log: log, number: -1}
	for n := int64(0); n*tileWidth < size; n++ {
		width := int(min(tileWidth, size-n*tileWidth))
		content, err := read(log, tilePath(-1, n, width), "")
		if err != nil {
			return err
		}
		list, err := v.entries(tilePath(-1, n, width), content, nil, n*tileWidth, width)
		if err != nil {
			return err
		}
		for _, e := range list {
			if err := each(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// strays finds files that do not belong to the log.
func (v *verifier) strays() error {
	return fs.WalkDir(v.log, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !v.want[path] {
			v.untidy.Stray = append(v.untidy.Stray, path)
		}
		return err
	})
}

// earlier reads an old checkpoint, which is no larger than now; of size -1 when none was kept.
func earlier(old []byte, verifierKeys string, now Checkpoint) (Checkpoint, error) {
	if old == nil {
		return Checkpoint{Size: -1}, nil
	}
	c, err := OpenCheckpoint(old, verifierKeys)
	if err != nil {
		return c, &Tampered{"old checkpoint", err.Error()}
	}
	if c.Size > now.Size {
		return c, &Tampered{CheckpointFile, fmt.Sprintf("the log had %d entries and has %d", c.Size, now.Size)}
	}
	return c, nil
}
