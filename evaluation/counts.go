package evaluation

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
