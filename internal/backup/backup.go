// Package backup writes and reads an installation's backup: one file, a tar archive that is encrypted to age recipients (filippo.io/age).
// Its last entry, the manifest, names every other with size and SHA-256 and is sealed under the installation's key file, which is never
// part of the backup: whoever knows a recipient can encrypt a file, but only the installation can have made this one.
package backup

import (
	"archive/tar"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"gapura/internal/durable"
	"gapura/internal/keyring"
)

// A Manifest tells what a backup holds.
type Manifest struct {
	Role  string    `json:"role"` // Provider or Desk
	Made  time.Time `json:"made"` // everything in it is as of this instant or a little later
	Parts []Part    `json:"parts"`
}

// The roles of an installation.
const (
	Provider = "provider"
	Desk     = "desk"
)

// A Part is one file in a backup.
type Part struct {
	Name   string `json:"name"` // slashes, relative
	Size   int64  `json:"size"`
	SHA256 []byte `json:"sha256"`
}

// sealUse and manifestName are parts of the format; never change them.
const (
	sealUse      = "backup"
	manifestName = "manifest"
)

// Recipients reads age recipients, "age1…". An error names which one is wrong.
func Recipients(list []string) ([]age.Recipient, error) {
	var out []age.Recipient
	for _, text := range list {
		r, err := age.ParseX25519Recipient(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("penerima cadangan %q bukan kunci umum age (age1…)", text)
		}
		out = append(out, r)
	}
	return out, nil
}

// Identities reads the file of an age identity, as age-keygen writes it.
func Identities(file string) ([]age.Identity, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := age.ParseIdentities(f)
	if err != nil {
		return nil, fmt.Errorf("%s bukan berkas identitas age (AGE-SECRET-KEY-…)", file)
	}
	return list, nil
}

// A Writer takes the parts of a backup.
type Writer struct {
	ctx   context.Context
	tar   *tar.Writer
	parts []Part
	made  time.Time
	rest  func()
}

// Options say how a backup is written.
type Options struct {
	Role string
	Made time.Time
	To   []age.Recipient
	Keys *keyring.Ring
	// Gently makes the work rest three times as long as it has worked, so that whoever is served meanwhile does not notice.
	Gently bool
}

// ErrExists says that the file to be written is there.
var ErrExists = errors.New("sudah ada dan tidak ditimpa")

// Write makes a backup at path from the parts that give adds. When it returns nil the file is whole and durable under its name; otherwise
// there is no file of that name. A file that is there is not replaced: ErrExists.
func Write(ctx context.Context, path string, o Options, give func(*Writer) error) (err error) {
	if err := free(path); err != nil {
		return err
	}
	seal, err := o.Keys.Sealer(sealUse)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*"+unfinished) // 0600
	if err != nil {
		return fmt.Errorf("tulis cadangan: %w", err)
	}
	durable.TryLock(f) // see Clear
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	out := bufio.NewWriterSize(&syncing{file: f}, 1<<16)
	sealed, err := age.Encrypt(out, o.To...)
	if err != nil {
		return fmt.Errorf("encrypt backup: %w", err)
	}
	w := &Writer{ctx: ctx, tar: tar.NewWriter(sealed), made: o.Made, rest: resting(o.Gently)}
	if err := give(w); err != nil {
		return err
	}
	if err := w.finish(o.Role, seal); err != nil {
		return err
	}
	if err := errors.Join(w.tar.Close(), sealed.Close(), out.Flush(), f.Sync()); err != nil {
		return fmt.Errorf("tulis cadangan: %w", err)
	}
	if err := free(path); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("tulis cadangan: %w", err)
	}
	return errors.Join(f.Close(), durable.Sync(filepath.Dir(path)))
}

// unfinished ends the name of a file that is being written.
const unfinished = ".belum-selesai"

// inUse is the file in a folder of TempDir by whose lock its process is known to run.
const inUse = "dipakai"

