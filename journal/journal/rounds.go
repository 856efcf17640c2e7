package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A Round is how far the service has come with reading a log again by itself.
type Round struct {
	Done, Size int64     // entries of the round that is under way
	Whole      time.Time // when the last one was over that found the log whole; zero: none yet
}

// rounds are what a Notary remembers of its rounds.
type rounds struct {
	turn sync.Mutex // one reader at a time

	mu    sync.Mutex
	next  int64 // log that is read next
	of    map[int64]*round
	found map[int64]*Tampered
}

type round struct {
	tree  Frontier
	to    Anchored // what was signed when it began
	whole time.Time
}

// reread is how many entries are read before it is asked whether the time is over.
const reread = 512

// Reread goes on reading the logs, a little each time, from their first entry to the last that was signed, and begins anew: an entry of
// long ago that was changed is found by the running service too, by the kept hash beside it or, when that was changed along, by the root in
// the anchor. It takes about as long as it is given and reads no log twice in it. A log that is not what was signed takes no entry and no
// signature until a later round finds it whole; the error is a *Tampered.
func (n *Notary) Reread(ctx context.Context, atMost time.Duration) error {
	r := &n.rounds
	r.turn.Lock()
	defer r.turn.Unlock()
	began, logs := time.Now(), slices.Sorted(maps.Keys(n.Anchor.Logs()))
	at, _ := slices.BinarySearch(logs, r.next)
	var failed []error
	for i := range logs {
		log := logs[(at+i)%len(logs)]
		over, err := n.rereadLog(ctx, log, began.Add(atMost))
		if err != nil {
			failed = append(failed, err)
		}
		if r.next = log; !over {
			break
		}
		if r.next = log + 1; time.Since(began) >= atMost {
			break
		}
	}
	return errors.Join(failed...)
}

// rereadLog goes on with the round of a log until it is over or the time is.
func (n *Notary) rereadLog(ctx context.Context, log int64, until time.Time) (over bool, err error) {
	r := &n.rounds
	for first := true; first || time.Now().Before(until); first = false {
		x, ok := n.underWay(log)
		if !ok {
			return true, nil
		}
		tree := x.tree
		err := n.Store.Leaves(ctx, log, tree.Size, min(tree.Size+reread, x.to.Size), func(entry []byte) error {
			tree.Append(LeafHash(entry))
			return nil
		})
		bad, tampered := errors.AsType[*Tampered](err)
		switch {
		case err != nil && !tampered:
			return true, err
		case !tampered && tree.Size == x.to.Size && tree.Root() != x.to.Root:
			bad = &Tampered{"log " + strconv.FormatInt(log, 10),
				fmt.Sprintf("its first %d entries are not those that were signed", x.to.Size)}
		case !tampered && tree.Size < x.to.Size:
			r.mu.Lock()
			r.of[log].tree = tree
			r.mu.Unlock()
			continue
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.of[log].tree, r.of[log].to = (Frontier{}), (Anchored{}); bad != nil {
			r.found[log] = bad
			return true, bad
		}
		delete(r.found, log)
		r.of[log].whole = n.Now()
		return true, nil
	}
	return false, nil
}

// underWay is the round of a log, begun when none is; false: nothing of it is signed.
func (n *Notary) underWay(log int64) (round, bool) {
	r := &n.rounds
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of == nil {
		r.of, r.found = map[int64]*round{}, map[int64]*Tampered{}
	}
	x := r.of[log]
	if x == nil {
		x = &round{}
		r.of[log] = x
	}
	if x.to.Size == 0 {
		x.to, _ = n.Anchor.Of(log)
	}
	return *x, x.to.Size > 0
}

// changed is what the rounds found wrong with a log; nil: nothing.
func (n *Notary) changed(log int64) *Tampered {
	n.rounds.mu.Lock()
	defer n.rounds.mu.Unlock()
	return n.rounds.found[log]
}

// Round is how far the rounds have come with a log.
func (n *Notary) Round(log int64) Round {
	at, _ := n.Anchor.Of(log)
	n.rounds.mu.Lock()
	defer n.rounds.mu.Unlock()
	x := n.rounds.of[log]
	if x == nil {
		return Round{Size: at.Size}
	}
	if x.to.Size > 0 {
		at.Size = x.to.Size
	}
	return Round{Done: x.tree.Size, Size: at.Size, Whole: x.whole}
}
