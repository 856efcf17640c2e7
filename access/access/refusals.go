package access

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"gapura/internal/told"
	"gapura/journal/journal"
)

// An Authority is asked by every door before an act: it authorises, and records what it refuses, and what is read of what was kept, in the
// log of the institution that tried, by whom, what, by which door and from where. A person who loads a refused page again and again does
// not fill the log: the first refusal of a minute is a record, and those that follow it in the same minute are one more, with their number.
// Safe for concurrent use.
type Authority struct {
	Log      Log
	Rights   versioned
	Now      func() time.Time
	Networks Networks
	// Stranger is told of each refusal of somebody whom we do not know, who costs no record; nil: nobody counts them.
	Stranger func(act Act, method string, from netip.Addr, c Code)

	mu    sync.Mutex
	swept time.Time           // guarded by mu
	seen  map[occasion]*tally // guarded by mu; at most maxOccasions, and one for each institution and code
}

// An occasion is what refusals of one minute are summed by.
type occasion struct {
	log, user int64
	act       Act
	method    string
	from      netip.Addr
	code      Code
	what      string // that was read
}

// A tally counts the refusals of an occasion since its first record.
type tally struct {
	id    journal.ID // of the first's record
	since time.Time
	last  time.Time
	more  int // behind the first
}

const (
	sumFor       = time.Minute
	maxOccasions = 10_000
)

// A Refusal is what Allow says to somebody who may not.
type Refusal struct {
	Code   Code
	Record string // number of the record that holds it; empty for a stranger
}

func (r *Refusal) Error() string { return r.Code.Text() }

// Unwrap is the refusal as any error that a person may see.
func (r *Refusal) Unwrap() error {
	kind := told.Forbidden
	if r.Code == Foreign {
		kind = told.Missing // whether it exists is not told
	}
	return &told.Error{Kind: kind, Text: r.Code.Text()}
}

// Allow authorises an attempt, on the authority's clock and networks: nil, or a *Refusal, which is recorded. Any other error is a fault:
// nothing is decided, because it could not be recorded.
func (y *Authority) Allow(ctx context.Context, a Attempt) error {
	a.Now, a.Networks = y.Now(), y.Networks
	code := Authorise(a)
	if code == "" {
		return nil
	}
	if a.Who == nil {
		if y.Stranger != nil {
			y.Stranger(a.Act, a.Method, a.Address, code)
		}
		return &Refusal{Code: code}
	}
	id, err := y.note(ctx, a.occasion(code, ""), a.Now)
	if err != nil {
		return err
	}
	return &Refusal{code, id.String()}
}

// Read records that somebody who may reads what was kept of others, by whom, what, by which door and from where; bounded as refusals are.
// Only when it returns nil is it shown. What names a thing by its number, never by a person: "berkas 12".
func (y *Authority) Read(ctx context.Context, a Attempt, what string) error {
	_, err := y.note(ctx, a.occasion(Read, what), y.Now())
	return err
}

// Missed records that the second step of a sign-in failed, whose password was right; summed as refusals are.
func (y *Authority) Missed(ctx context.Context, a Attempt) error {
	_, err := y.note(ctx, a.occasion(Second, ""), y.Now())
	return err
}

func (a Attempt) occasion(c Code, what string) occasion {
	return occasion{a.Who.Institution.ID, a.Who.User.ID, a.Act, a.Method, a.Address, c, what}
}

func (y *Authority) note(ctx context.Context, o occasion, now time.Time) (journal.ID, error) {
	if err := y.Sweep(ctx); err != nil {
		return journal.ID{}, err
	}
	y.mu.Lock()
	if y.seen == nil {
		y.seen = map[occasion]*tally{}
	}
	if _, known := y.seen[o]; !known && len(y.seen) >= maxOccasions {
		o = occasion{log: o.log, act: o.act, code: o.code} // too many to be told apart
	}
	if t, known := y.seen[o]; known {
		t.more, t.last = t.more+1, now
		y.mu.Unlock()
		return t.id, nil
	}
	y.mu.Unlock()
	// Two at once may both be recorded: one too many is better than one that waits for the other, or than none when the first fails.
	id, err := y.record(ctx, o, now, "")
	if err != nil {
		return id, err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	if _, known := y.seen[o]; !known {
		y.seen[o] = &tally{id: id, since: now, last: now}
	}
	return id, nil
}

// Sweep records what was counted in minutes that are over. It is called now and then, so that a count does not wait for the next refusal.
func (y *Authority) Sweep(ctx context.Context) error {
	now := y.Now()
	y.mu.Lock()
	idle := now.Sub(y.swept) < time.Second // a rush of refusals need not look each time
	if !idle {
		y.swept = now
	}
	y.mu.Unlock()
	if idle {
		return nil
	}
	return y.sweep(ctx, now.Add(-sumFor))
}

// Flush records all that was counted, before the program ends.
func (y *Authority) Flush(ctx context.Context) error { return y.sweep(ctx, y.Now()) }

// sweep forgets the occasions that began until an instant; a count that cannot be recorded is kept.
func (y *Authority) sweep(ctx context.Context, until time.Time) error {
	over := map[occasion]*tally{}
	y.mu.Lock()
	for o, t := range y.seen {
		if t.since.After(until) {
			continue
		}
		if t.more > 0 {
			over[o] = t
		}
		delete(y.seen, o)
	}
	y.mu.Unlock()
	var all error
	for o, t := range over {
		if _, err := y.record(ctx, o, t.last, "diulang "+strconv.Itoa(t.more)+" kali"); err != nil {
			all = errors.Join(all, err)
			y.mu.Lock()
			if newer := y.seen[o]; newer != nil {
				newer.more += t.more
			} else {
				y.seen[o] = t
			}
			y.mu.Unlock()
		}
	}
	return all
}

func (y *Authority) record(ctx context.Context, o occasion, at time.Time, times string) (journal.ID, error) {
	about := strings.Trim(o.what+", "+times, ", ")
	r := journal.Record{At: at, Act: string(o.act), User: o.user, Method: o.method, Address: o.from, Reference: about,
		Outcome: string(o.code)}
	id, err := note(ctx, y.Log, y.Rights, o.log, r)
	if err != nil {
		return id, fmt.Errorf("record refusal or reading: %w", err)
	}
	return id, nil
}
