package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"gapura/internal/config"
	"gapura/store"
)

type databaseCommand struct {
	Copy    databaseCopyCommand `cmd:"" help:"Move an installation from SQLite to PostgreSQL, while the service is stopped."`
	Rebuild rebuildCommand      `cmd:"" help:"Make the index of uses, expectations of data balikan and sums anew from the journal, while serving."`
}

type rebuildCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
}

// Run makes anew what is derived. What was done before it was stopped stays done: the next run, or the server, goes on from there.
func (c rebuildCommand) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p, err := openProvider(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.store.Close()
	told, entries := -1, int64(0)
	err = p.store.Derived.Rebuild(ctx, func(at store.Progress) {
		entries = at.Total
		if n := at.Percent(); n != told {
			told = n
			fmt.Printf("dihitung ulang dari jurnal: %d %% (%d dari %d catatan)\n", n, at.Done, at.Total)
		}
	})
	if err != nil {
		return refusal{fmt.Errorf("perhitungan ulang berhenti dan dapat dilanjutkan dengan perintah yang sama: %w", err)}
	}
	fmt.Printf("selesai: %d catatan jurnal\n", entries)
	return nil
}
