package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gapura/desk/deskdb"
	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/internal/pki"
	"gapura/internal/schema"
	"gapura/journal/journal"
	"gapura/store"
)

type initCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file, the provider's or a desk's."`
}

// Run makes what the configuration names and is not there: the key file, and the databases. Nothing else makes them, so that a part that
// was lost is never replaced by an empty one without anybody noticing.
func (c initCommand) Run() error {
	ctx := context.Background()
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
	if err := createInstallation(ctx, cfg); err != nil {
		return refused(err)
	}
	code, err := recoveryCode(ctx, cfg)
	if err != nil {
		return err
	}
	if err := certify(c.Config); err != nil {
		return err
	}
	fmt.Printf(`Instalasi baru yang kosong sudah dibuat.
Cadangkan berkas kunci %s terpisah dari basis data: tanpa berkas itu data tidak dapat dibuka.
Kode pemulihan %s memulai jangkar jurnal %s baru apabila hilang: simpan pada kertas, terpisah dari berkas kunci, di tangan orang lain.
Langkah berikutnya: isi data penduduk, lalu buat dua administrator.
  gapura population import --config %s PENDUDUK.csv
  gapura user admin --config %s --letter NOMOR_SK --name "NAMA" --nip NIP USER_ID
`, cfg.Keys, code, anchorFile(cfg), c.Config, c.Config)
	return nil
}

// certify makes the own certificate authority, when the configuration names one, and what it issues.
func certify(file string) error {
	t, err := loadTLS(file)
	if err != nil || t.TLSAuthority == "" {
		return err
	}
	if err := t.begin(); err != nil && !errors.Is(err, pki.ErrThere) {
		return refusal{fmt.Errorf("instalasi sudah dibuat, sertifikat TLS belum; perbaiki lalu jalankan gapura ca init --config %s: %w",
			file, err)}
	}
	fmt.Printf("Layanan memakai TLS. Pasang %s pada setiap peramban dan klien yang membukanya.\n", filepath.Join(t.TLSAuthority,
		pki.AuthorityFile))
	return nil
}

func recoveryCode(ctx context.Context, cfg config.Provider) (string, error) {
	_, st, err := openInstallation(ctx, cfg)
	if err != nil {
		return "", err
	}
	code, err := st.Journal.RecoveryCode(ctx)
	return code, errors.Join(err, st.Close())
}

func (c initCommand) desk(ctx context.Context) error {
	cfg, err := config.LoadDesk(c.Config)
	if err != nil {
		return err
	}
	if err := createDesk(ctx, cfg); err != nil {
		return refused(err)
	}
	if err := certify(c.Config); err != nil {
		return err
	}
	fmt.Printf(`Loket baru yang kosong sudah dibuat.
Cadangkan berkas kunci %s terpisah dari folder %s: tanpa berkas itu data pemohon tidak dapat dibuka.
Langkah berikutnya: buat kepala loket, lalu seorang petugas (--role officer), supaya kode kedua lembar rahasia diserahkan orang lain.
  gapura loket user --config %s --name "NAMA" USER_ID
`, cfg.Keys, cfg.Dir, c.Config)
	return nil
}

// refused turns "is there already" into the exit code of a refused action; what else went wrong is a wrong call.
func refused(err error) error {
	if errors.Is(err, schema.ErrPresent) {
		return refusal{fmt.Errorf("%w: gapura init hanya membuat instalasi baru; pindahkan yang lama, atau pakai instalasi itu apa adanya",
			err)}
	}
	return err
}

// createInstallation makes the provider's key file, when there is none, and its databases.
func createInstallation(ctx context.Context, cfg config.Provider) error {
	there, err := store.Present(ctx, cfg.Database)
	if err != nil {
		return err
	}
	return withKeys(cfg.Keys, shown(cfg.Database), there, func(keys *keyring.Ring) error {
		anchor, err := journal.OpenAnchor(anchorFile(cfg))
		if err != nil {
			return err
		}
		had := !anchor.Lost()
		err = store.Create(ctx, store.Options{URL: cfg.Database, Keys: keys, Archives: cfg.Archives, Anchor: anchor})
		if err != nil && !had {
			if gone := os.Remove(anchorFile(cfg)); !errors.Is(gone, fs.ErrNotExist) {
				err = errors.Join(err, gone)
			}
		}
		return err
	})
}

func createDesk(ctx context.Context, cfg config.Desk) error {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("dir: %w", err)
	}
	there, err := isThere(deskFile(cfg))
	if err != nil {
		return err
	}
	return withKeys(cfg.Keys, deskFile(cfg), there, func(keys *keyring.Ring) error { return deskdb.Create(ctx, deskFile(cfg), keys) })
}

// withKeys gives create the key file, a new one when there is none and no database either, and takes a new one away again when create
// fails.
func withKeys(path, database string, there bool, create func(*keyring.Ring) error) error {
	if there {
		return fmt.Errorf("basis data %s %w", database, schema.ErrPresent)
	}
	had, err := isThere(path)
	if err != nil {
		return err
	}
	if !had {
		if err := keyring.Create(path); err != nil {
			return err
		}
	}
	keys, err := keyring.Load(path)
	if err == nil {
		err = create(keys)
	}
	if err != nil && !had {
		return errors.Join(err, os.Remove(path))
	}
	return err
}

// anchorFile is where this machine keeps what was signed last of each log: beside the key file, apart from the database.
func anchorFile(cfg config.Provider) string { return cfg.Keys + ".anchor" }

// openInstallation opens the key file, the anchor and the databases that gapura init made.
func openInstallation(ctx context.Context, cfg config.Provider) (*keyring.Ring, *store.DB, error) {
	keys, err := loadKeys(cfg.Keys, shown(cfg.Database), func() (bool, error) { return store.Present(ctx, cfg.Database) })
	if err != nil {
		return nil, nil, err
	}
	anchor, err := journal.OpenAnchor(anchorFile(cfg))
	if err != nil {
		return nil, nil, err
	}
	st, err := store.Open(ctx, store.Options{URL: cfg.Database, Keys: keys, Archives: cfg.Archives, Anchor: anchor,
		Connections: cfg.Connections})
	return keys, st, err
}

func openDesk(ctx context.Context, cfg config.Desk) (*keyring.Ring, *deskdb.DB, error) {
	keys, err := loadKeys(cfg.Keys, deskFile(cfg), func() (bool, error) { return isThere(deskFile(cfg)) })
	if err != nil {
		return nil, nil, err
	}
	db, err := deskdb.Open(ctx, deskFile(cfg), keys)
	return keys, db, err
}

// loadKeys reads the key file; when it is missing the error says whether the installation lost it or was never made.
func loadKeys(path, database string, present func() (bool, error)) (*keyring.Ring, error) {
	keys, err := keyring.Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	there, err := present()
	switch {
	case err != nil:
		return nil, err
	case there:
		return nil, fmt.Errorf("berkas kunci %s tidak ada, padahal basis data %s ada dan disegel dengannya: pulihkan berkas kunci dari "+
			"cadangan rahasianya", path, database)
	}
	return nil, fmt.Errorf("belum ada instalasi: berkas kunci %s dan basis data %s tidak ada; periksa konfigurasi, atau buat instalasi "+
		"baru yang kosong dengan gapura init", path, database)
}

func isThere(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// deskFile is the desk's database.
func deskFile(cfg config.Desk) string { return filepath.Join(cfg.Dir, "loket.db") }

// shown is a database's name in messages: a URL may hold a password.
func shown(database string) string {
	if store.IsURL(database) {
		return "PostgreSQL"
	}
	return database
}
