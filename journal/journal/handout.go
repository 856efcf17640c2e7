package journal

import (
	"context"
	"encoding/binary"
	"errors"
)

// ErrNoRecord says that there is no such log or record.
var ErrNoRecord = errors.New("no such record")

// Export writes a log into an empty folder, up to the newest checkpoint, which is signed first when the log has grown. A log that is not
// what was signed is not handed out: the error is a *Tampered.
func (n *Notary) Export(ctx context.Context, log int64, code, dir string) (Checkpoint, error) {
	x, err := NewExporter(dir)
	if err != nil {
		return Checkpoint{}, err
	}
	last, err := n.published(ctx, log, 0, true)
	if err != nil {
		return Checkpoint{}, err
	}
	return n.walk(ctx, log, code, x, last, nil)
}

// newest is the newest checkpoint of a log, which is signed first when the log has grown.
func (n *Notary) newest(ctx context.Context, log, least int64) (c KeptCheckpoint, err error) {
	if _, err := n.look(ctx, log); err != nil {
		return c, err
	}
	c, found, err := n.Store.LastCheckpoint(ctx, log, least)
	if err == nil && !found {
		err = ErrNoRecord
	}
	return c, err
}

// Newest is the newest checkpoint of a log that is handed out, with the cosignatures that it has.
func (n *Notary) Newest(ctx context.Context, log int64) ([]byte, error) {
	c, err := n.published(ctx, log, 0, true)
	return c.Note(), err
}

func (n *Notary) walk(ctx context.Context, log int64, code string, x *Exporter, last KeptCheckpoint,
	progress func(done, size int64)) (Checkpoint, error) {
	s, err := n.Signer(code)
	if err != nil {
		return Checkpoint{}, err
	}
	kept, err := n.Store.Checkpoints(ctx, log)
	if err != nil {
		return Checkpoint{}, err
	}
	if err := x.expect(kept, s.VerifierKeys()); err != nil {
		return Checkpoint{}, err
	}
	done := int64(0)
	err = n.Store.Leaves(ctx, log, 0, last.Tree.Size, func(entry []byte) error {
		if done++; progress != nil && done%readAhead == 0 {
			progress(done, last.Tree.Size)
		}
		return x.Add(entry)
	})
	if err != nil {
		return Checkpoint{}, err
	}
	return x.Finish(last.Note(), s.VerifierKeys())
}

// Receipt proves a record of a log; ErrNoRecord when there is none, a *Tampered when it is not what was signed.
func (n *Notary) Receipt(ctx context.Context, id ID) ([]byte, error) {
	at, err := n.published(ctx, id.Log, id.Seq+1, false)
	if err != nil {
		return nil, err
	}
	var entry []byte
	if err := n.Store.Leaves(ctx, id.Log, id.Seq, id.Seq+1, func(e []byte) error { entry = e; return nil }); err != nil {
		return nil, err
	}
	return NewReceipt(entry, id.Seq, Checkpoint{Size: at.Tree.Size, Root: at.Tree.Root()}, at.Note(), n.nodes(ctx, id.Log))
}

func (n *Notary) nodes(ctx context.Context, log int64) Nodes {
	return func(level int, from, count int64) ([]Hash, error) { return n.Store.Nodes(ctx, log, level, from, count) }
}

// Consistency proves that a log of one size begins with that of a smaller one; both were signed. ErrNoRecord when the log is not so large.
func (n *Notary) Consistency(ctx context.Context, log, size, old int64) ([]Hash, error) {
	at, err := n.newest(ctx, log, size)
	if err != nil {
		return nil, err
	}
	if old < 1 || old > size || size > at.Tree.Size {
		return nil, ErrNoRecord
	}
	return ProveConsistency(size, old, n.nodes(ctx, log))
}

// GoesOnFrom reports whether a log still begins with what a checkpoint was of.
func (n *Notary) GoesOnFrom(ctx context.Context, log int64, old Checkpoint) (bool, error) {
	at, err := n.newest(ctx, log, 0)
	if _, bad := errors.AsType[*Tampered](err); bad || (err == nil && at.Tree.Size < old.Size) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	proof, err := ProveConsistency(at.Tree.Size, max(old.Size, 1), n.nodes(ctx, log))
	if err != nil {
		return false, err
	}
	return CheckConsistency(Checkpoint{Size: at.Tree.Size, Root: at.Tree.Root()}, old, proof) == nil, nil
}

// maxLevel is that of a tile over 2^56 entries, more than any log will have.
const maxLevel = 6

// Tile is a file of a log in the tlog-tiles layout, "tile/0/x001/234" or "tile/entries/005.p/17"; ErrNoRecord when it is not there, or not
// yet signed.
func (n *Notary) Tile(ctx context.Context, log int64, path string) ([]byte, error) {
	level, place, width, err := parseTile(path)
	if err != nil || level > maxLevel {
		return nil, ErrNoRecord
	}
	span := int64(1) // leaves under a hash of the tile
	for range max(level, 0) {
		span <<= tileHeight
	}
	if place > (1<<62)/span/tileWidth {
		return nil, ErrNoRecord
	}
	from := place * tileWidth
	if _, err := n.newest(ctx, log, (from+int64(width))*span); err != nil {
		return nil, err
	}
	if level >= 0 {
		list, err := n.Store.Nodes(ctx, log, level, from, int64(width))
		return tileBytes(list), err
	}
	var bundle []byte
	err = n.Store.Leaves(ctx, log, from, from+int64(width), func(e []byte) error {
		bundle = append(binary.BigEndian.AppendUint16(bundle, uint16(len(e))), e...)
		return nil
	})
	return bundle, err
}
