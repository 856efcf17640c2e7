package witness

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"gapura/journal/journal"
)

// A Given is a cosignature of a witness outside under a checkpoint of a log.
type Given struct {
	Log, Size int64
	journal.Cosignature
}

// Kept is the storage that a Gatherer needs. What Keep keeps is durable when it returns. Safe for concurrent use, by several processes too.
type Kept interface {
	LastCheckpoint(ctx context.Context, log, least int64) (c journal.KeptCheckpoint, found bool, err error)
	// NewestCheckpoints are the sizes of the newest checkpoint of each log.
	NewestCheckpoints(ctx context.Context) (map[int64]int64, error)
	// LastGiven is the newest cosignature of each witness under each log, or one.
	LastGiven(ctx context.Context, only int64) ([]Given, error)
	// KeepGiven keeps a cosignature and that its witness answers.
	KeepGiven(ctx context.Context, g Given, at time.Time) error
	// GivenLines are the lines of a checkpoint's cosignatures of witnesses outside.
	GivenLines(ctx context.Context, log, size int64) ([]byte, error)
	// SetQuorum says that a checkpoint has enough cosignatures.
	SetQuorum(ctx context.Context, log, size int64) error
	// WitnessFailed keeps why a witness did not cosign.
	WitnessFailed(ctx context.Context, name string, at time.Time, why string) error
}

// A Gatherer sends the checkpoints of all logs to the witnesses of a policy and keeps what they sign (C2SP tlog-witness). It holds up no
// record and no signature. Safe for concurrent use.
type Gatherer struct {
	Store  Kept
	Notary *journal.Notary
	Policy *journal.Policy
	Client *http.Client
	Now    func() time.Time // the machine's clock, which witnesses go by too
	Log    *slog.Logger
	// Alarm tells people that a witness has seen another log than this one; once for each text.
	Alarm func(ctx context.Context, log int64, text string) error

	mu    sync.Mutex
	rest  map[string]rest            // of witnesses that fail; guarded by mu
	given map[string]map[int64]Given // the newest of each witness and log; nil: not read yet; guarded by mu
	told  map[string]bool            // alarms; guarded by mu
	busy  map[int64]*sync.Mutex      // of each log: one checkpoint of it at a time; guarded by mu
}

// A rest is a witness that is not asked for a while.
type rest struct {
	until time.Time
	times int // how often it has failed in a row
}

const (
	// gatherEvery is how often logs that have grown are sent.
	gatherEvery = 10 * time.Second
	// patience is how long a witness may take for its answer.
	patience = 5 * time.Second
	// restFirst and restMost bound for how long a witness that fails is left alone.
	restFirst, restMost = 5 * time.Second, 5 * time.Minute
	// clockSlack is how far a witness's clock may be ahead.
	clockSlack = 5 * time.Minute
)

