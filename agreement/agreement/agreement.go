// Package agreement holds what an agency may do and since when: the agreement (PKS), its addenda, the letters of PoCs, who answers for
// it, requests to extend it, and decisions that suspend or end it. A right is never stored: Agreement.At derives it for any instant, past
// ones too (E1, E2). Each fact has two times: when it takes effect, and since when the records know it (Known). Agreement.Believed leaves
// out what was not known yet, so that Believed(then).At(…) answers what was believed then, for ever.
package agreement

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gapura/agreement/party"
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
	SignedOn    time.Time // zero, in records of before it was kept: EffectiveOn
	EffectiveOn time.Time
	Change      Change
	Document    string    // hashes of what was signed; see Agreement.Document
	Known       time.Time // since when the records say so; zero: always
}

// A Decision suspends, reinstates or terminates, from an instant on (PKS 9(1), Juknis VI.I).
type Decision struct {
	Kind   string // Suspend, Reinstate, Terminate, Renew
	From   time.Time
	Reason string
	Letter string
	Known  time.Time
}

// The kinds of decisions.
const (
	Suspend   = "suspend"
	Reinstate = "reinstate"
	Terminate = "terminate"
	Renew     = "renew" // ends it too, unless a successor was signed before: the agency has another name (PKS 5 b)
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
	PoC            []PoCLetter
	Decisions      []Decision
	SPTJM          []SPTJM
	Extensions     []ExtensionStep
	Heads          party.Heads // of the agency
	Known          time.Time
	// Document is the SHA-256 of the scan of what both offices signed, in hex; of several scans each, in their order, parted by ", ". Every
	// right rests on it by that name (E19). Empty: of before documents were known by their hash.
	Document string
}

// A State is derived for an instant.
type State string

// The states.
const (
	Draft      State = "draft"
	InForce    State = "in_force"
	Expiring   State = "expiring"  // in force, and the last day to ask for its extension has come (Juknis VI.F)
	Extending  State = "extending" // its end has passed, and the extension that was asked for in time is being decided (SPTJM 2, 6)
	Ended      State = "ended"
	Terminated State = "terminated"
	Suspended  State = "suspended"
)

// Works reports whether rights follow from an agreement in this state.
func (s State) Works() bool { return s == InForce || s == Expiring || s == Extending }

// Owes reports whether nothing is granted any more, or for a while, but duties of the time before may still be owed (B10).
func (s State) Owes() bool { return s == Suspended || s == Ended || s == Terminated }

// A Grant is what is granted at one instant.
type Grant struct {
	Agreement int64
	State     State
	Elements  population.Elements
	Methods   []string
	Quota     int // hits per day of the applications that have not passed their PoC; see Unlimited
	Networks  []netip.Prefix
	Purposes  []string
	Balikan   Balikan
	EndsOn    time.Time
	Closes    time.Time      // from when a decision ends it, past or to come; zero: none is known. See LastDay
	More      map[string]any // see In
	Basis     string         // the documents that the grant rests on: PKS number, addenda, SPTJM while it is being extended; see BasisOf

	// Responsible says that a head in office answers for the use, by SPTJM, or within the days that the agreement gives after a change of
	// office (B2, B5, B7).
	Responsible bool
	SPTJM       *SPTJM // by which; nil: none

	day          time.Time
	poc, earlier []PoCLetter // of this agreement, and of those before it
}

// Opens reports whether anything may be used: the agreement works, and somebody answers for it.
func (g *Grant) Opens() bool { return g != nil && g.State.Works() && g.Responsible }

// LastDay is the last day on which the agreement may work: its end, or the day with which a decision ends it before that (PKS 5 a, 9(1)).
func (g *Grant) LastDay(zone party.Zone) time.Time {
	if g.Closes.IsZero() {
		return g.EndsOn
	}
	// What ends with a day ends at the next one's first instant.
	if last := zone.Day(g.Closes.Add(-time.Microsecond)); last.Before(g.EndsOn) {
		return last
	}
	return g.EndsOn
}

