// Package access decides who gets which elements of a person, and is the one way in: every door (portal, JSON API, legacy wire) decodes,
// calls Gate, and encodes what it returns. It promises that no element leaves before its access record is durable, that no agency is
// answered beyond its quota, and that an Answer holds granted elements only.
package access

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"gapura/agreement/agreement"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
)

// Rights tells what a user's decisions rest on. Standing may come from a cache: its Version is checked again in the transaction that writes
// the record, and after journal.ErrStale the gate calls Forget and asks anew. Safe for concurrent use.
type Rights interface {
	Standing(ctx context.Context, user int64) (*Standing, error)
	// Hits are those of a day by application.
	Hits(ctx context.Context, agency int64, day time.Time) (journal.Hits, error)
	Version(ctx context.Context) (int64, error)
	Forget()
}

// A Log makes records durable; see journal.Writer.
type Log interface {
	Append(ctx context.Context, e *journal.Entry) error
}

// A Gate is the one way in. Safe for concurrent use.
type Gate struct {
	Rights Rights
	Source population.Source
	Log    Log
	Watch  Watch // nil: nobody watches
	Now    func() time.Time
	// Networks are the provider's own.
	Networks Networks
	Readers  Readers // of cards; needed by Card alone
	// Strangers sums failed sign-ins; nil: each has a record of its own
	Strangers Strangers
	// Shield knows whose data are protected; nil: nobody's
	Shield  Shield
	Limiter *Limiter // of lookups; nil: any number at once
}

// A Watch sees enumeration and stops it (D1, D2). Safe for concurrent use.
type Watch interface {
	// Judge is asked about a lookup that nothing else speaks against, before the source is. It returns what the user is to be told with the
	// answer, may take its time, and returns journal.ErrStale after it has stopped the user, so that the decision is taken anew. n is zero
	// when the input was no NIK.
	Judge(ctx context.Context, s *Standing, at time.Time, n nik.NIK) (warning string, err error)
	// Saw is told the record of each lookup that was judged.
	Saw(r journal.Record)
}

// A Shield keeps protected persons from every answer (L6). Safe for concurrent use.
type Shield interface {
	// Protected names the provider's users who watch over a person's data; none: they are not protected. It answers as of a version of
	// the rights that is no older than the last one that Rights told.
	Protected(ctx context.Context, n nik.NIK, now time.Time) (watchers []int64, err error)
	// Touched tells them of a lookup that was refused, at once; the record stands.
	Touched(ctx context.Context, s *Standing, r journal.Record, watchers []int64)
}

// A Caller is who was authenticated.
type Caller struct {
	User        int64 // 0: login failed
	Application int64 // that the token belongs to; 0: no token
}

// Who tells the authenticated caller. It is asked again when rights changed meanwhile, so that a credential that was
// taken away between the check and the record does not pass.
type Who func(context.Context) (Caller, error)

// Known is the Who of a caller whose session was read from the database for this request.
func Known(user int64) Who {
	return func(context.Context) (Caller, error) { return Caller{User: user}, nil }
}

// A Request is one access, decoded by a door.
type Request struct {
	Who     Who
	Act     string
	Method  string
	Address netip.Addr // the real peer, never a claim
	// SHA-256 of the certificate that the peer proved to have; empty: none
	Certificate string
	NIK         string // as typed
	Purpose     string
	Reference   string
	// Unfinished reports, once Who has told the caller, that a sign-in goes on with a further step: what lets it through is recorded by the
	// Enter after that step, a refusal at once. nil: it has one step.
	Unfinished func() bool
	claimed    population.Elements // of a match: what is to be compared
}

// An Answer is what a door may tell: on Found, a person cut to the grant; otherwise only a code.
type Answer struct {
	Record journal.ID
	At     time.Time
	Code   Code
	Person Person // granted elements only
	Quota  Left
	Basis  string
	// AsOf is the day of the data that the answer rests on, UTC midnight; zero when no data was asked or its day is not known.
	AsOf time.Time

	Summed  bool   // it has no record of its own, but is part of a sum (see Strangers)
	Warning string // why the lookups draw attention; empty normally
}

// Left tells how many hits are left today.
type Left struct {
	Unlimited   bool
	Quota, Used int
}

// Remaining is the number of hits left, never negative; meaningless when Unlimited.
func (l Left) Remaining() int { return max(0, l.Quota-l.Used) }

// Warn reports that 80 % of the quota are used (C4).
func (l Left) Warn() bool { return !l.Unlimited && l.Used*5 >= l.Quota*4 }

// Shared is what is left of the agency's quota, which all applications share that are within it; without limit once the portal has passed
// its PoC, and then all hits are shown. grant may be nil.
func Shared(grant *agreement.Grant, hits journal.Hits) Left {
	switch {
	case grant == nil:
		return Left{Used: hits.Of(nil)}
	case grant.Unlimited(agreement.PortalApplication):
		return Left{Unlimited: true, Quota: grant.Quota, Used: hits.Of(nil)}
	}
	return Left{Quota: grant.Quota, Used: hits.Of(func(a int64) bool { return !grant.Unlimited(a) })}
}