// Run sends every log that has grown, again and again, until ctx ends.
func (g *Gatherer) Run(ctx context.Context) {
	t := time.NewTicker(gatherEvery)
	defer t.Stop()
	for {
		if err := g.Round(ctx); err != nil && ctx.Err() == nil {
			g.Log.Error("witnesses: send checkpoints", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Round sends every log of which a witness has not cosigned the newest checkpoint.
func (g *Gatherer) Round(ctx context.Context) error {
	sizes, err := g.Store.NewestCheckpoints(ctx)
	if err != nil {
		return err
	}
	for log, size := range sizes {
		due, err := g.due(ctx, log, size)
		if err != nil {
			return err
		}
		if len(due) > 0 {
			g.Gather(ctx, log)
		}
	}
	return ctx.Err()
}

// due are the witnesses to be asked: they have not cosigned that size, and are not at rest.
func (g *Gatherer) due(ctx context.Context, log, size int64) (list []journal.PolicyWitness, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.given == nil {
		kept, err := g.Store.LastGiven(ctx, journal.AllLogs)
		if err != nil {
			return nil, err
		}
		g.given, g.rest, g.told = map[string]map[int64]Given{}, map[string]rest{}, map[string]bool{}
		for _, k := range kept {
			g.remember(k)
		}
	}
	for _, w := range g.Policy.Witnesses {
		if w.URL != "" && g.given[w.Name][log].Size < size && !g.Now().Before(g.rest[w.Name].until) {
			list = append(list, w)
		}
	}
	return list, nil
}

func (g *Gatherer) remember(k Given) {
	if g.given[k.Witness] == nil {
		g.given[k.Witness] = map[int64]Given{}
	}
	if k.Size >= g.given[k.Witness][k.Log].Size {
		g.given[k.Witness][k.Log] = k
	}
}

// Gather implements journal.Witnesses: all witnesses are asked at once for the same checkpoint, so that one has them all.
func (g *Gatherer) Gather(ctx context.Context, log int64) {
	one := g.of(log)
	one.Lock()
	defer one.Unlock()
	last, found, err := g.Store.LastCheckpoint(ctx, log, 0)
	if err != nil || !found {
		if err != nil {
			g.Log.Error("witnesses: read checkpoint", "log", log, "err", err)
		}
		return
	}
	due, err := g.due(ctx, log, last.Tree.Size)
	if err != nil {
		g.Log.Error("witnesses: read cosignatures", "err", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var all sync.WaitGroup
	for _, w := range due {
		all.Go(func() { g.one(ctx, w, log, last) })
	}
	all.Wait()
	if len(due) == 0 {
		return
	}
	if err := g.count(context.WithoutCancel(ctx), log, last); err != nil {
		g.Log.Error("witnesses: count cosignatures", "log", log, "err", err)
	}
}

// of is the lock of a log.
func (g *Gatherer) of(log int64) *sync.Mutex {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy == nil {
		g.busy = map[int64]*sync.Mutex{}
	}
	if g.busy[log] == nil {
		g.busy[log] = &sync.Mutex{}
	}
	return g.busy[log]
}

// count notes that a checkpoint has its quorum.
func (g *Gatherer) count(ctx context.Context, log int64, c journal.KeptCheckpoint) error {
	lines, err := g.Store.GivenLines(ctx, log, c.Tree.Size)
	if err != nil {
		return err
	}
	if _, short := g.Policy.Check(append(append([]byte{}, c.Signed...), lines...)); short != nil {
		return nil // the page of witnesses tells who is missing
	}
	return g.Store.SetQuorum(ctx, log, c.Tree.Size)
}

// one asks one witness for its cosignature under a checkpoint.
func (g *Gatherer) one(ctx context.Context, w journal.PolicyWitness, log int64, last journal.KeptCheckpoint) {
	g.mu.Lock()
	before := g.given[w.Name][log]
	g.mu.Unlock()
	lines, err := ask(ctx, g.Client, request{url: w.URL, signed: last.Signed, size: last.Tree.Size, known: before.Size,
		prove: func(old int64) ([]journal.Hash, error) { return g.Notary.Consistency(ctx, log, last.Tree.Size, old) }})
	durable := context.WithoutCancel(ctx)
	if c, bad := errors.AsType[*Conflict](err); bad {
		if err = g.conflict(durable, w, log, c); err == nil {
			return // the log has grown meanwhile: the next round sends what it is now
		}
	}
	var k Given
	if err == nil {
		k, err = g.judge(w, log, last, lines, before)
	}
	if err == nil {
		if err = g.Store.KeepGiven(durable, k, g.Now()); err != nil {
			g.Log.Error("witnesses: keep cosignature", "witness", w.Name, "log", log, "err", err)
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.remember(k)
		delete(g.rest, w.Name)
		return
	}
	g.fail(durable, w, log, err)
}

// judge takes the witness's own cosignature out of an answer; what others signed is dropped.
func (g *Gatherer) judge(w journal.PolicyWitness, log int64, last journal.KeptCheckpoint, lines []byte, before Given) (Given, error) {
	list, err := g.Policy.Cosignatures(append(append([]byte{}, last.Signed...), lines...))
	if err != nil {
		return Given{}, fmt.Errorf("its answer: %w", err)
	}
	for _, c := range list {
		switch {
		case c.Witness != w.Name:
			continue
		case c.At.Before(before.At):
			return Given{}, fmt.Errorf("it signed at %s, before its last signature at %s", clock(c.At), clock(before.At))
		case c.At.After(g.Now().Add(clockSlack)):
			return Given{}, fmt.Errorf("it signed at %s, which is yet to come", clock(c.At))
		}
		return Given{log, last.Tree.Size, c}, nil
	}
	return Given{}, errors.New("its answer holds no signature by its key")
}

func clock(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// conflict tells people of a witness that has seen another log. It is nil when the log has grown beyond what the witness has seen, because
// another process sent it.
func (g *Gatherer) conflict(ctx context.Context, w journal.PolicyWitness, log int64, c *Conflict) error {
	if c.Known > c.Size {
		now, found, err := g.Store.LastCheckpoint(ctx, log, 0)
		if err != nil || found && now.Tree.Size >= c.Known {
			return err
		}
	}
	text := fmt.Sprintf("saksi %s menolak log ini: sudah menandatangani %d catatan, sedangkan log tidak melanjutkan catatan itu.", w.Name,
		c.Known)
	key := fmt.Sprint(log, " ", text)
	g.mu.Lock()
	told := g.told[key]
	g.mu.Unlock()
	if !told {
		if err := g.Alarm(ctx, log, text); err != nil {
			return errors.Join(c, err)
		}
		g.mu.Lock()
		g.told[key] = true
		g.mu.Unlock()
	}
	return c
}

// fail keeps why a witness did not cosign and leaves it alone for a while, longer each time.
func (g *Gatherer) fail(ctx context.Context, w journal.PolicyWitness, log int64, why error) {
	g.mu.Lock()
	r := g.rest[w.Name]
	wait := min(restFirst<<min(r.times, 10), restMost)
	g.rest[w.Name] = rest{g.Now().Add(wait), r.times + 1}
	g.mu.Unlock()
	g.Log.Warn("witnesses: no cosignature", "witness", w.Name, "log", log, "why", why, "again_after", wait)
	if err := g.Store.WitnessFailed(ctx, w.Name, g.Now(), why.Error()); err != nil {
		g.Log.Error("witnesses: keep failure", "witness", w.Name, "err", err)
	}
}
