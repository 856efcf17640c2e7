package journal

import (
	"context"
	"crypto/ed25519"
	"time"
)

// A LogHead is a log as it stands.
type LogHead struct {
	Log  int64
	Code string // of its institution
	Tree Frontier
}

// Checkpoints is the storage that a notary needs. KeepCheckpoint is durable when it returns. Safe for concurrent use, by several processes too.
type Checkpoints interface {
	// UnsignedLogs are the logs whose size no checkpoint has.
	UnsignedLogs(ctx context.Context) ([]LogHead, error)
	// KeepCheckpoint keeps a checkpoint; one of that size that is there already stays.
	KeepCheckpoint(ctx context.Context, log, size int64, at time.Time, signed []byte) error
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
