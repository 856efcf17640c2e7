package abuse

import (
	"encoding/json"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gapura/person/nik"
)

var morning = time.Date(2026, 3, 3, 9, 0, 0, 0, WIB) // a Tuesday

func must(t *testing.T, s string) nik.NIK {
	t.Helper()
	n, err := nik.Parse(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return n
}

// a script drives a Watcher as one user of one agency.
type script struct {
	t    *testing.T
	w    *Watcher
	at   time.Time
	user int64
	dice dice
}

func newScript(t *testing.T, s Settings) *script {
	return &script{t, New(func(n nik.NIK) bool { return n.Digits() == "3303010101010009" }, func(int64) Settings { return s }), morning, 1,
		newDice(42)}
}

func (s *script) ask(digits string) Judgement {
	s.at = s.at.Add(s.dice.seconds(18, 90))
	n, _ := nik.Parse(digits)
	return s.w.Observe(Lookup{At: s.at, Agency: 1, User: s.user, NIK: n})
}

// walk asks for serials one after the other until the user is suspended, and returns how many were answered.
func (s *script) walk(from int) (answered int) {
	for i := range 60 {
		if j := s.ask(digits(330305, 17, 3, 1981, from+i, false)); j.Action >= Suspend {
			return i
		}
	}
	return 60
}

func TestDecoySuspendsAtOnce(t *testing.T) {
	s := newScript(t, Settings{SuspendAt: 1000})
	if j := s.ask("3303010101010009"); j.Action != Suspend || j.Rule != Decoy {
		t.Errorf("got %v %v, want suspend decoy", j.Action, j.Rule)
	}
	if j := s.ask("3303014503800001"); j.Action != Refused {
		t.Errorf("after it: %v, want refused", j.Action)
	}
}

// The steps come in their order, so that a user is warned before being stopped.
func TestWarnedBeforeSuspended(t *testing.T) {
	s, seen := newScript(t, Settings{}), []Action{}
	for i := range 12 {
		if j := s.ask(digits(330305, 17, 3, 1981, 1+i, false)); len(seen) == 0 || seen[len(seen)-1] != j.Action {
			seen = append(seen, j.Action)
		}
	}
	if want := []Action{Allow, Record, Warn, Slow, Suspend, Refused}; !slices.Equal(seen, want) {
		t.Errorf("steps %v, want %v", seen, want)
	}
}

func TestRetriesAndTypingErrorsAreNothing(t *testing.T) {
	s := newScript(t, Settings{})
	for _, d := range []string{"3303051703810001", "3303051703810001", "3303051703810002", "3303051703810001", "3303051730810001",
		"3303051703810011",
		"3303051703810001", "3303051703810001", "33030517038", ""} {
		if j := s.ask(d); j.Action != Allow {
			t.Errorf("%s: %v %v", d, j.Action, j.Findings)
		}
	}
}

func TestAfterASuspensionHonestWorkGoesOnAndCollectingDoesNot(t *testing.T) {
	for _, end := range []struct {
		how   func(*Watcher, int64, int64)
		limit int // of a walk that goes on
	}{{(*Watcher).Reinstate, 3}, {(*Watcher).Lapse, 1}} {
		s := newScript(t, Settings{})
		first := s.walk(1)
		end.how(s.w, 1, 1)
		for range 40 {
			if j := s.ask(s.dice.person(s.dice.home())); j.Action >= Warn {
				t.Fatalf("honest work: %v %v", j.Action, j.Findings)
			}
		}
		if n := s.walk(first + 1); n > end.limit {
			t.Errorf("going on: %d lookups answered, want at most %d", n, end.limit)
		}
	}
}

func TestManyUnknownAreGuesses(t *testing.T) {
	s, d, asked := newScript(t, Settings{}), newDice(3), 0
	for ; asked < 80; asked++ {
		n := must(t, d.person(d.home()))
		s.at = s.at.Add(s.dice.seconds(18, 90))
		l := Lookup{At: s.at, Agency: 1, User: 1, NIK: n}
		if s.w.Observe(l).Action >= Suspend {
			break
		}
		s.w.Outcome(l, asked%10 > 2) // seven of ten are nobody's
	}
	if asked > 30 {
		t.Errorf("%d lookups answered, want at most 30", asked)
	}
	s.user, asked = 2, 0
	for range 200 {
		n := must(t, d.person(d.home()))
		s.at = s.at.Add(s.dice.seconds(18, 90))
		l := Lookup{At: s.at, Agency: 1, User: 2, NIK: n}
		if j := s.w.Observe(l); j.Action >= Warn {
			t.Fatalf("one of ten unknown: %v %v", j.Action, j.Findings)
		}
		s.w.Outcome(l, asked%10 == 0)
		asked++
	}
}

func TestMalformedInputs(t *testing.T) {
	s := newScript(t, Settings{})
	for i := range 40 {
		if j := s.ask("3303"); j.Action >= Suspend {
			if j.Rule != Malformed {
				t.Errorf("suspended for %v", j.Rule)
			}
			if i < 5 {
				t.Errorf("suspended at the %d-th malformed input", i+1)
			}
			return
		}
	}
	t.Error("nothing but malformed inputs were let pass")
}

func TestSettings(t *testing.T) {
	night := time.Date(2026, 3, 3, 23, 0, 0, 0, WIB)
	worst := func(s *script) (a Action) {
		d := newDice(8)
		s.at = night
		for range 15 {
			a = max(a, s.ask(d.person(d.home())).Action)
		}
		return a
	}
	if a := worst(newScript(t, Settings{})); a != Warn {
		t.Errorf("at night: %v, want warn", a)
	}
	if a := worst(newScript(t, Settings{Closes: 24 * 60})); a != Allow {
		t.Errorf("at night where an office is open: %v, want allow", a)
	}
	if a := worst(newScript(t, Settings{Zone: time.FixedZone("", -4*60*60)})); a != Allow {
		t.Errorf("where it is noon: %v, want allow", a)
	}
	if a := worst(newScript(t, Settings{Off: [rules]bool{Hours: true}})); a != Allow {
		t.Errorf("hours switched off: %v, want allow", a)
	}
	if a, b := newScript(t, Settings{}).walk(1), newScript(t, Settings{SuspendAt: 400}).walk(1); b <= a {
		t.Errorf("a higher step: %d answered, by default %d", b, a)
	}
}

// Agencies know nothing of each other.
func TestAgenciesStandAlone(t *testing.T) {
	s := newScript(t, Settings{})
	s.walk(1)
	for i := range 2 {
		l := Lookup{At: s.at, Agency: 2, User: 1, NIK: must(t, digits(330305, 17, 3, 1981, 9+i, false))}
		if j := s.w.Observe(l); j.Action != Allow {
			t.Errorf("another agency: %v %v", j.Action, j.Findings)
		}
	}
}

// twelveWeeks is a long traffic with collectors of every kind.
func twelveWeeks(seed uint64) []line {
	d := newDice(seed)
	lines := d.honest(55, 4)
	for i := range 12 {
		lines = append(lines, attacks[d.IntN(len(attacks))].run(d, 55, 6, 40)...)
		lines = append(lines, attacks[i].run(d, 55, 6, 20)...)
	}
	// A quiet user, whose latest inputs reach back to the horizon, and who asks for some again and again; the serials are a little unusual,
	// so that it shows.
	for n := range 55 {
		for k, s := range []string{d.born(330301+n%7, 1970), digits(330301+n%13*5%18, 3+n%13, 1+n%13*7%12, 1955+n%13*n%13, 1, true)} {
			if (n+k)%6 == 0 {
				s = s[:12] + "0008"
			}
			lines = append(lines, line{day(n).Add(time.Duration(k) * time.Hour).Add(d.seconds(0, 900)), 9, s, ""})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	return lines
}

// TestRestoreGivesTheSameState: a Watcher that knows only the last Memory of the journal judges as one that saw everything.
func TestRestoreGivesTheSameState(t *testing.T) {
	lines := twelveWeeks(11)
	last := lines[len(lines)-1].at
	restart := last.Add(-7 * 24 * time.Hour)
	whole, again := New(nil, nil), New(nil, nil)
	until := map[int64]int{}
	compared, suspended, quiet := 0, 0, 0
	for _, l := range lines {
		n, _ := nik.Parse(l.text)
		look, known := Lookup{At: l.at, Agency: 1, User: l.user, NIK: n}, !l.at.Before(restart.Add(-Memory))
		if d, ok := until[l.user]; ok && l.at.YearDay() != d {
			whole.Lapse(1, l.user)
			if known {
				again.Lapse(1, l.user)
			}
			delete(until, l.user)
		}
		j := whole.Observe(look)
		unknown := l.kind != "" && n.Serial()%3 == 0
		whole.Outcome(look, unknown)
		switch {
		case !known:
		case l.at.Before(restart):
			again.Restore(look, Judgement{Action: j.Action, Rule: j.Rule})
			again.Outcome(look, unknown)
		default:
			k := again.Observe(look)
			again.Outcome(look, unknown)
			a, _ := json.Marshal(j)
			b, _ := json.Marshal(k)
			if string(a) != string(b) {
				t.Fatalf("%v: %s, after a restart %s", l.at, a, b)
			}
			compared++
			if l.user == 9 && len(j.Findings) > 0 {
				quiet++
			}
			if j.Action == Suspend {
				suspended++
			}
		}
		if j.Action == Suspend {
			until[l.user] = l.at.YearDay()
		}
	}
	if compared < 500 || suspended == 0 || quiet == 0 {
		t.Errorf("%d lookups compared, %d suspensions, %d findings of the quiet user: too few to tell", compared, suspended, quiet)
	}
}

// TestNoReasonRevealsANIK: reasons hold no more of a number than nik.NIK.Masked does.
func TestNoReasonRevealsANIK(t *testing.T) {
	long := regexp.MustCompile(`[0-9]{7,}`)
	said := map[Rule]bool{}
	d := newDice(12)
	lines := d.honest(10, 12)
	for i, a := range attacks {
		for _, l := range a.run(d, 10, 12, 60) {
			l.user += int64(100 * i) // each for itself
			lines = append(lines, l)
		}
	}
	replay(lines, Settings{PerDay: 90}, func(_ line, j Judgement) {
		for _, f := range j.Findings {
			said[f.Rule] = true
			if f.Reason == "" || long.MatchString(f.Reason) {
				t.Fatalf("%v: %q", f.Rule, f.Reason)
			}
		}
	})
	if len(said) < int(rules)-3 { // all but decoy and unknown
		t.Errorf("only %v said anything", said)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	w, d := New(nil, nil), newDice(1)
	at := morning
	for i := range windowSize + windowSize/4 {
		n, _ := nik.Parse(d.person(d.in(110101, 999999)))
		at = at.Add(time.Second * 20)
		w.Observe(Lookup{At: at, Agency: 1, User: int64(i), NIK: n})
	}
	a := w.agencies[1]
	if len(a.window.seen) > windowSize || len(a.window.regions) > windowSize || len(a.window.own) > windowSize ||
		len(a.recent.inputs) > agencyRecent ||
		len(a.recent.places) > agencyRecent {
		t.Errorf("window %d, regions %d, recent %d", len(a.window.seen), len(a.window.regions), len(a.recent.inputs))
	}
	at = at.Add(Memory + time.Hour)
	for i := range 1<<12 + 2 {
		w.Observe(Lookup{At: at, Agency: 1, User: int64(i % 3)})
	}
	if len(a.users) > 3 {
		t.Errorf("%d users are kept, want 3", len(a.users))
	}
}

func TestConcurrentUse(t *testing.T) {
	w := New(nil, nil)
	var all sync.WaitGroup
	for g := range int64(4) {
		all.Go(func() {
			for i, l := range newDice(uint64(g)).counter(0, g, 60) {
				n, _ := nik.Parse(l.text)
				look := Lookup{At: l.at, Agency: 1 + int64(i)%2, User: g, NIK: n}
				w.Observe(look)
				w.Outcome(look, i%9 == 0)
				w.Reinstate(1, g)
			}
		})
	}
	all.Wait()
}

func TestDayNumber(t *testing.T) {
	for d := time.Date(1899, 12, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2101; d = d.AddDate(0, 0, 1) {
		if got, want := int64(dayNumber(d.Year(), int(d.Month()), d.Day())), d.Unix()/86400; got != want && d.Unix() >= 0 {
			t.Fatalf("%v: %d, want %d", d, got, want)
		}
	}
}

// anyNIK draws a well-formed number.
func anyNIK(t *rapid.T) nik.NIK {
	n, err := nik.Parse(digits(rapid.IntRange(0, 999999).Draw(t, "region"), rapid.IntRange(1, 28).Draw(t, "day"),
		rapid.IntRange(1, 12).Draw(t, "month"),
		rapid.IntRange(0, 99).Draw(t, "year"), rapid.IntRange(1, 9999).Draw(t, "serial"), rapid.Bool().Draw(t, "female")))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPlacesAreDifferent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyNIK(t), anyNIK(t)
		p, q := at(a, morning), at(b, morning)
		if (a == b) != (p == q) || (a == b) != (p.key() == q.key()) {
			t.Fatal("two numbers share a place, or one has two")
		}
		if m := p.masked(); m != a.Masked() {
			t.Fatalf("masked %s, want %s", m, a.Masked())
		}
		if to, ok := p.mirrored(q); ok {
			if back, ok := to.mirrored(q); p.female == q.female && ok && !elder(p.monthDay) && back.key() != p.key() &&
				p.monthDay%100 != q.monthDay%100 {
				t.Fatal("mirrored twice is elsewhere")
			}
		}
	})
}

// The window agrees with a plain list.
func TestWindowAgainstAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, list, now := newWindow(), []seen{}, morning
		for range rapid.IntRange(1, 200).Draw(t, "lookups") {
			now = now.Add(time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour)
			p := point{region: uint32(rapid.IntRange(1, 4).Draw(t, "region")), serial: uint16(rapid.IntRange(1, 30).Draw(t, "serial"))}
			w.forget(now)
			list = slices.DeleteFunc(list, func(s seen) bool { return int64(s.at) < now.Add(-horizon).Unix() })
			var got, want []point
			if r := w.regions[p.region]; r != nil {
				for _, n := range r.all {
					got = append(got, w.number(n).point)
				}
			}
			for _, s := range list {
				if s.point.region == p.region {
					want = append(want, s.point)
				}
			}
			if !slices.Equal(got, want) || w.size() != len(list) || w.knows(p.region) != (len(want) > 0) {
				t.Fatalf("%v, want %v", got, want)
			}
			var sizes histogram
			for _, s := range list {
				sizes[size(s.point.serial)]++
			}
			if sizes != w.serials {
				t.Fatalf("serials %v, want %v", w.serials, sizes)
			}
			w.add(now, 1, p)
			list = append(list, seen{point: p, at: uint32(now.Unix())})
		}
	})
}

// TestOnePersonEachMorningIsNoProgram: an office that looks one person up each day at about the same time is as even as people are, for
// months.
func TestOnePersonEachMorningIsNoProgram(t *testing.T) {
	s := newScript(t, Settings{SuspendAt: 100})
	for day := range 120 {
		s.at = morning.AddDate(0, 0, day).Add(s.dice.seconds(0, 50*60))
		if j := s.ask(s.dice.person(330305)); j.Rule == Rhythm && j.Action >= Slow {
			t.Fatalf("day %d: %v by %v", day, j.Action, j.Rule)
		}
	}
}
