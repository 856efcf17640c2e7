package obligation

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"gapura/agreement/agreement"
)

// Duties are what is and was owed under all agreements of an agency, as of the day, by due date: what an earlier agreement left owed stays
// owed until it is fulfilled. What is owed for a period (a semester's report, a year's outreach) is owed once, whichever agreements lie in
// it, by the earliest of their due dates; evidence for it counts whichever agreement it was delivered under. What is owed once under an
// agreement is made up for by evidence that is delivered under a later one.
func Duties(all []Facts, c *Calendar, today time.Time) []Duty {
	d := derivation{calendar: c, today: today, whole: all, out: make([]Duty, 0, 2*len(rules)*len(all))}
	for n := range all {
		d.f, d.later = &all[n], all[n:]
		for i := range rules {
			if r := &rules[i]; d.f.Works || !r.standing() {
				d.derive(r)
			}
		}
	}
	return byDue(d.out)
}

// byDue orders duties by due date, and those of one day as they were derived. Boards sort those of all agencies: places are moved about in
// the place of duties, which are ten times as large.
func byDue(duties []Duty) []Duty {
	type place struct {
		due int64
		at  int
	}
	order := make([]place, len(duties))
	for i := range duties {
		order[i] = place{duties[i].Due.Unix(), i}
	}
	slices.SortFunc(order, func(a, b place) int { return cmp.Or(cmp.Compare(a.due, b.due), a.at-b.at) })
	out := make([]Duty, len(duties))
	for i, p := range order {
		out[i] = duties[p.at]
	}
	return out
}

// A derivation is of an agency's duties, one agreement after another.
type derivation struct {
	f            *Facts // of the agreement whose duties are derived now
	calendar     *Calendar
	today        time.Time
	whole, later []Facts // all agreements of the agency; this one and those after it
	out          []Duty
}

func (d *derivation) derive(r *Rule) {
	f := d.f
	last := f.EndsOn
	if d.today.Before(last) {
		last = d.today
	}
	switch r.Kind {
	case "once":
		if due := agreement.AddMonths(f.SignedOn, r.Months); f.Works || !due.After(f.EndsOn) {
			d.add(r, "", f.SignedOn, due, time.Time{})
		}
	case "readers":
		d.add(r, "", f.SignedOn, agreement.AddMonths(f.SignedOn, r.Months), d.met(f.ReadersActive > 0))
	case "sptjm":
		d.sptjm(r)
	case "nda":
		due := f.SignedOn
		if f.Users == 0 {
			due = agreement.AddMonths(f.SignedOn, 1) // nobody to sign yet
		}
		d.add(r, "", f.SignedOn, due, d.met(f.Users > 0 && f.UsersWithoutNDA == 0))
	case "year":
		for y := f.SignedOn.Year(); y <= last.Year(); y++ {
			from, due := time.Date(y, time.January, 1, 0, 0, 0, 0, time.UTC), time.Date(y, time.December, 31, 0, 0, 0, 0, time.UTC)
			if due.After(f.EndsOn) {
				due = f.EndsOn
			}
			if from.Before(f.SignedOn) {
				from = f.SignedOn
			}
			d.add(r, strconv.Itoa(y), from, due, time.Time{})
		}
	case "semester":
		for s := SemesterOf(f.SignedOn); !s.Begins().After(last); s = s.Next() {
			d.counted(r, s.String(), s.Ends(), time.Time{})
		}
	case "forward":
		for _, e := range f.Evidence {
			if e.Rule == r.Of {
				d.counted(r, e.Period, e.On, d.forwarded(e))
			}
		}
	case "renewal":
		if !f.RenewBy.IsZero() {
			d.add(r, "", f.RenewBy.AddDate(-1, 0, 0), f.RenewBy, time.Time{})
		}
	case "trial":
		for _, t := range f.Trials {
			d.add(r, t.Application, t.From, t.Until, t.Passed)
		}
	case "extension":
		if f.Closes {
			break
		}
		d.add(r, f.EndsOn.Format("2006-01"), agreement.AddMonths(f.EndsOn, -6), agreement.AddMonths(f.EndsOn, -r.Months), f.ExtensionAsked)
	}
}

// sptjm: by the signing of the agreement, or within Days after a new head took office; the next one by the end of the one in force, of
// which people are warned before it is over.
func (d *derivation) sptjm(r *Rule) {
	f := d.f
	due := f.SignedOn
	if f.HeadSince.After(f.SignedOn) {
		due = f.HeadSince.AddDate(0, 0, r.Days)
	}
	met := time.Time{}
	if !f.SPTJMSigned.IsZero() && !f.SPTJMSigned.After(d.today) {
		met = f.SPTJMSigned
	}
	if until := f.SPTJMUntil; !until.IsZero() && !d.today.Before(until.AddDate(0, 0, -30)) {
		due, met = until, time.Time{}
	}
	d.add(r, "", f.SignedOn, due, met)
}

// met is since when a fact is known to hold: today.
func (d *derivation) met(holds bool) time.Time {
	if holds {
		return d.today
	}
	return time.Time{}
}

// forwarded is when what the evidence brought was passed on.
func (d *derivation) forwarded(e Evidence) time.Time {
	for _, x := range d.f.Forwards {
		if x.Rule == e.Rule && x.Period == e.Period && !x.On.Before(e.On) {
			return x.On
		}
	}
	return time.Time{}
}

// counted adds a duty whose days are working days after a day.
func (d *derivation) counted(r *Rule, period string, after, met time.Time) {
	due := d.calendar.AddWorkdays(after, r.Workdays)
	d.put(r, period, after, due, met, d.calendar.Estimated(after, due))
}

func (d *derivation) add(r *Rule, period string, from, due, met time.Time) {
	d.put(r, period, from, due, met, false)
}

// put adds a duty, in the place of a later one for the same period.
func (d *derivation) put(r *Rule, period string, from, due, met time.Time, estimated bool) {
	x := Duty{Rule: r, Agreement: d.f.Agreement, Number: d.f.Number, Earlier: !d.f.Works, Period: period, From: from, Due: due,
		Estimated: estimated, MetOn: met}
	x.State = d.state(&x)
	if r.periodic() {
		for i := range d.out {
			if y := &d.out[i]; y.Rule == r && y.Period == period {
				if due.Before(y.Due) {
					*y = x
				}
				return
			}
		}
	}
	d.out = append(d.out, x)
}

// state tells how the duty stands, and dates it when evidence met it.
func (d *derivation) state(x *Duty) State {
	waits := false
	var sources []Facts
	switch {
	case !x.Rule.ByEvidence():
	case x.Rule.periodic():
		sources = d.whole
	default:
		sources = d.later
	}
	for i := range sources {
		for _, e := range sources[i].Evidence {
			switch {
			case e.Period != x.Period || e.Rule != x.Rule.Key:
			case !e.Accepted:
				waits = true
			case x.MetOn.IsZero():
				x.MetOn = e.On
			}
		}
	}
	switch {
	case !x.MetOn.IsZero():
		return Met
	case waits:
		return Waiting
	case d.today.Before(x.From):
		return NotYet
	case d.today.After(x.Due):
		return Overdue
	case !d.today.Before(x.Due.AddDate(0, 0, -30)):
		return Soon
	}
	return Open
}
