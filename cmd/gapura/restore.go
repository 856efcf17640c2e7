package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"filippo.io/age"

	"gapura/internal/backup"
	"gapura/internal/config"
	"gapura/internal/durable"
	"gapura/internal/keyring"
	"gapura/internal/schema"
	"gapura/journal/journal"
	"gapura/store"
)

type restoreCommand struct {
	Config   string `required:"" placeholder:"FILE" help:"Configuration file, the provider's or a desk's."`
	Identity string `required:"" placeholder:"FILE" help:"File of the age identity that the backup was encrypted to."`
	Approval string `placeholder:"FILE" help:"File with the approval that a backup which is older than the anchor needs."`
	File     string `arg:"" help:"The backup."`
}

// Run restores an installation whose database files are absent. All of the backup is checked before anything is put in place. Exit 1 when
// it is refused: then nothing was touched.
func (c restoreCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	isDesk, err := config.IsDesk(c.Config)
	if err != nil {
		return err
	}
	with, err := backup.Identities(c.Identity)
	if err != nil {
		return fmt.Errorf("--identity: %w", err)
	}
	if isDesk {
		return c.desk(ctx, with)
	}
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	var approval []byte
	if c.Approval != "" {
		if approval, err = os.ReadFile(c.Approval); err != nil {
			return fmt.Errorf("--approval: %w", err)
		}
	}
	if err := c.provider(ctx, cfg, with, approval); err != nil {
		return refusal{err}
	}
	return nil
}

func (c restoreCommand) provider(ctx context.Context, cfg config.Provider, with []age.Identity, approval []byte) (err error) {
	if store.IsURL(cfg.Database) {
		return store.ErrServer
	}
	if err := errors.Join(store.Absent(cfg.Database), emptyFolder(cfg.Archives)); err != nil {
		return fmt.Errorf("%w: pemulihan tidak menimpa apa pun; pindahkan dahulu yang lama ke tempat lain", err)
	}
	keys, err := keysOf(cfg.Keys)
	if err != nil {
		return err
	}
	now, err := clock(cfg.ClockStart)
	if err != nil {
		return err
	}
	dir, remove, err := backup.TempDir(filepath.Dir(cfg.Database))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	t, err := unpack(ctx, unpacking{keys: keys, file: c.File, with: with, dir: dir, anchor: anchorFile(cfg), name: cfg.JournalName,
		now: now})
	if err != nil {
		return err
	}
	if err := errors.Join(t.agree(ctx, approval), t.store.Close()); err != nil {
		return err
	}
	if err := t.putInPlace(cfg); err != nil {
		return err
	}
	t.tell()
	return nil
}

// emptyFolder refuses a folder that holds something; none is well.
func emptyFolder(dir string) error {
	if dir == "" {
		return nil
	}
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(list) > 0 {
		return fmt.Errorf("folder arsip %s %w", dir, schema.ErrPresent)
	}
	return err
}

// unpacking is what a backup is unpacked with.
type unpacking struct {
	keys   *keyring.Ring
	file   string
	with   []age.Identity
	dir    string
	anchor string // this machine's; empty, or not there: the backup's own
	name   string // of the journal
	now    func() time.Time
	gently bool
}

// A trial is a backup that was unpacked and opened in a folder of its own.
type trial struct {
	unpacking
	made       time.Time
	store      *store.DB
	ownAnchor  bool // the machine's anchor was there to be held against
	standing   store.Standing
	entries    int64
	nextCode   string // the recovery code after this one was used
	hasArchive bool
}

func (u unpacking) at(part string) string { return filepath.Join(u.dir, part) }

// unpack reads the whole backup, which every byte of it must stand, and opens what was in it. The caller closes the store.
func unpack(ctx context.Context, u unpacking) (*trial, error) {
	m, err := backup.Read(ctx, u.file, u.dir, backup.ReadOptions{Role: backup.Provider, With: u.with, Keys: u.keys, Gently: u.gently})
	if err != nil {
		return nil, err
	}
	t := &trial{unpacking: u, made: m.Made}
	t.hasArchive = slices.ContainsFunc(m.Parts, func(p backup.Part) bool { return filepath.Dir(filepath.FromSlash(p.Name)) != "." })
	if u.anchor != "" {
		text, err := os.ReadFile(u.anchor)
		if err == nil {
			t.ownAnchor = true
			err = os.WriteFile(u.at(store.BackupAnchor), text, 0o600)
		} else if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err != nil {
			return nil, err
		}
	}
	anchor, err := journal.OpenAnchor(u.at(store.BackupAnchor))
	if err != nil {
		return nil, err
	}
	t.store, err = store.Open(ctx, store.Options{URL: u.at(store.BackupDatabase), Keys: u.keys, Archives: u.at(store.BackupArchives),
		Anchor: anchor})
	return t, err
}

// notary signs the logs by an anchor.
func (t *trial) notary(a *journal.Anchor) (*journal.Notary, error) {
	keys, err := t.keys.Signers("journal")
	return &journal.Notary{Store: t.store.Journal, Anchor: a, Name: t.name, Keys: keys, Now: t.now}, err
}

