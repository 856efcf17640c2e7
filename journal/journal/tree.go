package journal

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// A Hash is a node of a log's Merkle tree (RFC 6962, SHA-256).
type Hash = tlog.Hash

// A Frontier is what is needed to go on with a log's tree: the roots of its perfect subtrees, largest first. It grows with the logarithm of
// the size, so that it is kept in the log's own row and written with each record.
type Frontier struct {
	Size  int64
	roots []Hash
}

// Append adds a leaf.
func (f *Frontier) Append(leaf Hash) {
	f.roots = append(f.roots, leaf)
	for n := f.Size; n&1 == 1; n >>= 1 {
		last := len(f.roots) - 1
		f.roots[last-1] = tlog.NodeHash(f.roots[last-1], f.roots[last])
		f.roots = f.roots[:last]
	}
	f.Size++
}

// Root is the tree's hash; that of the empty tree is the hash of nothing.
func (f *Frontier) Root() Hash {
	if len(f.roots) == 0 {
		h, err := tlog.TreeHash(0, nil)
		if err != nil {
			panic(err) // reads nothing
		}
		return h
	}
	h := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.roots[i], h)
	}
	return h
}

// Bytes is the stored form: the roots one behind the other.
func (f *Frontier) Bytes() []byte {
	b := make([]byte, 0, len(f.roots)*tlog.HashSize)
	for _, r := range f.roots {
		b = append(b, r[:]...)
	}
	return b
}

// ErrTree says that a log's tree does not fit its size.
var ErrTree = errors.New("tree does not fit the log's size")

// ReadFrontier reads the stored form of a log of that size.
func ReadFrontier(size int64, b []byte) (Frontier, error) {
	f := Frontier{Size: size}
	ones := 0
	for n := size; n > 0; n >>= 1 {
		ones += int(n & 1)
	}
	if len(b) != ones*tlog.HashSize {
		return f, ErrTree
	}
	for ; len(b) > 0; b = b[tlog.HashSize:] {
		f.roots = append(f.roots, Hash(b[:tlog.HashSize]))
	}
	return f, nil
}

// Subtree is the root of a perfect subtree over leaves, whose count is a power of two.
func Subtree(leaves []Hash) Hash {
	var f Frontier
	for _, l := range leaves {
		f.Append(l)
	}
	return f.Root()
}

// Nodes reads roots of full subtrees of a log, n of them from a place on: level 0 are the leaves, level 1 subtrees of 256 of them, level 2
// of 65,536. It is what proofs are made from (tlog.HashReader).
type Nodes func(level int, from, n int64) ([]Hash, error)

// ReadHashes implements tlog.HashReader.
func (read Nodes) ReadHashes(indexes []int64) ([]Hash, error) {
	out := make([]Hash, len(indexes))
	for i, x := range indexes {
		level, n := tlog.SplitStoredHashIndex(x)
		within := level % tileHeight
		list, err := read(level/tileHeight, n<<within, 1<<within)
		if err != nil {
			return nil, err
		}
		if len(list) != 1<<within {
			return nil, ErrTree
		}
		out[i] = Subtree(list)
	}
	return out, nil
}

// ProveConsistency proves that a tree of one size begins with that of a smaller one, which is not empty (RFC 6962 2.1.2).
func ProveConsistency(size, old int64, nodes Nodes) ([]Hash, error) {
	if old == size {
		return nil, nil
	}
	return tlog.ProveTree(size, old, nodes)
}

// CheckConsistency checks that a log goes on from an older state of it.
func CheckConsistency(now, old Checkpoint, proof []Hash) error {
	switch {
	case now.Size < old.Size:
		return &Tampered{CheckpointFile, fmt.Sprintf("the log had %d entries and has %d", old.Size, now.Size)}
	case old.Size == 0:
		return nil
	case now.Size == old.Size && now.Root == old.Root && len(proof) == 0:
		return nil
	case now.Size == old.Size || tlog.CheckTree(proof, now.Size, now.Root, old.Size, old.Root) != nil:
		return &Tampered{CheckpointFile, fmt.Sprintf("the log was rewritten within its first %d entries", old.Size)}
	}
	return nil
}
