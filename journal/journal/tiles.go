package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// The files of a log that is handed out (C2SP tlog-tiles): checkpoint, tile/LEVEL/…, tile/entries/…, and the verifier key beside them.
const (
	CheckpointFile = "checkpoint"
	KeyFile        = "verifier.key"
	tileHeight     = 8
	tileWidth      = 1 << tileHeight
)

// tilePath is the path of a tile; level -1 are the entries.
func tilePath(level int, n int64, width int) string {
	p := tlog.Tile{H: tileHeight, L: level, N: n, W: width}.Path()
	p = strings.TrimPrefix(p, fmt.Sprintf("tile/%d/", tileHeight))
	if rest, ok := strings.CutPrefix(p, "data/"); ok {
		p = "entries/" + rest
	}
	return "tile/" + p
}

// parseTile is the reverse of tilePath.
func parseTile(path string) (level int, n int64, width int, err error) {
	p, entries := strings.CutPrefix(path, "tile/entries/")
	if entries {
		p = "data/" + p
	} else {
		p = strings.TrimPrefix(path, "tile/")
	}
	t, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, p))
	if err != nil || tilePath(t.L, t.N, t.W) != path {
		return 0, 0, 0, errors.New("not a tile")
	}
	return t.L, t.N, t.W, nil
}

// A tiler takes leaves in their order and gives tiles as they become full, and the partial ones at the end.
type tiler struct {
	frontier Frontier
	levels   [][]Hash // hashes of the tile that is being filled, by level
	counts   []int64  // full tiles, by level
	entries  []byte
	emit     func(path string, content []byte) error
	node     func(level int, n int64, h Hash) error // told of each full subtree above the leaves; may be nil
}

func (t *tiler) add(entry []byte) error {
	if len(entry) > maxLeaf {
		return fmt.Errorf("entry of %d bytes", len(entry))
	}
	t.entries = binary.BigEndian.AppendUint16(t.entries, uint16(len(entry)))
	t.entries = append(t.entries, entry...)
	leaf := LeafHash(entry)
	t.frontier.Append(leaf)
	if t.frontier.Size%tileWidth == 0 {
		if err := t.emit(tilePath(-1, t.frontier.Size/tileWidth-1, tileWidth), t.entries); err != nil {
			return err
		}
		t.entries = t.entries[:0]
	}
	return t.push(0, leaf)
}

// push puts a hash into a level; a full tile's root goes into the level above.
func (t *tiler) push(level int, h Hash) error {
	if level == len(t.levels) {
		t.levels, t.counts = append(t.levels, nil), append(t.counts, 0)
	}
	t.levels[level] = append(t.levels[level], h)
	if len(t.levels[level]) < tileWidth {
		return nil
	}
	full := t.levels[level]
	t.levels[level] = nil
	if err := t.emit(tilePath(level, t.counts[level], tileWidth), tileBytes(full)); err != nil {
		return err
	}
	root := Subtree(full)
	if t.node != nil {
		if err := t.node(level+1, t.counts[level], root); err != nil {
			return err
		}
	}
	t.counts[level]++
	return t.push(level+1, root)
}

// finish gives the partial tiles.
func (t *tiler) finish() error {
	if rest := int(t.frontier.Size % tileWidth); rest > 0 {
		if err := t.emit(tilePath(-1, t.frontier.Size/tileWidth, rest), t.entries); err != nil {
			return err
		}
	}
	for level, hashes := range t.levels {
		if len(hashes) == 0 {
			continue
		}
		if err := t.emit(tilePath(level, t.counts[level], len(hashes)), tileBytes(hashes)); err != nil {
			return err
		}
	}
	return nil
}

func tileBytes(hashes []Hash) []byte {
	b := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}

// An Exporter writes a log into an empty folder.
type Exporter struct {
	dir  string
	t    tiler
	kept map[int64]Hash // roots that were signed, by size
}

// NewExporter makes the folder; it fails when something is in it.
func NewExporter(dir string) (*Exporter, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
		return nil, errors.Join(err, fmt.Errorf("%s is not an empty folder", dir))
	}
	x := &Exporter{dir: dir}
	x.t.emit = x.write
	return x, nil
}

