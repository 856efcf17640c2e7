package journal

import (
	"bytes"
	"context"
	"errors"
	"io/fs"

	"gapura/internal/told"
)

// Witnesses are cosigners outside the office (C2SP tlog-witness).
type Witnesses interface {
	// Gather asks those that have not cosigned a log's newest checkpoint to do so, for a few seconds at most, and keeps what they sign.
	// What fails is kept beside the witness and tried again behind.
	Gather(ctx context.Context, log int64)
}

// ErrUnwitnessed says that a checkpoint is not handed out, because fewer witnesses have cosigned it than the policy asks for.
var ErrUnwitnessed error = &told.Error{Kind: told.Busy, After: 30,
	Text: "Checkpoint ini belum ditandatangani cukup saksi di luar kantor, " +
		"dan kebijakan kantor tidak mengizinkan yang belum disaksikan dikeluarkan. Silakan coba kembali beberapa saat lagi."}

// Note is the checkpoint as it is handed out: signed, with its cosignatures.
func (c KeptCheckpoint) Note() []byte { return append(bytes.Clone(c.Signed), c.Cosignature...) }

// Checkpoint is what was signed.
func (c KeptCheckpoint) Checkpoint() Checkpoint {
	return Checkpoint{Size: c.Tree.Size, Root: c.Tree.Root()}
}

// published is the newest checkpoint with at least so many entries that may be handed out. The witnesses are asked first when it has too
// few of them; unless a fresh one is wanted, one that was cosigned before serves as well. Without a quorum it is handed out all the same
// when witnesses are not demanded.
func (n *Notary) published(ctx context.Context, log, least int64, fresh bool) (KeptCheckpoint, error) {
	last, err := n.newest(ctx, log, least)
	if err != nil || n.Witnesses == nil {
		return last, err
	}
	from := least
	if fresh {
		from = last.Tree.Size
	}
	if c, found, err := n.witnessed(ctx, log, from); err != nil || found {
		return c, err
	}
	n.Witnesses.Gather(ctx, log)
	if c, found, err := n.witnessed(ctx, log, from); err != nil || found {
		return c, err
	}
	if !n.Demand {
		last, _, err = n.Store.LastCheckpoint(ctx, log, last.Tree.Size)
		return last, err
	}
	c, found, err := n.witnessed(ctx, log, least)
	if err == nil && !found {
		err = ErrUnwitnessed
	}
	return c, err
}

// witnessed is the newest checkpoint with at least so many entries that has its quorum by the policy of today.
func (n *Notary) witnessed(ctx context.Context, log, least int64) (c KeptCheckpoint, found bool, err error) {
	c, found, err = n.Store.WitnessedCheckpoint(ctx, log, least)
	if err != nil || !found {
		return c, false, err
	}
	_, short := n.Policy.Check(c.Note())
	return c, short == nil, nil
}

// An archive's checkpoint is smaller than what witnesses have seen, so beside it lie a later, cosigned one and the proof that it goes on
// from it: hashes in base64, one a line.
const (
	CosignedFile      = "checkpoint.cosigned"
	CosignedProofFile = "checkpoint.proof"
)

// VerifyCosigned holds an exported log or an archive, which Verify found whole, against a policy and returns who cosigned it. An old
// checkpoint, when given, must not have been cosigned later by the same witness.
func VerifyCosigned(log fs.FS, verifierKeys string, p *Policy, old []byte) ([]Cosignature, error) {
	signed, err := read(log, CheckpointFile, "")
	if err != nil {
		return nil, err
	}
	list, err := p.Demand(signed)
	if errors.Is(err, ErrQuorum) {
		if _, statErr := fs.Stat(log, CosignedFile); statErr == nil {
			if signed, err = laterOf(log, signed, verifierKeys); err == nil {
				list, err = p.Demand(signed)
			}
		}
	}
	if err == nil && old != nil {
		err = p.Follow(old, signed)
	}
	return list, err
}

// laterOf is the cosigned checkpoint beside an archive's, which goes on from it.
func laterOf(log fs.FS, signed []byte, verifierKeys string) ([]byte, error) {
	c, err := OpenCheckpoint(signed, verifierKeys)
	if err != nil {
		return nil, err
	}
	later, err := read(log, CosignedFile, "")
	if err != nil {
		return nil, err
	}
	now, err := OpenCheckpoint(later, verifierKeys)
	if err != nil {
		return nil, &Tampered{CosignedFile, err.Error()}
	}
	text, err := read(log, CosignedProofFile, "")
	if err != nil {
		return nil, err
	}
	proof, err := ReadProof(text)
	if err != nil {
		return nil, &Tampered{CosignedProofFile, err.Error()}
	}
	if CheckConsistency(now, c, proof) != nil {
		return nil, &Tampered{CosignedFile, "does not go on from the archive's checkpoint"}
	}
	return later, nil
}
