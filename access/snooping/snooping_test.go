package snooping_test

import (
	"strings"
	"testing"
	"time"

	"gapura/access/snooping"
	"gapura/person/nik"
)

// A small place: officer 1 with a neighbour, a wife and a namesake, and people who are none of that.
type place struct {
	people map[nik.NIK]snooping.Person
	own    map[int64]nik.NIK
}

func (p place) Person(n nik.NIK) (snooping.Person, bool) { x, ok := p.people[n]; return x, ok }
func (p place) Own(user int64) nik.NIK                   { return p.own[user] }

func number(t *testing.T, digits string) nik.NIK {
	t.Helper()
	n, err := nik.Parse(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const (
	officer, wife, child      = "3303011203800001", "3303015204820001", "3303011005100001"
	neighbour, namesake, town = "3303010101750003", "3303150708790002", "3303174512880001"
	nobody                    = "3303174512880081"
)

func village(t *testing.T) place {
	return place{people: map[nik.NIK]snooping.Person{
		number(t, officer):   {Card: "1", Place: "a", Name: "Budi Wiryodinata"},
		number(t, wife):      {Card: "1", Place: "a", Name: "Siti"},
		number(t, child):     {Card: "1", Place: "a", Name: "Bayu"},
		number(t, neighbour): {Card: "2", Place: "a", Name: "Slamet"},
		number(t, namesake):  {Card: "3", Place: "b", Name: "Ratna Wiryodinata"},
		number(t, town):      {Card: "4", Place: "c", Name: "Hesti"},
	}, own: map[int64]nik.NIK{1: number(t, officer)}}
}

var wib = time.FixedZone("WIB", 7*60*60)

// at is an instant of a day of March 2026, a month that begins on a Sunday.
func at(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, wib) }

func on(day int) time.Time { return time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC) }

type look struct {
	at        time.Time
	user      int64
	nik, ref  string
	want      snooping.Action // 0: explained
	mentioned string          // a rule
}

// judged runs lookups, a day's run after the other, and holds each verdict against what is wanted.
func judged(t *testing.T, s snooping.Settings, services []snooping.Service, looks []look) {
	t.Helper()
	j := snooping.New(s, village(t))
	for _, x := range services {
		j.Serve(x)
	}
	for from := 0; from < len(looks); {
		run, to := snooping.RunOf(looks[from].at), from
		var list []snooping.Lookup
		for ; to < len(looks) && snooping.RunOf(looks[to].at).Equal(run); to++ {
			list = append(list, snooping.Lookup{At: looks[to].at, User: looks[to].user, NIK: number(t, looks[to].nik),
				Reference: looks[to].ref})
		}
		for i, v := range j.Run(run, list) {
			l := looks[from+i]
			var rules []string
			for _, r := range v.Finding.Rules {
				rules = append(rules, r.String())
			}
			if v.Finding.Action != l.want || v.Explained != (l.want == 0) || !strings.Contains(strings.Join(rules, " "), l.mentioned) {
				t.Errorf("lookup %d: action %q, explained %v (%s), rules %v, want %q with %q", from+i, v.Finding.Action, v.Explained,
					v.Explanation.How, rules, l.want, l.mentioned)
			}
			if v.Finding.Action != 0 && strings.Contains(v.Finding.Reason, l.nik) {
				t.Errorf("lookup %d: the reason names a number", from+i)
			}
		}
		from = to
	}
}

// TestARelationAloneNeverAlerts: a neighbour, a wife and a namesake who are served are applicants as any.
func TestARelationAloneNeverAlerts(t *testing.T) {
	var services []snooping.Service
	var looks []look
	for i, n := range []string{neighbour, wife, namesake, officer} {
		ref := []string{"A-101", "A-102", "A-103", "A-104"}[i]
		services = append(services, snooping.Service{Reference: ref, NIK: number(t, n), Day: on(3), Kind: snooping.Case})
		looks = append(looks, look{at(3, 9, i), 1, n, ref, 0, ""})
	}
	judged(t, snooping.Settings{}, services, looks)
}

// TestARelationWithoutExplanationAlerts, and who is a stranger is only asked about.
func TestARelationWithoutExplanationAlerts(t *testing.T) {
	for n, rule := range map[string]string{neighbour: "neighbor", wife: "family", namesake: "namesake", officer: "self"} {
		judged(t, snooping.Settings{}, nil, []look{{at(3, 9, 0), 1, n, "A-101", snooping.Alert, rule}})
	}
	judged(t, snooping.Settings{}, nil, []look{{at(3, 9, 0), 1, town, "A-101", snooping.Ask, "nowhere"}})
}

