package journal

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A LogHead is a log as it stands.
type LogHead struct {
	Log      int64
	Code     string // of its institution
	Tree     Frontier
	Archived int64 // entries before this place lie in archive files
}

// A LogState is a log for people who look after it.
type LogState struct {
	LogHead
	Name     string    // of its institution
	Signed   time.Time // when this size was signed; zero: not yet
	Cosigned time.Time // when the agency last signed; zero: never
	Seen     int64     // how many entries it had then
	Cosigner string    // verifier key; empty: none
	Alarm    string    // what the agency's cosigner reported; empty: nothing
	Alarmed  time.Time
}

// A KeptCheckpoint is a signed checkpoint with the tree that it is of.
type KeptCheckpoint struct {
	At          time.Time
	Signed      []byte // without cosignature
	Cosignature string // lines to be added; empty: none
	Quorum      bool   // the policy's witnesses were enough when they signed it
	Tree        Frontier
}

// A SignedLog is a log with its newest checkpoint; nil: it has none yet. Broken says that what is kept of the two is not what the key
// sealed, or cannot be read as trees: such a log is not signed, and the others are not touched by it.
type SignedLog struct {
	LogHead
	Last   *KeptCheckpoint
	Broken *Tampered
}

// AllLogs stands for each log where one may be named.
const AllLogs = -1

// Checkpoints is the storage that a notary needs. KeepCheckpoint is durable when it returns. Safe for concurrent use, by several processes
// too.
type Checkpoints interface {
	// Logs are all logs, or one, each with its last checkpoint, all as of one moment.
	Logs(ctx context.Context, only int64) ([]SignedLog, error)
	// KeepCheckpoint keeps a checkpoint; one of that size that is there already stays.
	KeepCheckpoint(ctx context.Context, log int64, c KeptCheckpoint) error
	// Checkpoints are all kept checkpoints of a log, by size; LastCheckpoint is the newest that holds at least so many entries.
	Checkpoints(ctx context.Context, log int64) ([][]byte, error)
	LastCheckpoint(ctx context.Context, log, least int64) (c KeptCheckpoint, found bool, err error)
	// WitnessedCheckpoint is the newest of those that have their quorum of witnesses.
	WitnessedCheckpoint(ctx context.Context, log, least int64) (c KeptCheckpoint, found bool, err error)
	// Leaves gives the entries of a log from a place up to another, made anew from what is kept; a *Tampered names one that is not what it
	// was.
	Leaves(ctx context.Context, log, from, to int64, give func(entry []byte) error) error
	// Nodes reads roots of full subtrees; those above the leaves are kept when they were computed once.
	Nodes(ctx context.Context, log int64, level int, from, n int64) ([]Hash, error)
	// ThinCheckpoints leaves one checkpoint an hour of those before an instant.
	ThinCheckpoints(ctx context.Context, before time.Time) error
}

// A Notary signs the logs of an installation.
type Notary struct {
	Store  Checkpoints
	Anchor *Anchor
	Name   string               // begins the name of each log: "NAME/CODE"
	Keys   []ed25519.PrivateKey // first the one that signs; UseKeys replaces them
	Now    func() time.Time

	// Who cosigns outside the office, and how many of them must; nil: nobody. Demand: a checkpoint that has too few is not handed out.
	Witnesses Witnesses
	Policy    *Policy
	Demand    bool

	looking  sync.Mutex // one look at a time: what is read is never older than the anchor that it is held against
	newer    atomic.Pointer[[]ed25519.PrivateKey]
	complete atomic.Pointer[time.Time] // when Sign last left every log signed
	rounds   rounds
}

// UseKeys replaces Keys while the notary works.
func (n *Notary) UseKeys(keys []ed25519.PrivateKey) { n.newer.Store(&keys) }

func (n *Notary) keys() []ed25519.PrivateKey {
	if newer := n.newer.Load(); newer != nil {
		return *newer
	}
	return n.Keys
}

// Signer is the signer of an institution's log.
func (n *Notary) Signer(code string) (*Signer, error) { return NewSigner(n.Name+"/"+code, n.keys()...) }

// Sign looks at every log and signs those that have grown; it returns how many. A log that does not go on from what was signed last, or is
// not the one of the anchor, is not signed: the error is a *Tampered, and the other logs are signed all the same.
func (n *Notary) Sign(ctx context.Context) (signed int, err error) {
	signed, err = n.look(ctx, AllLogs)
	if err == nil {
		now := n.Now()
		n.complete.Store(&now)
	}
	return signed, err
}

