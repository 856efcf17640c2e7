package guard

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gapura/access/abuse"
	"gapura/access/access"
	"gapura/internal/pace"
)

// A Kept is what the Watcher knew of an agency's lookups up to a place of its log, so that a start need not read them again.
type Kept struct {
	Upto         int64    // places before are known
	Begun, Ended []StopID // stops that were met among them
	Watcher      []byte   // abuse.Watcher.State
}

// A StopID tells a stop from all others of its agency.
type StopID struct {
	User int64
	At   int64 // Unix microseconds
}

func (s Stop) id() StopID { return StopID{s.User, s.At.UnixMicro()} }

// restore shows the Watcher the lookups of the last abuse.Memory and the stops among them, in order.
func (g *Guard) restore(ctx context.Context, l *log, agency int64, now time.Time) error {
	p, err := g.replay(ctx, g.watcher, agency, now)
	if err != nil {
		return err
	}
	l.upto, l.grown, l.kept = p.upto, p.upto, p.from
	if p.upto-p.from >= keepMany { // as after a crash under load: read once, and not again to be kept
		if err := g.store.KeepState(ctx, agency, p.state()); err != nil {
			return err
		}
		l.kept = p.upto
	}
	p.endBefore(now.Add(time.Nanosecond))
	return nil
}

// replay shows a Watcher that has seen nothing of an agency its lookups up to the end of the log, from where they were kept last.
func (g *Guard) replay(ctx context.Context, w *abuse.Watcher, agency int64, now time.Time) (*past, error) {
	sizes, err := g.store.LogSizes(ctx)
	if err != nil {
		return nil, err
	}
	from, err := g.store.PlaceAt(ctx, agency, now.Add(-abuse.Memory))
	if err != nil {
		return nil, err
	}
	stops, err := g.store.Stops(ctx, agency)
	if err != nil {
		return nil, err
	}
	p := &past{watcher: w, agency: agency, stops: stops, begun: map[StopID]bool{}, ended: map[StopID]bool{}, from: from,
		upto: sizes[agency]}
	kept, ok, err := g.store.KeptState(ctx, agency)
	if err != nil {
		return nil, err
	}
	// One of another format, or behind a database that was put back, is as good as none.
	if ok && kept.Upto >= from && kept.Upto <= p.upto && w.SetState(agency, kept.Watcher) == nil {
		p.from = kept.Upto
		for _, id := range kept.Begun {
			p.begun[id] = true
		}
		for _, id := range kept.Ended {
			p.ended[id] = true
		}
	}
	return p, g.store.Lookups(ctx, agency, p.from, p.upto, func(x Seen) {
		p.show(x)
		pace.Rest(ctx)
	})
}

// keep keeps what the log says up to its end. It is replayed into a Watcher of its own: the one that judges knows of lookups that no record
// tells yet.
func (g *Guard) keep(ctx context.Context, agency int64, now time.Time) (upto int64, err error) {
	w := abuse.New(g.decoy, g.settings)
	p, err := g.replay(pace.Gently(ctx), w, agency, now)
	if err != nil {
		return 0, err
	}
	return p.upto, g.store.KeepState(ctx, agency, p.state())
}

// state is what the past has told so far.
func (p *past) state() Kept {
	return Kept{Upto: p.upto, Watcher: p.watcher.State(p.agency), Begun: slices.Collect(maps.Keys(p.begun)),
		Ended: slices.Collect(maps.Keys(p.ended))}
}

// past replays a journal with the stops in it.
type past struct {
	watcher      *abuse.Watcher
	agency       int64
	stops        []Stop
	begun, ended map[StopID]bool
	from, upto   int64 // the places that are shown
}

func (p *past) show(x Seen) {
	p.endBefore(x.At)
	if !x.judged() {
		return
	}
	was := abuse.Judgement{}
	if x.Outcome == access.Abuse {
		was.Action = abuse.Refused
		for _, s := range p.stops {
			if s.User == x.User && !p.begun[s.id()] && !x.At.Before(s.At) && (s.Ended.IsZero() || x.At.Before(s.Ended)) {
				// The lookup at which the user was stopped; those after it were refused.
				was.Action, was.Rule, p.begun[s.id()] = abuse.Suspend, s.Rule, true
			}
		}
	}
	show(p.watcher, p.agency, x, was)
}

func (p *past) endBefore(at time.Time) {
	for _, s := range p.stops {
		if !p.ended[s.id()] && !s.Ended.IsZero() && s.Ended.Before(at) {
			p.ended[s.id()] = true
			end(p.watcher, p.agency, s)
		}
	}
}

func show(w *abuse.Watcher, agency int64, x Seen, was abuse.Judgement) {
	lookup := abuse.Lookup{At: x.At, Agency: agency, User: x.User, NIK: x.NIK}
	w.Restore(lookup, was)
	if x.answered() {
		w.Outcome(lookup, x.Outcome == access.Unknown)
	}
}

// What the Watcher knows of an agency is kept each 30 seconds when there are some lookups more, and each second when there are many, so
// that a start reads few again even after a crash under load, and keeping never reads many at a stretch.
const (
	keepEvery = 30 * time.Second
	keepSome  = 1000
	keepMany  = 10_000
)

// worthKeeping is how many lookups more are to be kept, so long after those with some were.
func worthKeeping(since time.Duration) int64 {
	if since >= keepEvery {
		return keepSome
	}
	return keepMany
}

// Run shows the Watcher, each second, what other processes have answered meanwhile, and keeps what it knows, until ctx ends.
func (g *Guard) Run(ctx context.Context, now func() time.Time, failed func(error)) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	kept := time.Now()
	for {
		select {
		case <-ctx.Done():
			if err := g.Keep(context.WithoutCancel(ctx), now(), 1); err != nil {
				failed(err)
			}
			return
		case <-t.C:
		}
		err := g.Follow(ctx)
		if err == nil {
			after := worthKeeping(time.Since(kept))
			if err = g.Keep(ctx, now(), after); after == keepSome {
				kept = time.Now()
			}
		}
		if err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
}

// Keep keeps what the records of each agency say that have so many lookups more than were kept last.
func (g *Guard) Keep(ctx context.Context, now time.Time, after int64) error {
	sizes, err := g.store.LogSizes(ctx)
	if err != nil {
		return err
	}
	for id, l := range g.known() {
		if sizes[id]-l.kept < after {
			continue
		}
		if l.kept, err = g.keep(ctx, id, now); err != nil {
			return fmt.Errorf("keep what is known of log %d: %w", id, err)
		}
	}
	return nil
}

// known are the logs whose past the Watcher knows.
func (g *Guard) known() map[int64]*log {
	g.mu.Lock()
	defer g.mu.Unlock()
	logs := make(map[int64]*log, len(g.logs))
	for id, l := range g.logs {
		if l.version.Load() != 0 {
			logs[id] = l
		}
	}
	return logs
}

// Follow shows the Watcher the lookups that others have recorded up to where the logs stood when it was called last: by then the own ones
// are known.
func (g *Guard) Follow(ctx context.Context) error {
	sizes, err := g.store.LogSizes(ctx)
	if err != nil {
		return err
	}
	for id, l := range g.known() {
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
				show(g.watcher, id, x, abuse.Judgement{})
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
