// Package agreement holds what an agency may do and since when: the agreement (PKS), its addenda, the PoC's result letter, and decisions
// that suspend or end it. A right is never stored: Agreement.At derives it for any instant, past ones too (E1, E2).
package agreement

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"gapura/person/population"
)

// The access methods (Juknis II.C.1, C.3).
const (
	Portal = "portal"
	API    = "api"
	Legacy = "legacy"
	Reader = "reader"
)

var methodLabels = map[string]string{Portal: "Web portal", API: "Web service (JSON)", Legacy: "Web service lama", Reader: "Pembaca KTP-el"}

// MethodLabels are the names of access methods; an unknown one stays as it is.
func MethodLabels(list []string) []string {
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = cmp.Or(methodLabels[m], m)
	}
	return names
}

// Terms are what the agreement or an addendum settles.
type Terms struct {
	Elements population.Elements `json:"elements"`
	Methods  []string            `json:"methods"`
	Quota    int                 `json:"quota"` // hits per day until the PoC is passed (Juknis II.B.1)
	Networks []netip.Prefix      `json:"networks"`
	Purposes []string            `json:"purposes"`
	Balikan  *Balikan            `json:"balikan,omitempty"` // nil: DefaultBalikan
	More     map[string]any      `json:"-"`                 // terms of Define, by key; in the stored form beside the others
}

// Balikan is what the agency owes for every service given (PKS 2(2)b, 3(1)b; Juknis III).
type Balikan struct {
	Days   int      `json:"days"`   // within so many days after the lookup
	Fields []string `json:"fields"` // keys of "param", besides the NIK
}

// DefaultBalikan are the fields of PKS 3(1)b, the number or description of the recipient and the kind of aid, within 30 days.
var DefaultBalikan = Balikan{Days: 30, Fields: []string{"NOMOR", "JENIS_BANTUAN"}}

// A Change is what an addendum changes; nil leaves a term as it was (PKS 9(2)).
type Change struct {
	Elements *population.Elements `json:"elements,omitempty"`
	Methods  []string             `json:"methods,omitempty"`
	Quota    *int                 `json:"quota,omitempty"`
	Networks []netip.Prefix       `json:"networks,omitempty"`
	Purposes []string             `json:"purposes,omitempty"`
	Balikan  *Balikan             `json:"balikan,omitempty"`
	EndsOn   *time.Time           `json:"ends_on,omitempty"`
	More     map[string]any       `json:"-"` // as in Terms
}

// An Addendum changes an agreement from its effective date on.
type Addendum struct {
	Number      string
	EffectiveOn time.Time
	Change      Change
}

// A PoCResult is the letter that lifts the quota when passed (Juknis II.B.2).
type PoCResult struct {
	Letter string
	On     time.Time
	Passed bool
}

// A Decision suspends, reinstates or terminates, from an instant on (PKS 9(1), Juknis VI.I).
type Decision struct {
	Kind   string // Suspend, Reinstate, Terminate
	From   time.Time
	Reason string
	Letter string
}

// The kinds of decisions.
const (
	Suspend   = "suspend"
	Reinstate = "reinstate"
	Terminate = "terminate"
)

// An Agreement is one PKS with all that was added to it, in order of their dates.
type Agreement struct {
	ID             int64
	Agency         int64
	ProviderNumber string // number given by the provider
	AgencyNumber   string // number given by the agency
	Subject        string // what it is about ("tentang")
	SignedOn       time.Time
	EndsOn         time.Time // last day in force, before addenda
	Terms          Terms
	Addenda        []Addendum
	PoC            []PoCResult
	Decisions      []Decision
}

// A State is derived for an instant.
type State string

// The states.
const (
	Draft      State = "draft"
	InForce    State = "in_force"
	Expiring   State = "expiring" // in force, two months or less to the end (Juknis VI.F)
	Ended      State = "ended"
	Terminated State = "terminated"
	Suspended  State = "suspended"
)

