package journal

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// A Cosigner is an agency that signs what it has seen of its own log (C2SP tlog-cosignature): from then on the provider cannot show anybody
// another past of this log without being found out.
type Cosigner struct {
	name string
	key  ed25519.PrivateKey
}

// NewCosigner makes a cosigner; the name is that of its key, without blanks and plus signs, for instance "dinpertan.example/loket".
func NewCosigner(name string, key ed25519.PrivateKey) (*Cosigner, error) {
	if name == "" || strings.ContainsAny(name, " +\t\r\n") {
		return nil, errors.New("name of the cosigner: no blanks or plus signs")
	}
	return &Cosigner{name, key}, nil
}

// VerifierKey is the public key with the cosigner's name, to be handed to the provider.
func (c *Cosigner) VerifierKey() string {
	public := append([]byte{algCosignature}, c.key.Public().(ed25519.PublicKey)...)
	return fmt.Sprintf("%s+%08x+%s", c.name, keyHash(c.name, algCosignature, public[1:]), base64Text(public))
}

// Cosign adds the cosigner's line to a signed checkpoint. Whoever calls it has checked that the log goes on from what was cosigned last,
// and keeps the checkpoint durably before it is handed out.
func (c *Cosigner) Cosign(signed []byte, at time.Time) ([]byte, error) {
	line, err := c.Line(signed, at)
	if err != nil {
		return nil, err
	}
	return append(bytes.Clone(signed), line...), nil
}

// Line is the line that Cosign adds.
func (c *Cosigner) Line(signed []byte, at time.Time) ([]byte, error) {
	message, err := cosigned(signed, at)
	if err != nil {
		return nil, err
	}
	blob := binary.BigEndian.AppendUint32(nil, keyHash(c.name, algCosignature, c.key.Public().(ed25519.PublicKey)))
	blob = binary.BigEndian.AppendUint64(blob, uint64(at.Unix()))
	blob = append(blob, ed25519.Sign(c.key, message)...)
	return []byte("— " + c.name + " " + base64Text(blob) + "\n"), nil
}

// cosigned is what a cosignature signs.
func cosigned(signed []byte, at time.Time) ([]byte, error) {
	text, _, ok := bytes.Cut(signed, []byte("\n\n"))
	if !ok {
		return nil, errors.New("not a signed checkpoint")
	}
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s\n", at.Unix(), text), nil
}

// CheckCosignerKey reports what is wrong with a cosigner's verifier key.
func CheckCosignerKey(key string) error { _, _, err := cosignerKey(key); return err }

var errCosignerKey = errors.New("not the verifier key of a cosigner")

func cosignerKey(key string) (name string, public ed25519.PublicKey, err error) {
	parts := strings.SplitN(key, "+", 3)
	if len(parts) != 3 || parts[0] == "" || strings.ContainsAny(key, " \t\r\n") {
		return "", nil, errCosignerKey
	}
	b, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(b) != 1+ed25519.PublicKeySize || b[0] != algCosignature || fmt.Sprintf("%08x", keyHash(parts[0], b[0],
		b[1:])) != parts[1] {
		return "", nil, errCosignerKey
	}
	return parts[0], b[1:], nil
}

// CheckCosignature checks that a checkpoint carries the cosigner's signature, and returns when it was given and its line.
func CheckCosignature(signed []byte, cosigner string) (at time.Time, line string, err error) {
	name, public, err := cosignerKey(cosigner)
	if err != nil {
		return at, "", err
	}
	n, err := note.Open(signed, note.VerifierList())
	if unverified, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		n = unverified.Note
	} else if err != nil {
		return at, "", errors.New("not a signed checkpoint")
	}
	for _, s := range n.UnverifiedSigs {
		blob, err := base64.StdEncoding.DecodeString(s.Base64)
		if s.Name != name || s.Hash != keyHash(name, algCosignature, public) || err != nil || len(blob) != 4+8+ed25519.SignatureSize {
			continue
		}
		at = time.Unix(int64(binary.BigEndian.Uint64(blob[4:])), 0)
		if message, err := cosigned(signed, at); err == nil && ed25519.Verify(public, message, blob[12:]) {
			return at, "— " + s.Name + " " + s.Base64 + "\n", nil
		}
	}
	return time.Time{}, "", errors.New("not cosigned by " + name)
}

// EncodeProof writes hashes as text, base64, one a line; ReadProof reads them.
func EncodeProof(proof []Hash) []byte {
	var b []byte
	for _, h := range proof {
		b = append(append(b, base64Text(h[:])...), '\n')
	}
	return b
}

// maxProof is longer than any proof: two hashes for each level of the tallest tree.
const maxProof = 128

// ReadProof is the reverse of EncodeProof.
func ReadProof(text []byte) ([]Hash, error) {
	var out []Hash
	for line := range bytes.Lines(text) {
		b, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(string(line), "\n"))
		if err != nil || len(b) != len(Hash{}) || len(out) == maxProof {
			return nil, errors.New("proof, line " + strconv.Itoa(len(out)+1) + ": not a hash")
		}
		out = append(out, Hash(b))
	}
	return out, nil
}

// Vouch signs a statement about the cosigner's own keys. What it signs begins differently from a checkpoint's cosignature, so that neither
// passes for the other.
func (c *Cosigner) Vouch(text []byte) string { return base64Text(ed25519.Sign(c.key, vouched(text))) }

func vouched(text []byte) []byte { return append([]byte("gapura cosigner's statement/v1\n"), text...) }

// CheckVouched reports whether a statement was signed by the cosigner with a verifier key.
func CheckVouched(verifierKey string, text []byte, signature string) bool {
	_, public, err := cosignerKey(verifierKey)
	if err != nil {
		return false
	}
	sig, err := base64.StdEncoding.DecodeString(signature)
	return err == nil && ed25519.Verify(public, vouched(text), sig)
}