// maxStale bounds how often a decision is taken anew because rights or residents changed meanwhile. On a machine that is short of time a
// lookup may meet several imports one after the other.
const maxStale = 20

// Lookup decides a lookup and answers it after its record is durable. An error means that nothing was answered; a refusal or notice is an
// Answer with its Code.
func (g *Gate) Lookup(ctx context.Context, r Request) (Answer, error) {
	r.Act = journal.ActLookup
	a, _, err := g.pass(ctx, r)
	return a, err
}

// Match is Lookup for a caller who brings values and gets verdicts: the person's values stay inside, Answer.Person tells the granted
// elements alone.
func (g *Gate) Match(ctx context.Context, r Request, claims []population.Claim, threshold int) (Answer, []ClaimVerdict, error) {
	r.Act = journal.ActMatch
	for _, c := range claims {
		r.claimed = r.claimed.With(c.Element)
	}
	a, p, err := g.pass(ctx, r)
	if err != nil || a.Code != Found {
		return a, nil, err
	}
	a.Person = Person{Elements: a.Person.Elements} // what is granted, without the values
	return a, compare(p, a.Person.Elements, claims, threshold), nil
}

// Enter decides a sign-in to the portal and records it, refused or once it is whole (see Request.Unfinished).
func (g *Gate) Enter(ctx context.Context, r Request) (Answer, error) {
	r.Act = journal.ActSignIn
	a, _, err := g.pass(ctx, r)
	return a, err
}

func (g *Gate) pass(ctx context.Context, r Request) (Answer, population.Person, error) {
	for range maxStale {
		a, p, err := g.once(ctx, r)
		if !errors.Is(err, journal.ErrStale) {
			return a, p, err
		}
		g.Rights.Forget()
	}
	return Answer{}, population.Person{}, fmt.Errorf("decide access: %w", journal.ErrStale)
}

// A passage is one request on its way through the gate.
type passage struct {
	facts    Facts
	person   population.Person
	asOf     time.Time
	verdict  Verdict // set by entry.Decide
	entry    journal.Entry
	judged   bool
	warning  string
	summed   bool // a stranger's, which is part of a sum
	caller   caller
	place    bool    // it has one of the limiter's
	watchers []int64 // of a protected person
}

func (g *Gate) once(ctx context.Context, r Request) (Answer, population.Person, error) {
	p, err := g.begin(ctx, r)
	switch {
	case err != nil:
		return Answer{}, population.Person{}, err
	case p.summed:
		return p.unrecorded(), population.Person{}, nil
	}
	err = g.prepare(ctx, r, p)
	if p.place {
		defer g.Limiter.leave(p.caller)
	}
	if err != nil {
		return Answer{}, population.Person{}, err
	}
	if r.Unfinished != nil && r.Unfinished() && Decide(p.facts).Code == Entered {
		return Answer{At: p.facts.Now, Code: Entered}, population.Person{}, nil
	}
	if err := g.Log.Append(ctx, &p.entry); err != nil {
		return Answer{}, population.Person{}, fmt.Errorf("record access: %w", err)
	}
	if p.judged {
		g.Watch.Saw(p.entry.Written)
	}
	if p.verdict.Code == Protected {
		g.Shield.Touched(ctx, p.facts.Standing, p.entry.Written, p.watchers)
	}
	a := Answer{
		Record: p.entry.Written.ID, At: p.facts.Now, Code: p.verdict.Code, Basis: p.verdict.Basis, Quota: p.verdict.Quota,
		Warning: p.warning, AsOf: p.asOf,
	}
	a.Quota.Used = p.entry.Hits
	if p.verdict.Code != Found {
		return a, population.Person{}, nil
	}
	a.Person = cut(p.person, p.verdict.Elements)
	return a, p.person, nil
}

// unrecorded answers a stranger whose attempt is part of a sum.
func (p *passage) unrecorded() Answer { return Answer{At: p.facts.Now, Code: Login, Summed: true} }

// begin finds who asks, and how they stand.
func (g *Gate) begin(ctx context.Context, r Request) (*passage, error) {
	caller, err := r.Who(ctx)
	if err != nil {
		return nil, fmt.Errorf("authenticate: %w", err)
	}
	now := g.Now()
	if caller.User == 0 && g.Strangers != nil && !g.Strangers.First(r.Method, r.Address, now) {
		return &passage{summed: true, facts: Facts{Now: now}}, nil
	}
	p := &passage{facts: Facts{Act: r.Act, Now: now, Method: r.Method, Application: caller.Application, Address: r.Address,
		Certificate: r.Certificate, Networks: g.Networks, Purpose: r.Purpose, Reference: r.Reference}}
	f, entry := &p.facts, &p.entry
	if caller.User != 0 {
		s, err := g.Rights.Standing(ctx, caller.User)
		if err != nil {
			return nil, fmt.Errorf("read standing: %w", err)
		}
		f.Standing = s
		entry.Log, entry.Rights = s.Institution.ID, s.Version
		entry.Day = s.Institution.Zone.Day(f.Now)
	} else {
		v, err := g.Rights.Version(ctx)
		if err != nil {
			return nil, err
		}
		entry.Rights, entry.Day = v, f.Now.UTC().Truncate(24*time.Hour)
	}
	return p, nil
}