// TestWhatExplains walks through the ways in which honest work is explained, and those that only look like it.
func TestWhatExplains(t *testing.T) {
	served := func(kind snooping.Kind, day int) []snooping.Service {
		return []snooping.Service{{Reference: "470/12/2026", NIK: number(t, town), Day: on(day), Kind: kind}}
	}
	const ref = "470/12/2026"
	for name, c := range map[string]struct {
		services []snooping.Service
		looks    []look
	}{
		"the case of the day":                 {served(snooping.Case, 10), []look{{at(10, 9, 0), 1, town, ref, 0, ""}}},
		"other signs between the digits":      {served(snooping.Case, 10), []look{{at(10, 9, 0), 1, town, " 470-12.2026", 0, ""}}},
		"a reference with a slip":             {served(snooping.Case, 10), []look{{at(10, 9, 0), 1, town, "470/21/2026", 0, ""}}},
		"no reference, the case is there":     {served(snooping.Case, 10), []look{{at(10, 9, 0), 1, town, ".", 0, ""}}},
		"a case of the next day":              {served(snooping.Case, 11), []look{{at(10, 9, 0), 1, town, ref, snooping.Ask, "stale"}}},
		"after hours, a case of the next day": {served(snooping.Case, 11), []look{{at(10, 17, 30), 1, town, ref, 0, ""}}},
		"data balikan that came later":        {served(snooping.Balikan, 28), []look{{at(10, 9, 0), 1, town, ref, 0, ""}}},
		"a letter of a month ago":             {served(snooping.Letter, 1), []look{{at(31, 9, 0), 1, town, ref, 0, ""}}},
		"a case of long ago": {[]snooping.Service{{Reference: ref, NIK: number(t, town), Day: on(-30)}},
			[]look{{at(10, 9, 0), 1, town, ref, snooping.Ask, "stale"}}},
		"a slip in the number, nobody's": {served(snooping.Case, 10), []look{{at(10, 9, 0), 1, nobody, ref, 0, ""}}},
		"the reference of somebody else": {served(snooping.Case, 10), []look{{at(10, 9, 0), 1, neighbour, ref, snooping.Alert,
			"borrowed"}}},
		"the family of who applied": {[]snooping.Service{{Reference: ref, NIK: number(t, wife), Day: on(10), Kind: snooping.Case}},
			[]look{{at(10, 9, 0), 2, wife, ref, 0, ""}, {at(10, 9, 1), 2, child, ref, 0, ""}}},
		"one case for half a month of days": {served(snooping.Case, 2), []look{{at(2, 9, 0), 1, town, ref, 0, ""}, {at(3, 9, 0), 1, town,
			ref, 0, ""},
			{at(5, 9, 0), 1, town, ref, 0, ""}, {at(9, 9, 0), 1, town, ref, 0, ""}, {at(16, 9, 0), 1, town, ref, snooping.Ask, "stale"}}},
	} {
		t.Run(name, func(t *testing.T) { judged(t, snooping.Settings{}, c.services, c.looks) })
	}
}

// TestWhatAddsUp: weeks of repetition, several officers, the night, an account that slept.
func TestWhatAddsUp(t *testing.T) {
	judged(t, snooping.Settings{}, nil, []look{{at(3, 9, 0), 1, town, "A-101", snooping.Ask, ""}, {at(3, 9, 1), 1, town, "A-101",
		snooping.Ask, ""},
		{at(12, 9, 0), 1, town, "A-102", snooping.Alert, "repeated"}, {at(20, 9, 0), 1, town, "A-103", snooping.Alert, "repeated"}})
	judged(t, snooping.Settings{}, nil, []look{{at(3, 9, 0), 1, town, "A-101", snooping.Ask, ""}, {at(3, 9, 1), 2, town, "A-102",
		snooping.Ask, "shared"},
		{at(4, 9, 0), 3, town, "A-103", snooping.Alert, "shared"}})
	judged(t, snooping.Settings{}, nil, []look{{at(3, 22, 0), 1, town, "A-101", snooping.Alert, "late"}})
	judged(t, snooping.Settings{}, []snooping.Service{{Reference: "A-100", NIK: number(t, town), Day: on(1)}}, []look{
		{at(1, 9, 0), 1, town, "A-100", 0, ""}, {at(31, 9, 0), 1, wife, "A-101", snooping.Alert, "dormant"}})
}

// TestWhatMeansNothingWeighsByHabit: a dot alone is asked about, not an alert; who always types one is no different for it.
func TestWhatMeansNothingWeighsByHabit(t *testing.T) {
	judged(t, snooping.Settings{}, nil, []look{{at(3, 9, 0), 1, town, ".", snooping.Ask, "empty"}, {at(4, 9, 0), 1, neighbour, "xxx",
		snooping.Alert, "empty"}})
}

// TestARuleThatIsOffAddsNothing, and one of double weight adds twice.
func TestARuleThatIsOffAddsNothing(t *testing.T) {
	var s snooping.Settings
	s.Weight[snooping.Family] = -1
	judged(t, s, nil, []look{{at(3, 9, 0), 1, wife, "A-101", snooping.Ask, "nowhere"}})
	s = snooping.Settings{}
	s.Weight[snooping.Nowhere] = 4
	judged(t, s, nil, []look{{at(3, 9, 0), 1, town, "A-101", snooping.Alert, "nowhere"}})
}

// TestAWeekHasRoomForAFewDoubtfulAlerts: what is doubtful stays a question when the week's room is used up; what is sure does not.
func TestAWeekHasRoomForAFewDoubtfulAlerts(t *testing.T) {
	p := village(t)
	for i := range 9 {
		n := number(t, "330301010175000"+string(rune('4' + i%6))[:1])
		p.people[n] = snooping.Person{Card: string(rune('k' + i)), Place: "a", Name: "Warga"}
	}
	j := snooping.New(snooping.Settings{}, p)
	var list []snooping.Lookup
	for n, x := range p.people {
		if x.Name == "Warga" {
			list = append(list, snooping.Lookup{At: at(3, 9, len(list)), User: 1, NIK: n, Reference: "A-101"})
		}
	}
	list = append(list, snooping.Lookup{At: at(3, 10, 0), User: 1, NIK: number(t, wife), Reference: "A-102"})
	alerts := 0
	verdicts := j.Run(on(3), list)
	for _, v := range verdicts {
		if v.Finding.Action == snooping.Alert {
			alerts++
		}
	}
	if last := verdicts[len(verdicts)-1].Finding; alerts != 3 || last.Action != snooping.Alert || !last.New {
		t.Errorf("%d alerts of %d lookups, the wife's is %q; want 3 with hers", alerts, len(list), last.Action)
	}
}
