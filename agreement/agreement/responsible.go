package agreement

import (
	"slices"
	"time"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
)

// An SPTJM is the signed statement by which a head answers for every use of an agreement (Juknis VI.D). It is bound to that agreement and
// to its state: it ends when the agreement ends, or when the addendum that extends it is signed, and is asked for anew (B5).
type SPTJM struct {
	Head      int64     // party.Head.ID of who signed
	SignedOn  time.Time // first day
	Until     time.Time // last day that it names itself; zero: none
	Extension int64     // case of the extension that it was signed for; 0: for the agreement as it stood
	State     int       // extensions of the agreement that were signed when it was
	Letter    string    // number of its form; may be empty
	Known     time.Time
}

// Words name it among the documents that a right rests on.
func (s *SPTJM) Words() string {
	return "SPTJM " + bahasa.Date(s.SignedOn) + " selama proses perpanjangan"
}

// An ExtensionStep is what happened to a request to extend an agreement (Juknis VI.F, VI.G). A request is known by its case.
type ExtensionStep struct {
	Case   int64
	Kind   string    // ExtensionAsked and so on
	On     time.Time // date of the letter that asks
	Ends   time.Time // the end that it asks to put off
	From   time.Time // instant of a decision or a withdrawal
	Until  time.Time // last day of access before the addendum, if the decision names one; zero: none
	Letter string
	Known  time.Time
}

// The kinds of steps.
const (
	ExtensionAsked     = "asked"
	ExtensionGranted   = "granted" // the addendum is being drawn up
	ExtensionRefused   = "refused"
	ExtensionWithdrawn = "withdrawn"
)

// AskBy is the last day to ask for the extension of what ends on a day: two months before (Juknis VI.F).
func AskBy(ends time.Time) time.Time { return AddMonths(ends, -2) }

// AddMonths is the same day n months on, or that month's last day when it is shorter.
func AddMonths(day time.Time, n int) time.Time {
	first := time.Date(day.Year(), day.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1)
	return first.AddDate(0, 0, min(day.Day(), last.Day())-1)
}

// Signed is when an addendum was signed.
func (d *Addendum) Signed() time.Time {
	if d.SignedOn.IsZero() {
		return d.EffectiveOn
	}
	return d.SignedOn
}

// Extended is how many extensions of the agreement have been signed: the state that an SPTJM is bound to.
func (a *Agreement) Extended() (n int) {
	for i := range a.Addenda {
		if a.Addenda[i].Change.EndsOn != nil {
			n++
		}
	}
	return n
}

// extension is the n-th addendum that puts the end off; nil: there are fewer.
func (a *Agreement) extension(n int) *Addendum {
	for i := range a.Addenda {
		if a.Addenda[i].Change.EndsOn == nil {
			continue
		}
		if n == 0 {
			return &a.Addenda[i]
		}
		n--
	}
	return nil
}

// Asked is the request to extend the agreement beyond an end that was made in time and is not over at the instant; nil: none. Whether
// access goes on by it, once the end has passed, also needs an SPTJM for it (E3).
func (a *Agreement) Asked(now, day, ends time.Time) *ExtensionStep {
	for i := range a.Extensions {
		e := &a.Extensions[i]
		if e.Kind == ExtensionAsked && e.Ends.Equal(ends) && !e.On.After(AskBy(ends)) && !e.On.After(day) && a.open(e.Case, now, day) {
			return e
		}
	}
	return nil
}

// AskedOn is the date of the latest letter that asks to put an end off, in time or not, and was not withdrawn; zero: none does.
func (a *Agreement) AskedOn(ends, now time.Time) (on time.Time) {
	withdrawn := func(request int64) bool {
		return slices.ContainsFunc(a.Extensions, func(e ExtensionStep) bool {
			return e.Case == request && e.Kind == ExtensionWithdrawn && !e.From.After(now)
		})
	}
	for _, e := range a.Extensions {
		if e.Kind == ExtensionAsked && e.Ends.Equal(ends) && e.On.After(on) && !withdrawn(e.Case) {
			on = e.On
		}
	}
	return on
}

// Undecided reports whether a request to put the end off waits for its decision or its addendum, in time or not: until then it is not clear
// that the agreement is over.
func (a *Agreement) Undecided(now, day time.Time) bool {
	ends := a.At(now, day).EndsOn
	for i := range a.Extensions {
		if e := &a.Extensions[i]; e.Kind == ExtensionAsked && e.Ends.Equal(ends) && a.open(e.Case, now, day) {
			return true
		}
	}
	return false
}

