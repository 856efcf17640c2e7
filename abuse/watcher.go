package abuse

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"gapura/nik"
)

const (
	userRecent   = 64  // different inputs kept of a user: two farmers' groups
	agencyRecent = 128 // and of all users of an agency together
	drain        = 20  // points a day that gathered evidence loses
	// After a suspension has lapsed, new evidence of its kind counts so many times for so long. Honest work has none to multiply.
	probationWeight = 2.5
	probationTime   = 7 * 24 * time.Hour
	most          = 200 // points that evidence gathers at most, so that it is gone well within Memory
)

// A Watcher watches the lookups of all agencies. It is safe for concurrent use; agencies do not wait for each other.
type Watcher struct {
	decoy    func(nik.NIK) bool
	settings func(agency int64) Settings

	mu       sync.Mutex // guards agencies and sweep
	agencies map[int64]*agency
	sweep    int // lookups until agencies that are long silent are dropped
}

// New makes a Watcher that has seen nothing. decoy tells the NIKs that no honest source knows, settings an agency's; both may be nil, are called for
// each lookup and must be quick and safe for concurrent use.
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
	mu     sync.Mutex
	latest time.Time // of all lookups; the agency's clock
	window *window
	recent *recent
	users  map[int64]*user
	group  [rules]gathered // evidence of all users together
	pace   gathered
	today  time.Time // the local day that busy belongs to
	busy   int       // users who looked somebody up today
	sweep  int
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

// gathered is a score that grows by evidence and is drained by time. The drain is linear, so that after a while nothing is left of the past and a
// replay of the recent past gives the same score.
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

func (w *Watcher) agency(id int64, now time.Time) *agency {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sweep--; w.sweep < 0 {
		w.sweep = 1 << 16
		for k, a := range w.agencies {
			if a.mu.TryLock() { // one that is at work is not silent
				if a.forget(now); len(a.users) == 0 && now.Sub(a.latest) > Memory {
					delete(w.agencies, k)
				}
				a.mu.Unlock()
			}
		}
	}
	a := w.agencies[id]
	if a == nil {
		a = &agency{window: newWindow(), recent: newRecent(agencyRecent), users: map[int64]*user{}}
		w.agencies[id] = a
	}
	return a
}

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
		u = &user{recent: newRecent(userRecent)}
		a.users[id] = u
	}
	return u
}

// Observe judges a lookup before its answer leaves, and remembers it. A lookup of a suspended user is refused and changes nothing.
func (w *Watcher) Observe(l Lookup) Judgement { return w.observe(l, nil) }

// Restore remembers a lookup of the journal that was judged before, after a restart. It is to be called for each lookup of the last Memory in order,
// with Outcome, Reinstate and Lapse between as they happened; then the Watcher judges as if it had never been stopped. Only Action and Rule of was matter.
func (w *Watcher) Restore(l Lookup, was Judgement) { w.observe(l, &was) }

func (w *Watcher) observe(l Lookup, was *Judgement) Judgement {
	a := w.agency(l.Agency, l.At)
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
	a := w.agency(l.Agency, l.At)
	a.mu.Lock()
	defer a.mu.Unlock()
	if l.NIK.IsZero() {
		return
	}
	r, p := a.user(l.User).recent, at(l.NIK, l.At)
	for i := len(r.inputs) - 1; i >= 0; i-- {
		if in := &r.inputs[i]; in.point == p {
			in.answered, in.unknown = true, unknown
			return
		}
	}
}

// Reinstate ends a suspension because an administrator found the user honest. The user's own score is forgotten, so that work goes on; what the agency
// asked is not.
func (w *Watcher) Reinstate(agency, user int64) { w.end(agency, user, false) }

// Lapse ends a suspension because its time is over. The user's own score is forgotten too, but for a week new evidence of the same kind counts so much
// that going on where the pattern was cut off is stopped at once.
func (w *Watcher) Lapse(agency, user int64) { w.end(agency, user, true) }

