package obligation

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// A Rule is a kind of duty.
type Rule struct {
	Key    string `json:"key"`
	Name   string `json:"name"` // Indonesian
	Clause string `json:"clause"`
	Party  string `json:"party"` // who owes it: "agency" or "provider"
	// Kind says how the due date follows: "once" (Months after signing), "semester" (Workdays after a semester's end), "year" (once in each
	// calendar year), "sptjm" (by signing, or Days after a new head took office), "nda" (all active users, always), "readers" (Months after
	// signing, met by an active reader), "extension" (Months before the end).
	Kind     string `json:"kind"`
	Months   int    `json:"months"`
	Days     int    `json:"days"`
	Workdays int    `json:"workdays"`
}

// ByEvidence reports whether the duty is met by a paper that was delivered and accepted. The others are met by what the record itself
// knows, and only as long as it is so: an SPTJM in force, NDAs of all users, a working reader.
func (r Rule) ByEvidence() bool { return r.Kind != "sptjm" && r.Kind != "nda" && r.Kind != "readers" }

//go:embed rules.json
var ruleData []byte

var rules = func() []Rule {
	var all []Rule
	if err := json.Unmarshal(ruleData, &all); err != nil {
		panic(fmt.Sprintf("rules.json: %v", err)) // a defect of the build
	}
	return all
}()

// Rules returns all kinds of duties in their order on the board.
func Rules() []Rule { return slices.Clone(rules) }

// Facts are what the duties of one agreement are derived from.
type Facts struct {
	Agency, Agreement       int64
	SignedOn, EndsOn        time.Time // EndsOn with addenda; of a terminated agreement the day of the decision
	Works                   bool      // neither ended nor terminated; what was due on a day before stays owed
	SPTJMSigned, SPTJMUntil time.Time // of the head in office; zero: none, without end
	HeadSince               time.Time
	Users, UsersWithoutNDA  int // active user ids
	ReadersActive           int
	ExtensionAsked          time.Time // date of the letter; zero: not asked
	Evidence                []Evidence
}

// Evidence was delivered for a rule and a period; evidence that was refused is left out.
type Evidence struct {
	Rule, Period string
	On           time.Time
	Accepted     bool
}

// ExtensionAsked is the date of the letter that asks for an end to be put off, the latest of several; zero: none asks for this end. A
// letter asks for the end that is near: it is dated less than eight months before it, and not after it.
func ExtensionAsked(end time.Time, letters []time.Time) time.Time {
	var asked time.Time
	for _, day := range letters {
		if day.After(end.AddDate(0, -8, 0)) && !day.After(end) && day.After(asked) {
			asked = day
		}
	}
	return asked
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
	Rule   Rule
	Period string    // "", "2026-1" (semester) or "2026" (year); with the rule's key unique within an agreement
	From   time.Time // since when it is open
	Due    time.Time // last day
	State  State
	MetOn  time.Time
}

