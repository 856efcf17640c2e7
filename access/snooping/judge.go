package snooping

import (
	"cmp"
	"slices"
	"time"

	"gapura/person/nik"
)

// A Judge judges the lookups of one agency, a day's run after the other. Not safe for concurrent use.
type Judge struct {
	set Settings
	who Directory

	byNIK       map[nik.NIK][]*service
	byReference map[string][]*service

	today       map[int64][]*seen // of the run that is under way
	series      map[pair]*series
	unexplained map[nik.NIK]map[int64]time.Time // last day of each user
	last        map[int64]time.Time             // last lookup's day of each user
	back        map[int64]time.Time             // day on which a user came back after long
	began       time.Time

	// What honest work looks like.
	near, empty map[int64]*honestly
	allNear     honestly
	late        honestly
	words       map[string]float64
	named       float64

	room    float64   // for doubtful alerts
	roomDay time.Time // as of which

	Lookups, Explained int // so far
}

type pair struct {
	user int64
	nik  nik.NIK
}

// A series is one user's lookups of one person without explanation.
type series struct {
	days    []time.Time
	alerted bool
}

// before are its days before one, within memory.
func (s *series) before(on time.Time) (out []time.Time) {
	for _, d := range s.days {
		if d.Before(on) && on.Sub(d) <= Memory {
			out = append(out, d)
		}
	}
	return out
}

// seen is a lookup with all that it is judged by.
type seen struct {
	Lookup
	day         time.Time
	reference   string // normalised
	person, own Person
	ownNIK      nik.NIK
	known       bool // the person is in the registry
	dormant     bool
	explained   bool
	why         Explanation
}

// New returns a Judge that has seen nothing.
func New(s Settings, who Directory) *Judge {
	s = s.withDefaults()
	return &Judge{set: s, who: who, byNIK: map[nik.NIK][]*service{}, byReference: map[string][]*service{}, series: map[pair]*series{},
		unexplained: map[nik.NIK]map[int64]time.Time{}, last: map[int64]time.Time{}, back: map[int64]time.Time{},
		near: map[int64]*honestly{}, empty: map[int64]*honestly{}, words: map[string]float64{}, room: s.budget()}
}

// Serve tells of a service. All that is known at the time of a run is told before it.
func (j *Judge) Serve(s Service) {
	x := &service{Service: s, reference: Reference(s.Reference)}
	if !s.NIK.IsZero() {
		j.byNIK[s.NIK] = append(j.byNIK[s.NIK], x)
	}
	if x.reference != "" {
		j.byReference[x.reference] = append(j.byReference[x.reference], x)
	}
}

// A Verdict is what came of one lookup.
type Verdict struct {
	Explained   bool
	Explanation Explanation // when it is explained
	Finding     Finding     // otherwise
}

// Run judges the lookups of one day's run (see RunOf), oldest first, and gives a verdict for each.
func (j *Judge) Run(run time.Time, lookups []Lookup) []Verdict {
	all := j.see(lookups)
	for _, l := range all {
		l.why, l.explained = j.explain(l, run)
	}
	for _, l := range all {
		if !l.explained {
			if why, ok := j.beside(l); ok {
				l.why, l.explained = why, true
			}
		}
	}
	out := make([]Verdict, len(all))
	var doubtful []int
	for i, l := range all {
		j.Lookups++
		if l.explained {
			j.Explained++
			j.learn(l)
			out[i] = Verdict{Explained: true, Explanation: l.why}
			continue
		}
		f := j.weigh(l)
		if f.Score >= j.set.AlertAt {
			doubtful = append(doubtful, i)
		}
		out[i].Finding = f
		j.note(l)
	}
	j.alert(run, doubtful, out)
	return out
}

// see gathers what lookups are judged by.
func (j *Judge) see(lookups []Lookup) []*seen {
	j.today = map[int64][]*seen{}
	all := make([]*seen, len(lookups))
	for i, x := range lookups {
		l := &seen{Lookup: x, day: DayOf(x.At), reference: Reference(x.Reference), ownNIK: j.who.Own(x.User)}
		if !x.NIK.IsZero() {
			l.person, l.known = j.who.Person(x.NIK)
		}
		if !l.ownNIK.IsZero() {
			l.own, _ = j.who.Person(l.ownNIK)
		}
		if j.near[x.User] == nil {
			j.near[x.User], j.empty[x.User] = &honestly{}, &honestly{}
		}
		l.dormant = j.woke(x.User, l.day)
		j.today[x.User] = append(j.today[x.User], l)
		all[i] = l
	}
	return all
}

// unused is how long an account rests before its use is remarkable; awake, for how many days it then is.
const (
	unused = 30 * day
	awake  = 2 * day
)

// woke reports whether an account came back after long, and notes that it is used.
func (j *Judge) woke(user int64, on time.Time) bool {
	if j.began.IsZero() {
		j.began = on
	}
	last, known := j.last[user]
	if !known {
		last = j.began
	}
	if on.Sub(last) >= unused {
		j.back[user] = on
	}
	j.last[user] = on
	b, ok := j.back[user]
	return ok && on.Sub(b) < awake
}

// learn takes an explained lookup into what honest work looks like.
func (j *Judge) learn(l *seen) {
	j.late.count(late(l.At))
	j.empty[l.User].count(meaningless(l.reference))
	if !l.known {
		return
	}
	if w := word(l.person.Name); w != "" {
		j.words[w]++
		j.named++
	}
	if l.own.Place != "" {
		is := l.person.Place == l.own.Place
		j.near[l.User].count(is)
		j.allNear.count(is)
	}
}

// note remembers a lookup that nothing explains.
func (j *Judge) note(l *seen) {
	if l.NIK.IsZero() {
		return
	}
	p := pair{l.User, l.NIK}
	s := j.series[p]
	if s == nil {
		s = &series{}
		j.series[p] = s
	}
	if s.days = s.before(l.day.Add(day)); len(s.days) == 0 {
		s.alerted = false
	}
	if n := len(s.days); n == 0 || !s.days[n-1].Equal(l.day) {
		s.days = append(s.days, l.day)
	}
	if j.unexplained[l.NIK] == nil {
		j.unexplained[l.NIK] = map[int64]time.Time{}
	}
	j.unexplained[l.NIK][l.User] = l.day
}

// alert makes alerts of what is doubtful, strongest first: what is sure always, the rest as far as the week has room.
func (j *Judge) alert(run time.Time, doubtful []int, out []Verdict) {
	budget := j.set.budget()
	if !j.roomDay.IsZero() {
		j.room = min(budget, j.room+budget/7*float64(run.Sub(j.roomDay)/day))
	}
	j.roomDay = run
	slices.SortStableFunc(doubtful, func(a, b int) int { return cmp.Compare(out[b].Finding.Score, out[a].Finding.Score) })
	for _, i := range doubtful {
		f := &out[i].Finding
		s := j.series[pair{f.User, f.NIK}]
		switch {
		case s != nil && s.alerted:
		case f.Score < j.set.SureAt && j.room < 1:
			continue
		default:
			f.New = true
			j.room = max(j.room-1, -budget)
		}
		if f.Action = Alert; s != nil {
			s.alerted = true
		}
	}
}
