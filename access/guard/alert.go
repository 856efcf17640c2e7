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

// An AlertsQuery asks for alerts, the latest first.
type AlertsQuery struct {
	Agency int64     // 0: all
	Before time.Time // zero: from the latest
	Mild   bool      // those that were only recorded too
	Most   int
}
