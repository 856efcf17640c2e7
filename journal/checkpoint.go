package journal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// A Checkpoint is a log's size and root, signed by its provider (C2SP tlog-checkpoint): what was signed cannot be denied, and two that do not fit each other
// prove that the log was changed.
type Checkpoint struct {
	Origin string // name of the log, also of its key
	Size   int64
	Root   Hash
}

// A Signer signs the checkpoints of one log.
type Signer struct {
	signer   note.Signer
	verifier string
}

// NewSigner makes a log's signer. All logs of an installation share the key; their names differ.
func NewSigner(origin string, key ed25519.PrivateKey) (*Signer, error) {
	public := key.Public().(ed25519.PublicKey)
	verifier, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, fmt.Errorf("name of the log: %w", err)
	}
	h := sha256.Sum256(append([]byte(origin+"\n\x01"), public...))
	s, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, binary.BigEndian.Uint32(h[:]), base64Text(append([]byte{1}, key.Seed()...))))
	if err != nil {
		return nil, fmt.Errorf("signer: %w", err)
	}
	return &Signer{s, verifier}, nil
}

// VerifierKey is the public key with the log's name, to be handed to everyone who checks.
func (s *Signer) VerifierKey() string { return s.verifier }

// Sign makes the signed note of a checkpoint of this log.
func (s *Signer) Sign(size int64, root Hash) ([]byte, error) {
	text := fmt.Sprintf("%s\n%d\n%s\n", s.signer.Name(), size, base64Text(root[:]))
	return note.Sign(&note.Note{Text: text}, s.signer)
}

// OpenCheckpoint checks the signature of a checkpoint against the verifier key.
func OpenCheckpoint(signed []byte, verifierKey string) (Checkpoint, error) {
	v, err := note.NewVerifier(verifierKey)
	if err == nil && strings.ContainsAny(verifierKey, "\r\n") { // base64 would look past it
		err = errors.New("more than a line")
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("verifier key: %w", err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("signature: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != v.Name() {
		return Checkpoint{}, errors.New("not a checkpoint of this log")
	}
	c := Checkpoint{Origin: lines[0]}
	size, err1 := strconv.ParseInt(lines[1], 10, 64)
	root, err2 := base64.StdEncoding.DecodeString(lines[2])
	if err1 != nil || err2 != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] || len(root) != len(c.Root) {
		return Checkpoint{}, errors.New("not a checkpoint of this log")
	}
	c.Size, c.Root = size, Hash(root)
	// Base64 has more than one text for the same bytes; only the plain one was signed and handed out.
	canonical := base64Text(root) == lines[2]
	for _, s := range n.Sigs {
		b, err := base64.StdEncoding.DecodeString(s.Base64)
		canonical = canonical && err == nil && base64Text(b) == s.Base64
	}
	if !canonical {
		return Checkpoint{}, errors.New("not written as it was signed")
	}
	return c, nil
}