// Clear removes from a folder what a backup or a restoring that was killed left: what no running process holds, and what has not changed
// for so long.
func Clear(dir string, quiet time.Duration) error {
	left, err := filepath.Glob(filepath.Join(dir, "*"+unfinished))
	for _, f := range left {
		err = errors.Join(err, clearOne(f, time.Now().Add(-quiet)))
	}
	return err
}

func clearOne(path string, before time.Time) error {
	held := path
	var newest time.Time
	err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		if name == path && e.IsDir() {
			held = filepath.Join(path, inUse)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) || err == nil && newest.After(before) {
		return nil // whoever made it has just removed it, or goes on
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(held, os.O_RDWR, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist): // of a process that was killed before it held it, or of an older program
	case err != nil:
		return err
	case !durable.TryLock(f):
		return f.Close()
	default:
		if err := f.Close(); err != nil {
			return err
		}
	}
	return os.RemoveAll(path)
}

// TempDir makes a folder, which Clear leaves alone while this process runs, and which remove removes.
func TempDir(dir string) (path string, remove func() error, err error) {
	if path, err = os.MkdirTemp(dir, "*"+unfinished); err != nil { // 0700
		return "", nil, err
	}
	f, err := os.OpenFile(filepath.Join(path, inUse), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(path))
	}
	durable.TryLock(f)
	return path, func() error { return errors.Join(f.Close(), os.RemoveAll(path)) }, nil
}

func free(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("berkas %s %w", path, ErrExists)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncing writes to a file and syncs it now and then, so that no last sync has much to do while others wait for the disk.
type syncing struct {
	file    *os.File
	pending int
}

func (s *syncing) Write(b []byte) (int, error) {
	n, err := s.file.Write(b)
	if s.pending += n; err == nil && s.pending >= 8<<20 {
		s.pending = 0
		err = s.file.Sync()
	}
	return n, err
}

// Add adds a part of a size that content writes.
func (w *Writer) Add(name string, size int64, content func(io.Writer) error) error {
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: w.made}); err != nil {
		return fmt.Errorf("backup of %s: %w", name, err)
	}
	p := &pacer{ctx: w.ctx, to: w.tar, sum: sha256.New(), rest: w.rest}
	out := bufio.NewWriterSize(p, 1<<18)
	if err := errors.Join(content(out), out.Flush()); err != nil {
		return fmt.Errorf("backup of %s: %w", name, err)
	}
	if p.n != size {
		return fmt.Errorf("backup of %s: %d bytes instead of %d", name, p.n, size)
	}
	w.parts = append(w.parts, Part{name, size, p.sum.Sum(nil)})
	return nil
}

