package snooptest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"gapura/access/snooping"
	"gapura/person/nik"
)

// New invents an agency's weeks: officers at counters, and about five stories of snooping in two weeks for fifty officers.
func New(seed uint64, officers, weeks int) *Traffic {
	d := &dice{Rand: rand.New(rand.NewPCG(seed, 11)), t: &Traffic{People: map[nik.NIK]snooping.Person{}, Officers: map[int64]nik.NIK{},
		Stories: map[int]string{}, Weeks: weeks}}
	d.populate(20_000)
	for u := range officers {
		d.t.Officers[int64(u+1)] = d.anybody()
	}
	days := workdays(weeks)
	for u := int64(1); u <= int64(officers); u++ {
		d.months(u, days)
	}
	for i := range max(len(kindsOfStories), officers*weeks/20) {
		d.story(i+1, kindsOfStories[i%len(kindsOfStories)], days)
	}
	slices.SortStableFunc(d.t.Lines, func(a, b Line) int { return a.At.Compare(b.At) })
	return d.t
}

func workdays(weeks int) (out []time.Time) {
	for i := range weeks * 7 {
		if d := time.Date(2026, 1, 5+i, 0, 0, 0, 0, time.UTC); d.Weekday() >= time.Monday && d.Weekday() <= time.Friday {
			out = append(out, d)
		}
	}
	return out
}

// months is one officer's honest work. Some write a dot for a reference one time in four; one in twenty was away for six weeks; a third
// serve the village in which they live.
func (d *dice) months(user int64, days []time.Time) {
	own := d.t.Officers[user]
	dots := d.IntN(12) == 0
	catchment := append(slices.Clone(d.villages[d.IntN(villages)]), d.villages[d.IntN(villages)]...)
	if d.IntN(3) == 0 {
		catchment = append(catchment, d.village(own)...)
	}
	leave := -1
	if d.IntN(20) == 0 && len(days) > 35 {
		leave = d.IntN(len(days) - 32)
	}
	for i, on := range days {
		if leave >= 0 && i >= leave && i < leave+30 {
			continue
		}
		for range 6 + d.IntN(14) {
			var n nik.NIK
			switch k := d.IntN(1000); {
			case k < 2: // an officer's own family are applicants too
				family := d.family(own)
				n = family[d.IntN(len(family))]
			case k < 450:
				n = catchment[d.IntN(len(catchment))]
			default:
				n = d.anybody()
			}
			d.serve(user, on, n, dots)
		}
	}
}

// serve is one applicant: looked up once or again, alone or with the family, and what service it was, if any was noted.
func (d *dice) serve(user int64, on time.Time, n nik.NIK, dots bool) {
	t, ref := d.at(on), d.reference()
	if d.IntN(60) == 0 { // the office is open late now and then
		t = t.Add(4 * time.Hour)
	}
	persons := []nik.NIK{n}
	if d.IntN(8) == 0 {
		persons = d.family(n)
	}
	kind, day := snooping.Case, on
	switch k := d.IntN(100); {
	case k < 25:
		kind, day = snooping.Balikan, on.AddDate(0, 0, d.IntN(20))
	case k < 37:
		kind, day = snooping.List, on.AddDate(0, 0, -d.IntN(60))
	case k < 45:
		kind, day = snooping.Letter, on.AddDate(0, 0, -d.IntN(40))
	}
	noted := d.IntN(1000) >= 7
	if noted {
		d.t.Services = append(d.t.Services, snooping.Service{Reference: ref, NIK: n, Day: day, Kind: kind})
	}
	typed := ref
	switch {
	case dots && d.IntN(4) == 0:
		typed = "."
	case d.IntN(80) == 0:
		typed = strings.Replace(ref, "/", " ", 1)
	case d.IntN(80) == 0:
		typed = ref[:3] + ref[4:]
	}
	again := []time.Time{t}
	if d.IntN(16) == 0 && kind == snooping.Case { // papers are repaired
		later := t.AddDate(0, 0, 1+d.IntN(9))
		if w := later.Weekday(); w != time.Saturday && w != time.Sunday {
			again = append(again, later)
		}
	}
	for _, t := range again {
		for _, p := range persons {
			if d.IntN(30) == 0 {
				d.look(t, user, d.mistyped(p), typed, 0, "")
				t = t.Add(d.minutes(1, 2))
			}
			d.look(t, user, p, typed, 0, "")
			t = t.Add(d.minutes(1, 2))
		}
	}
}

func (d *dice) look(t time.Time, user int64, n nik.NIK, ref string, story int, kind string) {
	d.t.Lines = append(d.t.Lines, Line{snooping.Lookup{At: t, User: user, NIK: n, Purpose: "verifikasi penerima bantuan", Reference: ref},
		story, kind})
}
