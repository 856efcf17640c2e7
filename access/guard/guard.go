// Package guard keeps abuse.Watcher in the way of every lookup (Juknis II.E.1; D1–D4): it gives the Watcher its past after a start and what
// other processes answered, keeps what it finds, slows, and stops a user id, which is a change of a right with its record. What a user may
// do is never decided here: a stop is a fact of the user's standing, and access.Decide refuses on it in the record's transaction, in every
// process at once.
package guard

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gapura/access/abuse"
	"gapura/access/access"
	"gapura/journal/journal"
	"gapura/person/nik"
)

// A Seen is a lookup of the journal.
type Seen struct {
	Seq     int64
	At      time.Time
	User    int64
	NIK     nik.NIK // zero: no NIK
	Outcome access.Code
}

// answered reports whether the source told of the NIK.
func (s Seen) answered() bool {
	return s.Outcome == access.Found || s.Outcome.Notice() && !s.NIK.IsZero()
}

// judged reports whether the Watcher was shown the lookup.
func (s Seen) judged() bool {
	return s.answered() || s.Outcome == access.Malformed || s.Outcome == access.Quota || s.Outcome == access.Source ||
		s.Outcome == access.Abuse || s.Outcome == access.Protected
}

// A Stop is one time that a user's lookups were stopped.
type Stop struct {
	User       int64
	At         time.Time
	Rule       abuse.Rule // None: a person stopped the user
	Ended      time.Time  // zero: still stopped
	FalseAlarm bool       // it ended because the user was honest
}

// A Store keeps what the Guard needs. Safe for concurrent use.
type Store interface {
	// LogSizes are the sizes of the logs of all agencies.
	LogSizes(ctx context.Context) (map[int64]int64, error)
	// PlaceAt is the place of the first record of a log that is not older than a time; the log's size when there is none.
	PlaceAt(ctx context.Context, log int64, at time.Time) (int64, error)
	// Lookups gives the lookups of a log from a place up to another, in order.
	Lookups(ctx context.Context, log, from, to int64, give func(Seen)) error
	Stops(ctx context.Context, agency int64) ([]Stop, error)
	Stopped(ctx context.Context, user int64) (bool, error)
	Decoys(ctx context.Context) ([]Decoy, error)
	AbuseSettings(ctx context.Context, agency int64) (Settings, error)
	KeepAlert(ctx context.Context, a Alert) error
	// KeptState is what was kept last of an agency; what cannot be opened is as good as nothing.
	KeptState(ctx context.Context, agency int64) (Kept, bool, error)
	// KeepState keeps what is known of an agency, unless more is kept already.
	KeepState(ctx context.Context, agency int64, k Kept) error
}

// A Stopper stops a user id: a change of a right, with its record and its notices.
type Stopper interface {
	StopUser(ctx context.Context, s *access.Standing, by Finding) error
}

// A Finding is why a user is stopped.
type Finding struct {
	At      time.Time
	By      int64 // user id of who stops; 0: the Watcher
	Rule    abuse.Rule
	Score   float64
	Reasons []string // formal Indonesian; NIKs masked
}

// An Alert is one judgement that is kept.
type Alert struct {
	Agency, User int64
	Day          time.Time // the agency's
	Action       abuse.Action
	Finding
}

// A Decoy is a well-formed NIK that no honest source knows (D4).
type Decoy struct {
	NIK     nik.NIK
	Planted time.Time
	Note    string
}

// slow is how much later a lookup that reached the step "slow" is answered: less than the timeouts of old applications.
const slow = 3 * time.Second

// A Guard is an access.Watch.
type Guard struct {
	store   Store
	stopper Stopper
	watcher *abuse.Watcher
	Sleep   func(context.Context, time.Duration) // how a lookup that is slowed waits

	decoys  atomic.Pointer[map[nik.NIK]bool]
	version atomic.Int64 // of the rights, when decoys were read
	mu      sync.Mutex   // guards logs
	logs    map[int64]*log
}

// log is what the Guard knows of an agency's log.
type log struct {
	settings atomic.Pointer[abuse.Settings]
	version  atomic.Int64 // of the rights, when settings were read; 0: the past is not known yet
	kept     int64        // places before are kept; Run's own once the past is known

	mu      sync.Mutex
	upto    int64 // places before are known to the Watcher
	grown   int64 // the log's size when it was followed last
	own     map[int64]bool
	pending map[int64]Finding // stops that could not be written
}

// New returns a Guard that has seen nothing; it reads an agency's past before it judges its first lookup.
func New(s Store, stopper Stopper) *Guard {
	g := &Guard{store: s, stopper: stopper, logs: map[int64]*log{}, Sleep: func(ctx context.Context, d time.Duration) {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}}
	g.decoys.Store(&map[nik.NIK]bool{})
	g.watcher = abuse.New(g.decoy, g.settings)
	return g
}

func (g *Guard) decoy(n nik.NIK) bool { return (*g.decoys.Load())[n] }

func (g *Guard) settings(agency int64) abuse.Settings {
	if s := g.log(agency).settings.Load(); s != nil {
		return *s
	}
	return abuse.Settings{}
}

func (g *Guard) log(agency int64) *log {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.logs[agency]
	if l == nil {
		l = &log{own: map[int64]bool{}, pending: map[int64]Finding{}}
		g.logs[agency] = l
	}
	return l
}

