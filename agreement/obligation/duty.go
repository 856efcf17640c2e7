package obligation

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Rule is a kind of duty.
type Rule struct {
	Key    string `json:"key"`
	Name   string `json:"name"` // Indonesian
	Clause string `json:"clause"`
	Party  string `json:"party"` // who owes it: "agency" or "provider"
	// Kind says how the due date follows: "once" (Months after signing), "semester" (Workdays after a semester's end), "year" (once in each
	// calendar year), "sptjm" (by signing, or Days after a new head took office, or by the end of the one in force), "nda" (all active
	// users, always), "readers" (Months after signing, met by an active reader), "extension" (Months before the end), "forward" (Workdays
	// after what fulfils the rule Of was received), "renewal" (by the day that was set when the agency's name changed), "trial" (by the
	// last day of each application's grace for its PoC).
	Kind     string `json:"kind"`
	Of       string `json:"of"`
	Months   int    `json:"months"`
	Days     int    `json:"days"`
	Workdays int    `json:"workdays"`
	Remind   []int  `json:"remind"`      // days before the due date on which people are reminded; none: the common ones
	Repeat   int    `json:"repeat_days"` // days between reminders while it is late; 0: the common number
}

// ByEvidence reports whether the duty is met by a paper that was delivered and accepted. The others are met by what the record itself
// knows, and only as long as it is so: an SPTJM in force, NDAs of all users, a working reader, a report that was forwarded.
func (r *Rule) ByEvidence() bool {
	return r.Kind != "sptjm" && r.Kind != "nda" && r.Kind != "readers" && r.Kind != "forward" && r.Kind != "renewal" && r.Kind != "trial"
}

// standing reports whether the duty is owed only while its agreement is the one that decides: what has ended can only be made anew.
func (r *Rule) standing() bool {
	return r.Kind == "sptjm" || r.Kind == "nda" || r.Kind == "readers" || r.Kind == "extension" || r.Kind == "renewal" || r.Kind == "trial"
}

// periodic reports whether the duty is the agency's for a period, whichever of its agreements asks for it.
func (r *Rule) periodic() bool {
	return r.Kind == "semester" || r.Kind == "year" || r.Kind == "forward"
}

//go:embed rules.json
var ruleData []byte

var rules = func() []Rule {
	var all struct {
		Remind []int  `json:"remind"`
		Repeat int    `json:"repeat_days"`
		Rules  []Rule `json:"rules"`
	}
	if err := json.Unmarshal(ruleData, &all); err != nil {
		panic(fmt.Sprintf("rules.json: %v", err)) // a defect of the build
	}
	for i := range all.Rules {
		r := &all.Rules[i]
		if len(r.Remind) == 0 {
			r.Remind = all.Remind
		}
		if r.Repeat == 0 {
			r.Repeat = all.Repeat
		}
		r.Remind = slices.Sorted(slices.Values(r.Remind))
	}
	return all.Rules
}()

// Rules returns all kinds of duties in their order on the board.
func Rules() []Rule { return slices.Clone(rules) }

// Facts are what the duties of one agreement are derived from.
type Facts struct {
	Agency, Agreement int64
	Number            string    // of the agreement, as the provider gave it
	SignedOn, EndsOn  time.Time // EndsOn with addenda; of one that a decision ends, past or to come, the last day on which it holds
	Closes            bool      // a decision ends it: nobody asks for its extension
	// Works: it is the one of the agency's agreements that decides, and neither ended nor terminated; of any other, what was due stays
	// owed.
	Works bool
	// of the head in office (zero: none, without end); of nobody in office, the day on which the last went
	SPTJMSigned, SPTJMUntil time.Time
	HeadSince               time.Time
	Users, UsersWithoutNDA  int // active user ids
	ReadersActive           int
	ExtensionAsked          time.Time // date of the letter; zero: not asked
	RenewBy                 time.Time // last day on which a successor may be signed, after a change of name; zero: none is asked for
	Trials                  []Trial
	Evidence                []Evidence
	Forwards                []Forward // to the Director General, of the agency, whichever the agreement
}

// A Trial is the grace of an application that was in use before it had a PoC of its own: from an upgrade to the last day.
type Trial struct {
	Application string
	From, Until time.Time
	Passed      time.Time // since when its own PoC is passed; zero: it is not
}

// Evidence was delivered for a rule and a period; evidence that was refused is left out.
type Evidence struct {
	Rule, Period string
	On           time.Time
	Accepted     bool
}

// A Forward is what was passed on to the Director General for a rule and a period.
type Forward struct {
	Rule, Period string // of what was passed on
	On           time.Time
}

// InForce reports whether any of the agreements was in force on a day of the period; both days count.
func InForce(all []Facts, from, to time.Time) bool {
	return slices.ContainsFunc(all, func(f Facts) bool { return !f.SignedOn.After(to) && !f.EndsOn.Before(from) })
}

// A State of a duty.
type State string

// The states.
const (
	Met     State = "met"
	Waiting State = "waiting" // evidence was delivered and waits to be accepted
	Open    State = "open"    // more than 30 days left
	Soon    State = "soon"    // 30 days or less
	Overdue State = "overdue"
	NotYet  State = "not_yet" // its time has not begun
)

// A Duty is one thing owed.
type Duty struct {
	Rule      *Rule
	Agreement int64
	Number    string // of the agreement
	Earlier   bool   // of an agreement that is not the one that decides
	Period    string // "", "2026-1" (semester) or "2026" (year); with the rule's key unique within an agreement
	From      time.Time
	Due       time.Time // last day
	Estimated bool      // the due date is counted over days whose holidays no decree has fixed yet
	State     State
	MetOn     time.Time
}

// Key tells a duty from an agency's others, for forms and links.
func (d Duty) Key() string { return fmt.Sprintf("%s|%s|%d", d.Rule.Key, d.Period, d.Agreement) }

// Threshold is the reminder that stands for today: the number of days of the rule's Remind that the duty has reached, or, when it is
// overdue, -1 in its first days, -2 after the rule's Repeat days and so on. Because it is the nearest that has been reached, a machine that
// was off for days still reminds.
func (d Duty) Threshold(today time.Time) (days int, due bool) {
	if d.State == NotYet || today.Before(d.From) {
		return 0, false
	}
	left := int(d.Due.Sub(today) / (24 * time.Hour))
	if left < 0 {
		return -1 - (-left-1)/d.Rule.Repeat, true
	}
	for _, t := range d.Rule.Remind {
		if left <= t {
			return t, true
		}
	}
	return 0, false
}

// Reminds reports whether somebody is to be reminded today, with the threshold.
func (d Duty) Reminds(today time.Time) (threshold int, due bool) {
	if d.State == Met || d.State == Waiting {
		return 0, false
	}
	return d.Threshold(today)
}

// Occasion tells what a reminder belongs to, so that none is sent twice: the period, and for an SPTJM the due date, because it is owed anew
// by each head and after each expiry.
func (d Duty) Occasion() string {
	if d.Rule.Kind == "sptjm" {
		return d.Due.Format(time.DateOnly)
	}
	return d.Period
}