// Works reports whether rights follow from an agreement in this state.
func (s State) Works() bool { return s == InForce || s == Expiring }

// Owes reports whether nothing is granted any more, or for a while, but duties of the time before may still be owed (B10).
func (s State) Owes() bool { return s == Suspended || s == Ended || s == Terminated }

// A Grant is what is granted at one instant.
type Grant struct {
	Agreement int64
	State     State
	Elements  population.Elements
	Methods   []string
	Quota     int  // hits per day; meaningless when Unlimited
	Unlimited bool // the PoC was passed
	Networks  []netip.Prefix
	Purposes  []string
	Balikan   Balikan
	EndsOn    time.Time
	More      map[string]any // see In
	Basis     string         // the documents that the grant rests on: PKS number, addenda, PoC letter
}

// At derives the grant for an instant whose calendar day in the agency's zone is day. The grant's terms are filled in every state, so
// that pages can show them; whether they may be used is State.Works.
func (a Agreement) At(now, day time.Time) Grant {
	g := Grant{Agreement: a.ID, Balikan: DefaultBalikan, EndsOn: a.EndsOn, Basis: "PKS " + a.ProviderNumber}
	g.apply(a.Terms.change())
	for _, d := range a.Addenda {
		if d.EffectiveOn.After(day) {
			continue
		}
		g.apply(d.Change)
		g.Basis += "; Adendum " + d.Number
	}
	for _, p := range a.PoC {
		if p.Passed && !p.On.After(day) {
			g.Unlimited = true
			g.Basis += "; PoC " + p.Letter
			break
		}
	}
	g.State = a.state(now, day, g.EndsOn)
	return g
}

func (g *Grant) apply(c Change) {
	for _, t := range Table {
		t.apply(g, c)
	}
}

func (a Agreement) state(now, day, ends time.Time) State {
	if a.SignedOn.IsZero() || day.Before(a.SignedOn) {
		return Draft
	}
	suspended := false
	for _, d := range a.Decisions {
		if d.From.After(now) {
			continue
		}
		switch d.Kind {
		case Terminate:
			return Terminated
		case Suspend:
			suspended = true
		case Reinstate:
			suspended = false
		}
	}
	switch {
	case day.After(ends):
		return Ended
	case suspended:
		return Suspended
	case !day.Before(ends.AddDate(0, -2, 0)):
		return Expiring
	}
	return InForce
}

// Terminated is the instant since when the agreement is terminated; false when it is not at the instant.
func (a Agreement) Terminated(now time.Time) (from time.Time, ok bool) {
	for _, d := range a.Decisions {
		if d.Kind == Terminate && !d.From.After(now) && (!ok || d.From.Before(from)) {
			from, ok = d.From, true
		}
	}
	return from, ok
}

// Current picks the agreement that decides at the instant: one in force if there is one, else the one signed last. Nil when there is none.
func Current(all []Agreement, now, day time.Time) (*Grant, bool) {
	var last *Grant
	for i := range slices.Backward(all) {
		g := all[i].At(now, day)
		if g.State.Works() {
			return &g, true
		}
		if last == nil {
			last = &g
		}
	}
	return last, last != nil
}

// Owed is the data balikan that a lookup at the instant owes.
func Owed(all []Agreement, now, day time.Time) Balikan {
	if g, ok := Current(all, now, day); ok {
		return g.Balikan
	}
	return DefaultBalikan
}

// Allows reports whether the grant covers the method.
func (g Grant) Allows(method string) bool { return slices.Contains(g.Methods, method) }

// Serves reports whether the purpose is one of the agreement's.
func (g Grant) Serves(purpose string) bool { return slices.Contains(g.Purposes, purpose) }

// Reaches reports whether the address lies in the agency's closed network (Juknis I.A). Without networks nothing does.
func (g Grant) Reaches(a netip.Addr) bool {
	a = a.Unmap()
	for _, p := range g.Networks {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
