// Package keyring holds the keys that live outside the database: they seal values (AES-256-GCM) and make blind indexes (HMAC-SHA-256). The
// key file is a secret of the provider's server: mode 0600, one key a line ("number base64 [RFC 3339 time from which it seals]"), the last
// one whose time has come seals. A value sealed under an older key of the file still opens. Losing the file loses every sealed value; it
// belongs into the backup of secrets, apart from the database's.
package keyring

import (
	"bufio"
	"bytes"
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
	"sync/atomic"
	"time"

	"gapura/internal/durable"
)

const keySize = 32

// A Ring is the keys of one installation. Safe for concurrent use.
type Ring struct {
	path    string
	state   atomic.Pointer[file]
	mu      sync.Mutex
	sealers []*Sealer // guarded by mu; learn of new keys
}

// A file is what a key file holds.
type file struct {
	keys map[byte][]byte
	ages
}

// ages are numbers of keys as the file has them, and since when each seals.
type ages struct {
	order []byte
	from  []time.Time
}

// current is the key that seals now.
func (a ages) current() byte {
	for i, id := range slices.Backward(a.order) {
		if from := a.from[i]; from.IsZero() || !time.Now().Before(from) {
			return id
		}
	}
	return a.order[0]
}

// Create writes a new key file with one random key, and its folder when there is none; it fails if the file is there.
func Create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
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

