package snooptest

import (
	"time"

	"gapura/access/snooping"
	"gapura/person/nik"
)

var kindsOfStories = []string{"former spouse", "neighbour", "family", "rival", "own record", "namesake", "known to all", "at night",
	"borrowed account", "borrowed reference", "old reference", "neighbour"}

// story is one officer's, or several officers', curiosity.
func (d *dice) story(id int, kind string, days []time.Time) {
	user := int64(1 + d.IntN(len(d.t.Officers)))
	own := d.t.Officers[user]
	d.t.Stories[id] = kind
	on := days[len(days)/4+d.IntN(len(days)/2)]
	victim := d.anybody()
	look := func(at time.Time, n nik.NIK, ref string) { d.look(at, user, n, ref, id, kind) }
	times := func(n, from, to int) { // looks at the victim, days apart
		t := on
		for range n {
			look(d.at(t), victim, d.pretext())
			if t = t.AddDate(0, 0, from+d.IntN(to-from+1)); t.Weekday() == time.Sunday || t.Weekday() == time.Saturday {
				t = t.AddDate(0, 0, 2)
			}
		}
	}
	switch kind {
	case "former spouse":
		times(3+d.IntN(3), 5, 16)
	case "rival":
		times(2+d.IntN(3), 2, 14)
	case "neighbour":
		list := d.village(own)
		victim = list[d.IntN(len(list))]
		times(1+d.IntN(3), 1, 12)
	case "family":
		list := d.family(own)
		victim = list[d.IntN(len(list))]
		times(1, 1, 2)
	case "own record":
		victim = own
		times(1+d.IntN(2), 3, 9)
	case "namesake":
		for _, n := range d.all {
			if p, o := d.t.People[n], d.t.People[own]; n != own && p.Card != o.Card && last(p.Name) == last(o.Name) {
				victim = n
			}
		}
		times(1+d.IntN(2), 2, 9)
	case "known to all":
		for range 3 + d.IntN(3) {
			user = int64(1 + d.IntN(len(d.t.Officers)))
			look(d.at(on.AddDate(0, 0, d.IntN(4))), victim, d.pretext())
		}
	case "at night":
		for range 1 + d.IntN(3) {
			look(time.Date(on.Year(), on.Month(), on.Day(), 20, d.IntN(170), 0, 0, zone), d.anybody(), d.pretext())
		}
	case "borrowed account":
		d.rest(user, on)
		for range 3 + d.IntN(3) {
			look(d.at(on), d.anybody(), d.pretext())
		}
	case "borrowed reference":
		for range 2 + d.IntN(2) {
			look(d.at(on), victim, d.pretextOf(on))
			on = on.AddDate(0, 0, 7)
		}
	case "old reference":
		ref := d.reference()
		d.t.Services = append(d.t.Services, snooping.Service{Reference: ref, NIK: victim, Day: on.AddDate(0, 0, -50), Kind: snooping.Case})
		for range 2 + d.IntN(2) {
			look(d.at(on), victim, ref)
			on = on.AddDate(0, 0, 7)
		}
	}
}

func last(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == ' ' {
			return name[i+1:]
		}
	}
	return name
}

// pretext is what stands in the field that must not be empty.
func (d *dice) pretext() string {
	switch d.IntN(3) {
	case 0:
		return []string{".", "-", "cek", "xxx"}[d.IntN(4)]
	default:
		return d.reference()
	}
}

// pretextOf is the reference of another person's service of the day.
func (d *dice) pretextOf(on time.Time) string {
	for _, s := range d.t.Services {
		if s.Day.Equal(on) {
			return s.Reference
		}
	}
	return d.reference()
}

// rest takes an officer's last five weeks away.
func (d *dice) rest(user int64, on time.Time) {
	kept := d.t.Lines[:0]
	for _, l := range d.t.Lines {
		if l.User != user || l.Story != 0 || snooping.DayOf(l.At).After(on) || on.Sub(snooping.DayOf(l.At)) > 36*24*time.Hour {
			kept = append(kept, l)
		}
	}
	d.t.Lines = kept
}