// At derives the grant for an instant whose calendar day in the agency's zone is day. The grant's terms are filled in every state, so
// that pages can show them; whether they may be used is Grant.Opens. It is on the way of every lookup: the basis is its one allocation.
func (a *Agreement) At(now, day time.Time) Grant {
	g := Grant{Agreement: a.ID, EndsOn: a.EndsOn, Elements: a.Terms.Elements, Methods: a.Terms.Methods, Quota: a.Terms.Quota,
		Networks: a.Terms.Networks, Purposes: a.Terms.Purposes, Balikan: DefaultBalikan, More: a.Terms.More,
		day: day}
	if len(a.PoC) > 0 {
		g.poc = a.PoC
	}
	if a.Terms.Balikan != nil {
		g.Balikan = *a.Terms.Balikan
	}
	for i := range a.Addenda {
		if a.Addenda[i].in(now, day) {
			g.apply(&a.Addenda[i].Change)
		}
	}
	g.Closes, _ = a.Closing(now)
	g.State = a.state(now, day, g.EndsOn)
	a.answer(&g, now, day)
	g.Basis = a.basis(&g, now, day)
	return g
}

// in reports whether an addendum is in effect: its day has come, and it was known. One that is recorded late changes no day before.
func (d *Addendum) in(now, day time.Time) bool {
	return !d.EffectiveOn.After(day) && !d.Known.After(now)
}

// apply is written out for the terms that have fields of their own: calls through the table would put every grant on the heap.
func (g *Grant) apply(c *Change) {
	if c.Elements != nil {
		g.Elements = *c.Elements
	}
	if c.Methods != nil {
		g.Methods = c.Methods
	}
	if c.Quota != nil {
		g.Quota = *c.Quota
	}
	if c.Networks != nil {
		g.Networks = c.Networks
	}
	if c.Purposes != nil {
		g.Purposes = c.Purposes
	}
	if c.Balikan != nil {
		g.Balikan = *c.Balikan
	}
	if c.EndsOn != nil {
		g.EndsOn = *c.EndsOn
	}
	for key, v := range c.More {
		g.More = with(g.More, key, v)
	}
}

func (a *Agreement) basis(g *Grant, now, day time.Time) string {
	var room [24]string // most have less: then it is not allocated
	parts := named(append(room[:0], "PKS ", a.ProviderNumber), a.Document)
	for i := range a.Addenda {
		if d := &a.Addenda[i]; d.in(now, day) {
			parts = named(append(parts, "; Adendum ", d.Number), d.Document)
		}
	}
	if g.State == Extending && g.SPTJM != nil {
		parts = append(parts, "; ", g.SPTJM.Words())
	}
	return strings.Join(parts, "")
}

func (a *Agreement) state(now, day, ends time.Time) State {
	if a.SignedOn.IsZero() || day.Before(a.SignedOn) {
		return Draft
	}
	suspended := false
	for i := range a.Decisions {
		if a.Decisions[i].From.After(now) {
			continue
		}
		switch a.Decisions[i].Kind {
		case Terminate, Renew:
			return Terminated
		case Suspend:
			suspended = true
		case Reinstate:
			suspended = false
		}
	}
	over := day.After(ends)
	switch {
	case over && a.extended(now, day, ends) == nil:
		return Ended
	case suspended:
		return Suspended
	case over:
		return Extending
	case !day.Before(AskBy(ends)):
		return Expiring
	}
	return InForce
}

// Ends reports whether the agreement ends by the decision.
func (d Decision) Ends() bool { return d.Kind == Terminate || d.Kind == Renew }

// RenewBy is the instant by which a successor must be signed, because the agency's name has changed; false when none is asked for.
func (a *Agreement) RenewBy() (by time.Time, ok bool) {
	for _, d := range a.Decisions {
		if d.Kind == Renew && (!ok || d.From.Before(by)) {
			by, ok = d.From, true
		}
	}
	return by, ok
}

// Terminated is the instant since when the agreement is terminated; false when it is not at the instant.
func (a *Agreement) Terminated(now time.Time) (from time.Time, ok bool) {
	for _, d := range a.Decisions {
		if d.Ends() && !d.From.After(now) && (!ok || d.From.Before(from)) {
			from, ok = d.From, true
		}
	}
	return from, ok
}

// Closing is the instant from which a decision ends the agreement, past or to come: both sides may agree on a last day weeks before it. A
// change of name that a successor may still answer closes nothing before its day.
func (a *Agreement) Closing(now time.Time) (from time.Time, ok bool) {
	from, ok = a.Terminated(now)
	for _, d := range a.Decisions {
		if d.Kind == Terminate && !d.Known.After(now) && (!ok || d.From.Before(from)) {
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
		g.earlier = before(all[:i])
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
