package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"gapura/agreement/party"
	"gapura/desk/deskdb"
	"gapura/internal/backup"
	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/internal/schema"
)

// deskFiles are what a desk has of its enrolment that is no secret, by the names in a backup. The key file and the client's key are secrets
// and are kept apart.
func deskFiles(cfg config.Desk) map[string]string {
	return map[string]string{"provider-log.key": cfg.LogKey, "provider-log.state": cfg.LogState, "desk-client.pem": cfg.ClientCertificate}
}

func (c backupCommand) desk(ctx context.Context) error {
	cfg, err := config.LoadDesk(c.Config)
	if err != nil {
		return err
	}
	to, err := c.recipients(cfg.Backups)
	if err != nil {
		return err
	}
	l, err := openLoket(ctx, c.Config)
	if err != nil {
		return err
	}
	defer l.db.Close()
	o, err := l.backupOptions(to)
	if err != nil {
		return err
	}
	return c.wrote(backup.Write(ctx, c.Out, o, func(w *backup.Writer) error { return l.backUp(ctx, w, byHere()) }))
}

func (l *loket) backupOptions(to []age.Recipient) (backup.Options, error) {
	keys, err := keyring.Load(l.cfg.Keys)
	return backup.Options{Role: backup.Desk, Made: l.now(), To: to, Keys: keys, Gently: true}, err
}

// backUp notes that a copy is taken, and adds the parts.
func (l *loket) backUp(ctx context.Context, w *backup.Writer, by string) error {
	if err := l.db.Security.Tell(ctx, deskdb.Entry{At: l.now(), Kind: deskdb.Restored, Text: "cadangan dibuat " + by}); err != nil {
		return err
	}
	for name, file := range deskFiles(l.cfg) {
		if err := w.AddFile(name, file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return l.db.Backup(ctx, w)
}

// daily makes the backups of each day; nil: none are configured.
func (l *loket) daily() (*backup.Daily, error) {
	b := l.cfg.Backups
	if b.BackupDir == "" {
		return nil, nil
	}
	o, err := l.backupOptions(b.Recipients)
	if err != nil {
		return nil, err
	}
	return &backup.Daily{
		Dir: b.BackupDir, At: b.TimeOfDay(), Keep: b.BackupKeep, Zone: party.Zone(l.cfg.Zone).Location(), Now: l.now, Log: l.log,
		Options: o,
		Give:    func(ctx context.Context, w *backup.Writer) error { return l.backUp(ctx, w, "setiap hari oleh sistem") },
		Try: func(ctx context.Context, file, dir string, with []age.Identity) error {
			db, _, err := unpackDesk(ctx, file, dir, backup.ReadOptions{Role: backup.Desk, With: with, Keys: o.Keys, Gently: true})
			if err != nil {
				return err
			}
			return errors.Join(db.Examine(ctx), db.Close())
		},
	}, nil
}

func unpackDesk(ctx context.Context, file, dir string, o backup.ReadOptions) (*deskdb.DB, time.Time, error) {
	m, err := backup.Read(ctx, file, dir, o)
	if err != nil {
		return nil, m.Made, err
	}
	db, err := deskdb.Open(ctx, filepath.Join(dir, deskdb.BackupFile), o.Keys)
	return db, m.Made, err
}

// desk restores a desk whose database is absent.
func (c restoreCommand) desk(ctx context.Context, with []age.Identity) error {
	cfg, err := config.LoadDesk(c.Config)
	if err != nil {
		return err
	}
	now, err := clock(cfg.ClockStart)
	if err != nil {
		return err
	}
	if err := c.restoreDesk(ctx, cfg, with, now); err != nil {
		return refusal{err}
	}
	return nil
}

func (c restoreCommand) restoreDesk(ctx context.Context, cfg config.Desk, with []age.Identity, now func() time.Time) (err error) {
	for _, part := range []string{"", "-wal", "-shm"} {
		if there, err := isThere(deskFile(cfg) + part); err != nil {
			return err
		} else if there {
			return fmt.Errorf("basis data %s%s %w: pemulihan tidak menimpa apa pun; pindahkan dahulu yang lama ke tempat lain",
				deskFile(cfg), part,
				schema.ErrPresent)
		}
	}
	keys, err := keysOf(cfg.Keys)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return err
	}
	dir, remove, err := backup.TempDir(cfg.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	db, made, err := unpackDesk(ctx, c.File, dir, backup.ReadOptions{Role: backup.Desk, With: with, Keys: keys})
	if err != nil {
		return err
	}
	if err = db.Examine(ctx); err == nil {
		err = db.Resume(ctx, made, now())
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	for name, file := range deskFiles(cfg) { // what is there is newer
		if err := placeFile(filepath.Join(dir, name), file); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if err := placeFile(filepath.Join(dir, deskdb.BackupFile), deskFile(cfg)); err != nil {
		return err
	}
	fmt.Printf("Loket dipulihkan dari cadangan %s. Nomor melompat supaya tidak ada yang terbit dua kali.\n"+
		"Langkah berikutnya: gapura loket doctor, lalu gapura loket; bila kunci sertifikat loket hilang, daftarkan loket kembali.\n",
		made.Format(time.RFC3339))
	return nil
}
