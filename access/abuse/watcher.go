package abuse

import (
	"sync"
	"time"

	"gapura/person/nik"
)

const (
	userRecent   = 64  // different inputs kept of a user: two farmers' groups
	agencyRecent = 128 // and of all users of an agency together
	drain        = 20  // points a day that gathered evidence loses
	// After a suspension has lapsed, new evidence of its kind counts so many times for so long. Honest work has none to multiply.
	probationWeight = 2.5
	probationTime   = 7 * 24 * time.Hour
	most            = 200 // points that evidence gathers at most, so that it is gone well within Memory
)

// A Watcher watches the lookups of all agencies. It is safe for concurrent use; agencies do not wait for each other.
type Watcher struct {
	decoy    func(nik.NIK) bool
	settings func(agency int64) Settings

	mu       sync.Mutex // guards agencies
	agencies map[int64]*agency
}

// New makes a Watcher that has seen nothing. decoy tells the NIKs that no honest source knows, settings an agency's; both may be nil, are
// called for each lookup and must be quick and safe for concurrent use.
func New(decoy func(nik.NIK) bool, settings func(agency int64) Settings) *Watcher {
	if decoy == nil {
		decoy = func(nik.NIK) bool { return false }
	}
	if settings == nil {
		settings = func(int64) Settings { return Settings{} }
	}
	return &Watcher{decoy: decoy, settings: settings, agencies: map[int64]*agency{}}
}

// agency is owned by who holds its mutex.
type agency struct {
	scene  scene // of the lookup that is judged, kept so that it need not be made for each
	mu     sync.Mutex
	latest time.Time // of all lookups; the agency's clock
	window *window
	recent *recent
	users  map[int64]*user
	group  [rules]gathered // evidence of all users together
	pace   gathered
	today  time.Time // the local day that busy belongs to
	busy   int       // users who looked somebody up today
	sweep  int       // lookups until users who are long silent are dropped
}

type user struct {
	latest     time.Time
	suspended  bool
	last       Lookup // of a well-formed NIK
	recent     *recent
	gathered   [rules]gathered
	stopped    time.Time // the latest suspension
	stoppedFor Rule
	pace       gathered
	today      time.Time // the local day that the counts below belong to
	count      int       // NIKs today
	outside    int       // of them outside office hours
}

// gathered is a score that grows by evidence and is drained by time. The drain is linear, so that after a while nothing is left of the past
// and a replay of the recent past gives the same score.
type gathered struct {
	points float64
	at     time.Time
}

func (g *gathered) drainTo(now time.Time, perDay float64) float64 {
	if g.points > 0 {
		g.points = max(0, g.points-perDay*now.Sub(g.at).Hours()/24)
	}
	g.at = now
	return g.points
}

// agency finds an agency, or begins one. Agencies are as few as agreements, and are never dropped.
func (w *Watcher) agency(id int64) *agency {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.agencies[id]
	if a == nil {
		a = newAgency()
		w.agencies[id] = a
	}
	return a
}

func newAgency() *agency {
	return &agency{window: newWindow(), recent: newRecent(agencyRecent), users: map[int64]*user{}}
}

func newUser() *user { return &user{recent: newRecent(userRecent)} }

// forget drops users who have been silent for longer than Memory. A suspended user stays.
func (a *agency) forget(now time.Time) {
	for k, u := range a.users {
		if !u.suspended && now.Sub(u.latest) > Memory {
			delete(a.users, k)
		}
	}
}

func (a *agency) user(id int64) *user {
	if a.sweep--; a.sweep < 0 {
		a.sweep = 1 << 12
		a.forget(a.latest)
	}
	u := a.users[id]
	if u == nil {
		u = newUser()
		a.users[id] = u
	}
	return u
}

// Observe judges a lookup before its answer leaves, and remembers it. A lookup of a suspended user is refused and changes nothing.
func (w *Watcher) Observe(l Lookup) Judgement { return w.observe(l, nil) }

// Restore remembers a lookup of the journal that was judged before, after a restart. It is to be called for each lookup of the last Memory
// in order, with Outcome, Reinstate and Lapse between as they happened; then the Watcher judges as if it had never been stopped. Only
// Action and Rule of was matter.
func (w *Watcher) Restore(l Lookup, was Judgement) { w.observe(l, &was) }

func (w *Watcher) observe(l Lookup, was *Judgement) Judgement {
	a := w.agency(l.Agency)
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.user(l.User)
	if u.suspended || was != nil && was.Action == Refused {
		u.suspended = true
		return Judgement{Action: Refused}
	}
	if l.At.Before(a.latest) {
		l.At = a.latest
	}
	a.latest, u.latest = l.At, l.At
	j := w.scene(a, u, l).judge()
	if was != nil { // early in Memory less is known than was then
		j = *was
	}
	if j.Action == Suspend {
		u.suspended, u.stopped, u.stoppedFor = true, l.At, j.Rule
	}
	return j
}

// Outcome tells what the source said about a NIK that Observe was shown before.
func (w *Watcher) Outcome(l Lookup, unknown bool) {
	a := w.agency(l.Agency)
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.users[l.User]
	if u == nil || l.NIK.IsZero() {
		return
	}
	if in := u.recent.find(at(l.NIK, l.At)); in != nil {
		in.answered, in.unknown = true, unknown
	}
}

// Reinstate ends a suspension because an administrator found the user honest. The user's own score is forgotten, so that work goes on; what
// the agency asked is not.
func (w *Watcher) Reinstate(agency, user int64) { w.end(agency, user, false) }

// Lapse ends a suspension because its time is over. The user's own score is forgotten too, but for a week new evidence of the same kind
// counts so much that going on where the pattern was cut off is stopped at once.
func (w *Watcher) Lapse(agency, user int64) { w.end(agency, user, true) }

func (w *Watcher) end(agency, user int64, probation bool) {
	a := w.agency(agency)
	a.mu.Lock()
	defer a.mu.Unlock()
	if u := a.users[user]; u != nil {
		u.suspended, u.gathered, u.pace = false, [rules]gathered{}, gathered{}
		u.count, u.outside = 0, 0
		u.recent, u.last = newRecent(userRecent), Lookup{}
		if !probation {
			u.stopped = time.Time{}
		}
	}
}
