package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gapura/agreement/party"
	"gapura/journal/journal"
)

type journalReplay struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
}

// Run checks each log, rebuilds the rights of its institution from it and compares. Exit 1 with the first row that no entry explains, or
// the first place of a log that is not what was signed.
func (c journalReplay) Run() error {
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		return p.replayAll(ctx, func(code string, rows int) { fmt.Printf("%s: %d baris hak dijelaskan oleh jurnal\n", code, rows) })
	})
}

// replayAll rebuilds the rights of each institution and tells of each.
func (p *provider) replayAll(ctx context.Context, explained func(code string, rows int)) error {
	all, err := p.store.Rights.Logs(ctx)
	if err != nil {
		return err
	}
	sum, institutions := 0, 0
	for _, log := range all {
		i, err := p.store.Institutions.Institution(ctx, log)
		if log == party.Provider && errors.Is(err, sql.ErrNoRows) {
			continue // the office has no staff yet, whose first one brings its row
		}
		if err != nil {
			return err
		}
		n, err := p.replay(ctx, i)
		if err != nil {
			return denied(fmt.Errorf("%s: %w", i.Code, err))
		}
		explained(i.Code, n)
		sum, institutions = sum+n, institutions+1
	}
	fmt.Printf("%d baris hak dari %d instansi sama dengan yang dibangun ulang dari jurnal\n", sum, institutions)
	return nil
}

func (p *provider) replay(ctx context.Context, i party.Institution) (rows int, err error) {
	if _, there, err := p.store.Journal.LogState(ctx, i.ID); err != nil {
		return 0, err
	} else if !there {
		return 0, &journal.Tampered{Place: "jurnal " + i.Code, Why: "tidak ada"}
	}
	if _, err := p.notary.Check(ctx, i.ID, i.Code, nil); err != nil {
		return 0, err
	}
	return p.store.Journal.Replay(ctx, i.ID)
}
