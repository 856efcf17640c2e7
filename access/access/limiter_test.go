package access

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"gapura/agreement/agreement"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
)

var ctx = context.Background()

func api(agency int64) caller { return caller{agency, agreement.API} }

func (l *Limiter) inLine() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// enters takes places until there is none for the caller.
func enters(l *Limiter, c caller) (n int) {
	for l.enter(ctx, c) {
		n++
	}
	return n
}

func TestOneCallerHasAllPlacesAndOthersTheirShare(t *testing.T) {
	l := NewLimiter(MostOwn, 0)
	if n := enters(l, api(1)); n != MostOwn || l.UnderWay() != MostOwn {
		t.Fatalf("alone a caller has %d places", n)
	}
	if n := enters(l, api(2)); n != MostOwn/2 {
		t.Errorf("beside one who has all, another has %d", n)
	}
	if n := enters(l, caller{1, agreement.Portal}); n != MostOwn/3 {
		t.Errorf("people of an agency whose program floods have %d places", n)
	}
	for l.places[api(1)] > MostOwn/3 { // the first comes down to its share and gets no place before
		if l.leave(api(1)); l.places[api(1)] >= MostOwn/3 && l.enter(ctx, api(1)) {
			t.Fatal("who has its share got another place")
		}
	}
	if l.TurnedAway(agreement.API) < 2 || l.TurnedAway(agreement.Portal) != 1 || l.TurnedAway(agreement.Legacy) != 0 {
		t.Errorf("counted %v", l.turned)
	}
	if n := enters(NewLimiter(MostUpstream, 0), api(1)); n != MostUpstream {
		t.Errorf("%d places with another service", n)
	}
}

// Whatever comes and goes, who has nothing under way is let in, nobody above its share is, and at the end nothing is left.
func TestPlacesAreSharedWhateverComesAndGoes(t *testing.T) {
	rng, l, mine := rand.New(rand.NewPCG(3, 4)), NewLimiter(MostOwn, 0), map[caller]int{}
	for range 200_000 {
		c := api(rng.Int64N(1 + rng.Int64N(400)))
		if rng.IntN(5) < 2 && mine[c] > 0 {
			l.leave(c)
			if mine[c]--; mine[c] == 0 {
				delete(mine, c)
			}
			continue
		}
		want := mine[c] == 0 || mine[c] < MostOwn/len(mine)
		if got := l.enter(ctx, c); got != want {
			t.Fatalf("one who has %d, of %d callers: let in %v", mine[c], len(mine), got)
		}
		if want {
			mine[c]++
		}
	}
	for c, n := range mine {
		for range n {
			l.leave(c)
		}
	}
	if l.UnderWay() != 0 || len(l.places) != 0 {
		t.Errorf("%d places are left", l.UnderWay())
	}
}

// A burst above the places waits for them: each that leaves lets the first in line in whose caller is below its share. A line that is full
// turns away, and so does one that stands for long.
func TestABurstWaitsInAShortLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, got := NewLimiter(2, 2), make(chan bool, 4)
		for range 2 {
			l.enter(ctx, api(1))
		}
		for range 2 {
			go func() { got <- l.enter(ctx, api(1)) }()
		}
		synctest.Wait()
		if l.inLine() != 2 || !l.full(api(1)) || l.enter(ctx, api(1)) || l.TurnedAway(agreement.API) != 2 {
			t.Fatalf("%d in line, %d turned away", l.inLine(), l.TurnedAway(agreement.API))
		}
		// Another comes: it is let in before those that wait, and while it is there the first has one place.
		if !l.enter(ctx, api(2)) {
			t.Fatal("who has nothing under way waits behind one who floods")
		}
		l.leave(api(1))
		if synctest.Wait(); len(got) != 0 {
			t.Fatal("one above its share was let in")
		}
		l.leave(api(1))
		l.leave(api(2))
		for range 2 {
			if !<-got {
				t.Error("one in line was turned away although places became free")
			}
		}
		go func() { got <- l.enter(ctx, api(1)) }()
		gone, stop := context.WithCancel(ctx)
		go func() { got <- l.enter(gone, api(1)) }()
		synctest.Wait()
		stop()
		if <-got || l.inLine() != 1 {
			t.Error("who has gone is in line")
		}
		if start := time.Now(); <-got || time.Since(start) != patience || l.inLine() != 0 || l.TurnedAway(agreement.API) != 4 {
			t.Errorf("%v, %d in line, %d turned away", time.Since(start), l.inLine(), l.TurnedAway(agreement.API))
		}
	})
}