func (w *Watcher) end(agency, user int64, probation bool) {
	w.mu.Lock()
	a := w.agencies[agency]
	w.mu.Unlock()
	if a == nil {
		return
	}
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

// A scene is one lookup with all that the detectors look at.
type scene struct {
	Lookup
	settings Settings
	decoy    bool
	agency   *agency
	user     *user
	here     point
	local    time.Time // At in the agency's zone
	day      time.Time // local midnight
	outside  bool      // of office hours
	seen     neighbourhood
}

func (w *Watcher) scene(a *agency, u *user, l Lookup) *scene {
	s := &scene{Lookup: l, settings: w.settings(l.Agency).withDefaults(), agency: a, user: u}
	s.local = l.At.In(s.settings.Zone)
	y, m, d := s.local.Date()
	s.day = time.Date(y, m, d, 0, 0, 0, 0, s.settings.Zone)
	minute := s.local.Hour()*60 + s.local.Minute()
	s.outside = !s.settings.Workdays[s.local.Weekday()] || minute < s.settings.Opens || minute >= s.settings.Closes
	if !u.today.Equal(s.day) {
		u.today, u.count, u.outside = s.day, 0, 0
		if !a.today.Equal(s.day) {
			a.today, a.busy = s.day, 0
		}
		a.busy++
	}
	u.recent.forget(l.At)
	a.recent.forget(l.At)
	a.window.forget(l.At)
	if !l.NIK.IsZero() {
		s.here, s.decoy = at(l.NIK, l.At), w.decoy(l.NIK)
	}
	return s
}

// A verdict is what a detector says about a scene: points that this lookup adds to the user's gathered score, or a level that stands by itself.
type verdict struct {
	adds, level float64
	reason      func() string
}

// The detectors, one file each.
var detectors = [rules]func(*scene) verdict{
	Decoy: decoy, Density: density, Progression: progression, Pattern: pattern, Guess: guess, Serial: serial, Twins: twins, Region: region,
	Pace: pace, Rhythm: rhythm, Hours: hours, Volume: volume, Malformed: malformed, Unknown: unknown,
}

// judge asks the detectors, remembers the lookup, and weighs what was said.
func (s *scene) judge() Judgement {
	var j Judgement
	u, a := s.user, s.agency
	in := input{at: s.At, malformed: s.NIK.IsZero()}
	if !in.malformed {
		// A retry shows nothing new. What was asked on another day counts anew, so that nothing depends on how long ago a first time was.
		if old := u.recent.find(s.here); old != nil && !s.decoy && !old.at.Before(s.day) {
			return j
		}
		if s.look(); s.seen.again && !s.decoy {
			return j
		}
		in.point, in.twin = s.here, u.recent.hasTwin(s.here)
		in.far = a.window.size() >= settled && !a.window.knows(s.here.region)
	}
	u.recent.add(in)
	s.pour()
	u.count++
	if s.outside {
		u.outside++
	}
	together := 0.0
	for r := Decoy; r < rules; r++ {
		look := detectors[r]
		if look == nil || s.settings.Off[r] {
			continue
		}
		v, g := look(s), &u.gathered[r]
		score := g.drainTo(s.At, drain)
		if v.adds != 0 {
			if v.adds > 0 && s.probation(r) {
				v.adds *= probationWeight
			}
			g.points = between(0, score+v.adds, most)
			score = g.points
		}
		if s.shared(r, v.adds) {
			together = max(together, v.adds)
		}
		score += v.level
		if score < 1 {
			continue
		}
		f := Finding{Rule: r, Score: score, Added: max(0, v.adds, v.level), Reason: "Sisa nilai dari pencarian sebelumnya."}
		if f.Added > 0 {
			f.Reason = v.reason()
		}
		j.Findings = append(j.Findings, f)
	}
	if together > 0 && !s.settings.Off[Shared] {
		j.Findings = append(j.Findings, Finding{Rule: Shared, Score: s.settings.SuspendAt, Added: together,
			Reason: "Beberapa pengguna lembaga ini bersama-sama mencari NIK yang berpola, dan pengguna ini ikut serta."})
	}
	if !in.malformed {
		a.window.add(s.At, s.User, s.here)
		a.recent.add(in)
	}
	if !in.malformed {
		u.last = s.Lookup
	}
	j.weigh(&s.settings)
	return j
}

// probation reports whether evidence of a rule weighs more.
func (s *scene) probation(r Rule) bool {
	u := s.user
	if u.stopped.IsZero() || s.At.Sub(u.stopped) >= probationTime {
		return false
	}
	walks := func(r Rule) bool { return r == Density || r == Progression || r == Shared }
	return r == u.stoppedFor || walks(r) && walks(u.stoppedFor)
}

// weigh makes one score and a step of the findings: the strongest to which this lookup added, half of each other such, and a quarter of those that
// remain from before. What remains from before is by itself no reason to disturb the honest work of today.
func (j *Judgement) weigh(s *Settings) {
	slices.SortStableFunc(j.Findings, func(x, y Finding) int {
		return cmp.Or(compareBool(y.Added > 0, x.Added > 0), cmp.Compare(y.Score, x.Score))
	})
	for i, f := range j.Findings {
		switch {
		case i == 0 && f.Added > 0:
			j.Rule, j.Score = f.Rule, f.Score
		case f.Added > 0:
			j.Score += f.Score / 2
		default:
			j.Score += f.Score / 4
		}
	}
	if j.Rule != None {
		j.Action = s.action(j.Score)
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
