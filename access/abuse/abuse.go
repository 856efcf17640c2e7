// Package abuse sees enumeration in a stream of lookups, stops it and explains it (Juknis II.E.1: NIK input must not be sequential,
// patterned or too close in time; requirements D1–D4). It is asked by the gate before an answer leaves, and by the command that replays
// recorded lookups.
//
// It promises three things. What it decides is a function of the lookups that it was shown, in their order, and of nothing else: replaying
// the last Memory of a journal into a new Watcher gives the state that was lost (Restore). Its memory is bounded for each agency and user.
// And every score comes with a reason in words that an officer understands, in which each NIK is masked.
//
// It knows no database, no clock and no network: times come in with the lookups.
package abuse

import (
	"time"

	"gapura/person/nik"
)

// Memory is how much of the past has any influence, and so how much of the journal Restore needs: detectors look back for the horizon, and
// what they found fades within ten days.
const (
	Memory  = horizon + fading
	horizon = 30 * 24 * time.Hour
	fading  = 10 * 24 * time.Hour
)

// A Lookup is one input of a NIK, before it is answered.
type Lookup struct {
	At     time.Time // when it was asked; a time before the agency's latest counts as the latest
	Agency int64
	User   int64
	NIK    nik.NIK // zero: the input was not a well-formed NIK
}

// An Action is what is to be done about a lookup. Actions are ordered: the larger, the sharper.
type Action uint8

const (
	Allow   Action = iota // answer
	Record                // answer; the findings are worth keeping
	Warn                  // answer, and tell the user why the lookups draw attention
	Slow                  // answer late, and tell the user
	Suspend               // do not answer, and suspend the user
	Refused               // do not answer: the user is suspended already
)

// String is the stable code, as replay writes and records keep it.
func (a Action) String() string {
	return [...]string{"allow", "record", "warn", "slow", "suspend", "refused"}[a]
}

// A Judgement is what the Watcher thinks of one lookup.
type Judgement struct {
	Action   Action
	Rule     Rule      // the strongest finding's, None without findings
	Score    float64   // points; Settings has the steps, 100 suspends by default
	Findings []Finding // strongest first
}

// A Finding is what one detector says.
type Finding struct {
	Rule   Rule
	Score  float64 // points
	Added  float64 // points that this very lookup added to a score that gathers; equal to Score where none gathers
	Reason string  // formal Indonesian; NIKs are masked
}

// A Rule names a detector.
type Rule uint8

const (
	None        Rule = iota
	Decoy            // a NIK that no honest source knows
	Density          // NIKs closer together than people are
	Progression      // NIKs in equal steps
	Pattern          // digits that repeat or run
	Guess            // serials and years that people rarely have
	Serial           // serials that spread otherwise than the agency's
	Twins            // the same birth date again and again
	Region           // regions that the agency never asks about
	Pace             // faster than papers can be read
	Rhythm           // as even as a clock
	Hours            // outside office hours
	Volume           // more in a day than a counter serves
	Malformed        // many inputs that are no NIK
	Unknown          // many NIKs that nobody has
	Shared           // a pattern that several users make together
	rules            // their number
)

var ruleNames = [rules]string{"", "decoy", "density", "progression", "pattern", "guess", "serial", "twins", "region", "pace", "rhythm",
	"hours", "volume", "malformed",
	"unknown", "shared"}

// String is the stable code, as replay writes, records keep and settings name it.
func (r Rule) String() string { return ruleNames[r] }

// ParseRule finds a rule by its code.
func ParseRule(code string) (Rule, bool) {
	for r := Decoy; r < rules; r++ {
		if ruleNames[r] == code {
			return r, true
		}
	}
	return None, false
}