// A held source answers nobody until told to.
type held struct {
	*house
	came chan struct{}
	on   chan struct{}
}

func (h held) Find(ctx context.Context, n nik.NIK) (population.Finding, error) {
	h.came <- struct{}{}
	<-h.on
	return population.Finding{Person: h.resident, Known: true}, ctx.Err()
}

func TestWhoIsTurnedAwayIsNotRecordedChargedOrWatched(t *testing.T) {
	h, g := built()
	s := held{h, make(chan struct{}), make(chan struct{})}
	first, g2 := *g, *g
	first.Limiter = NewLimiter(1, 0)
	g2.Limiter, first.Source = first.Limiter, s
	done := make(chan error)
	go func() {
		_, err := lookup(&first, nil)
		done <- err
	}()
	<-s.came
	judged := len(h.judged)
	for range 10 {
		a, err := lookup(&g2, nil)
		after, busy := told.RetryAfter(fmt.Errorf("wrapped: %w", err))
		if !errors.Is(err, ErrBusy) || !busy || after != "1" || a != (Answer{}) {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	if len(h.records) != 0 || h.charged != 0 || h.asked != 0 || len(h.judged) != judged ||
		first.Limiter.TurnedAway(agreement.Portal) != 10 {
		t.Errorf("%d records, %d asked, %d judged, %v", len(h.records), h.asked, len(h.judged)-judged, first.Limiter.turned)
	}
	close(s.on)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	// What comes now is answered; a fault, a stale decision and a refusal by the watch give their places back too.
	h.stale = 3
	for i, fault := range []error{nil, errors.New("disk full"), errors.New("watch")} {
		h.broken, h.watch = fault, nil
		if i == 2 {
			h.broken, h.watch = nil, fault
		}
		if _, err := lookup(&g2, nil); !errors.Is(err, fault) {
			t.Error(err)
		}
		if n := first.Limiter.UnderWay(); n != 0 {
			t.Errorf("%d places are left", n)
		}
	}
	g2.Rights, h.broken, h.watch = uncounted{h}, nil, nil
	if _, err := lookup(&g2, nil); !errors.Is(err, errUncounted) || first.Limiter.UnderWay() != 0 {
		t.Errorf("%v, %d places are left", err, first.Limiter.UnderWay())
	}
	if len(h.records) != 2 {
		t.Errorf("%d records", len(h.records))
	}
}

// A flood that asks again as soon as it is told costs a bounded number of answers: each of its connections has ten a second at most.
func TestWhoIsTurnedAwayIsToldALittleLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, g := built()
		g.Limiter = NewLimiter(1, 0)
		l, other := g.Limiter, caller{h.standing.Institution.ID, agreement.Portal}
		if !l.enter(t.Context(), other) {
			t.Fatal("there is no place")
		}
		l.line = 0
		begun := time.Now()
		for range 10 {
			if _, err := lookup(g, nil); !errors.Is(err, ErrBusy) {
				t.Fatal(err)
			}
			if err := g.Full(t.Context(), h.standing.User.ID, agreement.Portal); !errors.Is(err, ErrBusy) {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun); took != 20*turnedAfter {
			t.Errorf("twenty were turned away in %v", took)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if err := g.Full(gone, h.standing.User.ID, agreement.Portal); !errors.Is(err, ErrBusy) || time.Since(begun) != 20*turnedAfter {
			t.Errorf("%v after %v: nobody waits for who has gone", err, time.Since(begun))
		}
		l.leave(other)
		if _, err := lookup(g, nil); err != nil {
			t.Error(err)
		}
	})
}

// uncounted cannot tell the hits.
type uncounted struct{ *house }

var errUncounted = errors.New("database is gone")

func (uncounted) Hits(context.Context, int64, time.Time) (journal.Hits, error) {
	return nil, errUncounted
}

// slowed is a watch that is slow on purpose.
type slowed struct {
	*house
	look func()
}

func (s slowed) Judge(ctx context.Context, x *Standing, at time.Time, n nik.NIK) (string, error) {
	s.look()
	return s.house.Judge(ctx, x, at, n)
}

func TestWhoIsSlowedTakesNobodysPlace(t *testing.T) {
	h, g := built()
	g.Limiter = NewLimiter(MostOwn, 0)
	g.Watch = slowed{h, func() {
		if n := g.Limiter.UnderWay(); n != 0 {
			t.Errorf("%d places are held", n)
		}
	}}
	if _, err := lookup(g, nil); err != nil || len(h.judged) != 1 {
		t.Fatal(err)
	}
}
