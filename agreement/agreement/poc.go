package agreement

import "time"

// PortalApplication is the application that the web portal counts as. It comes with the agreement: nobody registers it (Juknis II.C.1).
const PortalApplication int64 = 0

// A PoCLetter is one of the letters of a Proof of Concept (Juknis II.D.2): the schedule, or the result.
type PoCLetter struct {
	Application int64 // PortalApplication or one of the agency's register
	Letter      string
	On          time.Time // of a schedule: its first day; of a result: the day from which it counts
	Until       time.Time // of a schedule: its last day; zero: a result
	Passed      bool
	Known       time.Time
}

// A Trial is where an application stands with its Proof of Concept.
type Trial string

// The trials. An application is open in all but Untried and Failed; its hits are without quota when it has Passed.
const (
	Untried Trial = "untried" // no schedule for the day, no result
	Trying  Trial = "trying"  // on a day of its schedule: within the quota
	Passed  Trial = "passed"
	Failed  Trial = "failed" // and no later schedule for the day
	Renewed Trial = "renewed"
)

// Label is the trial in Indonesian.
func (t Trial) Label() string {
	return map[Trial]string{Untried: "belum PoC", Trying: "uji PoC", Passed: "lulus PoC", Failed: "tidak lulus PoC",
		Renewed: "lulus PoC pada perjanjian sebelumnya"}[t]
}

// Trial is where an application stands on the grant's day, with the letter that says so.
//
// The rule (Juknis II.B, II.D): the quota is for the Proof of Concept, so an application is used within it on the days of its schedule,
// and without it once it has passed. Before, between and after a failure it is not used at all. The portal comes with the agreement and is
// used within the quota from the first day. What passed under an earlier agreement is not new under its successor (II.D.1): it goes on,
// within the quota until it passes there too (II.B.2). One passed Proof of Concept opens no other application.
func (g *Grant) Trial(application int64) (t Trial, letter PoCLetter) {
	t = Untried
	for i := range g.poc {
		switch p := &g.poc[i]; {
		case p.Application != application:
		case p.Passed && !p.On.After(g.day):
			return Passed, *p
		case p.Until.IsZero() && !p.On.After(g.day):
			t, letter = Failed, *p
		case !p.Until.IsZero() && !g.day.Before(p.On) && !g.day.After(p.Until):
			t, letter = Trying, *p
		}
	}
	if t == Untried && g.renews(application) {
		return Renewed, letter
	}
	return t, letter
}

func (g *Grant) renews(application int64) bool {
	for _, p := range g.earlier {
		if p.Application == application && p.Passed && !p.On.After(g.day) {
			return true
		}
	}
	return false
}

// Tried reports whether a trial of the application was scheduled and has begun, over or not.
func (g *Grant) Tried(application int64) bool {
	for _, p := range g.poc {
		if p.Application == application && !p.Until.IsZero() && !p.On.After(g.day) {
			return true
		}
	}
	return false
}

// Admits reports whether the application may be used on the grant's day, as far as its Proof of Concept goes.
func (g *Grant) Admits(application int64) bool {
	t, _ := g.Trial(application)
	return application == PortalApplication || t != Untried && t != Failed
}

// Unlimited reports whether the application's hits are without quota (Juknis II.B.2).
func (g *Grant) Unlimited(application int64) bool {
	t, _ := g.Trial(application)
	return t == Passed
}

// BasisOf are the documents that the use of the application rests on: those of the grant, and the letter of its Proof of Concept.
func (g *Grant) BasisOf(application int64) string {
	if _, l := g.Trial(application); l.Letter != "" {
		return g.Basis + "; PoC " + l.Letter
	}
	return g.Basis
}

// before are the letters of earlier agreements; nil, without an allocation, where there are none.
func before(earlier []Agreement) (all []PoCLetter) {
	for i := range earlier {
		all = append(all, earlier[i].PoC...)
	}
	return all
}
