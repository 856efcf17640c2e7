package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"gapura/office/office"
	"gapura/office/outage"
)

// lookEvery is how often the office looks for what is due; a day has passed unnoticed for at most so long.
const lookEvery = 10 * time.Minute

// indexEvery is how often what is filled behind the log takes in new records; a search or a delivery takes in the rest.
const indexEvery = 2 * time.Second

// sumEvery is how long after its end a minute's failures of strangers are recorded at most.
const sumEvery = 5 * time.Second

// lookAround is how long rights are held against their logs in each second: some twenty institutions on two cores.
const lookAround = 30 * time.Millisecond

// rereadFor is how long old entries are read again in each second: two percent of a core at most, some thousand entries.
const rereadFor = 20 * time.Millisecond

// diskEvery is how often it is looked how much room the database has.
const diskEvery = time.Second

// warmPatience is how long a start waits for what agencies' first lookups would wait for; the rest is done while serving.
const warmPatience = time.Second

// warm has the Watcher know every agency's past. What cannot be read now fails the agency's first lookup, which tells why.
func (p *provider) warm(ctx context.Context) {
	version, err := p.store.Rights.Version(ctx)
	all, err2 := p.store.Rights.Everyone(ctx)
	for i := range all {
		s := all[i]
		s.Version = version
		if ctx.Err() != nil || err != nil {
			break
		}
		if e := p.guard.Warm(ctx, &s, p.now()); e != nil {
			p.log.Error("abuse: read the past at the start", "agency", s.Institution.ID, "err", e)
		}
	}
	if err = errors.Join(err, err2); err != nil && ctx.Err() == nil {
		p.log.Error("abuse: read the past at the start", "err", err)
	}
}

// background runs what nobody waits for until stop is called; a start waits a little for the first of it.
func (p *provider) background() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	// late is how long after the start it begins: what is done each second is not all done at the same moment of it.
	every := func(d, late time.Duration, failed string, do func() error) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(late):
		}
		t := time.NewTicker(d)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
			if err := do(); err != nil && ctx.Err() == nil {
				p.unwell(failed, err)
			}
		}
	}
	failing := func(what string) func(error) {
		return func(err error) { p.unwell(what, err) }
	}
	done.Go(func() {
		every(sumEvery, 0, "record strangers' failures", func() error { return p.recordSums(ctx, p.now()) })
	})
	warmed := make(chan struct{})
	done.Go(func() {
		defer close(warmed)
		p.warm(ctx)
	})
	done.Go(func() { p.mailer.Run(ctx) })
	done.Go(func() { p.outages.Run(ctx, outage.Every) })
	done.Go(func() { p.sealing.Run(ctx, keysEvery) })
	p.disk.Look()
	done.Go(func() {
		every(diskEvery, 0, "look at the disk", func() error { p.disk.Look(); return nil })
	})
	done.Go(func() { clearing(ctx, p.log, p.disk.Dir, p.cfg.BackupDir) })
	if daily := p.daily(); daily != nil {
		done.Go(func() { daily.Run(ctx) })
	}
	done.Go(func() {
		every(indexEvery, 350*time.Millisecond, "fill what is derived, sum refusals", func() error {
			return errors.Join(p.store.Derived.Follow(ctx), p.authority.Sweep(ctx))
		})
	})
	done.Go(func() { p.guard.Run(ctx, p.now, failing("follow the watch of other processes")) })
	done.Go(func() {
		alarm := p.logAlarms()
		p.notary.Run(ctx, time.Second, func(err error) {
			p.unwell("sign checkpoints", err)
			alarm.raise(context.WithoutCancel(ctx))
		})
	})
	done.Go(func() {
		every(time.Second, 500*time.Millisecond, "read entries of long ago", func() error { return p.notary.Reread(ctx, rereadFor) })
	})
	if p.gather != nil {
		done.Go(func() { p.gather.Run(ctx) })
	}
	done.Go(func() {
		alarm := p.rightAlarms()
		every(time.Second, 700*time.Millisecond, "examine rights", func() error {
			err := p.store.Rights.LookAround(ctx, lookAround)
			alarm.raise(context.WithoutCancel(ctx))
			return err
		})
	})
	done.Go(func() { office.RemindersOf(p.office).Run(ctx, lookEvery, failing("look for what is due")) })
	done.Go(func() { office.CuriosityOf(p.office).Run(ctx, lookEvery, failing("judge the day's lookups")) })
	residents := office.SubscriptionsOf(p.office, p.disclosure())
	done.Go(func() { residents.Run(ctx, lookEvery, failing("tell residents of the day's uses")) })
	select {
	case <-warmed:
	case <-time.After(warmPatience):
	}
	return func() { cancel(); done.Wait() }
}
