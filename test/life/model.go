package life

import (
	"slices"
	"strings"
	"time"
)

// The model is a second reading of the agreement's words, by plain loops over what happened, and shares nothing with the house. Days are
// UTC midnights, instants as the clock showed them.

// An agency is what happened to one.
type agency struct {
	code, name, mail string
	pacts            []*pact // its agreements, in the order of their signing
	heads            []head
	programs         []*program
	devices          []*device
	logins           []login   // user ids, programs' too
	papers           []*paper  // evidence
	passedOn         []passing // to the Director General
	desk             string    // its officer's token
	cards            bool      // card readers are granted
	found            []time.Time
	delivers         bool // data balikan, at once
	asked            int  // residents so far: each is asked about once
	people           int  // who have a user id, programs aside
}

// A pact is one agreement (PKS) with what became of it.
type pact struct {
	number     string // as the Dinas gave it
	page       string // in the console
	signed     time.Time
	ends       time.Time // last day, before extensions
	elements   []string
	addenda    []addendum
	statements []statement // SPTJM
	asked      time.Time   // letter that asks for the extension
	refused    time.Time   // instant
	extended   *extension
	stops      []stop
	endings    []ending  // decisions that end it before its time
	renewal    time.Time // last day for a successor, since the agency has another name
}

// A program reads data with its own token, and passes its own PoC.
type program struct {
	name, token string
	basis       string    // of its last answer
	under       *pact     // that the token was issued by: it ends when another agreement takes the place
	passed      time.Time // instant; zero: not yet
	poc         string    // the letter of its result
	tried       *pact     // that it passed under
}

type addendum struct {
	number   string
	from     time.Time
	known    time.Time // instant
	elements []string
}

type head struct {
	name        string
	from, until time.Time // until: of who acts
	away        bool      // the head is away for these days and comes back (Plh.), else the office is vacant (Plt.)
}

type statement struct {
	head         string
	on           time.Time
	forExtension bool
	afterSigning bool // signed when the extension's addendum was already there
}

type extension struct {
	number   string
	signed   time.Time
	from     time.Time
	ends     time.Time
	recorded time.Time // instant
}

// An ending is a decision that ends an agreement from an instant on, which may lie ahead of it.
type ending struct{ from, known time.Time }

type stop struct{ from, to time.Time } // instants; to zero: it lasts

// headOn is who is in office on a day, and since when; nobody when who acted for a vacant office has gone.
func (a *agency) headOn(day time.Time) (name string, since time.Time) {
	for _, h := range a.heads {
		if h.from.After(day) || h.away {
			continue
		}
		if name, since = h.name, h.from; !h.until.IsZero() && day.After(h.until) {
			name, since = "", time.Time{}
		}
	}
	for _, h := range a.heads {
		if h.away && !h.from.After(day) && !day.After(h.until) {
			name, since = h.name, h.from
		}
	}
	return name, since
}

// valid reports whether a statement counts on a day: "berlaku sampai dengan Addendum Perjanjian Kerja Sama ditandatangani".
func (p *pact) valid(s statement, now, day time.Time) bool {
	x := p.extended
	return !s.on.After(day) && (x == nil || s.afterSigning || now.Before(x.recorded) || !day.After(x.signed))
}

// answers reports whether the head in office answers for the use on a day, beyond the end by a statement for the extension.
func (a *agency) answers(p *pact, now, day time.Time, beyond bool) bool {
	who, _ := a.headOn(day)
	return slices.ContainsFunc(p.statements, func(s statement) bool {
		return s.head == who && p.valid(s, now, day) && (!beyond || s.forExtension)
	})
}

// last is the last day of the agreement as of an instant.
func (p *pact) last(now, day time.Time) time.Time {
	if x := p.extended; x != nil && !now.Before(x.recorded) && !day.Before(x.from) {
		return x.ends
	}
	if !p.renewal.IsZero() && day.After(p.renewal) && p.renewal.Before(p.ends) {
		return p.renewal
	}
	return p.ends
}