// Judge implements access.Watch.
func (g *Guard) Judge(ctx context.Context, s *access.Standing, at time.Time, n nik.NIK) (string, error) {
	l := g.log(s.Institution.ID)
	if err := g.ready(ctx, l, s, at); err != nil {
		return "", err
	}
	lookup := abuse.Lookup{At: at, Agency: s.Institution.ID, User: s.User.ID, NIK: n}
	j := g.watcher.Observe(lookup)
	if j.Action == abuse.Refused {
		stopped, err := g.refused(ctx, l, s)
		if err != nil || stopped {
			return "", errOr(err, journal.ErrStale)
		}
		j = g.watcher.Observe(lookup)
	}
	if j.Action == abuse.Allow {
		return "", nil
	}
	f := Finding{At: at, Rule: j.Rule, Score: j.Score}
	for _, x := range j.Findings {
		f.Reasons = append(f.Reasons, x.Reason)
	}
	if err := g.store.KeepAlert(ctx, Alert{Agency: lookup.Agency, User: lookup.User, Day: s.Institution.Zone.Day(at), Action: j.Action,
		Finding: f}); err != nil {
		return "", fmt.Errorf("keep alert: %w", err)
	}
	switch j.Action {
	case abuse.Record:
		return "", nil
	case abuse.Slow:
		g.Sleep(ctx, slow)
	case abuse.Suspend, abuse.Refused:
		l.mu.Lock()
		defer l.mu.Unlock()
		return "", errOr(g.stop(ctx, l, s, f), journal.ErrStale)
	}
	return warning(f, j.Action, s.Institution.OfficeHelper()), nil
}

func warning(f Finding, a abuse.Action, office string) string {
	text := "Perhatian: "
	if len(f.Reasons) > 0 {
		text += f.Reasons[0] + " "
	}
	if a == abuse.Slow {
		text += "Jawaban diperlambat. "
	}
	return text + "Bila terus berlanjut, pencarian dengan User ID Anda dihentikan. Bila pekerjaan Anda memang demikian, hubungi " +
		office + "."
}

func errOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// stop writes a stop; what could not be written is tried again at the user's next lookup, which is not answered before.
func (g *Guard) stop(ctx context.Context, l *log, s *access.Standing, f Finding) error {
	l.pending[s.User.ID] = f
	if err := g.stopper.StopUser(context.WithoutCancel(ctx), s, f); err != nil {
		return fmt.Errorf("stop user: %w", err)
	}
	delete(l.pending, s.User.ID)
	return nil
}

// refused finds out about a user whom the Watcher holds for stopped while the standing does not: the standing is old, the stop is still to
// be written, or it has ended.
func (g *Guard) refused(ctx context.Context, l *log, s *access.Standing) (stopped bool, err error) {
	l.mu.Lock() // waits for a stop that is being written
	defer l.mu.Unlock()
	if f, ok := l.pending[s.User.ID]; ok {
		return true, g.stop(ctx, l, s, f)
	}
	if stopped, err = g.store.Stopped(ctx, s.User.ID); err != nil || stopped {
		return stopped, err
	}
	list, err := g.store.Stops(ctx, s.Institution.ID)
	if err != nil {
		return false, err
	}
	last := Stop{}
	for _, x := range list {
		if x.User == s.User.ID {
			last = x
		}
	}
	end(g.watcher, s.Institution.ID, last)
	return false, nil
}

// end lets a user go on as honest, or with a shorter way to the next stop.
func end(w *abuse.Watcher, agency int64, s Stop) {
	if s.FalseAlarm {
		w.Reinstate(agency, s.User)
	} else {
		w.Lapse(agency, s.User)
	}
}

// Warm gives the Watcher an agency's past after a start, so that its first lookup does not wait for it. s needs no user.
func (g *Guard) Warm(ctx context.Context, s *access.Standing, now time.Time) error {
	return g.ready(ctx, g.log(s.Institution.ID), s, now)
}

// ready gives the Watcher an agency's past before its first lookup, and reads decoys and settings anew when the rights have changed.
func (g *Guard) ready(ctx context.Context, l *log, s *access.Standing, now time.Time) error {
	if l.version.Load() == s.Version {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.version.Load() == s.Version {
		return nil
	}
	if g.version.Load() != s.Version {
		list, err := g.store.Decoys(ctx)
		if err != nil {
			return fmt.Errorf("read decoys: %w", err)
		}
		m := make(map[nik.NIK]bool, len(list))
		for _, d := range list {
			m[d.NIK] = true
		}
		g.decoys.Store(&m)
		g.version.Store(s.Version)
	}
	own, err := g.store.AbuseSettings(ctx, s.Institution.ID)
	if err != nil {
		return fmt.Errorf("read settings of the Watcher: %w", err)
	}
	set := own.Watcher(s.Institution.Zone)
	l.settings.Store(&set)
	if l.version.Load() == 0 {
		if err := g.restore(context.WithoutCancel(ctx), l, s.Institution.ID, now); err != nil {
			return fmt.Errorf("restore the Watcher: %w", err)
		}
	}
	l.version.Store(s.Version)
	return nil
}

// Saw implements access.Watch.
func (g *Guard) Saw(r journal.Record) {
	l := g.log(r.ID.Log)
	l.mu.Lock()
	l.own[r.ID.Seq] = true
	l.mu.Unlock()
	if x := (Seen{NIK: r.NIK, Outcome: access.Code(r.Outcome)}); x.answered() {
		g.watcher.Outcome(abuse.Lookup{At: r.At, Agency: r.ID.Log, User: r.User, NIK: r.NIK}, x.Outcome == access.Unknown)
	}
}
