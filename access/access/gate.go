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

	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
)

// Rights tells what a user's decisions rest on. Standing may come from a cache: its Version is checked again in the transaction that writes
// the record, and after journal.ErrStale the gate calls Forget and asks anew. Safe for concurrent use.
type Rights interface {
	Standing(ctx context.Context, user int64) (*Standing, error)
	Hits(ctx context.Context, agency int64, day time.Time) (int, error)
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
	// Strangers sums failed sign-ins; nil: each has a record of its own
	Strangers Strangers
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

// Who tells the authenticated user, 0 when login failed. It is asked again when rights changed meanwhile, so that a credential that was
// taken away between the check and the record does not pass.
type Who func(context.Context) (int64, error)

// Known is the Who of a caller whose session was read from the database for this request.
func Known(user int64) Who { return func(context.Context) (int64, error) { return user, nil } }

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
}

// An Answer is what a door may tell: on Found, a person cut to the grant; otherwise only a code.
type Answer struct {
	Record journal.ID
	At     time.Time
	Code   Code
	Person Person // granted elements only
	Quota  Left
	Basis  string

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

// maxStale bounds how often a decision is taken anew because rights changed meanwhile.
const maxStale = 5

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
	a, p, err := g.pass(ctx, r)
	if err != nil || a.Code != Found {
		return a, nil, err
	}
	a.Person = Person{Elements: a.Person.Elements} // what is granted, without the values
	return a, compare(p, a.Person.Elements, claims, threshold), nil
}

// Enter decides and records a sign-in to the portal.
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
	facts   Facts
	person  population.Person
	verdict Verdict // set by entry.Decide
	entry   journal.Entry
	judged  bool
	warning string
}

func (g *Gate) once(ctx context.Context, r Request) (Answer, population.Person, error) {
	user, err := r.Who(ctx)
	if err != nil {
		return Answer{}, population.Person{}, fmt.Errorf("authenticate: %w", err)
	}
	if user == 0 && g.Strangers != nil {
		if now := g.Now(); !g.Strangers.First(r.Method, r.Address, now) {
			return Answer{At: now, Code: Login, Summed: true}, population.Person{}, nil
		}
	}
	p, err := g.prepare(ctx, r, user)
	if err != nil {
		return Answer{}, population.Person{}, err
	}
	if err := g.Log.Append(ctx, &p.entry); err != nil {
		return Answer{}, population.Person{}, fmt.Errorf("record access: %w", err)
	}
	if p.judged {
		g.Watch.Saw(p.entry.Written)
	}
	grant := p.verdict.Grant
	a := Answer{
		Record: p.entry.Written.ID, At: p.facts.Now, Code: p.verdict.Code, Basis: grant.Basis,
		Quota:   Left{Unlimited: grant.Unlimited, Quota: grant.Quota, Used: p.entry.Hits},
		Warning: p.warning,
	}
	if p.verdict.Code != Found {
		return a, population.Person{}, nil
	}
	a.Person = cut(p.person, p.verdict.Elements)
	return a, p.person, nil
}

// prepare gathers the facts; the decision that binds is taken with the day's hits inside the record's transaction.
func (g *Gate) prepare(ctx context.Context, r Request, user int64) (*passage, error) {
	p := &passage{facts: Facts{Act: r.Act, Now: g.Now(), Method: r.Method, Address: r.Address, Certificate: r.Certificate,
		Networks: g.Networks, Purpose: r.Purpose, Reference: r.Reference}}
	f, entry := &p.facts, &p.entry
	if user != 0 {
		s, err := g.Rights.Standing(ctx, user)
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
	if r.Act != journal.ActSignIn {
		// A NIK that is not well-formed stays zero; Decide has the text for it.
		f.NIK, _ = nik.Parse(r.NIK)
	}
	v := Decide(*f)
	if g.Watch != nil && (v.Code == Source || v.Code == Malformed) {
		var err error
		if p.warning, err = g.Watch.Judge(ctx, f.Standing, f.Now, f.NIK); err != nil {
			return nil, err
		}
		p.judged = true
	}
	if v.Code == Source {
		// Do not pass a NIK on for an agency that has used up its quota; the binding check is the one inside the transaction.
		hits := 0
		if !v.Grant.Unlimited {
			var err error
			if hits, err = g.Rights.Hits(ctx, entry.Log, entry.Day); err != nil {
				return nil, fmt.Errorf("read hits: %w", err)
			}
		}
		if v.Grant.Unlimited || hits < v.Grant.Quota {
			person, known, err := g.Source.Find(ctx, f.NIK)
			f.Asked, f.Failed, f.Known = true, err != nil, known
			if err == nil && known {
				p.person, f.Status = person, person.Status
			}
		} else {
			f.Hits = hits
		}
	}
	floor := f.Hits
	entry.Decide = func(hits int) journal.Record {
		f.Hits = max(hits, floor)
		p.verdict = Decide(*f)
		return record(*f, p.verdict)
	}
	return p, nil
}

// record keeps what the caller wrote only when it passed the checks: an unknown purpose or an unfit reference is text of unknown content.
func record(f Facts, v Verdict) journal.Record {
	r := journal.Record{
		At: f.Now, Act: f.Act, Method: f.Method, Address: f.Address, NIK: f.NIK,
		Outcome: string(v.Code), Hit: v.Hit, Elements: v.Elements, Agreement: v.Grant.Agreement, Basis: v.Grant.Basis,
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
	return r
}