// closes is the last day by a decision that ends the agreement, once that is known.
func (p *pact) closes(now time.Time) (last time.Time, closes bool) {
	for _, e := range p.endings {
		if !now.Before(e.known) {
			y, m, d := e.from.Add(-time.Second).In(wib).Date()
			last, closes = time.Date(y, m, d, 0, 0, 0, 0, time.UTC), true
		}
	}
	return last, closes
}

// What an agreement is on a day.
const (
	unsigned  = "belum ditandatangani"
	inForce   = "berlaku"
	suspended = "ditangguhkan"
	beyondEnd = "diperpanjang"
	over      = "berakhir"
)

func (p *pact) phase(now, day time.Time) string {
	if slices.ContainsFunc(p.endings, func(e ending) bool { return !now.Before(e.from) }) {
		return over
	}
	end := p.last(now, day)
	extending := day.After(end) && p.awaited(now, day, end) &&
		slices.ContainsFunc(p.statements, func(s statement) bool { return s.forExtension && p.valid(s, now, day) })
	switch {
	case day.Before(p.signed):
		return unsigned
	case day.After(end) && !extending:
		return over
	}
	for _, s := range p.stops {
		if !now.Before(s.from) && (s.to.IsZero() || now.Before(s.to)) {
			return suspended
		}
	}
	if extending {
		return beyondEnd
	}
	return inForce
}

// awaited reports whether an extension beyond an end was asked for in time, two months before it, and waits for its decision.
func (p *pact) awaited(now, day, end time.Time) bool {
	if p.asked.IsZero() || !end.Equal(p.ends) || p.asked.After(day) || p.asked.After(monthsBefore(end, 2)) {
		return false
	}
	return p.refused.IsZero() || now.Before(p.refused)
}

// decides is the agreement that counts: the newest that works, else the one that was signed last.
func (a *agency) decides(now, day time.Time) *pact {
	for _, p := range slices.Backward(a.pacts) {
		if s := p.phase(now, day); s == inForce || s == beyondEnd {
			return p
		}
	}
	return a.pacts[len(a.pacts)-1]
}

// opens says whether the doors of data are open, by which agreement, and whether that rests on the extension that is being decided.
func (a *agency) opens(now, day time.Time) (p *pact, open, extending bool) {
	p = a.decides(now, day)
	switch p.phase(now, day) {
	case inForce:
		return p, a.answers(p, now, day, false), false
	case beyondEnd:
		return p, a.answers(p, now, day, true), true
	}
	return p, false, false
}

// expected is what a program's lookup of a living resident is told, with the elements and the basis that stands in its record.
func (a *agency) expected(g *program, now, day time.Time) (outcome string, elements []string, basis string) {
	p, open, extending := a.opens(now, day)
	if p != g.under {
		return "login", nil, ""
	}
	if !open {
		return "institution_inactive", nil, ""
	}
	if g.passed.IsZero() || now.Before(g.passed) {
		return "poc", nil, ""
	}
	elements, basis = p.elements, "PKS "+p.number
	for _, d := range p.addenda {
		if !d.from.After(day) && !d.known.After(now) {
			elements, basis = d.elements, basis+"; Adendum "+d.number
		}
	}
	if x := p.extended; x != nil && !x.from.After(day) && !x.recorded.After(now) {
		basis += "; Adendum " + x.number
	}
	if extending {
		for _, s := range slices.Backward(p.statements) {
			if who, _ := a.headOn(day); s.forExtension && s.head == who && !s.on.After(day) {
				basis += "; SPTJM " + indonesian(s.on) + " selama proses perpanjangan"
				break
			}
		}
	}
	return "found", elements, basis
}

// monthsBefore is the same day of an earlier month, or that month's last.
func monthsBefore(day time.Time, n int) time.Time {
	t := day
	for t = time.Date(day.Year(), day.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC); t.Day() < day.Day(); {
		next := t.AddDate(0, 0, 1)
		if next.Month() != t.Month() {
			break
		}
		t = next
	}
	return t
}

var monthNames = strings.Fields("Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember")

func indonesian(day time.Time) string {
	return strings.TrimLeft(day.Format("02"), "0") + " " + monthNames[day.Month()-1] + " " + day.Format("2006")
}