// Duties are what is and was owed under the agreement, as of the day, by due date.
func Duties(f Facts, c *Calendar, today time.Time) []Duty {
	var all []Duty
	add := func(r Rule, period string, from, due, met time.Time) {
		d := Duty{Rule: r, Period: period, From: from, Due: due, MetOn: met}
		d.State = state(f, d, today)
		if d.State == Met && d.MetOn.IsZero() {
			for _, e := range f.Evidence {
				if e.Rule == r.Key && e.Period == period && e.Accepted {
					d.MetOn = e.On
				}
			}
		}
		all = append(all, d)
	}
	last := f.EndsOn
	if today.Before(last) {
		last = today
	}
	for _, r := range rules {
		if !f.Works && (!r.ByEvidence() || r.Kind == "extension") {
			continue // owed while the agreement is in force, and not after: what has ended can only be made anew
		}
		switch r.Kind {
		case "once":
			if due := addMonths(f.SignedOn, r.Months); f.Works || !due.After(f.EndsOn) {
				add(r, "", f.SignedOn, due, time.Time{})
			}
		case "readers":
			met := time.Time{}
			if f.ReadersActive > 0 {
				met = today
			}
			add(r, "", f.SignedOn, addMonths(f.SignedOn, r.Months), met)
		case "sptjm":
			due := f.SignedOn
			if f.HeadSince.After(f.SignedOn) {
				due = f.HeadSince.AddDate(0, 0, r.Days)
			}
			met := time.Time{}
			if !f.SPTJMSigned.IsZero() && !f.SPTJMSigned.After(today) && (f.SPTJMUntil.IsZero() || !today.After(f.SPTJMUntil)) {
				met = f.SPTJMSigned
			}
			if !f.SPTJMUntil.IsZero() && today.After(f.SPTJMUntil) {
				due = f.SPTJMUntil
			}
			add(r, "", f.SignedOn, due, met)
		case "nda":
			met := time.Time{}
			if f.Users > 0 && f.UsersWithoutNDA == 0 {
				met = today
			}
			due := f.SignedOn
			if f.Users == 0 {
				due = addMonths(f.SignedOn, 1) // nobody to sign yet
			}
			add(r, "", f.SignedOn, due, met)
		case "year":
			for y := f.SignedOn.Year(); y <= last.Year(); y++ {
				due := time.Date(y, time.December, 31, 0, 0, 0, 0, time.UTC)
				if due.After(f.EndsOn) {
					due = f.EndsOn
				}
				from := time.Date(y, time.January, 1, 0, 0, 0, 0, time.UTC)
				if from.Before(f.SignedOn) {
					from = f.SignedOn
				}
				add(r, strconv.Itoa(y), from, due, time.Time{})
			}
		case "semester":
			for s := SemesterOf(f.SignedOn); !s.Begins().After(last); s = s.Next() {
				add(r, s.String(), s.Ends(), c.AddWorkdays(s.Ends(), r.Workdays), time.Time{})
			}
		case "extension":
			met := f.ExtensionAsked
			add(r, f.EndsOn.Format("2006-01"), addMonths(f.EndsOn, -6), addMonths(f.EndsOn, -r.Months), met)
		}
	}
	slices.SortStableFunc(all, func(a, b Duty) int { return a.Due.Compare(b.Due) })
	return all
}

func state(f Facts, d Duty, today time.Time) State {
	waits := false
	for _, e := range f.Evidence {
		if e.Rule != d.Rule.Key || e.Period != d.Period || !d.Rule.ByEvidence() {
			continue
		}
		if e.Accepted {
			return Met
		}
		waits = true
	}
	switch {
	case !d.MetOn.IsZero():
		return Met
	case waits:
		return Waiting
	case today.Before(d.From):
		return NotYet
	case today.After(d.Due):
		return Overdue
	case !today.Before(d.Due.AddDate(0, 0, -30)):
		return Soon
	}
	return Open
}

// thresholds are the days before a due date on which people are reminded.
var thresholds = []int{1, 7, 14, 30}

// Threshold is the reminder that stands for today: 1, 7, 14 or 30 (that many days or fewer are left), 180 for an extension within six
// months of the end (E3), or -1 when the duty is overdue. Because it is the nearest that has been reached, a machine that was off for days
// still reminds.
func (d Duty) Threshold(today time.Time) (days int, due bool) {
	if d.State == NotYet || today.Before(d.From) {
		return 0, false
	}
	if today.After(d.Due) {
		return -1, true
	}
	left := int(d.Due.Sub(today) / (24 * time.Hour))
	for _, t := range thresholds {
		if left <= t {
			return t, true
		}
	}
	if d.Rule.Kind == "extension" {
		return 180, true
	}
	return 0, false
}

// Occasion tells what a reminder belongs to, so that none is sent twice: the period, and for an SPTJM the due date, because it is owed anew
// by each head and after each expiry.
func (d Duty) Occasion() string {
	if d.Rule.Kind == "sptjm" {
		return d.Due.Format(time.DateOnly)
	}
	return d.Period
}

// addMonths is the same day n months on, or that month's last day when it is shorter.
func addMonths(day time.Time, n int) time.Time {
	first := time.Date(day.Year(), day.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1)
	return first.AddDate(0, 0, min(day.Day(), last.Day())-1)
}
