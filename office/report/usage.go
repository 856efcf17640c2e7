// Package report sums up how an agency used NIK, population data and KTP-el: the semester report (PKS 8(1); Juknis V), at any time and for
// any period. It is pure: figures come in, and leave as one structure that every form of a report is made from.
package report

import (
	"context"
	"time"

	"gapura/agreement/party"
)

// A Usage is a sum of records of one kind.
type Usage struct {
	User            int64
	Act             string // journal.ActLookup, …
	Method, Purpose string
	Outcome         string // access.Code
	Lookups, Hits   int    // records; those that were charged to the quota
}

// A DayUsage is the sum of an agency's, a user's or all agencies' records of one day and kind.
type DayUsage struct {
	Day           time.Time // the agency's calendar day
	Act, Outcome  string
	Lookups, Hits int
}

// An AgencyUsage is the sum of one agency's records of one kind.
type AgencyUsage struct {
	Agency        int64
	Act, Outcome  string
	Lookups, Hits int
}

// Sums are kept with the records. From and to are the agency's calendar days, from included, to not. What was recorded before the call
// counts.
type Sums interface {
	Usage(ctx context.Context, agency int64, from, to time.Time) ([]Usage, error)
	// UsageByDay is by day; user 0 is everybody of the agency.
	UsageByDay(ctx context.Context, agency, user int64, from, to time.Time) ([]DayUsage, error)
	AllUsageByDay(ctx context.Context, from, to time.Time) ([]DayUsage, error)
	AllUsageByAgency(ctx context.Context, from, to time.Time) ([]AgencyUsage, error)
}

// DayNumber counts a calendar day from 1970-01-01.
func DayNumber(day time.Time) int64 { return day.Unix() / (24 * 60 * 60) }

// Day is the reverse of DayNumber.
func Day(number int64) time.Time { return time.Unix(number*24*60*60, 0).UTC() }

// MonthNumber counts the months from January of year 0 to that of a day.
func MonthNumber(day time.Time) int64 { return int64(day.Year())*12 + int64(day.Month()) - 1 }

// Shift is how far a zone's clock is ahead of UTC, in microseconds. Indonesia's zones have no summer time.
func Shift(z party.Zone) int64 {
	_, seconds := time.Unix(0, 0).In(z.Location()).Zone()
	return int64(seconds) * 1_000_000
}
