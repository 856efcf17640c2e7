package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"filippo.io/age"

	"gapura/agreement/party"
	"gapura/internal/backup"
	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/store"
)

type backupCommand struct {
	Config    string   `required:"" placeholder:"FILE" help:"Configuration file, the provider's or a desk's."`
	Out       string   `required:"" placeholder:"FILE" help:"File to write; one that is there is not replaced."`
	Recipient []string `placeholder:"AGE" help:"Public key of age to encrypt to, instead of those of the configuration."`
}

// Run writes a backup while others go on serving. Exit 1 when it could not be made: then there is no file.
func (c backupCommand) Run() error {
	gentle()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	isDesk, err := config.IsDesk(c.Config)
	if err != nil {
		return err
	}
	if isDesk {
		return c.desk(ctx)
	}
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	to, err := c.recipients(cfg.Backups)
	if err != nil {
		return err
	}
	p, err := openProvider(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.store.Close()
	err = backup.Write(ctx, c.Out, p.backupOptions(to), func(w *backup.Writer) error { return p.backUp(ctx, w, byHere()) })
	return c.wrote(err)
}

// wrote says what was written, or makes what went wrong the refusal of an action.
func (c backupCommand) wrote(err error) error {
	if err != nil {
		return refusal{err}
	}
	fmt.Println("Cadangan ditulis ke " + c.Out + ". Berkas kunci tidak termasuk: simpan salinannya terpisah.")
	return nil
}

// recipients are whom the backup is for.
func (c backupCommand) recipients(b config.Backups) ([]age.Recipient, error) {
	if len(c.Recipient) > 0 {
		return backup.Recipients(c.Recipient)
	}
	if len(b.Recipients) == 0 {
		return nil, errors.New("cadangan harus disandikan: isi backup_recipients pada konfigurasi atau beri --recipient (kunci umum " +
			"age, age1…)")
	}
	return b.Recipients, nil
}

func (p *provider) backupOptions(to []age.Recipient) backup.Options {
	return backup.Options{Role: backup.Provider, Made: p.now(), To: to, Keys: p.keys, Gently: true}
}

// backUp records that a copy is taken, has all signed that is there, and adds the parts. The record comes first, so that the backup is not
// older than the anchor by its own record.
func (p *provider) backUp(ctx context.Context, w *backup.Writer, by string) error {
	c := fromHere(p, "")
	c.Subject, c.After, c.Reason = "Cadangan", "dibuat, disandikan kepada pemegang identitas cadangan", by
	if !store.IsURL(p.cfg.Database) {
		if err := p.store.Journal.Tell(ctx, c); err != nil {
			return err
		}
		if _, err := p.notary.Sign(ctx); err != nil {
			return fmt.Errorf("jurnal tidak utuh, cadangan tidak dibuat: %w", err)
		}
	}
	return p.store.Backup(ctx, w)
}

// What a killed backup or restoring left is cleared at the start and every so often, once nobody has touched it for a day.
const (
	clearEvery = time.Hour
	clearAfter = 24 * time.Hour
)

// clearing clears folders until ctx ends; an empty name is none.
func clearing(ctx context.Context, log *slog.Logger, dirs ...string) {
	t := time.NewTicker(clearEvery)
	defer t.Stop()
	for {
		for _, dir := range dirs {
			if dir == "" {
				continue
			}
			if err := backup.Clear(dir, clearAfter); err != nil {
				log.Error("backup: clear what was left unfinished", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// daily makes the backups of each day; nil: none are configured, or the database is a server's.
func (p *provider) daily() *backup.Daily {
	b := p.cfg.Backups
	if b.BackupDir == "" || store.IsURL(p.cfg.Database) {
		return nil
	}
	return &backup.Daily{
		Dir: b.BackupDir, At: b.TimeOfDay(), Keep: b.BackupKeep, Zone: party.WIB.Location(), Now: p.now, Log: p.log,
		Options: p.backupOptions(b.Recipients),
		Give:    func(ctx context.Context, w *backup.Writer) error { return p.backUp(ctx, w, "setiap hari oleh sistem") },
		Try: func(ctx context.Context, file, dir string, with []age.Identity) error {
			t, err := unpack(ctx, unpacking{keys: p.keys, file: file, with: with, dir: dir, name: p.cfg.JournalName, now: p.now,
				gently: true})
			if err != nil {
				return err
			}
			return errors.Join(t.check(ctx), t.store.Close())
		},
	}
}

// backupsIll is what the console's home says of the backups; empty: nothing is wrong.
func (p *provider) backupsIll() string {
	switch b := p.cfg.Backups; {
	case store.IsURL(p.cfg.Database):
		return "" // pgBackRest's
	case b.BackupDir == "":
		return "Cadangan harian belum diatur: isi backup_recipients dan backup_dir pada konfigurasi."
	default:
		s, err := backup.ReadStatus(b.BackupDir)
		if err != nil {
			return err.Error()
		}
		return s.Ill(p.now(), p.began)
	}
}

func backupFinding(cfg config.Provider, now time.Time) finding {
	const what = "backup"
	if store.IsURL(cfg.Database) {
		return finding{what, true, "the database is on a server: pgbackrest info and pgbackrest check tell of its backups " +
			"(docs/cadangan.md)"}
	}
	return backupsFinding(what, cfg.Backups, now)
}

// backupsFinding looks at the backups of each day.
func backupsFinding(what string, b config.Backups, now time.Time) finding {
	if b.BackupDir == "" {
		return finding{what, true, "PERINGATAN: cadangan harian belum diatur; isi backup_recipients dan backup_dir pada konfigurasi"}
	}
	s, err := backup.ReadStatus(b.BackupDir)
	switch {
	case err != nil:
		return wrong(what, err)
	case s.At.IsZero():
		return finding{what, true, "PERINGATAN: belum ada cadangan di " + b.BackupDir +
			"; yang pertama dibuat setelah layanan berjalan 15 menit"}
	}
	if ill := s.Ill(now, time.Time{}); ill != "" {
		return finding{what, false, ill}
	}
	return finding{what, true, fmt.Sprintf("%s, %.1f MB, dibuat %s dan sudah diuji pulih", s.File, float64(s.Bytes)/1e6,
		s.Good.Format(time.RFC3339))}
}

// keysOf loads the key file for a restore, which never makes one.
func keysOf(path string) (*keyring.Ring, error) {
	keys, err := keyring.Load(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("berkas kunci %s tidak ada: pasang dahulu dari cadangan rahasianya, karena cadangan basis data tidak "+
			"memuatnya", path)
	}
	return keys, err
}
