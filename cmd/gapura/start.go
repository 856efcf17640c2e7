package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"gapura/agreement/party"
)

// mayStart refuses to serve from what is not as it was left: a journal of another name, a clock behind what was recorded. Each is named
// with its cure. What is wrong with keys, files and schema, opening them has refused before.
func (p *provider) mayStart(ctx context.Context, acceptClock bool) error {
	if err := p.sameJournal(ctx); err != nil {
		return err
	}
	if p.cfg.ClockStart != "" { // a clock that is set begins at the same instant at each start
		return nil
	}
	err := clockStands(ctx, p.store, p.now())
	if err == nil || !acceptClock {
		return err
	}
	c := fromHere(p, "")
	c.Subject, c.Before, c.After = "Jam", err.Error(), "layanan dimulai atas perintah; catatan terbaru ditulis oleh jam yang salah"
	return p.store.Journal.Tell(ctx, c)
}

// sameJournal refuses a configuration that names the journal other than its checkpoints do: they would all look forged.
func (p *provider) sameJournal(ctx context.Context) error {
	logs, err := p.store.Journal.Logs(ctx, party.Provider)
	if err != nil {
		return err
	}
	for _, l := range logs {
		if l.Last == nil {
			continue
		}
		origin, _, _ := bytes.Cut(l.Last.Signed, []byte("\n"))
		name, ok := strings.CutSuffix(string(origin), "/"+l.Code)
		if ok && name != p.cfg.JournalName {
			return fmt.Errorf("jurnal ini ditandatangani dengan nama %q, sedangkan konfigurasi menyebut journal_name = %q: kembalikan "+
				"journal_name ke "+
				"%q, atau periksa apakah basis data ini milik instalasi lain", name, p.cfg.JournalName, name)
		}
	}
	return nil
}