// Rotate adds a new random key to a key file, which seals and signs from an instant on (zero: at once), so that all processes have read it
// before anything is sealed under it. The file is replaced as a whole, so that a crash leaves the old one; of those that rotate at once one
// waits for the other.
func Rotate(path string, from time.Time) (err error) {
	if err := Closed(path); err != nil { // before a lock is left beside what is not there
		return fmt.Errorf("open key file: %w", err)
	}
	unlock, err := durable.Lock(path)
	if err != nil {
		return fmt.Errorf("lock key file: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	r, err := Load(path)
	if err != nil {
		return err
	}
	next := slices.Max(r.state.Load().order)
	if next == 255 {
		return errors.New("key file: no key number is left")
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	key := make([]byte, keySize)
	rand.Read(key)
	text := strings.TrimRight(string(old), "\n") + fmt.Sprintf("\n%d %s", next+1, base64.StdEncoding.EncodeToString(key))
	if !from.IsZero() {
		text += " " + from.UTC().Format(time.RFC3339)
	}
	text += "\n"
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
	f, err := read(path)
	if err != nil {
		return nil, err
	}
	r := &Ring{path: path}
	r.state.Store(f)
	return r, nil
}

// Refresh reads the key file again and lets all that was derived of the ring use what it holds. A file that lacks a key of before is
// another's or damaged: nothing changes then.
func (r *Ring) Refresh() (added bool, err error) {
	next, err := read(r.path)
	if err != nil {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.state.Load()
	for id, key := range was.keys {
		if !bytes.Equal(next.keys[id], key) {
			return false, fmt.Errorf("berkas kunci %s: kunci nomor %d tidak ada lagi atau berbeda"+cure, r.path, id)
		}
	}
	if len(next.keys) == len(was.keys) {
		return false, nil
	}
	for _, s := range r.sealers {
		d, err := next.derive(s.use)
		if err != nil {
			return false, err
		}
		s.state.Store(d)
	}
	r.state.Store(next)
	return true, nil
}

// Current is the number of the key that seals now.
func (r *Ring) Current() byte { return r.state.Load().current() }

func read(path string) (*file, error) {
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
	r := &file{keys: map[byte][]byte{}}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, text, _ := strings.Cut(line, " ")
		text, since, timed := strings.Cut(text, " ")
		n, err1 := strconv.ParseUint(id, 10, 8)
		key, err2 := base64.StdEncoding.DecodeString(text)
		var from time.Time
		var err3 error
		if timed {
			from, err3 = time.Parse(time.RFC3339, since)
		}
		if errors.Join(err1, err2, err3) != nil || len(key) != keySize {
			return nil, fmt.Errorf("berkas kunci %s rusak: ada baris yang bukan 'nomor base64-dari-32-byte [waktu]'"+cure, path)
		}
		if _, twice := r.keys[byte(n)]; twice {
			return nil, fmt.Errorf("berkas kunci %s rusak: kunci nomor %d ada dua kali"+cure, path, n)
		}
		r.keys[byte(n)], r.order, r.from = key, append(r.order, byte(n)), append(r.from, from)
	}
	if len(r.keys) == 0 {
		return nil, fmt.Errorf("berkas kunci %s kosong"+cure, path)
	}
	return r, nil
}

// A Sealer encrypts values of one use. Safe for concurrent use.
type Sealer struct {
	use   string
	state atomic.Pointer[derived]
}

type derived struct {
	aead map[byte]cipher.AEAD
	ages
}

// Sealer derives the sealer of a use, for instance "journal nik".
func (r *Ring) Sealer(use string) (*Sealer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, err := r.state.Load().derive(use)
	if err != nil {
		return nil, err
	}
	s := &Sealer{use: use}
	s.state.Store(d)
	r.sealers = append(r.sealers, s)
	return s, nil
}

func (f *file) derive(use string) (*derived, error) {
	s := &derived{aead: map[byte]cipher.AEAD{}, ages: f.ages}
	for id, key := range f.keys {
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
	out := &Sealer{}
	out.state.Store(&derived{aead: map[byte]cipher.AEAD{0: a}, ages: ages{order: []byte{0}, from: make([]time.Time, 1)}})
	return out, err
}

// Rewrap wraps a key anew when the key file has a newer key than the one that it is wrapped under; changed is false when it has not.
func (s *Sealer) Rewrap(wrapped []byte, name string) (again []byte, changed bool, err error) {
	if len(wrapped) > 0 && wrapped[0] == s.Current() {
		return wrapped, false, nil
	}
	key, err := s.Open(nil, wrapped, []byte(name))
	if err != nil {
		return nil, false, err
	}
	return s.Seal(key, []byte(name)), true, nil
}

// Current is the number of the key that seals now, with which every value begins that is sealed under it.
func (s *Sealer) Current() byte { return s.state.Load().current() }

// Seal encrypts plain, bound to the context; the result is key number, nonce, ciphertext and tag: 29 bytes more than plain.
func (s *Sealer) Seal(plain, context []byte) []byte {
	const nonce = 12
	out := make([]byte, 1+nonce, 1+nonce+len(plain)+16)
	d := s.state.Load()
	out[0] = d.current()
	rand.Read(out[1:])
	return d.aead[out[0]].Seal(out, out[1:], plain, context)
}

// ErrSealed says that a value does not open: wrong key file, or changed.
var ErrSealed = errors.New("sealed value does not open with the keys at hand")

// Open decrypts what Seal made with the same context, appending to dst.
func (s *Sealer) Open(dst, sealed, context []byte) ([]byte, error) {
	if len(sealed) < 13 {
		return nil, ErrSealed
	}
	a, ok := s.state.Load().aead[sealed[0]]
	if !ok {
		return nil, ErrSealed
	}
	plain, err := a.Open(dst, sealed[1:13], sealed[13:], context)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Signers derives the Ed25519 keys of a use, one for each key of the file: first the one that signs now, the others are for checking what
// was signed before, or will be.
func (r *Ring) Signers(use string) ([]ed25519.PrivateKey, error) {
	f := r.state.Load()
	now := f.current()
	order := append([]byte{now}, slices.DeleteFunc(slices.Clone(f.order), func(id byte) bool { return id == now })...)
	slices.Reverse(order[1:])
	out := make([]ed25519.PrivateKey, 0, len(order))
	for _, id := range order {
		seed, err := hkdf.Key(sha256.New, f.keys[id], nil, "gapura sign "+use, ed25519.SeedSize)
		if err != nil {
			return nil, err
		}
		out = append(out, ed25519.NewKeyFromSeed(seed))
	}
	return out, nil
}

// Len is the number of keys.
func (r *Ring) Len() int { return len(r.state.Load().order) }

// An Indexer makes blind indexes: equal values give equal indexes, which say nothing without the key. Safe for concurrent use.
type Indexer struct{ pool sync.Pool }

// Indexer derives the indexer of a use. It rests on the file's lowest key number, so that adding a key for sealing keeps every index.
func (r *Ring) Indexer(use string) (*Indexer, error) {
	f := r.state.Load()
	sub, err := hkdf.Key(sha256.New, f.keys[slices.Min(f.order)], nil, "gapura index "+use, keySize)
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
