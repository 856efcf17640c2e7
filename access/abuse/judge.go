package abuse

import (
	"cmp"
	"slices"
	"time"
)

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

// scene sets the agency's scene for one lookup; a.mu is held until it is judged.
func (w *Watcher) scene(a *agency, u *user, l Lookup) *scene {
	s := &a.scene
	*s = scene{Lookup: l, settings: w.settings(l.Agency).withDefaults(), agency: a, user: u}
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

// A verdict is what a detector says about a scene: points that this lookup adds to the user's gathered score, or a level that stands by
// itself.
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

// weigh makes one score and a step of the findings: the strongest to which this lookup added, half of each other such, and a quarter of
// those that remain from before. What remains from before is by itself no reason to disturb the honest work of today.
func (j *Judgement) weigh(s *Settings) {
	rank := func(f Finding) int {
		if f.Added > 0 {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(j.Findings, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)),
			cmp.Compare(y.Score, x.Score))
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
