// Package keyring holds the keys that live outside the database: they seal values (AES-256-GCM) and make blind indexes (HMAC-SHA-256). The
// key file is a secret of the provider's server: mode 0600, one key a line, the last one seals. A value sealed under an older key of the
// file still opens. Losing the file loses every sealed value; it belongs into the backup of secrets, apart from the database's.
package keyring

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gapura/internal/durable"
)

const keySize = 32

// A Ring is the keys of one installation.
type Ring struct {
	keys  map[byte][]byte
	order []byte // key numbers as the file has them
	last  byte
}

// Create writes a new key file with one random key; it fails if the file is there.
func Create(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
	key := make([]byte, keySize)
	rand.Read(key)
	_, err = fmt.Fprintf(f, "1 %s\n", base64.StdEncoding.EncodeToString(key))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
	return durable.Sync(filepath.Dir(path))
}

// Rotate adds a new random key to a key file: from the next start on it seals and signs. The file is replaced as a whole, so that a crash
// leaves the old one.
func Rotate(path string) error {
	r, err := Load(path)
	if err != nil {
		return err
	}
	next := slices.Max(r.order)
	if next == 255 {
		return errors.New("key file: no key number is left")
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	key := make([]byte, keySize)
	rand.Read(key)
	text := strings.TrimRight(string(old), "\n") + fmt.Sprintf("\n%d %s\n", next+1, base64.StdEncoding.EncodeToString(key))
	if err := durable.Write(path, []byte(text)); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	return nil
}

// Closed refuses a file of secrets that others than its owner and its group may read, or others than its owner may write: 0600 or 0640.
func Closed(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	return closed(path, st)
}

func closed(path string, st fs.FileInfo) error {
	if runtime.GOOS == "windows" || st.Mode()&0o037 == 0 { // on Windows the mode says nothing: the folder's access list decides
		return nil
	}
	return fmt.Errorf("berkas %s dapat dibaca atau diubah orang lain (permissions %v): jalankan chmod 600 %s", path, st.Mode().Perm(), path)
}

// cure ends what is said of a damaged key file.
const cure = "; pasang kembali berkas kunci dari cadangan rahasianya"

// Load reads a key file. It refuses one that is not Closed.
func Load(path string) (*Ring, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil {
		return nil, err
	} else if err := closed(path, st); err != nil {
		return nil, err
	}
	r := &Ring{keys: map[byte][]byte{}}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, text, _ := strings.Cut(line, " ")
		n, err1 := strconv.ParseUint(id, 10, 8)
		key, err2 := base64.StdEncoding.DecodeString(text)
		if err1 != nil || err2 != nil || len(key) != keySize {
			return nil, fmt.Errorf("berkas kunci %s rusak: ada baris yang bukan 'nomor base64-dari-32-byte'"+cure, path)
		}
		if _, twice := r.keys[byte(n)]; twice {
			return nil, fmt.Errorf("berkas kunci %s rusak: kunci nomor %d ada dua kali"+cure, path, n)
		}
		r.keys[byte(n)], r.last, r.order = key, byte(n), append(r.order, byte(n))
	}
	if len(r.keys) == 0 {
		return nil, fmt.Errorf("berkas kunci %s kosong"+cure, path)
	}
	return r, nil
}

// A Sealer encrypts values of one use. Safe for concurrent use.
type Sealer struct {
	last byte
	aead map[byte]cipher.AEAD
}

