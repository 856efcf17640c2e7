package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/store"
)

type databaseCopyCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file, whose database is SQLite."`
	To     string `required:"" placeholder:"URL" help:"PostgreSQL database, empty or with the unfinished copy (postgres://…)."`
}

// Run copies all tables to PostgreSQL, compares each row, and holds the copy against the anchor and its rights against the logs. Stopped or
// killed, the same command goes on. Exit 1 when it is refused: while the service runs, or where the target holds something else.
func (c databaseCopyCommand) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	if !store.IsURL(c.To) {
		return errors.New("--to: alamat PostgreSQL diharapkan (postgres://…)")
	}
	if store.IsURL(cfg.Database) {
		return refusal{errors.New("basis data pada konfigurasi ini sudah berada pada PostgreSQL")}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := c.copy(ctx, cfg); err != nil {
		return refusal{err}
	}
	fmt.Println("Perpindahan selesai dan terperiksa. Langkah berikutnya: tulis alamat PostgreSQL itu pada 'database' di konfigurasi, " +
		"jalankan gapura doctor, lalu gapura serve. Simpan berkas SQLite yang lama sampai cadangan PostgreSQL yang pertama jadi; " +
		"jangan dijalankan lagi.")
	return nil
}

func (c databaseCopyCommand) copy(ctx context.Context, cfg config.Provider) (err error) {
	keys, err := loadKeys(cfg.Keys, shown(cfg.Database), func() (bool, error) { return store.Present(ctx, cfg.Database) })
	if err != nil {
		return err
	}
	held, err := c.hold(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	told := -1
	if err := held.Run(ctx, func(at store.CopyProgress) {
		n, what := 100, "disalin"
		if at.Comparing {
			what = "dibandingkan"
		}
		if at.Total > 0 {
			n = int(at.Done * 100 / at.Total)
		}
		if n/5 != told {
			told = n / 5
			fmt.Printf("%s: %d %% (%d dari %d baris)\n", what, n, at.Done, at.Total)
		}
	}); err != nil {
		return fmt.Errorf("perpindahan berhenti; perintah yang sama melanjutkannya: %w", err)
	}
	if err := c.verify(ctx, cfg, keys); err != nil {
		return err
	}
	return held.Finish(ctx)
}

// hold takes the files; where no earlier run goes on they are looked at first as a start of the service would.
func (c databaseCopyCommand) hold(ctx context.Context, cfg config.Provider) (*store.Copying, error) {
	held, err := store.HoldForCopy(ctx, cfg.Database, c.To)
	if err != nil {
		return nil, err
	}
	if held.Resumes {
		fmt.Println("Melanjutkan perpindahan yang terhenti.")
		return held, nil
	}
	if err := held.Close(); err != nil {
		return nil, err
	}
	if err := settle(ctx, cfg); err != nil {
		return nil, err
	}
	return store.HoldForCopy(ctx, cfg.Database, c.To)
}

// settle brings the files to this program's schema, signs what is not signed yet, and refuses an installation that could not be served.
func settle(ctx context.Context, cfg config.Provider) (err error) {
	p, err := openProvider(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.store.Close()) }()
	if err := p.mayStart(ctx, false); err != nil {
		return err
	}
	if err := p.store.Examine(ctx); err != nil {
		return err
	}
	_, err = p.notary.Sign(ctx)
	return err
}

// verify reads every log in the copy to its end, against what the anchor knows, rebuilds the rights, and records the move.
func (c databaseCopyCommand) verify(ctx context.Context, cfg config.Provider, keys *keyring.Ring) (err error) {
	anchor, err := journal.OpenAnchor(anchorFile(cfg))
	if err != nil {
		return err
	}
	now, err := clock(cfg.ClockStart)
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, store.Options{URL: c.To, Keys: keys, Archives: cfg.Archives, Anchor: anchor, Unfinished: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	t := &trial{unpacking: unpacking{keys: keys, name: cfg.JournalName, now: now}, store: st}
	if err := t.check(ctx); err != nil {
		return err
	}
	if len(t.standing.Lags) > 0 {
		l := t.standing.Lags[0]
		return fmt.Errorf("log %d: jangkar mengenal %d catatan, salinan memuat %d", l.Log, l.Had, l.Has)
	}
	fmt.Printf("jurnal: %d catatan diperiksa utuh terhadap jangkar\n", t.entries)
	n, err := t.notary(anchor)
	if err != nil {
		return err
	}
	p := &provider{cfg: cfg, keys: keys, store: st, now: now, notary: n}
	if err := p.replayAll(ctx, func(string, int) {}); err != nil {
		return err
	}
	change := fromHere(p, "")
	change.Subject, change.Before, change.After = "Basis data", "SQLite", "PostgreSQL, disalin dan diperiksa"
	return st.Journal.Tell(ctx, change)
}
