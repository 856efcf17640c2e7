package guard

import "time"

// A KeptAlert is an alert as pages show it: the judgements of one user, day, action and rule.
type KeptAlert struct {
	Agency           int64
	AgencyName, Code string
	User             int64
	Login, UserName  string
	Stopped          time.Time // zero: the user is not stopped now
	Day              time.Time // the agency's
	Action, Rule     string
	First, Last      time.Time
	Lookups          int
	Score            float64  // the highest
	Reasons          []string // of the highest
}
