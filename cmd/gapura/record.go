package main

import (
	"context"
	"net/netip"
	"time"

	"gapura/access/access"
	"gapura/journal/journal"
	"gapura/web/server"
)

// record opens the journal for what happens; it is closed when all of it is written.
func (p *provider) record() (end func()) {
	p.metrics = server.NewMetrics()
	p.writer = journal.NewWriter(p.metrics.Commits(watched{p.store.Journal, p.disk}))
	p.metrics.Journal(p.writer.Waiting, p.notary.Unsigned)
	p.metrics.Behind(p.store.Derived.Behind)
	p.metrics.Ills(p.illCounts)
	p.limiter = access.NewLimiter(access.MostOwn, access.LineOwn)
	if p.cfg.UpstreamURL != "" {
		p.limiter = access.NewLimiter(access.MostUpstream, 0)
	}
	p.metrics.Lookups(p.limiter)
	p.authority = &access.Authority{
		Log: counted{kept{p.writer, p.disk}, p.metrics}, Rights: p.store.Rights, Now: p.now,
		Networks: access.Networks{Office: p.cfg.Console,
			Citizens: p.cfg.Citizens},
		Stranger: func(_ access.Act, method string, from netip.Addr, c access.Code) {
			p.metrics.Outcome(method, string(c))
			p.strangers.Add(method, from, p.now())
		},
	}
	return func() {
		// Whoever failed in the last minute has a record too.
		if err := p.recordSums(context.Background(), p.now().Add(time.Minute)); err != nil {
			p.log.Error("journal: record strangers' failures", "err", err)
		}
		if err := p.authority.Flush(context.Background()); err != nil {
			p.log.Error("journal: record refusals", "err", err)
		}
		p.writer.Close()
	}
}

// recordSums writes the failures of strangers in minutes that are over at the instant.
func (p *provider) recordSums(ctx context.Context, at time.Time) error {
	return (&access.Gate{Rights: p.store.Rights, Log: counted{kept{p.writer, p.disk}, p.metrics}, Strangers: &p.strangers}).RecordSums(ctx,
		at)
}
