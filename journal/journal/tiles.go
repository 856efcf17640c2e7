package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
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