// AddFile adds a file as it is.
func (w *Writer) AddFile(name, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("backup of %s: %w", name, err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	return w.Add(name, st.Size(), func(to io.Writer) error {
		_, err := io.CopyN(to, f, st.Size())
		return err
	})
}

func (w *Writer) finish(role string, seal *keyring.Sealer) error {
	text, err := json.Marshal(Manifest{Role: role, Made: w.made, Parts: w.parts})
	if err != nil {
		return err
	}
	sealed := seal.Seal(text, []byte(manifestName))
	if err := w.tar.WriteHeader(&tar.Header{Name: manifestName, Size: int64(len(sealed)), Mode: 0o600, ModTime: w.made}); err != nil {
		return err
	}
	_, err = w.tar.Write(sealed)
	return err
}

// mostRest bounds a rest: when the machine stood still there is nothing to make up for.
const mostRest = 100 * time.Millisecond

// Resting returns what rests three times as long as was worked since it was called last.
func Resting() func() {
	var since time.Time
	return func() {
		if !since.IsZero() {
			time.Sleep(min(3*time.Since(since), mostRest))
		}
		since = time.Now()
	}
}

func resting(gently bool) func() {
	if gently {
		return Resting()
	}
	return func() {}
}

// A pacer passes on, sums, and rests.
type pacer struct {
	ctx  context.Context
	to   io.Writer
	sum  hash.Hash
	n    int64
	rest func()
}

func (p *pacer) Write(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	p.rest()
	n, err := p.to.Write(b)
	p.sum.Write(b[:n])
	p.n += int64(n)
	return n, err
}

// ErrWrong says that a file is no backup that this installation made, or is not whole.
var ErrWrong = errors.New("berkas cadangan rusak, terpotong, atau bukan cadangan instalasi ini")

// Read unpacks a backup into a new folder and returns its manifest, once every byte of it has been checked. Whatever is wrong with the file
// is ErrWrong, or says that the identity does not open it.
func Read(ctx context.Context, path, dir string, o ReadOptions) (Manifest, error) {
	var m Manifest
	seal, err := o.Keys.Sealer(sealUse)
	if err != nil {
		return m, err
	}
	f, err := os.Open(path)
	if err != nil {
		return m, err
	}
	defer f.Close()
	plain, err := age.Decrypt(bufio.NewReaderSize(f, 1<<16), o.With...)
	if _, other := errors.AsType[*age.NoIdentityMatchError](err); other {
		return m, errors.New("identitas age itu tidak membuka berkas cadangan ini")
	}
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	r := &reader{ctx: ctx, tar: tar.NewReader(plain), dir: dir, rest: resting(o.Gently)}
	sealed, err := r.all()
	if err == nil {
		_, err = io.Copy(io.Discard, plain) // age tells a cut file at its end
	}
	if err != nil {
		return m, err
	}
	text, err := seal.Open(nil, sealed, []byte(manifestName))
	if err != nil {
		return m, fmt.Errorf("%w: tidak terbuka dengan berkas kunci instalasi ini", ErrWrong)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	if m.Role != o.Role {
		return m, fmt.Errorf("%w: cadangan itu milik %s", ErrWrong, m.Role)
	}
	if !slices.EqualFunc(r.parts, m.Parts, func(a, b Part) bool {
		return a.Name == b.Name && a.Size == b.Size && string(a.SHA256) == string(b.SHA256)
	}) {
		return m, fmt.Errorf("%w: isinya bukan yang disegel", ErrWrong)
	}
	return m, nil
}

// ReadOptions say how a backup is read.
type ReadOptions struct {
	Role   string
	With   []age.Identity
	Keys   *keyring.Ring
	Gently bool
}

type reader struct {
	ctx   context.Context
	tar   *tar.Reader
	dir   string
	rest  func()
	parts []Part
}

// all unpacks what stands before the manifest and returns the sealed manifest. What cannot be written is no fault of the backup.
func (r *reader) all() (manifest []byte, err error) {
	const mostManifest = 64 << 20
	for manifest == nil {
		h, err := r.tar.Next()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrWrong, err)
		}
		if h.Name == manifestName {
			if manifest, err = io.ReadAll(io.LimitReader(r.tar, mostManifest)); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrWrong, err)
			}
			continue
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(filepath.FromSlash(h.Name)) {
			return nil, ErrWrong
		}
		if err := r.unpack(h.Name, h.Size); err != nil {
			return nil, err
		}
	}
	if _, err := r.tar.Next(); err != io.EOF {
		return nil, fmt.Errorf("%w: %w", ErrWrong, errors.Join(err, errors.New("data after its manifest")))
	}
	return manifest, nil
}

func (r *reader) unpack(name string, size int64) (err error) {
	at := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Sync(), f.Close()) }()
	p := &pacer{ctx: r.ctx, to: &syncing{file: f}, sum: sha256.New(), rest: r.rest}
	from := &faulty{r: r.tar}
	if _, err := io.CopyBuffer(struct{ io.Writer }{p}, struct{ io.Reader }{from}, make([]byte, 1<<18)); err != nil {
		if from.err != nil {
			return fmt.Errorf("%w: %w", ErrWrong, from.err)
		}
		return err
	}
	r.parts = append(r.parts, Part{name, size, p.sum.Sum(nil)})
	return nil
}

// faulty remembers what reading failed with, to tell it from a failed write.
type faulty struct {
	r   io.Reader
	err error
}

func (f *faulty) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}
