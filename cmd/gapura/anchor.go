package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	"gapura/internal/told"
	"gapura/journal/journal"
)

type journalAnchor struct {
	Config   string `required:"" placeholder:"FILE" help:"Configuration file."`
	Approval string `placeholder:"FILE" help:"File of an approval by two administrators, from the console, or with the recovery code: the anchor begins anew."`
	Code     bool   `help:"Print the recovery code of the next time, while every log is what was signed: for an installation of before there was one."`
}

// Run shows the anchor, or begins it anew; the code of the next time is printed then. Exit 1 when a log is not what was signed.
func (c journalAnchor) Run() error {
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		if c.Approval != "" {
			if err := p.beginAnchor(ctx, c.Approval); err != nil {
				return err
			}
		}
		_, err := p.notary.Sign(ctx)
		logs := p.store.Journal.Anchor().Logs()
		for _, log := range slices.Sorted(maps.Keys(logs)) {
			l := logs[log]
			fmt.Printf("log %d: %d catatan, akar %s\n", log, l.Size, l.Root)
		}
		if err != nil {
			return refusal{err}
		}
		if !c.Code {
			return nil
		}
		code, err := p.store.Journal.RecoveryCode(ctx)
		if err != nil {
			return err
		}
		fmt.Println("Kode pemulihan, disimpan pada kertas terpisah dari berkas kunci:", code)
		return nil
	})
}

func (p *provider) beginAnchor(ctx context.Context, file string) error {
	approval, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("--approval: %w", err)
	}
	if err := p.store.Journal.BeginAnchor(ctx, fromHere(p, ""), journal.ApproveAnchor, approval); err != nil {
		if _, no := told.Text(err); no {
			return refusal{err}
		}
		return denied(err)
	}
	next, err := p.store.Journal.RecoveryCode(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("Jangkar dimulai baru; hal itu tercatat pada jurnal Dinas. Persetujuan atau kode yang baru dipakai tidak berlaku lagi.\n"+
		"Kode pemulihan berikutnya, disimpan pada kertas terpisah dari berkas kunci: %s\n", next)
	return nil
}
