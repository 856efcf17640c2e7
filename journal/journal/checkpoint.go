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

// A Checkpoint is a log's size and root, signed by its provider (C2SP tlog-checkpoint): what was signed cannot be denied, and two that do
// not fit each other prove that the log was changed.
type Checkpoint struct {
	Origin string // name of the log, also of its key
	Size   int64
	Root   Hash
}

// A Signer signs the checkpoints of one log.
type Signer struct {
	signers   []note.Signer // newest first
	verifiers string
}

// keysAtOnce is how many of an installation's keys sign: the newest, and the one before it, so that who holds only that has until the next
// change of keys to take the new one over.
const keysAtOnce = 2

// NewSigner makes a log's signer from the installation's keys, newest first. All logs share the keys; their names differ.
func NewSigner(origin string, keys ...ed25519.PrivateKey) (*Signer, error) {
	s := &Signer{}
	for i, key := range keys {
		public := key.Public().(ed25519.PublicKey)
		verifier, err := note.NewEd25519VerifierKey(origin, public)
		if err != nil {
			return nil, fmt.Errorf("name of the log: %w", err)
		}
		if i > 0 {
			s.verifiers += "\n"
		}
		s.verifiers += verifier
		if i == keysAtOnce {
			continue
		}
		signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, keyHash(origin, algEd25519, public),
			base64Text(append([]byte{algEd25519}, key.Seed()...))))
		if err != nil {
			return nil, fmt.Errorf("signer: %w", err)
		}
		s.signers = append(s.signers, signer)
	}
	return s, nil
}

// The kinds of keys of signed notes.
const (
	algEd25519     = 1
	algCosignature = 4
)

// keyHash is the number by which a note names a key (C2SP signed-note).
func keyHash(name string, alg byte, public []byte) uint32 {
	h := sha256.Sum256(append(append([]byte(name+"\n"), alg), public...))
	return binary.BigEndian.Uint32(h[:])
}

// VerifierKeys are the log's public keys with its name, a line each, newest first, to be handed to everyone who checks.
func (s *Signer) VerifierKeys() string { return s.verifiers }

// Sign makes the signed note of a checkpoint of this log.
func (s *Signer) Sign(size int64, root Hash) ([]byte, error) {
	text := fmt.Sprintf("%s\n%d\n%s\n", s.signers[0].Name(), size, base64Text(root[:]))
	return note.Sign(&note.Note{Text: text}, s.signers...)
}

// SignText signs any text that ends with a line break, as a note of the same name and keys.
func (s *Signer) SignText(text string) ([]byte, error) {
	return note.Sign(&note.Note{Text: text}, s.signers...)
}

// CheckVerifierKeys says what is wrong with verifier keys, one a line.
func CheckVerifierKeys(keys string) error {
	_, err := verifiers(keys)
	return err
}

// OpenText returns the text of a note that one of the verifier keys (one a line) signed.
func OpenText(signed []byte, verifierKeys string) (string, error) {
	list, err := verifiers(verifierKeys)
	if err != nil {
		return "", err
	}
	n, err := note.Open(signed, note.VerifierList(list...))
	if err != nil {
		return "", fmt.Errorf("open note: %w", err)
	}
	return n.Text, nil
}

// verifiers reads verifier keys, one a line, all of one name.
func verifiers(keys string) (list []note.Verifier, err error) {
	for line := range strings.SplitSeq(keys, "\n") {
		v, err := note.NewVerifier(line)
		if err == nil && strings.Contains(line, "\r") { // base64 would look past it
			err = errors.New("not a line")
		}
		if err == nil && len(list) > 0 && v.Name() != list[0].Name() {
			err = errors.New("keys of more than one log")
		}
		if err != nil {
			return nil, fmt.Errorf("verifier key: %w", err)
		}
		list = append(list, v)
	}
	return list, nil
}

// OpenCheckpoint checks the signature of a checkpoint against the verifier keys; one that fits is enough.
func OpenCheckpoint(signed []byte, verifierKeys string) (Checkpoint, error) {
	list, err := verifiers(verifierKeys)
	if err != nil {
		return Checkpoint{}, err
	}
	n, err := note.Open(signed, note.VerifierList(list...))
	if err == nil {
		err = countSignatures(signed)
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("signature: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != list[0].Name() {
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
	for _, s := range append(n.Sigs, n.UnverifiedSigs...) {
		b, err := base64.StdEncoding.DecodeString(s.Base64)
		canonical = canonical && err == nil && base64Text(b) == s.Base64
	}
	if !canonical {
		return Checkpoint{}, errors.New("not written as it was signed")
	}
	return c, nil
}