// look holds the logs, or one, against the anchor and signs what has grown. What is to be signed is durable in the anchor before it is
// kept.
func (n *Notary) look(ctx context.Context, only int64) (signed int, err error) {
	n.looking.Lock()
	defer n.looking.Unlock()
	if err := n.Anchor.Refresh(); err != nil {
		return 0, err
	}
	heads, err := n.Store.Logs(ctx, only)
	if err != nil {
		return 0, err
	}
	var failed []error
	points, due := map[int64]Anchored{}, map[int64]KeptCheckpoint{}
	there := map[int64]bool{}
	for _, h := range heads {
		there[h.Log] = true
		c, err := n.sign(ctx, h)
		if _, bad := errors.AsType[*Tampered](err); bad || err == nil {
			n.Anchor.Judge(h.Log, err)
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		known, _ := n.Anchor.Of(h.Log)
		if h.Last != nil {
			n.Anchor.Keep(h.Log, h.Last.Tree.Size)
		}
		if c != nil && c.Tree.Size > known.Size {
			points[h.Log] = Anchored{Size: c.Tree.Size, Root: c.Tree.Root()}
		}
		if c != nil && c.Signed != nil {
			due[h.Log] = *c
		}
	}
	for log := range n.Anchor.Logs() {
		if !there[log] && (only == AllLogs || only == log) {
			err := &Tampered{"log " + strconv.FormatInt(log, 10), "is missing"}
			n.Anchor.Judge(log, err)
			failed = append(failed, err)
		}
	}
	if err := n.Anchor.Advance(points); err != nil {
		return 0, errors.Join(append(failed, err)...)
	}
	for log, c := range due {
		if err := n.Store.KeepCheckpoint(ctx, log, c); err != nil {
			failed = append(failed, err)
			continue
		}
		n.Anchor.Keep(log, c.Tree.Size)
		signed++
	}
	return signed, errors.Join(failed...)
}

// Unsigned is how long ago Sign last left every log signed up to its newest entry; known is false when it has not yet.
func (n *Notary) Unsigned() (since time.Duration, known bool) {
	at := n.complete.Load()
	if at == nil {
		return 0, false
	}
	return n.Now().Sub(*at), true
}

// readAhead is how many hashes are read at once.
const readAhead = 4096

// sign is the checkpoint that a log is due; one without a signature says that another process signed that size; nil: nothing is due.
func (n *Notary) sign(ctx context.Context, h SignedLog) (*KeptCheckpoint, error) {
	if h.Broken != nil {
		return nil, h.Broken
	}
	at, known := n.Anchor.Of(h.Log)
	if err := n.standsOn(h, at, known); err != nil {
		return nil, err
	}
	if bad := n.changed(h.Log); bad != nil { // second: a log that became shorter is named as that, not by a record that a round misses
		return nil, bad
	}
	if h.Last != nil && h.Last.Tree.Size == h.Tree.Size && known && at.Size == h.Tree.Size {
		return nil, nil
	}
	s, err := n.Signer(h.Code)
	if err != nil {
		return nil, err
	}
	var tree Frontier
	if h.Last != nil {
		c, err := OpenCheckpoint(h.Last.Signed, s.VerifierKeys())
		if tree = h.Last.Tree; err != nil || c.Size != tree.Size || c.Root != tree.Root() {
			return nil, &Tampered{"last checkpoint of " + h.Code, "is not what was signed"}
		}
		if err := n.goesOn(ctx, h, at); err != nil {
			return nil, err
		}
	}
	for tree.Size < h.Tree.Size {
		list, err := n.Store.Nodes(ctx, h.Log, 0, tree.Size, min(readAhead, h.Tree.Size-tree.Size))
		if err != nil {
			return nil, err
		}
		for _, leaf := range list {
			if tree.Append(leaf); tree.Size == at.Size && tree.Root() != at.Root {
				return nil, notAnchored(h.Code, at.Size)
			}
		}
	}
	if tree.Root() != h.Tree.Root() {
		return nil, &Tampered{"log of " + h.Code, "its newest entries are not those of its tree"}
	}
	if h.Last != nil && h.Last.Tree.Size == tree.Size {
		return &KeptCheckpoint{Tree: tree}, nil
	}
	signed, err := s.Sign(tree.Size, tree.Root())
	return &KeptCheckpoint{At: n.Now(), Signed: signed, Tree: tree}, err
}

func notAnchored(code string, size int64) *Tampered {
	return &Tampered{"log of " + code, fmt.Sprintf("its first %d entries are not those that were signed", size)}
}

// standsOn holds a log's size and newest checkpoint against its anchor.
func (n *Notary) standsOn(h SignedLog, at Anchored, known bool) error {
	last := int64(0)
	if h.Last != nil {
		last = h.Last.Tree.Size
	}
	switch had := max(at.Size, last); {
	case n.Anchor.Lost():
		return n.Anchor.Broken()
	case h.Tree.Size < had:
		return &Tampered{"log of " + h.Code, fmt.Sprintf("had %d entries and has %d", had, h.Tree.Size)}
	case known && h.Tree.Size == at.Size && h.Tree.Root() != at.Root:
		return notAnchored(h.Code, at.Size)
	case last < at.Kept:
		return &Tampered{"checkpoints of " + h.Code, fmt.Sprintf("that of %d entries was removed", at.Kept)}
	}
	return nil
}

// goesOn checks that a checkpoint that another process signed goes on from the anchor.
func (n *Notary) goesOn(ctx context.Context, h SignedLog, at Anchored) error {
	last := &h.Last.Tree
	if at.Size == 0 || last.Size < at.Size {
		return nil // the anchor is behind it, on the way that is walked next
	}
	proof, err := ProveConsistency(last.Size, at.Size, n.nodes(ctx, h.Log))
	if err != nil {
		return err
	}
	if CheckConsistency(Checkpoint{Size: last.Size, Root: last.Root()}, Checkpoint{Size: at.Size, Root: at.Root}, proof) != nil {
		return notAnchored(h.Code, at.Size)
	}
	return nil
}

// Kept for a day as they were signed, then one an hour: enough to name the hour in which a log was rewritten.
const (
	thinAfter = 24 * time.Hour
	thinEvery = time.Hour
)

// Run signs every so often until ctx ends, and once more then.
func (n *Notary) Run(ctx context.Context, every time.Duration, failed func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	var thinned, told time.Time
	said := ""
	for {
		last := ctx.Err() != nil
		if _, err := n.Sign(context.WithoutCancel(ctx)); err != nil && (err.Error() != said || time.Since(told) > time.Minute) {
			said, told = err.Error(), time.Now()
			failed(err)
		}
		if last {
			return
		}
		if now := time.Now(); now.Sub(thinned) > thinEvery {
			thinned = now
			if err := n.Store.ThinCheckpoints(ctx, n.Now().Add(-thinAfter)); err != nil && ctx.Err() == nil {
				failed(err)
			}
		}
		select {
		case <-ctx.Done():
		case <-t.C:
		}
	}
}
