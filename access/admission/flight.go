package admission

import (
	"context"
	"sync"
	"time"
)

// flights are the lanes on which attempts are being checked in this process. What is not under way is in Accounts, so that memory is
// bounded by what the queue lets in.
type flights struct {
	mu  sync.Mutex
	all map[flightKey]*flight // guarded by mu
}

type flightKey struct {
	user int64
	lane Lane
}

// A flight is one lane with attempts under way. Guarded by its flights' mu.
type flight struct {
	key      flightKey
	hold     Hold
	checking int
	together int // turned away meanwhile
}

// begin reserves an attempt on a lane that stands durably as given. Not ok: it is not to be checked; when others are being checked it was
// counted with them.
func (x *flights) begin(k flightKey, durable Hold, now time.Time) (*flight, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	f := x.all[k]
	if f == nil {
		f = &flight{key: k, hold: durable}
	}
	hold, ok := f.hold.Reserve(now)
	if !ok {
		if f.checking > 0 {
			f.together++
		}
		return nil, false
	}
	f.hold = hold
	f.checking++
	if x.all == nil {
		x.all = map[flightKey]*flight{}
	}
	x.all[k] = f
	return f, true
}

// end is told that a check is over. counted is false when nothing was checked after all. It returns how many were turned away, once, to be
// counted durably.
func (x *flights) end(f *flight, counted bool) (together int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !counted {
		f.hold.Failures--
	}
	if f.checking--; f.checking > 0 {
		return 0
	}
	delete(x.all, f.key)
	return f.together
}

// calls are equal attempts under way: they are checked once, and all get its outcome.
type calls struct {
	mu  sync.Mutex
	all map[mark]*call // guarded by mu
}

type call struct {
	done   chan struct{}
	joined int // guarded by calls.mu
	r      Result
	err    error
}

// do runs fn, or joins an equal call. fn's context does not end when that of the first caller does, because others wait for its outcome;
// joined closes the call to newcomers and tells how many have joined.
func (c *calls) do(ctx context.Context, k mark, fn func(ctx context.Context, joined func() int) (Result, error)) (Result, error) {
	c.mu.Lock()
	x := c.all[k]
	if x != nil {
		x.joined++
	} else {
		x = &call{done: make(chan struct{})}
		if c.all == nil {
			c.all = map[mark]*call{}
		}
		c.all[k] = x
		joined := func() int {
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.all[k] == x {
				delete(c.all, k)
			}
			n := x.joined
			x.joined = 0
			return n
		}
		go func() {
			defer close(x.done)
			defer joined()
			x.r, x.err = fn(context.WithoutCancel(ctx), joined)
		}()
	}
	c.mu.Unlock()
	select {
	case <-x.done:
		return x.r, x.err
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// Limits of a source in a minute: failures that it may make before it is told to wait, and how many sources are told apart; the others
// share one budget, so that nobody gets a new one by coming from somewhere else.
const (
	triesOfSource    = 60
	mostSources      = 4096
	triesOfTheOthers = 10 * triesOfSource
)

// A budget is what failing costs a source. Safe for concurrent use.
type budget struct {
	mu     sync.Mutex
	minute time.Time    // guarded by mu
	spent  map[Lane]int // guarded by mu
	others int          // guarded by mu
}

// spend takes one try of a source; false when it has none left in this minute.
func (b *budget) spend(source Lane, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := now.Truncate(time.Minute); b.spent == nil || !m.Equal(b.minute) {
		b.minute, b.spent, b.others = m, map[Lane]int{}, 0
	}
	n, seen := b.spent[source]
	if !seen && len(b.spent) >= mostSources {
		b.others++
		return b.others <= triesOfTheOthers
	}
	b.spent[source] = n + 1
	return n < triesOfSource
}