// Pressed reports whether any lookup may be turned away now; a door need not find out who asks before.
func (g *Gate) Pressed() bool { return g.Limiter != nil && g.Limiter.pressed() }

// Full is ErrBusy when a user's lookup by a method would be turned away now. A door asks it before it reads what is looked up, so that a
// flood costs little; whoever is not turned away here is asked again on the way.
func (g *Gate) Full(ctx context.Context, user int64, method string) error {
	if !g.Pressed() {
		return nil
	}
	s, err := g.Rights.Standing(ctx, user)
	if err == nil && g.Limiter.full(caller{s.Institution.ID, method}) {
		err = turnAway(ctx)
	}
	return err
}

// prepare gathers the facts; the decision that binds is taken with the day's hits inside the record's transaction.
func (g *Gate) prepare(ctx context.Context, r Request, p *passage) error {
	f, entry := &p.facts, &p.entry
	if r.Act != journal.ActSignIn {
		// A NIK that is not well-formed stays zero; Decide has the text for it.
		f.NIK, _ = nik.Parse(r.NIK)
	}
	// Who is turned away costs little, and is not seen by the watch.
	limited := g.Limiter != nil && f.Standing != nil && (r.Act == journal.ActLookup || r.Act == journal.ActMatch)
	if p.caller = (caller{entry.Log, r.Method}); limited && g.Limiter.full(p.caller) {
		return turnAway(ctx)
	}
	v := Decide(*f)
	entry.Application, entry.Together = v.App.ID, together(v)
	if g.Watch != nil && (v.Code == Source || v.Code == Malformed) {
		var err error
		if p.warning, err = g.Watch.Judge(ctx, f.Standing, f.Now, f.NIK); err != nil {
			return err
		}
		p.judged = true
	}
	// A place is taken after the watch, which may be slow on purpose: who is slowed takes nobody's.
	if p.place = limited && g.Limiter.enter(ctx, p.caller); limited && !p.place {
		return turnAway(ctx)
	}
	if v.Code == Source {
		// Do not pass a NIK on for an agency that has used up its quota; the binding check is the one inside the transaction.
		hits := 0
		if !v.Quota.Unlimited {
			used, err := g.Rights.Hits(ctx, entry.Log, entry.Day)
			if err != nil {
				return fmt.Errorf("read hits: %w", err)
			}
			hits = entry.Counted(used)
		}
		if g.Shield != nil {
			var err error
			if p.watchers, err = g.Shield.Protected(ctx, f.NIK, f.Now); err != nil {
				return fmt.Errorf("ask whether the person is protected: %w", err)
			}
			f.Shielded = len(p.watchers) > 0
		}
		if !f.Shielded && (v.Quota.Unlimited || hits < v.Quota.Quota) {
			found, err := g.Source.Find(ctx, f.NIK)
			if _, ill := told.RetryAfter(err); ill { // no outage of the source, and nothing that a record could rest on
				return fmt.Errorf("find the person: %w", err)
			}
			f.Asked, f.Failed, f.Known = true, err != nil, found.Known
			if err == nil {
				p.asOf, entry.Set = found.Set.AsOf, found.Set.Number
				p.person, f.Status = found.Person, found.Person.Status
			}
		} else {
			f.Hits = hits
		}
	}
	floor := f.Hits
	entry.Decide = func(hits int) journal.Record {
		f.Hits = max(hits, floor)
		p.verdict = Decide(*f)
		rec := record(*f, p.verdict)
		if r.Act == journal.ActMatch {
			rec.Elements &= r.claimed
		}
		return rec
	}
	return nil
}

// together tells whose hits count with an access: those of all applications that are within the quota share it, because the agency has one
// (C1); an application without quota is counted alone.
func together(v Verdict) func(application int64) bool {
	if v.Quota.Unlimited {
		return func(a int64) bool { return a == v.App.ID }
	}
	return func(a int64) bool { return !v.Grant.Unlimited(a) }
}

// record keeps what the caller wrote only when it passed the checks: an unknown purpose or an unfit reference is text of unknown content.
func record(f Facts, v Verdict) journal.Record {
	r := journal.Record{
		At: f.Now, Act: f.Act, Method: f.Method, Address: f.Address, NIK: f.NIK,
		Outcome: string(v.Code), Hit: v.Hit, Elements: v.Elements, Agreement: v.Grant.Agreement, Basis: v.Basis,
		Application: v.App.ID,
	}
	if f.Standing != nil {
		r.User = f.Standing.User.ID
	}
	if v.Grant.Serves(f.Purpose) {
		r.Purpose = f.Purpose
	}
	if ValidReference(f.Reference) {
		r.Reference = f.Reference
	}
	if f.Act == journal.ActCard {
		r.Method, r.Reader, r.ReadAt = agreement.Reader, f.Reader.Serial, f.ReadAt
	}
	return r
}