// check reads all that was unpacked: the database as the engine sees it, and every log to its end, against what the anchor knows of those
// that are not behind it.
func (t *trial) check(ctx context.Context) (err error) {
	if err := t.store.Examine(ctx); err != nil {
		return err
	}
	if err := clockStands(ctx, t.store, t.now()); err != nil {
		return err
	}
	if t.standing, err = t.store.Journal.Stand(ctx); err != nil {
		return err
	}
	known, err := journal.OpenAnchor("")
	if err == nil {
		err = known.Begin(t.standing.Mark, t.standing.Held)
	}
	if err != nil {
		return err
	}
	n, err := t.notary(known)
	if err != nil {
		return err
	}
	rest := func() {}
	if t.gently {
		rest = backup.Resting()
	}
	t.entries, err = n.Whole(ctx, rest)
	return err
}

// agree checks all, asks for the approval where the backup is older than what was signed, and records the restart.
func (t *trial) agree(ctx context.Context, approval []byte) error {
	if err := t.check(ctx); err != nil {
		return err
	}
	c := journal.Change{At: t.now(), Reason: byHere()}
	if len(t.standing.Lags) > 0 {
		if approval == nil {
			l := t.standing.Lags[0]
			return fmt.Errorf("cadangan ini lebih tua daripada yang sudah ditandatangani: %d log kehilangan catatan (log %d: jangkar "+
				"mengenal %d "+
				"catatan, cadangan memuat %d); cari cadangan yang lebih baru, atau beri --approval dengan persetujuan dua administrator "+
				"atau kode "+
				"pemulihan dari gapura init", len(t.standing.Lags), l.Log, l.Had, l.Has)
		}
		if err := t.store.Journal.BeginAnchor(ctx, c, journal.ApproveRestore, approval); err != nil {
			return err
		}
		code, err := t.store.Journal.RecoveryCode(ctx)
		if err != nil {
			return err
		}
		t.nextCode = code
	}
	if !t.ownAnchor {
		c.Reason += "; tanpa jangkar di mesin ini"
	}
	if err := t.store.Journal.Resume(ctx, c, t.standing, t.made); err != nil {
		return err
	}
	n, err := t.notary(t.store.Journal.Anchor())
	if err == nil {
		_, err = n.Sign(ctx)
	}
	return err
}

// putInPlace moves the parts to where the configuration has them, the database last, and takes back what it moved when a later part cannot
// be. Nothing is replaced but the anchor, which knows all that it knew, or begins anew by approval.
func (t *trial) putInPlace(cfg config.Provider) error {
	people := store.PopulationFile(store.BackupDatabase)
	var done []string
	err := func() error {
		for _, m := range [][2]string{{t.at(people), store.PopulationFile(cfg.Database)}, {t.at(store.BackupDatabase), cfg.Database}} {
			if m[1] == cfg.Database && t.hasArchive {
				if err := placeFolder(t.at(store.BackupArchives), cfg.Archives); err != nil {
					return err
				}
			}
			if err := placeFile(m[0], m[1]); err != nil {
				return err
			}
			done = append(done, m[1])
		}
		text, err := os.ReadFile(t.at(store.BackupAnchor))
		if err == nil {
			err = durable.Write(anchorFile(cfg), text)
		}
		return err
	}()
	if err != nil {
		for _, f := range done {
			err = errors.Join(err, os.Remove(f))
		}
	}
	return err
}

// placeFile moves a file that is durable to a name that must be free.
func placeFile(from, to string) error {
	f, err := os.OpenFile(from, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(from, to); err != nil { // unlike a rename it never replaces
		return fmt.Errorf("pasang %s: %w", to, err)
	}
	return durable.Sync(filepath.Dir(to))
}

// placeFolder copies a folder to one that is empty or not there.
func placeFolder(from, to string) error {
	if to == "" {
		return errors.New("cadangan memuat arsip jurnal: isi archives pada konfigurasi")
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return fmt.Errorf("pasang arsip: %w", err)
	}
	return filepath.WalkDir(to, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return durable.Sync(path) // a file's content or a folder's names
	})
}

func (t *trial) tell() {
	fmt.Printf("Dipulihkan dari cadangan %s: %d catatan jurnal diperiksa utuh; pemulihan tercatat pada jurnal.\n",
		t.made.Format(time.RFC3339), t.entries)
	if !t.ownAnchor {
		fmt.Println("Mesin ini tidak mempunyai jangkar, sehingga tidak diketahui apakah ada cadangan yang lebih baru: cocokkan dengan " +
			"saksi jurnal " +
			"(loket instansi) sebelum layanan dibuka.")
	}
	if t.nextCode != "" {
		fmt.Printf("Cadangan itu lebih tua daripada yang sudah ditandatangani; jangkar dimulai baru dan persetujuan itu tidak berlaku "+
			"lagi.\n"+
			"Kode pemulihan berikutnya, disimpan pada kertas terpisah dari berkas kunci: %s\n", t.nextCode)
	}
	fmt.Println("Langkah berikutnya: gapura doctor, lalu gapura serve.")
}

// clockStands refuses a machine whose clock is behind what was already recorded.
func clockStands(ctx context.Context, st *store.DB, now time.Time) error {
	newest, err := st.Journal.Newest(ctx)
	if err != nil {
		return err
	}
	if behind := newest.Sub(now); behind > clockSlack {
		return fmt.Errorf("jam mesin ini %s di belakang catatan jurnal terbaru (%s): kuota dan tanggal akan salah; setel jam mesin "+
			"lewat NTP lalu "+
			"ulangi", behind.Round(time.Second), newest.Format(time.RFC3339))
	}
	return nil
}