func (x *Exporter) write(name string, content []byte) error {
	path := filepath.Join(x.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

// expect makes Add compare the tree with every checkpoint that was signed and kept: a log that was rewritten and signed anew does not pass.
func (x *Exporter) expect(signed [][]byte, verifierKeys string) error {
	x.kept = map[int64]Hash{}
	for _, s := range signed {
		c, err := OpenCheckpoint(s, verifierKeys)
		if err != nil {
			return &Tampered{"kept checkpoint", err.Error()}
		}
		x.kept[c.Size] = c.Root
	}
	return nil
}

// Add writes the next leaf.
func (x *Exporter) Add(entry []byte) error {
	if err := x.t.add(entry); err != nil {
		return err
	}
	size := x.t.frontier.Size
	if root, ok := x.kept[size]; ok && root != x.t.frontier.Root() {
		return &Tampered{fmt.Sprintf("entry %d or before", size-1), "the log was rewritten after it was signed"}
	}
	return nil
}

// Finish writes what is left, and the checkpoint, which must be of what was added.
func (x *Exporter) Finish(signed []byte, verifierKeys string) (Checkpoint, error) {
	c, err := OpenCheckpoint(signed, verifierKeys)
	if err != nil {
		return c, &Tampered{CheckpointFile, err.Error()}
	}
	if c.Size != x.t.frontier.Size || c.Root != x.t.frontier.Root() {
		return c, &Tampered{CheckpointFile, "the records do not give the root that was signed"}
	}
	return c, errors.Join(x.t.finish(), x.t.emit(KeyFile, []byte(verifierKeys+"\n")), x.t.emit(CheckpointFile, signed))
}

// A Tampered says that a log is not what its provider signed, and the first place where that shows.
type Tampered struct{ Place, Why string }

func (t *Tampered) Error() string { return t.Place + ": " + t.Why }

// Verify checks an exported log offline: the checkpoint's signature, each entry's form, place and hash, each tile, and the root. An old
// checkpoint of the same log, when given, must be a beginning of it. Progress is told the entries that were checked; it may be nil. The
// error is a *Tampered when the log is not whole.
func Verify(log fs.FS, verifierKeys string, old []byte, progress func(int64)) (Checkpoint, error) {
	bad := func(place, format string, args ...any) (Checkpoint, error) {
		return Checkpoint{}, &Tampered{place, fmt.Sprintf(format, args...)}
	}
	signed, err := read(log, CheckpointFile, "")
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := OpenCheckpoint(signed, verifierKeys)
	if err != nil {
		return bad(CheckpointFile, "%v", err)
	}
	before, err := earlier(old, verifierKeys, c)
	if err != nil {
		return Checkpoint{}, err
	}
	want := map[string]bool{CheckpointFile: true, KeyFile: true}
	t := tiler{}
	t.emit = func(path string, content []byte) error {
		want[path] = true
		got, err := read(log, path, "")
		if err != nil {
			return err
		}
		if string(got) != string(content) {
			return &Tampered{path, "differs from what the entries give"}
		}
		return nil
	}
	var number int64 = -1
	for n := int64(0); n*tileWidth < c.Size; n++ {
		width := int(min(tileWidth, c.Size-n*tileWidth))
		path := tilePath(-1, n, width)
		bundle, err := read(log, path, "")
		if err != nil {
			return Checkpoint{}, err
		}
		leaves, _ := fs.ReadFile(log, tilePath(0, n, width)) // a missing or short one is told by emit
		for i := range width {
			seq := n*tileWidth + int64(i)
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return bad(path, "ends within entry %d", seq)
			}
			size := int(binary.BigEndian.Uint16(bundle))
			entry := bundle[2 : 2+size]
			bundle = bundle[2+size:]
			if len(leaves) >= (i+1)*tlog.HashSize && LeafHash(entry) != Hash(leaves[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
				return bad(path, "entry %d is not the one that was signed", seq)
			}
			id, err := place(entry)
			if err != nil || id.Seq != seq || (number >= 0 && id.Log != number) {
				return bad(path, "entry %d is not of this place", seq)
			}
			number = id.Log
			if before.Size == seq && before.Root != t.frontier.Root() {
				return bad(path, "the log was rewritten within its first %d entries", seq)
			}
			if err := t.add(entry); err != nil {
				return Checkpoint{}, err
			}
		}
		if len(bundle) > 0 {
			return bad(path, "holds more than its entries")
		}
		if progress != nil {
			progress(t.frontier.Size)
		}
	}
	if before.Size == c.Size && before.Root != c.Root {
		return bad(CheckpointFile, "the log was rewritten within its first %d entries", c.Size)
	}
	if err := t.finish(); err != nil {
		return Checkpoint{}, err
	}
	if t.frontier.Root() != c.Root {
		return bad(CheckpointFile, "the entries do not give the root that was signed")
	}
	return c, onlyThese(log, want)
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

// onlyThese finds a file that does not belong to the log.
func onlyThese(log fs.FS, want map[string]bool) error {
	return fs.WalkDir(log, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !want[path] {
			err = &Tampered{path, "does not belong to the log"}
		}
		return err
	})
}
