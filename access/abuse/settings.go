package abuse

import "time"

// Settings are one agency's, by its agreement. The zero value of each field means the default, so the zero Settings are safe.
type Settings struct {
	// The steps, in points, ascending. A finding of about 100 points is one that honest work does not bring about; 200 is the most that one
	// detector gathers, so a SuspendAt far beyond leaves little but decoys to suspend.
	RecordAt, WarnAt, SlowAt, SuspendAt float64 // 15, 30, 60, 100

	// Office hours in the agency's own time: the minutes after midnight between which lookups are expected, and the days.
	Zone     *time.Location // WIB
	Opens    int            // 360: 06.00
	Closes   int            // 1080: 18.00
	Workdays [7]bool        // by time.Weekday; none set: Monday to Saturday

	PerMinute float64 // NIKs a minute that a user can take from papers for hours; 4
	PerDay    int     // NIKs a day that one counter serves at most; 300

	Off [rules]bool // detectors that are switched off, by Rule
}

// WIB is Western Indonesian Time, UTC+7.
var WIB = time.FixedZone("WIB", 7*60*60)

func (s Settings) withDefaults() Settings {
	or := func(v *float64, d float64) {
		if *v == 0 {
			*v = d
		}
	}
	or(&s.RecordAt, 15)
	or(&s.WarnAt, 30)
	or(&s.SlowAt, 60)
	or(&s.SuspendAt, 100)
	or(&s.PerMinute, 4)
	if s.Zone == nil {
		s.Zone = WIB
	}
	if s.Opens == 0 && s.Closes == 0 {
		s.Opens, s.Closes = 6*60, 18*60
	}
	if s.Workdays == [7]bool{} {
		s.Workdays = [7]bool{time.Monday: true, time.Tuesday: true, time.Wednesday: true, time.Thursday: true, time.Friday: true,
			time.Saturday: true}
	}
	if s.PerDay == 0 {
		s.PerDay = 300
	}
	return s
}

// action is the step that a score reaches.
func (s *Settings) action(score float64) Action {
	switch {
	case score >= s.SuspendAt:
		return Suspend
	case score >= s.SlowAt:
		return Slow
	case score >= s.WarnAt:
		return Warn
	case score >= s.RecordAt:
		return Record
	}
	return Allow
}