// Sealer derives the sealer of a use, for instance "journal nik".
func (r *Ring) Sealer(use string) (*Sealer, error) {
	s := &Sealer{last: r.last, aead: map[byte]cipher.AEAD{}}
	for id, key := range r.keys {
		sub, err := hkdf.Key(sha256.New, key, nil, "gapura seal "+use, keySize)
		if err != nil {
			return nil, err
		}
		if s.aead[id], err = gcm(sub); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// NewKey is a random key that lies in a database, wrapped: sealed by the sealer, bound to its name. Destroying what is returned destroys
// all that was sealed under the key.
func (s *Sealer) NewKey(name string) (wrapped []byte) {
	key := make([]byte, keySize)
	rand.Read(key)
	return s.Seal(key, []byte(name))
}

// Unwrap is the sealer of a key that NewKey made.
func (s *Sealer) Unwrap(wrapped []byte, name string) (*Sealer, error) {
	key, err := s.Open(nil, wrapped, []byte(name))
	if err != nil {
		return nil, err
	}
	a, err := gcm(key)
	return &Sealer{aead: map[byte]cipher.AEAD{0: a}}, err
}

// Rewrap wraps a key anew when the key file has a newer key than the one that it is wrapped under; changed is false when it has not.
func (s *Sealer) Rewrap(wrapped []byte, name string) (again []byte, changed bool, err error) {
	if len(wrapped) > 0 && wrapped[0] == s.last {
		return wrapped, false, nil
	}
	key, err := s.Open(nil, wrapped, []byte(name))
	if err != nil {
		return nil, false, err
	}
	return s.Seal(key, []byte(name)), true, nil
}

// Seal encrypts plain, bound to the context; the result is key number, nonce, ciphertext and tag: 29 bytes more than plain.
func (s *Sealer) Seal(plain, context []byte) []byte {
	const nonce = 12
	out := make([]byte, 1+nonce, 1+nonce+len(plain)+16)
	out[0] = s.last
	rand.Read(out[1:])
	return s.aead[s.last].Seal(out, out[1:], plain, context)
}

// ErrSealed says that a value does not open: wrong key file, or changed.
var ErrSealed = errors.New("sealed value does not open with the keys at hand")

// Open decrypts what Seal made with the same context, appending to dst.
func (s *Sealer) Open(dst, sealed, context []byte) ([]byte, error) {
	if len(sealed) < 13 {
		return nil, ErrSealed
	}
	a, ok := s.aead[sealed[0]]
	if !ok {
		return nil, ErrSealed
	}
	plain, err := a.Open(dst, sealed[1:13], sealed[13:], context)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Signers derives the Ed25519 keys of a use, one for each key of the file, the last line's first: that one signs, the others are for
// checking what was signed before.
func (r *Ring) Signers(use string) ([]ed25519.PrivateKey, error) {
	out := make([]ed25519.PrivateKey, 0, len(r.order))
	for _, id := range slices.Backward(r.order) {
		seed, err := hkdf.Key(sha256.New, r.keys[id], nil, "gapura sign "+use, ed25519.SeedSize)
		if err != nil {
			return nil, err
		}
		out = append(out, ed25519.NewKeyFromSeed(seed))
	}
	return out, nil
}

// Len is the number of keys.
func (r *Ring) Len() int { return len(r.order) }

func (r *Ring) lowest() byte {
	low := r.last
	for id := range r.keys {
		low = min(low, id)
	}
	return low
}

// An Indexer makes blind indexes: equal values give equal indexes, which say nothing without the key. Safe for concurrent use.
type Indexer struct{ pool sync.Pool }

// Indexer derives the indexer of a use. It rests on the file's lowest key number, so that adding a key for sealing keeps every index.
func (r *Ring) Indexer(use string) (*Indexer, error) {
	sub, err := hkdf.Key(sha256.New, r.keys[r.lowest()], nil, "gapura index "+use, keySize)
	if err != nil {
		return nil, err
	}
	return &Indexer{pool: sync.Pool{New: func() any { return hmac.New(sha256.New, sub) }}}, nil
}

// Index is the blind index of a value: 16 bytes.
func (x *Indexer) Index(value string) []byte {
	h := x.pool.Get().(hash.Hash)
	defer x.pool.Put(h)
	h.Reset()
	h.Write([]byte(value))
	return h.Sum(make([]byte, 0, sha256.Size))[:16]
}
