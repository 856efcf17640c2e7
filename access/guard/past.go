package guard

import (
	"context"
	"fmt"
	"time"

	"gapura/access/abuse"
	"gapura/access/access"
)

// restore shows the Watcher the lookups of the last abuse.Memory and the stops among them, in order.
func (g *Guard) restore(ctx context.Context, l *log, agency int64, now time.Time) error {
	sizes, err := g.store.LogSizes(ctx)
	if err != nil {
		return err
	}
	from, err := g.store.PlaceAt(ctx, agency, now.Add(-abuse.Memory))
	if err != nil {
		return err
	}
	stops, err := g.store.Stops(ctx, agency)
	if err != nil {
		return err
	}
	past := past{guard: g, agency: agency, stops: stops, begun: map[int]bool{}, ended: map[int]bool{}}
	if err := g.store.Lookups(ctx, agency, from, sizes[agency], past.show); err != nil {
		return err
	}
	past.endBefore(now.Add(time.Nanosecond))
	l.upto, l.grown = sizes[agency], sizes[agency]
	return nil
}

// past replays a journal with the stops in it.
type past struct {
	guard        *Guard
	agency       int64
	stops        []Stop
	begun, ended map[int]bool
}

func (p *past) show(x Seen) {
	p.endBefore(x.At)
	if !x.judged() {
		return
	}
	was := abuse.Judgement{}
	if x.Outcome == access.Abuse {
		was.Action = abuse.Refused
		for i, s := range p.stops {
			if s.User == x.User && !p.begun[i] && !x.At.Before(s.At) && (s.Ended.IsZero() || x.At.Before(s.Ended)) {
				// The lookup at which the user was stopped; those after it were refused.
				was.Action, was.Rule, p.begun[i] = abuse.Suspend, s.Rule, true
			}
		}
	}
	p.guard.show(p.agency, x, was)
}

func (p *past) endBefore(at time.Time) {
	for i, s := range p.stops {
		if !p.ended[i] && !s.Ended.IsZero() && s.Ended.Before(at) {
			p.ended[i] = true
			p.guard.end(p.agency, s)
		}
	}
}

func (g *Guard) show(agency int64, x Seen, was abuse.Judgement) {
	lookup := abuse.Lookup{At: x.At, Agency: agency, User: x.User, NIK: x.NIK}
	g.watcher.Restore(lookup, was)
	if x.answered() {
		g.watcher.Outcome(lookup, x.Outcome == access.Unknown)
	}
}

// Run shows the Watcher, each second, what other processes have answered meanwhile, until ctx ends.
func (g *Guard) Run(ctx context.Context, failed func(error)) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := g.Follow(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
}

// Follow shows the Watcher the lookups that others have recorded up to where the logs stood when it was called last: by then the own ones
// are known.
func (g *Guard) Follow(ctx context.Context) error {
	sizes, err := g.store.LogSizes(ctx)
	if err != nil {
		return err
	}
	g.mu.Lock()
	logs := make(map[int64]*log, len(g.logs))
	for id, l := range g.logs {
		if l.version.Load() != 0 {
			logs[id] = l
		}
	}
	g.mu.Unlock()
	for id, l := range logs {
		if err := g.follow(ctx, id, l, sizes[id]); err != nil {
			return fmt.Errorf("follow log %d: %w", id, err)
		}
	}
	return nil
}

func (g *Guard) follow(ctx context.Context, id int64, l *log, size int64) error {
	l.mu.Lock()
	type span struct{ from, to int64 }
	var foreign []span
	upto, end := l.upto, l.grown
	for at := upto; at < end; at++ {
		if l.own[at] {
			delete(l.own, at)
		} else if n := len(foreign); n > 0 && foreign[n-1].to == at {
			foreign[n-1].to++
		} else {
			foreign = append(foreign, span{at, at + 1})
		}
	}
	l.upto, l.grown = end, size
	l.mu.Unlock()
	for _, s := range foreign {
		err := g.store.Lookups(ctx, id, s.from, s.to, func(x Seen) {
			if x.judged() && x.Outcome != access.Abuse { // a stop is a fact of the standing
				g.show(id, x, abuse.Judgement{})
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