// open reports whether nothing has ended a request yet.
func (a *Agreement) open(request int64, now, day time.Time) bool {
	for i := range a.Extensions {
		e := &a.Extensions[i]
		switch {
		case e.Case != request || e.From.After(now):
		case e.Kind == ExtensionRefused || e.Kind == ExtensionWithdrawn:
			return false
		case e.Kind == ExtensionGranted && !e.Until.IsZero() && day.After(e.Until):
			return false
		}
	}
	return true
}

// extended is the SPTJM by which access goes on after the end, while the extension is being decided; nil: it does not.
func (a *Agreement) extended(now, day, ends time.Time) *SPTJM {
	e := a.Asked(now, day, ends)
	if e == nil {
		return nil
	}
	for i := range a.SPTJM {
		if s := &a.SPTJM[i]; s.Extension == e.Case && a.holds(s, now, day) {
			return s
		}
	}
	return nil
}

// holds reports whether an SPTJM counts for the agreement as it is at the instant. The addendum that ends it is signed on a day, which is
// its last (SPTJM: "sampai dengan Addendum ... ditandatangani"), and ends nothing before it is known.
func (a *Agreement) holds(s *SPTJM, now, day time.Time) bool {
	if s.SignedOn.IsZero() || s.SignedOn.After(day) || !s.Until.IsZero() && day.After(s.Until) {
		return false
	}
	d := a.extension(s.State)
	return d == nil || !day.After(d.Signed()) || now.Before(d.Known)
}

// sworn is the SPTJM of a head that counts at the instant; while the agreement is being extended, one for that.
func (a *Agreement) sworn(head int64, state State, ends, now, day time.Time) *SPTJM {
	request := int64(0)
	if state == Extending {
		request = a.Asked(now, day, ends).Case
	}
	for i := len(a.SPTJM) - 1; i >= 0; i-- {
		if s := &a.SPTJM[i]; s.Head == head && (request == 0 || s.Extension == request) && a.holds(s, now, day) {
			return s
		}
	}
	return nil
}

// answer says who answers for the grant.
func (a *Agreement) answer(g *Grant, now, day time.Time) {
	h := a.Heads.On(day)
	if h == nil {
		return
	}
	if g.SPTJM = a.sworn(h.ID, g.State, g.EndsOn, now, day); g.SPTJM != nil {
		g.Responsible = true
		return
	}
	days := In[int](*g, HeadGrace)
	if days == 0 || !day.Before(h.Since.AddDate(0, 0, days)) {
		return
	}
	if old := a.Heads.On(h.Since.AddDate(0, 0, -1)); old != nil && old.ID != h.ID {
		g.SPTJM = a.sworn(old.ID, g.State, g.EndsOn, now, h.Since.AddDate(0, 0, -1))
		g.Responsible = g.SPTJM != nil
	}
}

// Sworn is the newest SPTJM of the head in office for the agreement, with its last day as far as it can be foreseen: the day that it names,
// the agreement's end, the signing of the addendum that extends it, the last day in office of who acts for a while, unless whoever comes
// then has signed already. One for an extension goes on after that end, to the day that the decision names; zero: no day is foreseen.
// False: that head has signed none (B5), or nobody is in office, with the day on which the last one went.
func (a *Agreement) Sworn(now, day time.Time) (s SPTJM, last time.Time, signed bool) {
	h := a.Heads.On(day)
	if h == nil {
		for _, gone := range a.Heads {
			if gone.Until.Before(day) && gone.Until.After(last) {
				last = gone.Until
			}
		}
		return s, last, false
	}
	n := len(a.SPTJM) - 1
	for ; n >= 0; n-- {
		if a.SPTJM[n].Head == h.ID && !a.SPTJM[n].SignedOn.After(day) {
			break
		}
	}
	if n < 0 {
		return s, last, false
	}
	s = a.SPTJM[n]
	ends := a.At(now, day).EndsOn
	if e := a.Asked(now, day, ends); e != nil && s.Extension == e.Case {
		ends = time.Time{}
		for _, x := range a.Extensions {
			if x.Case == e.Case && x.Kind == ExtensionGranted && !x.From.After(now) {
				ends = x.Until
			}
		}
	}
	if d := a.extension(s.State); d != nil && !now.Before(d.Known) && !d.Signed().After(day) {
		ends = earlier(ends, d.Signed())
	}
	if !h.Until.IsZero() && !a.swornBy(a.Heads.On(h.Until.AddDate(0, 0, 1))) {
		ends = earlier(ends, h.Until)
	}
	return s, earlier(s.Until, ends), true
}

func (a *Agreement) swornBy(h *party.Head) bool {
	return h != nil && slices.ContainsFunc(a.SPTJM, func(s SPTJM) bool { return s.Head == h.ID })
}

// earlier is the earlier of two days, of which a zero one stands for none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
