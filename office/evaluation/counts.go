package evaluation

import "time"

// Counts are what the watch over patterns and the register of incidents hold of an agency in a period.
type Counts struct {
	Warned, Slowed, Suspended int // days on which a rule found something about a user, by its action
	Stops, FalseAlarms        int // stops of a user; those that turned out mistaken
	Incidents, Open, Late     int // incidents; not closed; whose window of 3×24 hours was missed
}

// Add adds another agency's.
func (c *Counts) Add(d Counts) {
	c.Warned, c.Slowed, c.Suspended = c.Warned+d.Warned, c.Slowed+d.Slowed, c.Suspended+d.Suspended
	c.Stops, c.FalseAlarms = c.Stops+d.Stops, c.FalseAlarms+d.FalseAlarms
	c.Incidents, c.Open, c.Late = c.Incidents+d.Incidents, c.Open+d.Open, c.Late+d.Late
}

// Alerts are those that a person is to look at.
func (c Counts) Alerts() int { return c.Warned + c.Slowed + c.Suspended }

// Totals are an agency's lookups of some days by outcome.
type Totals struct {
	Lookups, Hits                                     int
	Found                                             int
	Deceased, Duplicate, Unknown, Inactive, Malformed int // the five notices
}

// Notices are those that were answered by one of the five notices.
func (t Totals) Notices() int {
	return t.Deceased + t.Duplicate + t.Unknown + t.Inactive + t.Malformed
}

// Refused are the rest.
func (t Totals) Refused() int { return t.Lookups - t.Found - t.Notices() }

// Add adds another agency's.
func (t *Totals) Add(u Totals) {
	t.Lookups, t.Hits, t.Found = t.Lookups+u.Lookups, t.Hits+u.Hits, t.Found+u.Found
	t.Deceased, t.Duplicate, t.Unknown, t.Inactive, t.Malformed = t.Deceased+u.Deceased, t.Duplicate+u.Duplicate, t.Unknown+u.Unknown,
		t.Inactive+u.Inactive, t.Malformed+u.Malformed
}

// DayTotals are all agencies' lookups of a day.
type DayTotals struct {
	Day                           time.Time
	Lookups, Hits, Found, Notices int
}

// Refused are those neither answered nor noticed.
func (d DayTotals) Refused() int { return d.Lookups - d.Found - d.Notices }
