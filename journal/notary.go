package journal

import (
	"context"
	"crypto/ed25519"
	"errors"
	"time"
)

// A LogHead is a log as it stands.
type LogHead struct {
	Log  int64
	Code string // of its institution
	Tree Frontier
}

// A LogState is a log for people who look after it.
type LogState struct {
	LogHead
	Name   string    // of its institution
	Signed time.Time // when this size was signed; zero: not yet
}

// Checkpoints is the storage that a notary needs. KeepCheckpoint is durable when it returns. Safe for concurrent use, by several processes too.
type Checkpoints interface {
	// UnsignedLogs are the logs whose size no checkpoint has.
	UnsignedLogs(ctx context.Context) ([]LogHead, error)
	// KeepCheckpoint keeps a checkpoint; one of that size that is there already stays.
	KeepCheckpoint(ctx context.Context, log, size int64, at time.Time, signed []byte) error
	// Checkpoints are all kept checkpoints of a log, by size; LastCheckpoint is the newest that holds at least so many entries.
	Checkpoints(ctx context.Context, log int64) ([][]byte, error)
	LastCheckpoint(ctx context.Context, log, least int64) (signed []byte, size int64, found bool, err error)
	// Leaves gives the entries of a log from a place up to another, made anew from what is kept; a *Tampered names one that is not what it was.
	Leaves(ctx context.Context, log, from, to int64, give func(entry []byte) error) error
	// LeafHashes reads n hashes of a log's leaves from a place on.
	LeafHashes(ctx context.Context, log, from, n int64) ([]Hash, error)
}

// A Notary signs the logs of an installation.
type Notary struct {
	Store Checkpoints
	Name  string // begins the name of each log: "NAME/CODE"
	Key   ed25519.PrivateKey
	Now   func() time.Time
}

// Signer is the signer of an institution's log.
func (n *Notary) Signer(code string) (*Signer, error) { return NewSigner(n.Name+"/"+code, n.Key) }

// Sign signs every log that has grown and returns how many.
func (n *Notary) Sign(ctx context.Context) (int, error) {
	heads, err := n.Store.UnsignedLogs(ctx)
	if err != nil {
		return 0, err
	}
	for i, h := range heads {
		s, err := n.Signer(h.Code)
		if err != nil {
			return i, err
		}
		signed, err := s.Sign(h.Tree.Size, h.Tree.Root())
		if err != nil {
			return i, err
		}
		if err := n.Store.KeepCheckpoint(ctx, h.Log, h.Tree.Size, n.Now(), signed); err != nil {
			return i, err
		}
	}
	return len(heads), nil
}

// ErrNoRecord says that there is no such log or record.
var ErrNoRecord = errors.New("no such record")

// Export writes a log into an empty folder, up to the newest checkpoint, which is signed first when the log has grown. A log that is not what was signed is
// not handed out: the error is a *Tampered.
func (n *Notary) Export(ctx context.Context, log int64, code, dir string) (Checkpoint, error) {
	x, err := NewExporter(dir)
	if err != nil {
		return Checkpoint{}, err
	}
	return n.walk(ctx, log, code, x)
}

// Check goes through a log in the database as Export does and writes nothing.
func (n *Notary) Check(ctx context.Context, log int64, code string) (Checkpoint, error) {
	x := &Exporter{}
	x.t.emit = func(string, []byte) error { return nil }
	return n.walk(ctx, log, code, x)
}

func (n *Notary) walk(ctx context.Context, log int64, code string, x *Exporter) (Checkpoint, error) {
	if _, err := n.Sign(ctx); err != nil {
		return Checkpoint{}, err
	}
	s, err := n.Signer(code)
	if err != nil {
		return Checkpoint{}, err
	}
	signed, size, found, err := n.Store.LastCheckpoint(ctx, log, 0)
	if err != nil {
		return Checkpoint{}, err
	}
	if !found {
		return Checkpoint{}, ErrNoRecord
	}
	kept, err := n.Store.Checkpoints(ctx, log)
	if err != nil {
		return Checkpoint{}, err
	}
	if err := x.expect(kept, s.VerifierKey()); err != nil {
		return Checkpoint{}, err
	}
	if err := n.Store.Leaves(ctx, log, 0, size, x.Add); err != nil {
		return Checkpoint{}, err
	}
	return x.Finish(signed, s.VerifierKey())
}

// Receipt proves a record of a log; ErrNoRecord when there is none.
func (n *Notary) Receipt(ctx context.Context, id ID) ([]byte, error) {
	if _, err := n.Sign(ctx); err != nil {
		return nil, err
	}
	signed, size, found, err := n.Store.LastCheckpoint(ctx, id.Log, id.Seq+1)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNoRecord
	}
	var entry []byte
	if err := n.Store.Leaves(ctx, id.Log, id.Seq, id.Seq+1, func(e []byte) error { entry = e; return nil }); err != nil {
		return nil, err
	}
	return NewReceipt(entry, id.Seq, size, signed, func(from, count int64) ([]Hash, error) { return n.Store.LeafHashes(ctx, id.Log, from, count) })
}

// Run signs every so often until ctx ends, and once more then.
func (n *Notary) Run(ctx context.Context, every time.Duration, failed func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		last := ctx.Err() != nil
		if _, err := n.Sign(context.WithoutCancel(ctx)); err != nil {
			failed(err)
		}
		if last {
			return
		}
		select {
		case <-ctx.Done():
		case <-t.C:
		}
	}
}
